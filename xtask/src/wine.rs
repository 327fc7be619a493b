//! Wine, to run 32-bit Windows programs, in a small Debian of its own below the build folder.
//!
//! It is i386 throughout, for Debian's wine32 cannot be installed beside packages for amd64 of another version.
//! Setting it up takes root, debootstrap and two minutes, once. What runs 64-bit programs is added where it is needed.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::debian;
use crate::library::output;

const RELEASE: &str = "bookworm";
/// Wine, an X server without a screen, what takes pictures of it, and a font with Chinese.
const PACKAGES: [&str; 8] = [
    "wine32",
    "xvfb",
    "x11-apps",
    "x11-utils",
    "x11-xserver-utils",
    "netpbm",
    "fonts-wine",
    "fonts-wqy-microhei",
];

/// Runs a command inside, in a folder of the machine that is mounted there as /work. What is mounted is gone with
/// the command.
const RUN: &str = "#!/bin/sh
# run FOLDER COMMAND [ARGUMENT ...]
set -e
root=@ROOT@
folder=$(realpath \"$1\")
shift
export root folder
exec unshare --mount --propagation private sh -c '
    mount -t proc proc \"$root/proc\"
    mount --bind \"$folder\" \"$root/work\"
    exec chroot \"$root\" env -i -C /work HOME=/root LC_ALL=C.UTF-8 PATH=/usr/bin:/bin:/usr/sbin:/sbin:/usr/lib/wine \\
        WINEDEBUG=-all \"$@\"
' sh \"$@\"
";

/// What runs 64-bit programs as well, and where they have their Windows: one for 32 bits alone cannot run them.
const WIDE: &str = "wine64:amd64";
const WIDE_PREFIX: &str = "WINEPREFIX=/root/.wine64";

/// A Wine that is ready.
pub(crate) struct Wine {
    run: PathBuf,
}

impl Wine {
    /// Sets Wine up below `target`, where it is not there yet; the error says why that is not possible.
    pub(crate) fn prepare(target: &Path) -> Result<Self, String> {
        let home = target.join("wine");
        let (root, ready, run) = (home.join("root"), home.join("ready"), home.join("run"));
        let packages = PACKAGES.join(" ");
        fs::create_dir_all(&home).map_err(at(&home))?;
        let script = RUN.replace("@ROOT@", &format!("'{}'", root.display()));
        fs::write(&run, script).map_err(at(&run))?;
        fs::set_permissions(&run, fs::Permissions::from_mode(0o755)).map_err(at(&run))?;
        if fs::read_to_string(&ready).is_ok_and(|installed| installed == packages) {
            return Ok(Self { run });
        }
        if !debian::can_install() {
            return Err(
                "Wine is set up in a folder of its own, which only root on Debian can do".into(),
            );
        }
        debian::need(&[("debootstrap", "debootstrap"), ("unshare", "util-linux")])?;
        println!("setting up Wine in {}", root.display());
        if root.exists() {
            fs::remove_dir_all(&root).map_err(at(&root))?;
        }
        let mut debootstrap = Command::new("debootstrap");
        debootstrap.args(["--arch=i386", "--variant=minbase", RELEASE]);
        output(debootstrap.arg(&root).args(debian::mirror()))?;
        let work = root.join("work");
        fs::create_dir_all(&work).map_err(at(&work))?;
        let wine = Self { run };
        let mut install = wine.command(&home, "env");
        install.args([
            "DEBIAN_FRONTEND=noninteractive",
            "apt-get",
            "install",
            "-qq",
            "-y",
        ]);
        output(install.arg("--no-install-recommends").args(PACKAGES))?;
        // Wine makes its registry when it is first started.
        output(wine.command(&home, "wine").args(["cmd", "/c", "exit"]))?;
        fs::write(&ready, packages).map_err(at(&ready))?;
        Ok(wine)
    }

    /// Adds what runs 64-bit programs, beside 32-bit ones, where it is not there yet.
    pub(crate) fn widen(&self, target: &Path) -> Result<(), String> {
        let home = target.join("wine");
        let ready = home.join("ready-64");
        // Whoever sets Wine up again begins with an empty root.
        let is_there = home.join("root/usr/lib/wine/wine64").exists();
        if is_there && ready.exists() {
            return Ok(());
        }
        println!("adding what runs 64-bit programs");
        output(
            self.command(&home, "dpkg")
                .args(["--add-architecture", "amd64"]),
        )?;
        output(self.command(&home, "apt-get").args(["update", "-qq"]))?;
        let mut install = self.command(&home, "env");
        install.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "install"]);
        install.args(["-qq", "-y", "--no-install-recommends", WIDE]);
        output(&mut install)?;
        output(
            self.wide_command(&home, "wine64")
                .args(["cmd", "/c", "exit"]),
        )?;
        fs::write(&ready, WIDE).map_err(at(&ready))
    }

    /// A command inside, which works in `folder`, in the Windows for 32 and 64 bits.
    pub(crate) fn wide_command(&self, folder: &Path, program: &str) -> Command {
        let mut command = self.command(folder, "env");
        command.args([WIDE_PREFIX, "WINEARCH=win64", program]);
        command
    }

    /// A command inside, which works in `folder`.
    pub(crate) fn command(&self, folder: &Path, program: &str) -> Command {
        let mut command = Command::new(&self.run);
        command.arg(folder).arg(program);
        command
    }
}

fn at(path: &Path) -> impl Fn(std::io::Error) -> String {
    move |error| format!("{}: {error}", path.display())
}
