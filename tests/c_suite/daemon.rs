//! A daemon with a certificate, for the program that opens its board.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use notice_server::{Address, Server};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::runtime::Runtime;

const TOKEN: &str = "admin-token-0123456789abcdef0123456789abcdef";

/// Two servers of one board, with TLS and without; stopped when they are dropped.
pub(crate) struct Daemon {
    runtime: Runtime,
    servers: Vec<Server>,
    /// What the program finds in its environment.
    pub(crate) urls: Vec<(&'static str, String)>,
}

impl Daemon {
    /// Starts it with its files in `folder`.
    pub(crate) fn start(folder: &Path) -> Self {
        let at = |name: &str| folder.join(name);
        let authority = authority();
        fs::write(at("ca.pem"), authority.pem()).unwrap();
        fs::write(at("other.pem"), self::authority().pem()).unwrap();
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &authority).unwrap();
        fs::write(at("certificate.pem"), certificate.pem()).unwrap();
        for (name, text) in [
            ("key.pem", key.serialize_pem()),
            ("tokens", format!("admin {TOKEN}\n")),
            ("token", TOKEN.to_owned()),
            ("wrong", TOKEN.replace('0', "1")),
        ] {
            fs::write(at(name), text).unwrap();
            fs::set_permissions(at(name), fs::Permissions::from_mode(0o600)).unwrap();
        }

        let runtime = Runtime::new().unwrap();
        let board = notice::open("mem:").unwrap();
        let builder = || {
            Server::builder(board.clone())
                .tcp("127.0.0.1:0")
                .tokens(at("tokens"))
        };
        let secured = builder().tls(at("certificate.pem"), at("key.pem"));
        let servers = [secured, builder()].map(|one| runtime.block_on(one.start()).unwrap());
        let [secured, plain] = servers.each_ref().map(|server| match server.addresses() {
            [Address::Tcp(address)] => address.to_string(),
            other => panic!("{other:?}"),
        });
        let url = |address: &str, authority: &str, name: &str, token: &str| {
            let (authority, token) = (at(authority), at(token));
            let (authority, token) = (authority.display(), token.display());
            format!("tls:{address}?ca_file={authority}&server_name={name}&token_file={token}")
        };
        let good = url(&secured, "ca.pem", "localhost", "token");
        let urls = vec![
            ("NOTICE_C_SUITE_FOLLOWING", format!("{good}&follow=1")),
            ("NOTICE_C_SUITE_GOOD", good),
            (
                "NOTICE_C_SUITE_OTHER_AUTHORITY",
                url(&secured, "other.pem", "localhost", "token"),
            ),
            (
                "NOTICE_C_SUITE_OTHER_NAME",
                url(&secured, "ca.pem", "other.example", "token"),
            ),
            (
                "NOTICE_C_SUITE_OTHER_TOKEN",
                url(&secured, "ca.pem", "localhost", "wrong"),
            ),
            (
                "NOTICE_C_SUITE_WITHOUT_TLS",
                url(&plain, "ca.pem", "localhost", "token"),
            ),
        ];
        Self {
            runtime,
            servers: servers.into(),
            urls,
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        for server in self.servers.drain(..) {
            let _ = self.runtime.block_on(server.stop());
        }
    }
}

fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new([]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}
