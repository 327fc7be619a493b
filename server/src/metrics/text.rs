//! The figures as the text that Prometheus reads.

use std::fmt::{Error, Result};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use notice::{Resources, Stats};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, MetricEncoder, prometheus_text};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Registry;

use super::{Metrics, Protocol};

/// Media type of the text.
pub(crate) const MEDIA: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Labels of an exemplar, which no figure here has.
type Bare = [(&'static str, &'static str); 0];
type Labels<'a> = &'a [(&'a str, &'a str)];

/// Returns the figures of a server, and those of its board if it could be asked.
pub(crate) fn text(
    metrics: &Arc<Metrics>,
    board: Option<(Stats, Resources)>,
) -> std::result::Result<String, Error> {
    let mut registry = Registry::default();
    let metrics = Arc::clone(metrics);
    registry.register_collector(Box::new(Figures { metrics, board }));
    let mut text = String::new();
    prometheus_text::encode(&mut text, &registry)?;
    Ok(text)
}

/// All figures at one moment.
#[derive(Debug)]
struct Figures {
    metrics: Arc<Metrics>,
    board: Option<(Stats, Resources)>,
}

impl Collector for Figures {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result {
        let mut page = Page(&mut encoder);
        self.process(&mut page)?;
        self.calls(&mut page)?;
        self.clients(&mut page)?;
        self.board(&mut page)
    }
}

impl Figures {
    fn process(&self, page: &mut Page<'_, '_>) -> Result {
        let started = self.metrics.started.as_secs_f64();
        let labels = [("version", env!("CARGO_PKG_VERSION"))];
        page.gauges(
            "notice_build_info",
            "Version of the server",
            [(labels.as_slice(), 1)],
        )?;
        page.metric(
            "process_start_time_seconds",
            "Unix time at which the server started",
            MetricType::Gauge,
            |mut metric| metric.encode_gauge(&started),
        )
    }

    fn calls(&self, page: &mut Page<'_, '_>) -> Result {
        page.metric(
            "notice_requests",
            "Calls and other requests that were answered",
            MetricType::Counter,
            |mut metric| {
                for (protocol, call, code, count) in self.metrics.calls.counts() {
                    let labels = [("protocol", protocol), ("call", call), ("code", code)];
                    let mut one = metric.encode_family(&labels)?;
                    one.encode_counter::<Bare, _, u64>(&count, None)?;
                }
                Ok(())
            },
        )?;
        page.metric(
            "notice_request_duration_seconds",
            "Time that answering took, of requests that do not wait for a change",
            MetricType::Histogram,
            |mut metric| {
                for (protocol, call, (sum, count, classes)) in self.metrics.calls.durations() {
                    let labels = [("protocol", protocol), ("call", call)];
                    let mut one = metric.encode_family(&labels)?;
                    one.encode_histogram::<Bare>(sum, count, &classes, None)?;
                }
                Ok(())
            },
        )
    }

    fn clients(&self, page: &mut Page<'_, '_>) -> Result {
        let labels = Protocol::ALL.map(|protocol| [("protocol", protocol.name())]);
        let connections = || labels.iter().zip(&self.metrics.connections);
        page.gauges(
            "notice_connections",
            "Open connections",
            connections().map(|(labels, held)| (labels.as_slice(), held.present())),
        )?;
        page.counters(
            "notice_connections_opened",
            "Connections that were accepted and said their protocol",
            connections().map(|(labels, held)| (labels.as_slice(), read(&held.begun))),
        )?;
        let refused = [
            (
                [("limit", "max-connections")],
                read(&self.metrics.turned_away),
            ),
            (
                [("limit", "max-connections-per-address")],
                read(&self.metrics.crowded),
            ),
        ];
        page.counters(
            "notice_connections_refused",
            "Connections that were refused because there were too many, by the setting that limits them",
            refused
                .iter()
                .map(|(labels, count)| (labels.as_slice(), *count)),
        )?;
        page.counter(
            "notice_rate_limited",
            "Calls that were refused because their client made too many",
            read(&self.metrics.slowed_down),
        )?;
        page.seconds(
            "notice_loadtest_delay_seconds",
            "Time by which answers were delayed on purpose",
            Duration::from_millis(read(&self.metrics.delayed)),
        )?;
        page.gauge(
            "notice_waiting_calls",
            "Calls that wait for a change",
            self.metrics.waits.present(),
        )?;
        page.gauge(
            "notice_memory_readers",
            "Connections on which the memory of the board was handed over",
            self.metrics.handed.present(),
        )?;
        let head = self.board.as_ref().map_or(0, |(board, _)| board.revision);
        let followers = Protocol::ALL.map(|protocol| self.metrics.followers.read(protocol, head));
        let followers = || labels.iter().zip(followers);
        page.gauges(
            "notice_followers",
            "Streams of changes",
            followers().map(|(labels, (count, _))| (labels.as_slice(), count)),
        )?;
        page.gauges(
            "notice_follower_lag_revisions",
            "Revisions by which the slowest stream of changes is behind the board",
            followers().map(|(labels, (_, behind))| (labels.as_slice(), behind)),
        )
    }

