//! The crate as two surfaces. Each step travels as a program in another process would send it: as JSON in
//! `rust`, and in binary as well in `wire`.

use std::sync::Arc;

use notice::wire::{self, Call};
use notice::{Draft, Error, Language, ManualClock, Operation, Options, SharedBoard};
use serde_json::{Map, Value, json};

use crate::surface::{Answer, BoardOptions, Joined, Refusal, Surface, nothing};

/// The surface whose calls and answers are JSON.
pub const RUST: Joined = Joined {
    name: "rust",
    open: |url, now, options| open(url, now, options, through_json),
    lacks: nothing,
};

/// The surface whose calls and answers are bytes.
pub const WIRE: Joined = Joined {
    name: "wire",
    open: |url, now, options| open(url, now, options, through_bytes),
    lacks: nothing,
};

/// How an answer comes to be from a call.
type Travel = fn(&SharedBoard, &Call) -> Result<wire::Answer, Error>;

/// How the value of an answer comes to be from the name of a call and its arguments.
pub type Ask = Box<dyn Fn(&str, &Value) -> Answer>;

/// A surface that has every call of docs/json.md.
struct Calls {
    clock: Arc<ManualClock>,
    ask: Ask,
}

/// Makes a surface of something that answers every call of docs/json.md, such as a connection to a server.
pub fn surface_of(clock: Arc<ManualClock>, ask: Ask) -> Box<dyn Surface> {
    Box::new(Calls { clock, ask })
}

/// Returns the call of that name with these arguments.
///
/// # Errors
/// Those of reading it.
pub fn call_of(name: &str, args: &Value) -> Result<Call, Error> {
    let call = Value::Object(Map::from_iter([(name.to_owned(), args.clone())]));
    Call::from_json(call.to_string().as_bytes())
}

/// Opens the board that a case wants, with a clock to set.
pub fn open_board(url: &str, now: i64, options: BoardOptions) -> (SharedBoard, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new(now));
    let mut wanted = Options::new().clock(Arc::clone(&clock));
    if let Some((revisions, ms)) = options.keep_changes {
        wanted = wanted.keep_changes(revisions, ms);
    }
    if let Some(ms) = options.retention_ms {
        wanted = wanted.retention_ms(ms);
    }
    (wanted.open(url).unwrap(), clock)
}

fn open(url: &str, now: i64, options: BoardOptions, travel: Travel) -> Box<dyn Surface> {
    let (board, clock) = open_board(url, now, options);
    let ask = move |name: &str, args: &Value| {
        let call = call_of(name, args)?;
        Ok(travel(&board, &call)?.into_result()?.to_value())
    };
    surface_of(clock, Box::new(ask))
}

/// Sends a call as JSON, and gets its answer as JSON.
fn through_json(board: &SharedBoard, call: &Call) -> Result<wire::Answer, Error> {
    let sent = Call::from_json(call.to_json().to_string().as_bytes())?;
    let answer = wire::Answer::from(wire::answer(&**board, sent));
    wire::Answer::from_json(answer.to_json().to_string().as_bytes())
}

/// Sends a call in binary, and gets its answer in binary.
fn through_bytes(board: &SharedBoard, call: &Call) -> Result<wire::Answer, Error> {
    let sent = Call::from_bytes(&call.to_bytes()?)?;
    let answer = wire::Answer::from(wire::answer(&**board, sent));
    wire::Answer::from_bytes(&answer.to_bytes()?)
}

impl Calls {
    fn ask(&self, name: &str, args: &Value) -> Answer {
        (self.ask)(name, args)
    }
}

impl Surface for Calls {
    fn set_now(&self, now: i64) {
        self.clock.set(now);
    }

    fn publish(&self, draft: &Value) -> Answer {
        self.ask("publish", draft)
    }

    fn publish_json(&self, text: &str) -> Answer {
        let drafts = Draft::batch_from_json(text.as_bytes())?;
        let mut operations: Vec<Operation> = drafts
            .into_iter()
            .map(|draft| Operation::Publish(Arc::new(draft)))
            .collect();
        let text = text.trim_start_matches('\u{feff}').trim_start();
        match text.starts_with('[') {
            true => self.ask("apply", &Call::Apply(operations).to_value()),
            false => self.ask("publish", &Call::from(operations.remove(0)).to_value()),
        }
    }

    fn check(&self, text: &str) -> Answer {
        // What is not valid JSON is a finding, which a call in JSON could not carry.
        let checkup = match serde_json::from_str(text) {
            Ok(drafts) => self.ask("check", &drafts)?,
            // It is found where it is read, whatever the board.
            Err(_) => {
                let checkup = notice::open("mem:")?.check_json(text.as_bytes())?;
                wire::Answer::Checkup(checkup).to_value()
            }
        };
        Ok(checked(&checkup))
    }

    crate::asks! {
        apply update retract restore release purge query count get record history
        mark mark_all mark_all_read forget_user receipts changes own_marks wait
    }

    fn explain(&self, args: &Value) -> Answer {
        let mut explanation = self.ask("explain", args)?;
        let findings = explanation["findings"].as_array().unwrap();
        for finding in findings {
            assert!(finding["en"] != "" && finding["en"] != finding["zh"]);
        }
        let rules: Value = findings.iter().map(|f| f["rule"].clone()).collect();
        explanation["rules"] = rules;
        Ok(explanation)
    }

    fn stats(&self) -> Answer {
        self.ask("stats", &json!({}))
    }
}

/// What is compared of the findings about drafts.
pub fn checked(checkup: &Value) -> Value {
    let list = |name: &str| checkup[name].as_array().unwrap().iter();
    let faults = list("faults").map(|fault| {
        let error = &fault["error"];
        assert!(error["en"] != "" && error["en"] != error["zh"], "{fault}");
        let (kind, offset) = (&error["name"], &error["offset"]);
        let path = error["path"].as_str().unwrap_or_default();
        json!({"draft": fault["draft"], "kind": kind, "path": path, "offset": offset})
    });
    let lints = list("lints").map(|lint| {
        assert!(lint["en"] != "" && lint["en"] != lint["zh"], "{lint}");
        assert!(lint["remedy_en"] != "" && lint["remedy_en"] != lint["remedy_zh"]);
        json!({"draft": lint["draft"], "rule": lint["rule"], "path": lint["path"]})
    });
    let (faults, lints): (Value, Value) = (faults.collect(), lints.collect());
    json!({"faults": faults, "lints": lints, "more": checkup["more"]})
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self {
            kind: error.kind().name().to_owned(),
            path: error.path().map(str::to_owned),
            offset: error.offset().map(|offset| offset as u64),
            limit: error.limit(),
            messages: Box::new(
                [Language::En, Language::Zh].map(|language| error.message(language)),
            ),
        }
    }
}
