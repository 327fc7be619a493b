//! Routes that change something: announcements, and what is kept of users.

use axum::http::{HeaderValue, StatusCode, header};
use notice::wire::Answer;
use notice::{ErrorKind, Outcome};
use serde_json::{Value, json};

use super::asked::{Asked, shown};
use super::params::put;
use super::routes::{Handled, by_id};
use crate::fault::{fault, invalid};

/// Publishes a draft, or a list of drafts as one revision.
pub(super) async fn publish(mut asked: Asked) -> Handled {
    let mut body = asked.json().await?;
    let key = asked.headers.get("idempotency-key").cloned();
    if let Value::Array(drafts) = body {
        if let Some(key) = key {
            let (en, zh) = ("is for a single draft", "仅适用于单个草稿");
            let key = String::from_utf8_lossy(key.as_bytes()).into_owned();
            return Err(invalid("Idempotency-Key", &key, en, zh).into());
        }
        let operations = drafts.into_iter().map(|draft| json!({ "publish": draft }));
        let operations = operations.collect();
        return Ok(shown(&asked.call("apply", &operations).await?));
    }
    if let Some(key) = key {
        state(
            &mut body,
            "idempotency_key",
            text(&key).into(),
            "Idempotency-Key",
        )?;
    }
    let answer = asked.call("publish", &body).await?;
    let mut response = shown(&answer);
    if let Answer::Published(published) = &answer
        && published.outcome == Outcome::Created
        && !published.duplicate
    {
        *response.status_mut() = StatusCode::CREATED;
        let place = format!("/v1/announcements/{}", published.id);
        if let Ok(place) = HeaderValue::try_from(place) {
            response.headers_mut().insert(header::LOCATION, place);
        }
    }
    Ok(response)
}

fn text(value: &HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}

/// States in the body what the request says elsewhere. Saying two things is refused.
fn state(body: &mut Value, member: &str, value: Value, elsewhere: &str) -> notice::Result<()> {
    match body.get(member) {
        None | Some(Value::Null) => {
            put(body, member, value);
            Ok(())
        }
        Some(stated) if *stated == value => Ok(()),
        Some(stated) => {
            let en = format!("contradicts {elsewhere}; leave it out");
            let zh = format!("与 {elsewhere} 矛盾；请省略");
            Err(invalid(member, &stated.to_string(), en, zh))
        }
    }
}

/// Replaces an announcement by a draft: publishes it with the id of the path.
pub(super) async fn replace(mut asked: Asked) -> Handled {
    let (id, version) = (asked.id()?, asked.if_version()?);
    let mut body = asked.json().await?;
    state(&mut body, "id", id.into(), "the path")?;
    if let Some(version) = version {
        state(&mut body, "version", version.into(), "If-Match")?;
    }
    let answer = asked.call("publish", &body).await;
    let answer = answer.map_err(|problem| {
        let error = problem.error();
        let is_stale = error.kind() == ErrorKind::InvalidField && error.path() == Some("version");
        match version.filter(|_| is_stale) {
            // The draft's version is what If-Match said.
            Some(version) => fault(
                ErrorKind::VersionConflict,
                format!("the announcement is not at version {version} any more; read it again"),
                format!("该公告已不是版本 {version}；请重新读取"),
            )
            .into(),
            None => problem,
        }
    })?;
    Ok(shown(&answer))
}

pub(super) async fn update(mut asked: Asked) -> Handled {
    let (id, version) = (asked.id()?, asked.if_version()?);
    let patch = asked.json().await?;
    let mut args = json!({"id": id, "patch": patch, "if_version": version});
    asked.params.move_to(&mut args, &["change"], &[])?;
    Ok(shown(&asked.call("update", &args).await?))
}

/// Erases an announcement, whichever version it has.
pub(super) async fn purge(asked: Asked) -> Handled {
    if asked.headers.contains_key(header::IF_MATCH) {
        let (en, zh) = ("is not supported when erasing", "清除时不支持");
        return Err(invalid("If-Match", "", en, zh).into());
    }
    by_id("purge", asked).await
}

/// Makes a change whose arguments are the body, with id and version from elsewhere.
pub(super) async fn change(name: &str, mut asked: Asked) -> Handled {
    let (id, version) = (asked.id()?, asked.if_version()?);
    let mut args = asked.json().await?;
    state(&mut args, "id", id.into(), "the path")?;
    if let Some(version) = version {
        state(&mut args, "if_version", version.into(), "If-Match")?;
    }
    Ok(shown(&asked.call(name, &args).await?))
}

/// Marks announcements for a user: those of `ids`, or without `ids` everything that the user sees.
pub(super) async fn mark(mut asked: Asked) -> Handled {
    let mut args = asked.json().await?;
    let user = asked.part("user").to_owned();
    let mut viewer = args.get("viewer").cloned().unwrap_or_else(|| json!({}));
    state(&mut viewer, "user", user.into(), "the path").map_err(|error| error.within("viewer"))?;
    put(&mut args, "viewer", viewer);
    let name = match args.get("ids") {
        Some(_) => "mark",
        None => "mark_all",
    };
    Ok(shown(&asked.call(name, &args).await?))
}

pub(super) async fn forget(asked: Asked) -> Handled {
    let args = json!({"user": asked.part("user")});
    Ok(shown(&asked.call("forget_user", &args).await?))
}
