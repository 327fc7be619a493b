//! TLS by SChannel, the system's own on Windows.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use schannel::cert_context::CertContext;
use schannel::cert_store::{CertAdd, CertStore, Memory};
use schannel::schannel_cred::{Direction, Protocol, SchannelCred};
use schannel::tls_stream::{Builder, CertValidationResult, HandshakeError, TlsStream};

use super::super::transport::{Cut, Stream, some};
use super::{Distrust, Refusal, Unfit, left};

/// End of a certificate in PEM.
const END: &str = "-----END CERTIFICATE-----";

/// Errors of the system, as winerror.h numbers them.
mod code {
    pub(super) const CERT_E_EXPIRED: u32 = 0x800b_0101;
    pub(super) const CERT_E_UNTRUSTED_ROOT: u32 = 0x800b_0109;
    pub(super) const CERT_E_CHAINING: u32 = 0x800b_010a;
    pub(super) const CERT_E_CN_NO_MATCH: u32 = 0x800b_010f;
    pub(super) const CERT_E_UNTRUSTED_CA: u32 = 0x800b_0112;
    pub(super) const TRUST_E_CERT_SIGNATURE: u32 = 0x8009_6004;
    pub(super) const SEC_E_UNSUPPORTED_FUNCTION: u32 = 0x8009_0302;
    pub(super) const SEC_E_INVALID_TOKEN: u32 = 0x8009_0308;
    pub(super) const SEC_E_ILLEGAL_MESSAGE: u32 = 0x8009_0326;
    pub(super) const SEC_E_ALGORITHM_MISMATCH: u32 = 0x8009_0331;
    /// Beginning of all that concern certificates.
    pub(super) const CERTIFICATES: u32 = 0x800b;
}

/// What all connections to a daemon share.
pub(super) struct Context {
    credentials: SchannelCred,
    name: String,
    authorities: Option<CertStore>,
}

impl Context {
    pub(super) fn new(name: &str, authorities: Option<&[u8]>) -> Result<Self, Unfit> {
        // A name or an address. SChannel would compare anything with the certificate.
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b".:-_".contains(&byte);
        if name.is_empty() || !name.bytes().all(is_part) {
            return Err(Unfit::Name);
        }
        let authorities = match authorities {
            Some(pem) => Some(given(pem)?),
            None => None,
        };
        // Windows 7 has 1.2, but does not offer it by itself.
        let credentials = SchannelCred::builder()
            .enabled_protocols(&[Protocol::Tls12])
            .acquire(Direction::Outbound)
            .map_err(|error| Unfit::System(error.to_string()))?;
        Ok(Self {
            credentials,
            name: name.to_owned(),
            authorities,
        })
    }

    /// Shakes hands on a connected socket.
    pub(super) fn connect(
        &self,
        socket: TcpStream,
        deadline: Instant,
    ) -> Result<Encrypted, Refusal> {
        let mut builder = Builder::new();
        builder.domain(&self.name);
        if let Some(store) = &self.authorities {
            builder.cert_store(store.clone());
            let store = store.clone();
            builder.verify_callback(move |found| check(&found, &store));
        }
        let socket = Timed { socket, deadline };
        match builder.connect(self.credentials.clone(), socket) {
            Ok(stream) => Ok(Encrypted(stream)),
            Err(HandshakeError::Failure(error)) => Err(refusal(error)),
            Err(HandshakeError::Interrupted(_)) => Err(Refusal::Io(io::ErrorKind::TimedOut.into())),
        }
    }
}

/// Reads a file of authorities.
fn given(pem: &[u8]) -> Result<CertStore, Unfit> {
    let unreadable = |error: io::Error| Unfit::Authorities(error.to_string());
    let text = String::from_utf8_lossy(pem);
    let mut store = Memory::new().map_err(unreadable)?.into_store();
    let mut is_empty = true;
    for part in text.split_inclusive(END).filter(|part| part.ends_with(END)) {
        let certificate = CertContext::from_pem(part).map_err(unreadable)?;
        let added = store.add_cert(&certificate, CertAdd::Always);
        added.map_err(unreadable)?;
        is_empty = false;
    }
    match is_empty {
        true => Err(Unfit::Authorities("no certificate".to_owned())),
        false => Ok(store),
    }
}

