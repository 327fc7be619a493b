//! JSON-RPC lines through a whole server: the first byte is the client, the others are what it sends.

use notice::wire::parse;
use serde_json::{Map, Value};

use crate::daemon::{Client, Manner, visit};

/// Every request has its answer, which is JSON-RPC, and nothing else is answered; the connection ends; nobody learns
/// what is not for them; and the board gains only what was acknowledged.
pub fn lines(data: &[u8]) {
    let Some((first, sent)) = data.split_first() else {
        return;
    };
    if !matches!(sent.first(), Some(b'{' | b'[')) {
        return;
    }
    let client = Client::of(*first);
    let closes = matches!(client.manner, Manner::Plain | Manner::Dripping);
    let talk = async |connection: crate::daemon::Connection| connection.say(sent, closes).await;
    visit(client, sent, talk, |heard, gained| {
        // The last answer to a client that takes none may be cut off, and what comes behind it is not read.
        if client.manner != Manner::Deaf {
            let requests = requests(sent, closes);
            let answers = answers(heard);
            are_answered(&requests, &answers);
            let is_done = |answer: &&Value| answer.get("result").is_some();
            let done = answers.iter().flat_map(each).filter(is_done).count();
            let silent = requests
                .iter()
                .flat_map(|line| &line.ids)
                .filter(|id| id.is_none())
                .count();
            let gives_up = requests.iter().any(|line| line.waits);
            assert!(
                gives_up || gained <= (done + silent) as u64,
                "{gained} revisions, {done} acknowledged, {silent} notifications"
            );
        }
    });
}

/// What a line asks for.
struct Asked {
    is_batch: bool,
    /// The id of each request; None for a notification.
    ids: Vec<Option<Value>>,
    /// Whether it may wait until the client has left, and then has no answer.
    waits: bool,
}

/// Returns what is asked by the lines that are read. The last one needs no end if the client says that nothing
/// follows.
fn requests(sent: &[u8], closes: bool) -> Vec<Asked> {
    let mut lines: Vec<&[u8]> = sent.split(|byte| *byte == b'\n').collect();
    if !closes {
        lines.pop();
    }
    let lines = lines.into_iter().map(<[u8]>::trim_ascii);
    lines.filter(|line| !line.is_empty()).map(asked).collect()
}

fn asked(line: &[u8]) -> Asked {
    let (is_batch, requests) = match parse(line) {
        Ok(Value::Array(requests)) if (1..=100).contains(&requests.len()) => (true, requests),
        Ok(Value::Array(_)) | Err(_) => (false, vec![Value::Null]),
        Ok(one) => (false, vec![one]),
    };
    let waits = |request: &Value| {
        let method = request.get("method").and_then(Value::as_str);
        method.is_some_and(|method| ["wait", "own_marks"].contains(&method))
    };
    Asked {
        is_batch,
        waits: requests.iter().any(waits),
        ids: requests.iter().map(id).collect(),
    }
}

/// Returns the id by which a request is answered; None for a notification.
fn id(request: &Value) -> Option<Value> {
    let Value::Object(members) = request else {
        return Some(Value::Null);
    };
    let id = members.get("id");
    match is_request(members) {
        true => id.cloned(),
        false => Some(
            id.filter(|id| id.is_string() || id.is_number())
                .cloned()
                .unwrap_or_default(),
        ),
    }
}

/// Whether it is a request as JSON-RPC 2.0 has them.
fn is_request(members: &Map<String, Value>) -> bool {
    let is_good = |(name, value): (&String, &Value)| match name.as_str() {
        "jsonrpc" => *value == "2.0",
        "id" => value.is_string() || value.is_number() || value.is_null(),
        "method" => value.is_string(),
        "params" => value.is_object() || value.is_array(),
        _ => false,
    };
    members.contains_key("jsonrpc") && members.contains_key("method") && members.iter().all(is_good)
}

/// Returns the answers, a line each.
fn answers(heard: &[u8]) -> Vec<Value> {
    assert!(
        heard.last().is_none_or(|byte| *byte == b'\n'),
        "the last line has no end"
    );
    let lines = heard
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty());
    let answers: Vec<Value> = lines
        .map(|line| serde_json::from_slice(line).expect("a line is JSON"))
        .collect();
    answers.iter().flat_map(each).for_each(is_answer);
    answers
}

fn each(line: &Value) -> &[Value] {
    match line {
        Value::Array(answers) => answers,
        one => std::slice::from_ref(one),
    }
}

fn is_answer(answer: &Value) {
    let members = answer.as_object().expect("an answer is an object");
    let names: Vec<&str> = members.keys().map(String::as_str).collect();
    assert_eq!(answer["jsonrpc"], "2.0");
    match names.as_slice() {
        ["jsonrpc", "id", "result"] => {}
        ["jsonrpc", "id", "error"] => {
            let error = &answer["error"];
            assert!(
                error["code"].is_i64() && error["message"].is_string(),
                "{answer}"
            );
            let data = &error["data"];
            for (member, is_there) in [
                ("code", data["code"].is_u64()),
                ("name", data["name"].is_string()),
                ("en", data["en"] != ""),
                ("zh", data["zh"] != ""),
            ] {
                assert!(is_there, "{member} of {answer}");
            }
        }
        _ => panic!("{answer}"),
    }
}

/// Compares without order: whatever is ready is sent.
fn are_answered(requests: &[Asked], answers: &[Value]) {
    let mut open: Vec<String> = answers
        .iter()
        .map(|line| {
            let ids = each(line).iter().map(|answer| &answer["id"]);
            name(line.is_array(), ids)
        })
        .collect();
    for request in requests {
        let due: Vec<&Value> = request.ids.iter().flatten().collect();
        if due.is_empty() {
            continue;
        }
        let due = name(request.is_batch, due.into_iter());
        match open.iter().position(|answer| *answer == due) {
            Some(place) => drop(open.swap_remove(place)),
            None => assert!(request.waits, "no answer to {due}"),
        }
    }
    assert!(open.is_empty(), "answers to nothing: {open:?}");
}

fn name<'a>(is_batch: bool, ids: impl Iterator<Item = &'a Value>) -> String {
    let ids: Vec<String> = ids.map(Value::to_string).collect();
    format!("{is_batch} {}", ids.join(" "))
}
