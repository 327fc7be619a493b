//! Types that redb gives a table here.

use redb::TableDefinition;

use crate::journal::record::Kind;

/// Result of redb.
pub(super) type Stored<T> = Result<T, redb::Error>;

/// Type of keys and records for redb.
pub(super) type Bytes = &'static [u8];

/// Returns the table of a kind. All have the same type, because redb's code is instantiated for
/// each.
pub(super) fn table(kind: &Kind) -> TableDefinition<'static, Bytes, Bytes> {
    TableDefinition::new(kind.name)
}
