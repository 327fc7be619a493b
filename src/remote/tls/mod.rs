//! Encrypted streams to a daemon. The system's own TLS on Windows, rustls elsewhere.

#[cfg(not(windows))]
#[path = "rustls.rs"]
mod system;
#[cfg(windows)]
#[path = "schannel.rs"]
mod system;

use std::io;
use std::time::{Duration, Instant};

use self::system::Context;
use super::transport::{Stream, Tcp, Transport, Unconnected};
use crate::error::{Bilingual, Error, ErrorKind};

/// A daemon at `HOST:PORT`, reached over TLS.
pub(crate) struct Tls {
    tcp: Tcp,
    /// Name that its certificate must be for.
    name: String,
    context: Context,
}

/// A setting that cannot be used.
#[derive(Debug)]
pub(crate) enum Unfit {
    /// The name is not one that a certificate can be for.
    Name,
    /// The file of authorities has none, or what is in it cannot be read.
    Authorities(String),
    /// This machine has no authorities of its own, or has none to give.
    System(String),
}

/// Reason why the certificate of a daemon is not accepted.
#[derive(Debug)]
enum Distrust {
    #[cfg(not(windows))]
    Expired,
    #[cfg(not(windows))]
    NotYet,
    /// One of the two: Windows does not say which.
    #[cfg(windows)]
    NotNow,
    UnknownAuthority,
    OtherName,
    /// It is that of an authority, and not of a server.
    #[cfg(not(windows))]
    OfAuthority,
    Other(String),
}

impl Tls {
    /// Creates the way to a daemon whose certificate is for `name`. `authorities` is a file in PEM with those that may
    /// have signed it; without one they are those that this machine trusts.
    pub(crate) fn new(
        address: &str,
        name: &str,
        authorities: Option<&[u8]>,
        keepalive: Duration,
    ) -> Result<Self, Unfit> {
        Ok(Self {
            tcp: Tcp {
                address: address.to_owned(),
                keepalive,
            },
            name: name.to_owned(),
            context: Context::new(name, authorities)?,
        })
    }
}

impl Transport for Tls {
    fn connect(&self, within: Duration) -> Result<Box<dyn Stream>, Unconnected> {
        let deadline = Instant::now() + within;
        let socket = self.tcp.socket(within)?;
        match self.context.connect(socket, deadline) {
            Ok(stream) => Ok(Box::new(stream)),
            Err(Refusal::Io(error)) => Err(error.into()),
            Err(Refusal::Distrusted(why)) => Err(Unconnected::Refused(self.distrusted(&why))),
            Err(Refusal::NoTls(why)) => Err(Unconnected::Refused(self.no_tls(&why))),
        }
    }

    fn address(&self) -> &str {
        self.tcp.address()
    }
}

/// Reason why there is no encrypted stream.
#[derive(Debug)]
enum Refusal {
    /// It may work again later.
    Io(io::Error),
    Distrusted(Distrust),
    /// The other side does not speak TLS, or no version that this one speaks.
    NoTls(String),
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl Tls {
    fn distrusted(&self, why: &Distrust) -> Error {
        let name = &self.name;
        let (en, zh) = match why {
            #[cfg(not(windows))]
            Distrust::Expired => (
                "has expired; have the operator renew it, and check the clock of this machine".to_owned(),
                "已过期；请由管理员更新证书，并检查本机时钟".to_owned(),
            ),
            #[cfg(windows)]
            Distrust::NotNow => (
                "has expired or is not valid yet; have the operator renew it, and check the clock of this machine"
                    .to_owned(),
                "已过期或尚未生效；请由管理员更新证书，并检查本机时钟".to_owned(),
            ),
            #[cfg(not(windows))]
            Distrust::NotYet => (
                "is not valid yet; check the clock of this machine".to_owned(),
                "尚未生效；请检查本机时钟".to_owned(),
            ),
            Distrust::UnknownAuthority => (
                "is signed by an authority that is not trusted here; name the file of the authority with \
                 ?ca_file=PATH"
                    .to_owned(),
                "的签发机构不受信任；请用 ?ca_file=路径 指定该机构的证书文件".to_owned(),
            ),
            Distrust::OtherName => (
                format!(
                    "is not for {name}; open the daemon under a name of its certificate, or give that name with \
                     ?server_name=NAME"
                ),
                format!("不是签发给 {name} 的；请使用证书中的名称打开，或用 ?server_name=名称 指定"),
            ),
            #[cfg(not(windows))]
            Distrust::OfAuthority => (
                "is that of an authority (CA:TRUE) and not of a server; have the operator make one with CA:FALSE"
                    .to_owned(),
                "是签发机构的证书 (CA:TRUE)，不是服务器证书；请由管理员改用 CA:FALSE 的证书".to_owned(),
            ),
            Distrust::Other(why) => (
                format!("cannot be accepted ({why}); have the operator replace it"),
                format!("无法接受（{why}）；请由管理员更换证书"),
            ),
        };
        let address = self.tcp.address();
        let reason = Bilingual::new(
            format!("{address}: the daemon's certificate {en}"),
            format!("{address}：守护进程的证书{zh}"),
        );
        Error::new(ErrorKind::Unauthorized, reason)
    }

    fn no_tls(&self, why: &str) -> Error {
        let address = self.tcp.address();
        let reason = Bilingual::new(
            format!(
                "{address} does not speak TLS 1.2 or 1.3 ({why}); have the operator give the daemon a certificate, or \
                 open tcp:{address}"
            ),
            format!(
                "{address} 不支持 TLS 1.2 或 1.3（{why}）；请由管理员为守护进程配置证书，或改用 tcp:{address}"
            ),
        );
        Error::new(ErrorKind::Unsupported, reason)
    }
}

/// Returns the time until a deadline.
fn left(deadline: Instant) -> io::Result<Duration> {
    let left = deadline.saturating_duration_since(Instant::now());
    match left.is_zero() {
        true => Err(io::ErrorKind::TimedOut.into()),
        false => Ok(left),
    }
}
