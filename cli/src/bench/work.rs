//! What is measured: the calls that applications make most.

use std::thread;
use std::time::{Duration, Instant};

use notice::{Board, Draft, Filter, Mark, Query, Viewer};
use serde_json::json;

use super::figures::Figures;
use crate::console::Console;
use crate::exit::Outcome;

/// How long texts may take to be indexed, and how often it is looked at.
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(5);
/// Most drafts that are published at once.
const BATCH: usize = 10_000;

/// A call that is measured.
pub(super) struct Work {
    pub(super) name: &'static str,
    en: &'static str,
    zh: &'static str,
    call: fn(&dyn Board, u64) -> Outcome,
}

pub(super) const WORKS: &[Work] = &[
    Work {
        name: "query",
        en: "first page of 20",
        zh: "首页 20 条",
        call: query,
    },
    Work {
        name: "mark",
        en: "mark as read",
        zh: "标为已读",
        call: mark,
    },
    Work {
        name: "search",
        en: "search, 20 hits",
        zh: "搜索 20 条",
        call: search,
    },
    // The last one, because it adds to the board.
    Work {
        name: "publish",
        en: "publish one",
        zh: "发布一条",
        call: publish,
    },
];

impl Work {
    pub(super) fn measure(&self, board: &dyn Board, time: Duration) -> Outcome<Figures> {
        settle(board)?;
        Figures::of(time, |turn| (self.call)(board, turn))
    }
}

/// Waits until the texts are indexed, so that no work is measured against the one before it.
fn settle(board: &dyn Board) -> Outcome {
    let begin = Instant::now();
    while board.stats()?.unsearched > 0 && begin.elapsed() < PATIENCE {
        thread::sleep(PAUSE);
    }
    Ok(())
}

/// The name of a work for people.
pub(super) fn title(console: &Console, name: &str) -> String {
    let work = WORKS.iter().find(|work| work.name == name);
    work.map_or(name, |work| console.word(work.en, work.zh))
        .to_owned()
}

/// Puts announcements on a board, as varied as those of a company.
pub(super) fn fill(board: &dyn Board, count: usize) -> Outcome {
    let all: Vec<usize> = (0..count).collect();
    for some in all.chunks(BATCH) {
        let drafts = some.iter().map(|number| draft(*number as u64));
        let drafts = drafts.collect::<notice::Result<Vec<Draft>>>()?;
        board.publish_all(&drafts)?;
    }
    Ok(())
}

fn draft(number: u64) -> notice::Result<Draft> {
    let severity = ["info", "info", "info", "notice", "warning"];
    let severity = severity
        .get((number % 5) as usize)
        .copied()
        .unwrap_or("info");
    let audience = match number % 3 {
        0 => json!([]),
        1 => json!([{"attribute": "role", "op": "in", "values": ["staff", "admin"]}]),
        _ => json!([{"attribute": "platform", "op": "in", "values": ["windows"]}]),
    };
    Draft::from_value(&json!({
        "severity": severity,
        "audience": audience,
        "texts": {
            "en": {
                "title": format!("Maintenance of database {number}"),
                "body": format!("Server {} is restarted at ten. Please save your work before.", number % 97),
            },
            "zh-CN": {
                "title": format!("数据库 {number} 维护"),
                "body": format!("服务器 {} 将于十点重启，请提前保存您的工作。", number % 97),
            },
        },
    }))
}

fn viewer(number: u64) -> Viewer {
    let locale = if number.is_multiple_of(2) {
        "zh-CN"
    } else {
        "en"
    };
    Viewer::anonymous()
        .with("role", "staff")
        .with("platform", "linux")
        .locales([locale])
}

fn publish(board: &dyn Board, turn: u64) -> Outcome {
    board.publish(&draft(turn)?)?;
    Ok(())
}

fn query(board: &dyn Board, turn: u64) -> Outcome {
    let mut viewer = viewer(turn);
    viewer.user = format!("user{}", turn % 1000);
    board.query(&Query::new(viewer).limit(20))?;
    Ok(())
}

/// Each user marks what is seen by everybody, which is every third; the first of them is number 1.
fn mark(board: &dyn Board, turn: u64) -> Outcome {
    let mut viewer = viewer(turn);
    viewer.user = format!("user{turn}");
    board.mark(&viewer, &[1], Mark::Read)?;
    Ok(())
}

fn search(board: &dyn Board, turn: u64) -> Outcome {
    let mut filter = Filter::default();
    filter.q = match turn.is_multiple_of(2) {
        true => format!("服务器 {}", turn % 97),
        false => format!("server {}", turn % 97),
    };
    board.query(&Query::new(viewer(turn)).filter(filter).limit(20))?;
    Ok(())
}
