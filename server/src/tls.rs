//! TLS: the certificate of the server, and the beginning of an encrypted connection.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use notice::locks::Mutex;
use notice::{Error, Result};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::fault::invalid;
use crate::files;

/// First byte of a TLS connection: a record that belongs to a handshake (RFC 8446, section 5.1).
pub(crate) const FIRST_BYTE: u8 = 0x16;
/// What a server without TLS answers: the alert `protocol_version`, which is fatal (RFC 8446, section 6.2). A client
/// then tells this from a server that is gone.
pub(crate) const NO_TLS: [u8; 7] = [0x15, 3, 1, 0, 2, 2, 70];
/// Protocol that is offered to clients that ask for one (ALPN); browsers and curl do.
const HTTP: &[u8] = b"http/1.1";

/// The certificate of a server, and its key.
pub(crate) struct Tls {
    certificate: PathBuf,
    key: PathBuf,
    /// Guards the present settings; held only to take a reference or to replace them.
    present: Mutex<Arc<ServerConfig>>,
}

impl Tls {
    /// Reads the certificate with the chain behind it, and its key, in PEM.
    ///
    /// # Errors
    /// `io`; `unauthorized` for a key that others may read; `invalid_field` under `tls.certificate` or `tls.key`.
    pub(crate) fn new(certificate: PathBuf, key: PathBuf) -> Result<Self> {
        let present = Mutex::new(Arc::new(read(&certificate, &key)?));
        Ok(Self {
            certificate,
            key,
            present,
        })
    }

    /// Reads both files again. Connections from now on get the new certificate.
    ///
    /// # Errors
    /// As [`new`](Self::new); the certificate stays as it was.
    pub(crate) fn reload(&self) -> Result<()> {
        let fresh = Arc::new(read(&self.certificate, &self.key)?);
        *self.present.lock() = fresh;
        Ok(())
    }

    /// Shakes hands with a client.
    pub(crate) async fn accept<S>(&self, stream: S) -> io::Result<TlsStream<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let present = Arc::clone(&self.present.lock());
        TlsAcceptor::from(present).accept(stream).await
    }
}

/// Returns the last second of the certificate in a file, in Unix milliseconds.
pub(crate) fn ends_at(certificate: &Path) -> Result<Option<i64>> {
    let chain = read_chain(certificate)?;
    Ok(chain
        .first()
        .and_then(|der| notice::certificate_ends_at(der)))
}

fn read(certificate: &Path, key: &Path) -> Result<ServerConfig> {
    let chain = read_chain(certificate)?;
    let secret = read_key(key)?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|config| config.with_no_client_auth().with_single_cert(chain, secret));
    let mut config = config.map_err(|error| unfit(certificate, key, &error))?;
    config.alpn_protocols = vec![HTTP.to_vec()];
    Ok(config)
}

fn read_chain(file: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let name = "tls.certificate";
    let bytes = files::read(name, file)?;
    let all: std::result::Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    match all {
        Ok(chain) if !chain.is_empty() => Ok(chain),
        Ok(_) => Err(refuse(
            name,
            file,
            "has no certificate; it must begin with -----BEGIN CERTIFICATE-----",
            "中没有证书；应以 -----BEGIN CERTIFICATE----- 开头",
        )),
        Err(error) => Err(no_pem(name, file, &error)),
    }
}

fn read_key(file: &Path) -> Result<PrivateKeyDer<'static>> {
    let name = "tls.key";
    let bytes = files::read_private(name, file)?;
    PrivateKeyDer::from_pem_slice(&bytes).map_err(|error| match error {
        pem::Error::NoItemsFound if is_encrypted(&bytes) => refuse(
            name,
            file,
            "is encrypted with a password; store it without one: openssl pkey -in KEY -out FILE",
            "受密码保护；请保存为不带密码的私钥：openssl pkey -in 私钥 -out 文件",
        ),
        pem::Error::NoItemsFound => refuse(
            name,
            file,
            "has no private key; it must begin with -----BEGIN PRIVATE KEY-----",
            "中没有私钥；应以 -----BEGIN PRIVATE KEY----- 开头",
        ),
        error => no_pem(name, file, &error),
    })
}

fn is_encrypted(bytes: &[u8]) -> bool {
    let mark: &[u8] = b"-----BEGIN ENCRYPTED PRIVATE KEY-----";
    bytes.windows(mark.len()).any(|window| window == mark)
}

fn no_pem(name: &str, file: &Path, error: &pem::Error) -> Error {
    let (en, zh) = (
        format!("is not PEM: {error}"),
        format!("不是有效的 PEM：{error}"),
    );
    refuse(name, file, &en, &zh)
}

/// Creates the error for a pair that rustls refuses.
fn unfit(certificate: &Path, key: &Path, error: &rustls::Error) -> Error {
    match error {
        rustls::Error::InconsistentKeys(_) => {
            let other = certificate.display();
            let en = format!("is not the key of the certificate in {other}");
            let zh = format!("与 {other} 中的证书不匹配");
            refuse("tls.key", key, &en, &zh)
        }
        rustls::Error::InvalidCertificate(_) => {
            let (en, zh) = (
                format!("cannot be used: {error}"),
                format!("无法使用：{error}"),
            );
            refuse("tls.certificate", certificate, &en, &zh)
        }
        _ => {
            let (en, zh) = (
                format!("cannot be used: {error}"),
                format!("无法使用：{error}"),
            );
            refuse("tls.key", key, &en, &zh)
        }
    }
}

fn refuse(name: &str, file: &Path, en: &str, zh: &str) -> Error {
    let shown = file.display();
    invalid(
        name,
        &shown.to_string(),
        format!("{shown} {en}"),
        format!("{shown} {zh}"),
    )
}
