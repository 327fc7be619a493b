//! A whole board as JSON Lines, out and in.
//!
//! One JSON object a line, with a single member that names what it is: `board` first, then
//! `announcement`, `user` and `idempotency_key` in any number, and `end` with the number of lines
//! before it, so that a file that was cut off is noticed. A `user` of whom more is kept than a line
//! should hold is followed by `user_more`.

mod fields;
mod user;

use std::collections::HashSet;
use std::io::{BufRead, Write};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use self::fields::{Fields, check_most, malformed};
use self::user::{Kept, user_lines};
use crate::engine::memory::evicted::Shelf;
use crate::engine::memory::feed::Feed;
use crate::engine::memory::idempotency::{Fingerprint, KEY_BYTES, Remembered};
use crate::engine::memory::index::{Index, Put};
use crate::engine::memory::users::{User, Users, Watermark, check_user};
use crate::engine::writer::durable::{idempotency_record, user_changes};
use crate::engine::{Store, random_epoch};
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::file::{Edit, Head};
use crate::model::{Announcement, Audience, Draft, TakenApart, check_bytes, json as strict};
use crate::model::{Outcome, Published};

/// The version of the format.
const FORMAT: i64 = 1;
/// Longest line, in bytes: a record of full size, and each of its bytes escaped.
const LINE_BYTES: usize = 2 * 1024 * 1024;
/// The highest id and revision of a board that is read. JSON carries integers up to 2^53-1, and beyond
/// that a board could not be read from its own export any more: this leaves it half of them.
const NUMBER: i64 = 1 << 52;
/// The highest version, which leaves as many to come.
const VERSION: i64 = 1 << 31;

impl Store {
    /// Writes the whole board.
    pub(crate) fn export_to(&self, to: &mut dyn Write) -> Result<()> {
        let mut out = Lines { to, count: 0 };
        // Everything that is written is of one revision; what is kept of users is of one instant.
        let index = self.index.read();
        let users = self.users.read();
        out.line(
            "board",
            json!({
                "format": FORMAT,
                "epoch": format!("{:032x}", *self.epoch.read()),
                "revision": index.revision,
                "last_id": index.last_id,
            }),
        )?;
        let mut slots: Vec<_> = index.slots().filter_map(|slot| index.entry(slot)).collect();
        slots.sort_unstable_by_key(|entry| entry.announcement.id());
        for entry in slots {
            out.line("announcement", index.whole(&entry.announcement)?.to_json())?;
        }
        for (name, user) in users.after("") {
            for (n, line) in user_lines(name, user).enumerate() {
                out.line(if n == 0 { "user" } else { "user_more" }, line)?;
            }
        }
        for (key, remembered) in index.idempotency_keys.iter() {
            out.line("idempotency_key", remembered_json(key, remembered))?;
        }
        let count = out.count;
        out.line("end", json!({ "lines": count }))?;
        out.to.flush().map_err(|error| failed("write", error))
    }

    /// Reads a whole board into this one, which is empty.
    pub(crate) fn import_from(&self, from: &mut dyn BufRead) -> Result<()> {
        let _right = self.writer.lock();
        let _poison = self.begin()?;
        let now = self.clock.now();
        if self.index.read().revision != 0 {
            return Err(Error::new(
                ErrorKind::Exists,
                Bilingual::new("the board is not empty", "公告板不为空"),
            ));
        }
        let mut reading = Reading::new(now);
        let mut line = Vec::new();
        let mut number = 0;
        loop {
            line.clear();
            number += 1;
            let mut limited = std::io::Read::take(&mut *from, LINE_BYTES as u64 + 1);
            let read = limited
                .read_until(b'\n', &mut line)
                .map_err(|error| failed("read", error))?;
            if read == 0 {
                break;
            }
            let at_line = |error: Error| error.within(&format!("line {number}"));
            if line.len() > LINE_BYTES {
                let unit = Bilingual::new("bytes", "字节");
                let (actual, limit) = (line.len() as u64, LINE_BYTES as u64);
                return Err(at_line(Error::too_large("", actual, limit, &unit)));
            }
            if !line.trim_ascii().is_empty() {
                reading.line(&line).map_err(at_line)?;
            }
        }
        let (mut index, users) = reading.finish()?;
        let revision = index.revision;
        let epoch = random_epoch();
        if let Some(durable) = &self.durable {
            let head = Head {
                epoch,
                revision,
                last_id: index.last_id,
                compacted: revision,
                created_at: self.created_at,
            };
            durable.replace(head, &whole_board(&index, &users)?)?;
            index.shelf = Shelf::of(Arc::clone(&durable.file));
        }
        {
            let _settled = self.settling.lock();
            let mut current = self.index.write();
            *self.users.write() = users;
            *self.feed.write() = Feed::starting_at(revision);
            *self.epoch.write() = epoch;
            *current = index;
            let seq = self.head.get().seq + 1;
            self.head.set(crate::query::Head::new(epoch, revision, seq));
            self.worker.wake_if(current.unsearched.len() > 0);
        }
        self.head.wake();
        Ok(())
    }
}

