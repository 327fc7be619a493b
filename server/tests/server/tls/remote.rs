//! `tls:` boards.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, mpsc};
use std::thread;

use notice::wire::Answer;
use notice::wire::frames::{Inbox, Kind, Message};
use notice::{
    Draft, ErrorKind, Head, Language, OnChange, Options, Query, SharedBoard, Text, Viewer,
};
use notice_conformance::{BoardOptions, Joined, Surface, nothing, open_board};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::certificates::{Authority, Issued};
use super::{Secured, secured};
use crate::client::PATIENCE;
use crate::conformance::holds;
use crate::remote::{closing_ends_a_wait, surface_over};
use crate::support::{ADMIN, serve, serve_with};

const TLS: Joined = Joined {
    name: "tls:",
    open: over_tls,
    lacks: nothing,
};

#[test]
fn every_case_holds_for_a_board_that_is_opened_over_tls() {
    holds(TLS);
}

fn over_tls(url: &str, now: i64, options: BoardOptions) -> Box<dyn Surface> {
    let (board, clock) = open_board(url, now, options);
    let authority = Authority::new();
    let issued = authority.issue(&["127.0.0.1"]);
    let served = serve_with(board, |builder| {
        builder.tls(issued.certificate(), issued.key())
    });
    let url = format!(
        "tls:{}?ca_file={}",
        served.tcp(),
        authority.file().display()
    );
    let remote = Options::new().token(ADMIN).open(&url).unwrap();
    surface_over(served, remote, clock)
}

/// Opens the board of a server as an administrator who trusts the authority.
fn open(secured: &Secured) -> SharedBoard {
    open_at(&secured.served.tcp().to_string(), &secured.authority, "").unwrap()
}

fn open_at(address: &str, authority: &Authority, more: &str) -> notice::Result<SharedBoard> {
    let file = authority.file();
    let url = format!("tls:{address}?ca_file={}{more}", file.display());
    Options::new().token(ADMIN).open(&url)
}

#[test]
fn a_replica_follows_over_tls_and_sees_its_own_writes() {
    let secured = secured();
    let address = secured.served.tcp().to_string();
    let replica = open_at(&address, &secured.authority, "&follow=1").unwrap();
    for n in 1..=20_i64 {
        replica.publish(&Draft::new("en", format!("{n}"))).unwrap();
        let page = replica.query(&Query::new(Viewer::new("li"))).unwrap();
        assert_eq!(page.items.len() as i64, n);
    }
    assert_eq!(replica.head(), open(&secured).head());
}

#[test]
fn a_name_and_an_address_of_the_certificate_open_the_board() {
    let secured = secured();
    let port = secured.served.tcp().port();
    for host in ["localhost", "127.0.0.1"] {
        let board = open_at(&format!("{host}:{port}"), &secured.authority, "").unwrap();
        assert_eq!(board.revision(), Ok(0));
    }
}

#[test]
fn a_certificate_that_cannot_be_trusted_is_refused_with_what_to_do() {
    let authority = Authority::new();
    let names = ["127.0.0.1"];
    let of_an_authority = authority.issue_with(&names, |params| {
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    });
    for (issued, en, zh) in [
        (authority.expired(&names), "has expired; have", "已过期"),
        (
            authority.not_yet_valid(&names),
            "not valid yet; check the clock",
            "尚未生效；请检查本机时钟",
        ),
        (
            authority.issue(&["another.example"]),
            "not for 127.0.0.1; open",
            "?server_name=名称",
        ),
        (
            Authority::named("another").issue(&names),
            "not trusted here; name the file",
            "?ca_file=路径",
        ),
        (
            Authority::new().issue(&names),
            "not trusted here; name the file",
            "?ca_file=路径",
        ),
        (of_an_authority, "CA:FALSE", "CA:FALSE"),
    ] {
        let board = notice::open("mem:").unwrap();
        let served = serve_with(board, |builder| {
            builder.tls(issued.certificate(), issued.key())
        });
        let address = served.tcp().to_string();
        let told = |error: notice::Error| {
            assert_eq!(error.kind(), ErrorKind::Unauthorized, "{error}");
            let message = error.message(Language::En).to_string();
            assert!(
                message.contains(&address) && message.contains(en),
                "{message}"
            );
            let message = error.message(Language::Zh).to_string();
            assert!(
                message.contains(&address) && message.contains(zh),
                "{message}"
            );
        };
        told(open_at(&address, &authority, "").err().unwrap());
        // Each call of a lazy one says the same. They are no failures that let the client rest.
        let lazy = open_at(&address, &authority, "&lazy=1&failures=2").unwrap();
        for _ in 0..4 {
            told(lazy.revision().unwrap_err());
        }
    }
}

#[test]
fn a_certificate_that_signs_itself_is_trusted_by_who_has_it() {
    let issued = Issued::signed_by_itself(&["localhost"]);
    let board = notice::open("mem:").unwrap();
    let served = serve_with(board, |builder| {
        builder.tls(issued.certificate(), issued.key())
    });
    let (port, file) = (served.tcp().port(), issued.certificate());
    let url = format!("tls:localhost:{port}?ca_file={}", file.display());
    assert_eq!(notice::open(&url).unwrap().revision(), Ok(0));
}

