//! Callbacks that are told how far a board has come.

use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::thread;

use notice::{Draft, Head, Mark, OnChange, Options, SharedBoard, Viewer};

use crate::directory::Directory;

/// A callback that sends what it is told.
fn teller() -> (Arc<OnChange>, Receiver<Head>) {
    let (sender, heads) = channel();
    let callback: Arc<OnChange> = Arc::new(move |head| {
        // Nobody may be listening any more.
        let _ = sender.send(head);
    });
    (callback, heads)
}

fn listening() -> (SharedBoard, Arc<OnChange>, Receiver<Head>) {
    let board = notice::open("mem:").unwrap();
    let (callback, heads) = teller();
    board.on_change(Arc::downgrade(&callback)).unwrap();
    (board, callback, heads)
}

fn publish(board: &SharedBoard) -> i64 {
    board.publish(&Draft::new("en", "a")).unwrap().id
}

#[test]
fn a_write_is_told_with_the_head_it_made() {
    let (board, _callback, heads) = listening();
    publish(&board);
    assert_eq!(heads.recv().unwrap(), board.head().unwrap());
    publish(&board);
    let head = heads.recv().unwrap();
    assert_eq!((head, head.revision), (board.head().unwrap(), 2));
}

#[test]
fn a_mark_moves_the_number_of_writes_and_not_the_revision() {
    let (board, _callback, heads) = listening();
    let id = publish(&board);
    let before = heads.recv().unwrap();
    let viewer = Viewer::new("u");
    board.mark(&viewer, &[id], Mark::Read).unwrap();
    let after = heads.recv().unwrap();
    assert_eq!(after.revision, before.revision);
    assert!(after.seq > before.seq);
    assert!(board.forget_user("u").unwrap());
    assert!(heads.recv().unwrap().seq > after.seq);
}

#[test]
fn what_changes_nothing_is_not_told() {
    let (board, _callback, heads) = listening();
    assert!(!board.forget_user("nobody").unwrap());
    board.retract(7, "").unwrap_err();
    publish(&board);
    assert_eq!(heads.recv().unwrap().revision, 1);
    drop(board);
    assert!(heads.try_recv().is_err());
}

#[test]
fn a_slow_callback_is_told_the_newest_head_once() {
    let board = notice::open("mem:").unwrap();
    let (entered, is_entered) = channel();
    let (go_on, may_go_on) = channel::<()>();
    let may_go_on = Mutex::new(may_go_on);
    let callback: Arc<OnChange> = Arc::new(move |head| {
        entered.send(head.revision).unwrap();
        may_go_on.lock().unwrap().recv().unwrap();
    });
    board.on_change(Arc::downgrade(&callback)).unwrap();
    publish(&board);
    assert_eq!(is_entered.recv(), Ok(1));
    for _ in 0..10 {
        publish(&board);
    }
    go_on.send(()).unwrap();
    assert_eq!(is_entered.recv(), Ok(11));
    go_on.send(()).unwrap();
    publish(&board);
    assert_eq!(is_entered.recv(), Ok(12));
    go_on.send(()).unwrap();
}

#[test]
fn a_callback_that_was_dropped_is_forgotten() {
    let (board, callback, heads) = listening();
    let (other, others) = teller();
    board.on_change(Arc::downgrade(&other)).unwrap();
    publish(&board);
    assert_eq!(heads.recv().unwrap().revision, 1);
    assert_eq!(others.recv().unwrap().revision, 1);
    drop(callback);
    publish(&board);
    assert_eq!(others.recv().unwrap().revision, 2);
    // Its sender went with it: nothing of it is kept.
    assert!(heads.recv().is_err());
}

#[test]
fn a_panic_in_a_callback_does_not_reach_the_others() {
    let board = notice::open("mem:").unwrap();
    let panics: Arc<OnChange> = Arc::new(|_| panic!("of the caller"));
    board.on_change(Arc::downgrade(&panics)).unwrap();
    let (callback, heads) = teller();
    board.on_change(Arc::downgrade(&callback)).unwrap();
    for revision in 1..=3 {
        publish(&board);
        assert_eq!(heads.recv().unwrap().revision, revision);
    }
}

#[test]
fn a_callback_may_write_to_its_board() {
    let board = notice::open("mem:").unwrap();
    let (sender, heads) = channel();
    let its_own = Arc::downgrade(&board);
    let callback: Arc<OnChange> = Arc::new(move |head| {
        if head.revision < 5
            && let Some(board) = its_own.upgrade()
        {
            publish(&board);
        }
        let _ = sender.send(head.revision);
    });
    board.on_change(Arc::downgrade(&callback)).unwrap();
    publish(&board);
    let told: Vec<i64> = heads.iter().take(5).collect();
    assert_eq!(told, [1, 2, 3, 4, 5]);
}

#[test]
fn a_callback_may_drop_its_board() {
    let directory = Directory::new();
    let board = directory.open("board");
    let (sender, is_dropped) = channel();
    let handle = Arc::new(Mutex::new(None));
    let its_own = Arc::clone(&handle);
    let callback: Arc<OnChange> = Arc::new(move |_| {
        let board: Option<SharedBoard> = its_own.lock().unwrap().take();
        // The file is closed when this has returned, also from here.
        drop(board);
        let _ = sender.send(());
    });
    board.on_change(Arc::downgrade(&callback)).unwrap();
    let mut held = handle.lock().unwrap();
    publish(&board);
    *held = Some(board);
    drop(held);
    is_dropped.recv().unwrap();
    let again = directory.open("board");
    assert_eq!(again.revision(), Ok(1));
}

#[test]
fn dropping_a_board_waits_for_the_call_in_progress() {
    let board = notice::open("mem:").unwrap();
    let (entered, is_entered) = channel();
    let (go_on, may_go_on) = channel::<()>();
    let may_go_on = Mutex::new(may_go_on);
    let (returned, has_returned) = channel();
    let callback: Arc<OnChange> = Arc::new(move |_| {
        entered.send(()).unwrap();
        may_go_on.lock().unwrap().recv().unwrap();
        returned.send(()).unwrap();
    });
    board.on_change(Arc::downgrade(&callback)).unwrap();
    publish(&board);
    is_entered.recv().unwrap();
    let dropping = thread::spawn(move || drop(board));
    assert!(has_returned.try_recv().is_err());
    go_on.send(()).unwrap();
    dropping.join().unwrap();
    assert_eq!(has_returned.try_recv(), Ok(()));
}

#[test]
fn an_import_is_told_with_its_new_epoch() {
    let from = Options::new().open("mem:").unwrap();
    publish(&from);
    let mut lines = Vec::new();
    from.custody().unwrap().export(&mut lines).unwrap();
    let (board, _callback, heads) = listening();
    let before = board.head().unwrap();
    let custody = board.custody().unwrap();
    custody.import(&mut lines.as_slice()).unwrap();
    let after = heads.recv().unwrap();
    assert_ne!(after.epoch, before.epoch);
    assert_eq!(after.revision, 1);
}