/// Everything that a file holds of a board without changes, as records.
///
/// # Errors
/// Those of the file, where texts are in it only.
pub(crate) fn whole_board(index: &Index, users: &Users) -> Result<Vec<Edit>> {
    let entries = index.slots().filter_map(|slot| index.entry(slot));
    let whole = entries.map(|entry| index.whole(&entry.announcement));
    let mut changes = whole
        .map(|whole| whole.map(Edit::PutAnnouncement))
        .collect::<Result<Vec<Edit>>>()?;
    for user in users.as_changes() {
        user_changes(&user, &mut changes);
    }
    for (key, remembered) in index.idempotency_keys.iter() {
        changes.push(Edit::PutIdempotencyKey(
            key.into(),
            idempotency_record(remembered),
        ));
    }
    Ok(changes)
}

/// Writes lines and counts them.
struct Lines<'a> {
    to: &'a mut dyn Write,
    count: u64,
}

impl Lines<'_> {
    fn line(&mut self, name: &str, value: Value) -> Result<()> {
        self.count += 1;
        let mut object = Map::new();
        object.insert(name.to_owned(), value);
        writeln!(self.to, "{}", Value::Object(object)).map_err(|error| failed("write", error))
    }
}

/// A board that is being read.
struct Reading {
    index: Index,
    users: Users,
    last_revision: i64,
    last_id: i64,
    has_header: bool,
    is_ended: bool,
    lines: u64,
    names: HashSet<String>,
}

impl Reading {
    fn new(now: i64) -> Self {
        Self {
            index: Index::new(now),
            users: Users::default(),
            last_revision: 0,
            last_id: 0,
            has_header: false,
            is_ended: false,
            lines: 0,
            names: HashSet::new(),
        }
    }

    fn line(&mut self, line: &[u8]) -> Result<()> {
        if self.is_ended {
            return Err(malformed("", "follows the end line", "位于 end 行之后"));
        }
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
            "announcement" => self.announcement(fields),
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
        Ok(())
    }

    fn announcement(&mut self, fields: Fields) -> Result<()> {
        let taken = Announcement::take_apart(fields.0)?;
        let TakenApart {
            draft,
            given,
            retract_reason,
        } = taken;
        if given.id > self.last_id || self.index.by_id(given.id).is_some() {
            let reason =
                Bilingual::new("duplicate, or greater than last_id", "重复，或大于 last_id");
            return Err(Error::invalid("id", &given.id.to_string(), reason));
        }
        check_most("revision", given.revision, self.last_revision)?;
        check_most("notify_revision", given.notify_revision, given.revision)?;
        let version = given.version.into();
        check_most("version", version, VERSION)?;
        check_most("notify_version", given.notify_version.into(), version)?;
        if self.index.by_key(&draft.channel, &draft.key).is_some() && !draft.key.is_empty() {
            let reason = Bilingual::new("duplicate in its channel", "在频道内重复");
            return Err(Error::invalid("key", &draft.key, reason));
        }
        let put = self.put(&draft, given, &retract_reason)?;
        self.index.put(put);
        Ok(())
    }

    fn put(&self, draft: &Draft, given: crate::model::Given, reason: &str) -> Result<Put> {
        let checked = draft.check()?;
        let locales = self.index.locales.shared(&checked.locales);
        let audience: Arc<Audience> = self.index.groups.shared(&draft.audience);
        let announcement = Announcement::new(draft, &checked, given, locales, audience, reason);
        Ok(Put {
            announcement: Arc::new(announcement),
            audience: checked.audience,
        })
    }

    fn user(&mut self, fields: &Fields) -> Result<()> {
        let name = fields.text("user")?;
        check_user(name)?;
        if !self.names.insert(name.to_owned()) {
            let reason = Bilingual::new("duplicate", "重复");
            return Err(Error::invalid("user", name, reason));
        }
        let kept = Kept::read(fields, self.last_id)?;
        let watermark = Watermark {
            revision: fields.integer("read_all_revision")?,
            at: fields.integer("read_all_at")?,
        };
        check_most("read_all_revision", watermark.revision, self.last_revision)?;
        let first_seen_at = fields.integer("first_seen_at")?;
        self.users.insert(
            name,
            User {
                first_seen_at,
                watermark,
                receipts: kept.receipts,
                unread: kept.unread,
            },
        );
        Ok(())
    }

    fn user_more(&mut self, fields: &Fields) -> Result<()> {
        let name = fields.text("user")?;
        let kept = Kept::read(fields, self.last_id)?;
        let Some(user) = self.users.get_mut(name) else {
            let reason = Bilingual::new("no preceding user line", "前面没有该用户的 user 行");
            return Err(Error::invalid("user", name, reason));
        };
        user.receipts.extend(kept.receipts);
        user.unread.extend(kept.unread);
        Ok(())
    }

    fn idempotency_key(&mut self, fields: &Fields) -> Result<()> {
        let key = fields.text("key")?;
        check_bytes("key", key, KEY_BYTES)?;
        if key.is_empty() || self.index.idempotency_keys.contains(key) {
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
        let remembered = Remembered {
            fingerprint,
            published,
            at: fields.integer("at")?,
        };
        self.index.idempotency_keys.insert(key, remembered);
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

    fn finish(mut self) -> Result<(Index, Users)> {
        if !self.is_ended {
            return Err(malformed(
                "end",
                "missing: the input is truncated",
                "缺失：输入被截断",
            ));
        }
        self.index.revision = self.last_revision;
        self.index.last_id = self.last_id;
        Ok((self.index, self.users))
    }
}

fn remembered_json(key: &str, remembered: &Remembered) -> Value {
    let Remembered {
        fingerprint,
        published,
        at,
    } = remembered;
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
