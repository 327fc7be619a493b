//! Export and import of a whole board as JSON Lines.
//!
//! Each line is a JSON object with a single member that names the kind of record: `board` first,
//! then `announcement`, `former` versions of them, `user` and `idempotency_key` in any number, users
//! and former versions after their announcements. `end` comes last, with the number of lines before it, so that a truncated file is detected. `user_more` continues a `user`
//! with more state than a line should hold.

mod fields;
mod user;

use crate::model::limits;
use std::fmt::Display;
use std::io::{BufRead, Write};
use std::sync::Arc;

use serde_json::{Value, json};

use self::fields::{Fields, check_most, malformed};
use self::user::{read_kept, read_watermark, user_lines};
use crate::engine::Store;
use crate::engine::memory::evicted::Fetched;
use crate::engine::memory::state::State;
use crate::engine::memory::users::check_user;
use crate::engine::writer::Turn;
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::headroom::Headroom;
use crate::journal::{
    Checkpoint, Effect, Fingerprint, KeptReceipt, KeyedResult, Link, OwnState, Position, UserChange,
};
use crate::model::raw_json::member;
use crate::model::{Announcement, Draft, Given, TakenApart, check_bytes, json as strict};
use crate::model::{Outcome, Published};
use crate::random;

/// The version of the format.
const FORMAT: i64 = 1;
/// Greatest id and revision accepted from an export. JSON carries integers up to 2^53-1, and beyond
/// that a board could not be imported from its own export. This leaves half of them for later.
const NUMBER: i64 = 1 << 52;
/// Copies of a line while it is read and kept.
const COPIES: usize = 4;
/// Users read at once while the state is locked.
const USERS_AT_ONCE: usize = 500;
/// Greatest version accepted, which leaves as many for later.
const VERSION: i64 = 1 << 31;

impl Store {
    /// Writes the whole board.
    pub(crate) fn export_to(&self, to: &mut dyn Write) -> Result<()> {
        let mut out = Lines { to, count: 0 };
        // Holding the turn keeps others from writing, so everything is from one entry although the
        // state is locked for one portion at a time. Queries run in between, however slow the
        // reader is.
        let _turn = self.writer.turn();
        let (board, announcements) = {
            let state = self.memory.read();
            let board = json!({
                "format": FORMAT,
                "epoch": format!("{:032x}", state.epoch),
                "revision": state.index.revision,
                "last_id": state.index.last_id,
            });
            let slots = state.index.slots();
            let mut announcements: Vec<_> = slots
                .filter_map(|slot| state.index.entry(slot))
                .map(|entry| Arc::clone(&entry.announcement))
                .collect();
            announcements.sort_unstable_by_key(|announcement| announcement.id());
            (board, announcements)
        };
        out.line("board", board)?;
        for announcement in announcements {
            let mut fetched = Fetched::default();
            let whole = match fetched.whole(&announcement) {
                Some(whole) => Some(whole),
                None => {
                    fetched.fetch(self.storage());
                    fetched.whole(&announcement)
                }
            };
            fetched.checked()?;
            if let Some(whole) = whole {
                // Extras may have line ends between their members.
                let json = whole.to_json_text().replace(['\n', '\r'], " ");
                out.line("announcement", json)?;
            }
        }
        self.each_former(&mut |former| {
            let json = former.to_json_text().replace(['\n', '\r'], " ");
            out.line("former", json)
        })?;
        let mut last = String::new();
        loop {
            let lines = {
                let state = self.memory.read();
                let users: Vec<_> = state.users.after(&last).take(USERS_AT_ONCE).collect();
                let Some((name, _)) = users.last() else {
                    break;
                };
                last = (*name).to_owned();
                let lines = users.into_iter().map(|(name, user)| user_lines(name, user));
                lines.flat_map(Iterator::enumerate).collect::<Vec<_>>()
            };
            for (n, line) in lines {
                out.line(if n == 0 { "user" } else { "user_more" }, line)?;
            }
        }
        let keys: Vec<Value> = {
            let state = self.memory.read();
            let keys = state.index.idempotency_keys.iter();
            keys.map(|(key, result)| key_json(key, result)).collect()
        };
        for key in keys {
            out.line("idempotency_key", key)?;
        }
        let count = out.count;
        out.line("end", json!({ "lines": count }))?;
        out.to.flush().map_err(|error| failed("write", error))
    }

