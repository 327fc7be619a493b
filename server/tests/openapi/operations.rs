//! The routes.

use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::path::{HttpMethod, Operation, OperationBuilder, Parameter};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{Ref, RefOr, Required, Schema};

use crate::answers::{ALWAYS, BEARER, empty, json, media, name, with_header};
use crate::parameters as take;
use crate::schemas::{anything, arguments, either, list, reference, text};

pub(crate) const TAGS: [(&str, &str); 6] = [
    ("read", "What a viewer should see"),
    ("write", "For editors"),
    ("users", "What viewers did"),
    ("follow", "Changes as they happen"),
    ("board", "Figures about the board"),
    ("server", "The server itself"),
];

/// A route with one method.
pub(crate) struct Route {
    pub(crate) method: HttpMethod,
    pub(crate) path: &'static str,
    operation: OperationBuilder,
    problems: Vec<u16>,
}

impl From<Route> for Operation {
    fn from(route: Route) -> Self {
        let mut operation = route.operation;
        for status in ALWAYS.into_iter().chain(route.problems) {
            let problem = Ref::from_response_name(name(status));
            operation = operation.response(status.to_string(), problem);
        }
        operation.build()
    }
}

/// Begins a route: `GET /v1/active`, tag, operation id, and what it does.
fn route(line: &'static str, tag: &str, id: &str, about: &str) -> Route {
    let (method, path) = line.split_once(' ').unwrap();
    let method = match method {
        "GET" => HttpMethod::Get,
        "POST" => HttpMethod::Post,
        "PUT" => HttpMethod::Put,
        "PATCH" => HttpMethod::Patch,
        _ => HttpMethod::Delete,
    };
    let operation = OperationBuilder::new()
        .tag(tag)
        .operation_id(Some(id))
        .summary(Some(
            about
                .split_once(['.', ';', ':'])
                .map_or(about, |(first, _)| first),
        ))
        .description(Some(about));
    Route {
        method,
        path,
        operation,
        problems: Vec::new(),
    }
}

impl Route {
    fn take(mut self, parameters: impl IntoIterator<Item = Parameter>) -> Self {
        for parameter in parameters {
            self.operation = self.operation.parameter(parameter);
        }
        self
    }

    fn body(mut self, body: RequestBody) -> Self {
        self.operation = self.operation.request_body(Some(body));
        self
    }

    fn answer(mut self, status: &str, response: ResponseBuilder) -> Self {
        self.operation = self.operation.response(status, response);
        self
    }

    /// Answers with a value of docs/json.md.
    fn gives(self, about: &str, schema: &str) -> Self {
        self.answer("200", json(about, reference(schema)))
    }

    fn fails(mut self, statuses: &[u16]) -> Self {
        self.problems.extend(statuses);
        self
    }

    /// Anybody may ask, and sees more with a token.
    fn open(mut self) -> Self {
        let none = SecurityRequirement::default();
        let token = SecurityRequirement::new(BEARER, [""; 0]);
        self.operation = self.operation.security(none).security(token);
        self
    }

    /// Needs a token, unless the connection itself says who the client is.
    fn guarded(mut self) -> Self {
        let token = SecurityRequirement::new(BEARER, [""; 0]);
        self.operation = self.operation.security(token);
        self
    }
}

fn body(schema: impl Into<RefOr<Schema>>, about: &str, required: Required) -> RequestBody {
    let content = ContentBuilder::new().schema(Some(schema)).build();
    RequestBodyBuilder::new()
        .content("application/json", content)
        .description(Some(about))
        .required(Some(required))
        .build()
}

fn tagged(response: ResponseBuilder) -> ResponseBuilder {
    with_header(
        response,
        "ETag",
        "Version of the announcement, such as \"v3\"",
    )
}

fn published() -> ResponseBuilder {
    tagged(json("What happened", reference("published")))
}

/// Returns all routes.
pub(crate) fn all() -> Vec<Route> {
    let parts = [
        reading(),
        writing(),
        users(),
        following(),
        board(),
        server(),
    ];
    parts.into_iter().flatten().collect()
}

