//! Whether a server may start at an address that other machines reach, and servers without TLS.

use std::io::Write as _;

use notice::ErrorKind;
use notice_server::{Builder, Server};

use super::certificates::Authority;
use crate::client::{tcp, to_the_end};
use crate::support::{ADMIN, Folder, serve, start, stop};

#[test]
fn an_address_that_other_machines_reach_takes_tokens_and_tls_or_a_statement() {
    let folder = Folder::new();
    let issued = Authority::new().issue(&["localhost"]);
    let open = || Server::builder(notice::open("mem:").unwrap()).tcp("0.0.0.0:0");
    let tokens =
        |builder: Builder| builder.tokens(folder.secret("tokens", &format!("admin {ADMIN}\n")));
    let empty = |builder: Builder| builder.tokens(folder.secret("empty", "# none\n"));
    let tls = |builder: Builder| builder.tls(issued.certificate(), issued.key());
    for (builder, lacks) in [
        (open(), "nothing is encrypted"),
        (tokens(open()), "nothing is encrypted"),
        (tls(open()), "no tokens"),
        (empty(tls(open())), "no tokens"),
        (open().insecure(), "no tokens"),
        (tls(open().insecure()), "no tokens"),
    ] {
        let error = start(builder).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Unauthorized);
        assert!(error.to_string().contains(lacks), "{error}");
    }
    for builder in [
        tokens(tls(open())),
        tokens(open().insecure()),
        tokens(tls(open().insecure())),
    ] {
        stop(start(builder).unwrap()).unwrap();
    }
}

#[test]
fn a_server_without_tls_says_so_to_who_begins_it() {
    let served = serve(notice::open("mem:").unwrap());
    let mut stream = tcp(served.tcp());
    stream.write_all(&[0x16, 3, 1, 0, 4, 1, 0, 0, 0]).unwrap();
    // A fatal alert: no version of the protocol.
    assert_eq!(to_the_end(stream), [0x15, 3, 1, 0, 2, 2, 70]);
}
