//! JSON-RPC 2.0: requests, batches and their answers, as values. The methods are the calls of docs/json.md.

use std::fmt;
use std::sync::LazyLock;

use notice::wire::{self, Answer, Call};
use notice::{Error, Result};
use serde_json::{Map, Value, json};

use crate::account::Account;
use crate::fault::invalid;
use crate::limits::BATCH;
use crate::metrics::{Code, Kind, Protocol, waits};
use crate::session::Session;

/// Codes of JSON-RPC itself. Codes of errors of the board are those of docs/json.md, all greater than 0.
const PARSE_ERROR: i32 = -32700;
const INVALID_REQUEST: i32 = -32600;
const METHOD_NOT_FOUND: i32 = -32601;

/// The method that presents a token, in front of the calls.
const HELLO: &str = "hello";

/// What a client sent: a request, or several that are answered together.
pub(crate) enum Incoming {
    One(Request),
    Batch(Vec<Request>),
}

/// A request that was read, or the reason why it could not be.
pub(crate) struct Request {
    /// None for a notification, which has no answer.
    id: Option<Value>,
    wanted: std::result::Result<Wanted, Refusal>,
}

/// What a request wants.
enum Wanted {
    Hello(Value),
    Call(Box<Call>),
}

/// Why a request is refused.
struct Refusal {
    /// None for the code of the error.
    code: Option<i32>,
    error: Error,
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self { code: None, error }
    }
}

/// Reads a request or a batch. Whatever is wrong with it becomes its answer.
pub(crate) fn read(json: &[u8]) -> Incoming {
    match wire::parse(json) {
        Ok(Value::Array(requests)) if requests.is_empty() || requests.len() > BATCH => {
            let en = format!("a batch has 1 to {BATCH} requests");
            let zh = format!("每批包含 1 到 {BATCH} 个请求");
            let count = requests.len().to_string();
            Incoming::One(refused(INVALID_REQUEST, invalid("batch", &count, en, zh)))
        }
        Ok(Value::Array(requests)) => Incoming::Batch(requests.iter().map(request).collect()),
        Ok(one) => Incoming::One(request(&one)),
        Err(error) => Incoming::One(refused(PARSE_ERROR, error)),
    }
}

/// Returns the answer to something that is not even read.
pub(crate) fn unread(error: Error) -> Value {
    let refusal = Refusal {
        code: Some(INVALID_REQUEST),
        error,
    };
    failure(&Value::Null, &refusal)
}

/// Returns the answer to a connection on which no request is read.
pub(crate) fn refused_connection(error: Error) -> Value {
    failure(&Value::Null, &Refusal::from(error))
}

impl Incoming {
    /// Returns whether it can be answered at once, without another task.
    pub(crate) fn is_quick(&self) -> bool {
        match self {
            Self::One(request) => match &request.wanted {
                Ok(Wanted::Call(call)) => crate::desk::is_quick(call),
                // A hello changes who asks what comes behind it.
                Ok(Wanted::Hello(_)) | Err(_) => true,
            },
            Self::Batch(_) => false,
        }
    }

    /// Returns whether it may wait as long as the client says.
    pub(crate) fn waits(&self) -> bool {
        let is_wait = |request: &Request| match &request.wanted {
            Ok(Wanted::Call(call)) => waits(call),
            _ => false,
        };
        match self {
            Self::One(request) => is_wait(request),
            Self::Batch(requests) => requests.iter().any(is_wait),
        }
    }

    /// Executes it; None if nothing is to be answered. The requests of a batch are executed in order.
    pub(crate) async fn answer(self, session: &Session) -> Option<Value> {
        match self {
            Self::One(request) => request.answer(session).await,
            Self::Batch(requests) => {
                let mut answers = Vec::new();
                for request in requests {
                    answers.extend(request.answer(session).await);
                }
                (!answers.is_empty()).then_some(Value::Array(answers))
            }
        }
    }
}

impl Request {
    async fn answer(self, session: &Session) -> Option<Value> {
        let (kind, waits) = match &self.wanted {
            Ok(Wanted::Hello(_)) => (Kind::HELLO, false),
            Ok(Wanted::Call(call)) => (Kind::of(call), waits(call)),
            Err(_) => (Kind::UNKNOWN, false),
        };
        let account = Account::new(Protocol::JsonRpc, kind, waits);
        let result = match self.wanted {
            Ok(wanted) => wanted.answer(session).await.map_err(Refusal::from),
            Err(refusal) => Err(refusal),
        };
        let code = Code(result.as_ref().err().map(|refusal| refusal.error.kind()));
        let (desk, client) = (&session.desk, &session.client);
        let shown = Shown(self.id.as_ref());
        account.close(&desk.metrics, client, &shown, session.role(), code);
        let id = self.id?;
        Some(match result {
            Ok(result) => json!({"jsonrpc": "2.0", "id": id, "result": result}),
            Err(refusal) => failure(&id, &refusal),
        })
    }
}

