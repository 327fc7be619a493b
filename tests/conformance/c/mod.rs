//! The C ABI as two surfaces: one that publishes structures and lets the library allocate, and one that
//! publishes JSON and has pages laid out in its own memory.

mod abi;
mod call;
mod input;
pub(crate) mod library;
mod names;
mod output;

use std::ptr::null_mut;

use serde_json::{Value, json};

use abi::{
    NoticeArray, NoticeChangeArray, NoticeCount, NoticeExplanation, NoticeReceiptArray, Zeroed,
};
use notice_conformance::{Answer, BoardOptions, Joined, Surface, checked, nothing};

use input::{Arena, integers};

/// Drafts as structures, pages in the library's memory.
pub(crate) const C: Joined = Joined {
    name: "c",
    open,
    lacks: nothing,
};

/// Drafts as JSON, pages in the caller's memory.
pub(crate) const C_JSON: Joined = Joined {
    name: "c_json",
    open: open_json,
    lacks: nothing,
};

/// A board to which drafts are handed as structures, and whose pages the library allocates.
fn open(url: &str, now: i64, options: BoardOptions) -> Box<dyn Surface> {
    Box::new(call::C::open(url, now, options, false))
}

/// A board to which drafts are handed as JSON, and whose pages are laid out in the caller's memory.
fn open_json(url: &str, now: i64, options: BoardOptions) -> Box<dyn Surface> {
    Box::new(call::C::open(url, now, options, true))
}

impl Surface for call::C {
    fn set_now(&self, now: i64) {
        self.clock.set(now);
    }

    fn publish(&self, draft: &Value) -> Answer {
        let arena = Arena::default();
        match arena.draft(draft) {
            // SAFETY: the arena keeps what the draft points at.
            Some(c) if !self.is_json => self.done(|done| unsafe {
                (self.library.notice_publish)(self.board, &raw const c, done)
            }),
            _ => self.publish_json(&draft.to_string()),
        }
    }

    fn publish_json(&self, text: &str) -> Answer {
        let mut done = self.each(text, self.library.notice_publish_json)?;
        let text = text.trim_start_matches('\u{feff}').trim_start();
        match text.starts_with('[') {
            true => Ok(done.into()),
            false => Ok(done.remove(0)),
        }
    }

    fn check(&self, text: &str) -> Answer {
        let arena = Arena::default();
        let draft = serde_json::from_str(text).ok();
        // A structure says only what can be read.
        let is_readable = |draft: &Value| notice::Draft::from_value(draft).is_ok();
        let draft = draft.filter(|draft| !self.is_json && is_readable(draft));
        let structure = draft.and_then(|draft| arena.draft(&draft));
        let checkup = self.text(|buf, cap, needed| {
            // SAFETY: there is room for `cap` bytes, and the arena keeps what the draft points at.
            unsafe {
                match &structure {
                    Some(draft) => (self.library.notice_check)(self.board, draft, buf, cap, needed),
                    None => (self.library.notice_check_json)(
                        self.board,
                        text.as_ptr().cast(),
                        text.len(),
                        buf,
                        cap,
                        needed,
                    ),
                }
            }
        });
        match checkup {
            Ok(checkup) => Ok(checked(&serde_json::from_str(&checkup).unwrap())),
            Err(status) => self.check(status).map(|()| Value::Null),
        }
    }

    fn apply(&self, operations: &Value) -> Answer {
        Ok(self
            .each(&operations.to_string(), self.library.notice_apply_json)?
            .into())
    }

    fn update(&self, args: &Value) -> Answer {
        let patch = args["patch"].to_string();
        let change = names::code_or_zero(names::CHANGES, &args["change"]);
        // SAFETY: the patch lives as long as the call.
        self.done(|done| unsafe {
            (self.library.notice_update_json)(
                self.board,
                id(args),
                patch.as_ptr().cast(),
                patch.len(),
                if_version(args),
                change,
                done,
            )
        })
    }

    fn retract(&self, args: &Value) -> Answer {
        let reason = args["reason"].as_str().unwrap_or_default();
        // SAFETY: the reason lives as long as the call.
        self.done(|done| unsafe {
            (self.library.notice_retract)(
                self.board,
                id(args),
                reason.as_ptr().cast(),
                reason.len(),
                if_version(args),
                done,
            )
        })
    }