/// Accepts what is signed by one of these authorities. Without this, those of the system would do as well.
fn check(found: &CertValidationResult, authorities: &CertStore) -> io::Result<()> {
    found.result()?;
    let is_known = |one: CertContext| authorities.certs().any(|known| known == one);
    let chain = found.chain();
    match chain.is_some_and(|chain| chain.certificates().any(is_known)) {
        true => Ok(()),
        false => Err(io::Error::from_raw_os_error(
            code::CERT_E_UNTRUSTED_ROOT.cast_signed(),
        )),
    }
}

fn refusal(error: io::Error) -> Refusal {
    let Some(number) = error.raw_os_error().map(i32::cast_unsigned) else {
        return Refusal::Io(error);
    };
    match number {
        code::CERT_E_EXPIRED => Refusal::Distrusted(Distrust::NotNow),
        code::CERT_E_UNTRUSTED_ROOT
        | code::CERT_E_UNTRUSTED_CA
        | code::CERT_E_CHAINING
        // The signature is that of another authority of the same name.
        | code::TRUST_E_CERT_SIGNATURE => Refusal::Distrusted(Distrust::UnknownAuthority),
        code::CERT_E_CN_NO_MATCH => Refusal::Distrusted(Distrust::OtherName),
        code::SEC_E_UNSUPPORTED_FUNCTION
        | code::SEC_E_INVALID_TOKEN
        | code::SEC_E_ILLEGAL_MESSAGE
        | code::SEC_E_ALGORITHM_MISMATCH => Refusal::NoTls(error.to_string()),
        number if number >> 16 == code::CERTIFICATES => {
            Refusal::Distrusted(Distrust::Other(error.to_string()))
        }
        _ => Refusal::Io(error),
    }
}

/// A socket on which nothing lasts longer than until a deadline.
struct Timed {
    socket: TcpStream,
    deadline: Instant,
}

impl Read for Timed {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let left = left(self.deadline)?;
        self.socket.set_read_timeout(Some(some(left)))?;
        self.socket.read(to)
    }
}

impl Write for Timed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let left = left(self.deadline)?;
        self.socket.set_write_timeout(Some(some(left)))?;
        self.socket.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.socket.flush()
    }
}

/// An encrypted stream.
pub(super) struct Encrypted(TlsStream<Timed>);

impl Encrypted {
    fn give(&mut self, within: Duration) {
        self.0.get_mut().deadline = Instant::now() + within;
    }
}

impl Stream for Encrypted {
    fn send(&mut self, mut bytes: &[u8], within: Duration) -> io::Result<()> {
        while !bytes.is_empty() {
            self.give(within);
            let count = self.0.write(bytes)?;
            bytes = bytes.get(count..).unwrap_or_default();
        }
        self.0.flush()
    }

    fn receive(&mut self, to: &mut [u8], within: Duration) -> io::Result<usize> {
        self.give(within);
        loop {
            match self.0.read(to) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => return read,
            }
        }
    }

    fn cut(&self) -> io::Result<Cut> {
        let socket = self.0.get_ref().socket.try_clone()?;
        Ok(Box::new(move || {
            // It fails when the stream has ended already.
            let _ = socket.shutdown(Shutdown::Both);
        }))
    }
}

impl Drop for Encrypted {
    fn drop(&mut self) {
        self.give(Duration::from_secs(1));
        // Nobody waits for the farewell to be taken.
        if self.0.get_ref().socket.set_nonblocking(true).is_ok() {
            let _ = self.0.shutdown();
        }
    }
}
