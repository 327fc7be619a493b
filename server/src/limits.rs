//! Limits of what clients may take of the server.

use std::ops::RangeInclusive;
use std::time::Duration;

use notice::Result;

use crate::fault::invalid;

/// Most calls in one JSON-RPC batch.
pub(crate) const BATCH: usize = 100;
/// Longest line of JSON-RPC, and longest body of `POST /rpc`, in bytes.
pub(crate) const LINE_BYTES: usize = 1024 * 1024;
/// Longest message of a client that may not write, in bytes. The largest viewer and filter fit into it; the server
/// holds one incomplete message for each connection.
pub(crate) const READER_BYTES: usize = 1024 * 1024;

/// Longest wait of a call. A client that wants to wait longer asks again.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_secs(60 * 60);

/// Bytes that the ring of the memory that is handed over may have.
const RING_BYTES: RangeInclusive<usize> = 4096..=64 * 1024 * 1024;

/// Limits of a server. The defaults suit one machine with thousands of clients.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Most connections at once. A further one is closed at once. Default: 10 000.
    pub connections: usize,
    /// Most connections at once of one address, over TCP and by [`Server::serve`](crate::Server::serve). The addresses of
    /// a network of IPv6 with a prefix of 64 bits are one. A further connection is told so and closed. All clients behind
    /// a proxy have its address. Default: 1000.
    pub connections_per_address: usize,
    /// Most calls of one connection at once. Further ones are read when an earlier one is answered. Default: 256.
    pub calls: usize,
    /// Time within which a message must be complete that has begun, or of a long one 64 KiB, and a new connection
    /// must send its first byte. Default: 30 s.
    pub receive: Duration,
    /// Time within which a client must take an answer. Default: 30 s.
    pub send: Duration,
    /// Time that running calls have when the server stops. Default: 3 s.
    pub stop: Duration,
    /// Most calls of one client in a second, and at once after a pause. A client is whoever has the same token, or
    /// without one the same address or user of this machine. The default is more than one client can make; a public
    /// server needs a lower one. Default: 100 000.
    pub calls_per_second: u32,
    /// Bytes of the ring in the memory that is handed over to followers on this machine (`unix:PATH?follow=shm`): a power
    /// of two from 4096 to 64 MiB, or 0 to hand nothing over. More of it lets them be further behind. It is there while
    /// somebody reads it, and a snapshot of the board beside it. Default: 8 MiB.
    pub memory_bytes: usize,
    /// Longest time that a cache may keep `/v1/list.json` without asking again. Default: 60 s.
    pub list_age: Duration,
    /// Longest `/v1/list.json`, in bytes. The server keeps as much in memory once it was asked for; a longer one is
    /// refused. Default: 256 MiB.
    pub list_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 10_000,
            connections_per_address: 1000,
            calls: 256,
            receive: Duration::from_secs(30),
            send: Duration::from_secs(30),
            stop: Duration::from_secs(3),
            calls_per_second: 100_000,
            memory_bytes: 8 * 1024 * 1024,
            list_age: Duration::from_secs(60),
            list_bytes: 256 * 1024 * 1024,
        }
    }
}

impl Limits {
    /// Checks what not every number will do for.
    ///
    /// # Errors
    /// `invalid_field` for the bytes of the ring.
    pub(crate) fn check(&self) -> Result<()> {
        let bytes = self.memory_bytes;
        if bytes == 0 || (bytes.is_power_of_two() && RING_BYTES.contains(&bytes)) {
            return Ok(());
        }
        let (least, most) = RING_BYTES.into_inner();
        Err(invalid(
            "memory-bytes",
            &bytes.to_string(),
            format!("must be a power of two from {least} to {most}, or 0 to hand no memory over"),
            format!("必须是 {least} 到 {most} 之间的 2 的幂；0 表示不移交共享内存"),
        ))
    }
}
