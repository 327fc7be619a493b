//! Viewers: who looks at a board.

use std::ffi::c_char;

use notice::{Locale, Result, Viewer};

use super::guard::guard_number;
use super::{handle, input};

/// Sets something of the viewer through whose eyes this number of the board sees. It counts for the queries, marks
/// and polls from then on; a result keeps the viewer that it was asked for.
///
/// @param board  An open board.
/// @param name   "user" or "用户": the name under which marks are kept. "locale" or "语言": the wanted locales, best
///               first, with commas between them, of either width. Any other name is an attribute, such as "app_version".
/// @param value  Empty: it is not set any more. Several values of an attribute stand in lines of their own.
/// @return 0; -NOTICE_INVALID_FIELD or -NOTICE_TOO_LARGE for what is refused, and nothing is changed then.
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
        "locale" | "语言" => viewer.locales = locales(value)?,
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

fn locales(list: &str) -> Result<Vec<Locale>> {
    let tags = list.split([',', '，']).map(str::trim);
    let tags = tags.filter(|tag| !tag.is_empty());
    tags.enumerate()
        .map(|(n, tag)| Locale::parse(tag).map_err(|error| error.within(&format!("locales[{n}]"))))
        .collect()
}
