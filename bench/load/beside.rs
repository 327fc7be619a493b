//! One connection that is timed, alone and beside others.

use std::time::{Duration, Instant};

use super::caller::Caller;
use super::crowd::{Habit, gather, in_time};
use super::histogram::Histogram;
use super::mix::query;
use crate::Result;
use crate::far::Far;

/// More time does not tell more.
pub(super) const LONGEST: Duration = Duration::from_secs(10);

/// Times queries of one connection before and while others are there, and prints both.
pub(super) async fn run(
    far: &Far,
    place: &str,
    habit: Habit,
    count: usize,
    time: Duration,
) -> Result {
    let mut caller = Caller::connect(place).await?;
    // Whatever is set up once is set up.
    ask(&mut caller, time / 5).await?;
    let (memory, alone) = (far.memory(), ask(&mut caller, time).await?);
    let begun = Instant::now();
    let others = gather(place, habit, count).await?;
    let connected = begun.elapsed();
    // Long enough for what they do to have filled every buffer.
    tokio::time::sleep(time / 5).await;
    let memory_then = far.memory();
    let beside = ask(&mut caller, time).await?;
    let gone = others.iter().filter(|other| other.is_finished()).count();
    println!(
        "{count} connections {}, connected in {:.1} s, {gone} closed by the daemon",
        habit.word(),
        connected.as_secs_f64()
    );
    println!("  alone    {:>9} queries, {}", alone.total(), alone.line());
    println!(
        "  beside   {:>9} queries, {}",
        beside.total(),
        beside.line()
    );
    if let Some((before, after)) = memory.zip(memory_then) {
        let each = after.saturating_sub(before) / count.max(1) as u64;
        println!("  memory of the daemon for each of them {each} B");
    }
    for other in others {
        other.abort();
    }
    Ok(())
}

async fn ask(caller: &mut Caller, time: Duration) -> Result<Histogram> {
    let mut times = Histogram::new();
    let (begun, query) = (Instant::now(), query("zhang.wei"));
    while begun.elapsed() < time {
        in_time(caller.call(&query, &mut times)).await?;
    }
    Ok(times)
}