    fn restore(&self, args: &Value) -> Answer {
        // SAFETY: nothing is pointed at but the result.
        self.done(|done| unsafe {
            (self.library.notice_restore)(self.board, id(args), if_version(args), done)
        })
    }

    fn release(&self, args: &Value) -> Answer {
        // SAFETY: nothing is pointed at but the result.
        self.done(|done| unsafe {
            (self.library.notice_release)(self.board, id(args), if_version(args), done)
        })
    }

    fn purge(&self, args: &Value) -> Answer {
        // SAFETY: nothing is pointed at but the result.
        self.done(|done| unsafe { (self.library.notice_purge)(self.board, id(args), done) })
    }

    fn query(&self, args: &Value) -> Answer {
        self.page(args)
    }

    fn count(&self, args: &Value) -> Answer {
        let arena = Arena::default();
        let (query, mut count) = (arena.query(args), NoticeCount::zeroed());
        // SAFETY: the arena keeps what the query points at.
        self.check(unsafe {
            (self.library.notice_count)(self.board, &raw const query, &raw mut count)
        })?;
        Ok(output::counted(&count))
    }

    fn get(&self, args: &Value) -> Answer {
        let arena = Arena::default();
        let (query, mut array) = (arena.query(args), NoticeArray::zeroed());
        // SAFETY: the arena keeps what the query points at.
        self.check(unsafe {
            (self.library.notice_get)(self.board, id(args), &raw const query, &raw mut array)
        })?;
        assert_eq!(array.len, 1);
        // SAFETY: there is one item, and the array is freed behind it.
        unsafe {
            let item = output::item(&*array.items, false);
            (self.library.notice_free)(&raw mut array);
            Ok(item)
        }
    }

    fn record(&self, args: &Value) -> Answer {
        let arena = Arena::default();
        let query = arena.query(&json!({"view": "editor"}));
        let record = self.text(|buf, cap, needed| {
            // SAFETY: there is room for `cap` bytes.
            unsafe {
                (self.library.notice_get_json)(
                    self.board,
                    id(args),
                    &raw const query,
                    buf,
                    cap,
                    needed,
                )
            }
        });
        match record {
            Ok(record) => Ok(serde_json::from_str(&record).unwrap()),
            Err(status) => self.check(status).map(|()| Value::Null),
        }
    }

    fn history(&self, args: &Value) -> Answer {
        let history = self.text(|buf, cap, needed| {
            // SAFETY: there is room for `cap` bytes.
            unsafe { (self.library.notice_history_json)(self.board, id(args), buf, cap, needed) }
        });
        match history {
            Ok(history) => Ok(serde_json::from_str(&history).unwrap()),
            Err(status) => self.check(status).map(|()| Value::Null),
        }
    }

    fn mark(&self, args: &Value) -> Answer {
        let arena = Arena::default();
        let (viewer, ids) = (arena.query(args), integers(&args["ids"]));
        let mark = names::code_or_zero(names::MARKS, &args["mark"]);
        let versions = shown_versions(args);
        let mut marked = 0;
        let versions = versions.as_ref().map_or(std::ptr::null(), Vec::as_ptr);
        // SAFETY: the arena keeps what the viewer points at, and there is a version for each id.
        self.check(unsafe {
            (self.library.notice_mark_shown)(
                self.board,
                &raw const viewer,
                ids.as_ptr(),
                versions,
                ids.len(),
                mark,
                args["until"].as_i64().unwrap_or(0),
                &raw mut marked,
            )
        })?;
        Ok(json!({ "marked": marked }))
    }

    fn mark_all(&self, args: &Value) -> Answer {
        let arena = Arena::default();
        let (query, mut revision) = (arena.query(args), 0);
        let up_to = args["up_to"].as_i64().unwrap_or(-1);
        let mark = names::code_or_zero(names::MARKS, &args["mark"]);
        // SAFETY: the arena keeps what the query points at.
        self.check(unsafe {
            (self.library.notice_mark_all)(
                self.board,
                &raw const query,
                mark,
                up_to,
                &raw mut revision,
            )
        })?;
        Ok(json!({ "revision": revision }))
    }

