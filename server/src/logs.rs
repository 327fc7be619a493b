//! The log of a program that runs a server. The server itself only emits events of [`tracing`], so an embedding
//! program may log in its own way.

use std::io;

use notice::{Bilingual, Error, Result};
use tracing::Subscriber;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::fault::invalid;

/// What lines of the log look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Format {
    /// For people: time, level, target, message and fields.
    #[default]
    Text,
    /// For machines: one JSON object a line, with the fields beside `timestamp`, `level`, `target` and `message`.
    Json,
}

/// Sends the log of this process to standard error.
///
/// `filter` says what is in it: a level, and levels of targets behind commas, such as
/// `info,notice_server::access=debug`. Levels are `off`, `error`, `warn`, `info`, `debug` and `trace`. At `info` are
/// starts, stops and changes; at `debug` every request.
///
/// # Errors
/// `invalid_field` for a filter that cannot be read; `exists` when the process has a log already.
pub fn init(format: Format, filter: &str) -> Result<()> {
    let subscriber = subscriber(format, filter, io::stderr)?;
    tracing::subscriber::set_global_default(subscriber).map_err(|_| {
        let (en, zh) = ("this process has a log already", "此进程已有日志");
        Error::new(notice::ErrorKind::Exists, Bilingual::new(en, zh))
    })
}

/// Returns what [`init`] installs, with another place to write to.
///
/// # Errors
/// `invalid_field` for a filter that cannot be read.
pub fn subscriber<W>(
    format: Format,
    filter: &str,
    writer: W,
) -> Result<Box<dyn Subscriber + Send + Sync>>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let targets: Targets = filter.parse().map_err(|_| {
        let (en, zh) = (
            "is not a filter; write a level such as info, or info,notice_server::access=debug",
            "不是有效的过滤条件；请写级别，例如 info 或 info,notice_server::access=debug",
        );
        invalid("log", filter, en, zh)
    })?;
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_writer(writer);
    let lines = match format {
        Format::Text => lines.boxed(),
        Format::Json => lines.json().flatten_event(true).boxed(),
    };
    let registry = tracing_subscriber::registry();
    Ok(Box::new(registry.with(lines.with_filter(targets))))
}
