//! Calls and answers, as JSON and in binary.

use notice::wire::frames::{Inbox, Message};
use notice::wire::{self, Answer, Call};
use notice::{Draft, SharedBoard};

use crate::json::explains_itself;
use crate::support::empty_board;

/// What is read in one form is written and read again as the same; a call that is read is answered; and its
/// answer survives both forms.
pub fn wire(data: &[u8]) {
    match Call::from_json(data) {
        Ok(call) => {
            let written = call.to_json().to_string();
            let again = Call::from_json(written.as_bytes()).expect("what was written is read");
            assert_eq!(again, call, "{written}");
            is_carried_out(&call);
        }
        Err(error) => explains_itself(&error, data.len()),
    }
    match Call::from_bytes(data) {
        Ok(call) => is_carried_out(&call),
        Err(error) => explains_itself(&error, data.len()),
    }
    match Answer::from_json(data) {
        Ok(answer) => survives(&answer),
        Err(error) => explains_itself(&error, data.len()),
    }
    match Answer::from_bytes(data) {
        // Its numbers may be greater than JSON carries.
        Ok(answer) => survives_bytes(&answer),
        Err(error) => explains_itself(&error, data.len()),
    }
    framed(data);
}

/// Reads messages from frames until a fault. Each is written and read again as the same.
fn framed(data: &[u8]) {
    let mut inbox = Inbox::default();
    inbox.receive(data);
    loop {
        match inbox.next() {
            Ok(Some(message)) => {
                let mut bytes = Vec::new();
                message.write(&mut bytes).expect("it is as long as what was read");
                let mut again = Inbox::default();
                again.receive(&bytes);
                let again: Option<Message<'_>> = again.next().expect("what was written is read");
                assert_eq!(again, Some(message));
            }
            Ok(None) => return,
            Err(error) => return explains_itself(&error, usize::MAX),
        }
    }
}

fn is_carried_out(call: &Call) {
    let bytes = call.to_bytes().expect("it is as long as what was read");
    assert_eq!(
        &Call::from_bytes(&bytes).expect("what was written is read"),
        call
    );
    if matches!(call, Call::Wait { .. }) {
        return;
    }
    let board = board();
    match wire::answer(&*board, call.clone()) {
        Ok(answer) => {
            assert_eq!(answer.name(), call.answer_name());
            survives(&answer);
        }
        Err(error) => {
            explains_itself(&error, usize::MAX);
            survives(&Answer::Error(error));
        }
    }
}

/// A board with two announcements.
fn board() -> SharedBoard {
    let board = empty_board();
    for title in ["Maintenance tonight", "Price list"] {
        board
            .publish(&Draft::new("en", title).key(&title[..5]))
            .expect("it is valid");
    }
    board
}

fn survives(answer: &Answer) {
    let written = answer.to_json();
    let again = Answer::from_json(written.to_string().as_bytes());
    let again = again.unwrap_or_else(|error| panic!("{error}: {written}"));
    assert_eq!(again.to_json(), written);
    assert_eq!(again.to_bytes(), answer.to_bytes());
    survives_bytes(answer);
}

fn survives_bytes(answer: &Answer) {
    let bytes = answer.to_bytes().expect("it is as long as what was read");
    let again = Answer::from_bytes(&bytes).expect("what was written is read");
    assert_eq!(again.to_json(), answer.to_json());
    assert_eq!(again.to_bytes().expect("it was written before"), bytes);
}
