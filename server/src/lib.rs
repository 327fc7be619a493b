//! The daemon of a board, as a library.
//!
//! A [`Server`] gives clients in other processes and on other machines a board of this process. One socket
//! speaks every protocol, told apart by the first byte of a connection: `E` begins ENOT frames, `{` or `[`
//! JSON-RPC 2.0 lines, 0x16 TLS with one of them inside, and anything else HTTP. docs/protocol.md describes all of them.
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! let board = notice::open("mem:")?;
//! let server = notice_server::Server::builder(board)
//!     .tcp("127.0.0.1:0")
//!     .start()
//!     .await?;
//! println!("listening on {}", server.addresses()[0]);
//! server.stop().await?;
//! # Ok::<(), notice::Error>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Every call passes through [`notice::Guarded`], which allows each role only its own calls.

#![forbid(unsafe_code)]

mod access;
mod account;
mod addresses;
mod admission;
mod builder;
mod client;
mod connection;
mod conversation;
mod desk;
mod enot;
mod fault;
mod files;
mod follow;
#[cfg(target_os = "linux")]
mod handing;
mod http;
mod limits;
mod lines;
mod listen;
mod load_test;
pub mod logs;
#[cfg(target_os = "linux")]
mod memory;
mod metrics;
mod outbox;
#[cfg(target_os = "linux")]
mod passing;
mod patience;
mod rates;
mod refusal;
mod rewound;
mod rpc;
mod server;
mod session;
mod stop;
mod tls;

pub use builder::Builder;
pub use limits::Limits;
pub use listen::Address;
#[cfg(unix)]
pub use listen::Socket;
pub use server::Server;
