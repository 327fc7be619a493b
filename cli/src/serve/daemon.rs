//! The life of the daemon: it starts, serves, and stops or hands over.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use notice::{Bilingual, ErrorKind, SharedBoard, Sharing};
use notice_server::{Server, Socket};
use tokio::time::{Instant, sleep, timeout};

use super::plan::Plan;
use super::signals::{Signals, Wish};
use super::take_over::{self, Control, Successor};
use super::{certificate, greeting, systemd};
use crate::exit::{self, Outcome, Stop};
use crate::terminal;

/// Exit code of a process that a signal ended, without the signal's number.
const BY_SIGNAL: u8 = 128;
/// How long a board may be locked by a daemon that has just died, or by one that is dying.
const DYING: Duration = Duration::from_secs(10);
/// How often a locked board is tried.
const PAUSE: Duration = Duration::from_millis(20);
/// How long a process that took the sockets may be silent before the board is tried again.
const SILENT: Duration = Duration::from_secs(30);

/// A daemon that serves.
struct Daemon {
    server: Server,
    control: Option<Control>,
    /// The board in shared memory, if that is asked for.
    sharing: Option<Sharing>,
}

/// Why serving ends.
enum End {
    Stop,
    HandOver(Successor),
}

/// Serves until a signal says to stop, or another process has taken over.
pub(super) async fn run(plan: Arc<Plan>, inherited: Vec<Socket>) -> Outcome {
    // First, so that no signal ends it half way.
    let mut signals = Signals::new()?;
    let begun = tokio::select! {
        begun = begin(&plan, inherited) => begun,
        number = signals.stop() => Err(by_signal(number)),
    };
    let mut daemon = begun?;
    loop {
        systemd::ready(&format!("serves {}", plan.board));
        match daemon.serve(&plan, &mut signals).await {
            End::Stop => return daemon.stop(&mut signals).await,
            End::HandOver(successor) => {
                match daemon.hand_over(&plan, &successor, &mut signals).await? {
                    Some(again) => daemon = again,
                    None => return Ok(()),
                }
            }
        }
    }
}

/// Starts to serve, with the sockets of a running daemon if that is asked for.
async fn begin(plan: &Arc<Plan>, inherited: Vec<Socket>) -> Outcome<Daemon> {
    plan.make_folders()?;
    let path = take_over::path(plan);
    let taken = match (&path, plan.takes_over) {
        (Ok(path), true) => take_over::take(path).await?,
        _ => None,
    };
    let Some(mut taken) = taken else {
        let board = open(plan, Duration::ZERO).await?;
        let sharing = share(plan, &board, Duration::ZERO).await?;
        let server = plan.builder(board).sockets(inherited).start().await?;
        let control = path.and_then(|path| Control::bind(&path));
        greeting::greet(plan, server.addresses(), None);
        return Ok(Daemon {
            server,
            control: told(control),
            sharing,
        });
    };
    taken.closed().await;
    let board = open(plan, DYING).await?;
    let sharing = share(plan, &board, DYING).await?;
    let sockets = taken.sockets.drain(..).chain(inherited);
    let server = plan.builder(board).sockets(sockets).start().await?;
    let control = taken.control.take();
    if let Some(control) = &control {
        control.set_owned(true);
    }
    taken.serving().await;
    greeting::greet(plan, server.addresses(), taken.pid);
    Ok(Daemon {
        server,
        control,
        sharing,
    })
}

/// Opens the board. Tries again for a while if another process has it.
async fn open(plan: &Arc<Plan>, patience: Duration) -> Outcome<SharedBoard> {
    let plan = Arc::clone(plan);
    patiently(patience, move || plan.open()).await
}

/// Shares the board, if that is asked for. Tries again for a while if another process has the name.
async fn share(
    plan: &Arc<Plan>,
    board: &SharedBoard,
    patience: Duration,
) -> Outcome<Option<Sharing>> {
    let (plan, board) = (Arc::clone(plan), Arc::clone(board));
    patiently(patience, move || plan.share(&board)).await
}

/// Takes what another process may still have, on a thread that may block.
async fn patiently<T: Send + 'static>(
    patience: Duration,
    take: impl Fn() -> notice::Result<T> + Send + Sync + 'static,
) -> Outcome<T> {
    let (end, take) = (Instant::now() + patience, Arc::new(take));
    loop {
        let take = Arc::clone(&take);
        let opened = tokio::task::spawn_blocking(move || take()).await;
        match opened.map_err(|error| failed(&error.to_string()))? {
            Err(error) if error.kind() == ErrorKind::Locked && Instant::now() < end => {
                sleep(PAUSE).await;
            }
            opened => return Ok(opened?),
        }
    }
}