    fn mark_all_read(&self, args: &Value) -> Answer {
        let arena = Arena::default();
        let (query, mut revision) = (arena.query(args), 0);
        let up_to = args["up_to"].as_i64().unwrap_or(-1);
        // SAFETY: the arena keeps what the query points at.
        self.check(unsafe {
            (self.library.notice_mark_all_read)(
                self.board,
                &raw const query,
                up_to,
                &raw mut revision,
            )
        })?;
        Ok(json!({ "revision": revision }))
    }

    fn forget_user(&self, args: &Value) -> Answer {
        let (user, mut existed) = (args["user"].as_str().unwrap(), 0);
        // SAFETY: the name lives as long as the call.
        self.check(unsafe {
            (self.library.notice_forget_user)(
                self.board,
                user.as_ptr().cast(),
                user.len(),
                &raw mut existed,
            )
        })?;
        Ok(json!({ "forgotten": existed == 1 }))
    }

    fn receipts(&self, args: &Value) -> Answer {
        let arena = Arena::default();
        let (query, mut array) = (arena.receipts(args), NoticeReceiptArray::zeroed());
        // SAFETY: the arena keeps what the query points at.
        self.check(unsafe {
            (self.library.notice_receipts)(self.board, &raw const query, &raw mut array)
        })?;
        // SAFETY: the array is freed when it was read.
        unsafe {
            let receipts = output::receipts(&array);
            (self.library.notice_receipts_free)(&raw mut array);
            Ok(receipts)
        }
    }

    fn changes(&self, args: &Value) -> Answer {
        let arena = Arena::default();
        let (changes, mut array) = (arena.changes(args), NoticeChangeArray::zeroed());
        // SAFETY: the arena keeps what the request points at.
        self.check(unsafe {
            (self.library.notice_changes)(self.board, &raw const changes, &raw mut array)
        })?;
        // SAFETY: the array is freed when it was read.
        unsafe {
            let changes = output::changes(&array);
            (self.library.notice_changes_free)(&raw mut array);
            Ok(changes)
        }
    }

    fn wait(&self, args: &Value) -> Answer {
        let (since, timeout) = (
            args["since"].as_i64().unwrap_or(0),
            args["timeout_ms"].as_i64().unwrap_or(0),
        );
        let mut revision = 0;
        // SAFETY: the revision is written into.
        self.check(unsafe {
            (self.library.notice_wait)(self.board, since, timeout, &raw mut revision)
        })?;
        Ok(json!({ "revision": revision }))
    }

    fn explain(&self, args: &Value) -> Answer {
        let arena = Arena::default();
        let (query, mut explained) = (arena.query(args), NoticeExplanation::zeroed());
        // SAFETY: the arena keeps what the query points at; no words are asked for.
        self.check(unsafe {
            (self.library.notice_explain)(
                self.board,
                id(args),
                &raw const query,
                &raw mut explained,
                0,
                null_mut(),
                0,
                null_mut(),
            )
        })?;
        Ok(output::explanation(&explained))
    }

    fn stats(&self) -> Answer {
        let stats = self.text(|buf, cap, needed| {
            // SAFETY: there is room for `cap` bytes.
            unsafe { (self.library.notice_stats_json)(self.board, buf, cap, needed) }
        });
        match stats {
            Ok(stats) => Ok(serde_json::from_str(&stats).unwrap()),
            Err(status) => self.check(status).map(|()| Value::Null),
        }
    }
}

fn id(args: &Value) -> i64 {
    args["id"].as_i64().expect("an id")
}

/// The version that is asked for; 0 is any.
fn if_version(args: &Value) -> u32 {
    args["if_version"]
        .as_u64()
        .map_or(0, |version| u32::try_from(version).unwrap())
}

/// The version of each id that is marked, if the step names any.
pub(crate) fn shown_versions(args: &Value) -> Option<Vec<u32>> {
    let version = |value: &Value| u32::try_from(value.as_u64().unwrap()).unwrap();
    let ids = args["ids"].as_array().unwrap();
    match (&args["version"], &args["versions"]) {
        (_, Value::Array(versions)) => Some(versions.iter().map(version).collect()),
        (Value::Null, _) => None,
        (all, _) => Some(vec![version(all); ids.len()]),
    }
}