    /// Imports a whole board into this one, which must be empty.
    pub(crate) fn import_from(&self, from: &mut dyn BufRead) -> Result<()> {
        let turn = self.writer.turn();
        let _poison = self.writer.begin()?;
        let now = self.present()?;
        let former = self.memory.read().head();
        if former.revision != 0 {
            return Err(Error::new(
                ErrorKind::Exists,
                Bilingual::new("the board is not empty", "公告板不为空"),
            ));
        }
        let mut reading = Reading::new(former, now);
        let mut line = Vec::new();
        let mut number = 0;
        loop {
            line.clear();
            number += 1;
            let mut limited = std::io::Read::take(&mut *from, limits::EXPORT_LINE_BYTES as u64 + 1);
            let read = limited
                .read_until(b'\n', &mut line)
                .map_err(|error| failed("read", error))?;
            if read == 0 {
                break;
            }
            let at_line = |error: Error| error.within(&format!("line {number}"));
            if line.len() > limits::EXPORT_LINE_BYTES {
                let unit = Bilingual::new("bytes", "字节");
                let (actual, limit) = (line.len() as u64, limits::EXPORT_LINE_BYTES as u64);
                return Err(at_line(Error::too_large("", actual, limit, &unit)));
            }
            if !line.trim_ascii().is_empty() {
                reading.line(&line).map_err(at_line)?;
            }
        }
        let mut state = reading.finish()?;
        if !self.writer.needs_links() {
            state.end_chain();
        }
        let head = state.head();
        if let Some(durable) = &self.writer.durable {
            let effects = state.effects(&Fetched::default());
            durable.replace(&Checkpoint { head, effects })?;
            state.history = None;
        }
        self.become_another(state, &turn);
        Ok(())
    }

    /// Shows another board from now on, for the caller whose turn it is.
    pub(crate) fn become_another(&self, state: State, _: &Turn<'_>) {
        let head = state.head();
        let former = {
            let (current, former) = self.memory.replace(state);
            self.head.set(head.told());
            self.own.restart();
            let is_behind = current.index.unsearched.len() > 0;
            self.upkeep.tidy.wake_if(is_behind);
            former
        };
        self.head.wake();
        if let Some(recent) = self.writer.recent() {
            recent.restart(head);
        }
        drop(former);
    }
}

/// Writer that counts lines.
struct Lines<'a> {
    to: &'a mut dyn Write,
    count: u64,
}

impl Lines<'_> {
    fn line(&mut self, name: &str, json: impl Display) -> Result<()> {
        self.count += 1;
        writeln!(self.to, "{{\"{name}\":{json}}}").map_err(|error| failed("write", error))
    }
}

/// A board being imported. Lines become effects, which are applied at once, so that each is checked
/// on top of those before.
struct Reading {
    state: State,
    /// Position of the board being replaced, which goes on counting its entries.
    former: Position,
    now: i64,
    last_revision: i64,
    last_id: i64,
    /// The announcement and version of the last former version.
    last_former: Option<(i64, u32)>,
    has_header: bool,
    is_ended: bool,
    lines: u64,
    headroom: Headroom,
}

impl Reading {
    fn new(former: Position, now: i64) -> Self {
        Self {
            state: State::empty(&former, now),
            former,
            now,
            last_revision: 0,
            last_id: 0,
            last_former: None,
            has_header: false,
            is_ended: false,
            lines: 0,
            headroom: Headroom::default(),
        }
    }

    fn line(&mut self, line: &[u8]) -> Result<()> {
        if self.is_ended {
            return Err(malformed("", "follows the end line", "位于 end 行之后"));
        }
        let present = || self.state.heap_bytes();
        self.headroom.check(COPIES * line.len(), present)?;
        let Value::Object(object) = strict::parse(line)? else {
            return Err(malformed("", "must be a JSON object", "必须是 JSON 对象"));
        };
        let mut members = object.into_iter();
        let (Some((name, value)), None) = (members.next(), members.next()) else {
            return Err(malformed(
                "",
                "must have exactly one member",
                "必须有且只有一个成员",
            ));
        };
        if (name == "board") == self.has_header {
            return Err(malformed(
                &name,
                "board must be the first line and occur only once",
                "board 必须是第一行，且只能出现一次",
            ));
        }
        let Value::Object(fields) = value else {
            return Err(malformed(&name, "must be an object", "必须是对象"));
        };
        let fields = Fields(fields);
        let read = match name.as_str() {
            "board" => self.header(&fields),
            "announcement" => self.announcement(fields, member(strict::text_of(line), &name)),
            "former" => self.former(fields, member(strict::text_of(line), &name)),
            "user" => self.user(&fields),
            "user_more" => self.user_more(&fields),
            "idempotency_key" => self.idempotency_key(&fields),
            "end" => self.end(&fields),
            _ => return Err(malformed(&name, "unknown kind of line", "未知的行类型")),
        };
        self.lines += 1;
        read.map_err(|error| error.within(&name))
    }

