//! The layer for the E language as a surface: numbers of 32 bits, text in GBK, fields one by one. What is read is
//! read as UTF-8, of which nothing is lost.

mod input;
mod lacks;
mod library;
mod output;
mod remote;

use std::cell::RefCell;
use std::collections::BTreeSet;

use notice::{ErrorKind, Importance, Mark};
use serde_json::{Value, json};

use crate::c::shown_versions;
use input::{conditions, gbk, instant, is_gbk};
use lacks::lacks;
use library::{Functions, copied, functions, functions_on_windows};
use notice_conformance::{Answer, BoardOptions, Joined, Refusal, Surface};
pub(crate) use remote::is_there as is_on_windows;

/// A board by its number.
struct Board {
    functions: &'static Functions,
    board: i32,
    /// What of the viewer was set by the step before.
    set: RefCell<BTreeSet<String>>,
}

/// The library of this machine.
pub(crate) const E: Joined = Joined {
    name: "e",
    open,
    lacks,
};

/// The DLL, called by a program on Windows, see `cargo xtask e-test`.
pub(crate) const E_ON_WINDOWS: Joined = Joined {
    name: "e",
    open: open_on_windows,
    lacks,
};

fn open(url: &str, now: i64, _: BoardOptions) -> Box<dyn Surface> {
    open_with(functions(), url, now)
}

fn open_on_windows(url: &str, now: i64, _: BoardOptions) -> Box<dyn Surface> {
    open_with(functions_on_windows(), url, now)
}

fn open_with(functions: &'static Functions, url: &str, now: i64) -> Box<dyn Surface> {
    // SAFETY: the text lives as long as the call.
    let board = unsafe { (functions.open)(gbk(url).as_ptr()) };
    assert!(board > 0);
    let e = Board {
        functions,
        board,
        set: RefCell::default(),
    };
    e.set_now(now);
    Box::new(e)
}

impl Board {
    /// What a function has returned, unless it is an error.
    fn check(&self, returned: i32) -> Result<i32, Refusal> {
        // SAFETY: these take nothing; each text is copied before the next call.
        unsafe {
            let f = self.functions;
            let status = (f.last_status)();
            if returned >= 0 {
                assert_eq!(status, 0);
                assert_eq!(copied((f.last_error)()), "");
                return Ok(returned);
            }
            assert_eq!(status, returned);
            let some = |number| u64::try_from(number).ok();
            let path = copied((f.last_error_path)());
            Err(Refusal {
                kind: ErrorKind::from_code(-status).unwrap().name().to_owned(),
                path: (!path.is_empty()).then_some(path),
                offset: some((f.last_error_offset)()),
                limit: some((f.last_error_limit)()),
                messages: Box::new([copied((f.last_error_english)()), copied((f.last_error)())]),
            })
        }
    }

    /// Looks at the board as `viewer` from now on.
    fn become_viewer(&self, args: &Value) -> Result<(), Refusal> {
        let wanted = input::viewer(&args["viewer"]);
        let names = wanted.iter().map(|(name, _)| name.clone()).collect();
        let gone: Vec<String> = self.set.borrow().difference(&names).cloned().collect();
        self.set.replace(names);
        let unset = gone.into_iter().map(|name| (name, String::new()));
        for (name, value) in unset.chain(wanted) {
            let (name, value) = (gbk(&name), gbk(&value));
            // SAFETY: the texts live as long as the call.
            self.check(unsafe {
                (self.functions.set_viewer)(self.board, name.as_ptr(), value.as_ptr())
            })?;
        }
        Ok(())
    }

    /// Makes a result, hands it to `read`, and frees it.
    fn with<T>(&self, result: i32, read: impl FnOnce(i32) -> T) -> Result<T, Refusal> {
        let result = self.check(result)?;
        let value = read(result);
        // SAFETY: nothing is pointed at.
        assert_eq!(unsafe { (self.functions.free)(result) }, 0);
        Ok(value)
    }

