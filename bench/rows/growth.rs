//! How each kind of work grows with the board.

use crate::Result;
use crate::data::frequency::{Frequency, LENGTHS, Script, Words};
use crate::data::numbers::Numbers;
use crate::data::{Data, NOW};
use crate::measure::{Times, interleave, once};
use crate::notice::{Board, Query};
use crate::plot::{Panel, Series, drawing};
use crate::process::allocated;
use crate::report::{Goal, Row, amount};
use crate::rows::durable::{Files, fill, opening};
use crate::session::Session;
use crate::sqlite::{self, Database};
use crate::statistics::{median, quartiles};

/// How many announcements are published one by one, to be timed.
const PUBLISHED: usize = 100;

/// What is measured at each size.
const KINDS: [&str; 8] = [
    "top-20",
    "search-median",
    "search-worst",
    "publish",
    "open",
    "memory",
    "sqlite-top-20",
    "sqlite-open",
];

/// Measures `growth`, prints its table and draws it.
pub(crate) fn run(session: &mut Session) -> Result {
    if session.wants("growth") && !session.scale.growth.is_empty() {
        measure(session)?;
    }
    session.step();
    Ok(())
}

/// What was found at one size, in the order of `KINDS`: times in nanoseconds, memory in bytes for each
/// announcement. Nothing of what cannot be measured here.
struct Point {
    count: usize,
    found: [Option<f64>; 8],
}

fn measure(session: &mut Session) -> Result {
    let sizes = session.scale.growth;
    let smallest = sizes.first().copied().unwrap_or_default();
    let words = words(session, smallest);
    let files = Files::new("growth")?;
    let mut points = Vec::new();
    for count in sizes {
        session.now(format!("growth: {count} announcements"));
        points.push(point(session, *count, &words, &files)?);
    }
    let Some(first) = points.first() else {
        return Ok(());
    };
    for (at, kind) in KINDS.iter().enumerate() {
        let found = |point: &Point| point.found.get(at).copied().flatten();
        let Some(base) = found(first) else {
            session.add(Row::skipped(
                format!("growth/{kind}"),
                "this build has no such boards",
            ));
            continue;
        };
        let unit = if *kind == "memory" { "B" } else { "ns" };
        for point in &points {
            if let Some(value) = found(point) {
                let name = format!("growth/{kind}/{}", point.count);
                let peer = format!("itself at {}", first.count);
                session.add(Row::of_amounts(
                    name,
                    &peer,
                    Goal::ShownAsCost,
                    unit,
                    [value, base],
                ));
            }
        }
    }
    draw(session, &points)
}

/// Words of every kind, two of each.
fn words(session: &Session, count: usize) -> Vec<Query> {
    let words = Words::count(&session.data, count);
    let mut numbers = Numbers::new(session.seed());
    let mut queries = Vec::new();
    for script in [Script::Chinese, Script::English] {
        for length in LENGTHS {
            for frequency in [Frequency::Common, Frequency::Rare, Frequency::Absent] {
                let words = words.draw(&mut numbers, (script, length, frequency), 2);
                queries.extend(words.iter().map(|word| Query::top(20).search(word)));
            }
        }
    }
    queries
}

fn point(session: &Session, count: usize, words: &[Query], files: &Files) -> Result<Point> {
    let (data, rounds) = (&session.data, session.scale.rounds.min(31));
    let before = allocated();
    let board = Board::in_memory(data, count)?;
    let after = allocated();
    let memory = before
        .zip(after)
        .map(|(before, after)| after.saturating_sub(before) as f64 / count as f64);
    let mut buffer = vec![0; 512 * 1024];
    // Each word is searched for once: nothing is remembered of it.
    let searches = words
        .iter()
        .map(|query| once(|| board.query_into(query, &mut buffer).map(|_| ())))
        .collect::<Result<Times>>()?;
    let database = Database::in_memory(data, count)?;
    let (query, mut rows) = (Query::top(20), sqlite::Buffer::default());
    database.top(NOW, 0, &mut rows)?;
    board
        .query_into(&query, &mut buffer)?
        .answer()
        .must_be(&rows.answer(), "growth")?;
    let times = interleave(
        rounds,
        &mut [
            &mut || board.query_into(&query, &mut buffer).map(|_| ()),
            &mut || database.top(NOW, 0, &mut rows),
        ],
    )?;
    let publish = publish(&board, data, count)?;
    drop((board, database));
    let opened = match fill(data, files, "growth", count)? {
        Some((url, path)) => opening(session.scale.long_rounds.min(3), count, &url, &path)?,
        None => Vec::new(),
    };
    let middle = |all: &[Times], at: usize| all.get(at).map(|times| median(times));
    Ok(Point {
        count,
        found: [
            middle(&times, 0),
            quartiles(&searches).map(|all| all.median),
            searches.iter().copied().reduce(f64::max),
            Some(publish),
            middle(&opened, 0),
            memory,
            middle(&times, 1),
            middle(&opened, 1),
        ],
    })
}

/// Nanoseconds for each of some announcements that are published one by one.
fn publish(board: &Board, data: &Data, count: usize) -> Result<f64> {
    let more: Vec<_> = (count..count + PUBLISHED)
        .map(|place| data.announcement(place))
        .collect();
    let mut times = Times::new();
    for announcement in &more {
        times.push(once(|| board.publish(data, announcement).map(|_| ()))?);
    }
    Ok(median(&times))
}

fn draw(session: &Session, points: &[Point]) -> Result {
    let series = |kinds: &[&'static str]| -> Vec<Series> {
        let of = |kind: &&'static str| {
            let at = KINDS.iter().position(|known| known == kind)?;
            let values = points.iter().filter_map(|point| {
                let value = point.found.get(at).copied().flatten()?;
                Some((point.count as f64, value))
            });
            Some(Series {
                name: kind,
                points: values.collect(),
            })
        };
        kinds.iter().filter_map(of).collect()
    };
    let panels = [
        Panel {
            title: "time, in memory",
            label: |value| amount(value, "ns"),
            series: series(&[
                "top-20",
                "sqlite-top-20",
                "search-median",
                "search-worst",
                "publish",
            ]),
        },
        Panel {
            title: "time to open a file",
            label: |value| amount(value, "ns"),
            series: series(&["open", "sqlite-open"]),
        },
        Panel {
            title: "memory for each announcement",
            label: |value| amount(value, "B"),
            series: series(&["memory"]),
        },
    ];
    let path = Session::directory()?.join("growth.svg");
    let failed = |error| format!("{}: {error}", path.display());
    std::fs::write(&path, drawing(&panels)).map_err(failed)?;
    session.say(&format!("drawn in {}", path.display()));
    Ok(())
}
