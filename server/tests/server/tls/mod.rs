//! TLS: the server's side through rustls, and `tls:` boards.

mod certificates;
mod e_program;
mod files;
mod remote;
mod server;
mod unencrypted;

use std::io::{Read, Write};
use std::net::{IpAddr, UdpSocket};
use std::sync::Arc;

use notice_server::Builder;
use rustls::crypto::ring;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned, SupportedProtocolVersion};

use crate::support::{Served, serve_with};
use certificates::{Authority, Issued};

/// A server with a certificate for `localhost` and 127.0.0.1, and the authority that signed it.
struct Secured {
    served: Served,
    authority: Authority,
    issued: Issued,
}

fn secured() -> Secured {
    secured_with(|builder| builder)
}

fn secured_with(set: impl FnOnce(Builder) -> Builder) -> Secured {
    let authority = Authority::new();
    let issued = authority.issue(&["localhost", "127.0.0.1"]);
    let board = notice::open("mem:").unwrap();
    let served = serve_with(board, |builder| {
        set(builder.tls(issued.certificate(), issued.key()))
    });
    Secured {
        served,
        authority,
        issued,
    }
}

/// What a client offers.
#[derive(Clone, Copy)]
struct Offer<'a> {
    versions: &'a [&'static SupportedProtocolVersion],
    protocols: &'a [&'a str],
}

const ANY: Offer<'_> = Offer {
    versions: rustls::ALL_VERSIONS,
    protocols: &[],
};

/// Shakes hands over a stream, trusting the authority.
fn encrypt<S: Read + Write>(
    mut stream: S,
    authority: &Authority,
    offer: Offer<'_>,
) -> std::io::Result<StreamOwned<ClientConnection, S>> {
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(offer.versions)
        .unwrap()
        .with_root_certificates(authority.roots())
        .with_no_client_auth();
    let protocols = offer.protocols.iter();
    config.alpn_protocols = protocols.map(|name| name.as_bytes().to_vec()).collect();
    let name = ServerName::try_from("localhost").unwrap();
    let mut session = ClientConnection::new(Arc::new(config), name).unwrap();
    session.complete_io(&mut stream)?;
    Ok(StreamOwned::new(session, stream))
}

/// An address of this machine that other machines reach.
fn far_address() -> IpAddr {
    let socket = UdpSocket::bind("0.0.0.0:0").unwrap();
    // Nothing is sent: the system only chooses where it would be sent from.
    socket
        .connect("192.0.2.1:9")
        .expect("a network besides loopback");
    socket.local_addr().unwrap().ip()
}
