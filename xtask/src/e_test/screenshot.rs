//! A picture of examples/e-like, a program with windows that uses nothing but the E layer.

use std::fs;
use std::path::Path;

use super::Place;
use crate::dll;
use crate::library::output;

/// Starts the program on a screen that nobody sees, and takes a picture when it says that all is shown.
const SCRIPT: &str = r#"
Xvfb :7 -screen 0 800x560x24 -nolisten tcp >/dev/null 2>&1 &
screen=$!
export DISPLAY=:7
until xwininfo -root >/dev/null 2>&1; do sleep 0.1; done
# Nobody else draws the windows' frames here; and the fonts of Windows are not here.
wine reg add 'HKCU\Software\Wine\X11 Driver' /v Managed /d N /f
for font in 'Microsoft YaHei' Tahoma 'MS Shell Dlg'; do
    wine reg add 'HKCU\Software\Wine\Fonts\Replacements' /v "$font" /d 'WenQuanYi Micro Hei' /f
done
xsetroot -solid '#3a6ea5'
mkfifo said
wine e-like.exe --announce-ready >said &
read -r line <said
xwd -silent -root | xwdtopnm | pnmtopng -compression 9 >picture.png
# What goes on running would be waited for.
wineserver -k
kill $screen
test "$line" = ready
"#;

pub(super) fn take(place: &Place, picture: &Path) -> Result<(), String> {
    dll::import_library(&place.root, &place.folder)?;
    let library = place.folder.join("libnotice.dll.a");
    let library = library.to_string_lossy();
    place.compile(
        &place.root.join("examples/e-like"),
        "e-like.exe",
        &["-mwindows", &library, "-lcomctl32"],
    )?;
    output(place.wine.command(&place.folder, "sh").args(["-c", SCRIPT]))?;
    let taken = place.folder.join("picture.png");
    fs::copy(&taken, picture).map_err(super::at(&taken))?;
    println!("{} is a picture of examples/e-like", picture.display());
    Ok(())
}