fn reading() -> Vec<Route> {
    vec![
        route("GET /v1/active", "read", "active", "Returns a page of what a viewer should see. The parameters say who asks, what for, and in which order.")
            .take(take::viewer())
            .take(take::filter())
            .take(take::page())
            .take(take::order())
            .take([take::view()])
            .gives("A page", "page")
            .open(),
        route("POST /v1/query", "read", "query", "Returns a page of announcements. The body has all conditions that there are.")
            .body(body(arguments("query", &[]), "What is asked", Required::False))
            .gives("A page", "page")
            .open(),
        route("POST /v1/count", "read", "count", "Counts announcements.")
            .body(body(arguments("count", &[]), "What is asked", Required::False))
            .gives("The counts", "count")
            .open(),
        route("GET /v1/announcements/{id}", "read", "get", "Returns one announcement: as the viewer sees it, or whole in the editor's view.")
            .take([take::id(), take::view()])
            .take(take::viewer())
            .answer("200", tagged(json("The announcement", either([reference("item"), reference("record")]))))
            .fails(&[404])
            .open(),
        route("GET /v1/announcements/{id}/explain", "read", "explain", "Explains which rules hide an announcement from a viewer.")
            .take([take::id(), take::view()])
            .take(take::viewer())
            .gives("The rules", "explanation")
            .fails(&[404])
            .open(),
        route("GET /v1/list.json", "read", "list", "Returns everything that the public may read: whole records for mirrors and caches, the same for every role.")
            .take([take::header("If-None-Match", text(), "Entity tags of lists that the client has")])
            .answer("200", listed(json("The list", reference("public_list"))))
            .answer("304", listed(empty("The client has the list")))
            .fails(&[507])
            .open(),
    ]
}

fn listed(response: ResponseBuilder) -> ResponseBuilder {
    let response = with_header(response, "ETag", "Epoch and revision of the list");
    with_header(
        response,
        "Cache-Control",
        "public, and how long a cache may keep it",
    )
}

fn writing() -> Vec<Route> {
    let drafts = || either([reference("draft"), list(reference("draft")).into()]);
    let result = || either([reference("published"), list(reference("published")).into()]);
    let versioned = |line, id, about, name| {
        route(line, "write", id, about)
            .take([take::id(), take::if_match()])
            .body(body(
                arguments(name, &["id"]),
                "May be empty",
                Required::False,
            ))
            .answer("200", published())
            .fails(&[404, 409, 412, 501, 507])
            .guarded()
    };
    vec![
        route(
            "POST /v1/announcements",
            "write",
            "publish",
            "Publishes a draft, or a list of at most 10 000 drafts as one revision: all or none.",
        )
        .take([take::header(
            "Idempotency-Key",
            text(),
            "Names the request of one draft, so that it can be repeated; at most 128 bytes",
        )])
        .body(body(
            drafts(),
            "A draft, or a list of drafts",
            Required::True,
        ))
        .answer(
            "200",
            tagged(json(
                "What happened: an update, a repeated request, or a list",
                result(),
            )),
        )
        .answer(
            "201",
            with_header(published(), "Location", "Where the new announcement is"),
        )
        .fails(&[404, 409, 412, 501, 507])
        .guarded(),
        route(
            "PUT /v1/announcements/{id}",
            "write",
            "replace",
            "Replaces an announcement by a draft: what it does not state is at its default again.",
        )
        .take([take::id(), take::if_match()])
        .body(body(reference("draft"), "The draft", Required::True))
        .answer("200", published())
        .fails(&[404, 409, 412, 501, 507])
        .guarded(),
        route(
            "PATCH /v1/announcements/{id}",
            "write",
            "update",
            "Changes members of an announcement.",
        )
        .take([take::id(), take::if_match(), take::change()])
        .body(body(
            reference("patch"),
            "The members to change",
            Required::False,
        ))
        .answer("200", published())
        .fails(&[404, 409, 412, 501, 507])
        .guarded(),
        route(
            "DELETE /v1/announcements/{id}",
            "write",
            "purge",
            "Erases an announcement: its texts and what viewers did with it.",
        )
        .take([take::id()])
        .answer("200", published())
        .fails(&[404, 501])
        .guarded(),
        versioned(
            "POST /v1/announcements/{id}/retract",
            "retract",
            "Takes an announcement back: it is hidden from every viewer at once.",
            "retract",
        ),
        versioned(
            "POST /v1/announcements/{id}/restore",
            "restore",
            "Publishes a retracted announcement again, as news.",
            "restore",
        ),
        versioned(
            "POST /v1/announcements/{id}/release",
            "release",
            "Publishes a draft.",
            "release",
        ),
        route(
            "POST /v1/check",
            "write",
            "check",
            "Checks drafts without publishing them. What cannot be read of a draft is a finding.",
        )
        .body(body(
            anything().description(Some("A draft, or a list of at most 10 000")),
            "What to check",
            Required::False,
        ))
        .gives(
            "What publishing would refuse, and what an operator would regret",
            "checkup",
        )
        .fails(&[501])
        .guarded(),
        route(
            "GET /v1/announcements/{id}/history",
            "write",
            "history",
            "Returns the former versions of an announcement that were news, the oldest first.",
        )
        .take([take::id()])
        .answer("200", json("The versions", list(reference("record"))))
        .fails(&[404, 501])
        .guarded(),
        route(
            "GET /v1/announcements/{id}/receipts",
            "write",
            "receipts",
            "Returns who has seen, read, dismissed and acknowledged an announcement.",
        )
        .take([take::id()])
        .take(take::receipts())
        .take(take::page())
        .gives("A page of receipts", "receipt_page")
        .fails(&[404, 501])
        .guarded(),
    ]
}

