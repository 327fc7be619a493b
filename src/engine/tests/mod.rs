//! Boards on a disk that fails, loses what was not synced, or holds something else: nothing that was
//! acknowledged is lost, and nothing that was refused appears.

mod crashes;
mod disk;
mod evicted;
mod faults;
mod folding;
mod history;
mod journal;
mod readers;
mod relaxed;
mod replicas;

use self::history::Step;
use crate::error::{Error, ErrorKind, Language};

/// Asserts that an error says, in both languages, that it is the file.
#[track_caller]
fn assert_is_of_file(error: &Error) {
    assert!(
        matches!(error.kind(), ErrorKind::Io | ErrorKind::ReadOnly),
        "{error:?}"
    );
    let (en, zh) = (error.message(Language::En), error.message(Language::Zh));
    assert!(
        en.contains("disk") && zh.contains("disk") && en != zh,
        "{en} / {zh}"
    );
}
