//! Calls over connections that are kept, made again, and given up.

use std::io;
use std::time::Duration;

use super::breaker::{Breaker, Permit};
use super::connection::{Connection, Failure, Welcome};
use super::environment::{Environment, Signal};
use super::settings::Settings;
use super::transport::{Cut, Stream, Transport, Unconnected, words};
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::locks::Mutex;
use crate::process::Owner;
use crate::query::Daemon;
use crate::wire::carrier::Repeat;
use crate::wire::{Answer, Call};

/// Connections that are kept while nobody uses them.
const KEPT: usize = 8;
/// How often a call is tried over connections that break.
const TRIES: usize = 3;
/// A connection that was silent for so long is asked whether it still holds before it carries a call that must
/// not be repeated.
const FRESH: Duration = Duration::from_secs(1);

/// Longest wait that is asked of the daemon at once, so that a connection that holds no more is noticed.
pub(super) const WAIT: Duration = Duration::from_secs(30);

/// How a transport is asked for a stream.
type Connect = fn(&dyn Transport, Duration) -> std::result::Result<Box<dyn Stream>, Unconnected>;

/// A client of one daemon.
pub(super) struct Client {
    pub(super) transport: Box<dyn Transport>,
    pub(super) environment: Box<dyn Environment>,
    pub(super) settings: Settings,
    owner: Owner,
    /// Connections that nobody uses, the most recently used one last.
    idle: Mutex<Vec<Connection>>,
    breaker: Mutex<Breaker>,
    /// Given when waits must end.
    pub(super) ended: Signal,
    /// Ends the connections of waits in progress.
    waits: Mutex<Waits>,
    /// Never given, for pauses that nothing ends.
    never: Signal,
}

#[derive(Default)]
struct Waits {
    last: u64,
    cuts: Vec<(u64, Cut)>,
}

impl Client {
    pub(super) fn new(
        transport: Box<dyn Transport>,
        environment: Box<dyn Environment>,
        settings: Settings,
    ) -> Self {
        Self {
            transport,
            environment,
            settings,
            owner: Owner::this(),
            idle: Mutex::default(),
            breaker: Mutex::default(),
            ended: Signal::default(),
            waits: Mutex::default(),
            never: Signal::default(),
        }
    }

    /// Refuses a client that a forked child has inherited.
    pub(super) fn check_owner(&self) -> Result<()> {
        self.owner.check()
    }

    /// Connects once, so that a wrong address or token is told at once.
    ///
    /// # Errors
    /// `unavailable`; the error by which the daemon refuses.
    pub(super) fn try_out(&self) -> Result<()> {
        let connection = self.connect(self.settings.connect)?;
        self.put_back(connection);
        Ok(())
    }

    /// Connects anew, so that the daemon says who it is and who this client is, and times a ping.
    ///
    /// # Errors
    /// `unavailable`; the error by which the daemon refuses.
    pub(super) fn greet(&self) -> Result<Daemon> {
        let mut connection = self.connect(self.settings.connect)?;
        let sent = self.environment.now();
        let until = sent.saturating_add(self.settings.ping);
        match connection.ping(&*self.environment, until) {
            Ok(()) => {}
            Err(Failure::Refused(error)) => return Err(error),
            Err(Failure::TimedOut) => return Err(self.timed_out()),
            Err(Failure::NotSent(error) | Failure::Broken(error)) => {
                return Err(self.unavailable(&words(&error)));
            }
        }
        let round_trip = self.environment.now().saturating_sub(sent);
        let Welcome { server, role, .. } = connection.welcome().clone();
        let end = connection.certificate_ends_at();
        self.put_back(connection);
        Ok(Daemon::new(server, role, round_trip).certificate_ends_at(end))
    }

    /// Makes a call.
    ///
    /// # Errors
    /// The answer's error; `unavailable` and `timed_out` for the connection.
    pub(super) fn ask(&self, call: &Call, repeat: Repeat) -> Result<Answer> {
        self.ask_within(call, repeat, self.settings.timeout, false)
    }

    /// Makes a call that takes long, and that [`end_waits`](Self::end_waits) ends.
    pub(super) fn ask_waiting(&self, call: &Call, within: Duration) -> Result<Answer> {
        self.ask_within(call, Repeat::Freely, within, true)
    }

