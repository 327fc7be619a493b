//! What is inside TLS is served as what is not, and a handshake has limits.

use std::io::{Read as _, Write as _};

use notice::ErrorKind;
use notice::wire::Call;
use notice_server::Limits;
use serde_json::json;

use super::certificates::Authority;
use super::{ANY, Offer, encrypt, far_address, secured, secured_with};
use crate::client::{Enot, error_of, result_of, tcp, to_the_end, unix};
use crate::hostile::MOMENT;
use crate::support::ADMIN;

#[test]
fn every_protocol_is_spoken_inside_tls_of_both_versions() {
    let secured = secured();
    for version in rustls::ALL_VERSIONS {
        let offer = Offer {
            versions: &[version],
            protocols: &[],
        };
        let connect = || encrypt(tcp(secured.served.tcp()), &secured.authority, offer).unwrap();
        let mut enot = Enot::over(connect());
        assert_eq!(enot.hello(Some(ADMIN)).unwrap()["role"], "admin");
        assert!(enot.call(&Call::Head).is_ok());

        let mut lines = connect();
        lines
            .write_all(b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"head\"}\n")
            .unwrap();
        lines.conn.send_close_notify();
        lines.flush().unwrap();
        let answer = to_the_end(lines);
        let answer = serde_json::from_slice(&answer).unwrap();
        assert!(result_of(&answer).unwrap()["revision"].is_i64(), "{answer}");

        let mut web = connect();
        web.write_all(b"GET /v1/head HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            .unwrap();
        let answer = String::from_utf8(to_the_end(web)).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    }
}

#[test]
fn a_client_of_a_crowded_address_is_told_so_inside_tls() {
    let mut limits = Limits::default();
    limits.connections_per_address = 1;
    let secured = secured_with(|builder| builder.limits(limits));
    let connect = || encrypt(tcp(secured.served.tcp()), &secured.authority, ANY).unwrap();
    let mut guest = Enot::over(connect());
    guest.hello(None).unwrap();
    let error = Enot::over(connect()).hello(None).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(
        error.to_string().contains("max-connections-per-address"),
        "{error}"
    );
    assert!(guest.call(&Call::Head).is_ok());
}

#[test]
fn a_message_longer_than_many_records_goes_both_ways() {
    let secured = secured();
    let stream = encrypt(tcp(secured.served.tcp()), &secured.authority, ANY).unwrap();
    let mut enot = Enot::over(stream);
    enot.hello(Some(ADMIN)).unwrap();
    let body = "公告".repeat(10_000);
    let drafts: Vec<_> = (0..20)
        .map(|n| json!({"publish": {"texts": {"zh": {"title": format!("{n}"), "body": body}}}}))
        .collect();
    let call = json!({ "apply": drafts }).to_string();
    enot.call(&Call::from_json(call.as_bytes()).unwrap())
        .unwrap();
    let call = json!({"query": {"view": "editor", "limit": 20}}).to_string();
    let answer = enot.call(&Call::from_json(call.as_bytes()).unwrap());
    let page = answer.unwrap().to_value().to_string();
    assert!(page.len() > 20 * body.len());
}

#[test]
fn who_asks_for_a_protocol_of_the_web_gets_http() {
    let secured = secured();
    let connect = |protocols: &[&str]| {
        let offer = Offer { protocols, ..ANY };
        let stream = encrypt(tcp(secured.served.tcp()), &secured.authority, offer)?;
        let chosen = stream.conn.alpn_protocol().map(<[u8]>::to_vec);
        std::io::Result::Ok(chosen)
    };
    assert_eq!(connect(&[]).unwrap(), None);
    let chosen = connect(&["h2", "http/1.1"]).unwrap();
    assert_eq!(chosen.as_deref(), Some(b"http/1.1".as_slice()));
    assert!(connect(&["h2"]).is_err());
}

#[test]
fn tls_over_a_unix_socket_has_the_rights_of_its_user_and_the_checks_of_a_network() {
    let secured = secured();
    let connect = || encrypt(unix(&secured.served.unix()), &secured.authority, ANY).unwrap();
    let mut enot = Enot::over(connect());
    assert_eq!(enot.hello(None).unwrap()["role"], "admin");
    let mut web = connect();
    web.write_all(b"GET /v1/head HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
        .unwrap();
    let answer = String::from_utf8(to_the_end(web)).unwrap();
    assert!(answer.starts_with("HTTP/1.1 421 "), "{answer}");
}

#[test]
fn tls_inside_tls_ends_the_connection() {
    let secured = secured();
    let mut stream = encrypt(tcp(secured.served.tcp()), &secured.authority, ANY).unwrap();
    stream.write_all(&[0x16, 3, 1, 0, 1, 1]).unwrap();
    assert_eq!(to_the_end(stream), b"");
    assert!(secured.served.enot().call(&Call::Head).is_ok());
}

#[test]
fn a_handshake_that_does_not_end_is_ended() {
    let mut limits = Limits::default();
    limits.receive = MOMENT;
    let secured = secured_with(|builder| builder.limits(limits));
    for begun in [
        // A record that says it is longer.
        [0x16, 3, 1, 1, 0, 1].as_slice(),
        [0x16].as_slice(),
    ] {
        let mut stream = tcp(secured.served.tcp());
        stream.write_all(begun).unwrap();
        to_the_end(stream);
    }
    // Silence after the handshake.
    let mut stream = encrypt(tcp(secured.served.tcp()), &secured.authority, ANY).unwrap();
    stream.flush().unwrap();
    let _ = stream.read(&mut [0; 16]);
    assert!(secured.served.enot().call(&Call::Head).is_ok());
}

#[test]
fn a_handshake_of_nonsense_ends_with_an_alert() {
    let secured = secured();
    let mut stream = tcp(secured.served.tcp());
    stream.write_all(&[0x16, 3, 1, 0, 4, 1, 0, 0, 0]).unwrap();
    let answer = to_the_end(stream);
    assert_eq!(answer.first(), Some(&0x15), "{answer:?}");
    assert!(secured.served.enot().call(&Call::Head).is_ok());
}

#[test]
fn the_server_stops_while_hands_are_shaken() {
    let mut secured = secured();
    let mut stream = tcp(secured.served.tcp());
    stream.write_all(&[0x16, 3, 1]).unwrap();
    secured.served.enot().call(&Call::Head).unwrap();
    secured.served.stop().unwrap();
    to_the_end(stream);
}

#[test]
fn a_reload_serves_the_new_certificate_and_a_bad_one_leaves_the_old() {
    let secured = secured();
    let trusted = |authority: &Authority| encrypt(tcp(secured.served.tcp()), authority, ANY);
    let mut before = trusted(&secured.authority).unwrap();
    let later = Authority::new();
    let (certificate, key) = later.issue(&["localhost"]).texts();
    secured.issued.replace(&certificate, &key);
    // Not before it is said.
    assert!(trusted(&later).is_err());
    secured.served.server().reload().unwrap();
    assert!(trusted(&secured.authority).is_err());
    assert!(trusted(&later).is_ok());
    // Whoever was there goes on.
    before
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .unwrap();
    assert!(!to_the_end(before).is_empty());

    let (other, _) = later.issue(&["localhost"]).texts();
    for (certificate, key) in [(&other, &key), (&"".to_owned(), &key)] {
        secured.issued.replace(certificate, key);
        let error = secured.served.server().reload().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidField);
        assert!(trusted(&later).is_ok());
    }
}

#[test]
fn a_bad_certificate_does_not_keep_a_withdrawn_token_alive() {
    let secured = secured();
    secured.issued.replace("", "");
    secured
        .served
        .folder
        .secret("tokens", &format!("admin {}\n", "x".repeat(40)));
    let mut lines = secured.served.lines(Some(ADMIN));
    assert!(secured.served.server().reload().is_err());
    let error = lines.call("head", &json!({})).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
}

/// A server that other machines reach, and a client at an address of such a machine.
#[test]
fn another_machine_must_encrypt_unless_the_operator_says_otherwise() {
    for (is_insecure, is_served) in [(false, false), (true, true)] {
        let secured = secured_with(|builder| {
            let builder = builder.tcp("0.0.0.0:0");
            if is_insecure {
                builder.insecure()
            } else {
                builder
            }
        });
        let port = match secured.served.server().addresses() {
            [.., notice_server::Address::Tcp(last)] => last.port(),
            other => panic!("{other:?}"),
        };
        let far = std::net::SocketAddr::new(far_address(), port);
        // Encrypted, it is served in either case.
        let mut enot = Enot::over(encrypt(tcp(far), &secured.authority, ANY).unwrap());
        assert_eq!(enot.hello(Some(ADMIN)).unwrap()["role"], "admin");
        // So is a client on this machine.
        let near = std::net::SocketAddr::new([127, 0, 0, 1].into(), port);
        assert!(Enot::over(tcp(near)).hello(None).is_ok());

        let hello = Enot::over(tcp(far)).hello(Some(ADMIN));
        match is_served {
            true => assert_eq!(hello.unwrap()["role"], "admin"),
            false => assert_eq!(hello.unwrap_err().kind(), ErrorKind::Unauthorized),
        }
        let mut lines = tcp(far);
        lines
            .write_all(b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"head\"}\n")
            .unwrap();
        lines.shutdown(std::net::Shutdown::Write).unwrap();
        let answer: serde_json::Value = serde_json::from_slice(&to_the_end(lines)).unwrap();
        assert_eq!(answer.get("error").is_none(), is_served, "{answer}");

        let mut web = tcp(far);
        web.write_all(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            .unwrap();
        let answer = String::from_utf8(to_the_end(web)).unwrap();
        if is_served {
            assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
            continue;
        }
        assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("Content-Length: {}", body.len())));
        let mut problem: serde_json::Value = serde_json::from_str(body).unwrap();
        for name in ["type", "title", "status", "detail"] {
            problem.as_object_mut().unwrap().shift_remove(name).unwrap();
        }
        let error = error_of(&problem);
        assert_eq!(error.kind(), ErrorKind::Unauthorized);
        assert!(error.to_string().contains("https:"), "{error}");
    }
}

#[test]
fn the_board_is_the_same_inside_and_outside() {
    let secured = secured();
    let mut inside =
        Enot::over(encrypt(tcp(secured.served.tcp()), &secured.authority, ANY).unwrap());
    inside.hello(Some(ADMIN)).unwrap();
    let call = json!({"publish": {"texts": {"en": {"title": "a"}}}}).to_string();
    inside
        .call(&Call::from_json(call.as_bytes()).unwrap())
        .unwrap();
    let head = secured.served.lines(None).call("head", &json!({})).unwrap();
    assert_eq!(head["revision"], 1);
}
