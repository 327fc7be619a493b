//! What is measured: a file for each question.

mod audiences;
mod durable;
mod growth;
mod library;
mod marks;
mod memory;
mod paging;
mod publish;
mod readers;
#[cfg(unix)]
mod remote;
#[cfg(unix)]
mod replicas;
#[cfg(target_os = "linux")]
mod ring;
mod search;
mod second;
mod top;
mod users;

use crate::Result;
use crate::session::Session;

/// Everything that is measured, in the order of the table.
pub(crate) const ALL: &[fn(&mut Session) -> Result] = &[
    top::run,
    search::run,
    publish::run,
    durable::run,
    marks::run,
    memory::run,
    library::run,
    audiences::run,
    readers::run,
    users::run,
    second::run,
    paging::run,
    #[cfg(unix)]
    remote::run,
    #[cfg(target_os = "linux")]
    ring::run,
    growth::run,
];
