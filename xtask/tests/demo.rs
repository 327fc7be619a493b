//! What `cargo xtask demo` prints, and that the Rust example prints the same.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails so"
)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use textwrap::core::display_width;

/// The titles that the accountant in Shanghai sees on 18 June 2026 at 10:00, from the top.
const CHINESE_TITLES: &[&str] = &[
    "电子发票暂时无法开具，预计 11:30 恢复",
    "系统维护：6 月 20 日 22:00 起暂停服务 4 小时",
    "暴雨黄色预警：今天午后请注意出行安全",
    "请升级到 8.1.3：修复凭证小数位舍入误差",
    "警惕冒充“对账函”的钓鱼邮件",
    "《隐私政策》更新，7 月 1 日起生效",
    "7 月 1 日起登录需两步验证",
    "半年结账安排：6 月 30 日至 7 月 5 日",
    "已知问题：部分针式打印机套打偏移",
    "端午节放假及客服值班安排",
    "直播课：一小时学会银行流水自动对账",
    "服务状态页已启用新地址",
    "小技巧：按 F7 调出摘要库，录凭证快一倍",
    "618 续费专场：年费八折，再送两个月",
];

/// The titles that the operator in Frankfurt sees at the same instant.
const ENGLISH_TITLES: &[&str] = &[
    "eu-central: block storage degraded in zone B, do not restart volumes",
    "Planned maintenance: all services offline on 20 June, 14:00–18:00 UTC",
    "SA-2026-014: update the console to 3.4.1, privilege escalation",
    "TLS certificates are rotated tonight, 20:00–21:00 UTC",
    "Phishing mails posing as account statements",
    "Heat warning for Berlin: up to 36 °C on Thursday and Friday",
    "API v1 is switched off on 30 September",
    "Privacy policy changes on 1 July",
    "Two-step sign-in becomes mandatory on 1 July",
    "Console 3.5 is out: saved views and faster log search",
    "Support hours over the Dragon Boat holiday, 19–21 June",
    "Debug logs are kept for 14 days instead of 30 from 1 July",
    "On-call week 25: primary Keller, secondary Okafor",
    "Game day on 25 June: we lose a region on purpose",
    "Our status page has moved",
];

#[test]
fn each_reader_sees_just_their_announcements_in_order() {
    let (chinese, english) = boards();
    assert_eq!(titles(chinese), CHINESE_TITLES);
    assert_eq!(titles(english), ENGLISH_TITLES);
}

#[test]
fn marks_times_and_totals_stand_where_they_belong() {
    let (chinese, english) = boards();
    let block = "
 紧急  电子发票暂时无法开具，预计 11:30 恢复
 置顶  已开出的发票不受影响，待开单据会自动补开。
       时间 06-18 08:12 – 11:30   有效期 06-18 09:35 – 06-19 00:00
";
    assert!(chinese.contains(block), "{chinese}");
    assert!(
        chinese.ends_with("\n 公告共 14 条，下次变化：06-18 20:00\n"),
        "{chinese}"
    );
    let block = "
 critical  eu-central: block storage degraded in zone B, do not restart volumes
 pinned    Writes are slow or time out. Reads and zones A and C are fine.
           when 18 Jun 03:20 –   shown 18 Jun 03:46 – 14:00
";
    assert!(english.contains(block), "{english}");
    assert!(
        english.ends_with("\n Announcements: 15, next change: 18 Jun 14:00\n"),
        "{english}"
    );
}

#[test]
fn what_was_retracted_or_replaced_is_on_no_board() {
    let announcements =
        std::fs::read_to_string(root().join("examples/announcements.jsonl")).unwrap();
    for gone in [
        "618 加购站点：每站点 9.9 元/年",
        "电子发票开具异常，正在排查",
    ] {
        assert!(announcements.contains(gone));
        assert!(!demo().contains(gone), "{gone}");
    }
}

#[test]
fn no_line_is_wider_than_80_columns_and_the_rules_are_just_as_wide() {
    for line in demo().lines() {
        let width = display_width(line);
        assert!(width <= 80, "{width} columns: {line}");
        assert!(
            !line.starts_with('─') || width == 80,
            "{width} columns: {line}"
        );
    }
}

#[test]
fn a_pipe_gets_no_colours() {
    assert!(!demo().contains('\x1b'));
}

