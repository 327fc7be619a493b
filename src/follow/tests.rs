//! The follower beside a simulated board, of which an oracle knows what is on it at any instant.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// A board of announcements that are nothing but spans of time.
#[derive(Debug, Clone, Default)]
struct Board {
    head: Head,
    spans: Vec<(i64, i64)>,
}

impl Board {
    /// The oracle: the numbers of those that are on the board.
    fn visible(&self, now: i64) -> Vec<usize> {
        let spans = self.spans.iter().enumerate();
        spans
            .filter(|(_, (from, until))| *from <= now && now < *until)
            .map(|(number, _)| number)
            .collect()
    }

    fn answer(&self, now: i64) -> Answer {
        let bounds = self.spans.iter().flat_map(|(from, until)| [*from, *until]);
        let next = bounds.filter(|bound| *bound > now).min();
        Answer::new(self.head.epoch, self.head.revision, now, next)
    }
}

/// What happens between two looks of the follower.
#[derive(Debug, Clone)]
enum Event {
    Publish(i64, i64),
    /// The last one is taken back.
    Retract,
    /// A backup is restored: another epoch, perhaps the same revision.
    Restore(i64),
    Sleep,
    /// Time passes, as much as the follower wanted to sleep at most.
    Pass(i64),
    SetClock(i64),
    /// Asking fails from now on, or works again.
    Fails(bool),
    /// What was kept of changes is gone.
    Lost,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => (0..200_i64, 1..100_i64).prop_map(|(from, length)| Event::Publish(from, from + length)),
        1 => Just(Event::Retract),
        1 => (-3..3_i64).prop_map(Event::Restore),
        5 => Just(Event::Sleep),
        3 => (0..50_i64).prop_map(Event::Pass),
        1 => (0..250_i64).prop_map(Event::SetClock),
        1 => any::<bool>().prop_map(Event::Fails),
        1 => Just(Event::Lost),
    ]
}

/// A program that shows a board as its follower says.
struct Program {
    follower: Follower,
    shown: Vec<usize>,
    fails: bool,
}

