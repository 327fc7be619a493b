//! Followers: when to ask a board again.

use notice::ErrorKind;
use notice::follow::{Answer, Follower, Next, Reason};
use safer_ffi::prelude::derive_ReprC;

use super::head::NoticeHead;
use crate::boundary::arguments::{Caller, Growing, Plain};
use crate::boundary::panic::guard;

/// Sleep until the instant or until the board has changed, whichever comes first.
pub const NOTICE_FOLLOW_SLEEP: i32 = 0;
/// Ask: the board was never asked, or the follower has lost its place.
pub const NOTICE_FOLLOW_FIRST: i32 = 1;
/// Ask: it is another board than the one that answered, restored from a backup or imported into.
pub const NOTICE_FOLLOW_OTHER_BOARD: i32 = 2;
/// Ask: the revision has moved. notice_changes is enough then.
pub const NOTICE_FOLLOW_REVISION: i32 = 3;
/// Ask: something starts or ends by its time.
pub const NOTICE_FOLLOW_TIME: i32 = 4;
/// Ask: the clock was set back to before the last answer.
pub const NOTICE_FOLLOW_CLOCK_SET_BACK: i32 = 5;
/// Ask: `knows_next_change` is 0. To miss nothing, ask for the instant `now` of the follower.
pub const NOTICE_FOLLOW_NEXT_CHANGE: i32 = 6;
/// Ask: the last try failed, and its pause is over.
pub const NOTICE_FOLLOW_RETRY: i32 = 7;

/// State of a follower, in the caller's memory. Start from NOTICE_FOLLOWER_INIT.
///
/// It is plain data without threads or clocks, and may be copied. All instants are Unix milliseconds of
/// the board's clock. When the viewer changes, set `knows_next_change` and `next_change_at` to 0.
#[derive_ReprC]
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NoticeFollower {
    /// sizeof(NoticeFollower).
    pub struct_size: u32,
    /// Failures since the last answer.
    pub failures: u32,
    /// 1 when `epoch`, `revision` and `now` are those of an answer.
    pub knows_board: u32,
    /// 1 when `next_change_at` is right.
    pub knows_next_change: u32,
    /// Revision of the last answer.
    pub revision: i64,
    /// Instant of the last answer.
    pub now: i64,
    /// Earliest instant at which the answer may change through time alone; 0 if there is none.
    pub next_change_at: i64,
    /// Instant before which nothing is asked after a failure; 0 if there is none.
    pub retry_at: i64,
    /// Longest sleep in milliseconds; 0 is no limit.
    pub longest_nap_ms: i64,
    /// Pause after a first failure in milliseconds, which doubles up to a minute; 0 is one second.
    pub retry_pause_ms: i64,
    /// Which board answered.
    pub epoch: [u8; 16],
}

// SAFETY: integers.
unsafe impl Plain for NoticeFollower {}
// SAFETY: it begins with `struct_size`.
unsafe impl Growing for NoticeFollower {
    const SIZES: &'static [usize] = &[size_of::<Self>()];
}
// SAFETY: integers.
unsafe impl Plain for NoticeHead {}

/// Decides what to do next.
///
/// @param follower  The follower, which is only read.
/// @param head      The board's present head, from notice_head.
/// @param now       The present of the board's clock.
/// @param step      Receives NOTICE_FOLLOW_SLEEP, or why to ask the board. After asking, call
///                  notice_follower_answered or notice_follower_failed.
/// @param until     Receives the instant until which to sleep at most; 0 when only the board ends the
///                  sleep, and when the board is to be asked. May be NULL.
/// @return NOTICE_OK.
/// Threads: any, while no other thread uses the follower.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_follower_next(
    follower: *const NoticeFollower,
    head: *const NoticeHead,
    now: i64,
    step: *mut i32,
    until: *mut i64,
) -> i32 {
    guard!(notice_follower_next, |caller| {
        let step = caller.output("step", step)?;
        let (_, follower) = read(caller, follower)?;
        let head = caller.value("head", head)?;
        let epoch = u128::from_be_bytes(head.epoch);
        let head = notice::Head::new(epoch, head.revision, head.seq);
        let (code, instant) = match follower.next(&head, now) {
            Next::Sleep { until } => (NOTICE_FOLLOW_SLEEP, until),
            Next::Ask(reason) => (code(reason), None),
        };
        step.write(code);
        caller.write_optional(until, instant.unwrap_or(0));
        Ok(())
    })
}

