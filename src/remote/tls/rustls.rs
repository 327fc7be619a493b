//! TLS by rustls.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::client::Resumption;
use rustls::crypto::ring;
use rustls::{AlertDescription, CertificateError, ClientConfig, ClientConnection, RootCertStore};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName};

use super::super::transport::{Cut, Stream, some};
use super::{Distrust, Refusal, Unfit, left};
use crate::process::Owner;

/// Bytes that are encrypted at once: a few records of 16 KiB, which the system then takes together.
const AT_ONCE: usize = 48 * 1024;
/// Sessions that are kept to be resumed. All are of one daemon.
const SESSIONS: usize = 8;

/// What all connections to a daemon share.
pub(super) struct Context {
    config: Arc<ClientConfig>,
    name: ServerName<'static>,
}

impl Context {
    pub(super) fn new(name: &str, authorities: Option<&[u8]>) -> Result<Self, Unfit> {
        let name = ServerName::try_from(name.to_owned()).map_err(|_| Unfit::Name)?;
        let roots = match authorities {
            Some(pem) => given(pem)?,
            None => of_the_machine()?,
        };
        let provider = Arc::new(ring::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| Unfit::System(error.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.resumption = Resumption::in_memory_sessions(SESSIONS);
        Ok(Self {
            config: Arc::new(config),
            name,
        })
    }

    /// Shakes hands on a connected socket.
    pub(super) fn connect(
        &self,
        socket: TcpStream,
        deadline: Instant,
    ) -> Result<Encrypted, Refusal> {
        let session = ClientConnection::new(Arc::clone(&self.config), self.name.clone());
        let mut stream = Encrypted {
            socket,
            session: session.map_err(refusal)?,
            owner: Owner::this(),
        };
        while stream.session.is_handshaking() {
            stream.push(left(deadline)?)?;
            match stream.pull(left(deadline)?) {
                Ok(0) => return Err(Refusal::Io(io::ErrorKind::UnexpectedEof.into())),
                Ok(_) => {}
                Err(Broken::Io(error)) => return Err(Refusal::Io(error)),
                Err(Broken::Tls(error)) => {
                    // The alert tells the operator why.
                    let _ = left(deadline).and_then(|left| stream.push(left));
                    return Err(refusal(error));
                }
            }
        }
        stream.push(left(deadline)?)?;
        Ok(stream)
    }
}

/// Reads a file of authorities.
fn given(pem: &[u8]) -> Result<RootCertStore, Unfit> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|error| Unfit::Authorities(error.to_string()))?;
        roots
            .add(certificate)
            .map_err(|error| Unfit::Authorities(error.to_string()))?;
    }
    match roots.is_empty() {
        true => Err(Unfit::Authorities("no certificate".to_owned())),
        false => Ok(roots),
    }
}

/// Returns the authorities that this machine trusts.
fn of_the_machine() -> Result<RootCertStore, Unfit> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    // Stores hold very old ones that are no longer readable; the others are good all the same.
    roots.add_parsable_certificates(found.certs);
    if !roots.is_empty() {
        return Ok(roots);
    }
    let why = found.errors.first().map(ToString::to_string);
    Err(Unfit::System(why.unwrap_or_default()))
}

fn refusal(error: rustls::Error) -> Refusal {
    use rustls::Error as E;
    match error {
        E::InvalidCertificate(error) => Refusal::Distrusted(distrust(&error)),
        E::InvalidMessage(_)
        | E::PeerIncompatible(_)
        | E::AlertReceived(
            AlertDescription::ProtocolVersion | AlertDescription::HandshakeFailure,
        ) => Refusal::NoTls(error.to_string()),
        error => Refusal::Io(invalid(error)),
    }
}

fn distrust(error: &CertificateError) -> Distrust {
    use CertificateError as E;
    match error {
        E::Expired | E::ExpiredContext { .. } => Distrust::Expired,
        E::NotValidYet | E::NotValidYetContext { .. } => Distrust::NotYet,
        // The signature is that of another authority of the same name.
        E::UnknownIssuer | E::BadSignature => Distrust::UnknownAuthority,
        E::NotValidForName | E::NotValidForNameContext { .. } => Distrust::OtherName,
        error => match error.to_string() {
            why if why.contains("CaUsedAsEndEntity") => Distrust::OfAuthority,
            why => Distrust::Other(why),
        },
    }
}

fn invalid(error: rustls::Error) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

/// A connection that broke while bytes were awaited.
enum Broken {
    Io(io::Error),
    Tls(rustls::Error),
}

impl From<Broken> for io::Error {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Io(error) => error,
            Broken::Tls(error) => invalid(error),
        }
    }
}

/// A socket that is written to without a signal. The standard library has only `write` return an error when the other side
/// is gone; `write_vectored`, which rustls prefers, ends a program that does not ignore SIGPIPE, as programs in C do not.
struct Quiet<'a>(&'a TcpStream);

impl Write for Quiet<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// An encrypted stream.
pub(super) struct Encrypted {
    socket: TcpStream,
    session: ClientConnection,
    /// Process that may write. A forked child must not: its farewell would end the parent's session.
    owner: Owner,
}

impl Encrypted {
    /// Sends what is encrypted already, of which each part must be taken within this time.
    fn push(&mut self, within: Duration) -> io::Result<()> {
        self.socket.set_write_timeout(Some(some(within)))?;
        while self.session.wants_write() {
            match self.session.write_tls(&mut Quiet(&self.socket)) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Receives encrypted bytes and decrypts what is complete; 0 at the end of the socket's stream.
    fn pull(&mut self, within: Duration) -> Result<usize, Broken> {
        let mut read = || {
            self.socket.set_read_timeout(Some(some(within)))?;
            loop {
                match self.session.read_tls(&mut self.socket) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    read => return read,
                }
            }
        };
        let count = read().map_err(Broken::Io)?;
        self.session.process_new_packets().map_err(Broken::Tls)?;
        Ok(count)
    }
}

impl Stream for Encrypted {
    fn send(&mut self, bytes: &[u8], within: Duration) -> io::Result<()> {
        for part in bytes.chunks(AT_ONCE) {
            self.session.writer().write_all(part)?;
            self.push(within)?;
        }
        Ok(())
    }

    fn receive(&mut self, to: &mut [u8], within: Duration) -> io::Result<usize> {
        let deadline = Instant::now() + within;
        loop {
            match self.session.reader().read(to) {
                // Nothing is decrypted yet.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                read => return read,
            }
            // Bytes that come are not yet bytes that can be decrypted, so the time is not counted anew for each.
            self.pull(left(deadline)?)?;
            // An answer of TLS itself, such as to a change of keys.
            self.push(left(deadline)?)?;
        }
    }

    fn cut(&self) -> io::Result<Cut> {
        let socket = self.socket.try_clone()?;
        Ok(Box::new(move || {
            // It fails when the stream has ended already.
            let _ = socket.shutdown(Shutdown::Both);
        }))
    }

    fn certificate(&self) -> Option<&[u8]> {
        // That of the daemon is the first one.
        self.session.peer_certificates()?.first().map(|der| &**der)
    }
}

impl Drop for Encrypted {
    fn drop(&mut self) {
        if !self.owner.is_here() || self.socket.set_nonblocking(true).is_err() {
            return;
        }
        // Nobody waits for the farewell to be taken.
        self.session.send_close_notify();
        let _ = self.session.write_tls(&mut Quiet(&self.socket));
    }
}
