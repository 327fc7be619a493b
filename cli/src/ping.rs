//! `notice ping`: is the daemon there?

use notice::{Bilingual, Daemon, Head};
use serde_json::json;

use crate::board::{self, Access};
use crate::exit::{self, Outcome, Stop};
use crate::terminal::{say, tell};

/// Ask a daemon whether it is there
///
/// It says who it is, who you are there, how fast it answers, and what the revision of its board is.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Daemon, as unix:PATH or tcp:HOST:PORT. Without it, the one that `notice serve` starts on this machine
    #[arg(env = "NOTICE_URL", value_name = "URL")]
    url: Option<String>,
    #[command(flatten)]
    access: Access,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

/// Runs it.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let url = board::url(arguments.url.as_deref())?;
    let board =
        board::open_remote(&url, &arguments.access).map_err(|stop| match arguments.url {
            None => with_hint(stop),
            Some(_) => stop,
        })?;
    let (daemon, head) = (board.daemon()?, board.head()?);
    match arguments.json {
        true => say(&as_json(&url, &daemon, &head)),
        false => tell(&as_text(&url, &daemon, &head)),
    }
    Ok(())
}

/// Says what to do when there is no daemon of this machine's.
fn with_hint(mut stop: Stop) -> Stop {
    if stop.code == exit::UNAVAILABLE {
        stop.lines.push(Bilingual::new(
            "start one with `notice serve`, or say where it is: notice ping URL",
            "请用 `notice serve` 启动守护进程，或指明其地址：notice ping URL",
        ));
    }
    stop
}

fn milliseconds(daemon: &Daemon) -> f64 {
    // To the microsecond; what is below is noise.
    (daemon.round_trip.as_secs_f64() * 1e6).round() / 1e3
}

fn as_json(url: &str, daemon: &Daemon, head: &Head) -> String {
    let answer = json!({
        "url": url,
        "server": daemon.server,
        "role": daemon.role,
        "round_trip_ms": milliseconds(daemon),
        "epoch": format!("{:032x}", head.epoch),
        "revision": head.revision,
        "seq": head.seq,
    });
    answer.to_string()
}

fn as_text(url: &str, daemon: &Daemon, head: &Head) -> Bilingual {
    let Daemon { server, role, .. } = daemon;
    let Head {
        epoch, revision, ..
    } = head;
    let ms = milliseconds(daemon);
    Bilingual::new(
        format!(
            "{url} answers in {ms} ms\n  server  {server}\n  role    {role}\n  board   revision {revision}, \
             epoch {epoch:032x}"
        ),
        format!(
            "{url} 应答正常，用时 {ms} 毫秒\n  服务器  {server}\n  角色    {role}\n  公告板  修订号 {revision}，\
             纪元 {epoch:032x}"
        ),
    )
}