/// Tells a follower what the board answered.
///
/// @param follower        The follower, which is changed.
/// @param epoch           16 bytes: `epoch` of the answer.
/// @param revision        Revision of the answer; `to_revision` of a NoticeChangeArray.
/// @param now             Instant of the answer; for a NoticeChangeArray the present before it was asked.
/// @param next_change_at  As in the answer; 0 if there is none.
/// @param changes         Receives how many changes that brings: one for each revision, and one for all
///                        that started or ended by its time; at least 1 for a first answer. 0 when what
///                        is shown is still right. May be NULL.
/// @return NOTICE_OK.
/// Threads: any, while no other thread uses the follower.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_follower_answered(
    follower: *mut NoticeFollower,
    epoch: *const u8,
    revision: i64,
    now: i64,
    next_change_at: i64,
    changes: *mut u64,
) -> i32 {
    guard!(notice_follower_answered, |caller| {
        let output = caller.output("follower", follower)?;
        let (given, mut state) = read(caller, follower)?;
        let bytes = caller.bytes("epoch", epoch.cast(), size_of::<u128>())?;
        let epoch = u128::from_be_bytes(bytes.try_into().unwrap_or_default());
        let next_change_at = (next_change_at != 0).then_some(next_change_at);
        let difference = state.answered(Answer::new(epoch, revision, now, next_change_at));
        output.write(written(&given, &state));
        caller.write_optional(changes, difference.count().max(difference.any().into()));
        Ok(())
    })
}

/// Tells a follower that asking or waiting failed.
///
/// After NOTICE_COMPACTED, NOTICE_EPOCH_MISMATCH and NOTICE_FUTURE_REVISION it asks at once as if it were
/// new, after NOTICE_TIMED_OUT it goes on, and after any other failure it pauses first. Whether to go on
/// at all is the caller's decision: a closed board is NOTICE_UNAVAILABLE for good.
///
/// @param follower  The follower, which is changed.
/// @param status    The status of the call that failed.
/// @param now       The present of the board's clock.
/// @return NOTICE_OK; NOTICE_INVALID_FIELD for a status that is no failure.
/// Threads: any, while no other thread uses the follower.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn notice_follower_failed(
    follower: *mut NoticeFollower,
    status: i32,
    now: i64,
) -> i32 {
    guard!(notice_follower_failed, |caller| {
        let output = caller.output("follower", follower)?;
        let (given, mut state) = read(caller, follower)?;
        let kind = ErrorKind::from_code(status).ok_or_else(|| {
            let reason =
                notice::Bilingual::new("must be the status of a failure", "必须是失败的状态码");
            notice::Error::invalid("status", &status.to_string(), reason)
        })?;
        state.failed(kind, now);
        output.write(written(&given, &state));
        Ok(())
    })
}

fn code(reason: Reason) -> i32 {
    match reason {
        Reason::OtherBoard => NOTICE_FOLLOW_OTHER_BOARD,
        Reason::Revision => NOTICE_FOLLOW_REVISION,
        Reason::Time => NOTICE_FOLLOW_TIME,
        Reason::ClockSetBack => NOTICE_FOLLOW_CLOCK_SET_BACK,
        Reason::NextChange => NOTICE_FOLLOW_NEXT_CHANGE,
        Reason::Retry => NOTICE_FOLLOW_RETRY,
        // Listing everything again is correct for any reason.
        _ => NOTICE_FOLLOW_FIRST,
    }
}

/// Reads a follower: the caller's structure, and the state machine with its values.
fn read(
    caller: &Caller,
    follower: *const NoticeFollower,
) -> notice::Result<(NoticeFollower, Follower)> {
    let c = caller.structure("follower", follower)?;
    let set = |number: i64| (number != 0).then_some(number);
    let mut state = Follower::new();
    if caller.flag("follower.knows_board", c.knows_board)? {
        let epoch = u128::from_be_bytes(c.epoch);
        state.known = Some(Answer::new(epoch, c.revision, c.now, set(c.next_change_at)));
    }
    state.knows_next_change = caller.flag("follower.knows_next_change", c.knows_next_change)?;
    state.failures = c.failures;
    state.retry_at = set(c.retry_at);
    state.longest_nap_ms = set(c.longest_nap_ms);
    if c.retry_pause_ms != 0 {
        state.retry_pause_ms = c.retry_pause_ms;
    }
    Ok((c, state))
}

/// Returns the structure with the changes of the state machine.
fn written(given: &NoticeFollower, state: &Follower) -> NoticeFollower {
    let known = state.known;
    NoticeFollower {
        failures: state.failures,
        knows_board: known.is_some().into(),
        knows_next_change: state.knows_next_change.into(),
        revision: known.map_or(0, |known| known.revision),
        now: known.map_or(0, |known| known.now),
        next_change_at: known.and_then(|known| known.next_change_at).unwrap_or(0),
        retry_at: state.retry_at.unwrap_or(0),
        epoch: known.map_or([0; 16], |known| known.epoch.to_be_bytes()),
        ..*given
    }
}
