//! Many readers beside writers: each answer is of one revision.

use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use notice::{Draft, Phase, Query, SharedBoard, View};

use crate::support::{NOW, anyone, board, draft, editor, filter, ids_of};

const WRITERS: usize = 2;
const READERS: usize = 3;
const BATCHES: usize = 60;
const BATCH: usize = 7;

/// Runs writers and readers together. Readers go on until the last writer is done.
fn together(write: impl Fn(usize) + Sync, read: impl Fn(usize) + Sync) {
    let start = Barrier::new(WRITERS + READERS);
    let writing = AtomicUsize::new(WRITERS);
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (write, start, writing) = (&write, &start, &writing);
            scope.spawn(move || {
                // Also when it panics, or the readers would never stop.
                struct Done<'a>(&'a AtomicUsize);
                impl Drop for Done<'_> {
                    fn drop(&mut self) {
                        self.0.fetch_sub(1, Ordering::SeqCst);
                    }
                }
                let _done = Done(writing);
                start.wait();
                write(writer);
            });
        }
        for reader in 0..READERS {
            let (read, start, writing) = (&read, &start, &writing);
            scope.spawn(move || {
                start.wait();
                while writing.load(Ordering::SeqCst) > 0 {
                    read(reader);
                }
                read(reader);
            });
        }
    });
}

fn tagged(tag: &str, view: View) -> Query {
    let filter = filter(|f| f.tags_any = vec![tag.into()]);
    anyone().filter(filter).limit(1000).view(view)
}

#[test]
fn no_reader_sees_half_a_batch() {
    let (board, clock) = board();
    let write = |_| {
        for n in 0..BATCHES {
            let batch = vec![
                draft("a")
                    .visible(1, None)
                    .visible(1, None)
                    .tag("whole")
                    .severity(notice::Severity::ALL[n % 5]);
                BATCH
            ];
            board.publish_all(&batch).unwrap();
            // What is over or still to come moves the index along.
            board
                .publish(&draft("b").visible(NOW + n as i64, NOW + n as i64 + 1))
                .unwrap();
        }
    };
    let read = |reader: usize| {
        let view = if reader == 0 {
            View::Editor
        } else {
            View::Viewer
        };
        let before = board.revision().unwrap();
        let count = board.count(&tagged("whole", view)).unwrap();
        assert_eq!(count.total.unwrap() % BATCH as u64, 0);
        assert!(count.revision >= before);
        clock.set(NOW + before % 50);
        let page = board.query(&tagged("whole", view)).unwrap();
        assert_eq!(Some(page.items.len() as u64), page.count.total);
        assert!(page.count.revision >= count.revision && page.count.total >= count.total);
        assert!(
            page.items
                .iter()
                .all(|i| i.revision() <= page.count.revision)
        );
    };
    together(write, read);
    clock.set(NOW);
    let total = (WRITERS * BATCHES * BATCH) as u64;
    assert_eq!(
        board.count(&tagged("whole", View::Viewer)).unwrap().total,
        Some(total)
    );
    assert_eq!(board.revision().unwrap(), (WRITERS * BATCHES * 2) as i64);
}

#[test]
fn an_upsert_of_several_is_seen_whole() {
    let (board, _) = board();
    let round = |n: usize| -> Vec<Draft> {
        (0..BATCH)
            .map(|k| {
                draft("a")
                    .key(format!("k{k}"))
                    .priority(n as i32)
                    .tag(["odd", "even"][n % 2])
            })
            .collect()
    };
    board.publish_all(&round(0)).unwrap();
    let write = |writer: usize| {
        for n in 0..BATCHES {
            board.publish_all(&round(n * WRITERS + writer)).unwrap();
        }
    };
    let read = |_| {
        let page = board.query(&anyone()).unwrap();
        assert_eq!(
            (page.items.len(), page.count.total),
            (BATCH, Some(BATCH as u64))
        );
        let priority = page.items[0].priority();
        assert!(page.items.iter().all(|i| i.priority() == priority));
        let odd = board.count(&tagged("odd", View::Viewer)).unwrap();
        assert!([0, BATCH as u64].contains(&odd.total.unwrap()));
    };
    together(write, read);
    assert_eq!(
        board.count(&editor(Phase::Any)).unwrap().total,
        Some(BATCH as u64)
    );
}

#[test]
fn ids_and_revisions_are_given_once_whoever_writes() {
    let (board, _) = board();
    let given = std::sync::Mutex::new(Vec::new());
    let write = |_| {
        for _ in 0..BATCHES {
            let published = board.publish_all(&[draft("a"), draft("b")]).unwrap();
            let mut ids: Vec<_> = published.iter().map(|p| (p.revision, p.id)).collect();
            if ids[0].1 % 3 == 0 {
                board.retract(ids[0].1, "").unwrap();
            }
            given.lock().unwrap().append(&mut ids);
        }
    };
    let read = |_| assert_eq!(seen_twice(&board), [0; 0]);
    together(write, read);
    let mut given = given.into_inner().unwrap();
    given.sort_unstable();
    let ids: Vec<i64> = given.iter().map(|(_, id)| *id).collect();
    assert_eq!(ids, Vec::from_iter(1..=(WRITERS * BATCHES * 2) as i64));
    assert!(given.chunks(2).all(|batch| batch[0].0 == batch[1].0));
}

fn seen_twice(board: &SharedBoard) -> Vec<i64> {
    let mut ids = ids_of(&board.query(&editor(Phase::Any).limit(1000)).unwrap());
    ids.sort_unstable();
    let twice = ids.windows(2).filter(|pair| pair[0] == pair[1]);
    twice.map(|pair| pair[0]).collect()
}
