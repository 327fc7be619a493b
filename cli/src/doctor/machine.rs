//! The machine: its clock, and files that are secrets.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use jiff::Timestamp;
use notice::Bilingual;

use super::finding::Findings;
use crate::exit::words_of_io;

/// Years in which a clock can be right: not before this was written, and not as far ahead as a broken one is.
const YEARS: std::ops::RangeInclusive<i16> = 2026..=2075;

/// Whether the clock can be right.
pub(super) fn clock(findings: &mut Findings) {
    clock_at(Timestamp::now(), findings);
}

fn clock_at(now: Timestamp, findings: &mut Findings) {
    let shown = now.strftime("%Y-%m-%d %H:%M UTC").to_string();
    let year = now.to_zoned(jiff::tz::TimeZone::UTC).year();
    match YEARS.contains(&year) {
        true => findings.good("clock", format!("says {shown}"), format!("当前为 {shown}")),
        false => findings.bad(
            "clock",
            Bilingual::new(
                format!("says {shown}, which cannot be right; what is visible depends on it"),
                format!("当前为 {shown}，不可能正确；公告是否可见取决于时钟"),
            ),
            Bilingual::new(
                "set the clock, such as with timedatectl set-ntp true",
                "请校准时钟，例如 timedatectl set-ntp true",
            ),
        ),
    }
}

/// Whether a file with a secret is for its owner alone.
pub(super) fn secret(findings: &mut Findings, check: &'static str, file: &Path) {
    let name = file.display();
    match fs::metadata(file) {
        Err(error) => {
            let why = words_of_io(&error);
            findings.bad(
                check,
                Bilingual::new(format!("{name}: {}", why.en), format!("{name}：{}", why.zh)),
                Bilingual::new(
                    "name the file with the token: notice context add NAME URL --token-file FILE",
                    "请指明令牌文件：notice context add 名称 URL --token-file 文件",
                ),
            );
        }
        Ok(about) if about.mode() & 0o077 != 0 => findings.bad(
            check,
            Bilingual::new(
                format!("others can read the token in {name}"),
                format!("其他用户可读取 {name} 中的令牌"),
            ),
            Bilingual::new(
                format!("chmod 600 {name}, and have the token replaced"),
                format!("执行 chmod 600 {name}，并更换该令牌"),
            ),
        ),
        Ok(_) => findings.good(
            check,
            format!("{name} is readable by its owner alone"),
            format!("{name} 仅所有者可读"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Level;
    use super::*;

    #[test]
    fn a_clock_that_has_lost_its_battery_is_noticed() {
        for (at, level) in [
            ("1970-01-01T00:00:10Z", Level::Bad),
            ("2000-01-01T00:00:00Z", Level::Bad),
            ("2026-11-27T00:00:00Z", Level::Good),
            ("2099-01-01T00:00:00Z", Level::Bad),
        ] {
            let mut findings = Findings::default();
            clock_at(at.parse().unwrap(), &mut findings);
            assert_eq!(findings.0[0].level, level, "{at}");
        }
    }
}
