//! libnotice as a program has it: built from this source, loaded, its functions found by name.

use std::ffi::{c_char, c_void};
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use xtask::library;

use super::abi::{
    NoticeArray, NoticeChangeArray, NoticeChanges, NoticeCount, NoticeDraft, NoticeErrorInfo,
    NoticeExplanation, NoticeOptions, NoticePublished, NoticeQuery, NoticeReceiptArray,
    NoticeReceiptQuery, layout,
};

/// A board that the library handed out.
pub(super) type Board = *mut c_void;

/// The functions that are used, with the types that notice.h gives them.
macro_rules! functions {
    ($($name:ident($($type:ty),*) -> $result:ty;)*) => {
        pub(super) struct Functions {
            $(pub(super) $name: unsafe extern "C" fn($($type),*) -> $result,)*
            /// Keeps the functions where they are.
            _library: libloading::Library,
        }

        fn find(library: libloading::Library) -> Functions {
            Functions {
                $($name: {
                    // SAFETY: the function of this name has this type in notice.h.
                    let symbol = unsafe { library.get(stringify!($name).as_bytes()) };
                    *symbol.expect(stringify!($name))
                },)*
                _library: library,
            }
        }
    };
}

functions! {
    notice_open(*const c_char, usize, *const NoticeOptions, *mut Board) -> i32;
    notice_close(Board, u32) -> i32;
    notice_publish(Board, *const NoticeDraft, *mut NoticePublished) -> i32;
    notice_publish_json(Board, *const c_char, usize, *mut NoticePublished, usize, *mut usize) -> i32;
    notice_check(Board, *const NoticeDraft, *mut c_char, usize, *mut usize) -> i32;
    notice_check_json(Board, *const c_char, usize, *mut c_char, usize, *mut usize) -> i32;
    notice_apply_json(Board, *const c_char, usize, *mut NoticePublished, usize, *mut usize) -> i32;
    notice_update_json(Board, i64, *const c_char, usize, u32, i32, *mut NoticePublished) -> i32;
    notice_retract(Board, i64, *const c_char, usize, u32, *mut NoticePublished) -> i32;
    notice_restore(Board, i64, u32, *mut NoticePublished) -> i32;
    notice_release(Board, i64, u32, *mut NoticePublished) -> i32;
    notice_purge(Board, i64, *mut NoticePublished) -> i32;
    notice_query(Board, *const NoticeQuery, *mut NoticeArray) -> i32;
    notice_query_into(Board, *const NoticeQuery, *mut c_void, usize, *mut usize, *mut NoticeArray) -> i32;
    notice_get(Board, i64, *const NoticeQuery, *mut NoticeArray) -> i32;
    notice_get_json(Board, i64, *const NoticeQuery, *mut c_char, usize, *mut usize) -> i32;
    notice_history_json(Board, i64, *mut c_char, usize, *mut usize) -> i32;
    notice_count(Board, *const NoticeQuery, *mut NoticeCount) -> i32;
    notice_free(*mut NoticeArray) -> ();
    notice_mark_shown(Board, *const NoticeQuery, *const i64, *const u32, usize, i32, i64, *mut u64) -> i32;
    notice_mark_all(Board, *const NoticeQuery, i32, i64, *mut i64) -> i32;
    notice_mark_all_read(Board, *const NoticeQuery, i64, *mut i64) -> i32;
    notice_forget_user(Board, *const c_char, usize, *mut i32) -> i32;
    notice_receipts(Board, *const NoticeReceiptQuery, *mut NoticeReceiptArray) -> i32;
    notice_receipts_free(*mut NoticeReceiptArray) -> ();
    notice_changes(Board, *const NoticeChanges, *mut NoticeChangeArray) -> i32;
    notice_changes_free(*mut NoticeChangeArray) -> ();
    notice_wait(Board, i64, i64, *mut i64) -> i32;
    notice_explain(Board, i64, *const NoticeQuery, *mut NoticeExplanation, i32, *mut c_char, usize, *mut usize) -> i32;
    notice_stats_json(Board, *mut c_char, usize, *mut usize) -> i32;
    notice_status_name(i32) -> *const c_char;
    notice_last_error(i32, *mut c_char, usize, *mut usize) -> i32;
    notice_last_error_path(*mut c_char, usize, *mut usize) -> i32;
    notice_last_error_info(*mut NoticeErrorInfo) -> i32;
}

/// The functions of the library, which is built and loaded the first time.
pub(super) fn functions() -> &'static Functions {
    static FUNCTIONS: OnceLock<Functions> = OnceLock::new();
    FUNCTIONS.get_or_init(|| {
        check_layout();
        find(load())
    })
}

/// The library, which is built before.
pub(crate) fn load() -> libloading::Library {
    let root = library::root().unwrap();
    let path = library::build(&root, false, None).unwrap().shared;
    // SAFETY: loading libnotice runs nothing of its own.
    let library = unsafe { libloading::Library::new(&path) };
    library.unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Asks a C compiler whether notice.h has the structures of this program.
fn check_layout() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let source = folder.join("conformance_layout.c");
    let includes = "#include <stddef.h>\n#include \"notice.h\"\n";
    fs::write(&source, format!("{includes}{}", layout())).unwrap();
    let mut compiler = library::strict_c(&library::root().unwrap(), "c11");
    library::output(compiler.arg("-fsyntax-only").arg(&source)).unwrap();
}