    fn ask_within(
        &self,
        call: &Call,
        repeat: Repeat,
        within: Duration,
        is_wait: bool,
    ) -> Result<Answer> {
        self.owner.check()?;
        let deadline = self.environment.now().saturating_add(within);
        let bytes = call.to_bytes()?;
        let mut tries = 0;
        loop {
            tries += 1;
            let mut connection = self.take(repeat, deadline)?;
            let cut = match is_wait {
                true => Some(self.register(&connection)?),
                false => None,
            };
            let answer = connection.call(&*self.environment, &bytes, deadline);
            cut.into_iter().for_each(|number| self.unregister(number));
            let broken = match answer {
                Ok(answer) => {
                    self.put_back(connection);
                    return answer.into_result();
                }
                // What is wrong with the connection is unknown, so it is not used again.
                Err(Failure::Refused(error)) => return Err(error),
                Err(Failure::TimedOut) => return Err(self.timed_out()),
                Err(Failure::NotSent(error)) => error,
                Err(Failure::Broken(error)) if repeat == Repeat::Freely => error,
                Err(Failure::Broken(error)) => return Err(self.unknown(&error)),
            };
            if is_wait && self.ended.is_given() {
                return Err(ended());
            }
            // The others go to the same daemon, and it is gone.
            self.idle.lock().clear();
            if tries >= TRIES {
                return Err(self.unavailable(&words(&broken)));
            }
        }
    }

    /// Returns a connection that holds.
    fn take(&self, repeat: Repeat, deadline: Duration) -> Result<Connection> {
        loop {
            let now = self.environment.now();
            let kept = self.idle.lock().pop();
            let Some(mut connection) = kept else {
                return self.connect_before(deadline);
            };
            if now.saturating_sub(connection.used) > self.settings.idle {
                continue;
            }
            let is_fresh = now.saturating_sub(connection.heard) < FRESH;
            if repeat == Repeat::Freely || is_fresh {
                return Ok(connection);
            }
            let until = deadline.min(now.saturating_add(self.settings.ping));
            if connection.ping(&*self.environment, until).is_ok() {
                return Ok(connection);
            }
        }
    }

    /// Connects, and tries again until the breaker opens or the time is over.
    fn connect_before(&self, deadline: Duration) -> Result<Connection> {
        let mut last = None;
        loop {
            let now = self.environment.now();
            let left = deadline.saturating_sub(now);
            let permit = self.breaker.lock().ask(now, &self.settings.pauses);
            match permit {
                Permit::Go => {}
                Permit::Later(pause) if pause < left => {
                    self.environment.wait(&self.never, pause);
                    continue;
                }
                Permit::Later(_) => return Err(last.unwrap_or_else(|| self.timed_out())),
                Permit::Open(pause) => return Err(last.unwrap_or_else(|| self.resting(pause))),
            }
            match self.connect_permitted(left.min(self.settings.connect)) {
                Ok(connection) => return Ok(connection),
                Err(error) if error.kind() == ErrorKind::Unavailable => last = Some(error),
                Err(error) => return Err(error),
            }
        }
    }

    /// Connects, whatever has failed before.
    fn connect(&self, within: Duration) -> Result<Connection> {
        self.owner.check()?;
        self.connect_permitted(within)
    }

    /// Connects, and tells the breaker how it went.
    fn connect_permitted(&self, within: Duration) -> Result<Connection> {
        let failure = match self.open(|way, within| way.connect(within), within) {
            Ok(connection) => {
                self.breaker.lock().succeeded();
                return Ok(connection);
            }
            Err(failure) => failure,
        };
        let error = match failure {
            // It serves nobody for now, and whoever asks again at once makes that last longer.
            Failure::Refused(error) if error.kind() == ErrorKind::Unavailable => error,
            Failure::Refused(error) => {
                // It is there, and knows its own mind.
                self.breaker.lock().succeeded();
                return Err(error);
            }
            Failure::TimedOut => {
                self.unavailable(&Bilingual::new("no answer to the hello", "握手未得到应答"))
            }
            Failure::NotSent(error) | Failure::Broken(error) => self.unavailable(&words(&error)),
        };
        let (now, random) = (self.environment.now(), self.environment.random());
        self.breaker
            .lock()
            .failed(now, random, &self.settings.pauses);
        Err(error)
    }

    /// Connects for a stream, whose attempts have pauses of their own: that one failed keeps no call from trying.
    ///
    /// # Errors
    /// `unavailable`; the error by which the daemon refuses.
    pub(super) fn connect_apart(&self) -> Result<Connection> {
        self.connect_by(|way, within| way.connect(within))
    }

    /// The same, in a way that file descriptors can come along, where there is one.
    ///
    /// # Errors
    /// As [`connect_apart`](Self::connect_apart).
    #[cfg(all(feature = "shm", target_os = "linux"))]
    pub(super) fn connect_for_descriptors(&self) -> Result<Connection> {
        self.connect_by(|way, within| way.connect_for_descriptors(within))
    }

    fn connect_by(&self, connect: Connect) -> Result<Connection> {
        self.owner.check()?;
        let opened = self.open(connect, self.settings.connect);
        if opened.is_ok() {
            self.breaker.lock().succeeded();
        }
        opened.map_err(|failure| self.broken(failure))
    }

