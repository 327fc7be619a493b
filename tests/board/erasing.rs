//! What was purged or forgotten leaves nothing behind on a board that was compacted.

use notice::{ChangeQuery, Draft, Mark, Patch, Query, SharedBoard, Text, Viewer};

use crate::directory::Directory;

const TITLE: &str = "Quartalszahlen-Titel";
const BODY: &str = "Quartalszahlen-Rumpf";
const KEY: &str = "quartalszahlen-key";
const TAG: &str = "quartalszahlen-tag";
const AUTHOR: &str = "quartalszahlen-author";
const USER: &str = "quartalszahlen-user";
const CHANNEL: &str = "quartalszahlen-channel";

const WORDS: [&str; 7] = [TITLE, BODY, KEY, TAG, AUTHOR, USER, CHANNEL];

/// Returns the words that `bytes` contain.
fn found(bytes: &[u8]) -> Vec<&'static str> {
    let has = |word: &&str| {
        let mut windows = bytes.windows(word.len());
        windows.any(|window| window == word.as_bytes())
    };
    WORDS.into_iter().filter(has).collect()
}

/// Everything that the board keeps.
fn kept(board: &SharedBoard) -> Vec<u8> {
    let checkpoint = board.custody().unwrap().checkpoint().unwrap();
    format!("{:?}", checkpoint.effects()).into_bytes()
}

fn draft(n: usize) -> Draft {
    let body = format!("{BODY} {}", "lang ".repeat(n * 100));
    Draft::from_text(Text::new("de", TITLE).body(body))
        .key(format!("{KEY}{n}"))
        .channel(CHANNEL)
        .tag(TAG)
        .author(AUTHOR)
}

/// A board with some that stay among many that go.
fn fill(board: &SharedBoard) -> Vec<i64> {
    let mut gone = Vec::new();
    for n in 0..60 {
        let id = board.publish(&draft(n)).unwrap().id;
        // The former version goes as well.
        let news = Patch::new()
            .title("de", "Neu")
            .body("de", "Neu")
            .author("neu");
        board.update(id, news).unwrap();
        assert_eq!(board.history(id).unwrap().len(), 1);
        let viewer = Viewer::new(format!("{USER}{n}"));
        board.mark(&viewer, &[id], Mark::Read).unwrap();
        gone.push(id);
        let stays = Draft::new("de", format!("Bleibt {n}"));
        let id = board.publish(&stays).unwrap().id;
        board
            .mark(&Viewer::new("bleibt"), &[id], Mark::Seen)
            .unwrap();
    }
    gone
}

#[test]
fn what_is_purged_and_forgotten_leaves_nothing_on_a_compacted_board_and_in_its_copies() {
    for parameters in ["", "?durability=relaxed"] {
        let directory = Directory::new();
        let board = directory.open(&format!("board.notice{parameters}"));
        let gone = fill(&board);
        let since = board.revision().unwrap();
        for n in 0..60 {
            assert!(board.forget_user(&format!("{USER}{n}")).unwrap());
        }
        for id in gone {
            board.purge(id).unwrap();
        }
        // The change feed still knows what the purged ones were.
        assert!(!found(&kept(&board)).is_empty());
        let custody = board.custody().unwrap();
        custody.compact().unwrap();
        assert_eq!(found(&kept(&board)), [""; 0]);
        assert_eq!(custody.verify().unwrap().problems, []);
        // Whoever follows learns all the same which ones are gone.
        let query = ChangeQuery::since(since, Query::new(Viewer::new("bleibt")));
        assert_eq!(board.changes(&query).unwrap().events.len(), 60);

        custody.backup(&directory.path("copy.notice")).unwrap();
        let copy = std::fs::read(directory.path("copy.notice")).unwrap();
        assert_eq!(found(&copy), [""; 0]);
        drop(board);
        let board = directory.open("board.notice");
        assert_eq!(found(&kept(&board)), [""; 0]);
        assert_eq!(board.custody().unwrap().verify().unwrap().problems, []);
        assert_eq!(board.stats().unwrap().announcements, 60);
    }
}
