//! Users in the file: one record each, and more for a user with many receipts.
//!
//! The user's own record holds the first receipts, which is all of them for most users. A record in
//! the other table holds those from its id on, up to the next record's. A mark rewrites one record,
//! which is read first, because an effect has only what changes.

use redb::{ReadableTable, Table, WriteTransaction};

use super::key::{receipt_key, receipt_of, receipts_from, receipts_of};
use super::records::{StoredUser, decode_receipts, decode_user, encode_receipts, encode_user};
use super::table::{Bytes, Stored, table};
use crate::journal::packed::Packed;
use crate::journal::record::{Damage, Kind, RECEIPT, USER};
use crate::journal::{Marks, UserChange};

/// Tables of users, for writing.
pub(super) struct UserTables<'a> {
    users: Table<'a, Bytes, Bytes>,
    receipts: Table<'a, Bytes, Bytes>,
}

/// Receipts from one record, while they change.
struct Open {
    /// Id under which the record is stored; None for the user's own.
    from: Option<i64>,
    /// First id that belongs to the next record; None if there is no next one.
    until: Option<i64>,
    packed: Packed,
}

impl<'a> UserTables<'a> {
    /// Opens the tables.
    pub(super) fn new(transaction: &'a WriteTransaction) -> Stored<Self> {
        Ok(Self {
            users: transaction.open_table(table(&USER))?,
            receipts: transaction.open_table(table(&RECEIPT))?,
        })
    }

    /// Changes a user.
    pub(super) fn apply(&mut self, change: &UserChange) -> Stored<()> {
        let name = &*change.name;
        let mut user = self.user(name)?;
        if let Some(own) = &change.own {
            user.own.clone_from(own);
        }
        if !user.is_packed {
            self.pack(&mut user)?;
        }
        let mut open: Option<Open> = None;
        for (id, kept) in change.kept.iter() {
            let is_here = |open: &Open| open.until.is_none_or(|until| id < until);
            let mut here = match open.take() {
                Some(here) if is_here(&here) => here,
                left => {
                    if let Some(left) = left {
                        self.close(&mut user, left)?;
                    }
                    self.open(&mut user, id)?
                }
            };
            match here.packed.set(id, kept) {
                None => open = Some(here),
                Some(upper) => {
                    // The next id finds its record by itself.
                    self.close(&mut user, here)?;
                    let upper = Open {
                        from: upper.first(),
                        until: None,
                        packed: upper,
                    };
                    self.close(&mut user, upper)?;
                }
            }
        }
        if let Some(open) = open {
            self.close(&mut user, open)?;
        }
        let record = encode_user(&user).map_err(unencodable(&USER))?;
        self.users.insert(name.as_bytes(), record.as_slice())?;
        Ok(())
    }

    /// Removes a user.
    pub(super) fn forget(&mut self, name: &str) -> Stored<()> {
        let user = self.user(name)?;
        if user.has_more {
            self.remove_receipts(name)?;
        }
        self.users.remove(name.as_bytes())?;
        Ok(())
    }

    /// Reads a user's own record. Former builds may have left receipts without one.
    fn user(&self, name: &str) -> Stored<StoredUser> {
        let record = self.users.get(name.as_bytes())?;
        match record {
            Some(record) => {
                let user = decode_user(name.as_bytes(), record.value());
                user.map_err(undecodable(&USER, name))
            }
            None => Ok(StoredUser::new(name)),
        }
    }

    /// Packs what a former build has stored receipt by receipt.
    fn pack(&mut self, user: &mut StoredUser) -> Stored<()> {
        let range = receipts_of(&user.name);
        let mut parts = Vec::new();
        let range = range.start().as_slice()..=range.end().as_slice();
        for record in self.receipts.range::<&[u8]>(range)? {
            let (key, record) = record?;
            let part = decode_receipts(key.value(), record.value());
            parts.push(part.map_err(undecodable(&RECEIPT, &user.name))?.packed);
        }
        user.is_packed = true;
        if !parts.is_empty() {
            self.remove_receipts(&user.name)?;
        }
        let marks = Marks::of_parts(parts);
        for (n, packed) in marks.parts().enumerate() {
            let open = Open {
                from: packed.first().filter(|_| n > 0),
                until: None,
                packed: packed.clone(),
            };
            self.close(user, open)?;
        }
        Ok(())
    }

