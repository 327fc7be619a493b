//! The Rust API as a surface.

use std::sync::Arc;
use std::time::Duration;

use notice::{
    Change, Changes, Draft, Error, Filter, Item, Language, Locale, ManualClock, Mark, Operation,
    Options, Order, Phase, Published, Query, ReceiptQuery, Severity, SharedBoard, TimeRange, View,
    Viewer,
};
use serde_json::{Value, json};

use crate::surface::{Answer, BoardOptions, Refusal, Surface};

struct Rust {
    board: SharedBoard,
    clock: Arc<ManualClock>,
}

pub(crate) fn open(now: i64, options: BoardOptions) -> Box<dyn Surface> {
    let clock = Arc::new(ManualClock::new(now));
    let mut wanted = Options::new().clock(Arc::clone(&clock));
    if let Some((revisions, ms)) = options.keep_changes {
        wanted = wanted.keep_changes(revisions, ms);
    }
    if let Some(ms) = options.retention_ms {
        wanted = wanted.retention_ms(ms);
    }
    Box::new(Rust {
        board: wanted.open("mem:").unwrap(),
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
        let page = self.board.receipts(&ReceiptQuery {
            id: id(args),
            read_only: args["read_only"] == true,
            acknowledged_only: args["acknowledged_only"] == true,
            limit: number(&args["limit"]).unwrap_or(notice::DEFAULT_LIMIT),
            cursor: text(&args["cursor"]),
        })?;
        let receipt = |r: &notice::UserReceipt| {
            json!({
                "user": r.user,
                "seen_count": r.receipt.seen_count,
                "first_seen_at": r.receipt.first_seen_at,
                "last_seen_at": r.receipt.last_seen_at,
                "read_version": r.receipt.read_version,
                "read_at": r.receipt.read_at,
                "dismissed_version": r.receipt.dismissed_version,
                "dismissed_at": r.receipt.dismissed_at,
                "acknowledged_version": r.receipt.acknowledged_version,
                "acknowledged_at": r.receipt.acknowledged_at,
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
        let query = Query {
            limit: notice::DEFAULT_LIMIT,
            ..query(args)?
        };
        let mut changes = Changes::since(args["since"].as_i64().unwrap_or(0), query);
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
            "next_change_at": page.next_change_at,
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
            messages: [Language::En, Language::Zh].map(|language| error.message(language)),
        }
    }
}

fn operation(name: &str, args: &Value) -> Result<Operation, Error> {
    let if_version = number(&args["if_version"]);
    Ok(match name {
        "publish" => Operation::Publish(Box::new(Draft::from_value(args)?)),
        "update" => Operation::Update {
            id: id(args),
            patch: args["patch"].clone(),
            if_version,
            change: args["change"].as_str().map(Change::from_name).transpose()?,
        },
        "retract" => Operation::Retract {
            id: id(args),
            reason: text(&args["reason"]),
            if_version,
        },
        "restore" => Operation::Restore {
            id: id(args),
            if_version,
        },
        "purge" => Operation::Purge { id: id(args) },
        other => panic!("{other:?} is no change of a board"),
    })
}

fn query(args: &Value) -> Result<Query, Error> {
    let mut query = Query::new(viewer(&args["viewer"])?);
    if let Some(view) = args["view"].as_str() {
        query.view = View::from_name(view)?;
    }
    if let Some(order) = args["order"].as_str() {
        query.order = Order::from_name(order)?;
    }
    query.filter = filter(&args["filter"])?;
    query.limit = number(&args["limit"]).unwrap_or(query.limit);
    query.cursor = text(&args["cursor"]);
    Ok(query)
}

fn viewer(args: &Value) -> Result<Viewer, Error> {
    let mut viewer = Viewer::new(text(&args["user"])).locales(texts(&args["locales"]))?;
    for (name, values) in args["attributes"].as_object().into_iter().flatten() {
        let values = match values {
            Value::String(one) => vec![one.clone()],
            many => texts(many),
        };
        viewer.attributes.insert(name.clone(), values);
    }
    viewer.now = args["now"].as_i64();
    Ok(viewer)
}

fn filter(args: &Value) -> Result<Filter, Error> {
    let range = |name: &str| {
        let bound = |n: usize| args[name][n].as_i64().unwrap_or(0);
        TimeRange::new(bound(0), bound(1))
    };
    Ok(Filter {
        channels: texts(&args["channels"]),
        categories: texts(&args["categories"]),
        tags_any: texts(&args["tags_any"]),
        tags_all: texts(&args["tags_all"]),
        tags_none: texts(&args["tags_none"]),
        severity_at_least: args["severity_at_least"]
            .as_str()
            .map(Severity::from_name)
            .transpose()?,
        pinned: args["pinned"].as_bool(),
        ids: integers(&args["ids"]),
        keys: texts(&args["keys"]),
        author: text(&args["author"]),
        external_id: text(&args["external_id"]),
        phase: args["phase"]
            .as_str()
            .map_or(Ok(Phase::Active), Phase::from_name)?,
        starts: range("starts"),
        ends: range("ends"),
        published: range("published"),
        updated: range("updated"),
        changed_since: args["changed_since"].as_i64().unwrap_or(0),
        has_locale: args["has_locale"].as_str().map(Locale::parse).transpose()?,
        unread_only: args["unread_only"] == true,
        pending_only: args["pending_only"] == true,
        unacknowledged_only: args["unacknowledged_only"] == true,
        q: text(&args["q"]),
    })
}

fn published(published: Published) -> Value {
    json!({
        "id": published.id,
        "version": published.version,
        "revision": published.revision,
        "outcome": published.outcome.name(),
        "duplicate": published.duplicate,
    })
}

fn counted(count: &notice::Count) -> Value {
    json!({
        "total": count.total,
        "unread": count.unread,
        "revision": count.revision,
        "epoch": format!("{:032x}", count.epoch),
        "now": count.now,
        "next_change_at": count.next_change_at,
    })
}

fn item(item: &Item) -> Value {
    let (a, text) = (&item.announcement, item.text());
    let locale = Locale::parse(text.locale).unwrap();
    let action = |action: &notice::Action| {
        json!({
            "id": action.id,
            "kind": action.kind.name(),
            "label": action.label_for(&locale),
            "value": action.value,
        })
    };
    let ranges = |ranges: &[notice::HitRange]| -> Value {
        let range =
            |r: &notice::HitRange| json!([r.bytes.start, r.bytes.end, r.chars.start, r.chars.end]);
        ranges.iter().map(range).collect()
    };
    let snippet = item.found.as_ref().map(|found| {
        json!({
            "field": format!("{:?}", found.snippet.field).to_lowercase(),
            "text": found.snippet.text,
            "hits": ranges(&found.snippet.ranges),
            "cut_before": found.snippet.cut_before,
            "cut_after": found.snippet.cut_after,
        })
    });
    json!({
        "id": a.id(), "revision": a.revision(),
        "version": a.version(), "notify_version": a.notify_version(),
        "state": a.state().name(), "severity": a.severity().name(),
        "priority": a.priority(), "pinned": a.pinned(),
        "dismissible": a.dismissible(), "require_ack": a.require_ack(),
        "display": a.display().names().collect::<Value>(),
        "show_limit": a.show_limit(), "show_interval_ms": a.show_interval_ms(),
        "starts_at": a.starts_at(), "ends_at": a.ends_at(),
        "event_from": a.event_from(), "event_to": a.event_to(),
        "created_at": a.created_at(), "published_at": a.published_at(),
        "updated_at": a.updated_at(), "retracted_at": a.retracted_at(),
        "retract_reason": a.retract_reason(),
        "key": a.key(), "channel": a.channel(), "category": a.category(),
        "author": a.author(), "source": a.source(), "external_id": a.external_id(),
        "extras": a.extras(),
        "tags": a.tags().collect::<Value>(),
        "actions": a.actions().iter().map(action).collect::<Value>(),
        "locale_used": text.locale, "is_fallback": item.is_fallback,
        "title": text.title, "summary": text.summary, "body": text.body,
        "format": text.format.name(),
        "is_read": item.is_read, "is_dismissed": item.is_dismissed,
        "is_acknowledged": item.is_acknowledged, "is_pending": item.is_pending,
        "seen_count": item.seen_count,
        "title_hits": item.found.as_ref().map(|found| ranges(&found.title)),
        "snippet": snippet,
    })
}

fn id(args: &Value) -> i64 {
    args["id"].as_i64().expect("an id")
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().map(text).collect()
}

fn integers(value: &Value) -> Vec<i64> {
    value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_i64)
        .collect()
}

fn number(value: &Value) -> Option<u32> {
    value.as_u64().and_then(|number| u32::try_from(number).ok())
}
