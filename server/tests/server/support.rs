//! Servers for tests: on loopback ports that the system chooses and sockets in a folder that goes away.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use notice::SharedBoard;
use notice_server::{Address, Builder, Server};
use tokio::runtime::{Builder as Runtimes, Runtime};

use crate::client::{Enot, Lines};

/// One runtime for all servers of this process.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    let mut runtime = Runtimes::new_multi_thread();
    // Fewer threads that may block than calls that wait in the tests.
    runtime
        .worker_threads(2)
        .max_blocking_threads(4)
        .enable_all()
        .build()
        .unwrap()
});

pub(crate) const ADMIN: &str = "admin-token-0123456789abcdef0123456789abcdef";
pub(crate) const EDITOR: &str = "editor-token-0123456789abcdef0123456789abcdef";
pub(crate) const SERVICE: &str = "service-token-0123456789abcdef0123456789abcdef";

/// A folder that goes away.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("notice-server-{}-{count}", std::process::id());
        let shm = Path::new("/dev/shm");
        let parent = if shm.is_dir() {
            shm.to_owned()
        } else {
            std::env::temp_dir()
        };
        let folder = parent.join(name);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    /// Writes a file that only its owner may read.
    pub(crate) fn secret(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A server of a test, stopped when it is dropped.
pub(crate) struct Served {
    server: Option<Server>,
    pub(crate) folder: Folder,
}

/// Starts a server of `board` on a Unix socket and a TCP port, with a token of each role.
pub(crate) fn serve(board: SharedBoard) -> Served {
    serve_with(board, |builder| builder)
}

/// The same with other settings.
pub(crate) fn serve_with(board: SharedBoard, set: impl FnOnce(Builder) -> Builder) -> Served {
    let folder = Folder::new();
    let tokens = format!("# for tests\nadmin {ADMIN}\neditor {EDITOR}\n\nservice {SERVICE}\n");
    let builder = Server::builder(board)
        .unix(folder.0.join("socket"))
        .tcp("127.0.0.1:0")
        .tokens(folder.secret("tokens", &tokens));
    let server = Some(start(set(builder)).unwrap());
    Served { server, folder }
}

/// Starts a server, whatever its settings.
pub(crate) fn start(builder: Builder) -> notice::Result<Server> {
    RUNTIME.block_on(builder.start())
}

/// Waits for the end of something on the runtime of the servers.
pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    RUNTIME.block_on(future)
}

pub(crate) fn stop(server: Server) -> notice::Result<()> {
    RUNTIME.block_on(server.stop())
}

impl Served {
    pub(crate) fn server(&self) -> &Server {
        self.server.as_ref().unwrap()
    }

    pub(crate) fn unix(&self) -> PathBuf {
        self.folder.0.join("socket")
    }

    pub(crate) fn tcp(&self) -> std::net::SocketAddr {
        let tcp = |address: &Address| match address {
            Address::Tcp(address) => Some(*address),
            _ => None,
        };
        self.server().addresses().iter().find_map(tcp).unwrap()
    }

    /// Connects over the Unix socket, as the owner.
    pub(crate) fn enot(&self) -> Enot {
        let mut client = Enot::over_unix(&self.unix());
        client.hello(None).unwrap();
        client
    }

    /// Connects over TCP, with a token or as the public.
    pub(crate) fn lines(&self, token: Option<&str>) -> Lines {
        let mut client = Lines::over_tcp(self.tcp());
        if let Some(token) = token {
            client.hello(token).unwrap();
        }
        client
    }

    /// Stops the server now.
    pub(crate) fn stop(&mut self) -> notice::Result<()> {
        self.server.take().map_or(Ok(()), stop)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let stopped = self.stop();
        if !std::thread::panicking() {
            stopped.unwrap();
        }
    }
}