    /// Takes out the receipts among which that of `id` belongs.
    fn open(&self, user: &mut StoredUser, id: i64) -> Stored<Open> {
        let mut open = Open {
            from: None,
            until: None,
            packed: Packed::default(),
        };
        if user.has_more {
            let name = &*user.name;
            let range = receipts_from(name, id);
            let range = range.start().as_slice()..=range.end().as_slice();
            if let Some(next) = self.receipts.range::<&[u8]>(range)?.next() {
                open.until = receipt_of(next?.0.value()).map(|(_, from)| from);
            }
            let (first, here) = (receipt_key(name, i64::MIN), receipt_key(name, id));
            let range = first.as_slice()..=here.as_slice();
            if let Some(record) = self.receipts.range::<&[u8]>(range)?.next_back() {
                let (key, record) = record?;
                let part = decode_receipts(key.value(), record.value());
                let part = part.map_err(undecodable(&RECEIPT, name))?;
                (open.from, open.packed) = (Some(part.from), part.packed);
            }
        }
        if open.from.is_none() {
            open.packed = std::mem::take(&mut user.packed);
        }
        Ok(open)
    }

    /// Puts receipts back.
    fn close(&mut self, user: &mut StoredUser, open: Open) -> Stored<()> {
        let Some(from) = open.from else {
            user.packed = open.packed;
            return Ok(());
        };
        let key = receipt_key(&user.name, from);
        match open.packed.is_empty() {
            true => drop(self.receipts.remove(key.as_slice())?),
            false => {
                let record = encode_receipts(&key, &open.packed).map_err(unencodable(&RECEIPT))?;
                self.receipts.insert(key.as_slice(), record.as_slice())?;
                user.has_more = true;
            }
        }
        Ok(())
    }

    fn remove_receipts(&mut self, name: &str) -> Stored<()> {
        let range = receipts_of(name);
        let range = range.start().as_slice()..=range.end().as_slice();
        self.receipts.retain_in(range, |_, _| false)?;
        Ok(())
    }
}

/// Converts damage of the record of `name` to an error.
fn undecodable<'a>(kind: &'a Kind, name: &'a str) -> impl FnOnce(Damage) -> redb::Error + 'a {
    move |damage| redb::Error::Corrupted(format!("{}[{name}]: {damage:?}", kind.name))
}

