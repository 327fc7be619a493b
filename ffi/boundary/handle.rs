//! Handles of boards, as pointers.
//!
//! A handle does not point at memory. It encodes a slot in a table and the slot's generation, so that
//! a closed or invalid handle is refused without being followed. A pointer to memory that the caller
//! may have freed could not be checked. The table is the only state that the boards of a process
//! share, and one board's calls never touch another's slot.
//!
//! `T` is the opaque type that the header gives such pointers. Nothing depends on it.

use std::ops::Deref;

use notice::locks::Mutex;
use notice::{Bilingual, Error, Result, SharedBoard, Sharing, process};

use super::listeners::Listeners;
use super::table::{Entered, Key, Refused, Table};

/// Most boards open at once.
pub(crate) const PLACES: usize = 1024;
/// Bits of a slot number. The lowest bit of a handle is 1, as it never is in a pointer to aligned
/// memory.
const PLACE_BITS: u32 = PLACES.ilog2();

const _: () = assert!(PLACES.is_power_of_two());

static TABLE: Table<Opened, PLACES, { usize::MAX >> (PLACE_BITS + 1) }> = Table::new();

/// An open board.
pub(crate) struct Opened {
    pub(crate) board: SharedBoard,
    pub(crate) listeners: Listeners,
    /// What shares the board with other processes; the board is closed after this is dropped.
    shares: Mutex<Vec<Sharing>>,
}

/// A board that cannot be closed while this is held.
pub(crate) struct EnteredBoard(Entered<Opened>);

impl Deref for EnteredBoard {
    type Target = SharedBoard;

    fn deref(&self) -> &SharedBoard {
        &self.0.board
    }
}

/// Creates a handle for `board`.
pub(crate) fn open<T>(board: SharedBoard) -> Result<*mut T> {
    let opened = Opened {
        board,
        listeners: Listeners::default(),
        shares: Mutex::default(),
    };
    match TABLE.insert(opened) {
        Some(key) => Ok(encode(key)),
        None => {
            let unit = Bilingual::new("boards open at a time", "个同时打开的公告板");
            let (actual, limit) = (PLACES as u64 + 1, PLACES as u64);
            Err(Error::too_large("board", actual, limit, &unit))
        }
    }
}

/// Returns the board of a handle, for one call. Closing the board waits until the call is over.
pub(crate) fn enter<T>(handle: *mut T) -> Result<EnteredBoard> {
    enter_with_listeners(handle).map(EnteredBoard)
}

/// Shares the board of a handle under a name, until it is closed.
///
/// # Errors
/// As `notice::share`.
pub(crate) fn share<T>(handle: *mut T, name: &str) -> Result<()> {
    let opened = enter_with_listeners(handle)?;
    let sharing = notice::share(&opened.board, name)?;
    opened.shares.lock().push(sharing);
    Ok(())
}

/// Returns the board of a handle with its callbacks, for one call.
pub(crate) fn enter_with_listeners<T>(handle: *mut T) -> Result<Entered<Opened>> {
    decode(handle)
        .ok_or(Refused::Unknown)
        .and_then(|key| TABLE.enter(key))
        .map_err(|refused| no_board(handle, refused))
}

/// Removes the board once no call uses it. In a forked child this waits for nothing, and frees memory only.
///
/// # Errors
/// Those of deferred changes that cannot be written; the board stays open then. With `gives_up` they are lost
/// instead.
pub(crate) fn close<T>(handle: *mut T, gives_up: bool) -> Result<()> {
    let refused = |refused| no_board(handle, refused);
    let key = decode(handle).ok_or_else(|| refused(Refused::Unknown))?;
    match TABLE.enter(key) {
        // Without this, the removal would last as long as the calls that wait for a change.
        Ok(entered) => end(&entered.board, gives_up)?,
        Err(Refused::Inherited) => {
            // Callbacks are not waited for, because the thread that calls them is not here.
            match TABLE.abandon(key).map_err(refused)? {
                Some(opened) => return opened.board.close(),
                None => return Ok(()),
            }
        }
        Err(Refused::Unknown) => return Err(refused(Refused::Unknown)),
    }
    // Also writes what calls have deferred in the meantime.
    let opened = TABLE
        .take_if(key, |opened| end(&opened.board, gives_up))
        .map_err(refused)??;
    // After the removal, because a call could still add a callback before it.
    opened.listeners.end_all();
    Ok(())
}

/// Ends the waits on a board, and writes what it has deferred.
fn end(board: &SharedBoard, gives_up: bool) -> Result<()> {
    if gives_up {
        board.give_up();
        return Ok(());
    }
    board.close()
}

fn encode<T>(key: Key) -> *mut T {
    std::ptr::without_provenance_mut((key.generation << PLACE_BITS | key.index) << 1 | 1)
}

fn decode<T>(handle: *mut T) -> Option<Key> {
    let number = handle.addr();
    (number & 1 == 1).then_some(Key {
        index: (number >> 1) % PLACES,
        generation: number >> (PLACE_BITS + 1),
    })
}

fn no_board<T>(handle: *mut T, refused: Refused) -> Error {
    if refused == Refused::Inherited {
        return process::inherited();
    }
    let reason = if handle.is_null() {
        Bilingual::new("must not be NULL", "不能为 NULL")
    } else {
        Bilingual::new(
            "invalid board handle, or the board was closed",
            "公告板句柄无效或已关闭",
        )
    };
    Error::invalid("board", &format!("{:#x}", handle.addr()), reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    enum Opaque {}

    fn opened() -> *mut Opaque {
        open(notice::open("mem:").unwrap()).unwrap()
    }

    #[test]
    fn a_closed_handle_is_refused_even_when_its_place_is_used_again() {
        let closed = opened();
        assert!(enter(closed).is_ok());
        close(closed, false).unwrap();
        let others: Vec<_> = (0..PLACES / 2).map(|_| opened()).collect();
        assert!(enter(closed).is_err());
        assert!(close(closed, false).is_err());
        for other in others {
            assert_ne!(other, closed);
            close(other, false).unwrap();
        }
    }

    #[test]
    fn what_is_no_handle_is_refused() {
        let mut number = 7_u64;
        for foreign in [0, 1, 2, usize::MAX, (&raw mut number).addr()] {
            let handle = std::ptr::without_provenance_mut::<Opaque>(foreign);
            let error = enter(handle).err().unwrap();
            assert_eq!(error.path(), Some("board"));
            assert!(close(handle, false).is_err());
        }
    }

    #[test]
    fn a_board_answers_while_it_is_closed_by_another_thread() {
        let handle = opened();
        let entered = enter(handle).unwrap();
        let number = handle.addr();
        let closing = std::thread::spawn(move || {
            close(std::ptr::without_provenance_mut::<Opaque>(number), false)
        });
        assert_eq!(entered.revision(), Ok(0));
        drop(entered);
        closing.join().unwrap().unwrap();
        assert!(enter(handle).is_err());
    }
}
