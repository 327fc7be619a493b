//! `cargo bench --bench board`: publishing and querying a board in memory, through the Rust API.

#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout
)]

mod data;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use notice::{Draft, Filter, Query, SharedBoard};

fn board(count: u64) -> SharedBoard {
    let board = notice::open("mem:").expect("a board");
    let drafts: Vec<Draft> = (0..count).map(data::draft).collect();
    for batch in drafts.chunks(10_000) {
        board.publish_all(batch).expect("published");
    }
    board
}

fn publish(criterion: &mut Criterion) {
    let full = board(100_000);
    let mut next = 100_000;
    criterion.bench_function("publish one onto 100 000", |bencher| {
        bencher.iter_batched(
            || {
                next += 1;
                data::draft(next)
            },
            |draft| full.publish(&draft).expect("published"),
            BatchSize::SmallInput,
        );
    });
}

fn query(criterion: &mut Criterion) {
    for count in [1_000, 10_000, 100_000] {
        let board = board(count);
        let top = Query::new(data::viewer()).limit(20);
        criterion.bench_function(&format!("top 20 of {count}"), |bencher| {
            bencher.iter(|| board.query(&top).expect("a page"));
        });
        criterion.bench_function(&format!("count of {count}"), |bencher| {
            bencher.iter(|| board.count(&top).expect("a count"));
        });
        let filter = Filter::new().channels(["channel-3"]);
        let channel = Query::new(data::viewer()).limit(20).filter(filter);
        criterion.bench_function(&format!("top 20 of a channel of {count}"), |bencher| {
            bencher.iter(|| board.query(&channel).expect("a page"));
        });
        for word in ["护", "维护", "系统维护", "计划内停机请提", "鑫鑫", "的"] {
            let filter = Filter::new().q(word);
            let search = Query::new(data::viewer()).limit(20).filter(filter);
            criterion.bench_function(&format!("search {word} in {count}"), |bencher| {
                bencher.iter(|| board.query(&search).expect("a page"));
            });
        }
        let reader = Query::new(data::viewer());
        criterion.bench_function(&format!("mark all read of {count}"), |bencher| {
            bencher.iter(|| board.mark_all_read(&reader, None).expect("marked"));
        });
        let stats = board.stats().expect("stats");
        println!(
            "memory of {count}: {} bytes of text each, {} in all, {} of it for search",
            stats.text_bytes / count,
            stats.memory_bytes / count,
            stats.search_bytes / count,
        );
    }
}

criterion_group!(benches, publish, query);
criterion_main!(benches);
