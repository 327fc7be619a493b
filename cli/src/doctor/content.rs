//! What is in a board.

use std::thread;
use std::time::{Duration, Instant};

use notice::{Bilingual, BoardUrl, ErrorKind, Phase, Query, SharedBoard, Stats};

use super::finding::Findings;
use crate::ask::stats::bytes;
use crate::console::Console;

/// How far the clock of a daemon may be from this one, in milliseconds.
const SKEW_MS: i64 = 60_000;
/// From here on publishing below warning is refused, in hundredths of the budget.
const FULL: u64 = 85;
/// How long texts may take to be indexed, and how often it is looked at.
const PATIENCE: Duration = Duration::from_secs(3);
const PAUSE: Duration = Duration::from_millis(10);
/// A file that is this much larger than its texts, and large, has room that nothing needs.
const LOOSE: u64 = 8;
const LARGE: u64 = 64 * 1024 * 1024;

/// Looks at figures and times.
pub(super) fn examine(
    board: &SharedBoard,
    url: &BoardUrl,
    console: &Console,
    findings: &mut Findings,
) {
    clock(board, console, findings);
    match settled(board) {
        Ok(stats) => {
            budget(&stats, url, findings);
            audiences(&stats, findings);
            search(&stats, findings);
            room(&stats, findings);
        }
        Err(error) if error.kind() == ErrorKind::Unauthorized => findings.good(
            "figures",
            "are not for your role",
            "您的角色无权查看统计数据",
        ),
        Err(error) => findings.stopped("figures", &error.into()),
    }
}

/// The figures, once the texts are indexed: that takes a moment after a board was opened.
fn settled(board: &SharedBoard) -> notice::Result<Stats> {
    let begin = Instant::now();
    loop {
        let stats = board.stats()?;
        if stats.unsearched == 0 || begin.elapsed() > PATIENCE {
            return Ok(stats);
        }
        thread::sleep(PAUSE);
    }
}

/// Whether the board has the same time, and nothing on it is from the future.
fn clock(board: &SharedBoard, console: &Console, findings: &mut Findings) {
    let here = jiff::Timestamp::now().as_millisecond();
    let Ok(page) = board.query(&Query::new(notice::Viewer::anonymous()).limit(1)) else {
        return;
    };
    let there = page.count.now;
    if there > 0 && (there - here).abs() > SKEW_MS {
        let (here, there) = (console.times.show_ms(here), console.times.show_ms(there));
        findings.warn(
            "skew",
            Bilingual::new(
                format!(
                    "the clock of the daemon says {there}, this one {here}; what is visible depends on that of the daemon"
                ),
                format!("守护进程的时钟为 {there}，本机为 {here}；公告是否可见取决于守护进程的时钟"),
            ),
            Bilingual::new(
                "set the wrong one by the network, on its machine: timedatectl set-ntp true",
                "请在时钟不准的机器上启用网络对时：timedatectl set-ntp true",
            ),
        );
    }
    let mut newest = Query::editor().limit(1).order(notice::Order::Newest);
    newest.filter.phase = Phase::Any;
    let Ok(page) = board.query(&newest) else {
        return;
    };
    let ahead = page.items.first();
    if let Some(item) = ahead.filter(|item| item.updated_at() > here + SKEW_MS) {
        let (id, shown) = (item.id(), console.times.show_ms(item.updated_at()));
        findings.warn(
            "future",
            Bilingual::new(
                format!(
                    "#{id} was changed at {shown}, which is still to come: the clock was ahead then, or is behind now; \
                     until then it is listed before everything newer"
                ),
                format!(
                    "#{id} 的修改时间为 {shown}，尚未到来：当时的时钟偏快，或现在的时钟偏慢；在此之前它会排在更新的公告之前"
                ),
            ),
            Bilingual::new(
                format!(
                    "compare the clock: date; set it by the network: timedatectl set-ntp true; if it is right, look at \
                     the announcement: notice show {id}"
                ),
                format!(
                    "请核对时钟：date；启用网络对时：timedatectl set-ntp true；若时钟无误，请查看该公告：notice show {id}"
                ),
            ),
        );
    }
}

