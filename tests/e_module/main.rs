//! Runs the E module that is shipped, and the programs of its guide: a small interpreter of the E language calls the
//! library by the declarations that are pasted beside them. It refuses a value of another type, which the language
//! would convert or misread.

#![cfg(all(unix, target_pointer_width = "64"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails so"
)]

mod expression;
mod library;
mod machine;
mod program;

use expression::Value;
use library::binding;
use machine::{Machine, NO};

/// 2026-06-18 00:00 UTC.
const START: i64 = 1_781_740_800_000;
const DAY: i64 = 86_400_000;

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// A program with the module that has opened a board, whose clock stands still.
struct Running {
    machine: Machine,
}

impl Running {
    fn new(user: &str, version: &str) -> Self {
        let module = binding("module.utf8.txt");
        let mut running = Self {
            machine: Machine::new(&[&module], &["框", "滚动标签"]),
        };
        let opened = running.call("公告板_启动", &["mem:", user, version]);
        assert_eq!(opened, Value::Truth(true), "{}", running.error());
        running.at(START);
        running
    }

    /// Calls a routine with texts.
    fn call(&mut self, name: &str, texts: &[&str]) -> Value {
        let values: Vec<Value> = texts.iter().map(|t| text(t)).collect();
        self.machine.call(name, &values)
    }

    fn error(&mut self) -> String {
        self.call("公告板_取错误", &[]).text().to_owned()
    }

    fn board(&mut self) -> Value {
        self.call("公告板_取句柄", &[])
    }

    /// Stops the board's clock.
    fn at(&mut self, now: i64) {
        let board = self.board();
        let set = self
            .machine
            .call("公告_置时钟", &[board, text(&format!("@{now}"))]);
        assert_eq!(set, Value::Number(0));
    }

    /// Publishes a popup: 0 at every start, 1 once a day, 2 once.
    fn publish_popup(&mut self, key: &str, how: i32) {
        let arguments = [text(key), text(key), text("正文"), Value::Number(how)];
        let done = self.machine.call("公告板_发布弹窗", &arguments);
        assert_eq!(done, Value::Truth(true), "{}", self.error());
    }

    /// Pops up what is to be shown; the titles.
    fn popped_up(&mut self) -> Vec<String> {
        let count = self.call("公告板_弹出全部", &[]).number();
        let boxes = std::mem::take(&mut self.machine.boxes);
        assert_eq!(boxes.len(), usize::try_from(count).unwrap());
        boxes.into_iter().map(|(title, _)| title).collect()
    }

    /// The update for a version: title and body, address, and whether it is forced.
    fn update_for(&mut self, version: &str) -> Option<(String, String, bool)> {
        let board = self.board();
        let of = [board, text("app_version"), text(version)];
        assert_eq!(self.machine.call("公告_置读者", &of), Value::Number(0));
        let arguments = [text(version), text(""), text(""), Value::Truth(false)];
        let (found, after) = self
            .machine
            .call_by_reference("公告板_检查更新", &arguments);
        found.truth().then(|| {
            let (said, address) = (after[1].text().to_owned(), after[2].text().to_owned());
            (said, address, after[3].truth())
        })
    }
}

#[test]
fn popups_come_at_each_start_once_a_day_and_once() {
    let mut running = Running::new("张三", "1.0");
    for (key, how) in [("always", 0), ("daily", 1), ("once", 2)] {
        running.publish_popup(key, how);
    }
    assert_eq!(running.popped_up(), ["once", "daily", "always"]);
    // The timer goes on.
    assert!(running.popped_up().is_empty());
    running.at(START + DAY + 1);
    assert_eq!(running.popped_up(), ["daily"]);
    // The same user starts the program again.
    running
        .machine
        .call_by_reference("公告板_启动", &[text("mem:"), text("张三"), text("1.0")]);
    running.at(START);
    running.publish_popup("always", 0);
    assert_eq!(running.popped_up(), ["always"]);
}