#[test]
fn another_name_may_be_demanded_than_that_of_the_address() {
    let authority = Authority::new();
    let issued = authority.issue(&["board.example"]);
    let board = notice::open("mem:").unwrap();
    let served = serve_with(board, |builder| {
        builder.tls(issued.certificate(), issued.key())
    });
    let address = served.tcp().to_string();
    let board = open_at(&address, &authority, "&server_name=board.example").unwrap();
    assert_eq!(board.revision(), Ok(0));
    let error = open_at(&address, &authority, "&server_name=other.example").err();
    assert_eq!(error.unwrap().kind(), ErrorKind::Unauthorized);
}

#[test]
fn authorities_that_this_machine_trusts_do_not_include_that_of_a_test() {
    let secured = secured();
    let url = format!("tls:{}", secured.served.tcp());
    let error = notice::open(&url).err().unwrap();
    // Of a machine that trusts nobody, the error says that.
    let is_untrusted = error.kind() == ErrorKind::Unauthorized;
    assert!(
        is_untrusted || error.to_string().contains("ca-certificates"),
        "{error}"
    );
}

#[test]
fn parameters_that_cannot_be_used_are_refused() {
    let authority = Authority::new();
    let file = authority.file();
    let file = file.display();
    let nowhere = "/nowhere/ca.pem";
    let issued = authority.issue(&["a.example"]);
    let key = issued.key();
    for (url, path, says) in [
        ("tls:".to_owned(), "url", "tls:127.0.0.1:7411"),
        ("tls:127.0.0.1".to_owned(), "url", "host and port"),
        ("tls:127.0.0.1:0".to_owned(), "url", "host and port"),
        (format!("tls:a:1?ca_file={nowhere}"), "url.ca_file", "PEM"),
        (
            format!("tls:a:1?ca_file={}", key.display()),
            "url.ca_file",
            "no certificate",
        ),
        (
            format!("tls:a:1?ca_file={file}&server_name="),
            "url.server_name",
            "host name",
        ),
        (
            format!("tls:a:1?ca_file={file}&server_name=a b"),
            "url.server_name",
            "host name",
        ),
        (format!("tls:公告:1?ca_file={file}"), "url", "xn--"),
        (
            format!("tcp:a:1?ca_file={file}"),
            "url.ca_file",
            "unknown parameter",
        ),
    ] {
        let error = notice::open(&url).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::InvalidField, "{url}: {error}");
        assert_eq!(error.path(), Some(path), "{url}: {error}");
        assert!(error.to_string().contains(says), "{url}: {error}");
    }
}

#[test]
fn a_daemon_without_tls_is_told_apart_from_one_that_is_gone() {
    let served = serve(notice::open("mem:").unwrap());
    let authority = Authority::new();
    let address = served.tcp().to_string();
    let error = open_at(&address, &authority, "").err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(
        error.to_string().contains(&format!("tcp:{address}")),
        "{error}"
    );
    drop(served);
    let error = open_at(&address, &authority, "").err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
}

#[test]
fn closing_cuts_a_wait_in_another_thread() {
    let secured = secured();
    closing_ends_a_wait(&open(&secured));
}

#[test]
fn a_callback_is_told_of_a_change() {
    let secured = secured();
    let (sender, heads) = mpsc::channel();
    let callback: Arc<OnChange> = Arc::new(move |head: Head| {
        let _ = sender.send(head.revision);
    });
    let remote = open(&secured);
    remote.on_change(Arc::downgrade(&callback)).unwrap();
    open(&secured).publish(&Draft::new("en", "a")).unwrap();
    assert_eq!(heads.recv_timeout(PATIENCE), Ok(1));
}

#[test]
fn texts_longer_than_many_records_go_both_ways() {
    let secured = secured();
    let remote = open(&secured);
    let body = "公告".repeat(10_000);
    for n in 0..20 {
        let text = Text::new("zh", format!("{n}")).body(&body);
        let draft = Draft::from_text(text);
        remote.publish(&draft).unwrap();
    }
    let page = remote.query(&Query::editor().limit(20)).unwrap();
    assert!(page.items.iter().all(|item| item.text().body == body));
    assert_eq!(page.items.len(), 20);
}

#[test]
fn a_handshake_that_is_not_answered_ends_in_time() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap().to_string();
    let authority = Authority::new();
    let error = open_at(&address, &authority, "&connect_ms=50").err();
    assert_eq!(error.unwrap().kind(), ErrorKind::Unavailable);
}

/// The side of a daemon, played by a test.
struct Played {
    listener: TcpListener,
    config: Arc<ServerConfig>,
}

