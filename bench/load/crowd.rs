//! Connections that do nothing, or do it badly.

use std::pin::Pin;
use std::time::Duration;

use notice::wire::frames::{Kind, Message};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::task::JoinHandle;

use super::caller::{Stream, connect};
use super::mix::query;
use crate::Result;
use crate::far::TOKEN;
use crate::other::failed;

/// How a bad client behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Habit {
    /// It says hello, and nothing more.
    Idle,
    /// It asks for pages, and takes them a byte at a time.
    SlowReader,
    /// It sends a message a byte at a time.
    Slowloris,
    /// It asks for pages, and takes none.
    NeverReads,
}

/// Between two bytes of a slow client.
const PAUSE: Duration = Duration::from_millis(100);

/// An answer that takes longer does not come.
const HOPELESS: Duration = Duration::from_secs(60);

impl Habit {
    pub(super) const ALL: [Self; 4] = [
        Self::Idle,
        Self::SlowReader,
        Self::Slowloris,
        Self::NeverReads,
    ];

    pub(super) fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|habit| habit.word() == word)
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Idle => "--idle",
            Self::SlowReader => "--slow-readers",
            Self::Slowloris => "--slowloris",
            Self::NeverReads => "--never-reads",
        }
    }
}

/// Connects so many of them, which go on until their tasks are aborted.
pub(super) async fn gather(place: &str, habit: Habit, count: usize) -> Result<Vec<JoinHandle<()>>> {
    let mut streams = Vec::new();
    for _ in 0..count {
        streams.push(in_time(greet(place, habit)).await?);
    }
    // Only now: otherwise the first ones keep the daemon from welcoming the last ones.
    let behaving = streams.into_iter().enumerate().map(|(number, stream)| {
        let call = query(&format!("crowd-{number}"));
        let call = bytes(Kind::Call, &call.to_bytes().map_err(failed("a call"))?)?;
        Ok(tokio::spawn(behave(stream, habit, call)))
    });
    behaving.collect()
}

/// Connects, and says hello if it does so at all.
async fn greet(place: &str, habit: Habit) -> Result<Pin<Box<dyn Stream>>> {
    let mut stream = connect(place).await?;
    if habit != Habit::Slowloris {
        let hello = json!({"versions": [1], "token": TOKEN}).to_string();
        let hello = bytes(Kind::Hello, hello.as_bytes())?;
        stream.write_all(&hello).await.map_err(failed("hello"))?;
        let mut welcome = [0; 512];
        stream.read(&mut welcome).await.map_err(failed("hello"))?;
    }
    Ok(stream)
}

/// Gives up what hangs, so that nobody takes it for slow.
pub(super) async fn in_time<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let done = tokio::time::timeout(HOPELESS, work).await;
    done.unwrap_or_else(|_| {
        let seconds = HOPELESS.as_secs();
        Err(format!("the daemon has not answered within {seconds} s"))
    })
}

/// Behaves so until the daemon closes the connection, and connects no more.
async fn behave(mut stream: Pin<Box<dyn Stream>>, habit: Habit, call: Vec<u8>) {
    match habit {
        Habit::Idle => std::future::pending().await,
        Habit::Slowloris => {
            for byte in call.chunks(1).cycle() {
                if stream.write_all(byte).await.is_err() {
                    break;
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
        Habit::NeverReads => while stream.write_all(&call).await.is_ok() {},
        Habit::SlowReader => {
            let mut byte = [0];
            while stream.write_all(&call).await.is_ok()
                && stream.read(&mut byte).await.is_ok_and(|n| n > 0)
            {
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

fn bytes(kind: Kind, body: &[u8]) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let written = Message::new(1, kind, body).write(&mut bytes);
    written.map(|()| bytes).map_err(failed("a message"))
}
