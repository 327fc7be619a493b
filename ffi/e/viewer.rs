//! Viewers: the reader of a board.

use std::ffi::c_char;

use notice::{Result, Viewer, WantedLocales};

use super::guard::guard_number;
use super::{handle, input};

/// Sets an attribute of the viewer for this board handle.
///
/// It applies to later queries, marks and polls; a result keeps the viewer of its query.
///
/// @param board  An open board.
/// @param name   "user" or "用户": the name under which marks are kept. "locale" or "语言": the
///               preferred locales, best first, separated by commas of either width, as the system
///               gives them ("zh_CN.UTF-8", "zh-CHS", "2052"). What cannot be read is passed over.
///               Any other name is an attribute, such as "app_version".
/// @param value  Empty removes it. Several values of an attribute are separated by line ends.
/// @return 0; -NOTICE_INVALID_FIELD or -NOTICE_TOO_LARGE for an invalid value, in which case
///         nothing is changed.
/// Threads: any.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn e_announce_set_viewer(
    board: i32,
    name: *const c_char,
    value: *const c_char,
) -> i32 {
    guard_number!(e_announce_set_viewer, |caller| {
        let board = handle::board(board)?;
        let name = input::text(caller, "name", name)?;
        let value = input::text(caller, "value", value)?;
        board.change_viewer(|viewer| set(viewer, name.trim(), &value))?;
        Ok(0)
    })
}

fn set(viewer: &mut Viewer, name: &str, value: &str) -> Result<()> {
    match name {
        "user" | "用户" => value.clone_into(&mut viewer.user),
        "locale" | "语言" => viewer.locales = WantedLocales::read([value]),
        _ => {
            let values: Vec<String> = value
                .lines()
                .filter(|line| !line.is_empty())
                .map(str::to_owned)
                .collect();
            if values.is_empty() {
                viewer.attributes.remove(name);
            } else {
                viewer.attributes.insert(name.to_owned(), values);
            }
        }
    }
    Ok(())
}
