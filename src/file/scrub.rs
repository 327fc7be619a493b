//! Compaction of redb's file, after which nothing that was erased is left in it.
//!
//! redb leaves what it has freed as it is: in free pages, and in the room behind the records of a page. So the
//! records are written to new pages first, and free pages are then filled with zeros.

use redb::{Database, ReadableTable, TableDefinition, WriteTransaction};

use super::records::BOARD;
use super::tables::{Bytes, KINDS, Stored, table};

/// Table that records are written to anew, one table after the other.
const ANEW: TableDefinition<'static, Bytes, Bytes> = TableDefinition::new("anew");
/// Table of zeros.
const ZEROS: TableDefinition<'static, Bytes, Bytes> = TableDefinition::new("zeros");
/// Bytes of a page that its own header and a key may take.
const PAGE_HEAD: usize = 96;
/// Pages for the table of zeros itself, and for freed pages that are not counted as such yet.
const SURPLUS: u64 = 16;

/// Shrinks a file of `length()` bytes as far as possible.
pub(super) fn compact(database: &mut Database, length: impl Fn() -> u64) -> Stored<()> {
    let transaction = database.begin_write()?;
    // A crash may have left it.
    transaction.delete_table(ZEROS)?;
    for kind in KINDS.into_iter().chain([&BOARD]) {
        write_anew(&transaction, table(kind))?;
    }
    transaction.commit()?;
    // Each pass moves what it can; the last one finds nothing to move.
    while database.compact()? {}
    let transaction = database.begin_write()?;
    fill_free_pages(&transaction, length())?;
    transaction.commit()?;
    let transaction = database.begin_write()?;
    transaction.delete_table(ZEROS)?;
    transaction.commit()?;
    while database.compact()? {}
    Ok(())
}

fn write_anew(
    transaction: &WriteTransaction,
    old: TableDefinition<'static, Bytes, Bytes>,
) -> Stored<()> {
    {
        let (from, mut to) = (transaction.open_table(old)?, transaction.open_table(ANEW)?);
        for record in from.iter()? {
            let (key, bytes) = record?;
            to.insert(key.value(), bytes.value())?;
        }
    }
    transaction.delete_table(old)?;
    transaction.rename_table(ANEW, old)?;
    Ok(())
}

/// Fills as many pages with zeros as are free.
fn fill_free_pages(transaction: &WriteTransaction, length: u64) -> Stored<()> {
    let stats = transaction.stats()?;
    let page = stats.page_size();
    let free = (length / page as u64).saturating_sub(stats.allocated_pages());
    let zeros = vec![0; page.saturating_sub(PAGE_HEAD)];
    let mut table = transaction.open_table(ZEROS)?;
    for n in 0..free + SURPLUS {
        table.insert(n.to_be_bytes().as_slice(), zeros.as_slice())?;
    }
    Ok(())
}
