//! A board that is asked through a copy, as a surface.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use notice::wire;
use notice::{ManualClock, SharedBoard};
use serde_json::Value;

use crate::rust::{call_of, surface_of};
use crate::surface::Surface;

/// Longer than anything here takes, so that a fault is told and does not hang.
const LONG: Duration = Duration::from_secs(60);
/// The calls that a copy refuses, because they are for the board that it follows.
const CHANGES: [&str; 7] = [
    "publish", "apply", "update", "retract", "restore", "release", "purge",
];

/// Makes a surface of a copy that is read only: announcements are changed on the board that it follows, and whatever else
/// is called is called on the copy, when it has come to the board's revision. The surface has both, and `others` of what
/// they need.
pub fn surface_of_copy(
    copy: SharedBoard,
    board: SharedBoard,
    clock: Arc<ManualClock>,
    others: Box<dyn Any>,
) -> Box<dyn Surface> {
    // What is captured is dropped in this order.
    let all = (copy, board, others);
    let ask = move |name: &str, args: &Value| {
        let (copy, board, _) = &all;
        let call = call_of(name, args)?;
        let asked = match CHANGES.contains(&name) {
            true => board,
            false => copy,
        };
        let answer = wire::answer(&**asked, call)?.to_value();
        let head = board.revision()?;
        let mut here = copy.revision()?;
        while here < head {
            here = copy.wait(here, LONG)?;
        }
        Ok(answer)
    };
    surface_of(clock, Box::new(ask))
}