#[test]
fn a_changed_popup_comes_again_in_the_same_run() {
    let mut running = Running::new("张三", "1.0");
    running.publish_popup("a", 0);
    assert_eq!(running.popped_up(), ["a"]);
    let changed = [text("a"), text("a"), text("改过的正文"), Value::Number(0)];
    running.machine.call("公告板_发布弹窗", &changed);
    assert_eq!(running.popped_up(), ["a"]);
}

#[test]
fn what_is_dismissed_pops_up_no_more() {
    let mut running = Running::new("张三", "1.0");
    running.publish_popup("daily", 1);
    running.machine.clicks.push_back(NO);
    assert_eq!(running.popped_up(), ["daily"]);
    running.at(START + 2 * DAY);
    assert!(running.popped_up().is_empty());
}

#[test]
fn a_timer_behind_an_open_box_opens_no_other() {
    let mut running = Running::new("张三", "1.0");
    running.publish_popup("a", 2);
    running.publish_popup("b", 2);
    running.machine.while_open = Some("公告板_弹出全部".to_owned());
    assert_eq!(running.popped_up(), ["b", "a"]);
}

#[test]
fn nobody_is_shown_a_daily_popup_without_end() {
    let mut running = Running::new("", "1.0");
    running.publish_popup("daily", 1);
    assert_eq!(running.popped_up(), ["daily"]);
    assert!(running.popped_up().is_empty());
}

#[test]
fn lists_show_what_is_unread_and_what_is_chosen() {
    let mut running = Running::new("张三", "1.0");
    running.publish_popup("a", 0);
    running.call("公告板_发布滚动", &["b", "滚动的标题"]);
    let list = Value::Component("框".to_owned());
    let filled = running
        .machine
        .call("公告板_填列表框", &[list.clone(), text("")]);
    assert_eq!(filled, Value::Number(2));
    assert_eq!(
        running.machine.components["框"].rows,
        [["●滚动的标题"], ["●a"]]
    );
    let chosen = |running: &mut Running, row| {
        running
            .machine
            .call("公告板_取选中编号", &[Value::Number(row)])
    };
    for row in [-1, 2] {
        assert_eq!(chosen(&mut running, row), text(""));
    }
    let id = chosen(&mut running, 1).text().to_owned();
    assert!(
        running
            .call("公告板_取正文", &[&id])
            .text()
            .ends_with("\r\n\r\n正文")
    );
    assert_eq!(running.call("公告板_取未读数", &[]), Value::Number(2));
    assert_eq!(running.call("公告板_标为已读", &[&id]), Value::Truth(true));
    assert_eq!(running.call("公告板_取未读数", &[]), Value::Number(1));
    // The conditions may be left out.
    running
        .machine
        .call("公告板_填列表框", std::slice::from_ref(&list));
    assert_eq!(
        running.machine.components["框"].rows,
        [["●滚动的标题"], ["a"]]
    );
    running.machine.call("公告板_填超级列表框", &[list]);
    let row = &running.machine.components["框"].rows[1];
    assert_eq!((row.len(), &*row[0], &*row[1]), (3, "a", "信息"));
    running.call("公告板_全部已读", &[]);
    assert_eq!(running.call("公告板_取未读数", &[]), Value::Number(0));
}

#[test]
fn the_ticker_has_its_titles_and_moves() {
    let mut running = Running::new("张三", "1.0");
    assert_eq!(running.call("公告板_取滚动文本", &[]), text(""));
    running.publish_popup("a-popup", 0);
    running.call("公告板_发布滚动", &["a", "甲"]);
    running.call("公告板_发布滚动", &["b", "乙"]);
    assert_eq!(running.call("公告板_取滚动文本", &[]), text("乙　　　　甲"));
    let label = running.machine.components.get_mut("滚动标签").unwrap();
    for (property, value) in [("左边", 1), ("宽度", 2)] {
        label
            .properties
            .insert(property.to_owned(), Value::Number(value));
    }
    for left in [-1, 300, 298] {
        let label = Value::Component("滚动标签".to_owned());
        let step = [label, Value::Number(300), Value::Number(2)];
        running.machine.call("公告板_滚动一步", &step);
        let label = &running.machine.components["滚动标签"];
        assert_eq!(label.properties["左边"], Value::Number(left));
    }
}

