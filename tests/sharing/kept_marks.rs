//! Marks of a copy that are kept in a file: `shm:NAME?state=PATH`.

use notice::{Draft, ErrorKind, Mark, Query, Viewer};

use crate::directory::Directory;
use crate::support::{catch_up, name, unread, until};

#[test]
fn marks_are_there_when_the_copy_is_opened_again() {
    let (name, folder) = (name(), Directory::new());
    let board = notice::open("mem:").unwrap();
    let first = board.publish(&Draft::new("en", "First")).unwrap().id;
    let second = board.publish(&Draft::new("en", "Second")).unwrap().id;
    let _sharing = notice::share(&board, &name).unwrap();
    let url = format!("shm:{name}?state={}", folder.path("marks.notice").display());
    let copy = notice::open(&url).unwrap();
    copy.mark(&Viewer::new("li.lei"), &[first], Mark::Read)
        .unwrap();
    copy.mark_all_read(&Query::new(Viewer::new("han.meimei")), None)
        .unwrap();
    assert_eq!(notice::open(&url).unwrap_err().kind(), ErrorKind::Locked);
    drop(copy);

    board.purge(first).unwrap();
    let third = board.publish(&Draft::new("en", "Third")).unwrap().id;
    let copy = notice::open(&url).unwrap();
    catch_up(&*copy, &*board);
    assert_eq!(unread(&*copy, "li.lei"), [second, third]);
    assert_eq!(unread(&*copy, "han.meimei"), [third]);
    assert!(copy.forget_user("han.meimei").unwrap());
    drop(copy);
    let copy = notice::open(&url).unwrap();
    catch_up(&*copy, &*board);
    assert_eq!(unread(&*copy, "han.meimei"), [second, third]);
    assert_eq!(unread(&*copy, "li.lei"), [second, third]);
    assert_eq!(
        copy.stats().unwrap().receipts,
        0,
        "of what was purged nothing is left"
    );
}

#[test]
fn marks_of_another_board_are_not_taken_for_marks_of_this_one() {
    let (name, folder) = (name(), Directory::new());
    let url = format!("shm:{name}?state={}", folder.path("marks.notice").display());
    for title in ["One", "Other"] {
        let board = notice::open("mem:").unwrap();
        let id = board.publish(&Draft::new("en", title)).unwrap().id;
        let _sharing = notice::share(&board, &name).unwrap();
        let copy = notice::open(&url).unwrap();
        until(&*copy, |copy| {
            copy.head().unwrap().epoch == board.head().unwrap().epoch
        });
        assert_eq!(unread(&*copy, "li.lei"), [id], "{title}");
        copy.mark(&Viewer::new("li.lei"), &[id], Mark::Read)
            .unwrap();
    }
}

#[test]
fn a_board_with_announcements_is_no_file_of_marks() {
    let (name, folder) = (name(), Directory::new());
    let board = notice::open("mem:").unwrap();
    let _sharing = notice::share(&board, &name).unwrap();
    let file = folder.open("board.notice");
    file.publish(&Draft::new("en", "Kept")).unwrap();
    drop(file);
    let path = folder.path("board.notice");
    let error = notice::open(&format!("shm:{name}?state={}", path.display())).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Exists);
    let file = folder.open("board.notice");
    assert_eq!(file.revision(), Ok(1), "it is as it was");
    let error = notice::open(&format!("shm:{name}?state=x&marks=mem:")).unwrap_err();
    assert_eq!(error.path(), Some("url.marks"));
}
