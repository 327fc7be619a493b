//! The Rust API as a surface.

mod answer;
mod request;

use std::sync::Arc;
use std::time::Duration;

use notice::{
    ChangeQuery, Draft, Error, Language, ManualClock, Mark, Options, Query, ReceiptQuery,
    SharedBoard,
};
use serde_json::{Value, json};

use crate::surface::{Answer, BoardOptions, Joined, Refusal, Surface, nothing};
use answer::{counted, item, published};
use request::{id, integers, number, operation, query, text, viewer};

struct Rust {
    board: SharedBoard,
    clock: Arc<ManualClock>,
}

/// The surface.
pub const RUST: Joined = Joined {
    name: "rust",
    open,
    lacks: nothing,
};

fn open(url: &str, now: i64, options: BoardOptions) -> Box<dyn Surface> {
    let clock = Arc::new(ManualClock::new(now));
    let mut wanted = Options::new().clock(Arc::clone(&clock));
    if let Some((revisions, ms)) = options.keep_changes {
        wanted = wanted.keep_changes(revisions, ms);
    }
    if let Some(ms) = options.retention_ms {
        wanted = wanted.retention_ms(ms);
    }
    Box::new(Rust {
        board: wanted.open(url).unwrap(),
        clock,
    })
}

impl Surface for Rust {
    fn set_now(&self, now: i64) {
        self.clock.set(now);
    }

    fn publish(&self, draft: &Value) -> Answer {
        Ok(published(self.board.publish(&Draft::from_value(draft)?)?))
    }

    fn publish_json(&self, text: &str) -> Answer {
        let drafts = Draft::batch_from_json(text.as_bytes())?;
        if !text.trim_start().starts_with('[') {
            return Ok(published(self.board.publish(&drafts[0])?));
        }
        Ok(self
            .board
            .publish_all(&drafts)?
            .into_iter()
            .map(published)
            .collect())
    }

    fn apply(&self, operations: &Value) -> Answer {
        let list = operations.as_array().unwrap();
        let read = |(n, value): (usize, &Value)| {
            let (name, args) = value.as_object().unwrap().iter().next().unwrap();
            operation(name, args).map_err(|error| error.within(&format!("[{n}]")))
        };
        let operations = list
            .iter()
            .enumerate()
            .map(read)
            .collect::<Result<Vec<_>, _>>()?;
        Ok(self
            .board
            .apply(&operations)?
            .into_iter()
            .map(published)
            .collect())
    }

    fn update(&self, args: &Value) -> Answer {
        Ok(published(self.board.apply_one(operation("update", args)?)?))
    }

    fn retract(&self, args: &Value) -> Answer {
        Ok(published(
            self.board.apply_one(operation("retract", args)?)?,
        ))
    }

    fn restore(&self, args: &Value) -> Answer {
        Ok(published(
            self.board.apply_one(operation("restore", args)?)?,
        ))
    }

    fn purge(&self, args: &Value) -> Answer {
        Ok(published(self.board.apply_one(operation("purge", args)?)?))
    }

    fn query(&self, args: &Value) -> Answer {
        let page = self.board.query(&query(args)?)?;
        let mut answer = counted(&page.count);
        answer["items"] = page.items.iter().map(item).collect();
        answer["next_cursor"] = json!(page.next_cursor);
        Ok(answer)
    }

    fn count(&self, args: &Value) -> Answer {
        Ok(counted(&self.board.count(&query(args)?)?))
    }

    fn get(&self, args: &Value) -> Answer {
        Ok(item(&self.board.get(id(args), &query(args)?)?))
    }

    fn record(&self, args: &Value) -> Answer {
        Ok(self
            .board
            .get(id(args), &Query::editor())?
            .announcement
            .to_json())
    }

    fn mark(&self, args: &Value) -> Answer {
        let mark = Mark::from_name(text(&args["mark"]).as_str())?;
        self.board
            .mark(&viewer(&args["viewer"])?, &integers(&args["ids"]), mark)?;
        Ok(Value::Null)
    }

