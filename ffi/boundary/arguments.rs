//! Reads a C caller's inputs, with every check that is possible, and writes its outputs.
//!
//! Nothing needs alignment. A NULL pointer, a length beyond the address space, text that is not
//! UTF-8 or contains a NUL, and a structure of unknown size are refused with the name of the
//! parameter.

use std::ffi::c_char;
use std::marker::PhantomData;
use std::mem::{MaybeUninit, size_of};
use std::ptr::NonNull;
use std::slice;

use notice::{Bilingual, Error, ErrorKind, Result};

/// Upper bound of the size of structures; a larger `struct_size` was never set.
const LARGEST_STRUCT: usize = 4096;
/// Upper bound of the address space, in bytes: programs with 64-bit pointers have at most 2^56
/// (x86-64 with five levels of page tables). A longer area cannot exist.
const LARGEST_AREA: usize = if usize::BITS == 64 {
    1 << 56
} else {
    isize::MAX as usize
};
/// Length of a refused text's excerpt in an error, in bytes.
const SHOWN_BYTES: usize = 160;

/// A C structure for which every bit pattern is valid, including all zeros: integers and raw
/// pointers.
///
/// # Safety
/// The structure has only such fields.
pub(crate) unsafe trait Plain: Copy {}

// SAFETY: an integer.
unsafe impl Plain for i64 {}
// SAFETY: an integer.
unsafe impl Plain for u32 {}

/// An input structure, which begins with `uint32_t struct_size` and grows at its end.
///
/// # Safety
/// The first field is a `u32`.
pub(crate) unsafe trait Growing: Plain {
    /// Sizes of the structure in all releases, ascending; the last one is the present size.
    const SIZES: &'static [usize];
}

/// Token for a C caller's promise, during one call, that its pointers are as the header says.
pub(crate) struct Caller(());

/// Destination of a result. Written on success only.
pub(crate) struct Output<'a, T>(NonNull<T>, PhantomData<&'a Caller>);

impl Caller {
    /// Accepts the caller's promise.
    ///
    /// # Safety
    /// Each pointer and length passed to the methods comes from the C caller of this call, who has
    /// read the header. What they refer to can be read or written until the call returns.
    pub(crate) unsafe fn trusted() -> Self {
        Self(())
    }

