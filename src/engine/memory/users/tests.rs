//! Users beside a plain map of names.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::journal::{KeptReceipt, Marks, OwnState, Watermark};
use crate::model::Receipt;

/// What a user has: first seen, and the version read of each announcement.
type Book = BTreeMap<String, (i64, BTreeMap<i64, u32>)>;

#[derive(Debug, Clone)]
enum Step {
    /// Reads announcements at a version; 0 takes that back.
    Read(String, Vec<(i64, u32)>),
    Forget(String),
    /// Asks for an index, which must follow from then on.
    Ask,
    /// Saves all users, and opens them again.
    Reopen,
}

fn name() -> impl Strategy<Value = String> {
    "[ab公]{1,3}"
}

fn step() -> impl Strategy<Value = Step> {
    let marks = prop::collection::vec((0..12_i64, 0..3_u32), 0..6);
    prop_oneof![
        8 => (name(), marks).prop_map(|(name, marks)| Step::Read(name, marks)),
        3 => name().prop_map(Step::Forget),
        1 => Just(Step::Ask),
        1 => Just(Step::Reopen),
    ]
}

fn read_at(version: u32) -> KeptReceipt {
    let receipt = Receipt {
        read_version: version,
        read_at: i64::from(version) * 1000,
        ..Receipt::default()
    };
    KeptReceipt {
        receipt,
        is_unread: false,
    }
}

fn take(users: &mut Users, book: &mut Book, step: &Step, now: i64) {
    match step {
        Step::Read(name, marks) => {
            let mut change = users.edit(name, now).finish();
            assert_eq!(change.own.is_some(), !book.contains_key(name));
            let (first_seen_at, book) = book.entry(name.clone()).or_insert((now, BTreeMap::new()));
            for (id, version) in marks {
                change.kept.insert(*id, read_at(*version));
                match version {
                    0 => drop(book.remove(id)),
                    _ => drop(book.insert(*id, *version)),
                }
            }
            assert!(
                change
                    .own
                    .as_ref()
                    .is_none_or(|own| own.first_seen_at == *first_seen_at)
            );
            users.apply(&change);
        }
        Step::Forget(name) => {
            users.forget(name);
            book.remove(name);
        }
        Step::Ask => drop(users.readers()),
        Step::Reopen => {
            let mut opened = Users::default();
            for (name, user) in users.after("") {
                let parts: Vec<_> = user.marks.parts().cloned().collect();
                opened.load(KeptUser {
                    name: name.into(),
                    own: user.own.clone(),
                    marks: Marks::of_parts(parts),
                });
            }
            *users = opened;
        }
    }
}

proptest! {
    #[test]
    fn users_are_those_of_a_plain_map(steps in prop::collection::vec(step(), 0..60)) {
        let (mut users, mut book) = (Users::default(), Book::new());
        for (now, step) in (0..).zip(&steps) {
            take(&mut users, &mut book, step, now);
            prop_assert!(!users.is_wrong());
        }
        prop_assert_eq!(users.len(), book.len());
        let receipts: usize = book.values().map(|(_, read)| read.len()).sum();
        prop_assert_eq!(users.receipts(), receipts as u64);
        let all: Book = users
            .after("")
            .map(|(name, user)| {
                let read = user.receipts().map(|(id, receipt)| (id, receipt.read_version));
                (name.to_owned(), (user.own.first_seen_at, read.collect()))
            })
            .collect();
        prop_assert_eq!(&all, &book);
        for id in 0..12 {
            let readers = users.readers().touched_by(id);
            let with = book.iter().filter(|(_, (_, read))| read.contains_key(&id));
            let names: Vec<&str> = with.map(|(name, _)| name.as_str()).collect();
            for limit in 1..=names.len() + 1 {
                for after in ["", "a", "b", "ba", "公公", "z"] {
                    let page = users.page(&readers, after, limit);
                    let page: Vec<&str> = page.into_iter().map(|(name, _)| name).collect();
                    let rest = names.iter().copied().filter(|name| *name > after);
                    prop_assert_eq!(page, rest.take(limit).collect::<Vec<_>>());
                }
            }
        }
        prop_assert!(!users.is_wrong());
    }
}

#[test]
fn the_number_of_a_forgotten_user_brings_nothing_to_the_next_one() {
    let (mut users, mut book) = (Users::default(), Book::new());
    let read = |name: &str| Step::Read(name.to_owned(), vec![(1, 1)]);
    for step in [
        read("ann"),
        read("bob"),
        Step::Ask,
        Step::Forget("ann".to_owned()),
    ] {
        take(&mut users, &mut book, &step, 0);
    }
    let number = users.free[0];
    take(
        &mut users,
        &mut book,
        &Step::Read("cid".to_owned(), vec![]),
        0,
    );
    assert_eq!(users.number("cid"), Some(number));
    assert!(!users.readers().touched_by(1).contains(number));
    assert!(users.get("cid").unwrap().receipts().next().is_none());
}

#[test]
fn a_watermark_is_kept_under_its_own_place() {
    let mut users = Users::default();
    let mut change = users.edit("ann", 0).finish();
    users.apply(&change);
    users.readers();
    for revision in [3, 7] {
        let watermark = Watermark {
            revision,
            at: revision << 30,
            since_revision: revision,
            since: 0,
            viewer: Some(Arc::new(Viewer::new("").with("role", revision.to_string()))),
        };
        change.own = Some(OwnState {
            first_seen_at: 0,
            watermark: Some(Box::new(watermark)),
        });
        users.apply(&change);
        assert!(!users.is_wrong());
    }
    users.forget("ann");
    assert!(!users.is_wrong());
    assert_eq!((users.len(), users.receipts()), (0, 0));
}