#[test]
fn an_update_is_for_older_versions_and_forced_for_the_oldest() {
    let mut running = Running::new("张三", "1.9.0");
    assert_eq!(running.update_for("1.9.0"), None);
    let address = "https://example.com/setup.exe";
    let done = running.call(
        "公告板_发布更新",
        &["2.0", "1.5", address, "修正 \"若干\" 问题\r\n加快启动"],
    );
    assert_eq!(done, Value::Truth(true), "{}", running.error());
    let said = "发现新版本 2.0\r\n\r\n修正 \"若干\" 问题\r\n加快启动";
    for (version, is_forced) in [("1.10", false), ("1.5", false), ("1.4.9", true)] {
        let update = (said.to_owned(), address.to_owned(), is_forced);
        assert_eq!(running.update_for(version), Some(update), "{version}");
    }
    assert_eq!(running.update_for("2.0"), None);
}

#[test]
fn changes_are_told_once_and_the_timer_comes_with_the_next() {
    let mut running = Running::new("张三", "1.0");
    running.call("公告板_有变化", &[]);
    assert_eq!(running.call("公告板_有变化", &[]), Value::Truth(false));
    running.publish_popup("a", 0);
    assert_eq!(running.call("公告板_有变化", &[]), Value::Truth(true));
    assert_eq!(running.call("公告板_有变化", &[]), Value::Truth(false));
    assert_eq!(running.call("公告板_时钟周期", &[]), Value::Number(60_000));
    let board = running.board();
    let json = format!(
        "{{\"starts_at\":{},\"texts\":{{\"en\":{{\"title\":\"b\"}}}}}}",
        START + 5000
    );
    running.machine.call("公告_发布JSON", &[board, text(&json)]);
    assert_eq!(running.call("公告板_时钟周期", &[]), Value::Number(5000));
}

#[test]
fn what_fails_is_told_and_leaves_nothing_open() {
    let mut running = Running::new("张三", "1.0");
    let bad_key = [text("坏键 "), text("标题"), text(""), Value::Number(0)];
    assert_eq!(
        running.machine.call("公告板_发布弹窗", &bad_key),
        Value::Truth(false)
    );
    assert!(running.error().contains("首尾不能有空白字符"));
    assert_eq!(running.call("公告板_取正文", &["999"]), text(""));
    assert_eq!(running.error(), "未找到公告 999");
    for url in ["", "http://example.com", "file:"] {
        assert_eq!(
            running.call("公告板_启动", &[url, "张三", "1.0"]),
            Value::Truth(false)
        );
        assert!(running.error().contains("file:路径"), "{url}");
        assert_eq!(running.board(), Value::Number(0));
    }
    // A user whose name is too long: the board that was opened is closed.
    let user = "长".repeat(200);
    assert_eq!(
        running.call("公告板_启动", &["mem:", &user, "1.0"]),
        Value::Truth(false)
    );
    assert!(running.error().contains("上限为 512"));
    assert_eq!(running.board(), Value::Number(0));
    // What is called all the same does nothing.
    assert_eq!(running.call("公告板_有变化", &[]), Value::Truth(false));
    assert_eq!(running.call("公告板_时钟周期", &[]), Value::Number(60_000));
    assert!(running.popped_up().is_empty());
    running.call("公告板_停止", &[]);
}

