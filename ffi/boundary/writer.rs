//! Writer of a C caller.

use std::ffi::{c_char, c_void};
use std::io::{self, Write};

/// Function of `notice_export`.
pub(crate) type WriteFn = unsafe extern "C" fn(*mut c_void, *const c_char, usize) -> i32;

/// Size of the buffer in front of the function, in bytes. Calls across the C boundary are cheap at
/// this size, and memory stays small.
const GATHERED: usize = 64 * 1024;

/// A C function and its argument. Data that was not flushed is not written.
pub(crate) struct CWriter {
    function: WriteFn,
    data: *mut c_void,
    gathered: Vec<u8>,
    /// Whether the function has refused data; it is not called again.
    has_failed: bool,
}

impl CWriter {
    /// Creates a writer that calls `function` with `data`.
    ///
    /// # Safety
    /// This thread may call the function with `data` as long as the writer lives.
    pub(crate) unsafe fn new(function: WriteFn, data: *mut c_void) -> Self {
        Self {
            function,
            data,
            gathered: Vec::new(),
            has_failed: false,
        }
    }
}

impl Write for CWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.gathered.extend_from_slice(bytes);
        if self.gathered.len() >= GATHERED {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.has_failed && !self.gathered.is_empty() {
            // SAFETY: `new` was promised that this may be done.
            let result = unsafe {
                (self.function)(
                    self.data,
                    self.gathered.as_ptr().cast(),
                    self.gathered.len(),
                )
            };
            self.has_failed = result != 0;
            self.gathered.clear();
        }
        match self.has_failed {
            true => Err(io::Error::other("write returned what is not 0")),
            false => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Accepts data until the given number of pieces is reached.
    unsafe extern "C" fn take(data: *mut c_void, bytes: *const c_char, len: usize) -> i32 {
        // SAFETY: the tests hand in this vector, and the writer what it has gathered.
        let (taken, bytes) = unsafe {
            (
                &mut *data.cast::<Vec<usize>>(),
                std::slice::from_raw_parts(bytes.cast::<u8>(), len),
            )
        };
        taken.push(bytes.len());
        i32::from(taken.len() == 3)
    }

    #[test]
    fn a_writer_gathers_and_stops_when_it_is_told() {
        let mut taken: Vec<usize> = Vec::new();
        // SAFETY: the vector outlives the writer.
        let mut writer = unsafe { CWriter::new(take, (&raw mut taken).cast()) };
        writer.write_all(&vec![1; GATHERED - 1]).unwrap();
        writer.write_all(&[2; 7]).unwrap();
        writer.write_all(&[3; 2]).unwrap();
        writer.flush().unwrap();
        writer.flush().unwrap();
        writer.write_all(&[4]).unwrap();
        assert!(writer.flush().is_err());
        assert!(writer.flush().is_err());
        assert!(writer.write_all(&vec![5; GATHERED]).is_err());
        drop(writer);
        assert_eq!(taken, [GATHERED + 6, 2, 1]);
    }
}
