//! A board in a file, from the outside.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use notice::{Bilingual, BoardUrl, ErrorKind, SharedBoard};
use rustix::fs::{Access, access, statvfs};

use super::finding::Findings;
use crate::ask::stats::bytes;
use crate::board::{Need, Target};
use crate::holder;

/// Room that is left for a journal, which has at most 16 MiB, and for writing the file once more.
const SPARE: u64 = 32 * 1024 * 1024;
/// Largest file whose records are read one by one without being asked to.
const VERIFIED: u64 = 64 * 1024 * 1024;

/// Looks at the file; returns its board if it can be opened.
pub(super) fn examine(
    target: &Target,
    url: &BoardUrl,
    findings: &mut Findings,
) -> Option<SharedBoard> {
    let path = url.path().ok()?;
    if let Ok(about) = fs::metadata(&path) {
        permissions(&path, &about, findings);
        space(&path, about.len(), findings);
    }
    let journal = journal(&path).exists();
    match target.open(Need::Read) {
        Ok(board) => {
            opened(&path, journal, &board, findings);
            Some(board)
        }
        Err(stop) => {
            let is_locked = |error: &notice::Error| error.kind() == ErrorKind::Locked;
            match stop.error.as_deref().is_some_and(is_locked) {
                true => in_use(&path, findings),
                false => findings.stopped("file", &stop),
            }
            None
        }
    }
}

fn permissions(path: &Path, about: &fs::Metadata, findings: &mut Findings) {
    let name = path.display();
    let folder = folder_of(path);
    let can_write =
        access(path, Access::WRITE_OK).is_ok() && access(folder, Access::WRITE_OK).is_ok();
    // Nobody else gets through a private folder.
    let is_private = fs::metadata(folder).is_ok_and(|folder| folder.mode() & 0o011 == 0);
    let others = if is_private { 0 } else { about.mode() };
    if others & 0o022 != 0 {
        findings.bad(
            "permissions",
            Bilingual::new(
                format!("others can write to {name}"),
                format!("其他用户可写入 {name}"),
            ),
            Bilingual::new(
                format!("chmod 600 {name}"),
                format!("执行 chmod 600 {name}"),
            ),
        );
    } else if others & 0o044 != 0 {
        findings.warn(
            "permissions",
            Bilingual::new(
                format!("others can read {name}, with drafts and who has read what"),
                format!("其他用户可读取 {name}，包括草稿及谁读过什么"),
            ),
            Bilingual::new(
                format!("chmod 600 {name}, unless that is meant"),
                format!("若非有意，请执行 chmod 600 {name}"),
            ),
        );
    } else if !can_write {
        findings.warn(
            "permissions",
            Bilingual::new(
                format!("you can only read {name}, or write no journal beside it"),
                format!("您只能读取 {name}，或不能在其旁写入日志"),
            ),
            Bilingual::new(
                "to change the board, run as its owner, or ask its daemon",
                "若要更改公告板，请以其所有者身份运行，或访问其守护进程",
            ),
        );
    } else {
        findings.good(
            "permissions",
            "only its owner can read and write the file",
            "文件仅所有者可读写",
        );
    }
}

fn space(path: &Path, length: u64, findings: &mut Findings) {
    let Ok(about) = statvfs(path) else {
        return;
    };
    let folder = folder_of(path).display();
    let free = about.f_bavail.saturating_mul(about.f_frsize);
    let shown = bytes(free);
    // A backup beside it, or compacting it, writes the file once more.
    match free < length.saturating_add(SPARE) {
        true => findings.warn(
            "space",
            Bilingual::new(
                format!(
                    "{shown} are free beside a file of {}: a backup beside it has no room, and with a full disk no change \
                     is taken",
                    bytes(length)
                ),
                format!(
                    "文件大小为 {}，剩余空间仅 {shown}：在旁边备份放不下；磁盘一旦写满便无法再作更改",
                    bytes(length)
                ),
            ),
            Bilingual::new(
                format!("free some space on that disk, which df -h {folder} names, or move the board to another one"),
                format!("请在该磁盘上腾出空间（df -h {folder} 可查看），或将公告板移到其他磁盘"),
            ),
        ),
        false => findings.good("space", format!("{shown} are free"), format!("剩余 {shown}")),
    }
}

fn in_use(path: &Path, findings: &mut Findings) {
    let who = holder::who(path);
    findings.bad(
        "lock",
        Bilingual::new(
            format!("the board is in use: {}", who.en),
            format!("公告板正在使用中：{}", who.zh),
        ),
        holder::remedy(),
    );
}

fn opened(path: &Path, has_journal: bool, board: &SharedBoard, findings: &mut Findings) {
    findings.good("lock", "nobody has it", "未被占用");
    if has_journal {
        let journal = journal(path);
        let name = journal.display();
        findings.warn(
            "journal",
            Bilingual::new(
                format!(
                    "{name} was left by a process that did not close the board; nothing is lost, but the newest changes \
                     are in it alone"
                ),
                format!("{name} 由未正常关闭公告板的进程留下；没有丢失内容，但最近的更改只保存在其中"),
            ),
            Bilingual::new(
                "copy or move neither file alone; put them together: notice compact",
                "请勿单独复制或移动其中一个文件；合并两者：notice compact",
            ),
        );
    }
    let is_small = fs::metadata(path).is_ok_and(|about| about.len() <= VERIFIED);
    if is_small && let Ok(custody) = board.require_custody() {
        match custody.verify() {
            Ok(verification) if verification.is_good() => {
                let records = verification.records;
                findings.good(
                    "file",
                    format!("all {records} records are sound"),
                    format!("全部 {records} 条记录完好"),
                );
            }
            Ok(verification) => {
                let count = verification.problems.len();
                findings.bad(
                    "file",
                    Bilingual::new(
                        format!("{count} records are damaged"),
                        format!("{count} 条记录已损坏"),
                    ),
                    Bilingual::new(
                        "`notice verify` lists them; restore the last backup, and check the disk",
                        "`notice verify` 会列出它们；请恢复最近的备份并检查磁盘",
                    ),
                );
            }
            Err(error) => findings.stopped("file", &error.into()),
        }
    }
}

fn folder_of(path: &Path) -> &Path {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

/// The journal lies beside the file that a link names.
fn journal(path: &Path) -> PathBuf {
    let real = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let mut name: OsString = real.into_os_string();
    name.push("-journal");
    name.into()
}
