//! Listening sockets that change hands between processes: from systemd to a server, or from a server to the next one.

use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::sync::Arc;

use notice::{ErrorKind, Result};
use serde_json::{Value, json};
use socket2::SockRef;

use super::place::Place;
use super::{Tcp, Unix};
use crate::fault::{fault, io};

/// A listening socket. It stays open, and connections wait in it, as long as any process has it.
///
/// The file of a Unix socket goes with the server that listens on it. Dropping a socket that no server has removes
/// nothing.
#[derive(Debug)]
pub struct Socket {
    /// The address as the settings have it: with port 0 the same socket serves again.
    pub(crate) name: String,
    pub(crate) purpose: Purpose,
    listener: OwnedFd,
    place: Option<Arc<Place>>,
}

/// What a socket is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Clients, over a Unix socket of the settings.
    Unix,
    /// Clients, over a TCP address of the settings.
    Tcp,
    /// The address that shows metrics.
    Metrics,
    /// Clients, over a socket that the system made. No setting names it.
    Inherited,
    /// Something of the program around the server.
    Private,
}

impl Purpose {
    const ALL: [Self; 5] = [
        Self::Unix,
        Self::Tcp,
        Self::Metrics,
        Self::Inherited,
        Self::Private,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Unix => "unix",
            Self::Tcp => "tcp",
            Self::Metrics => "metrics",
            Self::Inherited => "inherited",
            Self::Private => "private",
        }
    }
}

/// A listener of either kind.
pub(crate) enum Listener {
    Unix(Unix),
    Tcp(Tcp),
}

impl Socket {
    /// Takes a listening socket that the system made, such as systemd for a service with a socket unit. Its file
    /// stays when the server stops.
    ///
    /// # Errors
    /// `invalid_field` for anything but a listening Unix or TCP socket.
    pub fn inherited(listener: OwnedFd) -> Result<Self> {
        let socket = SockRef::from(&listener);
        let address = socket.local_addr().ok();
        let is_known =
            address.is_some_and(|address| address.is_unix() || address.as_socket().is_some());
        let is_stream = socket
            .r#type()
            .is_ok_and(|kind| kind == socket2::Type::STREAM);
        let listens = socket.is_listener().unwrap_or_default();
        if !is_known || !is_stream || !listens {
            return Err(wrong(
                "not a listening stream socket of Unix or TCP",
                "不是 Unix 或 TCP 的监听套接字",
            ));
        }
        Ok(Self {
            name: String::new(),
            purpose: Purpose::Inherited,
            listener,
            place: None,
        })
    }

    /// Makes a Unix socket at `path` for another use than the server's, to which only this user may connect. Call it on a
    /// Tokio runtime with I/O enabled.
    ///
    /// # Errors
    /// `locked` when another process listens there; `exists` when something else is there; `io`.
    pub fn private(path: &Path) -> Result<Self> {
        Self::of_unix(&Unix::bind(path)?, Purpose::Private)
    }

    /// Reports whether this is a socket for another use than the server's.
    pub fn is_private(&self) -> bool {
        self.purpose == Purpose::Private
    }

    /// Returns another handle of a Unix socket, by which connections are accepted.
    ///
    /// # Errors
    /// `io` when the process has no more handles.
    pub fn listener(&self) -> Result<UnixListener> {
        let handle = self.listener.try_clone();
        let listener = UnixListener::from(handle.map_err(|error| io(&self.name, &error))?);
        let set = listener.set_nonblocking(true);
        set.map_err(|error| io(&self.name, &error))?;
        Ok(listener)
    }

    /// Describes the socket for another process, with the handles that go along.
    pub fn parts(&self) -> (Value, Vec<BorrowedFd<'_>>) {
        let mut handles = vec![self.listener.as_fd()];
        let mut about = json!({"name": self.name, "purpose": self.purpose.name()});
        if let (Some(place), Value::Object(members)) = (&self.place, &mut about) {
            handles.push(place.lock.as_fd());
            let (device, inode) = place.file;
            members.insert("file".to_owned(), json!([device, inode]));
        }
        (about, handles)
    }

    /// Takes over what another process has described, with as many of its handles as go along.
    ///
    /// # Errors
    /// `invalid_field` for what is not from [`parts`](Self::parts).
    pub fn from_parts(about: &Value, handles: &mut impl Iterator<Item = OwnedFd>) -> Result<Self> {
        let not_whole = || wrong("its description is incomplete", "描述不完整");
        let text = |member: &str| about.get(member).and_then(Value::as_str);
        let purpose = text("purpose").unwrap_or_default();
        let mut all = Purpose::ALL.into_iter();
        let purpose = all
            .find(|one| one.name() == purpose)
            .ok_or_else(not_whole)?;
        let name = text("name").ok_or_else(not_whole)?.to_owned();
        let listener = handles.next().ok_or_else(not_whole)?;
        let place = match about.get("file") {
            None => None,
            Some(file) => {
                let number = |at: usize| file.get(at).and_then(Value::as_u64);
                let file = number(0).zip(number(1)).ok_or_else(not_whole)?;
                let lock = File::from(handles.next().ok_or_else(not_whole)?);
                Some(Arc::new(Place::new(name.clone().into(), file, lock, false)))
            }
        };
        Ok(Self {
            name,
            purpose,
            listener,
            place,
        })
    }

    /// Returns another handle of the same socket.
    ///
    /// # Errors
    /// `io` when the process has no more handles.
    pub fn try_clone(&self) -> Result<Self> {
        Ok(Self {
            name: self.name.clone(),
            purpose: self.purpose,
            listener: self
                .listener
                .try_clone()
                .map_err(|error| io(&"socket", &error))?,
            place: self.place.clone(),
        })
    }

    /// Says whether the file of a Unix socket goes with this process, and is removed when the socket is dropped. A server
    /// says so for the sockets that it has.
    pub fn set_owned(&self, is_owned: bool) {
        if let Some(place) = &self.place {
            place.set_owned(is_owned);
        }
    }

    /// Returns a handle of a Unix socket.
    pub(crate) fn of_unix(unix: &Unix, purpose: Purpose) -> Result<Self> {
        let handle = unix.handle();
        let (listener, place) = handle.map_err(|error| io(&unix.path().display(), &error))?;
        Ok(Self {
            name: unix.path().display().to_string(),
            purpose,
            listener,
            place,
        })
    }

    /// Returns a handle of a TCP port that the settings call `name`.
    pub(crate) fn of_tcp(tcp: &Tcp, name: &str, purpose: Purpose) -> Result<Self> {
        Ok(Self {
            name: name.to_owned(),
            purpose,
            listener: tcp.handle().map_err(|error| io(&name, &error))?,
            place: None,
        })
    }

    /// Returns the address of a TCP port.
    pub(crate) fn tcp_address(&self) -> Option<SocketAddr> {
        SockRef::from(&self.listener).local_addr().ok()?.as_socket()
    }

    /// Begins to listen.
    pub(crate) fn listen(self) -> Result<Listener> {
        match self.tcp_address() {
            None => Unix::of(self.listener, self.place).map(Listener::Unix),
            Some(_) => Tcp::of(TcpListener::from(self.listener)).map(Listener::Tcp),
        }
    }
}

fn wrong(en: &str, zh: &str) -> notice::Error {
    fault(
        ErrorKind::InvalidField,
        format!("a socket was handed over that cannot be served: {en}"),
        format!("收到的套接字无法使用：{zh}"),
    )
}
