//! What the daemon says when it has begun.

use std::io::{IsTerminal as _, stdout};

use notice::Bilingual;
use notice_server::Address;

use super::plan::Plan;
use crate::board;
use crate::shell::quoted;
use crate::terminal::{say, tell};

/// Says what is served, and on a terminal what to type next.
pub(super) fn greet(plan: &Plan, addresses: &[Address], before: Option<u64>) {
    let board = &plan.board;
    let version = env!("CARGO_PKG_VERSION");
    tell(&Bilingual::new(
        format!("notice {version} serves {board}"),
        format!("notice {version} 正在提供公告板 {board}"),
    ));
    if let Some(file) = &plan.found.file {
        let file = file.display();
        tell(&Bilingual::new(
            format!("  with {file}"),
            format!("  配置文件 {file}"),
        ));
    }
    if let Some(pid) = before {
        tell(&Bilingual::new(
            format!("  in the place of process {pid}"),
            format!("  接替进程 {pid}"),
        ));
    }
    for address in addresses {
        say(&format!("  {address}"));
    }
    if stdout().is_terminal() {
        next(addresses);
    }
}

/// Says what to type next.
fn next(addresses: &[Address]) {
    let Some(first) = addresses.first() else {
        return;
    };
    let is_usual = board::url(None).is_ok_and(|usual| usual == first.to_string());
    let ping = match is_usual {
        true => "notice ping".to_owned(),
        false => format!("notice ping {}", quoted(&first.to_string())),
    };
    let curl = match first {
        Address::Unix(path) => {
            let path = quoted(&path.display().to_string());
            format!("curl --unix-socket {path} 'http://localhost/v1/active?user=me'")
        }
        Address::Tcp(address) => format!("curl 'http://{address}/v1/active?user=me'"),
        _ => return,
    };
    let both = format!("\n  {ping}\n  {curl}\n");
    tell(&Bilingual::new(
        format!("\nTry it in another terminal:\n{both}\nCtrl-C stops it."),
        format!("\n在另一个终端中试试：\n{both}\n按 Ctrl-C 停止。"),
    ));
}
