//! Handles of boards, as pointers.
//!
//! A handle does not point at memory. It encodes a slot in a table and the slot's generation, so that
//! a closed or invalid handle is refused without being followed. A pointer to memory that the caller
//! may have freed could not be checked. The table is the only state that the boards of a process
//! share, and one board's calls never touch another's slot.
//!
//! `T` is the opaque type that the header gives such pointers. Nothing depends on it.

use notice::{Bilingual, Error, Result, SharedBoard};

use super::listeners;
use super::table::{Key, Table};

/// Most boards open at once.
pub(crate) const PLACES: usize = 1024;
/// Bits of a slot number. The lowest bit of a handle is 1, as it never is in a pointer to aligned
/// memory.
const PLACE_BITS: u32 = PLACES.ilog2();

const _: () = assert!(PLACES.is_power_of_two());

static TABLE: Table<SharedBoard, PLACES, { usize::MAX >> (PLACE_BITS + 1) }> = Table::new();

/// A board that cannot be closed while this is held.
pub(crate) type Entered = super::table::Entered<SharedBoard>;

/// Creates a handle for `board`.
pub(crate) fn open<T>(board: SharedBoard) -> Result<*mut T> {
    match TABLE.insert(board) {
        Some(key) => Ok(encode(key)),
        None => {
            let unit = Bilingual::new("boards open at a time", "个同时打开的公告板");
            let (actual, limit) = (PLACES as u64 + 1, PLACES as u64);
            Err(Error::too_large("board", actual, limit, &unit))
        }
    }
}

/// Returns the board of a handle, for one call. Closing the board waits until the call is over.
pub(crate) fn enter<T>(handle: *mut T) -> Result<Entered> {
    decode(handle)
        .and_then(|key| TABLE.enter(key))
        .ok_or_else(|| no_board(handle))
}

/// Removes the board once no call uses it.
pub(crate) fn close<T>(handle: *mut T) -> Result<()> {
    // Without this, the removal would last as long as the calls that wait for a change. Errors of
    // deferred writes are reported below.
    let _ = enter(handle)?.close();
    let board = decode(handle).and_then(|key| TABLE.take(key));
    // After the removal, because a call could still add a callback before it.
    listeners::remove_all(handle.addr());
    // Also writes what calls deferred in the meantime.
    board.ok_or_else(|| no_board(handle))?.close()
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

fn no_board<T>(handle: *mut T) -> Error {
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
        close(closed).unwrap();
        let others: Vec<_> = (0..PLACES / 2).map(|_| opened()).collect();
        assert!(enter(closed).is_err());
        assert!(close(closed).is_err());
        for other in others {
            assert_ne!(other, closed);
            close(other).unwrap();
        }
    }

    #[test]
    fn what_is_no_handle_is_refused() {
        let mut number = 7_u64;
        for foreign in [0, 1, 2, usize::MAX, (&raw mut number).addr()] {
            let handle = std::ptr::without_provenance_mut::<Opaque>(foreign);
            let error = enter(handle).err().unwrap();
            assert_eq!(error.path(), Some("board"));
            assert!(close(handle).is_err());
        }
    }

    #[test]
    fn a_board_answers_while_it_is_closed_by_another_thread() {
        let handle = opened();
        let entered = enter(handle).unwrap();
        let number = handle.addr();
        let closing =
            std::thread::spawn(move || close(std::ptr::without_provenance_mut::<Opaque>(number)));
        assert_eq!(entered.revision(), Ok(0));
        drop(entered);
        closing.join().unwrap().unwrap();
        assert!(enter(handle).is_err());
    }
}
