//! The ring in shared memory beside iceoryx2 and bare memory: two processes, a core each.

use std::time::{Duration, Instant};

use notice::shm::{Folder, Reader, Sizes, Writer};
use serde_json::json;

use crate::Result;
use crate::measure::{Times, alternate};
use crate::other::{failed, now};
use crate::pair::{self, Channel, Contestant, Pair, Place, SLEEPERS, WRITTEN, patiently};
use crate::report::{Goal, Row};
use crate::session::Session;
use crate::statistics::median;

/// Bytes of a message, and how many times faster than iceoryx2 it should be at the other end.
const SIZES: [(usize, f64); 3] = [(64, 6.0), (1024, 2.5), (16 * 1024, 1.2)];
/// Messages there and back that are timed together.
const BATCH: u32 = 16;
/// Such batches in a round. The median of them is the round's time: whoever loses its core to another program for
/// milliseconds spoils a batch, and not a round.
const BATCHES: usize = 64;
/// Messages there and back before anything is timed.
const WARM: u64 = 64;
/// Messages of a stream that are timed together, and that are on their way at most.
const WINDOW: u64 = 256;
/// Such windows in a round.
const WINDOWS: u64 = 40;
/// Entries that are appended in a round while nobody sleeps.
const ALONE: u32 = 2000;
/// Sleepers are given this long to fall asleep.
const ASLEEP: Duration = Duration::from_millis(3);
/// Within which a writer should have taken over, in nanoseconds.
const TAKEN_OVER: f64 = 100_000.0;

const ICEORYX2: &str = "iceoryx2 0.10, publish and subscribe";
const NOT_BUILT: &str = "built without iceoryx2, as with --check";
const ONE_CORE: &str = "it takes two cores";

/// Measures `ring/...`.
pub(crate) fn run(session: &mut Session) -> Result {
    if session.wants("ring/") {
        session.now("messages between two processes");
        match Pair::start()? {
            Some(mut pair) => messages(session, &mut pair)?,
            None => session.add(Row::skipped("ring/latency", ONE_CORE)),
        }
        session.now("taking over from writers that are killed");
        take_over(session)?;
    }
    session.step();
    Ok(())
}

fn messages(session: &mut Session, pair: &mut Pair) -> Result {
    // Above all that was ever sent: each message has another number.
    let mut number = 1;
    for (bytes, goal) in SIZES {
        let mut channels = open(pair, bytes)?;
        let rounds = session.scale.rounds;
        let times = each(rounds, &mut channels, |contestant, channel| {
            ping(pair, contestant, channel, &mut number)
        })?;
        let name = format!("ring/latency/{bytes}");
        add(session, &name, Goal::TimesFaster(goal), &times, 2);
        let name = format!("ring/floor/{bytes}");
        if let [ours, line, ..] = &times[..] {
            let peer = "a counter and the bytes in bare memory";
            session.add(Row::of_times(name, peer, Goal::ShownAsCost, ours, line));
        }
        // Bare memory has room for one message, and so no stream.
        channels.retain(|(contestant, _)| *contestant != Contestant::Line);
        let times = each(rounds, &mut channels, |contestant, channel| {
            stream(pair, contestant, channel, &mut number)
        })?;
        let name = format!("ring/stream/{bytes}");
        add(session, &name, Goal::Shown, &times, 1);
        if bytes == SIZES[0].0 {
            let times = each(rounds, &mut channels, |_, channel| {
                alone(channel, &mut number)
            })?;
            add(session, "ring/append/alone", Goal::Shown, &times, 1);
        }
        drop(channels);
        pair.close()?;
    }
    sleeper(session, pair)
}

/// All contestants that were built, each with its channel: libnotice's ring, bare memory, iceoryx2.
fn open(pair: &mut Pair, bytes: usize) -> Result<Vec<(Contestant, Box<dyn Channel>)>> {
    let built = Contestant::ALL
        .into_iter()
        .filter(|contestant| contestant.is_built());
    built
        .map(|contestant| Ok((contestant, pair.open(contestant, bytes / 8)?)))
        .collect()
}

/// Times each contestant in so many rounds, after one that is not timed.
fn each(
    rounds: usize,
    channels: &mut [(Contestant, Box<dyn Channel>)],
    mut time: impl FnMut(Contestant, &mut dyn Channel) -> Result<f64>,
) -> Result<Vec<Times>> {
    let contestants = channels.len();
    let mut once = |at: usize| {
        let (contestant, channel) = channels.get_mut(at).ok_or("no such contestant")?;
        time(*contestant, &mut **channel)
    };
    for contestant in 0..contestants {
        once(contestant)?;
    }
    alternate(rounds, contestants, once)
}

/// Adds a row of the ring beside iceoryx2, which is contestant `theirs` if it was built.
fn add(session: &mut Session, name: &str, goal: Goal, times: &[Times], theirs: usize) {
    session.add(match (times.first(), times.get(theirs)) {
        (Some(ours), Some(theirs)) => Row::of_times(name, ICEORYX2, goal, ours, theirs),
        _ => Row::skipped(name, NOT_BUILT),
    });
}

