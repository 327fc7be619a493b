//! A client against a daemon that answers, breaks and goes away as a script says, at a time of its own.

mod peer;

use std::time::Duration;

use self::peer::{Event, Peer};
use super::board::Remote;
use super::settings::Settings;
use crate::board::Board;
use crate::error::ErrorKind;
use crate::model::{Draft, Mark, Viewer};
use crate::query::{ChangeQuery, Query};
use crate::wire::Call;

fn peer() -> Peer {
    Peer::new(crate::open("mem:").unwrap())
}

fn client(peer: &Peer) -> Remote {
    with(peer, Settings::default())
}

/// A client whose pauses are not left to chance.
fn with(peer: &Peer, mut settings: Settings) -> Remote {
    settings.pauses.jitter = 0;
    // Longer than any test, because its thread waits by the peer's time.
    settings.heartbeat = settings.heartbeat.max(Duration::from_secs(30));
    Remote::unattended(Box::new(peer.clone()), Box::new(peer.clone()), settings)
}

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn draft(title: &str) -> Draft {
    Draft::new("en", title)
}

fn titles(board: &dyn Board) -> Vec<String> {
    let page = board.query(&Query::new(Viewer::anonymous())).unwrap();
    let titles = page.items.iter().map(|item| item.text().title.to_owned());
    titles.collect()
}

#[test]
fn a_call_is_answered_as_on_the_board_itself() {
    let peer = peer();
    let remote = client(&peer);
    let id = remote.publish(&draft("a")).unwrap().id;
    assert_eq!(titles(&remote), ["a"]);
    let viewer = Viewer::new("li");
    assert_eq!(remote.mark(&viewer, &[id], Mark::Read), Ok(1));
    let count = remote.count(&Query::new(viewer)).unwrap();
    assert_eq!((count.total, count.unread), (Some(1), Some(0)));
    assert_eq!(
        remote.retract(77, "").unwrap_err().kind(),
        ErrorKind::NotFound
    );
    let error = remote.publish(&draft("")).unwrap_err();
    assert_eq!(error.path(), Some("texts.en.title"));
    // One connection carried all of it.
    assert_eq!(peer.daemon().attempts.len(), 1);
}

#[test]
fn an_answer_longer_than_a_frame_arrives() {
    let peer = peer();
    let remote = client(&peer);
    for n in 0..40 {
        let mut draft = draft(&format!("{n:02}"));
        draft.texts[0].body = "维护".repeat(1000);
        remote.publish(&draft).unwrap();
    }
    assert_eq!(titles(&remote).len(), 40);
}

#[test]
fn a_daemon_that_restarts_while_nobody_asks_goes_unnoticed() {
    let peer = peer();
    let remote = client(&peer);
    remote.publish(&draft("a")).unwrap();
    peer.restart();
    assert_eq!(titles(&remote), ["a"]);
    peer.restart();
    peer.pass(ms(5000));
    remote.retract(1, "").unwrap();
    assert_eq!(titles(&remote), [""; 0]);
}

#[test]
fn a_publish_whose_answer_was_lost_is_repeated_and_not_doubled() {
    for event in [Event::BreaksBefore, Event::BreaksAfter] {
        let peer = peer();
        let remote = client(&peer);
        peer.daemon().calls = [Some(event)].into();
        let published = remote.publish(&draft("a")).unwrap();
        assert!(!published.duplicate);
        assert_eq!(peer.daemon().received.len(), 2);
        assert_eq!(peer.daemon().board.revision(), Ok(1));
    }
}

#[test]
fn an_own_idempotency_key_is_kept_and_its_duplicate_told() {
    let peer = peer();
    let remote = client(&peer);
    let draft = draft("a").idempotency_key("mine");
    assert!(!remote.publish(&draft).unwrap().duplicate);
    assert!(remote.publish(&draft).unwrap().duplicate);
    // Two calls of the program are two announcements, unless it says that they are one.
    let unnamed = Draft::new("en", "b");
    let first = remote.publish(&unnamed).unwrap();
    assert_ne!(remote.publish(&unnamed).unwrap().id, first.id);
}

#[test]
fn a_change_that_may_have_been_made_is_not_made_again() {
    let peer = peer();
    let remote = client(&peer);
    let id = remote.publish(&draft("a")).unwrap().id;
    peer.daemon().calls = [Some(Event::BreaksAfter)].into();
    let error = remote.retract(id, "").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(
        error.to_string().contains("may have been carried out"),
        "{error}"
    );
    let retractions = |call: &&Call| matches!(call, Call::Apply(_));
    let daemon = peer.daemon();
    assert_eq!(daemon.received.iter().filter(retractions).count(), 2);
}

