//! A server in this process, spoken to over memory, with a time of its own: what it gives up after 30 seconds is
//! given up at once.

use std::cell::RefCell;
use std::net::Ipv4Addr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::time::Duration;

use notice::{
    Draft, Head, Lifecycle, ManualClock, Mark, Operator, Principal, Role, SharedBoard, Text, Viewer,
};
use notice_server::{Limits, Server};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, ReadHalf, WriteHalf, split};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout, timeout_at};

use crate::support::{NOW, empty_board};

/// What only editors may learn: drafts, what is scheduled or retracted, and other users.
pub(crate) const SECRET: &str = "quokka-behind-the-shed";
/// What an application server may learn as well: an announcement for somebody else.
pub(crate) const PRIVATE: &str = "wombat-under-the-desk";
/// A token of the role `service`.
pub const SERVICE: &str = "service-token-0123456789abcdef0123456789abcdef";
/// A token of the viewer `li`, signed with [`KEY`] until 2100.
pub const LI: &str = "eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiJub3RpY2UiLCJleHAiOjQxMDI0NDQ4MDAsInN1YiI6ImxpIn0.\
    Hqgd9Feye1H3r25KrTKpY72J7y1pcM2TyLNGnLjuclo";
const KEY: &str = "c2VjcmV0LW9mLWF0LWxlYXN0LTMyLWJ5dGVzLWZvci1qd3Q";

/// Time of the server for a message to be complete, and for an answer to be taken.
const LIMIT: Duration = Duration::from_secs(30);
/// Longer than a client may be silent, and than any call waits whose client has not said that it waits longer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(100);

/// How a client behaves besides what it sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// It sends everything, and nothing more.
    Plain,
    /// It sends a few bytes at a time.
    Dripping,
    /// It sends everything, and leaves the end open.
    Silent,
    /// It takes no answer before the server has given up.
    Deaf,
}

/// A client, as the first byte of an input says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Client {
    pub(crate) role: Role,
    pub(crate) manner: Manner,
}

impl Client {
    pub(crate) fn of(byte: u8) -> Self {
        let byte = usize::from(byte);
        let manners = [
            Manner::Plain,
            Manner::Dripping,
            Manner::Silent,
            Manner::Deaf,
        ];
        Self {
            role: Role::ALL[byte % Role::ALL.len()],
            manner: manners[byte / Role::ALL.len() % manners.len()],
        }
    }

    fn principal(self) -> Principal {
        match self.role {
            Role::Public => Principal::public(["platform"]),
            Role::Viewer => Principal::viewer(Viewer::new("li").with("platform", "windows")),
            Role::Service => Principal::service(),
            Role::Editor => Principal::editor(),
            _ => Principal::admin(),
        }
    }
}

/// Returns the byte by which an input begins.
pub(crate) fn first_byte(role: Role, manner: Manner) -> u8 {
    let is_it = |byte: &u8| {
        let client = Client::of(*byte);
        client.role == role && client.manner == manner
    };
    (b'0'..).find(is_it).expect("each of them has a byte")
}

/// A server with its board, as each input finds it.
pub(crate) struct Daemon {
    runtime: Runtime,
    served: Option<Served>,
}

struct Served {
    server: Server,
    board: SharedBoard,
    head: Head,
}

thread_local! {
    static DAEMON: RefCell<Daemon> = RefCell::new(Daemon::new());
}

/// Connects a client whose input is `sent`. `talk` returns what it receives until the end of the connection; `judge`
/// looks at that, and at how many revisions the board has gained.
pub(crate) fn visit<T: AsyncFnOnce(Connection) -> Vec<u8>>(
    client: Client,
    sent: &[u8],
    talk: T,
    judge: impl FnOnce(&[u8], u64),
) {
    DAEMON.with_borrow_mut(|daemon| daemon.visit(client, sent, talk, judge));
}

impl Daemon {
    fn new() -> Self {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build();
        Self {
            runtime: runtime.expect("a runtime starts"),
            served: None,
        }
    }

    fn visit<T: AsyncFnOnce(Connection) -> Vec<u8>>(
        &mut self,
        client: Client,
        sent: &[u8],
        talk: T,
        judge: impl FnOnce(&[u8], u64),
    ) {
        let Self { runtime, served } = self;
        let Served {
            server,
            board,
            head,
        } = served.get_or_insert_with(|| runtime.block_on(start()));
        let heard = runtime.block_on(async {
            let heard = talk(Connection::new(server, client)).await;
            is_well(server).await;
            heard
        });
        keeps_secrets(client, sent, &heard);
        let now = board.head().expect("the board answers");
        let gained = now.revision - head.revision;
        if client.role < Role::Editor {
            assert_eq!(gained, 0, "a {} has written", client.role.name());
        }
        judge(
            &heard,
            u64::try_from(gained).expect("a revision only grows"),
        );
        // Every input finds the same board, so that one input is enough to see a fault again.
        if now != *head
            && let Some(served) = self.served.take()
        {
            self.runtime
                .block_on(served.server.stop())
                .expect("the board is closed");
        }
    }
}

