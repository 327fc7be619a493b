//! `server/openapi.json`: made from the tables of `notice::wire`, the words of docs/json.md and the routes below, and
//! compared with the committed file. `cargo xtask openapi --write` writes it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails so"
)]

mod answers;
mod operations;
mod parameters;
mod schemas;
mod words;

use std::path::Path;

use utoipa::openapi::path::Paths;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{Components, InfoBuilder, LicenseBuilder, OpenApiBuilder};

const ABOUT: &str = "\
Announcements of a board, over HTTP. docs/protocol.md describes the protocol, and docs/json.md every value.

Bodies are read strictly: an unknown or duplicate member, a member of another type and an unknown parameter are \
refused. Further conditions on values are in their descriptions; what does not meet one is refused with 400, and the \
path of the value.

A request may have the header X-Request-Id, of 1 to 64 letters, digits and -_.: characters. Each answer has one.";

/// Makes the document.
fn document() -> String {
    let mut components = Components::new();
    components.schemas.extend(schemas::all());
    for (name, response) in answers::problems() {
        components.responses.insert(name, response.into());
    }
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some(
            "A secret from the server's file of tokens, or a signed token of a viewer (JWT)",
        ));
    components.security_schemes.insert(
        answers::BEARER.to_owned(),
        SecurityScheme::Http(bearer.build()).into(),
    );
    let mut paths = Paths::new();
    for operation in operations::all() {
        paths.add_path_operation(operation.path, vec![operation.method.clone()], operation);
    }
    let tag = |(name, about): (&str, &str)| {
        TagBuilder::new()
            .name(name)
            .description(Some(about))
            .build()
    };
    let document = OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("libnotice")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(ABOUT))
                .license(Some(
                    LicenseBuilder::new()
                        .name("MIT OR Apache-2.0")
                        .identifier(Some("MIT OR Apache-2.0"))
                        .build(),
                )),
        )
        .tags(Some(operations::TAGS.iter().copied().map(tag)))
        .paths(paths)
        .components(Some(components))
        .build();
    document.to_pretty_json().unwrap() + "\n"
}

#[test]
fn the_committed_document_is_up_to_date() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    let document = document();
    if std::env::var_os("NOTICE_WRITE_OPENAPI").is_some() {
        std::fs::write(&file, &document).unwrap();
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        committed == document,
        "server/openapi.json is out of date: cargo xtask openapi --write"
    );
}

#[test]
fn everything_has_a_description() {
    let document: serde_json::Value = serde_json::from_str(&document()).unwrap();
    let mut bare = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let place = format!("{method} {path}");
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let described = parameters.chain([operation]);
            bare.extend(
                described
                    .filter(|one| one["description"].as_str().unwrap_or_default().is_empty())
                    .map(|one| format!("{place} {}", one["name"])),
            );
        }
    }
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        if schema["description"]
            .as_str()
            .unwrap_or_default()
            .is_empty()
        {
            bare.push(name.clone());
        }
    }
    assert_eq!(bare, [""; 0]);
}
