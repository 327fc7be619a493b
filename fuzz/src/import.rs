//! Imports of anything at all.

use crate::json::explains_itself;
use crate::support::{
    answers, empty_board, everything, exported, lines, survives_a_round_trip, works_on,
};
use notice::{Draft, Query, SharedBoard, Viewer};

/// A refused import leaves the board empty and usable; an accepted one is a board like any other.
pub fn import(data: &[u8]) {
    let board = empty_board();
    if let Err(error) = board
        .custody()
        .expect("it is kept here")
        .import(&mut &*data)
    {
        explains_itself(&error, data.len());
        assert_eq!(board.revision().expect("there is one"), 0);
        let count = board.count(&everything()).expect("an editor may count");
        assert_eq!(count.total, Some(0));
        assert_eq!(lines(&exported(&board)), lines(&exported(&empty_board())));
        board
            .publish(&Draft::new("en", "first"))
            .expect("an empty board can be published to");
        return;
    }
    answers(&board);
    survives_a_round_trip(&board);
    works_on(&board);
    brings_news(&board);
    answers(&board);
    survives_a_round_trip(&board);
}

/// What is published after an import is news to everybody, whatever the import said of them.
fn brings_news(board: &SharedBoard) {
    let id = board
        .publish(&Draft::new("en", "one more"))
        .expect("a sound draft")
        .id;
    let query = Query::new(Viewer::new("zhang.wei"));
    let item = board.get(id, &query).expect("it is for everybody");
    assert!(!item.is_read() && !item.is_dismissed() && item.is_pending());
}
