//! `GET /v1/list.json`: everything that the public may read, for mirrors.
//!
//! The list is the same for everybody, so it is made once for each revision and instant, and not by the guard of
//! one client: [`public`] decides what is in it.

mod mirror;
mod public;
mod snapshot;

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use notice::{Board, Filter, Query, Result, Viewer};
use tokio::sync::Mutex;

use self::mirror::Mirror;
use self::public::Stated;
use self::snapshot::{Sending, Snapshot};
use super::asked::Asked;
use super::problem::Problem;
use crate::desk::Desk;
use crate::fault::panicked;
use crate::limits::Limits;

/// The list of a server.
pub(crate) struct List {
    stated: Stated,
    /// Longest time that a cache may keep it.
    age: Duration,
    most: usize,
    /// Guards the copy of the board; held while it is brought up to date, so that this happens once for all who wait.
    mirror: Arc<Mutex<Mirror>>,
    /// Guards the last list; held only to take a reference or to replace it.
    last: notice::locks::Mutex<Option<Arc<Snapshot>>>,
}

impl List {
    /// Creates the list. `allowed` are the attributes that public clients may state.
    pub(crate) fn new(allowed: &[String], limits: &Limits) -> Self {
        Self {
            stated: Stated::new(allowed),
            age: limits.list_age,
            most: limits.list_bytes,
            mirror: Arc::default(),
            last: notice::locks::Mutex::new(None),
        }
    }

    /// Returns the list as it is now, and the time of the board.
    async fn present(self: &Arc<Self>, desk: &Desk) -> Result<(Arc<Snapshot>, i64)> {
        if let Some(known) = self.known(&*desk.board)? {
            return Ok(known);
        }
        let mut mirror = Arc::clone(&self.mirror).lock_owned().await;
        // Somebody may have made it while this one waited.
        if let Some(known) = self.known(&*desk.board)? {
            return Ok(known);
        }
        let (list, board) = (Arc::clone(self), Arc::clone(&desk.board));
        let task = tokio::task::spawn_blocking(move || {
            mirror.update(&*board, &list.stated, list.most)?;
            let (_, now) = place(&*board)?;
            let snapshot = Arc::new(Snapshot::new(&mirror, now));
            *list.last.lock() = Some(Arc::clone(&snapshot));
            Ok((snapshot, now))
        });
        task.await.unwrap_or_else(|_| Err(panicked()))
    }

    /// Returns the last list if it still holds.
    fn known(&self, board: &dyn Board) -> Result<Option<(Arc<Snapshot>, i64)>> {
        let last = self.last.lock().clone();
        let Some(last) = last else {
            return Ok(None);
        };
        let (place, now) = place(board)?;
        Ok(last.holds(place, now).then_some((last, now)))
    }

    /// Returns how long a cache may keep a snapshot, in seconds: not beyond the next start.
    fn max_age(&self, snapshot: &Snapshot, now: i64) -> u64 {
        let left = snapshot.until.map_or(i64::MAX, |until| until - now);
        self.age.as_secs().min(left.max(0).unsigned_abs() / 1000)
    }
}

/// Returns epoch and revision of the board, and its time, through its cheapest query: no id matches.
fn place(board: &dyn Board) -> Result<((u128, i64), i64)> {
    let nothing = Filter::new().ids([i64::MAX]);
    let count = board.count(&Query::new(Viewer::anonymous()).filter(nothing))?;
    Ok(((count.epoch, count.revision), count.now))
}

/// Answers with the list, or that a mirror has it already.
pub(super) async fn list(
    State(list): State<Arc<List>>,
    asked: Asked,
) -> std::result::Result<Response, Problem> {
    asked.params.done()?;
    let (snapshot, now) = list.present(&asked.session.desk).await?;
    let tag = snapshot.tag();
    let age = format!("public, max-age={}", list.max_age(&snapshot, now));
    let mut response = match has(&asked.headers, &tag) {
        true => Response::new(Body::empty()),
        false => Response::new(Body::new(Sending::new(snapshot))),
    };
    if has(&asked.headers, &tag) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let headers = response.headers_mut();
    let media = HeaderValue::from_static("application/json");
    headers.insert(header::CONTENT_TYPE, media);
    for (name, value) in [(header::ETAG, tag), (header::CACHE_CONTROL, age)] {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    }
    Ok(response)
}

/// Returns whether the client says in `If-None-Match` that it has the list with this tag.
fn has(headers: &HeaderMap, tag: &str) -> bool {
    let values = headers.get_all(header::IF_NONE_MATCH).iter();
    let texts = values.filter_map(|value| value.to_str().ok());
    let mut tags = texts.flat_map(|text| text.split(',')).map(str::trim);
    tags.any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
}
