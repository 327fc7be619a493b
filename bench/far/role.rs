//! What the other process does: it serves a board, sends bytes back, and carries out orders.

use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;

use notice::{Draft, ManualClock, Options, SharedBoard, Sharing};
use notice_server::{Address, Limits, Server};
use serde_json::{Value, json};

use super::{TOKEN, echo};
use crate::Result;
use crate::data::{Data, NOW};
use crate::other::{failed, now, orders, say};
use crate::process::wait_until_idle;
use crate::session::AUDIENCES;

/// Drafts that are published at once.
const BATCH: usize = 1000;
/// Bytes of the bare wake: about what an answer to a wait takes.
const WAKE: [u8; 27] = [7; 27];

/// Carries out the role with the words behind its name.
pub(crate) fn run(words: &[String]) -> Result {
    let [folder, count, seed] = words else {
        return Err("a folder, a count and a seed".to_owned());
    };
    let folder = Path::new(folder);
    let number = |text: &String| text.parse::<u64>().map_err(failed(text));
    crate::limit::raise();
    let board = board(number(count)? as usize, number(seed)?)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(failed("the runtime"))?;
    let tokens = folder.join("tokens");
    secret(&tokens).map_err(failed("the tokens"))?;
    let mut limits = Limits::default();
    limits.connections = 20_000;
    limits.connections_per_address = limits.connections;
    limits.calls_per_second = u32::MAX;
    let builder = Server::builder(board.clone())
        .unix(folder.join("board"))
        .tcp("127.0.0.1:0")
        .tokens(&tokens)
        .limits(limits);
    let server = runtime
        .block_on(builder.start())
        .map_err(failed("the server"))?;
    let wake = folder.join("wake");
    let listener = UnixListener::bind(&wake).map_err(failed("the bare wake"))?;
    let mut places = runtime.block_on(echo::serve(&folder.join("echo")))?;
    for address in server.addresses() {
        let name = match address {
            Address::Unix(_) => "unix",
            _ => "tcp",
        };
        places.push((name, address.to_string()));
    }
    places.push(("wake", wake.display().to_string()));
    say(&places.into_iter().collect())?;
    carry_out(&board, &listener)?;
    runtime
        .block_on(server.stop())
        .map_err(failed("the server"))
}

/// Carries out orders until there are no more.
fn carry_out(board: &SharedBoard, listener: &UnixListener) -> Result {
    let mut sharing: Option<Sharing> = None;
    let mut sleeper: Option<UnixStream> = None;
    for order in orders() {
        let order = order?;
        if order.get("publish").is_some() {
            let draft =
                Draft::from_json(br#"{"texts":{"en":{"title":"A new one"}},"pinned":true}"#);
            let draft = draft.map_err(failed("a draft"))?;
            let at = now();
            board.publish(&draft).map_err(failed("publish"))?;
            say(&at.into())?;
        } else if let Some(name) = order.get("share").and_then(Value::as_str) {
            sharing = Some(notice::share(board, name).map_err(failed("share"))?);
            say(&Value::Null)?;
        } else if order.get("accept").is_some() {
            say(&Value::Null)?;
            let (stream, _) = listener.accept().map_err(failed("the bare wake"))?;
            sleeper = Some(stream);
        } else if order.get("wake").is_some() {
            let stream = sleeper.as_mut().ok_or("nobody sleeps")?;
            let at = now();
            stream.write_all(&WAKE).map_err(failed("the bare wake"))?;
            say(&at.into())?;
        } else {
            return Err(format!("no order: {order}"));
        }
    }
    drop(sharing);
    Ok(())
}

/// A board in memory with announcements of a seed.
pub(crate) fn board(count: usize, seed: u64) -> Result<SharedBoard> {
    let clock = ManualClock::new(NOW);
    let board = Options::new().clock(clock).open("mem:");
    let board = board.map_err(failed("the board"))?;
    let data = Data::new(seed, AUDIENCES);
    for first in (0..count).step_by(BATCH) {
        let places = first..count.min(first + BATCH);
        let drafts: Vec<Value> = places
            .map(|place| crate::notice::draft_json(&data, &data.announcement(place)))
            .collect();
        let drafts = Draft::batch_from_json(json!(drafts).to_string().as_bytes());
        let drafts = drafts.map_err(failed("drafts"))?;
        board.publish_all(&drafts).map_err(failed("publish"))?;
    }
    // The search index is brought up to date behind its caller's back.
    wait_until_idle();
    Ok(board)
}

fn secret(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::File::options();
    let mut file = options
        .create(true)
        .truncate(true)
        .write(true)
        .mode(0o600)
        .open(path)?;
    file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    writeln!(file, "admin {TOKEN}")
}
