//! libnotice.so, loaded as a C program would have it loaded.

#[path = "../tests/conformance/c/abi.rs"]
#[allow(dead_code, unreachable_pub)]
mod abi;

use std::ffi::{c_char, c_void};
use std::path::Path;
use std::process::Command;

use abi::{NoticeArray, NoticeAttribute, NoticeQuery, NoticeStr, Zeroed};
use libloading::{Library, Symbol};

type Open = unsafe extern "C" fn(*const c_char, usize, *const c_void, *mut *mut c_void) -> i32;
type Publish =
    unsafe extern "C" fn(*mut c_void, *const c_char, usize, *mut c_void, usize, *mut usize) -> i32;
type Query = unsafe extern "C" fn(*mut c_void, *const NoticeQuery, *mut NoticeArray) -> i32;
type QueryInto = unsafe extern "C" fn(
    *mut c_void,
    *const NoticeQuery,
    *mut c_void,
    usize,
    *mut usize,
    *mut NoticeArray,
) -> i32;
type Free = unsafe extern "C" fn(*mut NoticeArray);

/// A board behind the C interface, and a query of five attributes for its top 20.
pub(super) struct Board {
    board: *mut c_void,
    query: Query,
    query_into: QueryInto,
    free: Free,
    asked: NoticeQuery,
    _library: Library,
}

impl Board {
    /// Builds and loads libnotice.so, and fills a board with `count` announcements.
    pub(super) fn new(count: u64) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let build = [
            "build",
            "--release",
            "-p",
            "notice-ffi",
            "--message-format=json",
        ];
        let built = Command::new(env!("CARGO"))
            .args(build)
            .current_dir(&root)
            .output();
        let built = built.expect("cargo runs");
        assert!(
            built.status.success(),
            "{}",
            String::from_utf8_lossy(&built.stderr)
        );
        let said = String::from_utf8_lossy(&built.stdout);
        let path = said.split('"').find(|text| text.ends_with("libnotice.so"));
        let path = path.expect("the library was built");
        // SAFETY: our own library, which does nothing as it is loaded.
        let library = unsafe { Library::new(path) }.expect("it can be loaded");
        fn get<T: Copy>(library: &Library, name: &[u8]) -> T {
            // SAFETY: the types are those of include/notice.h, as the conformance suite checks.
            let symbol: Symbol<'_, T> = unsafe { library.get(name) }.expect("exported");
            *symbol
        }
        let open: Open = get(&library, b"notice_open");
        let publish: Publish = get(&library, b"notice_publish_json");
        let query: Query = get(&library, b"notice_query");
        let query_into: QueryInto = get(&library, b"notice_query_into");
        let free: Free = get(&library, b"notice_free");
        let mut board = std::ptr::null_mut();
        // SAFETY: valid pointers with their lengths, here and below.
        let status = unsafe { open(c"mem:".as_ptr(), 4, std::ptr::null(), &mut board) };
        assert_eq!(status, 0);
        for first in (0..count).step_by(1000) {
            let drafts = (first..count.min(first + 1000)).map(|i| crate::data::draft(i).to_json());
            let json = serde_json::Value::Array(drafts.collect()).to_string();
            let (text, none) = (json.as_ptr().cast(), std::ptr::null_mut());
            let mut published = 0;
            // SAFETY: as above; (NULL, 0) asks for no results.
            let status = unsafe { publish(board, text, json.len(), none, 0, &mut published) };
            assert_eq!(status, 0);
        }
        Self {
            board,
            query,
            query_into,
            free,
            asked: asked(),
            _library: library,
        }
    }

    /// One page in memory of the library's, given back; how many items it had.
    pub(super) fn query(&self) -> usize {
        let mut page = NoticeArray::zeroed();
        // SAFETY: the board is open, and the page is given back once.
        let status = unsafe { (self.query)(self.board, &self.asked, &mut page) };
        assert_eq!(status, 0);
        let len = page.len;
        // SAFETY: as above.
        unsafe { (self.free)(&mut page) };
        len
    }

    /// One page in `buffer`; how many bytes of it were needed.
    pub(super) fn query_into(&self, buffer: &mut [u8]) -> usize {
        let mut page = NoticeArray::zeroed();
        let mut needed = 0;
        let into = buffer.as_mut_ptr().cast();
        // SAFETY: the board is open, and the buffer is as long as is said.
        let status = unsafe {
            (self.query_into)(
                self.board,
                &self.asked,
                into,
                buffer.len(),
                &mut needed,
                &mut page,
            )
        };
        assert_eq!(status, 0);
        needed
    }
}

fn str(text: &'static str) -> NoticeStr {
    NoticeStr {
        ptr: text.as_ptr().cast(),
        len: text.len(),
    }
}

fn asked() -> NoticeQuery {
    let attribute = |(name, value)| NoticeAttribute {
        name: str(name),
        value: str(value),
    };
    let attributes = [
        ("role", "role-3"),
        ("platform", "windows"),
        ("app", "ledger"),
        ("area", "cn-east"),
        ("app_version", "8.1.2"),
    ];
    let attributes: &'static [NoticeAttribute] = Vec::from(attributes.map(attribute)).leak();
    let locales: &'static [NoticeStr] = vec![str("zh-CN")].leak();
    let mut query = NoticeQuery::zeroed();
    query.struct_size = size_of::<NoticeQuery>() as u32;
    query.limit = 20;
    query.user = str("zhang.wei");
    (query.locales, query.locale_count) = (locales.as_ptr(), locales.len());
    (query.attributes, query.attribute_count) = (attributes.as_ptr(), attributes.len());
    query
}
