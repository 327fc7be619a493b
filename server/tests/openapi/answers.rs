//! Answers, and problems that all operations share.

use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::{RefOr, Schema};

use crate::schemas::{integer, reference, text};

/// Name of the security scheme.
pub(crate) const BEARER: &str = "token";

/// Problems by status, with what they mean.
const PROBLEMS: [(u16, &str); 16] = [
    (
        400,
        "A parameter, a header or the body is not valid: invalid_field, bad_cursor, future_revision",
    ),
    (401, "A token is missing or not valid"),
    (
        403,
        "The role does not suffice, the board is read-only, or the origin is foreign",
    ),
    (
        404,
        "The announcement does not exist, or this viewer may not see it",
    ),
    (
        409,
        "exists, idempotency_conflict, epoch_mismatch or bad_state",
    ),
    (410, "That part of the change feed has been compacted"),
    (412, "The announcement is not at the version of If-Match"),
    (413, "The body or a value in it exceeds its limit"),
    (421, "The name in Host is not one of this server"),
    (429, "Too many requests of this client"),
    (500, "A fault of the server: io, corrupt, panic"),
    (501, "This kind of board does not support it"),
    (
        503,
        "The board is not available, or the server is being stopped",
    ),
    (504, "The body did not arrive in time"),
    (507, "The memory budget is exhausted"),
    (
        405,
        "This path has another method; the header Allow lists them",
    ),
];

/// Statuses that any request can have.
pub(crate) const ALWAYS: [u16; 8] = [400, 401, 403, 413, 421, 429, 500, 503];

/// Returns the name of a shared problem.
pub(crate) fn name(status: u16) -> String {
    format!("problem_{status}")
}

pub(crate) fn problems() -> Vec<(String, Response)> {
    let problem = |(status, about): &(u16, &str)| {
        let content = ContentBuilder::new().schema(Some(reference("problem")));
        let mut response = ResponseBuilder::new()
            .description(*about)
            .content("application/problem+json", content.build());
        if *status == 429 {
            let seconds = HeaderBuilder::new()
                .schema(Some(integer(1, 3600)))
                .description(Some("Seconds to wait"));
            response = response.header("Retry-After", seconds.build());
        }
        (name(*status), with_id(response).build())
    };
    PROBLEMS.iter().map(problem).collect()
}

/// An answer with a JSON value.
pub(crate) fn json(about: &str, schema: impl Into<RefOr<Schema>>) -> ResponseBuilder {
    media(about, "application/json", schema)
}

pub(crate) fn media(about: &str, media: &str, schema: impl Into<RefOr<Schema>>) -> ResponseBuilder {
    let content = ContentBuilder::new().schema(Some(schema)).build();
    with_id(
        ResponseBuilder::new()
            .description(about)
            .content(media, content),
    )
}

pub(crate) fn empty(about: &str) -> ResponseBuilder {
    with_id(ResponseBuilder::new().description(about))
}

pub(crate) fn with_header(response: ResponseBuilder, name: &str, about: &str) -> ResponseBuilder {
    let header = HeaderBuilder::new()
        .schema(Some(text()))
        .description(Some(about));
    response.header(name, header.build())
}

fn with_id(response: ResponseBuilder) -> ResponseBuilder {
    with_header(
        response,
        "X-Request-Id",
        "Name of the request in the server's log",
    )
}
