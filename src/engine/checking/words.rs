//! Words of what an operator would regret.

use std::borrow::Cow;

use crate::error::Bilingual;
use crate::model::WallTime;

/// Pairs what is to be regretted with what to do, each in English and Chinese.
pub(super) fn say(
    en: impl Into<Cow<'static, str>>,
    zh: impl Into<Cow<'static, str>>,
    remedy_en: impl Into<Cow<'static, str>>,
    remedy_zh: impl Into<Cow<'static, str>>,
) -> (Bilingual, Bilingual) {
    (Bilingual::new(en, zh), Bilingual::new(remedy_en, remedy_zh))
}

/// Returns an instant in UTC, as RFC 3339 writes it.
pub(super) fn instant(ms: i64) -> String {
    WallTime::at(ms).map_or_else(
        || ms.to_string(),
        |at| {
            let (year, month, day) = (at.year, at.month, at.day);
            let (hour, minute, second) = (at.hour, at.minute, at.second);
            format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
        },
    )
}
