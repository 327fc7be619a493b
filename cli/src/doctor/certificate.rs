//! The certificate of a daemon.

use notice::{Bilingual, BoardUrl, Daemon};

use super::finding::Findings;
use crate::console::Console;
use crate::times::Times;

/// How long before its end a certificate is to be renewed, in milliseconds: two weeks.
const SOON_MS: i64 = 14 * 24 * 60 * 60 * 1000;

/// Whether the certificate that a daemon has shown ends soon.
pub(super) fn examine(daemon: &Daemon, url: &BoardUrl, console: &Console, findings: &mut Findings) {
    if url.scheme() != "tls" {
        return;
    }
    // What is not known is not told.
    let Some(end) = daemon.certificate_ends_at else {
        return;
    };
    let now = jiff::Timestamp::now().as_millisecond();
    match ends_soon(end, now, &console.times) {
        Some(words) => findings.warn(
            "certificate",
            Bilingual::new(
                format!("{}; from then on no client connects", words.en),
                format!("{}；此后任何客户端都无法连接", words.zh),
            ),
            renew(),
        ),
        None => {
            let shown = console.times.show_ms(end);
            findings.good(
                "certificate",
                format!("is valid until {shown}"),
                format!("有效期至 {shown}"),
            );
        }
    }
}

/// Says that a certificate ends within two weeks, or has ended.
pub(crate) fn ends_soon(end: i64, now: i64, times: &Times) -> Option<Bilingual> {
    let shown = times.show_ms(end);
    match end - now {
        left if left > SOON_MS => None,
        left if left >= 0 => Some(Bilingual::new(
            format!("expires on {shown}"),
            format!("将于 {shown} 过期"),
        )),
        _ => Some(Bilingual::new(
            format!("has expired on {shown}"),
            format!("已于 {shown} 过期"),
        )),
    }
}

/// What to do about it.
pub(crate) fn renew() -> Bilingual {
    Bilingual::new(
        "put a new certificate and its key into the files of --tls-certificate and --tls-key, then send the daemon \
         SIGHUP: systemctl reload notice, or kill -HUP PID",
        "请将新证书及其私钥放入 --tls-certificate 与 --tls-key 所指的文件，再向守护进程发送 SIGHUP：systemctl reload \
         notice，或 kill -HUP 进程号",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_told_of_two_weeks_before_its_end() {
        let times = Times::new("2026-11-27T20:00:00+08:00[Asia/Shanghai]".parse().unwrap());
        let now = 1_795_780_800_000;
        let day = 24 * 60 * 60 * 1000;
        for (left, words) in [
            (14 * day + 1, None),
            (
                14 * day,
                Some("expires on 2026-12-11 20:00 +08:00 (12:00 UTC)"),
            ),
            (0, Some("expires on 2026-11-27 20:00 +08:00 (12:00 UTC)")),
            (
                -1000,
                Some("has expired on 2026-11-27 19:59:59 +08:00 (11:59:59 UTC)"),
            ),
        ] {
            let told = ends_soon(now + left, now, &times);
            assert_eq!(
                told.map(|told| told.en.into_owned()).as_deref(),
                words,
                "{left}"
            );
        }
    }
}
