//! Checks of the project's pages: the C programs and link lines of both READMEs run exactly as printed,
//! links and file names lead somewhere, and prose has one line width.
//!
//! The READMEs' Rust programs run as documentation tests of the crate. The demo's tests compare the boards
//! that the READMEs show.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails so"
)]
#![cfg(target_os = "linux")]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use xtask::library::{self, Library};

const READMES: [(&str, &str); 2] = [
    ("README.md", "Maintenance tonight, 22:00 to 24:00\n"),
    ("README.zh-CN.md", "今晚 22:00 至 24:00 停机维护\n"),
];

#[test]
fn the_c_programs_print_what_they_publish_linked_either_way() {
    for (readme, title) in READMES {
        for (how, is_static) in [("static", true), ("shared", false)] {
            let place = place(&format!("{readme}-{how}"));
            let [program] = blocks(readme, "c").try_into().expect("one C program");
            fs::write(place.join("hello.c"), program).unwrap();
            for line in link_lines(readme, is_static) {
                run(&line, &place);
            }
            let hello = run("./hello", &place);
            assert_eq!(
                String::from_utf8_lossy(&hello.stdout),
                title,
                "{readme}, {how}"
            );
            let loaded = String::from_utf8(run("ldd ./hello", &place).stdout).unwrap();
            assert_eq!(
                loaded.contains("libnotice.so.0"),
                !is_static,
                "{readme}: {loaded}"
            );
        }
    }
}

#[test]
fn the_c_programs_are_clean_c99() {
    for (readme, _) in READMES {
        let place = place(&format!("{readme}-c99"));
        fs::write(place.join("hello.c"), blocks(readme, "c").concat()).unwrap();
        let mut compiler = library::strict_c(&root(), "c99");
        compiler.current_dir(&place).args(["-c", "hello.c"]);
        library::output(&mut compiler).unwrap();
    }
}

#[test]
fn both_readmes_give_the_same_commands() {
    assert_eq!(blocks("README.md", "sh"), blocks("README.zh-CN.md", "sh"));
    assert_eq!(
        blocks("README.md", "sh")[0],
        "cargo xtask demo\ncargo test --workspace\n"
    );
}

#[test]
fn the_static_link_line_names_the_libraries_that_the_demo_links() {
    for (readme, _) in READMES {
        let line = link_lines(readme, true).pop().unwrap();
        assert!(
            line.contains(&format!("libnotice.a {} -o", library::NATIVE_LIBRARIES)),
            "{readme}: {line}"
        );
    }
}

#[test]
fn every_link_between_pages_leads_to_a_file() {
    for page in pages() {
        let folder = page.parent().unwrap();
        for rest in fs::read_to_string(&page).unwrap().split("](").skip(1) {
            let link = rest.split(')').next().unwrap();
            let target = link.split('#').next().unwrap();
            let is_file = !link.contains("://") && !target.is_empty();
            assert!(
                !is_file || folder.join(target).exists(),
                "{}: {link} is not there",
                page.display()
            );
        }
    }
}

#[test]
fn every_file_that_a_page_names_exists() {
    let names = file_names(&root());
    let mut checked = 0;
    for page in pages() {
        for code in inline_code(&page) {
            let Some(path) = fixed_part(&code) else {
                continue;
            };
            let exists = match path.contains('/') {
                true => root().join(path).exists(),
                false => names.iter().any(|name| name == path),
            };
            assert!(exists, "{}: {code} is not there", page.display());
            checked += 1;
        }
    }
    assert!(checked > 100, "only {checked} names of files were found");
}

#[test]
fn the_architecture_names_every_room_and_every_file_of_the_engine_with_a_lock() {
    let page = fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    let named = |path: &Path| page.contains(path.strip_prefix(root()).unwrap().to_str().unwrap());
    for entry in fs::read_dir(root().join("src")).unwrap() {
        let path = entry.unwrap().path();
        // A room in two files, such as follow.rs and follow/, is named by the first.
        let is_half = path.is_dir() && path.with_extension("rs").exists();
        assert!(is_half || named(&path), "{} is not named", path.display());
    }
    let locks = files_below(&root().join("src/engine"), &|path| {
        let is_test = path.to_str().unwrap().contains("tests");
        let text = fs::read_to_string(path).unwrap();
        !is_test && (text.contains("Mutex<") || text.contains("RwLock<"))
    });
    assert!(locks.len() > 5, "{locks:?}");
    for path in locks {
        assert!(named(&path), "{} has a lock", path.display());
    }
}

