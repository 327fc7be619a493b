//! A daemon, from the outside.

use std::fs;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::time::Duration;

use notice::{Bilingual, BoardUrl, Daemon, SharedBoard};

use super::certificate;
use super::finding::Findings;
use crate::board::{Need, Target};
use crate::console::Console;

/// Longest answer that nobody notices.
const PROMPT: Duration = Duration::from_millis(200);

/// Looks at the socket and at who answers; returns the board if somebody does.
pub(super) fn examine(
    target: &Target,
    url: &BoardUrl,
    console: &Console,
    findings: &mut Findings,
) -> Option<SharedBoard> {
    if url.scheme() == "unix" && !socket(url, findings) {
        return None;
    }
    let board = match target.open(Need::Read) {
        Ok(board) => board,
        Err(stop) => {
            findings.stopped("daemon", &stop);
            return None;
        }
    };
    match board.daemon() {
        Ok(daemon) => {
            version(&daemon, findings);
            speed(&daemon, findings);
            role(&daemon, target, findings);
            certificate::examine(&daemon, url, console, findings);
            Some(board)
        }
        Err(error) => {
            findings.stopped("daemon", &error.into());
            None
        }
    }
}

/// Whether there is a socket at all.
fn socket(url: &BoardUrl, findings: &mut Findings) -> bool {
    let Ok(path) = url.path() else {
        return true;
    };
    let name = path.display();
    match fs::metadata(&path) {
        Ok(about) if !about.file_type().is_socket() => {
            findings.bad(
                "socket",
                Bilingual::new(format!("{name} is no socket"), format!("{name} 不是套接字")),
                Bilingual::new(
                    format!("if it is a board, write file:{name}"),
                    format!("如果它是公告板，请写 file:{name}"),
                ),
            );
            false
        }
        Ok(about) => {
            let mode = about.mode() & 0o777;
            findings.good(
                "socket",
                format!("{name}, mode {mode:o}"),
                format!("{name}，权限 {mode:o}"),
            );
            true
        }
        Err(_) => {
            findings.bad(
                "socket",
                Bilingual::new(format!("there is no {name}"), format!("没有 {name}")),
                Bilingual::new(
                    "start the daemon with `notice serve`, or say where it is: --board unix:PATH",
                    "请用 `notice serve` 启动守护进程，或指明其位置：--board unix:路径",
                ),
            );
            false
        }
    }
}

fn version(daemon: &Daemon, findings: &mut Findings) {
    let own = env!("CARGO_PKG_VERSION");
    let server = &daemon.server;
    let of_server = server.rsplit('/').next().unwrap_or_default();
    match of_server == own {
        true => findings.good("version", format!("{server}, as this command"), format!("{server}，与本命令相同")),
        false => findings.warn(
            "version",
            Bilingual::new(
                format!("the daemon is {server}, this command {own}"),
                format!("守护进程为 {server}，本命令为 {own}"),
            ),
            Bilingual::new(
                "restart the daemon after an update: notice serve --take-over; or update this command",
                "更新后请重启守护进程：notice serve --take-over；或更新本命令",
            ),
        ),
    }
}

fn speed(daemon: &Daemon, findings: &mut Findings) {
    let ms = daemon.round_trip.as_secs_f64() * 1e3;
    match daemon.round_trip > PROMPT {
        true => findings.warn(
            "answer",
            Bilingual::new(
                format!("takes {ms:.0} ms"),
                format!("应答用时 {ms:.0} 毫秒"),
            ),
            Bilingual::new(
                "look at the load of its machine and at the network; ?follow=1 answers queries here",
                "请查看其主机负载与网络；?follow=1 可在本机应答查询",
            ),
        ),
        false => findings.good("answer", format!("takes {ms:.1} ms"), format!("应答用时 {ms:.1} 毫秒")),
    }
}

fn role(daemon: &Daemon, target: &Target, findings: &mut Findings) {
    let role = &daemon.role;
    if !["public", "viewer", "service"].contains(&role.as_str()) {
        findings.good(
            "role",
            format!("you are {role}"),
            format!("您的角色是 {role}"),
        );
        return;
    }
    let token = match &target.token_file {
        Some(file) => file.display().to_string(),
        None => "--token-file FILE, NOTICE_TOKEN".to_owned(),
    };
    findings.warn(
        "role",
        Bilingual::new(
            format!("you are {role}, and cannot change announcements"),
            format!("您的角色是 {role}，不能更改公告"),
        ),
        Bilingual::new(
            format!("present a token of an editor: {token}"),
            format!("请出示编辑者令牌：{token}"),
        ),
    );
}