    /// Reads the bytes at `pointer`.
    pub(crate) fn bytes<'a>(
        &'a self,
        path: &str,
        pointer: *const c_char,
        len: usize,
    ) -> Result<&'a [u8]> {
        check_area::<u8>(path, pointer.cast(), len)?;
        if len == 0 {
            return Ok(&[]);
        }
        // SAFETY: not NULL, and no longer than memory can be; the rest is the caller's word.
        Ok(unsafe { slice::from_raw_parts(pointer.cast(), len) })
    }

    /// Reads the text at `pointer`.
    pub(crate) fn text<'a>(
        &'a self,
        path: &str,
        pointer: *const c_char,
        len: usize,
    ) -> Result<&'a str> {
        let bytes = self.bytes(path, pointer, len)?;
        let refused = |offset, reason| {
            let head = bytes.get(..SHOWN_BYTES).unwrap_or(bytes);
            Error::invalid(path, &String::from_utf8_lossy(head), reason).at_offset(offset)
        };
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let reason = Bilingual::new("invalid UTF-8", "UTF-8 编码无效");
            refused(error.valid_up_to(), reason)
        })?;
        match bytes.iter().position(|byte| *byte == 0) {
            Some(offset) => {
                let reason =
                    Bilingual::new("must not contain a NUL character", "不能包含 NUL 字符");
                Err(refused(offset, reason))
            }
            None => Ok(text),
        }
    }

    /// Reads the NUL-terminated text at `pointer`.
    #[cfg(feature = "panic-injection")]
    pub(crate) fn c_string<'a>(&'a self, path: &str, pointer: *const c_char) -> Result<&'a str> {
        check_area::<u8>(path, pointer.cast(), 1)?;
        // SAFETY: not NULL; the rest is the caller's word.
        let len = unsafe { std::ffi::CStr::from_ptr(pointer) }.count_bytes();
        self.text(path, pointer, len)
    }

    #[cfg(feature = "e")]
    /// Reads the bytes at `pointer` up to a NUL, which must follow after at most `limit` bytes;
    /// NULL gives none. Nothing behind the NUL is read.
    pub(crate) fn bytes_until_nul<'a>(
        &'a self,
        path: &str,
        pointer: *const c_char,
        limit: usize,
    ) -> Result<&'a [u8]> {
        if pointer.is_null() {
            return Ok(&[]);
        }
        for len in 0..=limit {
            // SAFETY: not NULL, and no NUL has come yet; the rest is the caller's word.
            if unsafe { pointer.add(len).read() } == 0 {
                // SAFETY: `len` bytes were read just now.
                return Ok(unsafe { slice::from_raw_parts(pointer.cast(), len) });
            }
        }
        let unit = Bilingual::new("bytes before a NUL", "字节内没有 NUL");
        let (actual, limit) = (limit as u64 + 1, limit as u64);
        Err(Error::too_large(path, actual, limit, &unit))
    }

    /// Reads the values at `pointer` with `read`. An error gets the position in the list prepended
    /// to its path.
    pub(crate) fn list<T: Plain, V>(
        &self,
        path: &str,
        pointer: *const T,
        count: usize,
        limit: usize,
        read: impl Fn(T) -> Result<V>,
    ) -> Result<Vec<V>> {
        check_area(path, pointer, count)?;
        if count > limit {
            let unit = Bilingual::new("entries", "项");
            return Err(Error::too_large(path, count as u64, limit as u64, &unit));
        }
        let mut values = Vec::with_capacity(count);
        for index in 0..count {
            // SAFETY: `T` is plain, and the area is not NULL and no longer than memory can be; the rest is
            // the caller's word.
            let value = unsafe { pointer.add(index).read_unaligned() };
            let value = read(value).map_err(|error| error.within(&format!("{path}[{index}]")))?;
            values.push(value);
        }
        Ok(values)
    }

    /// Reads the input structure at `pointer`. Fields missing in an older one are zero. A newer one
    /// is accepted if everything unknown in it is zero.
    pub(crate) fn structure<T: Growing>(&self, path: &str, pointer: *const T) -> Result<T> {
        check_area(path, pointer.cast::<u8>(), 1)?;
        // SAFETY: not NULL, and a `Growing` begins with a `u32`; the rest is the caller's word.
        let given = unsafe { pointer.cast::<u32>().read_unaligned() } as usize;
        let own = size_of::<T>();
        let is_known = given > own && given <= LARGEST_STRUCT || T::SIZES.contains(&given);
        if !is_known {
            let reason = Bilingual::new(
                format!("invalid struct_size; set it to sizeof, which is {own} here"),
                format!("struct_size 无效；请设为 sizeof（此处为 {own}）"),
            );
            return Err(Error::invalid(
                format!("{path}.struct_size"),
                &given.to_string(),
                reason,
            ));
        }
        // SAFETY: the caller's word is that there are `struct_size` bytes.
        let bytes = unsafe { slice::from_raw_parts(pointer.cast::<MaybeUninit<u8>>(), given) };
        if let Some(tail) = bytes.get(own..) {
            for (place, byte) in tail.iter().enumerate() {
                // SAFETY: the header asks that the whole structure is set.
                if unsafe { byte.assume_init_read() } != 0 {
                    return Err(newer(path).at_offset(own + place));
                }
            }
        }
        let mut value = MaybeUninit::<T>::zeroed();
        // SAFETY: no more bytes than either has, and `value` is not where the caller's are.
        unsafe {
            let target = value.as_mut_ptr().cast::<MaybeUninit<u8>>();
            bytes
                .as_ptr()
                .copy_to_nonoverlapping(target, given.min(own));
        }
        // SAFETY: `T` is plain: zeros, or whatever the caller has set, make a value.
        Ok(unsafe { value.assume_init() })
    }

    /// Reads a structure that never grows.
    pub(crate) fn value<T: Plain>(&self, path: &str, pointer: *const T) -> Result<T> {
        check_area(path, pointer, 1)?;
        // SAFETY: not NULL, and `T` is plain; the rest is the caller's word.
        Ok(unsafe { pointer.read_unaligned() })
    }

    /// Makes the error for a function that must not be NULL.
    pub(crate) fn null(&self, path: &str) -> Error {
        null(path)
    }

    /// Refuses a reserved field that is not 0, because a newer release may give it a meaning.
    pub(crate) fn reserved(&self, path: &str, value: u32) -> Result<()> {
        match value {
            0 => Ok(()),
            _ => Err(newer(path)),
        }
    }

    /// Reads a flag of 0 or 1.
    pub(crate) fn flag(&self, path: &str, value: u32) -> Result<bool> {
        match value {
            0 => Ok(false),
            1 => Ok(true),
            other => {
                let reason = Bilingual::new("must be 0 or 1", "必须是 0 或 1");
                Err(Error::invalid(path, &other.to_string(), reason))
            }
        }
    }

    /// Returns the destination of a required result.
    pub(crate) fn output<T: Copy>(&self, path: &str, pointer: *mut T) -> Result<Output<'_, T>> {
        self.optional_output(pointer).ok_or_else(|| null(path))
    }

    /// Writes an optional result, which NULL leaves out.
    pub(crate) fn write_optional<T: Copy>(&self, pointer: *mut T, value: impl Into<T>) {
        if let Some(output) = self.optional_output(pointer) {
            output.write(value.into());
        }
    }

    fn optional_output<T: Copy>(&self, pointer: *mut T) -> Option<Output<'_, T>> {
        NonNull::new(pointer).map(|pointer| Output(pointer, PhantomData))
    }

    /// Writes `values` to the caller's array, if it has room for all of them.
    pub(crate) fn write_list<T: Copy>(
        &self,
        path: &str,
        pointer: *mut T,
        room: usize,
        values: &[T],
    ) -> Result<()> {
        check_area(path, pointer.cast_const(), room)?;
        if values.len() > room {
            return Err(too_small(values.len(), room));
        }
        for (index, value) in values.iter().enumerate() {
            // SAFETY: within the room that the caller's word is for.
            unsafe { pointer.add(index).write_unaligned(*value) };
        }
        Ok(())
    }

    /// Writes `text` and a NUL into the caller's buffer, and the required size into `needed`, also
    /// when the buffer is too small.
    pub(crate) fn write_text(
        &self,
        text: &str,
        buf: *mut c_char,
        cap: usize,
        needed: *mut usize,
    ) -> Result<()> {
        let needed = self.output("needed", needed)?;
        check_area("buf", buf.cast_const(), cap)?;
        let size = text.len() + 1;
        needed.write(size);
        if size > cap {
            return Err(too_small(size, cap));
        }
        // SAFETY: `size` is within what the caller's word is for, and the caller's buffer is not where the
        // library's text is.
        unsafe {
            text.as_ptr().copy_to_nonoverlapping(buf.cast(), text.len());
            buf.add(text.len()).write(0);
        }
        Ok(())
    }

    #[cfg(feature = "e")]
    /// Writes as much of `text` as fits, and a NUL. `cut` returns the number of bytes to take,
    /// given the room. With a `cap` of 0 nothing is written.
    pub(crate) fn write_cut(
        &self,
        text: &[u8],
        buf: *mut u8,
        cap: usize,
        cut: impl Fn(&[u8], usize) -> usize,
    ) -> Result<()> {
        check_area("buffer", buf.cast_const(), cap)?;
        let Some(room) = cap.checked_sub(1) else {
            return Ok(());
        };
        let taken = if text.len() <= room {
            text.len()
        } else {
            cut(text, room).min(room)
        };
        // SAFETY: `taken` is less than `cap`, which the caller's word is for, no more than `text` has, and the
        // caller's buffer is not where the library's text is.
        unsafe {
            text.as_ptr().copy_to_nonoverlapping(buf, taken);
            buf.add(taken).write(0);
        }
        Ok(())
    }
}