    /// Connects, and presents the token.
    fn open(&self, connect: Connect, within: Duration) -> std::result::Result<Connection, Failure> {
        let deadline = self.environment.now().saturating_add(within);
        let stream = connect(&*self.transport, within);
        let token = self.settings.token.as_deref();
        Connection::open(stream, &*self.environment, token, deadline)
    }

    /// Creates the error of a stream that broke.
    pub(super) fn broken(&self, failure: Failure) -> Error {
        match failure {
            Failure::Refused(error) => error,
            Failure::TimedOut => self.unavailable(&Bilingual::new(
                "nothing was heard of it in time",
                "未按时收到任何消息",
            )),
            Failure::NotSent(error) | Failure::Broken(error) => self.unavailable(&words(&error)),
        }
    }

    fn put_back(&self, mut connection: Connection) {
        connection.used = self.environment.now();
        let mut idle = self.idle.lock();
        if idle.len() < KEPT {
            idle.push(connection);
        }
    }

    /// Drops connections that were idle too long, and asks the others whether the daemon is there.
    pub(super) fn tend(&self) {
        let now = self.environment.now();
        let all = std::mem::take(&mut *self.idle.lock());
        for mut connection in all {
            if now.saturating_sub(connection.used) > self.settings.idle {
                continue;
            }
            let is_due = now.saturating_sub(connection.heard) >= self.settings.heartbeat;
            let until = now.saturating_add(self.settings.ping);
            if !is_due || connection.ping(&*self.environment, until).is_ok() {
                // Behind those that were used meanwhile: they are warmer.
                self.idle.lock().insert(0, connection);
            }
        }
    }

    /// Ends all waits, present and future.
    pub(super) fn end_waits(&self) {
        if !self.owner.is_here() {
            // The connections are the parent's.
            return;
        }
        self.ended.give();
        for (_, cut) in &self.waits.lock().cuts {
            cut();
        }
    }

    /// Lets [`end_waits`](Self::end_waits) end a connection.
    fn register(&self, connection: &Connection) -> Result<u64> {
        let cut = connection
            .cut()
            .map_err(|error| self.unavailable(&words(&error)))?;
        let mut waits = self.waits.lock();
        if self.ended.is_given() {
            return Err(ended());
        }
        waits.last += 1;
        let number = waits.last;
        waits.cuts.push((number, cut));
        Ok(number)
    }

    fn unregister(&self, number: u64) {
        self.waits.lock().cuts.retain(|(one, _)| *one != number);
    }

    /// Returns how long nobody connects from now on.
    pub(super) fn pause(&self) -> Duration {
        let now = self.environment.now();
        match self.breaker.lock().ask_only(now, &self.settings.pauses) {
            Permit::Go => Duration::ZERO,
            Permit::Later(pause) | Permit::Open(pause) => pause,
        }
    }

    fn unavailable(&self, why: &Bilingual) -> Error {
        let address = self.transport.address();
        let reason = Bilingual::new(
            format!("{address}: {}; check that the daemon runs there", why.en),
            format!("{address}：{}；请检查守护进程是否在该地址运行", why.zh),
        );
        Error::new(ErrorKind::Unavailable, reason)
    }

    /// The breaker is open.
    fn resting(&self, pause: Duration) -> Error {
        let address = self.transport.address();
        let seconds = pause.as_secs_f64();
        let reason = Bilingual::new(
            format!(
                "connecting to {address} failed several times; the next attempt is in {seconds:.1} s"
            ),
            format!("{address} 多次连接失败；{seconds:.1} 秒后再尝试"),
        );
        Error::new(ErrorKind::Unavailable, reason)
    }

    fn unknown(&self, error: &io::Error) -> Error {
        let (address, why) = (self.transport.address(), words(error));
        let reason = Bilingual::new(
            format!(
                "{address}: the connection broke after the call was sent ({}), so it may have been carried \
                 out; look before you repeat it",
                why.en
            ),
            format!(
                "{address}：请求发出后连接中断（{}），可能已经执行；重试之前请先查看结果",
                why.zh
            ),
        );
        Error::new(ErrorKind::Unavailable, reason)
    }

    fn timed_out(&self) -> Error {
        let address = self.transport.address();
        let reason = Bilingual::new(
            format!("{address}: no answer in time"),
            format!("{address}：未在规定时间内应答"),
        );
        Error::new(ErrorKind::TimedOut, reason)
    }
}

/// Creates the error of a wait on a board that was closed.
pub(super) fn ended() -> Error {
    let reason = Bilingual::new("the board was closed", "公告板已关闭");
    Error::new(ErrorKind::Unavailable, reason)
}