    fn board(&self, page: &mut Page<'_, '_>) -> Result {
        let is_up = u64::from(self.board.is_some());
        page.gauge("notice_board_up", "Whether the board answers", is_up)?;
        let Some((board, resources)) = &self.board else {
            return Ok(());
        };
        let revision = u64::try_from(board.revision).unwrap_or_default();
        let phases = [
            ([("phase", "active")], board.active),
            ([("phase", "scheduled")], board.scheduled),
            ([("phase", "expired")], board.expired),
            ([("phase", "retracted")], board.retracted),
            ([("phase", "draft")], board.drafts),
        ];
        page.gauges(
            "notice_announcements",
            "Announcements",
            phases
                .iter()
                .map(|(labels, count)| (labels.as_slice(), *count)),
        )?;
        for (name, help, value) in [
            ("notice_revision", "Revision of the board", revision),
            ("notice_users", "Users with marks", board.users),
            (
                "notice_marks",
                "Pairs of a user and an announcement with marks",
                board.receipts,
            ),
            ("notice_audiences", "Distinct audiences", board.audiences),
            (
                "notice_feed_changes",
                "Changes that can be followed",
                board.changes,
            ),
            (
                "notice_memory_bytes",
                "Estimated memory of the board",
                board.memory_bytes,
            ),
            (
                "notice_search_bytes",
                "Memory of the search index, a part of that",
                board.search_bytes,
            ),
            (
                "notice_unsearched_announcements",
                "Announcements that are not indexed yet",
                board.unsearched,
            ),
            (
                "notice_evicted_announcements",
                "Announcements with texts in the file only",
                board.shelved,
            ),
            (
                "notice_file_bytes",
                "Size of the board's file",
                board.file_bytes,
            ),
            (
                "notice_unknown_conditions",
                "Conditions that this build does not know",
                board.unknown_conditions,
            ),
        ] {
            page.gauge(name, help, value)?;
        }
        if let Some(bytes) = resources.budget_bytes {
            let help = "Most memory that the board may take";
            page.gauge("notice_memory_budget_bytes", help, bytes)?;
        }
        let help = "Size of the journal file, a part of notice_file_bytes";
        page.gauge("notice_journal_bytes", help, resources.journal_bytes)?;
        let help = "Appends to the journal, each with one sync";
        page.counter("notice_journal_appends", help, resources.journal_appends)?;
        page.seconds(
            "notice_journal_append_seconds",
            "Time that writing and syncing appends took",
            resources.journal_time,
        )?;
        let unreadable = [
            ([("what", "version")], board.unreadable_versions),
            ([("what", "number")], board.unreadable_numbers),
            ([("what", "locale")], board.unreadable_locales),
        ];
        page.counters(
            "notice_unreadable_values",
            "Values of viewers that could not be read",
            unreadable
                .iter()
                .map(|(labels, count)| (labels.as_slice(), *count)),
        )
    }
}

/// The text so far.
struct Page<'a, 'b>(&'a mut DescriptorEncoder<'b>);

impl Page<'_, '_> {
    fn metric(
        &mut self,
        name: &str,
        help: &str,
        kind: MetricType,
        write: impl FnOnce(MetricEncoder<'_>) -> Result,
    ) -> Result {
        write(self.0.encode_descriptor(name, help, None, kind)?)
    }

    fn gauge(&mut self, name: &str, help: &str, value: u64) -> Result {
        self.metric(name, help, MetricType::Gauge, |mut metric| {
            metric.encode_gauge(&value)
        })
    }

    /// Writes a counter, to whose name `_total` is added.
    fn counter(&mut self, name: &str, help: &str, value: u64) -> Result {
        self.metric(name, help, MetricType::Counter, |mut metric| {
            metric.encode_counter::<Bare, _, u64>(&value, None)
        })
    }

    /// Writes a counter of time, to whose name `_total` is added.
    fn seconds(&mut self, name: &str, help: &str, time: Duration) -> Result {
        let seconds = time.as_secs_f64();
        self.metric(name, help, MetricType::Counter, |mut metric| {
            metric.encode_counter::<Bare, _, u64>(&seconds, None)
        })
    }

    fn gauges<'l>(
        &mut self,
        name: &str,
        help: &str,
        values: impl IntoIterator<Item = (Labels<'l>, u64)>,
    ) -> Result {
        self.metric(name, help, MetricType::Gauge, |mut metric| {
            for (labels, value) in values {
                metric.encode_family(&labels)?.encode_gauge(&value)?;
            }
            Ok(())
        })
    }

    /// Writes counters, to whose name `_total` is added.
    fn counters<'l>(
        &mut self,
        name: &str,
        help: &str,
        values: impl IntoIterator<Item = (Labels<'l>, u64)>,
    ) -> Result {
        self.metric(name, help, MetricType::Counter, |mut metric| {
            for (labels, value) in values {
                let mut one = metric.encode_family(&labels)?;
                one.encode_counter::<Bare, _, u64>(&value, None)?;
            }
            Ok(())
        })
    }
}

fn read(value: &AtomicU64) -> u64 {
    value.load(Ordering::Relaxed)
}
