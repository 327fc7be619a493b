//! Copying a board to another file.

use redb::{ReadableTable, WriteTransaction};

use super::database::write_filled;
use super::medium::Medium;
use super::snapshot::Snapshot;
use super::tables::{Stored, encode_all, put_all, table};
use crate::error::{Bilingual, Error, ErrorKind, Result};
use crate::journal::record::Sharing;
use crate::journal::record::{ANNOUNCEMENT, CHANGE, HISTORY, IDEMPOTENCY_KEY, Kind, RECEIPT, USER};
use crate::journal::{Checkpoint, Link, Position};

/// Identity of a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Copied {
    /// The same board, including epoch and changes: a backup.
    Same,
    /// A board with this epoch and without earlier changes, so that followers list again.
    Anew(u128),
}

/// Copies the board of `snapshot` to `to`, which must not exist. Each record is read first, so that
/// a copy of a damaged board is never taken for a sound one.
///
/// # Errors
/// `exists`; `corrupt` for a damaged record; `io`; `read_only`.
pub(crate) fn copy(snapshot: &Snapshot, to: &dyn Medium, copied: Copied) -> Result<i64> {
    check(snapshot)?;
    let mut head = snapshot.board()?;
    if let Copied::Anew(epoch) = copied {
        // The changes are left out, and the history is new.
        (head.epoch, head.compacted) = (epoch, head.revision);
        head.link = Link::beginning(epoch, head.seq);
    }
    let has_history = snapshot.table_if_any(&HISTORY)?.is_some();
    let fill = |transaction: &WriteTransaction| -> Stored<()> {
        if has_history {
            copy_table(snapshot, transaction, &HISTORY)?;
        }
        for kind in [&ANNOUNCEMENT, &USER, &RECEIPT, &IDEMPOTENCY_KEY] {
            copy_table(snapshot, transaction, kind)?;
        }
        if copied == Copied::Same {
            copy_table(snapshot, transaction, &CHANGE)?;
        }
        Ok(())
    };
    make(to, head, &fill)?;
    Ok(head.revision)
}

/// Writes a board in memory to `to`, which must not exist.
///
/// # Errors
/// As [`copy`].
pub(crate) fn write_out(checkpoint: &Checkpoint, to: &dyn Medium) -> Result<()> {
    let encoded = encode_all(to.name(), &checkpoint.effects)?;
    make(to, checkpoint.head, &|transaction| {
        put_all(transaction, &encoded)
    })
}

fn make(
    to: &dyn Medium,
    head: Position,
    fill: &dyn Fn(&WriteTransaction) -> Stored<()>,
) -> Result<()> {
    let exists = || {
        let reason = Bilingual::new("already exists; nothing is overwritten", "已存在，不会覆盖");
        Error::of_file(to.name(), reason).of_kind(ErrorKind::Exists)
    };
    if to.exists()? {
        return Err(exists());
    }
    if to.open_journal_to_read()?.is_some() {
        // It would be taken for the journal of the new file.
        let (en, zh) = (
            "already exists, without a board that it belongs to; move it away",
            "已存在，但没有所属的公告板文件；请将其移走",
        );
        let reason = Bilingual::new(en, zh);
        return Err(Error::of_file(to.journal_name(), reason).of_kind(ErrorKind::Exists));
    }
    let made = to.create(&mut |file| write_filled(to.name(), file, head, fill));
    made.map_err(|error| {
        if to.exists() == Ok(true) {
            exists()
        } else {
            error
        }
    })
}

/// Reads every record.
fn check(snapshot: &Snapshot) -> Result<()> {
    let sharing = Sharing::default();
    snapshot.announcements(&sharing, |record| record.map(drop))?;
    snapshot.former_versions(None, |record| record.map(drop))?;
    snapshot.users(|record| record.map(drop))?;
    snapshot.receipts(|record| record.map(drop))?;
    snapshot.changes(&sharing, |record| record.map(drop))?;
    snapshot.idempotency_keys(|record| record.map(drop))
}

fn copy_table(snapshot: &Snapshot, to: &WriteTransaction, kind: &Kind) -> Stored<()> {
    let from = snapshot.table(kind)?;
    let mut to = to.open_table(table(kind))?;
    for record in from.iter()? {
        let (key, bytes) = record?;
        to.insert(key.value(), bytes.value())?;
    }
    Ok(())
}
