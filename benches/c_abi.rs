//! `cargo bench -p notice-ffi --bench c_abi`: a page through the C interface of libnotice.so, its text copied
//! out, beside a copy of as many bytes.

#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout
)]

#[allow(dead_code, reason = "the other bench asks for a viewer")]
mod data;
mod library;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};

fn page(criterion: &mut Criterion) {
    for count in [1_000, 10_000, 100_000] {
        let board = library::Board::new(count);
        let mut buffer = vec![0; 256 * 1024];
        let needed = board.query_into(&mut buffer);
        criterion.bench_function(&format!("notice_query, top 20 of {count}"), |bencher| {
            bencher.iter(|| board.query());
        });
        criterion.bench_function(
            &format!("notice_query_into, top 20 of {count}"),
            |bencher| {
                bencher.iter(|| board.query_into(&mut buffer));
            },
        );
        let source = vec![1_u8; needed];
        let mut target = vec![0_u8; needed];
        criterion.bench_function(&format!("memcpy of its {needed} bytes"), |bencher| {
            bencher.iter(|| black_box(&mut target).copy_from_slice(black_box(&source)));
        });
    }
}

criterion_group!(benches, page);
criterion_main!(benches);