/// Fails when what was heard has what is not for this client, unless it has said it itself.
fn keeps_secrets(client: Client, sent: &[u8], heard: &[u8]) {
    // As texts, because libFuzzer learns the bytes that are compared as such.
    let (sent, heard) = (
        String::from_utf8_lossy(sent),
        String::from_utf8_lossy(heard),
    );
    let tells = |text| heard.contains(text) && !sent.contains(text);
    assert!(
        client.role >= Role::Editor || !tells(SECRET),
        "{client:?} is told a secret"
    );
    let is_trusted = client.role >= Role::Service || sent.contains(SERVICE);
    assert!(
        is_trusted || !tells(PRIVATE),
        "{client:?} is told what is for somebody else"
    );
}

/// Asks over another connection.
async fn is_well(server: &Server) {
    let client = Client {
        role: Role::Public,
        manner: Manner::Plain,
    };
    let connection = Connection::new(server, client);
    let heard = connection
        .say(br#"{"jsonrpc": "2.0", "id": 1, "method": "head"}"#, true)
        .await;
    let answer: serde_json::Value = serde_json::from_slice(&heard).expect("an answer");
    assert!(answer.pointer("/result/revision").is_some(), "{answer}");
}

async fn start() -> Served {
    let board = stocked();
    let tokens = std::env::temp_dir().join(format!("notice-fuzz-{}", std::process::id()));
    let mut file = std::fs::OpenOptions::new();
    let file = file
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&tokens);
    let lines = format!("service {SERVICE}\nviewer hs256:{KEY}\n");
    std::io::Write::write_all(&mut file.expect("a file of tokens"), lines.as_bytes())
        .expect("it is written");
    let mut limits = Limits::default();
    (limits.receive, limits.send) = (LIMIT, LIMIT);
    limits.calls_per_second = u32::MAX;
    let server = Server::builder(board.clone())
        .tokens(&tokens)
        .clock(ManualClock::new(NOW))
        .public_attributes(["platform"])
        .origins(["https://example.com"])
        .limits(limits)
        .start()
        .await;
    std::fs::remove_file(&tokens).expect("it was there");
    let head = board.head().expect("the board answers");
    Served {
        server: server.expect("a server starts"),
        board,
        head,
    }
}

/// A board with something for everybody, and something for nobody.
fn stocked() -> SharedBoard {
    let board = empty_board();
    let secret = |title: &str| {
        let text = Text::new("en", format!("{title} {SECRET}")).body(SECRET);
        Draft::from_text(text).author(SECRET)
    };
    let publish = |draft: Draft| board.publish(&draft).expect("a sound draft").id;
    let first = publish(Draft::new("en", "Maintenance tonight").key("maintenance"));
    publish(Draft::new("en", "For Windows").audience("platform", Operator::In, ["windows"]));
    publish(Draft::new("zh-CN", PRIVATE).audience("user", Operator::In, ["boss"]));
    publish(secret("scheduled").visible(NOW + 1000, None));
    let retracted = publish(secret("retracted"));
    // Whoever has seen it is told why it is gone.
    board
        .retract(retracted, "a mistake")
        .expect("it can be retracted");
    let mut draft = secret("draft");
    draft.state = Some(Lifecycle::Draft);
    publish(draft);
    board
        .mark(&Viewer::new(SECRET), &[first], Mark::Read)
        .expect("it can be read");
    board
}

/// A connection to the server.
pub(crate) struct Connection {
    reader: ReadHalf<DuplexStream>,
    writer: WriteHalf<DuplexStream>,
    serving: JoinHandle<()>,
    client: Client,
}

impl Connection {
    fn new(server: &Server, client: Client) -> Self {
        // Answers that nobody takes do not fit.
        let room = if client.manner == Manner::Deaf {
            64
        } else {
            4096
        };
        let (near, far) = tokio::io::duplex(room);
        let from = Ipv4Addr::LOCALHOST.into();
        let serving = tokio::spawn(server.serve(far, client.principal(), from));
        let (reader, writer) = split(near);
        Self {
            reader,
            writer,
            serving,
            client,
        }
    }

    /// Sends everything as the client does, and returns all that comes until the end, which must come. A client that
    /// `closes` says that nothing follows; another one waits until the server has lost its patience.
    pub(crate) async fn say(self, bytes: &[u8], closes: bool) -> Vec<u8> {
        let Self {
            mut reader,
            mut writer,
            serving,
            client,
        } = self;
        let (mut heard, end) = (Vec::new(), Instant::now() + PATIENCE);
        let send = async {
            let piece = if client.manner == Manner::Dripping {
                5
            } else {
                usize::MAX
            };
            for piece in bytes.chunks(piece) {
                if writer.write_all(piece).await.is_err() {
                    break;
                }
                tokio::task::yield_now().await;
            }
            if closes {
                let _ = writer.shutdown().await;
            }
        };
        if client.manner == Manner::Deaf {
            let _ = timeout_at(end, send).await;
            tokio::time::sleep_until(end).await;
        } else {
            let hear = timeout_at(end, reader.read_to_end(&mut heard));
            let _ = tokio::join!(timeout_at(end, send), hear);
        }
        let _ = writer.shutdown().await;
        let _ = timeout(PATIENCE, reader.read_to_end(&mut heard)).await;
        let served = timeout(PATIENCE, serving).await;
        served
            .expect("a client that is gone is given up")
            .expect("nothing panics");
        heard
    }
}