/// The id of a request in the log, where a long one is cut.
struct Shown<'a>(Option<&'a Value>);

/// Longest id in the log, in characters.
const SHOWN: usize = 64;

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(Value::String(id)) => id
                .chars()
                .filter(|one| !one.is_control())
                .take(SHOWN)
                .collect::<String>()
                .fmt(f),
            Some(id) => id.fmt(f),
            None => f.write_str("-"),
        }
    }
}

impl Wanted {
    async fn answer(self, session: &Session) -> Result<Value> {
        match self {
            Self::Hello(params) => {
                match params.get("token") {
                    None | Some(Value::Null) => {}
                    Some(Value::String(token)) => session.present(token)?,
                    Some(_) => return Err(invalid("token", "", "must be a text", "必须是文本")),
                }
                let role = session.board()?.principal().role().name();
                Ok(json!({
                    "server": concat!("libnotice/", env!("CARGO_PKG_VERSION")),
                    "role": role,
                }))
            }
            Self::Call(call) => {
                let board = session.board_for_call()?;
                let answer = session.desk.call(&board, *call).await?;
                Ok(answer.to_value())
            }
        }
    }
}

/// Reads one request.
fn request(value: &Value) -> Request {
    let Value::Object(members) = value else {
        let (en, zh) = ("a request must be an object", "请求必须是对象");
        return refused(INVALID_REQUEST, invalid("request", "", en, zh));
    };
    let id = members.get("id").cloned();
    if let Err(error) = check(members) {
        // Who cannot write a request may not mean a notification either.
        let id = id.filter(|id| id.is_string() || id.is_number());
        let mut request = refused(INVALID_REQUEST, error);
        request.id = id.or(request.id);
        return request;
    }
    let method = members.get("method").and_then(Value::as_str);
    let (method, empty) = (method.unwrap_or_default(), json!({}));
    let params = members.get("params").unwrap_or(&empty);
    let wanted = match method {
        HELLO => Ok(Wanted::Hello(params.clone())),
        _ if !CALLS.contains(&method) => Err(Refusal {
            code: Some(METHOD_NOT_FOUND),
            error: unknown(method),
        }),
        _ => Call::from_value(method, params)
            .map(|call| Wanted::Call(Box::new(call)))
            .map_err(Refusal::from),
    };
    Request { id, wanted }
}

/// Checks the members of a request other than its arguments.
fn check(members: &Map<String, Value>) -> Result<()> {
    for (name, value) in members {
        match (name.as_str(), value) {
            ("jsonrpc", Value::String(version)) if version == "2.0" => {}
            ("jsonrpc", value) => {
                let (en, zh) = ("must be \"2.0\"", "必须是 \"2.0\"");
                return Err(invalid(name, &value.to_string(), en, zh));
            }
            ("id", Value::String(_) | Value::Number(_) | Value::Null) => {}
            ("id", value) => {
                let (en, zh) = ("must be a text or a number", "必须是文本或数字");
                return Err(invalid(name, &value.to_string(), en, zh));
            }
            ("method", Value::String(_)) | ("params", Value::Object(_) | Value::Array(_)) => {}
            ("method", value) => {
                let (en, zh) = ("must be the name of a call", "必须是调用的名称");
                return Err(invalid(name, &value.to_string(), en, zh));
            }
            ("params", value) => {
                let (en, zh) = ("must be an object", "必须是对象");
                return Err(invalid(name, &value.to_string(), en, zh));
            }
            _ => {
                let (en, zh) = (
                    "unknown member; use jsonrpc, id, method and params",
                    "未知成员；请使用 jsonrpc、id、method 和 params",
                );
                return Err(invalid(name, "", en, zh));
            }
        }
    }
    for name in ["jsonrpc", "method"] {
        if !members.contains_key(name) {
            return Err(invalid(name, "", "is missing", "缺失"));
        }
    }
    Ok(())
}

/// Names of the calls.
static CALLS: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| Call::list().iter().map(|(_, table)| table.name).collect());

fn unknown(method: &str) -> Error {
    let names = CALLS.join(" ");
    let en = format!("unknown method; use one of {HELLO} {names}");
    let zh = format!("未知的方法；请使用以下之一：{HELLO} {names}");
    invalid("method", method, en, zh)
}

fn refused(code: i32, error: Error) -> Request {
    let refusal = Refusal {
        code: Some(code),
        error,
    };
    Request {
        // An answer to something without a readable id has null.
        id: Some(Value::Null),
        wanted: Err(refusal),
    }
}

/// Returns the answer to a refused request. Its `data` is an error of docs/json.md.
fn failure(id: &Value, refusal: &Refusal) -> Value {
    let error = &refusal.error;
    let code = refusal.code.unwrap_or(error.kind() as i32);
    let message = error.message(notice::Language::En);
    let data = Answer::Error(error.clone()).to_value();
    json!({
        "jsonrpc": "2.0",
        "id": id,
        "error": {"code": code, "message": message, "data": data},
    })
}