/// Sends messages there and back, one after the other, and returns the time of half a way.
fn ping(
    pair: &mut Pair,
    contestant: Contestant,
    channel: &mut dyn Channel,
    number: &mut u64,
) -> Result<f64> {
    let count = WARM + BATCHES as u64 * u64::from(BATCH);
    let order = json!({"echo": contestant.name(), "count": count});
    pair.other.tell(&order)?;
    let mut once = || {
        *number += 1;
        channel.send(*number)?;
        let back = patiently(|| channel.receive())?;
        match back == *number {
            true => Ok(()),
            false => Err(format!("message {number} has come back as {back}")),
        }
    };
    for _ in 0..WARM {
        once()?;
    }
    let mut times = Times::new();
    for _ in 0..BATCHES {
        let began = Instant::now();
        for _ in 0..BATCH {
            once()?;
        }
        times.push(began.elapsed().as_nanos() as f64 / f64::from(2 * BATCH));
    }
    pair.other.answer()?;
    Ok(median(&times))
}

/// Sends messages as fast as the other process takes them, and returns the time for each.
fn stream(
    pair: &mut Pair,
    contestant: Contestant,
    channel: &mut dyn Channel,
    number: &mut u64,
) -> Result<f64> {
    let count = WINDOW * WINDOWS;
    let order = json!({"take": contestant.name(), "count": count});
    pair.other.tell(&order)?;
    pair.other.answer()?;
    let board = &pair.board;
    let wait_for = |least: u64| patiently(|| Ok((board.taken() >= least).then_some(())));
    let mut times = Times::new();
    for window in 0..WINDOWS {
        let began = Instant::now();
        for sent in 0..WINDOW {
            // Nobody is overtaken: a message goes out when the one a window before it was taken.
            wait_for((window * WINDOW + sent).saturating_sub(WINDOW - 1))?;
            *number += 1;
            channel.send(*number)?;
        }
        times.push(began.elapsed().as_nanos() as f64 / WINDOW as f64);
    }
    wait_for(count)?;
    Ok(median(&times))
}

/// Sends messages that nobody takes.
fn alone(channel: &mut dyn Channel, number: &mut u64) -> Result<f64> {
    let began = Instant::now();
    for _ in 0..ALONE {
        *number += 1;
        channel.send(*number)?;
    }
    Ok(began.elapsed().as_nanos() as f64 / f64::from(ALONE))
}

/// Appends while the other process sleeps on the ring, beside a bare futex on which it sleeps: how long the call takes,
/// and when the sleeper has what was sent.
fn sleeper(session: &mut Session, pair: &mut Pair) -> Result {
    let folder = Folder::at(pair.folder()).map_err(failed("the ring"))?;
    let mut writer =
        Writer::open(&folder, SLEEPERS, Sizes::default()).map_err(failed("the ring"))?;
    let mut calls = vec![Times::new(); 2];
    let mut wakes = calls.clone();
    let rounds = session.scale.rounds.clamp(1, 51);
    for round in 0..rounds {
        for contestant in [round % 2, 1 - round % 2] {
            let what = ["ring", "futex"].get(contestant).ok_or("no contestant")?;
            pair.other.tell(&json!({"sleep": what}))?;
            pair.other.answer()?;
            std::thread::sleep(ASLEEP);
            let began = now();
            match contestant {
                0 => writer
                    .append(&[7; 64])
                    .map(|_| ())
                    .map_err(failed("append"))?,
                _ => pair.board.wake(),
            }
            let called = now();
            let seen = pair.other.answer()?.as_u64().ok_or("no time")?;
            let taken = [called - began, seen.saturating_sub(began)];
            for (times, taken) in [&mut calls, &mut wakes].into_iter().zip(taken) {
                times
                    .get_mut(contestant)
                    .ok_or("no contestant")?
                    .push(taken as f64);
            }
        }
    }
    let rows = [
        ("ring/append/sleeper", "a bare futex is woken", calls),
        ("ring/wake", "a sleeper on a bare futex", wakes),
    ];
    for (name, peer, mut times) in rows {
        if session.is_check() {
            times.iter_mut().for_each(Times::clear);
        }
        if let [ours, theirs] = &times[..] {
            session.add(Row::of_times(name, peer, Goal::ShownAsCost, ours, theirs));
        }
    }
    Ok(())
}

/// Takes over from writers in other processes that were killed with a ring that is full.
fn take_over(session: &mut Session) -> Result {
    let place = Place::new()?;
    let folder = Folder::at(place.path()).map_err(failed("the ring"))?;
    let sizes = Sizes::default();
    let mut times = Times::new();
    let mut reader = None;
    for _ in 0..session.scale.rounds.clamp(1, 51) {
        let mut other = pair::start(&place, &["write"])?;
        let last = other.answer()?.as_u64().ok_or("no number")?;
        // What somebody reads stays.
        if reader.is_none() {
            reader = Some(Reader::attach(&folder, WRITTEN).map_err(failed("the ring"))?);
        }
        other.kill()?;
        let began = Instant::now();
        let mut writer = Writer::open(&folder, WRITTEN, sizes).map_err(failed("the ring"))?;
        times.push(began.elapsed().as_nanos() as f64);
        let next = writer.append(b"the next one").map_err(failed("append"))?;
        if writer.taken_over().is_none() || next <= last {
            return Err(format!(
                "record {next} behind {last}: nothing was taken over"
            ));
        }
        writer.vanish();
    }
    if session.is_check() {
        times.clear();
    }
    let limit = vec![TAKEN_OVER; times.len()];
    let peer = "100 us";
    session.add(Row::of_times(
        "ring/takeover",
        peer,
        Goal::AtMost(1.0),
        &times,
        &limit,
    ));
    Ok(())
}
