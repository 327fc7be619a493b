//! The service manager: systemd, or one that speaks like it. Without one, nothing here does anything.

use std::convert::Infallible;
use std::os::fd::OwnedFd;
use std::time::Duration;

use listenfd::ListenFd;
use notice::Bilingual;
use notice_server::{Server, Socket};
use sd_notify::NotifyState;
use tokio::time::{Instant, MissedTickBehavior};

use crate::exit::{self, Outcome, Stop};
use crate::terminal;

/// How long before its time the watchdog is told, so that a busy machine does not look like a dead daemon.
const EARLY: u32 = 2;

/// Takes the sockets that systemd listens on for this process (`notice.socket`). Call it before there are threads: it
/// also clears the variables that name the sockets.
pub(super) fn sockets() -> Outcome<Vec<Socket>> {
    let mut given = ListenFd::from_env();
    let failed = |error: std::io::Error| {
        Stop::new(
            exit::USAGE,
            format!("a socket of systemd cannot be served: {error}; use ListenStream="),
            format!("无法使用 systemd 传入的套接字：{error}；请使用 ListenStream="),
        )
    };
    let mut sockets = Vec::new();
    for at in 0..given.len() {
        let unix = given.take_unix_listener(at);
        let handle = match unix {
            Ok(Some(listener)) => OwnedFd::from(listener),
            _ => match given.take_tcp_listener(at).map_err(failed)? {
                Some(listener) => OwnedFd::from(listener),
                None => continue,
            },
        };
        sockets.push(Socket::inherited(handle)?);
    }
    Ok(sockets)
}

/// Says that the daemon serves.
pub(super) fn ready(status: &str) {
    tell(&[NotifyState::Ready, NotifyState::Status(status)]);
}

/// Says that the daemon reads its tokens again. [`ready`] ends that.
pub(super) fn reloading() {
    // systemd asks for the time, to match the message with its own request.
    match NotifyState::monotonic_usec_now() {
        Ok(now) => tell(&[NotifyState::Reloading, now]),
        Err(_) => tell(&[NotifyState::Reloading]),
    }
}

/// Says that the daemon stops.
pub(super) fn stopping(status: &str) {
    tell(&[NotifyState::Stopping, NotifyState::Status(status)]);
}

/// Says that another process is the daemon now.
pub(super) fn main_process(pid: u32) {
    tell(&[NotifyState::MainPid(pid)]);
}

/// Feeds the watchdog as long as the board answers. A daemon that runs without answering starves it, and is restarted.
pub(super) async fn watch(server: &Server) -> Infallible {
    let Some(limit) = sd_notify::watchdog_enabled() else {
        return std::future::pending().await;
    };
    let period = (limit / EARLY).max(Duration::from_millis(1));
    let mut ticks = tokio::time::interval_at(Instant::now(), period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match tokio::time::timeout(period, server.probe()).await {
            Ok(Ok(())) => tell(&[NotifyState::Watchdog]),
            Ok(Err(error)) => Stop::from(error).lines.iter().for_each(terminal::complain),
            Err(_) => terminal::complain(&Bilingual::new(
                "the board does not answer the watchdog",
                "公告板对看门狗无应答",
            )),
        }
    }
}

fn tell(states: &[NotifyState<'_>]) {
    // Whether the manager hears it changes nothing for the clients.
    let _ = sd_notify::notify(states);
}
