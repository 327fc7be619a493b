//! The OpenAPI document that the server gives out, and whether the server does what it says.

use serde_json::Value;

use crate::http::Web;
use crate::support::{ADMIN, serve};

fn document(web: &mut Web) -> Value {
    let response = web.get("/openapi.json");
    assert_eq!(response.status, 200);
    assert_eq!(response.header("content-type"), Some("application/json"));
    response.json()
}

/// Every route of the document: method, path with an id and a user, and what it says.
fn routes(document: &Value) -> Vec<(String, String, Value)> {
    let mut routes = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let place = path.replace("{id}", "1").replace("{user}", "li");
        for (method, operation) in item.as_object().unwrap() {
            routes.push((method.to_uppercase(), place.clone(), operation.clone()));
        }
    }
    routes
}

#[test]
fn every_route_of_the_document_is_there() {
    let served = serve(notice::open("mem:").unwrap());
    let mut web = Web::new(&served, None);
    let document = document(&mut web);
    assert_eq!(document["openapi"], "3.1.0");
    let routes = routes(&document);
    assert!(routes.len() > 20);
    for (method, place, operation) in routes {
        // A parameter that no route has is refused by the route, and not by the router.
        let path = format!("{place}?no-such-parameter=1");
        let answer = Web::new(&served, Some(ADMIN)).ask(&method, &path, &[], "");
        assert!(
            ![404, 405].contains(&answer.status) || place.contains('1'),
            "{method} {place}"
        );
        assert_ne!(answer.status, 405, "{method} {place}");
        let said = &operation["responses"];
        assert!(
            said.get(answer.status.to_string()).is_some(),
            "{method} {place}: {answer:?}"
        );
    }
}

#[test]
fn a_route_that_needs_a_token_says_so_before_it_reads_anything() {
    let served = serve(notice::open("mem:").unwrap());
    let mut web = Web::new(&served, None);
    let document = document(&mut web);
    for (method, place, operation) in routes(&document) {
        if place == "/v1/events" {
            // It has no end.
            continue;
        }
        let security = operation["security"].as_array().unwrap();
        let is_open = security
            .iter()
            .any(|one| one.as_object().unwrap().is_empty());
        let headers = [("If-Match", "not a tag")];
        let answer = Web::new(&served, None).ask(&method, &place, &headers, "{not json");
        match is_open {
            true => assert_ne!(answer.status, 401, "{method} {place}"),
            false => assert_eq!(answer.status, 401, "{method} {place}"),
        }
    }
}
