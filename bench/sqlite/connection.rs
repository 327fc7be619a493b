//! SQLite's C API: connections and prepared statements that are used again and again.

use std::ffi::{CStr, CString, c_int};
use std::path::Path;
use std::ptr;

use libsqlite3_sys as ffi;

use crate::Result;

/// How long a writer waits for another one, in milliseconds.
const BUSY_TIMEOUT_MS: c_int = 60_000;

/// A connection, used by one thread at a time.
pub(crate) struct Connection(*mut ffi::sqlite3);

// SAFETY: SQLite is compiled thread-safe; without its own mutex a connection may move between threads.
unsafe impl Send for Connection {}

impl Connection {
    /// Opens a database in a file, or one in memory.
    pub(crate) fn open(path: Option<&Path>) -> Result<Self> {
        let name = path.map_or(":memory:".to_owned(), |path| path.display().to_string());
        let name = CString::new(name).map_err(|error| error.to_string())?;
        let flags = ffi::SQLITE_OPEN_READWRITE | ffi::SQLITE_OPEN_CREATE | ffi::SQLITE_OPEN_NOMUTEX;
        let mut database = ptr::null_mut();
        // SAFETY: valid pointers, here and below. What was opened is closed by `drop`, after a failure too.
        let code =
            unsafe { ffi::sqlite3_open_v2(name.as_ptr(), &mut database, flags, ptr::null()) };
        let connection = Self(database);
        connection.check(code)?;
        // SAFETY: the connection is open.
        unsafe { ffi::sqlite3_busy_timeout(database, BUSY_TIMEOUT_MS) };
        Ok(connection)
    }

    /// Runs statements that need no parameters and give nothing.
    pub(crate) fn run(&self, sql: &str) -> Result {
        let sql = CString::new(sql).map_err(|error| error.to_string())?;
        let (no_callback, none) = (None, ptr::null_mut());
        // SAFETY: as above; no error text is asked for.
        let code =
            unsafe { ffi::sqlite3_exec(self.0, sql.as_ptr(), no_callback, none, ptr::null_mut()) };
        self.check(code)
    }

    /// Prepares a statement for many uses.
    pub(crate) fn prepare(&self, sql: &str) -> Result<Statement> {
        let mut statement = ptr::null_mut();
        let length = c_int::try_from(sql.len()).map_err(|error| error.to_string())?;
        let flags = ffi::SQLITE_PREPARE_PERSISTENT;
        // SAFETY: as above; the text has the length that is said.
        let code = unsafe {
            let text = sql.as_ptr().cast();
            ffi::sqlite3_prepare_v3(self.0, text, length, flags, &mut statement, ptr::null_mut())
        };
        self.check(code)
            .map_err(|error| format!("{error}: {sql}"))?;
        Ok(Statement {
            statement,
            database: self.0,
        })
    }

    fn check(&self, code: c_int) -> Result {
        check(self.0, code)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // SAFETY: closed once. SQLite refuses to while there are statements, and then it stays open.
        unsafe { ffi::sqlite3_close(self.0) };
    }
}

/// A prepared statement. It lives no longer than its connection is used for, and on the same thread.
pub(crate) struct Statement {
    statement: *mut ffi::sqlite3_stmt,
    database: *mut ffi::sqlite3,
}

// SAFETY: it moves between threads only together with its connection, whose only users they are.
unsafe impl Send for Statement {}

impl Statement {
    /// Sets parameter `place`, counted from 1, to a number.
    pub(crate) fn bind(&self, place: c_int, value: i64) -> Result {
        // SAFETY: the statement is prepared.
        let code = unsafe { ffi::sqlite3_bind_int64(self.statement, place, value) };
        check(self.database, code)
    }

    /// Sets parameter `place`, counted from 1, to a text, which must live until the statement is reset.
    pub(crate) fn bind_text(&self, place: c_int, text: &str) -> Result {
        let length = c_int::try_from(text.len()).map_err(|error| error.to_string())?;
        // SAFETY: as above. SQLite makes no copy; every caller runs the statement while it has the text.
        let code = unsafe {
            let text = text.as_ptr().cast();
            ffi::sqlite3_bind_text(self.statement, place, text, length, ffi::SQLITE_STATIC())
        };
        check(self.database, code)
    }

    /// Goes through all rows, and makes the statement ready for its next use.
    pub(crate) fn each(&self, mut row: impl FnMut(&Row<'_>)) -> Result {
        loop {
            // SAFETY: as above.
            match unsafe { ffi::sqlite3_step(self.statement) } {
                ffi::SQLITE_ROW => row(&Row(self)),
                ffi::SQLITE_DONE => break,
                code => {
                    let failed = check(self.database, code);
                    // SAFETY: as above.
                    unsafe { ffi::sqlite3_reset(self.statement) };
                    return failed;
                }
            }
        }
        // SAFETY: as above.
        unsafe { ffi::sqlite3_reset(self.statement) };
        Ok(())
    }

    /// Runs a statement that gives nothing.
    pub(crate) fn run(&self) -> Result {
        self.each(|_| ())
    }
}

impl Drop for Statement {
    fn drop(&mut self) {
        // SAFETY: finalised once.
        unsafe { ffi::sqlite3_finalize(self.statement) };
    }
}

/// The row that a statement stands at.
pub(crate) struct Row<'a>(&'a Statement);

impl Row<'_> {
    /// The number in column `place`, counted from 0.
    pub(crate) fn number(&self, place: c_int) -> i64 {
        // SAFETY: the statement stands at a row.
        unsafe { ffi::sqlite3_column_int64(self.0.statement, place) }
    }

    /// The text in column `place`; it lasts until the statement goes on.
    pub(crate) fn text(&self, place: c_int) -> &[u8] {
        // SAFETY: as above; SQLite says how many bytes the text has, and an empty one may be NULL.
        unsafe {
            let text = ffi::sqlite3_column_text(self.0.statement, place);
            let length = ffi::sqlite3_column_bytes(self.0.statement, place);
            match text.is_null() {
                true => &[],
                false => std::slice::from_raw_parts(text, length as usize),
            }
        }
    }
}

/// The bytes that all databases of this process have allocated.
pub(crate) fn memory_used() -> i64 {
    // SAFETY: it has no conditions.
    unsafe { ffi::sqlite3_memory_used() }
}

fn check(database: *mut ffi::sqlite3, code: c_int) -> Result {
    if code == ffi::SQLITE_OK {
        return Ok(());
    }
    // SAFETY: SQLite's text of the last failure ends in NUL and lives until the next call.
    let said = unsafe { CStr::from_ptr(ffi::sqlite3_errmsg(database)) };
    Err(format!("SQLite: {code}: {}", said.to_string_lossy()))
}
