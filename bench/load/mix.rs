//! Many connections at once: 95 of 100 calls are queries, 4 are marks, 1 publishes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use notice::wire::{Answer, Call};
use notice::{Draft, Mark, Operation, Query, Viewer};

use super::caller::Caller;
use super::histogram::Histogram;
use crate::Result;
use crate::data::audience::VIEWER;
use crate::data::numbers::Numbers;
use crate::far::Far;
use crate::other::failed;

/// Announcements that are published again and again, so that the board does not grow.
const KEYS: u64 = 200;
/// Items of a page.
const PAGE: u32 = 20;

/// Runs it for a time, and prints what came of it. Fails if a call does.
pub(super) async fn run(far: &Far, place: &str, connections: usize, time: Duration) -> Result {
    let mut callers = Vec::new();
    for _ in 0..connections {
        callers.push(Caller::connect(place).await?);
    }
    let shared = Arc::new(Shared::default());
    let tasks: Vec<_> = callers
        .into_iter()
        .enumerate()
        .map(|(number, caller)| tokio::spawn(call(caller, number, Arc::clone(&shared))))
        .collect();
    // What grows once, such as buffers and marks, grows at the beginning.
    tokio::time::sleep(time / 4).await;
    let (begun, before, memory) = (Instant::now(), shared.calls(), far.memory());
    tokio::time::sleep(time - time / 4).await;
    let (calls, seconds) = (shared.calls() - before, begun.elapsed().as_secs_f64());
    let memory_then = far.memory();
    shared.is_over.store(true, Ordering::Relaxed);
    let mut times = [Histogram::new(), Histogram::new(), Histogram::new()];
    for task in tasks {
        let own = task.await.map_err(failed("a task"))??;
        times
            .iter_mut()
            .zip(&own)
            .for_each(|(all, own)| all.join(own));
    }
    println!(
        "{connections} connections, {calls} calls in {seconds:.1} s: {:.0} a second",
        calls as f64 / seconds
    );
    for (name, times) in ["query", "mark", "publish"].iter().zip(&times) {
        println!("  {name:<8} {:>9} calls, {}", times.total(), times.line());
    }
    if let Some((before, after)) = memory.zip(memory_then) {
        let megabytes = |bytes: u64| bytes as f64 / 1e6;
        println!(
            "  memory of the daemon {:.1} MB after a quarter, {:.1} MB at the end",
            megabytes(before),
            megabytes(after)
        );
    }
    println!("  errors 0");
    Ok(())
}

#[derive(Default)]
struct Shared {
    is_over: AtomicBool,
    calls: AtomicU64,
}

impl Shared {
    fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }
}

/// One connection: calls as fast as it is answered.
async fn call(mut caller: Caller, number: usize, shared: Arc<Shared>) -> Result<[Histogram; 3]> {
    let mut numbers = Numbers::new(number as u64 + 1);
    let user = format!("user-{number}");
    let query = query(&user);
    let [mut queries, mut marks, mut publishes] = [(); 3].map(|()| Histogram::new());
    let mut seen: Vec<i64> = Vec::new();
    while !shared.is_over.load(Ordering::Relaxed) {
        match numbers.below(100) {
            0 => {
                caller
                    .call(&publish(numbers.below(KEYS as usize))?, &mut publishes)
                    .await?;
            }
            1..=4 if !seen.is_empty() => {
                let id = numbers.of(&seen).copied().unwrap_or(1);
                caller.call(&read(&user, id), &mut marks).await?;
            }
            _ => {
                let answer = caller.call(&query, &mut queries).await?;
                let Answer::Page(page) = answer else {
                    return Err("a query was not answered with a page".to_owned());
                };
                seen = page.items.iter().map(|item| item.id()).collect();
            }
        }
        shared.calls.fetch_add(1, Ordering::Relaxed);
    }
    Ok([queries, marks, publishes])
}

/// The first page for a viewer.
pub(super) fn query(user: &str) -> Call {
    Call::from(Query::new(viewer(user)).limit(PAGE))
}

/// A viewer, who marks what such a one sees.
fn viewer(user: &str) -> Viewer {
    VIEWER.iter().fold(
        Viewer::new(user).locales(["zh-CN", "en"]),
        |viewer, (name, value)| viewer.with(*name, *value),
    )
}

fn read(user: &str, id: i64) -> Call {
    Call::Mark {
        viewer: viewer(user),
        ids: vec![id],
        mark: Mark::Read,
        version: None,
        versions: Vec::new(),
        until: Default::default(),
    }
}

fn publish(key: usize) -> Result<Call> {
    let draft = format!(
        r#"{{"key":"load-{key}","texts":{{"en":{{"title":"Load {key}"}}}},"change":"minor"}}"#
    );
    let draft = Draft::from_json(draft.as_bytes()).map_err(failed("a draft"))?;
    Ok(Call::from(Operation::Publish(Arc::new(draft))))
}