    fn number(&self, result: i32, row: i32, field: i32) -> i64 {
        let (mut low, mut high) = (0, 0);
        // SAFETY: both halves are written into.
        let status = unsafe {
            (self.functions.number_halves)(result, row, field, &raw mut low, &raw mut high)
        };
        assert_eq!(status, 0, "field {field}");
        i64::from(high) << 32 | i64::from(low.cast_unsigned())
    }

    fn text(&self, result: i32, row: i32, field: i32) -> String {
        let text = self.utf8(|buffer, capacity| {
            // SAFETY: there is room for `capacity` bytes.
            unsafe { (self.functions.text_utf8)(result, row, field, buffer, capacity) }
        });
        text.unwrap()
    }

    /// A text that is written into a buffer, whose size is asked for first.
    fn utf8(&self, write: impl Fn(*mut u8, i32) -> i32) -> Result<String, Refusal> {
        let size = self.check(write(std::ptr::null_mut(), 0))?;
        let mut buffer = vec![b' '; usize::try_from(size).unwrap() + 1];
        assert_eq!(write(buffer.as_mut_ptr(), size + 1), size);
        assert_eq!(buffer.pop(), Some(0));
        Ok(String::from_utf8(buffer).unwrap())
    }

    /// What was done by a call that has returned its number.
    fn done(&self, returned: i32) -> Result<Vec<Value>, Refusal> {
        let count = self.check(returned)?;
        let nth = |index| {
            // SAFETY: nothing is pointed at; the text is copied at once.
            output::published(&copied(unsafe { (self.functions.published)(index) }))
        };
        Ok((1..=count).map(nth).collect())
    }

    fn one(&self, returned: i32) -> Answer {
        self.done(returned).map(|mut done| done.remove(0))
    }

    /// One operation, which stands in no list for who asks.
    fn apply_one(&self, operation: &Value) -> Answer {
        let mut answer = self.apply(&json!([operation]));
        if let Err(Refusal {
            path: Some(path), ..
        }) = &mut answer
        {
            *path = path
                .trim_start_matches("[0]")
                .trim_start_matches('.')
                .to_owned();
        }
        answer.map(|mut done| done[0].take())
    }
}

impl Drop for Board {
    fn drop(&mut self) {
        // SAFETY: nothing is pointed at.
        unsafe { (self.functions.close)(self.board) };
    }
}

impl Surface for Board {
    fn set_now(&self, now: i64) {
        // SAFETY: the text lives as long as the call.
        let status = unsafe { (self.functions.set_clock)(self.board, gbk(&instant(now)).as_ptr()) };
        assert_eq!(status, 0);
    }

    fn publish(&self, draft: &Value) -> Answer {
        self.publish_json(&draft.to_string())
    }

    fn publish_json(&self, text: &str) -> Answer {
        let length = i32::try_from(text.len()).unwrap();
        // SAFETY: the text lives as long as the call.
        let mut done =
            self.done(unsafe { (self.functions.publish_utf8)(self.board, text.as_ptr(), length) })?;
        let text = text.trim_start_matches('\u{feff}').trim_start();
        match text.starts_with('[') {
            true => Ok(done.into()),
            false => Ok(done.remove(0)),
        }
    }

    fn apply(&self, operations: &Value) -> Answer {
        let text = operations.to_string();
        let length = i32::try_from(text.len()).unwrap();
        // SAFETY: the text lives as long as the call.
        let done =
            self.done(unsafe { (self.functions.apply_utf8)(self.board, text.as_ptr(), length) })?;
        Ok(done.into())
    }

    fn update(&self, args: &Value) -> Answer {
        let (id, patch) = (id(args), args["patch"].to_string());
        if !is_gbk(&patch) {
            let mut update = args.clone();
            update["id"] = args["id"].clone();
            return self.apply_one(&json!({ "update": update }));
        }
        let if_version = args["if_version"].as_i64().unwrap_or(0);
        let change = args["change"]
            .as_str()
            .map(|name| Importance::from_name(name).unwrap());
        // SAFETY: the texts live as long as the call.
        self.one(unsafe {
            (self.functions.update_json)(
                self.board,
                id.as_ptr(),
                gbk(&patch).as_ptr(),
                i32::try_from(if_version).unwrap(),
                change.map_or(0, Importance::code),
            )
        })
    }

