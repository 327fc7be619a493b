//! `notice serve --share NAME`: programs of the same user have a copy in shared memory.

use notice::{Board, Draft, ErrorKind, Mark, Query, Viewer};

use crate::support::{Machine, PATIENCE};

fn unread(board: &dyn Board) -> usize {
    let mut query = Query::new(Viewer::new("li.lei"));
    query.filter.unread_only = true;
    board.query(&query).unwrap().items.len()
}

#[test]
fn a_copy_follows_the_daemon_and_the_one_that_takes_over_and_marks_go_there() {
    let machine = Machine::new();
    let name = format!("cli-{}", std::process::id());
    let mut first = machine.serve(&["--share", &name]);
    let board = machine.open();
    let id = board.publish(&Draft::new("en", "before")).unwrap().id;

    let marks = format!("shm:{name}?marks={}", machine.url());
    let copy = notice::open(&marks).unwrap();
    assert_eq!(copy.wait(0, PATIENCE), Ok(1));
    assert_eq!(unread(&*copy), 1);
    copy.mark(&Viewer::new("li.lei"), &[id], Mark::Read)
        .unwrap();
    assert_eq!((unread(&*copy), unread(&*board)), (0, 0));
    let error = copy.publish(&Draft::new("en", "here?")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ReadOnly);

    let second = machine.serve(&["--share", &name, "--take-over"]);
    assert_eq!(first.wait(), Some(0));
    board.publish(&Draft::new("en", "after")).unwrap();
    assert_eq!(copy.wait(1, PATIENCE), Ok(2));
    assert_eq!(unread(&*copy), 1);
    drop(second);
    assert_eq!(unread(&*copy), 1, "what it has it keeps");
}

#[test]
fn a_name_that_cannot_be_shared_is_told() {
    let machine = Machine::new();
    for arguments in [
        &["serve", "--share", "a/b"][..],
        &["serve", "--check-config", "--share", "a/b"],
    ] {
        let told = machine.run(arguments);
        assert_eq!(told.status.code(), Some(2), "{told:?}");
        let errors = String::from_utf8(told.stderr).unwrap();
        assert!(
            errors.contains("share") && errors.contains("a/b"),
            "{errors}"
        );
    }
}