#[test]
fn a_change_that_a_stopping_daemon_did_not_read_is_made_by_the_next_one() {
    let peer = peer();
    let remote = client(&peer);
    let id = remote.publish(&draft("a")).unwrap().id;
    peer.daemon().calls = [Some(Event::Goodbye)].into();
    remote.retract(id, "").unwrap();
    assert_eq!(titles(&remote), [""; 0]);
    assert_eq!(peer.daemon().attempts.len(), 2);
    // One that stops again and again is no daemon.
    peer.daemon().calls = [const { Some(Event::Goodbye) }; 3].into();
    let error = remote.restore(id).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(!error.to_string().contains("may have"), "{error}");
}

#[test]
fn a_question_is_asked_again_three_times_at_most() {
    let peer = peer();
    let remote = client(&peer);
    peer.daemon().calls = [const { Some(Event::BreaksBefore) }; 2].into();
    assert_eq!(titles(&remote), [""; 0]);
    peer.daemon().calls = [const { Some(Event::BreaksBefore) }; 3].into();
    let error = remote.head().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
}

#[test]
fn a_daemon_that_is_away_is_tried_three_times_and_then_left_alone() {
    let peer = peer();
    let remote = client(&peer);
    peer.daemon().connections = vec![Some(Event::Refused); 4].into();
    let error = remote.head().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.to_string().contains("the peer"), "{error}");
    let start = Duration::from_secs(1000);
    assert_eq!(
        peer.daemon().attempts,
        [start, start + ms(100), start + ms(300)]
    );
    // The breaker is open: no attempt, and an answer at once.
    peer.pass(ms(29_000));
    let error = remote.head().unwrap_err();
    assert!(error.to_string().contains("in 1.0 s"), "{error}");
    assert_eq!(peer.daemon().attempts.len(), 3);
    // A single probe, which fails.
    peer.pass(ms(1000));
    assert!(remote.head().is_err());
    assert!(remote.head().is_err());
    assert_eq!(peer.daemon().attempts.len(), 4);
    // And one that succeeds.
    peer.pass(ms(30_000));
    assert!(remote.head().is_ok());
}

#[test]
fn a_daemon_that_comes_back_within_the_pauses_goes_unnoticed() {
    let peer = peer();
    let remote = client(&peer);
    peer.daemon().connections = vec![Some(Event::Refused); 2].into();
    assert!(remote.head().is_ok());
    // It counts failures in a row only.
    peer.restart();
    peer.daemon().connections = vec![Some(Event::Refused); 2].into();
    assert!(remote.head().is_ok());
}

#[test]
fn a_wrong_token_is_unauthorized_and_no_reason_to_try_again() {
    let peer = peer();
    let remote = with(
        &peer,
        Settings {
            token: Some("old".to_owned()),
            ..Settings::default()
        },
    );
    peer.daemon().connections = vec![Some(Event::Token("new")); 5].into();
    for _ in 0..5 {
        assert_eq!(remote.head().unwrap_err().kind(), ErrorKind::Unauthorized);
    }
    assert_eq!(peer.daemon().attempts.len(), 5);
}

#[test]
fn a_daemon_that_serves_nobody_for_now_is_asked_again_after_the_same_pauses() {
    let peer = peer();
    let remote = client(&peer);
    peer.daemon().connections = vec![Some(Event::Busy); 2].into();
    assert!(remote.head().is_ok());
    let start = Duration::from_secs(1000);
    let pauses = [start, start + ms(100), start + ms(300)];
    assert_eq!(peer.daemon().attempts, pauses);
    // Not for ever: what it says is the error, and then it is left alone.
    peer.restart();
    peer.daemon().connections = vec![Some(Event::Busy); 4].into();
    let error = remote.head().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.to_string().contains("refused by the peer"), "{error}");
    assert_eq!(peer.daemon().attempts.len(), 6);
    peer.pass(ms(29_000));
    let error = remote.head().unwrap_err();
    assert!(error.to_string().contains("in 1.0 s"), "{error}");
    assert_eq!(peer.daemon().attempts.len(), 6);
    peer.pass(ms(1000));
    // The probe is refused, and the next one is not.
    assert!(remote.head().is_err());
    peer.pass(ms(30_000));
    assert!(remote.head().is_ok());
    assert_eq!(peer.daemon().attempts.len(), 8);
}

