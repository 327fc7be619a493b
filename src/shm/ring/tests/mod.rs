//! The ring without any segment: on memory of this process, and on the memories of tools that try its steps in other
//! orders.

#[cfg(unix)]
mod loom;
mod memories;
mod model;
mod order;
mod scribble;
#[cfg(unix)]
mod shuttle;
mod stops;
mod threads;

use super::slot::Geometry;

/// A small ring.
fn geometry(slots: u64, arena: u64, inline: usize) -> Geometry {
    Geometry {
        slots,
        arena,
        largest: u32::try_from(arena).unwrap(),
        inline,
    }
}

/// The bytes of record `number`, which nobody takes for those of another one.
fn bytes(number: u64, length: usize) -> Vec<u8> {
    let stream =
        (0_u64..).flat_map(|n| (number.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ n).to_le_bytes());
    stream.take(length).collect()
}
