//! Who may import whom. A row stands for its rooms with all that is in them; only rows above it may be named.

/// A row of the table.
pub(super) struct Row {
    /// One or several, between blanks, which may name each other. `lib` is the root of the crate.
    pub(super) rooms: &'static str,
    /// Rooms, or `..` for every row above.
    pub(super) imports: &'static str,
    /// Parts of [`WORLD`].
    pub(super) world: &'static str,
}

const fn row(rooms: &'static str, imports: &'static str, world: &'static str) -> Row {
    Row {
        rooms,
        imports,
        world,
    }
}

/// What is under src/. `open` joins `engine` and `file`, which do not know each other.
#[rustfmt::skip]
pub(super) const SRC: &[Row] = &[
    row("error named clock time number_map failpoint headroom locks", "", "locks now"),
    row("model",   "error named number_map headroom", ""),
    row("progress process random", "error named locks", "disk now"),
    row("query",   "error named number_map model", ""),
    row("search",  "error number_map model query", ""),
    row("journal", "error number_map locks model query", "now"),
    row("board custody", "error clock number_map progress model query journal", "io"),
    row("wire",    "error number_map model query journal board", "io"),
    row("follow list", "error clock headroom number_map model query board", ""),
    row("notifier", "error locks query board", "io threads"),
    row("engine",  "..", "io threads now"),
    row("file",    "error locks process progress failpoint model query journal", "disk io redb threads now"),
    row("file_board", "error random progress query journal engine file", ""),
    row("shm",     "error process random", "io disk threads now"),
    row("remote sharing", "error locks process random model query journal board custody wire notifier engine shm", "io disk threads now"),
    row("open cookbook lib", "..", "disk io"),
];

/// What is under ffi/. The layers for C and E import the boundary, never the reverse.
#[rustfmt::skip]
pub(super) const FFI: &[Row] = &[
    row("boundary", "",        "io"),
    row("c",        "..", "io"),
    row("e",        "..", "threads now"),
    row("lib",      "..", ""),
];

/// What waits or reaches out of the process, by what its paths contain.
pub(super) const WORLD: [(&str, &[&str]); 6] = [
    ("disk", &["std::fs", "std::net", "std::process", "std::env"]),
    ("io", &["std::io"]),
    ("redb", &["redb"]),
    ("threads", &["std::thread", "std::sync::mpsc"]),
    (
        "locks",
        &[
            "parking_lot",
            "std::sync::Mutex",
            "std::sync::RwLock",
            "std::sync::Condvar",
            "std::sync::Barrier",
        ],
    ),
    ("now", &["SystemTime::now", "Instant::now"]),
];

/// The rows of a crate.
pub(super) struct Table<'a>(pub(super) &'a [Row]);

impl<'a> Table<'a> {
    fn row(&self, room: &str) -> Option<(usize, &'a Row)> {
        let is_it = |(_, row): &(usize, &Row)| row.rooms.split(' ').any(|one| one == room);
        self.0.iter().enumerate().find(is_it)
    }

    pub(super) fn has(&self, room: &str) -> bool {
        self.row(room).is_some()
    }

    /// The rooms that `room` may import.
    pub(super) fn imports(&self, room: &str) -> Vec<&'a str> {
        let Some((place, row)) = self.row(room) else {
            return Vec::new();
        };
        let above = self.0.iter().take(place).flat_map(|row| words(row.rooms));
        let is_named = |other: &&str| words(row.imports).any(|one| one == *other);
        above
            .filter(|other| row.imports == ".." || is_named(other))
            .chain(words(row.rooms).filter(|other| *other != room))
            .collect()
    }

    pub(super) fn may_import(&self, room: &str, other: &str) -> bool {
        self.imports(room).contains(&other)
    }

    /// The parts of the world that `room` may use.
    pub(super) fn world(&self, room: &str) -> Vec<&'a str> {
        let row = self.row(room);
        row.map_or(Vec::new(), |(_, row)| words(row.world).collect())
    }

    pub(super) fn may_use(&self, room: &str, part: &str) -> bool {
        self.world(room).contains(&part)
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(' ').filter(|word| !word.is_empty())
}

/// The part of the world that a path names something of.
pub(super) fn part_of_world(path: &str) -> Option<&'static str> {
    let path = format!("::{path}::");
    let is_in = |one: &&str| {
        let one = format!("::{one}::");
        path.starts_with(&one) || (one.ends_with("::now::") && path.ends_with(&one))
    };
    WORLD
        .iter()
        .find(|(_, paths)| paths.iter().any(&is_in))
        .map(|(part, _)| *part)
}
