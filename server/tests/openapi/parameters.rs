//! Parameters of requests.

use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn, ParameterStyle};
use utoipa::openapi::{RefOr, Required, Schema};

use crate::schemas::{boolean, integer, list, object, reference, text};

fn parameter(
    place: ParameterIn,
    name: &str,
    schema: impl Into<RefOr<Schema>>,
    about: &str,
) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(Required::False)
        .schema(Some(schema))
        .description(Some(about))
        .build()
}

fn query(name: &str, schema: impl Into<RefOr<Schema>>, about: &str) -> Parameter {
    parameter(ParameterIn::Query, name, schema, about)
}

pub(crate) fn header(name: &str, schema: impl Into<RefOr<Schema>>, about: &str) -> Parameter {
    parameter(ParameterIn::Header, name, schema, about)
}

fn path(name: &str, schema: impl Into<RefOr<Schema>>, about: &str) -> Parameter {
    let mut path = parameter(ParameterIn::Path, name, schema, about);
    path.required = Required::True;
    path
}

pub(crate) fn id() -> Parameter {
    path("id", integer(1, (1 << 53) - 1), "The announcement")
}

pub(crate) fn user() -> Parameter {
    path(
        "user",
        text().min_length(Some(1)),
        "The user: 1 to 512 bytes",
    )
}

pub(crate) fn if_match() -> Parameter {
    let tag = text().pattern(Some("^(\"v(0|[1-9][0-9]{0,8})\"|\\*)$"));
    header(
        "If-Match",
        tag,
        "The ETag that the announcement must still have, such as \"v3\"",
    )
}

/// Who asks.
pub(crate) fn viewer() -> Vec<Parameter> {
    let names = text()
        .pattern(Some("^attr\\.[A-Za-z0-9_.:-]{1,64}$"))
        .build();
    let attributes = object()
        .property_names(Some(names))
        .additional_properties(Some(text()));
    let mut attributes = query(
        "attributes",
        attributes,
        "Attributes of the viewer, each as a parameter attr.NAME; repeated for several values",
    );
    attributes.style = Some(ParameterStyle::Form);
    attributes.explode = Some(true);
    vec![
        query(
            "user",
            text(),
            "The viewer's name, at most 512 bytes; empty is anonymous",
        ),
        query(
            "locale",
            list(text()),
            "Locales of the viewer, preferred first",
        ),
        query(
            "now",
            integer(0, notice::limits::TIME_MS),
            "The time to answer for, in Unix milliseconds; for editors",
        ),
        attributes,
    ]
}

/// Conditions on announcements.
pub(crate) fn filter() -> Vec<Parameter> {
    vec![
        query("channel", list(text()), "Any of these channels"),
        query("category", list(text()), "Any of these categories"),
        query("tag", list(text()), "Any of these tags"),
        query("key", list(text()), "Any of these keys"),
        query("q", text(), "Search text, at most 1024 bytes"),
        query(
            "phase",
            reference("phase"),
            "Any phase other than active and expired needs the editor's view",
        ),
        query(
            "severity_at_least",
            reference("severity"),
            "This severity or a higher one",
        ),
        query("pinned", boolean(), "Pinned, or not"),
        query("unread_only", boolean(), "Unread since it was last news"),
        query("pending_only", boolean(), "To be shown now"),
        query("unacknowledged_only", boolean(), "Still to be acknowledged"),
    ]
}

pub(crate) fn view() -> Parameter {
    query(
        "view",
        reference("view"),
        "editor sees every announcement, and needs the role editor or admin",
    )
}

/// A part of a list.
pub(crate) fn page() -> Vec<Parameter> {
    vec![
        query("limit", integer(1, 1000), "The most entries; 50 by default"),
        query("cursor", text(), "next_cursor of the page before"),
    ]
}

pub(crate) fn order() -> Vec<Parameter> {
    vec![
        query(
            "order",
            reference("order"),
            "The order of the items; relevance needs q",
        ),
        query(
            "counted",
            boolean(),
            "false leaves total and unread uncounted",
        ),
    ]
}

pub(crate) fn change() -> Parameter {
    query(
        "change",
        reference("change"),
        "Whether the change is news; the board decides without it",
    )
}

pub(crate) fn receipts() -> Vec<Parameter> {
    vec![
        query(
            "read_only",
            boolean(),
            "Only users who have read it since it was last news",
        ),
        query(
            "acknowledged_only",
            boolean(),
            "Only users who have acknowledged it since it was last news",
        ),
    ]
}

/// Where a follower is.
pub(crate) fn since() -> Vec<Parameter> {
    vec![
        query(
            "since",
            integer(0, (1 << 53) - 1),
            "The revision that the caller has",
        ),
        query(
            "epoch",
            text().pattern(Some("^[0-9a-f]{32}$")),
            "The board that the caller follows",
        ),
    ]
}

pub(crate) fn wait() -> Vec<Parameter> {
    vec![
        query(
            "limit",
            integer(1, 1000),
            "The most events; 1000 by default",
        ),
        query(
            "wait",
            integer(0, 60),
            "Seconds to wait for the first change",
        ),
    ]
}
