//! Reading a journal file: the entries that go on from the board in redb.
//!
//! A frame that is not intact ends its segment: nothing behind it counts. It is a torn tail, cut off by a
//! crash in the middle of a write, if no intact frame of a later entry is left anywhere. Otherwise
//! entries that were acknowledged are damaged, and the journal is refused as a whole.

use super::failure::corrupt;
use super::frame::{ALIGNMENT, FORMAT, FoundHead, Frame, SEGMENT_HEAD, SegmentHead};
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::journal::{Entry, Position};

/// What a journal file contains.
#[derive(Debug)]
pub(super) struct Recovered {
    /// Entries after the board in redb, in order.
    pub(super) entries: Vec<Entry>,
    /// Position after these.
    pub(super) head: Position,
    /// Number of the last entry in each segment's place; 0 if there is none.
    pub(super) last_seqs: Vec<u64>,
    /// Greatest number of a segment.
    pub(super) last_number: u64,
}

/// Place of a segment in the file.
#[derive(Clone, Copy)]
struct Place<'a> {
    index: usize,
    offset: u64,
    bytes: &'a [u8],
}

/// A journal being read.
struct Reading<'a> {
    name: &'a str,
    /// Position of the board in redb.
    board: Position,
    recovered: Recovered,
    /// Where the last segment ended: the place of a damaged frame, if there is one.
    end: u64,
}

/// Reads the journal `name`, whose segments have `length` bytes, beside a board at `board`.
///
/// # Errors
/// `corrupt` for damage before the end, and for the journal of a different board or history;
/// `unsupported` for a later format.
pub(super) fn recover(
    name: &str,
    bytes: &[u8],
    length: usize,
    board: Position,
) -> Result<Recovered> {
    let mut offset = 0;
    let places: Vec<Place<'_>> = bytes
        .chunks(length)
        .enumerate()
        .map(|(index, bytes)| {
            let place = Place {
                index,
                offset,
                bytes,
            };
            offset += bytes.len() as u64;
            place
        })
        .collect();
    let mut reading = Reading {
        name,
        board,
        recovered: Recovered {
            entries: Vec::new(),
            head: board,
            last_seqs: vec![0; places.len()],
            last_number: 0,
        },
        end: 0,
    };
    let (mut segments, mut damaged) = (Vec::new(), Vec::new());
    for place in &places {
        match SegmentHead::read(place.bytes) {
            FoundHead::Unused => {}
            FoundHead::Damaged => damaged.push(*place),
            FoundHead::Later(format) => return Err(reading.unknown_format(format)),
            FoundHead::Head(head) => segments.push((head, *place)),
        }
    }
    if let (true, Some(first)) = (segments.is_empty(), damaged.first()) {
        return Err(reading.damaged(first.offset));
    }
    segments.sort_unstable_by_key(|(head, _)| head.number);
    for (n, (head, place)) in segments.iter().enumerate() {
        if head.epoch != board.epoch {
            return Err(reading.foreign(head.epoch));
        }
        if usize::try_from(head.length) != Ok(length) {
            return Err(reading.damaged(place.offset));
        }
        let next = segments.get(n + 1).map(|(next, _)| next.first_seq);
        reading.segment(head, *place, next)?;
    }
    reading.check_nothing_is_missing(&places, &damaged)?;
    Ok(reading.recovered)
}

