//! `GET /metrics`: figures for Prometheus.

use std::sync::Arc;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use notice::Role;

use super::asked::{Asked, unknown};
use super::problem::Problem;
use crate::desk::Desk;
use crate::fault::{panicked, unauthorized};
use crate::metrics::{MEDIA, text};

/// Shows the figures to a client that may ask for any viewer: they tell how much there is that readers do not see.
pub(super) async fn guarded(asked: Asked) -> Result<Response, Problem> {
    let role = asked.session.board().map_err(unknown)?.principal().role();
    if role < Role::Service {
        let own = role.name();
        let error = unauthorized(
            format!("needs the role service, editor or admin; this is {own}"),
            format!("需要角色 service、editor 或 admin；当前角色为 {own}"),
        )
        .within("metrics");
        return Err(match role {
            Role::Public => unknown(error),
            _ => error.into(),
        });
    }
    open(asked).await
}

/// Shows the figures to whoever reaches the listener that is there for nothing else.
pub(super) async fn open(asked: Asked) -> Result<Response, Problem> {
    asked.params.done()?;
    let desk = Arc::clone(&asked.session.desk);
    // Counting the announcements of each phase looks at all of them.
    let written = tokio::task::spawn_blocking(move || figures(&desk));
    let text = written.await.ok().flatten().ok_or_else(panicked)?;
    let mut response = text.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

fn figures(desk: &Desk) -> Option<String> {
    let board = desk.board.stats().ok().map(|stats| {
        let custody = desk.board.custody();
        let resources = custody.and_then(|custody| custody.resources().ok());
        (stats, resources.unwrap_or_default())
    });
    text(&desk.metrics, board).ok()
}
