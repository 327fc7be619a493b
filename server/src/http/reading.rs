//! Routes that ask: what a viewer sees, why, and what has changed.

use std::time::Duration;

use notice::wire::{Answer, Call};
use serde_json::json;
use tokio::time::Instant;

use super::asked::{Asked, make, shown};
use super::params::{Params, put};
use super::routes::Handled;
use crate::fault::invalid;
use crate::metrics::Kind;

/// Longest `wait` of `GET /v1/changes`, in seconds.
const LONGEST_WAIT: i64 = 60;

pub(super) async fn active(mut asked: Asked) -> Handled {
    let params = &mut asked.params;
    let mut args = json!({"viewer": params.viewer()?, "filter": params.filter()?});
    params.move_to(&mut args, &["view", "order", "cursor"], &["limit"])?;
    if let Some(counted) = params.boolean("counted")? {
        put(&mut args, "counted", counted.into());
    }
    Ok(shown(&asked.call("query", &args).await?))
}

/// Returns an announcement as the viewer sees it, or whole in the editor's view.
pub(super) async fn one(mut asked: Asked) -> Handled {
    let id = asked.id()?;
    let view = asked.params.text("view")?;
    if view.as_deref() == Some("editor") {
        return Ok(shown(&asked.call("record", &json!({ "id": id })).await?));
    }
    let mut args = json!({"id": id, "viewer": asked.params.viewer()?});
    if let Some(view) = view {
        put(&mut args, "view", view.into());
    }
    Ok(shown(&asked.call("get", &args).await?))
}

pub(super) async fn explain(mut asked: Asked) -> Handled {
    let mut args = json!({"id": asked.id()?, "viewer": asked.params.viewer()?});
    asked.params.move_to(&mut args, &["view"], &[])?;
    Ok(shown(&asked.call("explain", &args).await?))
}

pub(super) async fn receipts(mut asked: Asked) -> Handled {
    let mut args = json!({ "id": asked.id()? });
    asked.params.move_to(&mut args, &["cursor"], &["limit"])?;
    for name in ["read_only", "acknowledged_only"] {
        if let Some(is_so) = asked.params.boolean(name)? {
            put(&mut args, name, is_so.into());
        }
    }
    Ok(shown(&asked.call("receipts", &args).await?))
}

/// Returns what has changed; waits for it up to `wait` seconds.
pub(super) async fn changes(mut asked: Asked) -> Handled {
    let params = &mut asked.params;
    let mut args = json!({"viewer": params.viewer()?, "filter": params.filter()?});
    params.move_to(&mut args, &["view", "epoch"], &["since", "limit"])?;
    let seconds = params.integer("wait")?.unwrap_or_default();
    if !(0..=LONGEST_WAIT).contains(&seconds) {
        let en = format!("must be 0 to {LONGEST_WAIT} seconds");
        let zh = format!("必须是 0 到 {LONGEST_WAIT} 秒");
        return Err(invalid("wait", &seconds.to_string(), en, zh).into());
    }
    std::mem::replace(params, Params::new(None)).done()?;
    let session = asked.session;
    session.note(Kind::CHANGES, seconds > 0);
    let until = Instant::now() + Duration::from_secs(seconds.unsigned_abs());
    loop {
        let answer = make(&session, Call::from_value("changes", &args)?).await?;
        let Answer::ChangePage(page) = &answer else {
            return Ok(shown(&answer));
        };
        let left = until.saturating_duration_since(Instant::now());
        if !page.events.is_empty() || page.more || left.is_zero() {
            return Ok(shown(&answer));
        }
        let board = session.board()?;
        match session.desk.wait(&*board, page.to_revision, left).await {
            Ok(_) => put(&mut args, "since", page.to_revision.into()),
            // An empty page says how far the follower is. So it does when the server stops.
            Err(_) => return Ok(shown(&answer)),
        }
    }
}