impl Program {
    /// Does what the follower wants until it wants to sleep; returns until when. A failure ends it too.
    fn settle(&mut self, board: &Board, now: i64) -> Option<i64> {
        for _ in 0..3 {
            match self.follower.next(&board.head, now) {
                Next::Sleep { until } => return until,
                Next::Ask(_) if self.fails => self.follower.failed(ErrorKind::Unavailable, now),
                Next::Ask(_) => {
                    let difference = self.follower.answered(board.answer(now));
                    let visible = board.visible(now);
                    // What it calls no change must be none.
                    assert!(difference.any() || visible == self.shown);
                    self.shown = visible;
                }
            }
        }
        panic!("it asks again and again");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn what_is_shown_is_right_whenever_the_follower_sleeps(
        events in vec(event(), 1..60),
        nap in proptest::option::of(1..40_i64),
    ) {
        let mut board = Board { head: Head::new(1, 0, 0), ..Board::default() };
        let mut now = 100;
        let follower = Follower { longest_nap_ms: nap, ..Follower::new() };
        let mut program = Program { follower, shown: Vec::new(), fails: false };
        let mut until = program.settle(&board, now);
        for event in events {
            match event {
                Event::Publish(from, to) => {
                    board.spans.push((from, to));
                    board.head.revision += 1;
                }
                Event::Retract => {
                    if board.spans.pop().is_some() {
                        board.head.revision += 1;
                    }
                }
                Event::Restore(by) => {
                    board.head.epoch += 1;
                    board.head.revision = (board.head.revision + by).max(0);
                    board.spans.pop();
                }
                Event::Sleep => now = until.unwrap_or(now + 10),
                Event::Pass(ms) => now += ms,
                Event::SetClock(to) => now = to,
                Event::Fails(fails) => program.fails = fails,
                Event::Lost => program.follower.failed(ErrorKind::Compacted, now),
            }
            until = program.settle(&board, now);
            if program.follower.failures > 0 {
                // It is told that it may be stale, and tries again in time.
                let wait = until.map(|until| until - now);
                prop_assert!(wait.is_some_and(|wait| (1..=LONGEST_PAUSE_MS).contains(&wait)));
                continue;
            }
            prop_assert_eq!(&program.shown, &board.visible(now));
            // Nothing changes by itself before it wakes.
            let end = until.unwrap_or(now + 400);
            prop_assert!(end > now && nap.is_none_or(|nap| end <= now + nap));
            for instant in now..end {
                prop_assert_eq!(&program.shown, &board.visible(instant));
            }
        }
    }
}

fn head(revision: i64) -> Head {
    Head::new(1, revision, 0)
}

fn asked(revision: i64, now: i64, next: Option<i64>) -> Follower {
    let mut follower = Follower::new();
    follower.answered(Answer::new(1, revision, now, next));
    follower
}

#[test]
fn it_says_why_it_asks() {
    let follower = asked(5, 1000, Some(2000));
    let cases = [
        (head(5), 1999, None),
        (head(5), 2000, Some(Reason::Time)),
        (head(6), 1500, Some(Reason::Revision)),
        (head(4), 1500, Some(Reason::Revision)),
        (Head::new(2, 5, 0), 1500, Some(Reason::OtherBoard)),
        (head(5), 999, Some(Reason::ClockSetBack)),
    ];
    for (head, now, reason) in cases {
        let expected = match reason {
            Some(reason) => Next::Ask(reason),
            None => Next::Sleep { until: Some(2000) },
        };
        assert_eq!(follower.next(&head, now), expected, "{head:?} at {now}");
    }
    assert_eq!(Follower::new().next(&head(0), 0), Next::Ask(Reason::First));
    // A mark is no reason.
    assert_eq!(
        follower.next(&Head::new(1, 5, 99), 1500),
        Next::Sleep { until: Some(2000) }
    );
}

#[test]
fn it_counts_revisions_and_what_the_time_brought() {
    let mut follower = asked(5, 1000, Some(2000));
    let difference = follower.answered(Answer::new(1, 8, 2500, None));
    assert_eq!((difference.revisions, difference.by_time), (3, true));
    assert_eq!(difference.count(), 4);
    let difference = follower.answered(Answer::new(1, 8, 2500, None));
    assert!(!difference.any());
    let difference = follower.answered(Answer::new(2, 8, 2500, None));
    assert!(difference.any() && difference.is_new);
}

#[test]
fn it_naps_no_longer_than_it_may() {
    let follower = asked(5, 1000, None);
    assert_eq!(follower.next(&head(5), 1000), Next::Sleep { until: None });
    let follower = follower.longest_nap_ms(60);
    let until = Some(1060);
    assert_eq!(follower.next(&head(5), 1000), Next::Sleep { until });
    let follower = asked(5, 1000, Some(1050)).longest_nap_ms(60);
    let until = Some(1050);
    assert_eq!(follower.next(&head(5), 1000), Next::Sleep { until });
}

#[test]
fn it_pauses_longer_after_each_failure_and_an_answer_ends_that() {
    let mut follower = asked(5, 0, None).retry_pause_ms(100);
    let mut now = 0;
    for pause in [100, 200, 400, 800] {
        follower.failed(ErrorKind::Unavailable, now);
        let until = Some(now + pause);
        assert_eq!(follower.next(&head(6), now), Next::Sleep { until });
        now += pause;
        assert_eq!(follower.next(&head(6), now), Next::Ask(Reason::Retry));
    }
    for _ in 0..100 {
        follower.failed(ErrorKind::Unavailable, now);
    }
    assert_eq!(follower.retry_at, Some(now + LONGEST_PAUSE_MS));
    // The clock was set back by a day.
    assert_eq!(
        follower.next(&head(6), now - 86_400_000),
        Next::Ask(Reason::Retry)
    );
    follower.answered(Answer::new(1, 6, now, None));
    assert_eq!(follower.next(&head(6), now), Next::Sleep { until: None });
    follower.failed(ErrorKind::TimedOut, now);
    assert_eq!(follower.next(&head(6), now), Next::Sleep { until: None });
}

#[test]
fn it_lists_again_at_once_when_it_has_lost_its_place() {
    for kind in [
        ErrorKind::Compacted,
        ErrorKind::EpochMismatch,
        ErrorKind::FutureRevision,
    ] {
        let mut follower = asked(5, 0, None);
        follower.failed(kind, 7);
        assert_eq!(follower.next(&head(5), 7), Next::Ask(Reason::First));
        assert!(follower.answered(Answer::new(1, 5, 7, None)).any());
    }
}

#[test]
fn another_viewer_makes_it_ask_for_the_instant_of_the_last_answer() {
    let mut follower = Follower::after(&head(5), 1000);
    assert_eq!(follower.next(&head(5), 3000), Next::Ask(Reason::NextChange));
    // As of 1000 nothing has changed, but something begins at 2000, which is over.
    let difference = follower.answered(Answer::new(1, 5, 1000, Some(2000)));
    assert!(!difference.any());
    assert_eq!(follower.next(&head(5), 3000), Next::Ask(Reason::Time));
    assert!(follower.answered(Answer::new(1, 5, 3000, None)).by_time);
    follower.viewer_changed();
    assert_eq!(follower.next(&head(5), 3000), Next::Ask(Reason::NextChange));
}