fn budget(stats: &Stats, url: &BoardUrl, findings: &mut Findings) {
    let used = bytes(stats.memory_bytes);
    let mb = url
        .parameter("budget_mb")
        .and_then(|mb| mb.parse::<u64>().ok());
    let Some(mb) = mb.filter(|mb| *mb > 0) else {
        findings.good(
            "memory",
            format!("{used}, without a budget"),
            format!("{used}，未设预算"),
        );
        return;
    };
    let share = stats.memory_bytes.saturating_mul(100) / mb.saturating_mul(1024 * 1024);
    match share >= FULL {
        true => findings.bad(
            "memory",
            Bilingual::new(
                format!("{used}, {share} % of its budget; publishing below warning is refused"),
                format!("{used}，已用预算的 {share}%；低于 warning 级别的公告会被拒绝发布"),
            ),
            Bilingual::new(
                format!(
                    "purge what has expired: notice list --phase expired, notice purge ID; or open it with more: \
                     ?budget_mb={}",
                    mb.saturating_mul(2)
                ),
                format!(
                    "请清除已过期的公告：notice list --phase expired、notice purge 编号；或以更大的预算打开：?budget_mb={}",
                    mb.saturating_mul(2)
                ),
            ),
        ),
        false => findings.good(
            "memory",
            format!("{used}, {share} % of its budget"),
            format!("{used}，已用预算的 {share}%"),
        ),
    }
}

fn audiences(stats: &Stats, findings: &mut Findings) {
    for (count, check, en, zh, remedy_en, remedy_zh) in [
        (
            stats.unknown_conditions,
            "conditions",
            "conditions of audiences have an operator that this build does not know; they match nobody",
            "个受众条件的运算符无法识别；没有读者会匹配",
            "update the program that has the board: a newer one has written them",
            "请更新打开该公告板的程序：它们由较新的版本写入",
        ),
        (
            stats.unreadable_versions,
            "versions",
            "values that viewers gave as versions are none",
            "个读者属性值不是版本号",
            "`notice explain` names them; have the application send versions such as 2.1.0",
            "`notice explain` 会指出它们；请让应用发送版本号，例如 2.1.0",
        ),
        (
            stats.unreadable_numbers,
            "numbers",
            "values that viewers gave as numbers are none",
            "个读者属性值不是数字",
            "`notice explain` names them; have the application send plain numbers",
            "`notice explain` 会指出它们；请让应用发送纯数字",
        ),
        (
            stats.unreadable_locales,
            "locales",
            "locales of viewers could not be read, and were passed over",
            "个读者语言无法识别，已略过",
            "have the application send BCP 47 tags such as zh-CN",
            "请让应用发送 BCP 47 语言标记，例如 zh-CN",
        ),
    ] {
        if count > 0 {
            findings.warn(
                check,
                Bilingual::new(format!("{count} {en}"), format!("{count} {zh}")),
                Bilingual::new(remedy_en, remedy_zh),
            );
        }
    }
}

fn search(stats: &Stats, findings: &mut Findings) {
    let count = stats.unsearched;
    match count {
        0 => findings.good("search", "every text is indexed", "全部文本均已索引"),
        _ => findings.warn(
            "search",
            Bilingual::new(
                format!("{count} announcements are not indexed yet"),
                format!("{count} 条公告尚未索引"),
            ),
            Bilingual::new(
                "wait a moment; a search does not find them until then",
                "请稍候；在此之前搜索不到它们",
            ),
        ),
    }
}

fn room(stats: &Stats, findings: &mut Findings) {
    let (active, all) = (stats.active, stats.announcements);
    findings.good(
        "content",
        format!("{all} announcements, {active} of them active"),
        format!("{all} 条公告，其中 {active} 条生效中"),
    );
    let is_loose = stats.file_bytes > LARGE && stats.file_bytes / LOOSE > stats.text_bytes;
    if is_loose {
        findings.warn(
            "size",
            Bilingual::new(
                format!(
                    "the file has {} for {} of texts, and the rest is room that nothing needs",
                    bytes(stats.file_bytes),
                    bytes(stats.text_bytes)
                ),
                format!(
                    "文件为 {}，文本仅 {}，其余空间并无用处",
                    bytes(stats.file_bytes),
                    bytes(stats.text_bytes)
                ),
            ),
            Bilingual::new("shrink it: notice compact", "请缩小文件：notice compact"),
        );
    }
}
