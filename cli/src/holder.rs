//! Who has a file open.

use std::fs;
use std::path::Path;

use notice::Bilingual;

use crate::places;

/// Says which process has a board's file.
pub(crate) fn who(file: &Path) -> Bilingual {
    let holders = of(file);
    match holders.is_empty() {
        true => Bilingual::new(
            "a process of another user has it; as root, fuser names it",
            "被其他用户的进程占用；以 root 身份执行 fuser 可查到是哪一个",
        ),
        false => {
            let all = holders.join(", ");
            Bilingual::new(format!("{all} has it"), format!("被 {all} 占用"))
        }
    }
}

/// Says what to do about it.
pub(crate) fn remedy() -> Bilingual {
    let socket = places::running_socket().ok().filter(|path| path.exists());
    match socket.map(|path| places::url("unix", &path)) {
        Some(url) => Bilingual::new(
            format!(
                "if that is the daemon, ask it in place of its file: -b {url}; otherwise wait until it ends, or end it"
            ),
            format!("如果那是守护进程，请访问它而不是文件：-b {url}；否则请等它结束，或结束它"),
        ),
        None => Bilingual::new(
            "if that is a daemon, ask it in place of its file: -b unix:PATH or -b tcp:HOST:PORT, as it said when it \
             started; otherwise wait until it ends, or end it",
            "如果那是守护进程，请访问它而不是文件：-b unix:路径 或 -b tcp:主机:端口（启动时已显示）；否则请等它结束，或结束它",
        ),
    }
}

/// Names the processes that have a file open, as `notice (1234)`: those which this user may look at.
fn of(file: &Path) -> Vec<String> {
    let Ok(file) = fs::canonicalize(file) else {
        return Vec::new();
    };
    let Ok(processes) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    let own = std::process::id().to_string();
    let holds = |folder: &Path| {
        let open = fs::read_dir(folder.join("fd")).ok()?;
        let mut open = open.flatten();
        let found = open.any(|one| fs::read_link(one.path()).is_ok_and(|target| target == file));
        found.then_some(())
    };
    let name = |process: fs::DirEntry| {
        let number = process.file_name().into_string().ok()?;
        let is_process = number.bytes().all(|byte| byte.is_ascii_digit()) && number != own;
        is_process.then_some(())?;
        holds(&process.path())?;
        let command = fs::read_to_string(process.path().join("comm")).unwrap_or_default();
        Some(format!("{} ({number})", command.trim()))
    };
    processes.flatten().filter_map(name).collect()
}
