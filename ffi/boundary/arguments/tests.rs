use super::*;
use notice::Language;
use std::ptr::{null, null_mut};

/// A structure that has grown once.
#[repr(C)]
#[derive(Clone, Copy)]
struct Grown {
    struct_size: u32,
    first: i32,
    added: i64,
}

// SAFETY: integers.
unsafe impl Plain for Grown {}
// SAFETY: it begins with `struct_size`.
unsafe impl Growing for Grown {
    const SIZES: &'static [usize] = &[8, 16];
}

fn caller() -> Caller {
    // SAFETY: what these tests hand in is there.
    unsafe { Caller::trusted() }
}

/// Returns a structure of `size` bytes: `struct_size`, `first` and `added` as given, followed by
/// zeros.
fn given(size: u32, first: i32, added: i64) -> Vec<u8> {
    let mut bytes = size.to_ne_bytes().to_vec();
    bytes.extend(first.to_ne_bytes());
    bytes.extend(added.to_ne_bytes());
    bytes.resize(size.max(4) as usize, 0);
    bytes
}

fn read(bytes: &[u8]) -> Result<(i32, i64)> {
    caller()
        .structure("grown", bytes.as_ptr().cast::<Grown>())
        .map(|grown| (grown.first, grown.added))
}

#[test]
fn what_an_older_structure_has_not_is_zero() {
    assert_eq!(read(&given(8, 7, 9)), Ok((7, 0)));
    assert_eq!(read(&given(16, 7, 9)), Ok((7, 9)));
}

#[test]
fn a_newer_structure_is_taken_when_what_is_unknown_of_it_is_zero() {
    let mut newer = given(24, 7, 9);
    assert_eq!(read(&newer), Ok((7, 9)));
    for place in 16..24 {
        newer[place] = 1;
        let error = read(&newer).unwrap_err();
        assert_eq!(
            (error.kind(), error.offset()),
            (ErrorKind::Unsupported, Some(place))
        );
        newer[place] = 0;
    }
}

#[test]
fn a_size_that_no_release_had_is_refused() {
    for size in [0, 1, 4, 7, 9, 15, 4097, u32::MAX] {
        let mut bytes = vec![0_u8; 4200];
        bytes[..4].copy_from_slice(&size.to_ne_bytes());
        let error = read(&bytes).unwrap_err();
        assert_eq!(
            (error.kind(), error.path()),
            (ErrorKind::InvalidField, Some("grown.struct_size")),
            "{size}"
        );
    }
}

#[test]
fn a_structure_may_begin_anywhere() {
    for shift in 0..16 {
        let mut bytes = vec![0xff; shift];
        bytes.extend(given(16, 7, 9));
        assert_eq!(read(&bytes[shift..]), Ok((7, 9)));
    }
}

#[test]
fn null_is_refused_with_the_name_of_the_parameter() {
    let caller = caller();
    for error in [
        caller.structure("given", null::<Grown>()).err(),
        caller.text("given", null(), 1).err(),
        caller.bytes("given", null(), 1).err(),
        caller.list("given", null::<i64>(), 1, 9, Ok).err(),
        caller.output("given", null_mut::<i64>()).err(),
        caller.write_list("given", null_mut(), 1, &[7_i64]).err(),
    ] {
        let error = error.unwrap();
        assert_eq!(error.message(Language::En), "given: must not be NULL");
        assert_eq!(error.kind(), ErrorKind::InvalidField);
    }
    assert_eq!(caller.text("given", null(), 0), Ok(""));
    assert_eq!(caller.list("given", null::<i64>(), 0, 9, Ok), Ok(vec![]));
}

#[test]
fn an_optional_result_is_written_unless_it_is_null() {
    let caller = caller();
    let mut result = 0_i64;
    caller.write_optional(&raw mut result, 7_i32);
    assert_eq!(result, 7);
    caller.write_optional(null_mut::<i64>(), 7_i32);
}

#[test]
fn a_length_that_no_memory_has_is_refused() {
    let caller = caller();
    let most = LARGEST_AREA;
    for len in [most + 1, isize::MAX as usize + 1, usize::MAX] {
        let error = caller.bytes("given", c"".as_ptr(), len).unwrap_err();
        assert_eq!(
            (error.kind(), error.path()),
            (ErrorKind::InvalidField, Some("given"))
        );
    }
    let one = [7_i64];
    for count in [most / 8 + 1, usize::MAX / 8 + 1, usize::MAX] {
        let error = caller
            .list("given", one.as_ptr(), count, usize::MAX, Ok)
            .unwrap_err();
        assert_eq!(
            (error.kind(), error.path()),
            (ErrorKind::InvalidField, Some("given"))
        );
    }
}

#[test]
fn text_that_holds_a_nul_is_refused_with_its_place() {
    let text = "ab\0c";
    let error = caller()
        .text("given", text.as_ptr().cast(), text.len())
        .unwrap_err();
    assert_eq!(
        error.message(Language::En),
        r#"given: "ab\0c": must not contain a NUL character (at byte 2)"#
    );
}

#[test]
fn a_list_beyond_its_limit_is_refused_before_it_is_read() {
    let one = [7_i64];
    let error = caller()
        .list("given", one.as_ptr(), 1 << 40, 16, Ok)
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.limit()),
        (ErrorKind::TooLarge, Some(16))
    );
}

#[test]
fn text_out_takes_just_its_size_and_a_nul() {
    let caller = caller();
    for cap in 0..8 {
        let (mut buf, mut needed) = ([0x55_u8; 8], 0);
        let result = caller.write_text("四x", buf.as_mut_ptr().cast(), cap, &raw mut needed);
        assert_eq!(needed, 5);
        if cap < 5 {
            assert_eq!(result.unwrap_err().kind(), ErrorKind::TooSmall);
            assert_eq!(buf, [0x55; 8]);
        } else {
            assert_eq!(result, Ok(()));
            assert_eq!(&buf, "四x\0UUU".as_bytes());
        }
    }
    let mut needed = 0;
    assert!(
        caller
            .write_text("", null_mut(), 0, &raw mut needed)
            .is_err()
    );
    assert_eq!(needed, 1);
}