/// Converts a failure to encode, which the limits of names and of packed receipts prevent.
fn unencodable(kind: &Kind) -> impl FnOnce(Damage) -> redb::Error + '_ {
    move |damage| redb::Error::Corrupted(format!("{}: {damage:?}", kind.name))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use proptest::prelude::*;
    use redb::backends::InMemoryBackend;
    use redb::{Builder, Database, ReadableDatabase, ReadableTableMetadata};

    use super::*;
    use crate::file::snapshot::Snapshot;
    use crate::file::tables::{encode_all, make, put_all};
    use crate::journal::record::{FormerReceipt, FormerUser};
    use crate::journal::{Effect, KeptReceipt, OwnState};
    use crate::model::Receipt;

    type Book = BTreeMap<String, BTreeMap<i64, u32>>;

    #[derive(Debug, Clone)]
    enum Step {
        /// Reads announcements, from one on at a distance of each other; version 0 takes that back.
        Read(String, i64, i64, u32, u32),
        Forget(String),
    }

    fn name() -> impl Strategy<Value = String> {
        prop_oneof!["[ab]", Just("a\u{1}".to_owned()), Just("é".repeat(64))]
    }

    fn step() -> impl Strategy<Value = Step> {
        let read = (name(), -5..400_i64, 1..4_i64, 1..120_u32, 0..3_u32);
        prop_oneof![
            6 => read.prop_map(|(name, from, by, n, version)| Step::Read(name, from, by, n, version)),
            1 => name().prop_map(Step::Forget),
        ]
    }

    fn read_at(version: u32) -> KeptReceipt {
        let receipt = Receipt {
            read_version: version,
            read_at: i64::from(version),
            ..Receipt::default()
        };
        KeptReceipt {
            receipt,
            is_unread: false,
        }
    }

    /// Records of former builds: one for each receipt, and none for the user `b` alone.
    fn former(database: &Database, book: &Book) {
        let transaction = database.begin_write().unwrap();
        make(&transaction).unwrap();
        let mut users = transaction.open_table(table(&USER)).unwrap();
        let mut receipts = transaction.open_table(table(&RECEIPT)).unwrap();
        let one = |kind: &Kind| Kind { format: 1, ..*kind };
        for (name, read) in book {
            if name != "b" {
                let user = FormerUser::new(5);
                let record = one(&USER).encode(name.as_bytes(), &user).unwrap();
                users.insert(name.as_bytes(), record.as_slice()).unwrap();
            }
            for (id, version) in read {
                let key = receipt_key(name, *id);
                let record = FormerReceipt::from(&read_at(*version));
                let record = one(&RECEIPT).encode(&key, &record).unwrap();
                receipts.insert(key.as_slice(), record.as_slice()).unwrap();
            }
        }
        drop((users, receipts));
        transaction.commit().unwrap();
    }

    fn stored(database: &Database) -> Book {
        let mut book = Book::new();
        let snapshot = Snapshot::new("a file", database.begin_read().unwrap());
        snapshot
            .whole_users(|user| {
                let read = user
                    .marks
                    .iter()
                    .map(|(id, kept)| (id, kept.receipt.read_version));
                assert!(
                    book.last_key_value()
                        .is_none_or(|(last, _)| **last < *user.name)
                );
                book.insert(user.name.to_string(), read.collect());
                Ok(())
            })
            .unwrap();
        book
    }

    fn write(database: &Database, effects: &[Effect]) {
        let encoded = encode_all("a file", effects).unwrap();
        let transaction = database.begin_write().unwrap();
        put_all(&transaction, &encoded).unwrap();
        transaction.commit().unwrap();
    }

    fn effect(book: &mut Book, step: &Step) -> Effect {
        match step {
            Step::Read(name, from, by, count, version) => {
                let read = book.entry(name.clone()).or_default();
                let ids = (0..i64::from(*count)).map(|n| from + n * by);
                for id in ids.clone() {
                    match version {
                        0 => drop(read.remove(&id)),
                        _ => drop(read.insert(id, *version)),
                    }
                }
                Effect::User(UserChange {
                    name: name.as_str().into(),
                    own: Some(OwnState {
                        first_seen_at: 5,
                        watermark: None,
                    }),
                    kept: ids.map(|id| (id, read_at(*version))).collect(),
                })
            }
            Step::Forget(name) => {
                book.remove(name);
                Effect::ForgetUser(Arc::from(name.as_str()))
            }
        }
    }

    fn database() -> Database {
        let backend = InMemoryBackend::new();
        Builder::new().create_with_backend(backend).unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn what_is_stored_is_what_was_written(
            before in prop::collection::btree_map(
                "[abc]", prop::collection::btree_map(-3..150_i64, 1..3_u32, 1..120), 0..3),
            steps in prop::collection::vec(prop::collection::vec(step(), 1..4), 0..12),
        ) {
            let (database, mut book) = (database(), before);
            former(&database, &book);
            prop_assert_eq!(&stored(&database), &book);
            for steps in &steps {
                let effects: Vec<_> = steps.iter().map(|step| effect(&mut book, step)).collect();
                write(&database, &effects);
                prop_assert_eq!(&stored(&database), &book);
            }
            let names: Vec<_> = book.keys().cloned().collect();
            for name in names {
                write(&database, &[effect(&mut book, &Step::Forget(name))]);
            }
            let transaction = database.begin_read().unwrap();
            for kind in [&USER, &RECEIPT] {
                prop_assert_eq!(transaction.open_table(table(kind)).unwrap().len().unwrap(), 0);
            }
        }
    }

    #[test]
    fn a_user_has_few_records_and_a_mark_writes_a_short_one() {
        let (database, mut book) = (database(), Book::new());
        former(&database, &book);
        let mut read = |from, count| {
            let step = Step::Read("ann".to_owned(), from, 1, count, 1);
            write(&database, &[effect(&mut book, &step)]);
            let transaction = database.begin_read().unwrap();
            let receipts = transaction.open_table(table(&RECEIPT)).unwrap();
            receipts.len().unwrap()
        };
        assert_eq!(read(1, 40), 0, "all are in the user's own record");
        let records = read(41, 10_000);
        assert!((60..250).contains(&records), "{records}");
        assert_eq!(read(5000, 1), records);
    }
}