impl<T: Copy> Output<'_, T> {
    /// Writes the result.
    pub(crate) fn write(self, value: T) {
        // SAFETY: not NULL; that it can be written is the caller's word.
        unsafe { self.0.as_ptr().write_unaligned(value) }
    }
}

/// Returns the value, or None for 0 and for empty text: how C says that a value is not set.
pub(crate) fn set<T: Default + PartialEq>(value: T) -> Option<T> {
    (value != T::default()).then_some(value)
}

/// Returns a `too_small` error: the caller's buffer has `cap` bytes or entries of the `needed`.
pub(crate) fn too_small(needed: usize, cap: usize) -> Error {
    let reason = Bilingual::new(
        format!("{needed} needed, the buffer has {cap}"),
        format!("需要 {needed}，缓冲区只有 {cap}"),
    );
    Error::new(ErrorKind::TooSmall, reason)
}

/// Refuses an area that is NULL but not empty, or exceeds the address space.
pub(crate) fn check_area<T>(path: &str, pointer: *const T, count: usize) -> Result<()> {
    if pointer.is_null() && count > 0 {
        return Err(null(path));
    }
    let bytes = count.checked_mul(size_of::<T>());
    if bytes.is_none_or(|bytes| bytes > LARGEST_AREA) {
        let reason = Bilingual::new("too long: exceeds the address space", "长度超出地址空间");
        return Err(Error::invalid(path, &count.to_string(), reason));
    }
    Ok(())
}

fn null(path: &str) -> Error {
    let reason = Bilingual::new("must not be NULL", "不能为 NULL");
    Error::new(ErrorKind::InvalidField, reason).within(path)
}

fn newer(path: &str) -> Error {
    let reason = Bilingual::new(
        "sets a field unknown to this release of the library",
        "设置了当前版本不支持的字段",
    );
    Error::new(ErrorKind::Unsupported, reason).within(path)
}

#[cfg(test)]
mod tests;