    fn check(&self, text: &str) -> Answer {
        let length = i32::try_from(text.len()).unwrap();
        // SAFETY: the text lives as long as the call.
        let count = Board::check(self, unsafe {
            (self.functions.check_utf8)(self.board, text.as_ptr(), length)
        })?;
        // SAFETY: nothing is pointed at; the text is copied at once.
        let lines = (1..=count).map(|n| copied(unsafe { (self.functions.finding)(n) }));
        Ok(output::checked(lines))
    }

    fn retract(&self, args: &Value) -> Answer {
        if !args["if_version"].is_null() {
            return self.apply_one(&json!({ "retract": args }));
        }
        let reason = gbk(args["reason"].as_str().unwrap_or_default());
        // SAFETY: the texts live as long as the call.
        self.one(unsafe {
            (self.functions.retract)(self.board, id(args).as_ptr(), reason.as_ptr())
        })
    }

    fn restore(&self, args: &Value) -> Answer {
        if !args["if_version"].is_null() {
            return self.apply_one(&json!({ "restore": args }));
        }
        // SAFETY: the text lives as long as the call.
        self.one(unsafe { (self.functions.restore)(self.board, id(args).as_ptr()) })
    }

    fn release(&self, args: &Value) -> Answer {
        if !args["if_version"].is_null() {
            return self.apply_one(&json!({ "release": args }));
        }
        // SAFETY: the text lives as long as the call.
        self.one(unsafe { (self.functions.release)(self.board, id(args).as_ptr()) })
    }

    fn purge(&self, args: &Value) -> Answer {
        // SAFETY: the text lives as long as the call.
        self.one(unsafe { (self.functions.purge)(self.board, id(args).as_ptr()) })
    }

    fn query(&self, args: &Value) -> Answer {
        self.become_viewer(args)?;
        let conditions = gbk(&conditions(args));
        // SAFETY: the text lives as long as the call.
        let result = unsafe { (self.functions.query)(self.board, conditions.as_ptr()) };
        self.with(result, |result| {
            let mut page = output::result(self, result);
            // SAFETY: nothing is pointed at.
            let count = unsafe { (self.functions.count)(result) };
            page["items"] = (1..=count)
                .map(|row| output::item(self, result, row))
                .collect();
            page
        })
    }

    fn count(&self, args: &Value) -> Answer {
        self.become_viewer(args)?;
        let conditions = conditions(args);
        let (all, first) = (gbk(&conditions), gbk(&format!("{conditions} limit=1")));
        // SAFETY: the texts live as long as the calls.
        unsafe {
            let total = self.check((self.functions.count_active)(self.board, all.as_ptr()))?;
            let unread = self.check((self.functions.count_unread)(self.board, all.as_ptr()))?;
            let result = (self.functions.query)(self.board, first.as_ptr());
            let mut counted = self.with(result, |result| output::result(self, result))?;
            counted["total"] = total.into();
            counted["unread"] = unread.into();
            Ok(counted)
        }
    }

    fn get(&self, args: &Value) -> Answer {
        self.become_viewer(args)?;
        let conditions = gbk(&conditions(args));
        // SAFETY: the texts live as long as the call.
        let result =
            unsafe { (self.functions.get)(self.board, id(args).as_ptr(), conditions.as_ptr()) };
        self.with(result, |result| output::item(self, result, 1))
    }

    fn record(&self, args: &Value) -> Answer {
        let id = id(args);
        let json = self.utf8(|buffer, capacity| {
            // SAFETY: the id lives as long as the call, and there is room for `capacity` bytes.
            unsafe { (self.functions.json)(self.board, id.as_ptr(), buffer, capacity) }
        })?;
        Ok(serde_json::from_str(&json).unwrap())
    }

