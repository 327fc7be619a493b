//! Where things are when nobody says otherwise.
//!
//! A service of systemd has folders of its own, which systemd names in the environment. A person has those of the
//! XDG base directory specification.

use std::env;
use std::ffi::OsString;
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

use notice::BoardUrl;

use crate::exit::{self, Outcome, Stop};

/// Folder below those of the system and the user.
const OWN: &str = "notice";
/// File name of the socket.
const SOCKET: &str = "notice.sock";

/// Returns the file of the board.
pub(crate) fn board() -> Outcome<PathBuf> {
    data_folder().map(|folder| folder.join("board.notice"))
}

/// Returns the folder of what must last.
pub(crate) fn data_folder() -> Outcome<PathBuf> {
    if let Some(folder) = of_service("STATE_DIRECTORY") {
        return Ok(folder);
    }
    let data = absolute("XDG_DATA_HOME").or_else(|| home().map(|home| home.join(".local/share")));
    data.map(|data| data.join(OWN)).ok_or_else(|| {
        Stop::new(
            exit::USAGE,
            "there is no home folder to keep the board in; set HOME, or name the board: --board file:PATH",
            "没有可存放公告板的主目录；请设置 HOME，或指定公告板：--board file:路径",
        )
    })
}

/// Returns the configuration files that are looked for, the first one that exists being read.
pub(crate) fn configurations() -> Vec<PathBuf> {
    let of_user = absolute("XDG_CONFIG_HOME").or_else(|| home().map(|home| home.join(".config")));
    let folders = [
        of_service("CONFIGURATION_DIRECTORY"),
        of_user.map(|folder| folder.join(OWN)),
        Some(Path::new("/etc").join(OWN)),
    ];
    let folders = folders.into_iter().flatten();
    folders.map(|folder| folder.join("notice.toml")).collect()
}

/// Returns the file of this user's contexts; None without a home.
pub(crate) fn contexts() -> Option<PathBuf> {
    let folder = absolute("XDG_CONFIG_HOME").or_else(|| home().map(|home| home.join(".config")));
    folder.map(|folder| folder.join(OWN).join("contexts.toml"))
}

/// Returns the socket on which a daemon listens.
pub(crate) fn socket() -> Outcome<PathBuf> {
    runtime_folder().map(|folder| folder.join(SOCKET))
}

/// Returns the socket of the daemon that runs for this user, or else for the machine.
pub(crate) fn running_socket() -> Outcome<PathBuf> {
    let own = socket()?;
    let of_machine = Path::new("/run").join(OWN).join(SOCKET);
    match !own.exists() && of_machine.exists() {
        true => Ok(of_machine),
        false => Ok(own),
    }
}

/// Returns the folder of sockets.
///
/// Without `XDG_RUNTIME_DIR`, as under cron or `su`, it is the folder that this variable would name, if the system
/// made it. In a container, say, it is beside the board: only the user can write there. It is never in /tmp, where
/// others can take the name first, and where cleaners remove the sockets of daemons that run for weeks.
pub(crate) fn runtime_folder() -> Outcome<PathBuf> {
    if let Some(folder) = of_service("RUNTIME_DIRECTORY") {
        return Ok(folder);
    }
    if let Some(folder) = absolute("XDG_RUNTIME_DIR") {
        return Ok(folder.join(OWN));
    }
    let user = rustix::process::geteuid();
    if user.is_root() {
        return Ok(Path::new("/run").join(OWN));
    }
    let of_session = PathBuf::from(format!("/run/user/{user}"));
    match fs::metadata(&of_session) {
        Ok(about) if about.uid() == user.as_raw() => Ok(of_session.join(OWN)),
        _ => data_folder(),
    }
}

/// Returns the URL of a board whose place is a path.
pub(crate) fn url(scheme: &str, path: &Path) -> String {
    BoardUrl::of_path(scheme, path, &[]).to_string()
}

/// Makes a folder that only this user can enter, unless there is one.
pub(crate) fn make_private(folder: &Path) -> Outcome {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|error| cannot_make(folder, &error))
}

fn cannot_make(folder: &Path, error: &io::Error) -> Stop {
    let (folder, why) = (folder.display(), exit::words_of_io(error));
    Stop::new(
        exit::UNAVAILABLE,
        format!("cannot make the folder {folder}: {}", why.en),
        format!("无法创建目录 {folder}：{}", why.zh),
    )
}

/// Returns the first of the folders that systemd made for this service.
fn of_service(variable: &str) -> Option<PathBuf> {
    let folders = env::var(variable).ok()?;
    let first = folders.split(':').next().unwrap_or_default();
    Some(PathBuf::from(first)).filter(|folder| folder.is_absolute())
}

/// Returns a folder from the environment. The specification says to ignore a relative one.
fn absolute(variable: &str) -> Option<PathBuf> {
    let folder: Option<OsString> = env::var_os(variable);
    folder
        .map(PathBuf::from)
        .filter(|folder| folder.is_absolute())
}

fn home() -> Option<PathBuf> {
    absolute("HOME")
}
