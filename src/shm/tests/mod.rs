//! Segments in folders of these tests.

#![cfg(any(target_os = "linux", windows))]

mod bells;
mod damage;
#[cfg(target_os = "linux")]
mod handed;
mod life;
#[cfg(target_os = "linux")]
mod others;
mod races;
mod snapshots;

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::{Folder, Reader, Sizes, Snapshot, Step, Writer};

/// Small, so that it is soon full.
const SMALL: Sizes = Sizes {
    slots: 64,
    arena: 16 * 1024,
};

/// A folder that is gone with the test.
struct Place {
    path: PathBuf,
    folder: Folder,
}

impl Place {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("notice-shm-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).unwrap();
        #[cfg(unix)]
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
        let folder = Folder::at(&path).unwrap();
        Self { path, folder }
    }

    fn writer(&self) -> Writer {
        Writer::open(&self.folder, "board", SMALL).unwrap()
    }

    /// A writer that has published a snapshot.
    fn sharing(&self) -> Writer {
        let mut writer = self.writer();
        publish(&mut writer, &[b"first"]);
        writer
    }

    fn reader(&self) -> Reader {
        Reader::attach(&self.folder, "board").unwrap()
    }

    /// A reader that has begun with a snapshot.
    fn following(&self) -> Reader {
        let mut reader = self.reader();
        begin(&mut reader);
        reader
    }

    fn file(&self, ending: &str) -> PathBuf {
        self.path.join(format!("board.{ending}"))
    }

    /// The names of the files.
    fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.path).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

fn publish(writer: &mut Writer, parts: &[&[u8]]) {
    let mut snapshot = writer.snapshot().unwrap();
    parts.iter().for_each(|part| snapshot.part(part).unwrap());
    writer.publish(snapshot.finish().unwrap()).unwrap();
}

/// Reads a snapshot, and begins with it.
fn begin(reader: &mut Reader) -> Vec<Vec<u8>> {
    let mut snapshot = reader.snapshot(Duration::ZERO).unwrap().unwrap();
    let parts = read(&mut snapshot);
    reader.begin(&snapshot).unwrap();
    parts
}

fn read(snapshot: &mut Snapshot) -> Vec<Vec<u8>> {
    let mut parts = Vec::new();
    while let Some(part) = snapshot.next_part().unwrap() {
        parts.push(part.to_vec());
    }
    parts
}

/// The entries until there is another step.
fn entries(reader: &mut Reader) -> Vec<Vec<u8>> {
    let mut entries = Vec::new();
    while let Step::Entry(entry) = reader.next_step().unwrap() {
        entries.push(entry.to_vec());
    }
    entries
}

/// Entries that are told apart, of many lengths.
fn entry(number: u32) -> Vec<u8> {
    let length = (number * 37 % 300) as usize + 4;
    let stream = (0..).map(|at: u32| (number.wrapping_mul(31) ^ at) as u8);
    let number = number.to_le_bytes();
    number.into_iter().chain(stream).take(length).collect()
}

fn append(writer: &mut Writer, numbers: std::ops::Range<u32>) -> Vec<Vec<u8>> {
    let entries: Vec<Vec<u8>> = numbers.map(entry).collect();
    entries.iter().for_each(|entry| {
        writer.append(entry).unwrap();
    });
    entries
}