#[test]
fn a_board_that_cannot_be_written_out_is_closed_all_the_same_and_why_is_told() {
    let name = format!("notice-e-module-{}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    std::fs::create_dir(&folder).unwrap();
    let path = folder.join("board.notice");
    let url = format!("file:{}?durability=relaxed", path.display());
    let mut running = Running::new("张三", "1.0");
    let opened = running.call("公告板_启动", &[&url, "张三", "1.0"]);
    assert_eq!(opened, Value::Truth(true), "{}", running.error());
    let board = running.board();
    std::fs::remove_dir_all(&folder).unwrap();
    running.call("公告板_发布滚动", &["a", "甲"]);
    running.call("公告板_停止", &[]);
    assert!(running.error().contains("board.notice"));
    assert_eq!(running.board(), Value::Number(0));
    // An invalid handle: nothing is left open.
    let again = running.machine.call("公告_关闭", &[board]);
    assert_eq!(again, Value::Number(-5));
}

/// A folder that is removed with this.
struct Folder(std::path::PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("notice-e-module-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_file_that_another_program_does_not_share_leaves_a_board_for_the_moment() {
    let folder = Folder::new("alone");
    let url = format!("file:{}/board.notice", folder.0.display());
    let mut running = Running::new("张三", "1.0");
    let taken = running.machine.call("公告_打开", &[text(&url)]);
    let opened = running.call("公告板_启动", &[&url, "张三", "1.0"]);
    assert_eq!(opened, Value::Truth(true), "{}", running.error());
    assert_eq!(running.call("公告板_是临时", &[]), Value::Truth(true));
    assert!(
        running.error().contains("share=auto"),
        "{}",
        running.error()
    );
    running.publish_popup("a", 2);
    assert_eq!(running.popped_up(), ["a"]);

    running.machine.call("公告_关闭", &[taken]);
    running.call("公告板_启动", &[&url, "张三", "1.0"]);
    assert_eq!(running.call("公告板_是临时", &[]), Value::Truth(false));
    assert_eq!(running.call("公告板_取未读数", &[]), Value::Number(0));
    running.call("公告板_停止", &[]);
}

#[test]
fn parameters_of_a_file_are_kept_when_copies_share_it() {
    let folder = Folder::new("100%");
    let mut running = Running::new("张三", "1.0");
    let path = format!("file:{}/a.notice", folder.0.display());
    let escaped = path.replace('%', "%25");
    for url in [
        path.clone(),
        format!("{escaped}?durability=relaxed"),
        format!("{escaped}?share=auto"),
    ] {
        let opened = running.call("公告板_启动", &[&url, "张三", "1.0"]);
        assert_eq!(opened, Value::Truth(true), "{}", running.error());
        running.call("公告板_发布滚动", &["a", "甲"]);
        running.call("公告板_停止", &[]);
        let length = std::fs::metadata(folder.0.join("a.notice")).unwrap().len();
        assert!(length > 0, "{url}");
    }
    let url = format!("{escaped}?mode=ro");
    let opened = running.call("公告板_启动", &[&url, "张三", "1.0"]);
    assert_eq!(opened, Value::Truth(true), "{}", running.error());
    assert_eq!(running.call("公告板_取未读数", &[]), Value::Number(1));
    running.call("公告板_停止", &[]);
}

#[test]
fn two_copies_of_the_program_in_the_guide_have_one_board() {
    let folder = Folder::new("copies");
    let texts = [binding("module.utf8.txt"), of_guide("公告板_是临时 ()")];
    let start = || {
        let mut machine = Machine::new(&[&texts[0], &texts[1]], &["标签1"]);
        machine.folder = folder.0.join("x").display().to_string();
        machine.call("__启动窗口_创建完毕", &[]);
        assert!(machine.boxes.is_empty(), "{:?}", machine.boxes);
        machine
    };
    let label = |machine: &Machine| machine.components["标签1"].properties["标题"].clone();
    let mut first = start();
    assert_eq!(label(&first), text("未读 0 条"));
    first.call("公告板_发布滚动", &[text("a"), text("甲")]);
    first.call("_时钟1_周期事件", &[]);
    assert_eq!(label(&first), text("未读 1 条"));
    let mut second = start();
    assert_eq!(label(&second), text("未读 1 条"));
    assert_eq!(second.call("公告板_全部已读", &[]), Value::Truth(true));
    first.call("_时钟1_周期事件", &[]);
    assert_eq!(label(&first), text("未读 0 条"));

    first.call("公告板_停止", &[]);
    let done = second.call("公告板_发布滚动", &[text("b"), text("乙")]);
    let why = second.call("公告板_取错误", &[]);
    assert_eq!(done, Value::Truth(true), "{why:?}");
    second.call("_时钟1_周期事件", &[]);
    assert_eq!(label(&second), text("未读 1 条"));
    second.call("公告板_停止", &[]);
}

/// The blocks of code of the guide.
fn of_guide(part: &str) -> String {
    let guide = binding("README.zh-CN.md");
    let mut blocks = guide.split("```").skip(1).step_by(2);
    blocks
        .find(|block| block.contains(part))
        .expect(part)
        .to_owned()
}

#[test]
fn the_first_program_of_the_guide_runs() {
    let texts = [binding("module.utf8.txt"), of_guide("__启动窗口_创建完毕")];
    let mut machine = Machine::new(
        &[&texts[0], &texts[1]],
        &["列表框1", "编辑框1", "时钟1", "标签1"],
    );
    machine.call("__启动窗口_创建完毕", &[]);
    let [(title, said)] = &machine.boxes[..] else {
        panic!("{:?}", machine.boxes);
    };
    assert_eq!(title, "欢迎使用");
    assert!(said.starts_with("这是第一条公告。"));
    let unread = [["●今晚 22:00 停机维护，请提前保存。"], ["●欢迎使用"]];
    assert_eq!(machine.components["列表框1"].rows, unread);
    let ticker = &machine.components["标签1"].properties["标题"];
    assert_eq!(*ticker, text("今晚 22:00 停机维护，请提前保存。"));
    let list = machine.components.get_mut("列表框1").unwrap();
    list.properties
        .insert("现行选中项".to_owned(), Value::Number(1));
    machine.call("_列表框1_列表项被选择", &[]);
    let body = machine.components["编辑框1"].properties["内容"].clone();
    assert!(body.text().starts_with("欢迎使用\r\n20"));
    for _ in 0..3 {
        machine.call("_时钟1_周期事件", &[]);
    }
    assert_eq!(machine.boxes.len(), 1);
    let period = &machine.components["时钟1"].properties["时钟周期"];
    assert_eq!(*period, Value::Number(60_000));
    machine.call("__启动窗口_将被销毁", &[]);
    assert_eq!(machine.call("公告板_取句柄", &[]), Value::Number(0));
}

#[test]
fn a_file_as_in_the_guide_is_published_at_every_start() {
    let mut running = Running::new("张三", "1.0");
    let board = running.board();
    let file = of_guide("\"weihu\"");
    let file = text(file.strip_prefix("json\n").unwrap());
    for (start, outcome) in [(0, "\t0\t0"), (1, "\t2\t0")] {
        running.at(START + start * DAY);
        let published = running
            .machine
            .call("公告_发布JSON", &[board.clone(), file.clone()]);
        assert_eq!(published, Value::Number(2), "{}", running.error());
        for n in [1, 2] {
            let done = running.machine.call("公告_取发布结果", &[Value::Number(n)]);
            assert!(done.text().ends_with(outcome), "{done:?}");
        }
    }
    assert_eq!(running.popped_up(), ["今晚停机维护"]);
    assert_eq!(
        running.call("公告板_取滚动文本", &[]),
        text("新版本已经发布")
    );
}

#[test]
fn the_guide_publishes_for_later_and_for_some_only() {
    let program = format!(".子程序 发布\n{}", of_guide("'starts_at'"));
    let module = binding("module.utf8.txt");
    let mut machine = Machine::new(&[&module, &program], &["编辑框1"]);
    machine.call("公告板_启动", &[text("mem:"), text("张三"), text("1.0")]);
    let edit = machine.components.get_mut("编辑框1").unwrap();
    edit.properties
        .insert("内容".to_owned(), text("国庆 \"优惠\" 'a'"));
    machine.call("发布", &[]);
    assert!(machine.boxes.is_empty(), "{:?}", machine.boxes);
    let board = machine.call("公告板_取句柄", &[]);
    let mut count = |conditions: &str| {
        let counted = machine.call("公告_统计", &[board.clone(), text(conditions)]);
        let role = [board.clone(), text("role"), text("vip")];
        machine.call("公告_置读者", &role);
        counted.number()
    };
    assert_eq!(count("时刻=2026-10-02"), 0);
    assert_eq!(count("时刻=2026-10-02"), 1);
    assert_eq!(count("时刻=2026-09-30T00:00:00Z"), 0);
    assert_eq!(count("时刻=2026-10-08T00:00:00+08:00"), 0);
}
