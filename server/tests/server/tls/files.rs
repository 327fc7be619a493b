//! Files of certificate and key: each fault is told with the file's name.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use notice::{Error, ErrorKind, Language};
use notice_server::Server;

use super::certificates::{Authority, Issued};
use crate::support::{start, stop};

/// Starts a server with files that are changed first.
fn started(change: impl FnOnce(&Issued, &Authority)) -> Result<(), Error> {
    let authority = Authority::new();
    let issued = authority.issue(&["localhost"]);
    change(&issued, &authority);
    let builder = Server::builder(notice::open("mem:").unwrap())
        .tcp("127.0.0.1:0")
        .tls(issued.certificate(), issued.key());
    start(builder).map(|server| stop(server).unwrap())
}

/// Asserts an error that names the file and says both languages.
fn refused(
    kind: ErrorKind,
    file: &str,
    says: (&str, &str),
    change: impl FnOnce(&Issued, &Authority),
) {
    let error = started(change).unwrap_err();
    assert_eq!(error.kind(), kind, "{error}");
    for (language, says) in [(Language::En, says.0), (Language::Zh, says.1)] {
        let message = error.message(language);
        assert!(message.contains(file), "{message}");
        assert!(message.contains(says), "{message}");
    }
}

#[test]
fn a_chain_behind_the_certificate_is_taken_along() {
    started(|issued, authority| {
        let (certificate, key) = issued.texts();
        let chain = fs::read_to_string(authority.file()).unwrap();
        issued.replace(&format!("a comment\n{certificate}\n{chain}"), &key);
    })
    .unwrap();
}

#[test]
fn a_missing_file_is_named() {
    let no_such = ("No such file", "");
    refused(ErrorKind::Io, "certificate.pem", no_such, |issued, _| {
        fs::remove_file(issued.certificate()).unwrap();
    });
    refused(ErrorKind::Io, "key.pem", no_such, |issued, _| {
        fs::remove_file(issued.key()).unwrap();
    });
}

#[test]
fn a_file_without_what_it_must_have_is_refused() {
    let kind = ErrorKind::InvalidField;
    let says = ("BEGIN CERTIFICATE", "没有证书");
    refused(kind, "certificate.pem", says, |issued, _| {
        let (_, key) = issued.texts();
        issued.replace(&key, &key);
    });
    let says = ("BEGIN PRIVATE KEY", "没有私钥");
    refused(kind, "key.pem", says, |issued, _| {
        let (certificate, _) = issued.texts();
        issued.replace(&certificate, &certificate);
    });
    let says = ("password", "密码");
    refused(kind, "key.pem", says, |issued, _| {
        let (certificate, key) = issued.texts();
        let key = key.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
        issued.replace(&certificate, &key);
    });
}

#[test]
fn damage_is_refused() {
    let kind = ErrorKind::InvalidField;
    refused(
        kind,
        "certificate.pem",
        ("not PEM", "不是有效的 PEM"),
        |issued, _| {
            let (certificate, key) = issued.texts();
            issued.replace(&certificate.replace("-----END", "-----EDN"), &key);
        },
    );
    refused(
        kind,
        "certificate.pem",
        ("cannot be used", "无法使用"),
        |issued, _| {
            let (_, key) = issued.texts();
            let nonsense = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
            issued.replace(nonsense, &key);
        },
    );
    refused(
        kind,
        "key.pem",
        ("cannot be used", "无法使用"),
        |issued, _| {
            let (certificate, _) = issued.texts();
            let nonsense = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
            issued.replace(&certificate, nonsense);
        },
    );
    refused(
        kind,
        "certificate.pem",
        ("too long; at most 1 MiB", "不能超过 1 MiB"),
        |issued, _| {
            let (certificate, key) = issued.texts();
            issued.replace(&format!("{certificate}{}", "\n".repeat(1 << 20)), &key);
        },
    );
}

#[test]
fn the_key_of_another_certificate_is_refused() {
    let says = ("is not the key of the certificate in", "不匹配");
    refused(
        ErrorKind::InvalidField,
        "key.pem",
        says,
        |issued, authority| {
            let (certificate, _) = issued.texts();
            let (_, other) = authority.issue(&["localhost"]).texts();
            issued.replace(&certificate, &other);
        },
    );
}

#[test]
fn a_key_that_others_may_read_is_refused() {
    let says = ("chmod 600", "chmod 600");
    refused(ErrorKind::Unauthorized, "key.pem", says, |issued, _| {
        fs::set_permissions(issued.key(), fs::Permissions::from_mode(0o640)).unwrap();
    });
    // The certificate is public.
    started(|issued, _| {
        fs::set_permissions(issued.certificate(), fs::Permissions::from_mode(0o644)).unwrap();
    })
    .unwrap();
}