    fn header(&mut self, fields: &Fields) -> Result<()> {
        let format = fields.integer("format")?;
        if format != FORMAT {
            let reason = Bilingual::new(
                "unsupported format; this build reads format 1",
                "不支持的格式；本版本只能读取格式 1",
            );
            return Err(Error::invalid("format", &format.to_string(), reason)
                .of_kind(ErrorKind::Unsupported));
        }
        self.last_revision = fields.integer("revision")?;
        self.last_id = fields.integer("last_id")?;
        check_most("revision", self.last_revision, NUMBER)?;
        check_most("last_id", self.last_id, NUMBER)?;
        self.has_header = true;
        let epoch = random::identity();
        let seq = self.former.seq + 1;
        let head = Position {
            epoch,
            seq,
            link: Link::beginning(epoch, seq),
            revision: self.last_revision,
            last_id: self.last_id,
            compacted: self.last_revision,
            created_at: self.former.created_at,
        };
        self.state = State::empty(&head, self.now);
        Ok(())
    }

    fn announcement(&mut self, fields: Fields, text: Option<&str>) -> Result<()> {
        let taken = Announcement::take_apart(fields.0)?;
        let TakenApart {
            mut draft,
            given,
            retract_reason,
        } = taken;
        draft.keep_extras_text(text.unwrap_or_default());
        if given.id > self.last_id || self.state.index.by_id(given.id).is_some() {
            let reason =
                Bilingual::new("duplicate, or greater than last_id", "重复，或大于 last_id");
            return Err(Error::invalid("id", &given.id.to_string(), reason));
        }
        check_most("revision", given.revision, self.last_revision)?;
        check_most("notify_revision", given.notify_revision, given.revision)?;
        let version = given.version.into();
        check_most("version", version, VERSION)?;
        check_most("notify_version", given.notify_version.into(), version)?;
        if self
            .state
            .index
            .by_key(&draft.channel, &draft.key)
            .is_some()
            && !draft.key.is_empty()
        {
            let reason = Bilingual::new("duplicate in its channel", "在频道内重复");
            return Err(Error::invalid("key", &draft.key, reason));
        }
        let announcement = self.announced(&draft, given, &retract_reason)?;
        self.state.enact(&Effect::Put(Arc::new(announcement)));
        Ok(())
    }

    /// Reads a former version of an announcement above.
    fn former(&mut self, fields: Fields, text: Option<&str>) -> Result<()> {
        let TakenApart {
            mut draft,
            given,
            retract_reason,
        } = Announcement::take_apart(fields.0)?;
        draft.keep_extras_text(text.unwrap_or_default());
        let Some(present) = self.state.index.by_id(given.id) else {
            let reason = Bilingual::new("no preceding announcement", "前面没有该公告");
            return Err(Error::invalid("id", &given.id.to_string(), reason));
        };
        let last = self.last_former.filter(|(id, _)| *id == given.id);
        let earlier = last.map_or(0, |(_, version)| version);
        let is_in_order = earlier < given.notify_version
            && given.notify_version <= given.version
            && given.version < present.notify_version();
        if !is_in_order {
            let reason = Bilingual::new(
                "out of order: former versions ascend, and come before the present one",
                "顺序错误：历史版本应递增，且早于当前版本",
            );
            let version = given.notify_version.to_string();
            return Err(Error::invalid("notify_version", &version, reason));
        }
        check_most("revision", given.revision, present.revision())?;
        check_most("notify_revision", given.notify_revision, given.revision)?;
        self.last_former = Some((given.id, given.notify_version));
        let former = self.announced(&draft, given, &retract_reason)?;
        self.state.enact(&Effect::Former(Arc::new(former)));
        Ok(())
    }

    fn announced(&self, draft: &Draft, given: Given, reason: &str) -> Result<Announcement> {
        let checked = draft.check_accepted()?;
        let index = &self.state.index;
        let locales = index.locales.shared(&checked.locales);
        let audience = index.groups.shared(&draft.audience);
        let announcement = Announcement::new(
            draft,
            &checked,
            draft.starts_at.unwrap_or_default(),
            given,
            locales,
            audience,
            reason,
        );
        Ok(announcement)
    }