impl Played {
    fn new(issued: &Issued) -> Self {
        let (certificate, key) = issued.texts();
        let chain = vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()];
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        Self {
            listener: TcpListener::bind("127.0.0.1:0").unwrap(),
            config: Arc::new(config),
        }
    }

    fn address(&self) -> String {
        self.listener.local_addr().unwrap().to_string()
    }

    /// Accepts a connection, and welcomes the client.
    fn welcome(&self) -> Visit {
        let (socket, _) = self.listener.accept().unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        let session = ServerConnection::new(Arc::clone(&self.config)).unwrap();
        let mut visit = Visit {
            stream: StreamOwned::new(session, socket),
            inbox: Inbox::default(),
        };
        let (request, kind) = visit.receive().unwrap();
        assert_eq!(kind, Kind::Hello);
        visit.send(request, Kind::Welcome, br#"{"version": 1}"#);
        visit
    }
}

/// A client of it.
struct Visit {
    stream: StreamOwned<ServerConnection, TcpStream>,
    inbox: Inbox,
}

impl Visit {
    /// Receives a message; None at a proper end of the encrypted stream.
    fn receive(&mut self) -> Option<(u32, Kind)> {
        let mut buffer = [0; 4096];
        loop {
            if let Some(message) = self.inbox.next().unwrap() {
                return Some((message.request, message.kind));
            }
            match self.stream.read(&mut buffer).unwrap() {
                0 => return None,
                count => self.inbox.receive(&buffer[..count]),
            }
        }
    }

    fn send(&mut self, request: u32, kind: Kind, body: &[u8]) {
        let mut bytes = Vec::new();
        Message::new(request, kind, body).write(&mut bytes).unwrap();
        self.stream.write_all(&bytes).unwrap();
        self.stream.flush().unwrap();
    }

    /// Answers a call that asks for the revision.
    fn answer(&mut self) {
        let (request, kind) = self.receive().unwrap();
        assert_eq!(kind, Kind::Call);
        self.send(request, Kind::Answer, &revision_7());
    }

    /// Says that nothing more is sent.
    fn say_goodbye(&mut self) {
        self.stream.conn.send_close_notify();
        self.stream.flush().unwrap();
    }
}

/// The answer to a call that asks for the revision.
fn revision_7() -> Vec<u8> {
    Answer::Head(Head::new(1, 7, 7)).to_bytes().unwrap()
}

/// Opens a board that the test answers for, connected at once.
fn open_played(played: &Played, authority: &Authority) -> (SharedBoard, Visit) {
    thread::scope(|scope| {
        let visit = scope.spawn(|| played.welcome());
        let more = "&reconnect_ms=1&reconnect_max_ms=1";
        let board = open_at(&played.address(), authority, more).unwrap();
        (board, visit.join().unwrap())
    })
}

#[test]
fn a_client_says_goodbye() {
    let authority = Authority::new();
    let played = Played::new(&authority.issue(&["127.0.0.1"]));
    let (board, mut visit) = open_played(&played, &authority);
    drop(board);
    // A connection that only breaks is an error.
    assert_eq!(visit.receive(), None);
}

#[test]
fn a_connection_that_the_daemon_ends_is_made_again() {
    let authority = Authority::new();
    let played = Played::new(&authority.issue(&["127.0.0.1"]));
    for end in [
        // With a goodbye, and still reading.
        Visit::say_goodbye,
        // Without one.
        |visit: &mut Visit| visit.stream.sock.shutdown(Shutdown::Both).unwrap(),
        // With something that is not TLS.
        |visit: &mut Visit| visit.stream.sock.write_all(b"no such record").unwrap(),
    ] {
        let (board, mut visit) = open_played(&played, &authority);
        thread::scope(|scope| {
            let asked = scope.spawn(|| board.revision());
            visit.receive().unwrap();
            end(&mut visit);
            let mut next = played.welcome();
            next.answer();
            assert_eq!(asked.join().unwrap(), Ok(7));
        });
    }
}

#[test]
fn an_answer_that_comes_byte_by_byte_is_read_and_one_that_stops_is_not_waited_for() {
    let authority = Authority::new();
    let played = Played::new(&authority.issue(&["127.0.0.1"]));
    let (board, mut visit) = open_played(&played, &authority);
    thread::scope(|scope| {
        let asked = scope.spawn(|| board.revision());
        let (request, _) = visit.receive().unwrap();
        let mut bytes = Vec::new();
        Message::new(request, Kind::Answer, revision_7())
            .write(&mut bytes)
            .unwrap();
        visit.stream.conn.writer().write_all(&bytes).unwrap();
        let mut encrypted = Vec::new();
        visit.stream.conn.write_tls(&mut encrypted).unwrap();
        for byte in &encrypted {
            visit.stream.sock.write_all(&[*byte]).unwrap();
        }
        assert_eq!(asked.join().unwrap(), Ok(7));
    });
    drop((board, visit));

    let more = "&timeout_ms=100";
    let (board, mut visit) = thread::scope(|scope| {
        let visit = scope.spawn(|| played.welcome());
        let board = open_at(&played.address(), &authority, more).unwrap();
        (board, visit.join().unwrap())
    });
    thread::scope(|scope| {
        let asked = scope.spawn(|| board.revision());
        visit.receive().unwrap();
        // The beginning of a record.
        visit.stream.sock.write_all(&[0x17, 3, 3, 1, 0]).unwrap();
        let error = asked.join().unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
    });
}
