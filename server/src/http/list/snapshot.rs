//! The list at one moment, ready to be sent as often as it is asked for.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};

use super::mirror::Mirror;

/// Version of the list's shape.
const FORMAT: u32 = 1;
/// Bytes that are sent at once.
const FRAME_BYTES: usize = 64 * 1024;

/// The list of one revision between two instants.
pub(super) struct Snapshot {
    place: (u128, i64),
    /// The instant from which it holds: the last start that time alone brought.
    since: Option<i64>,
    /// The instant until which it holds: the next start.
    pub(super) until: Option<i64>,
    pieces: Vec<Bytes>,
    bytes: u64,
}

impl Snapshot {
    /// Puts the list together as it is at `now`.
    pub(super) fn new(mirror: &Mirror, now: i64) -> Self {
        let place = mirror.place.unwrap_or_default();
        let mut snapshot = Self {
            place,
            since: None,
            until: None,
            pieces: Vec::new(),
            bytes: 0,
        };
        let (epoch, revision) = place;
        snapshot.push(format!(
            "{{\"format\":{FORMAT},\"epoch\":\"{epoch:032x}\",\"revision\":{revision},\"announcements\":["
        ));
        let mut before = Bytes::from_static(b"\n");
        for record in mirror.records() {
            if record.starts_at > now {
                let next = snapshot.until.unwrap_or(i64::MAX).min(record.starts_at);
                snapshot.until = Some(next);
                continue;
            }
            if record.was_scheduled {
                snapshot.since = snapshot.since.max(Some(record.starts_at));
            }
            snapshot.push(before);
            snapshot.push(record.text.clone());
            snapshot.push(end(mirror.replaced(&record, now)));
            before = Bytes::from_static(b",\n");
        }
        snapshot.push("\n]}\n");
        snapshot
    }

    fn push(&mut self, piece: impl Into<Bytes>) {
        let piece = piece.into();
        self.bytes += piece.len() as u64;
        self.pieces.push(piece);
    }

    /// Returns whether it is the list of the board `epoch` with `revision`, at `now`.
    pub(super) fn holds(&self, place: (u128, i64), now: i64) -> bool {
        self.place == place
            && self.since.is_none_or(|since| since <= now)
            && self.until.is_none_or(|until| now < until)
    }

    /// Returns the entity tag: epoch and revision, and the last start if time alone has brought one.
    pub(super) fn tag(&self) -> String {
        let (epoch, revision) = self.place;
        let mut tag = format!("\"{epoch:032x}.{revision}");
        if let Some(since) = self.since {
            // Writing to a text cannot fail.
            let _ = write!(tag, ".{since}");
        }
        tag.push('"');
        tag
    }
}

/// Returns the end of a record.
fn end(replaced: std::collections::BTreeSet<i64>) -> Bytes {
    if replaced.is_empty() {
        return Bytes::from_static(b"}");
    }
    let ids: Vec<String> = replaced.iter().map(i64::to_string).collect();
    format!(",\"replaces\":[{}]}}", ids.join(",")).into()
}

/// A snapshot on its way to a client.
pub(super) struct Sending {
    snapshot: Arc<Snapshot>,
    next: usize,
    left: u64,
}

impl Sending {
    pub(super) fn new(snapshot: Arc<Snapshot>) -> Self {
        let left = snapshot.bytes;
        Self {
            snapshot,
            next: 0,
            left,
        }
    }
}

impl HttpBody for Sending {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<std::result::Result<Frame<Bytes>, Infallible>>> {
        let mut frame = Vec::new();
        while let Some(piece) = self.snapshot.pieces.get(self.next) {
            if !frame.is_empty() && frame.len() + piece.len() > FRAME_BYTES {
                break;
            }
            frame.extend_from_slice(piece);
            self.next += 1;
        }
        self.left -= frame.len() as u64;
        Poll::Ready((!frame.is_empty()).then(|| Ok(Frame::data(frame.into()))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