fn users() -> Vec<Route> {
    let marks = either([
        arguments("mark", &[]).into(),
        arguments("mark_all", &[]).into(),
    ]);
    vec![
        route("POST /v1/users/{user}/marks", "users", "mark", "Remembers what a user does: with the announcements of ids, or without ids with everything that the user sees.")
            .take([take::user()])
            .body(body(marks, "The announcements and the mark", Required::True))
            .answer("200", json("How many were marked, or the revision up to which", either([reference("marked"), reference("revision_reached")])))
            .fails(&[404, 409, 501, 507])
            .guarded(),
        route("DELETE /v1/users/{user}", "users", "forget_user", "Erases all that is kept of a user.")
            .take([take::user()])
            .gives("Whether there was anything", "forgotten")
            .fails(&[501])
            .guarded(),
    ]
}

fn following() -> Vec<Route> {
    vec![
        route("GET /v1/changes", "follow", "changes", "Returns what has changed since a revision. If nothing has, it waits for the first change.")
            .take(take::since())
            .take(take::wait())
            .take([take::view()])
            .take(take::viewer())
            .take(take::filter())
            .gives("A page of changes", "change_page")
            .fails(&[409, 410])
            .open(),
        route("GET /v1/events", "follow", "events", "Sends changes as they happen, without an end. For Accept: application/x-ndjson they are lines of JSON.")
            .take([take::header("Last-Event-ID", text(), "Id of the event behind which to go on")])
            .take(take::since())
            .take([take::view()])
            .take(take::viewer())
            .take(take::filter())
            .answer("200", stream())
            .fails(&[409, 410])
            .open(),
    ]
}

fn stream() -> ResponseBuilder {
    let lines = ContentBuilder::new().schema(Some(text())).build();
    media(
        "A stream of server-sent events",
        "text/event-stream",
        text(),
    )
    .content("application/x-ndjson", lines)
}

fn board() -> Vec<Route> {
    vec![
        route(
            "GET /v1/stats",
            "board",
            "stats",
            "Returns figures about the board.",
        )
        .gives("The figures", "stats")
        .fails(&[501])
        .guarded(),
        route(
            "GET /v1/export",
            "board",
            "export",
            "Returns the whole board as it is at one moment, for the role admin: JSON Lines that `notice import` reads.",
        )
        .answer("200", media("An export", "application/x-ndjson", text()))
        .fails(&[501])
        .guarded(),
        route(
            "GET /v1/head",
            "board",
            "head",
            "Returns how far the board has come.",
        )
        .gives("Epoch and revision", "head")
        .open(),
    ]
}

fn server() -> Vec<Route> {
    vec![
        route("POST /rpc", "server", "rpc", "Takes a request or a batch of JSON-RPC 2.0. Whatever is wrong with it is told in its answer.")
            .body(body(anything().description(Some("A request, or a list of 1 to 100")), "At most 1 MiB", Required::False))
            .answer("200", json("The answer, or one for each request", anything().description(Some("An answer of JSON-RPC 2.0, or a list"))))
            .answer("204", empty("There were only notifications"))
            .open(),
        route("GET /healthz", "server", "healthz", "Says that the server runs.")
            .gives("It does", "health")
            .open(),
        route("GET /readyz", "server", "readyz", "Says whether the server answers calls.")
            .gives("It does", "health")
            .open(),
        route("GET /metrics", "server", "metrics", "Returns figures for Prometheus, for the roles service, editor and admin.")
            .answer("200", media("Text format 0.0.4", "text/plain", text()))
            .guarded(),
        route("GET /openapi.json", "server", "openapi", "Returns this document.")
            .answer("200", json("An OpenAPI 3.1 document", anything().description(Some("The document"))))
            .open(),
    ]
}