impl Reading<'_> {
    /// Reads the frames of a segment, up to `next`: the first entry of the segment after it.
    fn segment(&mut self, head: &SegmentHead, place: Place<'_>, next: Option<u64>) -> Result<()> {
        self.recovered.last_number = head.number;
        let goes_on = self.recovered.head.seq.saturating_add(1);
        if head.first_seq > goes_on {
            return Err(self.missing(head.first_seq));
        }
        if head.first_seq == goes_on && head.previous != self.recovered.head.link {
            return Err(self.other_history(place.offset));
        }
        let mut at = SEGMENT_HEAD;
        while let Some(frame) = place
            .bytes
            .get(at..)
            .and_then(|rest| Frame::read(rest, head.epoch))
            .filter(|frame| frame.segment == head.number)
            // One whose write was refused, and whose number was given again.
            .filter(|frame| next.is_none_or(|next| frame.first_seq < next))
        {
            self.frame(&frame, place.offset + at as u64)?;
            if let Some(last) = self.recovered.last_seqs.get_mut(place.index) {
                *last = frame.last_seq();
            }
            at += frame.length();
        }
        self.end = place.offset + at as u64;
        Ok(())
    }

    fn frame(&mut self, frame: &Frame<'_>, offset: u64) -> Result<()> {
        if frame.first_seq > self.recovered.head.seq.saturating_add(1) {
            self.end = offset;
            return Err(self.missing(frame.first_seq));
        }
        if frame.last_seq() < self.board.seq {
            return Ok(());
        }
        for (seq, bytes) in (frame.first_seq..).zip(frame.entries()) {
            if seq < self.board.seq {
                continue;
            }
            let entry = bytes.ok_or_else(|| self.damaged(offset))?;
            let entry =
                Entry::from_bytes(entry).map_err(|error| self.unreadable(offset, &error))?;
            if seq == self.board.seq {
                // In redb already, but it shows whether both are of one history.
                if entry.link()? != self.board.link {
                    return Err(self.other_history(offset));
                }
                continue;
            }
            let head = &mut self.recovered.head;
            if head.check_next(&entry).is_err() {
                return Err(self.other_history(offset));
            }
            head.advance(&entry)?;
            self.recovered.entries.push(entry);
        }
        Ok(())
    }

    /// Fails if there is an intact frame of a later entry: then those between are damaged.
    ///
    /// Frames of an earlier use of a place cannot be mistaken for one, because their numbers are lower.
    fn check_nothing_is_missing(&self, places: &[Place<'_>], damaged: &[Place<'_>]) -> Result<()> {
        let next = self.recovered.head.seq.saturating_add(1);
        for place in places {
            let is_damaged = damaged.iter().any(|one| one.index == place.index);
            // Where the header is damaged, the next entry may be intact and yet have been unreachable.
            let least = if is_damaged { next } else { next + 1 };
            let mut rest = place.bytes.get(SEGMENT_HEAD..).unwrap_or_default();
            while !rest.is_empty() {
                match Frame::read(rest, self.board.epoch) {
                    Some(frame) if frame.first_seq >= least && is_damaged => {
                        return Err(self.damaged(place.offset));
                    }
                    Some(frame) if frame.first_seq >= least => {
                        return Err(self.missing(frame.first_seq));
                    }
                    _ => rest = rest.get(ALIGNMENT..).unwrap_or_default(),
                }
            }
        }
        Ok(())
    }

    fn damaged(&self, offset: u64) -> Error {
        corrupt(
            self.name,
            format!("damaged at byte {offset}"),
            format!("已损坏，位于第 {offset} 字节"),
        )
    }

    fn unreadable(&self, offset: u64, error: &Error) -> Error {
        use crate::error::Language::{En, Zh};
        let (en, zh) = (error.reason(En), error.reason(Zh));
        let reason = Bilingual::new(
            format!("entry at byte {offset}: {en}"),
            format!("第 {offset} 字节处的日志条目：{zh}"),
        );
        Error::of_file(self.name, reason).of_kind(error.kind())
    }

    /// Creates the error for a gap before the entry `next`.
    fn missing(&self, next: u64) -> Error {
        let (last, end) = (self.recovered.head.seq, self.end);
        corrupt(
            self.name,
            format!(
                "damaged at byte {end}: write {next} is there, but those after write {last} are not; if the \
                 board's file was replaced by an older copy, put the newer one back, or move this \
                 journal away to go on with the copy alone"
            ),
            format!(
                "第 {end} 字节处已损坏：存在写入 {next}，但写入 {last} 之后的内容缺失；如果公告板文件已被较旧的\
                 副本替换，请放回较新的文件，或移走此日志后仅使用该副本"
            ),
        )
    }

    fn foreign(&self, epoch: u128) -> Error {
        let board = self.board.epoch;
        corrupt(
            self.name,
            format!(
                "journal of a different board: epoch {epoch:032x}, not {board:032x}; put back the board's \
                 file that it belongs to, or move this journal away to go on without it"
            ),
            format!(
                "日志属于另一个公告板：纪元为 {epoch:032x}，而不是 {board:032x}；请放回它所属的公告板文件，\
                 或移走此日志后继续"
            ),
        )
    }

    fn other_history(&self, offset: u64) -> Error {
        let seq = self.board.seq;
        corrupt(
            self.name,
            format!(
                "journal of a different history: byte {offset} does not go on from write {seq} of the \
                 board's file; put back the file that it belongs to, or move this journal away to go on \
                 without it"
            ),
            format!(
                "日志的历史不一致：第 {offset} 字节与公告板文件的写入 {seq} 不衔接；请放回它所属的公告板文件，\
                 或移走此日志后继续"
            ),
        )
    }

    fn unknown_format(&self, format: u32) -> Error {
        let reason = Bilingual::new(
            format!(
                "unknown format {format} (this build supports up to {FORMAT}): written by a newer build"
            ),
            format!("未知格式 {format}（本版本最高支持 {FORMAT}）：由更新的版本写入"),
        );
        Error::of_file(self.name, reason).of_kind(ErrorKind::Unsupported)
    }
}
