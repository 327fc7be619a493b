//! Results of this thread's last publish, update, retract, restore, release or purge.

use std::cell::RefCell;

use notice::{Bilingual, Error, Published, Result};

use super::output;

thread_local! {
    static LAST: RefCell<Vec<Published>> = const { RefCell::new(Vec::new()) };
}

/// Keeps the results. Returns their number.
pub(crate) fn keep(done: Vec<Published>) -> Result<i32> {
    let count = output::count(done.len())?;
    // A thread that is ending cannot keep anything.
    let _ = LAST.try_with(|last| last.replace(done));
    Ok(count)
}

/// Returns the result at `index`, counted from 1.
pub(crate) fn nth(index: i32) -> Result<Published> {
    let (found, count) = LAST
        .try_with(|last| {
            let last = last.borrow();
            let place = usize::try_from(index).ok().and_then(|n| n.checked_sub(1));
            (place.and_then(|n| last.get(n).copied()), last.len())
        })
        .unwrap_or_default();
    found.ok_or_else(|| {
        let reason = Bilingual::new(
            format!("valid results are 1 to {count}"),
            format!("只有第 1 到 {count} 个结果"),
        );
        Error::invalid("index", &index.to_string(), reason)
    })
}