#[test]
fn the_rust_example_prints_the_same_boards() {
    // As `cargo test --workspace` has built it: with `--package` it would be built once more, with fewer features.
    stdout(cargo().args(["build", "--workspace", "--example", "board"]));
    let example = target()
        .join("debug/examples/board")
        .with_extension(std::env::consts::EXE_EXTENSION);
    let boards = ["zh", "en"].map(|reader| {
        let mut board = Command::new(&example);
        board.arg(root().join("examples/announcements.jsonl"));
        stdout(board.arg(reader))
    });
    assert_eq!(boards.join("\n"), demo());
}

#[test]
fn a_missing_compiler_is_named() {
    let mut demo = xtask();
    let output = demo.env("CC", "/nowhere/no-such-cc").output().unwrap();
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert!(
        message.contains("no C compiler: /nowhere/no-such-cc was not found"),
        "{message}"
    );
    assert!(message.contains("apt install gcc"), "{message}");
}

#[test]
fn the_c_example_says_what_is_wrong_with_a_file() {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bad.jsonl");
    std::fs::write(&scratch, "{\"texts\": {\"en\": {\"title\": \"\"}}}\n").unwrap();
    demo();
    let program = target().join("debug/board-demo");
    for (arguments, status, complaint) in [
        (
            vec![scratch.to_str().unwrap(), "en"],
            1,
            "board: publishing: invalid_field: texts.en.title",
        ),
        (
            vec!["/nowhere/at-all.jsonl", "en"],
            1,
            "/nowhere/at-all.jsonl",
        ),
        (
            vec!["examples/announcements.jsonl", "fr"],
            2,
            "usage: board FILE zh|en",
        ),
        (vec![], 2, "usage: board FILE zh|en"),
    ] {
        let output = Command::new(&program)
            .args(&arguments)
            .current_dir(root())
            .output()
            .unwrap();
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            output.status.code(),
            Some(status),
            "{arguments:?}: {message}"
        );
        assert!(message.contains(complaint), "{arguments:?}: {message}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn the_boards_in_the_readmes_are_the_demos() {
    for readme in ["README.md", "README.zh-CN.md"] {
        let text = std::fs::read_to_string(root().join(readme)).unwrap();
        let (_, rest) = text.split_once("```text\n").unwrap();
        let (board, _) = rest.split_once("```").unwrap();
        assert!(demo().contains(board), "{readme}: {board}");
        let published =
            std::fs::read_to_string(root().join("examples/announcements.jsonl")).unwrap();
        let published = published.lines().count();
        let shown = [CHINESE_TITLES, ENGLISH_TITLES][usize::from(readme == "README.md")].len();
        for number in [published, published - shown] {
            let number = number.to_string();
            let is_said = text.split_whitespace().any(|word| word == number);
            assert!(is_said, "{readme} does not say {number}");
        }
    }
}

/// The demo's whole output, printed once for all tests.
fn demo() -> &'static str {
    static DEMO: OnceLock<String> = OnceLock::new();
    // From a folder deep inside the checkout: it must work from anywhere.
    DEMO.get_or_init(|| stdout(&mut xtask()))
}

fn boards() -> (&'static str, &'static str) {
    let between = demo().find("\n── Announcements for");
    let (first, second) = demo().split_at(between.expect("the second board"));
    (first, second.trim_start())
}

/// The first line of each block that follows a blank line, without what stands in the gutter.
fn titles(board: &str) -> Vec<&str> {
    let gutter = if board.contains("Announcements for") {
        11
    } else {
        7
    };
    let lines: Vec<&str> = board.lines().collect();
    lines
        .windows(2)
        .filter(|pair| pair[0].is_empty() && !pair[1].starts_with('─'))
        .map(|pair| {
            let mut columns = 0;
            pair[1].trim_start_matches(|c: char| {
                columns += display_width(c.encode_utf8(&mut [0; 4]));
                columns <= gutter
            })
        })
        .collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()
        .unwrap()
}

/// The target directory that this test was built in.
fn target() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap()
}

fn xtask() -> Command {
    let mut xtask = Command::new(env!("CARGO_BIN_EXE_xtask"));
    xtask
        .args(["demo", "--dev"])
        .current_dir(root().join("examples/c"))
        .env("CARGO_TARGET_DIR", target());
    xtask
}

fn cargo() -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(root()).env("CARGO_TARGET_DIR", target());
    cargo
}

fn stdout(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}
