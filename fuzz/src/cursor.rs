//! Cursors: arbitrary text, and real ones with changed bytes under a checksum that fits.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use notice::{Draft, ErrorKind, Filter, Order, Query, ReceiptQuery, Severity, SharedBoard, Viewer};

use crate::support::{NOW, empty_board};

const ORDERS: [Order; 5] = [
    Order::Default,
    Order::Newest,
    Order::Oldest,
    Order::EndingSoon,
    Order::Relevance,
];

thread_local! {
    static BOARD: SharedBoard = board();
}

/// A cursor is `bad_cursor`, or the walk goes on from it to an end and gives nothing twice.
///
/// The first byte says which order; the others are the cursor, and pairs of place and mask to change a
/// real one with.
pub fn cursor(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else {
        return;
    };
    let order = ORDERS[usize::from(*first) % ORDERS.len()];
    BOARD.with(|board| {
        let query = query(order);
        let text = String::from_utf8_lossy(rest);
        goes_on(board, query.clone().cursor(text.clone()));
        let _ = board.receipts(&ReceiptQuery::new(1).cursor(text));
        let page = board.query(&query).expect("a first page");
        let real = page.next_cursor.expect("there is more than one page");
        goes_on(board, query.cursor(changed(&real, rest)));
    });
}

fn query(order: Order) -> Query {
    let q = if order == Order::Relevance {
        "news"
    } else {
        ""
    };
    let filter = Filter::new().q(q);
    Query::new(Viewer::new("zhang.wei"))
        .filter(filter)
        .order(order)
        .limit(2)
}

/// `cursor` with some of its bytes changed, and the CRC of those it then has.
fn changed(cursor: &str, changes: &[u8]) -> String {
    let mut bytes = URL_SAFE_NO_PAD.decode(cursor).expect("it is base64");
    bytes.truncate(bytes.len() - 4);
    for change in changes.chunks_exact(2) {
        let place = usize::from(change[0]) % bytes.len();
        bytes[place] ^= change[1];
    }
    let crc = crc32fast::hash(&bytes);
    bytes.extend(crc.to_le_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

fn goes_on(board: &SharedBoard, mut query: Query) {
    let mut ids = Vec::new();
    loop {
        let page = match board.query(&query) {
            Ok(page) => page,
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::BadCursor, "{error:?}");
                assert!(ids.is_empty(), "a board refuses its own cursor: {error}");
                return;
            }
        };
        for item in &page.items {
            let id = item.id();
            assert!(!ids.contains(&id), "{id} comes twice");
            ids.push(id);
        }
        match page.next_cursor {
            Some(next) => query.cursor = Some(next),
            None => return,
        }
        assert!(!page.items.is_empty(), "an empty page has no next one");
    }
}

fn board() -> SharedBoard {
    let board = empty_board();
    for n in 0..9_i32 {
        let draft = Draft::new("en", format!("news {n} {}", "news ".repeat(n as usize % 3)))
            .severity(Severity::ALL[n as usize % 5])
            .priority((n - 4) * 250)
            .pinned(n % 4 == 0)
            .visible(
                NOW - i64::from(n % 3) * 1000,
                (n % 2 == 1).then_some(NOW + i64::from(n) * 1000),
            );
        board.publish(&draft).expect("a sound draft");
    }
    board
}