/// The pages for people who use or change the project.
fn pages() -> Vec<PathBuf> {
    let mut pages: Vec<PathBuf> = [root(), root().join("docs")]
        .iter()
        .flat_map(|folder| fs::read_dir(folder).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    pages.sort();
    assert!(pages.len() > 10, "{pages:?}");
    pages
}

/// The text between backticks in a page's prose and tables.
fn inline_code(page: &Path) -> Vec<String> {
    let text = fs::read_to_string(page).unwrap();
    let prose = text.split("```").step_by(2).collect::<String>();
    prose
        .split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

/// The part of a path in the repository that comes before a placeholder such as `*` or `TARGET`, or the
/// bare name of a source file. None for other code.
fn fixed_part(code: &str) -> Option<&str> {
    const FOLDERS: [&str; 12] = [
        ".ci",
        "bench",
        "conformance",
        "docs",
        "e-bindings",
        "examples",
        "ffi",
        "fuzz",
        "include",
        "src",
        "tests",
        "xtask",
    ];
    /// Folders that appear only when fuzzing.
    const WRITTEN: [&str; 2] = ["fuzz/artifacts/", "fuzz/corpus/"];
    let is_path = code
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "._-/*".contains(c));
    if !is_path || WRITTEN.iter().any(|folder| code.starts_with(folder)) {
        return None;
    }
    let Some((top, _)) = code.split_once('/') else {
        let stem = code
            .strip_suffix(".rs")
            .or_else(|| code.strip_suffix(".c"))?;
        return (!stem.is_empty()).then_some(code);
    };
    if top != "tests" && !FOLDERS.contains(&top) {
        return None;
    }
    let is_placeholder = |part: &str| {
        let stem = part.split('.').next().unwrap();
        part.contains('*') || (stem.len() > 2 && stem.chars().all(|c| c.is_ascii_uppercase()))
    };
    let fixed: usize = code
        .split_inclusive('/')
        .take_while(|part| !is_placeholder(part.trim_end_matches('/')))
        .map(str::len)
        .sum();
    code.get(..fixed)
}

/// The names of all files in the project, without their folders.
fn file_names(folder: &Path) -> Vec<String> {
    files_below(folder, &|_| true)
        .iter()
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect()
}

/// The files in a folder and below that are taken, without those that are built.
fn files_below(folder: &Path, takes: &dyn Fn(&Path) -> bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true if path.ends_with("target") || path.ends_with(".git") => {}
            true => found.extend(files_below(&path, takes)),
            false if takes(&path) => found.push(path),
            false => {}
        }
    }
    found
}

/// The lines of the block that links in this way, without the one that builds the library.
fn link_lines(readme: &str, is_static: bool) -> Vec<String> {
    let blocks = blocks(readme, "sh");
    let block = blocks
        .iter()
        .find(|block| block.contains("cc hello.c") && block.contains("libnotice.a") == is_static)
        .expect("a block that links");
    let (build, rest) = block.split_once('\n').unwrap();
    assert_eq!(build, "cargo build --release -p notice-ffi");
    rest.lines().map(str::to_owned).collect()
}

/// The code blocks of one language.
fn blocks(readme: &str, language: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join(readme)).unwrap();
    let fence = format!("\n```{language}\n");
    let blocks: Vec<String> = text
        .split(&fence)
        .skip(1)
        .map(|rest| {
            rest.split_once("```")
                .expect("an end of the block")
                .0
                .to_owned()
        })
        .collect();
    assert!(!blocks.is_empty(), "{readme} has no {language}");
    blocks
}

/// A fresh folder that looks like a checkout in which the library was built for release. It is the
/// library of the development profile in truth, which links in the same way.
fn place(name: &str) -> PathBuf {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&place);
    let release = place.join("target/release");
    fs::create_dir_all(&release).unwrap();
    symlink(root().join("include"), place.join("include")).unwrap();
    for built in [&built().archive, &built().shared] {
        symlink(built, release.join(built.file_name().unwrap())).unwrap();
    }
    place
}

/// The library, which is built once.
fn built() -> &'static Library {
    static BUILT: OnceLock<Library> = OnceLock::new();
    BUILT.get_or_init(|| library::build(&root(), false, None).unwrap())
}

fn run(line: &str, place: &Path) -> Output {
    let output = Command::new("sh")
        .args(["-c", line])
        .current_dir(place)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{line}: {}\n{said}", output.status);
    output
}

fn root() -> PathBuf {
    library::root().unwrap().canonicalize().unwrap()
}
