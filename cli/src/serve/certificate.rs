//! Whether the daemon's own certificate ends soon.

use jiff::{Timestamp, tz::TimeZone};
use notice::Bilingual;

use super::plan::Plan;
use crate::doctor::certificate;
use crate::exit::Outcome;
use crate::terminal;
use crate::times::Times;

/// Says so on the standard error.
pub(super) fn warn(plan: &Plan) -> Outcome {
    let settings = &plan.found.settings;
    // Any board does: none of it is asked.
    let end = plan.builder(notice::open("mem:")?).certificate_ends_at()?;
    if let (Some(file), Some(end)) = (&settings.tls_certificate, end) {
        let now = Timestamp::now();
        let times = Times::new(now.to_zoned(TimeZone::system()));
        let file = file.display();
        if let Some(words) = certificate::ends_soon(end, now.as_millisecond(), &times) {
            let remedy = certificate::renew();
            terminal::complain(&Bilingual::new(
                format!("{file}: the certificate {}; {}", words.en, remedy.en),
                format!("{file}：证书{}；{}", words.zh, remedy.zh),
            ));
        }
    }
    Ok(())
}