    fn mark_all_read(&self, args: &Value) -> Answer {
        let revision = self
            .board
            .mark_all_read(&query(args)?, args["up_to"].as_i64())?;
        Ok(json!({ "revision": revision }))
    }

    fn forget_user(&self, args: &Value) -> Answer {
        Ok(json!({ "forgotten": self.board.forget_user(&text(&args["user"]))? }))
    }

    fn receipts(&self, args: &Value) -> Answer {
        let mut query = ReceiptQuery::new(id(args));
        query.read_only = args["read_only"] == true;
        query.acknowledged_only = args["acknowledged_only"] == true;
        query.limit = number(&args["limit"]).unwrap_or(notice::DEFAULT_LIMIT);
        query.cursor = args["cursor"].as_str().map(str::to_owned);
        let page = self.board.receipts(&query)?;
        let receipt = |r: &notice::UserReceipt| {
            json!({
                "user": r.user,
                "seen_count": r.receipt.seen_count(),
                "first_seen_at": r.receipt.first_seen_at().unwrap_or(0),
                "last_seen_at": r.receipt.last_seen_at().unwrap_or(0),
                "read_version": r.receipt.read_version().unwrap_or(0),
                "read_at": r.receipt.read_at().unwrap_or(0),
                "dismissed_version": r.receipt.dismissed_version().unwrap_or(0),
                "dismissed_at": r.receipt.dismissed_at().unwrap_or(0),
                "acknowledged_version": r.receipt.acknowledged_version().unwrap_or(0),
                "acknowledged_at": r.receipt.acknowledged_at().unwrap_or(0),
                "is_read": r.is_read,
                "by_read_all": r.by_read_all,
                "is_acknowledged": r.is_acknowledged,
            })
        };
        Ok(json!({
            "receipts": page.receipts.iter().map(receipt).collect::<Value>(),
            "read": page.read,
            "acknowledged": page.acknowledged,
            "next_cursor": page.next_cursor,
        }))
    }

    fn changes(&self, args: &Value) -> Answer {
        let query = query(args)?.limit(notice::DEFAULT_LIMIT);
        let mut changes = ChangeQuery::since(args["since"].as_i64().unwrap_or(0), query);
        changes.epoch = args["epoch"]
            .as_str()
            .map(|e| u128::from_str_radix(e, 16).unwrap());
        changes.limit = number(&args["limit"]).unwrap_or(changes.limit);
        let page = self.board.changes(&changes)?;
        let event = |event: &notice::ChangeEvent| {
            json!({
                "revision": event.revision,
                "id": event.id,
                "kind": event.kind.name(),
                "item": event.item.as_ref().map(item),
                "reason": event.reason,
            })
        };
        Ok(json!({
            "events": page.events.iter().map(event).collect::<Value>(),
            "to_revision": page.to_revision,
            "head": page.head,
            "more": page.more,
            "epoch": format!("{:032x}", page.epoch),
            "next_change_at": page.next_change_at.unwrap_or(0),
        }))
    }

    fn wait(&self, args: &Value) -> Answer {
        let timeout = Duration::from_millis(args["timeout_ms"].as_u64().unwrap_or(0));
        let revision = self
            .board
            .wait(args["since"].as_i64().unwrap_or(0), timeout)?;
        Ok(json!({ "revision": revision }))
    }

    fn explain(&self, args: &Value) -> Answer {
        let explanation = self.board.explain(id(args), &query(args)?)?;
        let rules: Value = explanation.findings.iter().map(|f| f.rule.name()).collect();
        for finding in &explanation.findings {
            assert!(!finding.words.en.is_empty() && finding.words.en != finding.words.zh);
        }
        Ok(json!({
            "id": explanation.id,
            "visible": explanation.visible,
            "pending": explanation.pending,
            "rules": rules,
        }))
    }

    fn stats(&self) -> Answer {
        Ok(self.board.stats()?.to_json())
    }
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