    fn history(&self, args: &Value) -> Answer {
        let id = id(args);
        let json = self.utf8(|buffer, capacity| {
            // SAFETY: the id lives as long as the call, and there is room for `capacity` bytes.
            unsafe { (self.functions.history)(self.board, id.as_ptr(), buffer, capacity) }
        })?;
        Ok(serde_json::from_str(&json).unwrap())
    }

    fn mark(&self, args: &Value) -> Answer {
        self.become_viewer(args)?;
        let ids = args["ids"].as_array().unwrap().iter();
        let ids: Vec<String> = match shown_versions(args) {
            None => ids.map(Value::to_string).collect(),
            Some(versions) => ids
                .zip(versions)
                .map(|(id, version)| format!("{id}@{version}"))
                .collect(),
        };
        let mark = Mark::from_name(args["mark"].as_str().unwrap()).unwrap();
        if mark == Mark::Snooze {
            let until = args["until"].as_i64().map(instant).unwrap_or_default();
            // SAFETY: the texts live as long as the call.
            let marked = self.check(unsafe {
                (self.functions.snooze)(
                    self.board,
                    gbk(&ids.join(",")).as_ptr(),
                    gbk(&until).as_ptr(),
                )
            })?;
            return Ok(json!({ "marked": marked }));
        }
        // SAFETY: the text lives as long as the call.
        let marked = self.check(unsafe {
            (self.functions.mark_ids)(self.board, gbk(&ids.join(",")).as_ptr(), mark.code())
        })?;
        Ok(json!({ "marked": marked }))
    }

    fn mark_all(&self, args: &Value) -> Answer {
        self.become_viewer(args)?;
        let conditions = gbk(&conditions(args));
        let mark = Mark::from_name(args["mark"].as_str().unwrap()).unwrap();
        // SAFETY: the text lives as long as the call.
        self.check(unsafe {
            (self.functions.mark_all)(self.board, conditions.as_ptr(), mark.code())
        })?;
        Ok(json!({}))
    }

    fn mark_all_read(&self, args: &Value) -> Answer {
        self.become_viewer(args)?;
        let conditions = gbk(&conditions(args));
        // SAFETY: the text lives as long as the call.
        self.check(unsafe { (self.functions.mark_all_read)(self.board, conditions.as_ptr()) })?;
        Ok(json!({}))
    }

    fn forget_user(&self, args: &Value) -> Answer {
        let user = gbk(args["user"].as_str().unwrap());
        // SAFETY: the text lives as long as the call.
        let existed =
            self.check(unsafe { (self.functions.forget_user)(self.board, user.as_ptr()) })?;
        Ok(json!({ "forgotten": existed == 1 }))
    }

    fn receipts(&self, _: &Value) -> Answer {
        unreachable!("left out by `lacks`")
    }

    fn changes(&self, _: &Value) -> Answer {
        unreachable!("left out by `lacks`")
    }

    fn wait(&self, _: &Value) -> Answer {
        unreachable!("left out by `lacks`")
    }

    fn explain(&self, args: &Value) -> Answer {
        self.become_viewer(args)?;
        let conditions = gbk(&conditions(args));
        // SAFETY: the texts live as long as the call.
        let rules = self.check(unsafe {
            (self.functions.explain_rules)(self.board, id(args).as_ptr(), conditions.as_ptr())
        })?;
        Ok(output::explained(args["id"].as_i64().unwrap(), rules))
    }

    fn stats(&self) -> Answer {
        // SAFETY: nothing is pointed at; the text is copied at once.
        let stats = copied(unsafe { (self.functions.stats)(self.board) });
        // SAFETY: it takes nothing.
        self.check(unsafe { (self.functions.last_status)() })?;
        Ok(serde_json::from_str(&stats).unwrap())
    }
}

fn id(args: &Value) -> std::ffi::CString {
    gbk(&args["id"].to_string())
}