#[test]
fn a_call_does_not_outlast_its_time_because_the_daemon_serves_nobody() {
    let peer = peer();
    let settings = Settings {
        timeout: ms(250),
        ..Settings::default()
    };
    let remote = with(&peer, settings);
    peer.daemon().connections = vec![Some(Event::Busy); 3].into();
    let error = remote.head().unwrap_err();
    assert!(error.to_string().contains("refused by the peer"), "{error}");
    // The next attempt would be at 300 ms.
    let start = Duration::from_secs(1000);
    assert_eq!(peer.daemon().attempts, [start, start + ms(100)]);
}

#[test]
fn a_hello_without_an_answer_counts_as_a_failure_after_its_time() {
    let peer = peer();
    let remote = client(&peer);
    peer.daemon().connections = vec![Some(Event::Silent)].into();
    assert!(remote.head().is_ok());
    let start = Duration::from_secs(1000);
    assert_eq!(peer.daemon().attempts, [start, start + ms(2100)]);
}

#[test]
fn an_answer_after_its_time_is_timed_out_and_its_connection_is_not_used_again() {
    let peer = peer();
    let remote = client(&peer);
    peer.daemon().calls = vec![Some(Event::Late(ms(31_000)))].into();
    assert_eq!(remote.head().unwrap_err().kind(), ErrorKind::TimedOut);
    peer.daemon().calls = vec![Some(Event::Late(ms(29_000)))].into();
    assert!(remote.head().is_ok());
    assert_eq!(peer.daemon().attempts.len(), 2);
}

#[test]
fn idle_connections_are_pinged_and_dropped_when_their_time_is_over() {
    let peer = peer();
    let remote = client(&peer);
    remote.head().unwrap();
    peer.pass(ms(29_999));
    remote.client().tend();
    assert_eq!(peer.daemon().pings, 0);
    peer.pass(ms(1));
    remote.client().tend();
    assert_eq!(peer.daemon().pings, 1);
    // A dead one is dropped, and the next call makes another.
    peer.restart();
    peer.pass(ms(30_000));
    remote.client().tend();
    remote.head().unwrap();
    assert_eq!(peer.daemon().attempts.len(), 2);
    // Pings are no use: it is dropped 300 s after its last call.
    for _ in 0..10 {
        peer.pass(ms(30_100));
        remote.client().tend();
    }
    let pings = peer.daemon().pings;
    remote.client().tend();
    assert_eq!(peer.daemon().pings, pings);
    remote.head().unwrap();
    assert_eq!(peer.daemon().attempts.len(), 3);
}

#[test]
fn a_change_over_a_connection_that_was_silent_asks_first_whether_it_holds() {
    let peer = peer();
    let remote = client(&peer);
    let id = remote.publish(&draft("a")).unwrap().id;
    remote.retract(id, "").unwrap();
    assert_eq!(peer.daemon().pings, 0);
    peer.pass(ms(1000));
    remote.restore(id).unwrap();
    assert_eq!(peer.daemon().pings, 1);
}

#[test]
fn a_wait_goes_on_over_broken_connections_without_a_gap() {
    let peer = peer();
    let remote = client(&peer);
    remote.publish(&draft("a")).unwrap();
    peer.restart();
    peer.daemon().connections = vec![Some(Event::Refused); 5].into();
    assert_eq!(remote.wait(0, Duration::from_secs(600)), Ok(1));
    let page = remote
        .changes(&ChangeQuery::since(0, Query::editor()))
        .unwrap();
    assert_eq!(page.events.len(), 1);
    // A revision that the board has not reached, after a restore for example, is told.
    let error = remote.wait(5, ms(10)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::FutureRevision);
}

#[test]
fn a_wait_that_nothing_ends_is_timed_out() {
    let peer = peer();
    let remote = client(&peer);
    // The board waits by the real clock, so that each part of it must be none.
    let error = remote.wait(0, Duration::ZERO).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    peer.daemon().connections = vec![Some(Event::Refused); 1000].into();
    peer.restart();
    let error = remote.wait(0, Duration::from_secs(100)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
}

#[test]
fn closing_ends_waits_and_nothing_else() {
    let peer = peer();
    let remote = client(&peer);
    remote.close().unwrap();
    let error = remote.wait(0, Duration::from_secs(100)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(remote.publish(&draft("a")).is_ok());
}

#[test]
fn no_token_is_shown() {
    let peer = peer();
    let settings = Settings {
        token: Some("secret".to_owned()),
        ..Settings::default()
    };
    let remote = with(&peer, settings);
    assert!(!format!("{remote:?}").contains("secret"));
    let error = {
        peer.daemon().connections = vec![Some(Event::Refused); 3].into();
        remote.head().unwrap_err()
    };
    assert!(!format!("{error:?} {error}").contains("secret"));
}