    fn is_there(&self, id: i64) -> bool {
        self.state.index.slot_of_id(id).is_some()
    }

    fn user(&mut self, fields: &Fields) -> Result<()> {
        let name = fields.text("user")?;
        check_user(name)?;
        if self.state.users.get(name).is_some() {
            let reason = Bilingual::new("duplicate", "重复");
            return Err(Error::invalid("user", name, reason));
        }
        let kept = read_kept(fields, |id| self.is_there(id), |_| KeptReceipt::default())?;
        let own = OwnState {
            first_seen_at: fields.integer("first_seen_at")?,
            watermark: read_watermark(fields)?,
        };
        let revision = own.watermark.as_ref().map_or(0, |mark| mark.revision);
        check_most("read_all_revision", revision, self.last_revision)?;
        self.state.enact(&Effect::User(UserChange {
            name: name.into(),
            own: Some(own),
            kept,
        }));
        Ok(())
    }

    fn user_more(&mut self, fields: &Fields) -> Result<()> {
        let name = fields.text("user")?;
        let Some(user) = self.state.users.get(name) else {
            let reason = Bilingual::new("no preceding user line", "前面没有该用户的 user 行");
            return Err(Error::invalid("user", name, reason));
        };
        let kept = read_kept(fields, |id| self.is_there(id), |id| user.kept(id))?;
        let change = UserChange {
            name: name.into(),
            own: None,
            kept,
        };
        self.state.enact(&Effect::User(change));
        Ok(())
    }

    fn idempotency_key(&mut self, fields: &Fields) -> Result<()> {
        let key = fields.text("key")?;
        check_bytes("key", key, limits::IDEMPOTENCY_KEY_BYTES)?;
        if key.is_empty() || self.state.index.idempotency_keys.contains(key) {
            let reason = Bilingual::new("empty or duplicate", "为空或重复");
            return Err(Error::invalid("key", key, reason));
        }
        let print = fields.text("fingerprint")?;
        let fingerprint = unhex(print).ok_or_else(|| {
            malformed(
                "fingerprint",
                "must be 64 hexadecimal digits",
                "必须是 64 个十六进制数字",
            )
        })?;
        let published = Published {
            id: fields.integer("id")?,
            version: fields.small("version")?,
            revision: fields.integer("revision")?,
            outcome: Outcome::from_name(fields.text("outcome")?)?,
            duplicate: false,
        };
        check_most("id", published.id, self.last_id)?;
        check_most("revision", published.revision, self.last_revision)?;
        let result = KeyedResult {
            fingerprint,
            published,
            at: fields.integer("at")?,
        };
        self.state.enact(&Effect::PutKey(key.into(), result));
        Ok(())
    }

    fn end(&mut self, fields: &Fields) -> Result<()> {
        let lines = fields.integer("lines")?;
        if u64::try_from(lines) != Ok(self.lines) {
            let reason = Bilingual::new(
                format!("mismatch: {} lines precede it", self.lines),
                format!("行数不符：前面实有 {} 行", self.lines),
            );
            return Err(Error::invalid("lines", &lines.to_string(), reason));
        }
        self.is_ended = true;
        Ok(())
    }

    fn finish(self) -> Result<State> {
        if !self.is_ended {
            return Err(malformed(
                "end",
                "missing: the input is truncated",
                "缺失：输入被截断",
            ));
        }
        Ok(self.state)
    }
}

fn key_json(key: &str, result: &KeyedResult) -> Value {
    let KeyedResult {
        fingerprint,
        published,
        at,
    } = result;
    let hex: String = fingerprint
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    json!({
        "key": key,
        "fingerprint": hex,
        "id": published.id,
        "version": published.version,
        "revision": published.revision,
        "outcome": published.outcome.name(),
        "at": at,
    })
}

fn unhex(text: &str) -> Option<Fingerprint> {
    let mut result = Fingerprint::default();
    let mut digits = text.bytes().map(|byte| char::from(byte).to_digit(16));
    for byte in &mut result {
        // Two digits of four bits each.
        *byte = (digits.next()?? << 4 | digits.next()??) as u8;
    }
    digits.next().is_none().then_some(result)
}

fn failed(what: &str, error: std::io::Error) -> Error {
    let reason = Bilingual::new(
        format!("cannot {what}: {error}"),
        format!("读写失败：{error}"),
    );
    Error::new(ErrorKind::Io, reason).caused_by(error)
}
