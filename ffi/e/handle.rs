//! Handles of boards and results: 31 bits of generation, kind and slot, so that a closed handle or
//! one of the other kind is refused.

use notice::{Bilingual, Error, Result, process};

use super::names::E_ANNOUNCE_MAX_HANDLES;
use super::rows::EPage;
use super::state::EBoard;
use crate::boundary::table::{Entered, Key, Refused, Table};

const PLACES: usize = E_ANNOUNCE_MAX_HANDLES as usize;
const PLACE_BITS: u32 = PLACES.ilog2();
/// Bit that is set for a result and clear for a board.
const KIND: usize = PLACES;
const GENERATIONS: usize = i32::MAX as usize >> (PLACE_BITS + 1);

const _: () = assert!(PLACES.is_power_of_two());

static BOARDS: Table<EBoard, PLACES, GENERATIONS> = Table::new();
static RESULTS: Table<EPage, PLACES, GENERATIONS> = Table::new();

/// Creates a handle for a board.
pub(crate) fn open(board: EBoard) -> Result<i32> {
    let unit = Bilingual::new("boards open at a time", "个同时打开的公告板");
    encode(BOARDS.insert(board), 0).ok_or_else(|| full("board", &unit))
}

/// Returns the board of a handle, for one call. Closing the board waits until the call is over.
pub(crate) fn board(number: i32) -> Result<Entered<EBoard>> {
    board_key(number)
        .and_then(|key| BOARDS.enter(key))
        .map_err(|refused| no_board(number, refused))
}

/// Removes a board once no call uses it, and ends its thread. In a forked child this waits for nothing, and frees
/// memory only.
///
/// # Errors
/// Those of deferred changes that cannot be written; the board stays open then. With `gives_up` they are lost
/// instead.
pub(crate) fn close(number: i32, gives_up: bool) -> Result<()> {
    let refused = |refused| no_board(number, refused);
    let key = board_key(number).map_err(refused)?;
    match BOARDS.enter(key) {
        // Without this, the removal would last as long as the calls that wait for a change.
        Ok(board) => board.end_waits(gives_up)?,
        Err(Refused::Inherited) => {
            if let Some(board) = BOARDS.abandon(key).map_err(refused)? {
                board.abandon();
            }
            return Ok(());
        }
        Err(Refused::Unknown) => return Err(refused(Refused::Unknown)),
    }
    // Also writes what calls have deferred in the meantime.
    let board = BOARDS.take_if(key, |board| board.end_waits(gives_up));
    board.map_err(refused)??.end_watcher();
    Ok(())
}

/// Creates a handle for a result.
pub(crate) fn keep(page: EPage) -> Result<i32> {
    let unit = Bilingual::new(
        "results at a time; free them with e_announce_free",
        "个同时存在的查询结果；用完请调用 公告_释放",
    );
    encode(RESULTS.insert(page), KIND).ok_or_else(|| full("result", &unit))
}

/// Returns the result of a handle, for one call.
pub(crate) fn result(number: i32) -> Result<Entered<EPage>> {
    result_key(number)
        .and_then(|key| RESULTS.enter(key))
        .map_err(|refused| no_result(number, refused))
}

/// Removes a result.
pub(crate) fn free(number: i32) -> Result<()> {
    result_key(number)
        .and_then(|key| match RESULTS.take(key) {
            Err(Refused::Inherited) => RESULTS.abandon(key).map(drop),
            taken => taken.map(drop),
        })
        .map_err(|refused| no_result(number, refused))
}

fn board_key(number: i32) -> std::result::Result<Key, Refused> {
    decode(number, 0).ok_or(Refused::Unknown)
}

fn result_key(number: i32) -> std::result::Result<Key, Refused> {
    decode(number, KIND).ok_or(Refused::Unknown)
}

fn encode(key: Option<Key>, kind: usize) -> Option<i32> {
    let key = key?;
    i32::try_from(key.generation << (PLACE_BITS + 1) | kind | key.index).ok()
}

fn decode(number: i32, kind: usize) -> Option<Key> {
    let number = usize::try_from(number).ok()?;
    (number & KIND == kind).then_some(Key {
        index: number % PLACES,
        generation: number >> (PLACE_BITS + 1),
    })
}

fn full(path: &str, unit: &Bilingual) -> Error {
    Error::too_large(path, PLACES as u64 + 1, PLACES as u64, unit)
}

fn no_board(number: i32, refused: Refused) -> Error {
    if refused == Refused::Inherited {
        return process::inherited();
    }
    let reason = Bilingual::new(
        "invalid board handle, or the board was closed",
        "公告板句柄无效或已关闭",
    );
    Error::invalid("board", &number.to_string(), reason)
}

fn no_result(number: i32, refused: Refused) -> Error {
    if refused == Refused::Inherited {
        return process::inherited();
    }
    let reason = Bilingual::new(
        "invalid result handle, or the result was freed",
        "查询结果句柄无效或已释放",
    );
    Error::invalid("result", &number.to_string(), reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_and_generation_has_a_number_of_its_own_kind() {
        for kind in [0, KIND] {
            for index in [0, 1, PLACES - 1] {
                for generation in [1, 2, GENERATIONS] {
                    let key = Key { index, generation };
                    let number = encode(Some(key), kind).unwrap();
                    assert!(number > 0);
                    assert_eq!(decode(number, kind), Some(key));
                    assert_eq!(decode(number, KIND - kind), None);
                }
            }
        }
        assert_eq!(decode(-1, 0), None);
        assert_eq!(encode(None, 0), None);
    }
}