impl Daemon {
    /// Serves until a signal or another process ends it.
    async fn serve(&self, plan: &Plan, signals: &mut Signals) -> End {
        let asked = async {
            match &self.control {
                Some(control) => control.asked(self.server.sockets()).await,
                None => std::future::pending().await,
            }
        };
        let (mut asked, mut watched) = (pin!(asked), pin!(systemd::watch(&self.server)));
        loop {
            tokio::select! {
                wish = signals.next() => match wish {
                    Wish::Stop(_) => return End::Stop,
                    Wish::Reload => reload(&self.server, plan),
                },
                successor = &mut asked => return End::HandOver(successor),
                never = &mut watched => match never {},
            }
        }
    }

    /// Stops, or ends at once when it is told a second time.
    async fn stop(self, signals: &mut Signals) -> Outcome {
        systemd::stopping("stops");
        // Nobody can take over what is being stopped.
        drop(self.control);
        drop(self.sharing);
        tokio::select! {
            stopped = self.server.stop() => Ok(stopped?),
            number = signals.stop() => Err(by_signal(number)),
        }
    }

    /// Hands over, and returns None when the other process serves. When it has died, this one opens its board again.
    async fn hand_over(
        self,
        plan: &Arc<Plan>,
        successor: &Successor,
        signals: &mut Signals,
    ) -> Outcome<Option<Self>> {
        if let Some(control) = &self.control {
            control.set_owned(false);
        }
        // It keeps the board open. Those who follow it go on with the other process.
        drop(self.sharing);
        let (sockets, closed) = tokio::select! {
            released = self.server.release() => released,
            number = signals.stop() => return Err(by_signal(number)),
        };
        if let Err(error) = closed {
            // The other process recovers the board, as after a crash.
            complain(Stop::from(error));
        }
        let mut is_alive = successor.closed().await.is_ok();
        loop {
            if is_alive {
                tokio::select! {
                    served = timeout(SILENT, successor.serves()) => match served {
                        Ok(true) => return Ok(handed_over(successor)),
                        Ok(false) => is_alive = false,
                        // It opens a large board, perhaps.
                        Err(_) => {}
                    },
                    // The board is closed already, and the sockets are the other process's.
                    _ = signals.stop() => return Ok(None),
                }
            }
            let patience = if is_alive { Duration::ZERO } else { DYING };
            match open(plan, patience).await {
                Ok(board) => {
                    let sharing = share(plan, &board, DYING).await?;
                    let server = plan.builder(board).sockets(sockets).start().await?;
                    if let Some(control) = &self.control {
                        control.set_owned(true);
                    }
                    terminal::tell(&Bilingual::new(
                        "the process that was to take over has ended; this one goes on",
                        "接管的进程已退出；本进程继续提供服务",
                    ));
                    let control = self.control;
                    return Ok(Some(Self {
                        server,
                        control,
                        sharing,
                    }));
                }
                // The other process has it, and will say so.
                Err(stop) if is_alive && stop.code == exit::CONFLICT => {}
                Err(stop) => return Err(stop),
            }
        }
    }
}

/// Reads tokens and certificate again. A fault leaves them as they were.
fn reload(server: &Server, plan: &Plan) {
    systemd::reloading();
    match server.reload() {
        Err(error) => complain(Stop::from(error)),
        Ok(()) => certificate::warn(plan).unwrap_or_else(complain),
    }
    systemd::ready(&format!("serves {}", plan.board));
}

/// Says that another process serves now.
fn handed_over<T>(successor: &Successor) -> Option<T> {
    let pid = successor.pid;
    if let Some(pid) = pid {
        systemd::main_process(pid);
    }
    let pid = pid.map_or_else(String::new, |pid| format!(" {pid}"));
    terminal::tell(&Bilingual::new(
        format!("process{pid} has taken over"),
        format!("进程{pid} 已接管"),
    ));
    None
}

/// Takes a control socket, or tells why there is none. The daemon serves without it; it cannot be taken over then.
fn told(control: Outcome<Control>) -> Option<Control> {
    match control {
        Ok(control) => Some(control),
        Err(stop) => {
            complain(stop);
            complain(Stop::new(
                exit::UNAVAILABLE,
                "nobody can take over from this daemon without its control socket; see --control",
                "没有控制套接字，其他进程无法接管；参见 --control",
            ));
            None
        }
    }
}

fn complain(stop: Stop) {
    stop.lines.iter().for_each(terminal::complain);
}

fn by_signal(number: i32) -> Stop {
    Stop::silent(u8::try_from(number).map_or(exit::UNAVAILABLE, |number| BY_SIGNAL + number))
}

fn failed(why: &str) -> Stop {
    let (en, zh) = (format!("internal error: {why}"), format!("内部错误：{why}"));
    Stop::new(exit::UNAVAILABLE, en, zh)
}
