//! What other processes do between two steps of this one, on demand, for tests of races.

use std::cell::RefCell;

/// A moment between two steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// A file was opened, and is not locked yet.
    Opened,
    /// A reader has its lease, and has not opened the segment to map it yet.
    Leased,
    /// One who would remove the files has seen that somebody uses them, and has still the right to.
    Used,
}

type Deed = (Moment, Box<dyn FnOnce()>);

thread_local! {
    /// Of this thread alone: other tests run at the same time.
    static NEXT: RefCell<Option<Deed>> = const { RefCell::new(None) };
}

/// Does `deed` when this thread comes to `moment` the next time; once.
pub(crate) fn at(moment: Moment, deed: impl FnOnce() + 'static) {
    NEXT.set(Some((moment, Box::new(deed))));
}

/// States that this thread has come to a moment.
pub(crate) fn pass(moment: Moment) {
    // Taken out first: the deed comes to such moments itself.
    let next = NEXT.with_borrow_mut(|next| next.take_if(|(awaited, _)| *awaited == moment));
    if let Some((_, deed)) = next {
        deed();
    }
}
