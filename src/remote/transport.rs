//! Streams of bytes to a daemon.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream, ToSocketAddrs};
use std::time::Duration;

use crate::error::{Bilingual, Error};

/// Ends a stream from another thread.
pub(super) type Cut = Box<dyn Fn() + Send + Sync>;

/// A stream of bytes in both directions.
pub(super) trait Stream: Send {
    /// Sends all bytes, of which each part must be taken within this time.
    fn send(&mut self, bytes: &[u8], within: Duration) -> io::Result<()>;

    /// Receives some bytes; 0 at the end of the stream. `WouldBlock` or `TimedOut` when none came in time.
    fn receive(&mut self, to: &mut [u8], within: Duration) -> io::Result<usize>;

    /// Receives what is there; `WouldBlock` when nothing is.
    #[cfg(all(feature = "shm", target_os = "linux"))]
    fn receive_now(&mut self, to: &mut [u8]) -> io::Result<usize> {
        self.receive(to, Duration::ZERO)
    }

    /// Returns the file descriptors that came along with what was received.
    #[cfg(all(feature = "shm", target_os = "linux"))]
    fn take_descriptors(&mut self) -> Vec<std::os::fd::OwnedFd> {
        Vec::new()
    }

    /// Returns a function that ends the stream.
    fn cut(&self) -> io::Result<Cut>;

    /// Returns the certificate that the daemon has shown, in DER; None where it has shown none, or it is not known.
    fn certificate(&self) -> Option<&[u8]> {
        None
    }
}

/// Reason why there is no connection.
#[derive(Debug)]
pub(super) enum Unconnected {
    /// It may work again later.
    Failed(io::Error),
    /// It stays so until somebody changes something.
    #[cfg_attr(
        not(feature = "tls"),
        allow(dead_code, reason = "only a certificate is such a reason")
    )]
    Refused(Error),
}

impl From<io::Error> for Unconnected {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

/// What a failed connection means: the words of the system in English, and those of whoever reads Chinese.
pub(super) fn words(error: &io::Error) -> Bilingual {
    use io::ErrorKind as Kind;
    let en = error.to_string();
    let zh = match error.kind() {
        Kind::NotFound => "没有这样的套接字",
        Kind::PermissionDenied => "没有访问权限",
        Kind::ConnectionRefused => "连接被拒绝，没有程序在该处监听",
        Kind::ConnectionReset | Kind::ConnectionAborted | Kind::BrokenPipe => "连接已被对方断开",
        Kind::UnexpectedEof => "连接已被对方关闭",
        Kind::TimedOut | Kind::WouldBlock => "超时未应答",
        Kind::HostUnreachable | Kind::NetworkUnreachable | Kind::NetworkDown => "网络不可达",
        // The standard library has no kind for it.
        _ if en.starts_with("failed to lookup address") => "无法解析主机名",
        _ => return Bilingual::new(en.clone(), en),
    };
    Bilingual::new(en, zh)
}

/// A way to a daemon.
pub(super) trait Transport: Send + Sync {
    /// Connects.
    fn connect(&self, within: Duration) -> Result<Box<dyn Stream>, Unconnected>;

    /// Connects in a way that file descriptors can come along, where there is one.
    #[cfg(all(feature = "shm", target_os = "linux"))]
    fn connect_for_descriptors(&self, within: Duration) -> Result<Box<dyn Stream>, Unconnected> {
        self.connect(within)
    }

    /// Returns the daemon's address, for messages.
    fn address(&self) -> &str;
}

macro_rules! stream {
    ($socket:ty) => {
        impl Stream for $socket {
            fn send(&mut self, bytes: &[u8], within: Duration) -> io::Result<()> {
                self.set_write_timeout(Some(some(within)))?;
                self.write_all(bytes)
            }

            fn receive(&mut self, to: &mut [u8], within: Duration) -> io::Result<usize> {
                self.set_read_timeout(Some(some(within)))?;
                loop {
                    match self.read(to) {
                        Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                        read => return read,
                    }
                }
            }

            fn cut(&self) -> io::Result<Cut> {
                let socket = self.try_clone()?;
                Ok(Box::new(move || {
                    // It fails when the stream has ended already.
                    let _ = socket.shutdown(Shutdown::Both);
                }))
            }
        }
    };
}

stream!(TcpStream);
#[cfg(unix)]
stream!(std::os::unix::net::UnixStream);

/// No time at all would mean to wait for ever.
pub(super) fn some(within: Duration) -> Duration {
    within.max(Duration::from_millis(1))
}

/// A daemon at `HOST:PORT`.
#[derive(Debug)]
pub(super) struct Tcp {
    pub(super) address: String,
    /// Idle time after which the system asks whether the other side is there.
    pub(super) keepalive: Duration,
}

impl Tcp {
    /// Connects a socket.
    pub(super) fn socket(&self, within: Duration) -> io::Result<TcpStream> {
        let mut last = None;
        for address in self.address.to_socket_addrs()? {
            match TcpStream::connect_timeout(&address, some(within)) {
                Ok(stream) => {
                    // A call is a single small write, whose answer is waited for.
                    stream.set_nodelay(true)?;
                    let keepalive = socket2::TcpKeepalive::new().with_time(self.keepalive);
                    socket2::SockRef::from(&stream).set_tcp_keepalive(&keepalive)?;
                    return Ok(stream);
                }
                Err(error) => last = Some(error),
            }
        }
        Err(last.unwrap_or_else(|| io::ErrorKind::AddrNotAvailable.into()))
    }
}

impl Transport for Tcp {
    fn connect(&self, within: Duration) -> Result<Box<dyn Stream>, Unconnected> {
        Ok(Box::new(self.socket(within)?))
    }

    fn address(&self) -> &str {
        &self.address
    }
}
