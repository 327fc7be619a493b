//! What was found.

use notice::{Bilingual, Language};
use serde_json::{Value, json};

use crate::console::{Console, Look};
use crate::exit::{Outcome, Stop};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    Good,
    Warn,
    Bad,
}

/// A sentence about one thing, and what to do.
#[derive(Debug, Clone)]
pub(super) struct Finding {
    /// What was looked at: a stable name.
    check: &'static str,
    pub(super) level: Level,
    words: Bilingual,
    remedy: Option<Bilingual>,
}

/// Everything that was found, in order.
#[derive(Debug, Default)]
pub(super) struct Findings(pub(super) Vec<Finding>);

impl Findings {
    /// Something is in order.
    pub(super) fn good(
        &mut self,
        check: &'static str,
        en: impl Into<String>,
        zh: impl Into<String>,
    ) {
        let words = Bilingual::new(en.into(), zh.into());
        self.0.push(Finding {
            check,
            level: Level::Good,
            words,
            remedy: None,
        });
    }

    /// Something should be looked at.
    pub(super) fn warn(&mut self, check: &'static str, words: Bilingual, remedy: Bilingual) {
        self.push(check, Level::Warn, words, remedy);
    }

    /// Something is broken.
    pub(super) fn bad(&mut self, check: &'static str, words: Bilingual, remedy: Bilingual) {
        self.push(check, Level::Bad, words, remedy);
    }

    /// Something is broken as a command would tell it: the first line, and what to do in the others.
    pub(super) fn stopped(&mut self, check: &'static str, stop: &Stop) {
        let all = |language| {
            let lines = stop.lines.iter().map(|line| line.get(language));
            lines.collect::<Vec<_>>()
        };
        let (en, en_remedy) = parted(&all(Language::En).join("; "), "; ");
        let (zh, zh_remedy) = parted(&all(Language::Zh).join("；"), "；");
        let usual = usual_remedy(check);
        let remedy = Bilingual::new(
            en_remedy.unwrap_or(usual.en.into_owned()),
            zh_remedy.unwrap_or(usual.zh.into_owned()),
        );
        self.push(check, Level::Bad, Bilingual::new(en, zh), remedy);
    }

    fn push(&mut self, check: &'static str, level: Level, words: Bilingual, remedy: Bilingual) {
        self.0.push(Finding {
            check,
            level,
            words,
            remedy: Some(remedy),
        });
    }
}

/// Splits what is wrong from what to do, which messages have behind a semicolon.
fn parted(text: &str, sign: &str) -> (String, Option<String>) {
    match text.split_once(sign) {
        Some((words, remedy)) => (words.to_owned(), Some(remedy.to_owned())),
        None => (text.to_owned(), None),
    }
}

/// What to do where a message does not say it.
fn usual_remedy(check: &str) -> Bilingual {
    match check {
        "file" => Bilingual::new(
            "name another file, or restore a backup: notice restore-backup BACKUP FILE",
            "请指定其他文件，或恢复备份：notice restore-backup 备份 文件",
        ),
        "daemon" => Bilingual::new(
            "look at the log of the daemon, and at its address",
            "请查看守护进程的日志及其地址",
        ),
        _ => Bilingual::new(
            "name the board: --board URL, NOTICE_BOARD, or notice context use NAME",
            "请指定公告板：--board URL、NOTICE_BOARD，或 notice context use 名称",
        ),
    }
}

/// The name of a check for people; programs have the English one.
fn in_chinese(check: &'static str) -> &'static str {
    match check {
        "answer" => "应答",
        "board" | "url" => "公告板",
        "certificate" => "证书",
        "clock" => "时钟",
        "conditions" => "受众条件",
        "content" => "内容",
        "daemon" => "守护进程",
        "figures" => "统计",
        "file" => "文件",
        "future" => "未来的时间",
        "journal" => "日志",
        "locales" => "读者语言",
        "lock" => "占用",
        "memory" => "内存",
        "numbers" => "数字",
        "permissions" => "权限",
        "role" => "角色",
        "search" => "搜索",
        "size" => "文件大小",
        "skew" => "时钟偏差",
        "socket" => "套接字",
        "space" => "磁盘空间",
        "token" => "令牌",
        "version" => "版本",
        "versions" => "版本号",
        other => other,
    }
}

impl Finding {
    pub(super) fn write(&self, console: &Console) -> Outcome {
        let (sign, look) = match self.level {
            Level::Good => ("✓", Look::Good),
            Level::Warn => ("!", Look::Warn),
            Level::Bad => ("✗", Look::Bad),
        };
        let sign = console.paint.text(look, sign);
        let (name, colon) = match console.language() {
            Language::En => (self.check, ": "),
            Language::Zh => (in_chinese(self.check), "："),
        };
        let name = console.paint.text(Look::Bold, name);
        let words = self.words.get(console.language());
        console.paragraph(&format!("{sign} {name}{colon}{words}"), "  ")?;
        if let Some(remedy) = &self.remedy {
            console.paragraph(&format!("  → {}", remedy.get(console.language())), "    ")?;
        }
        Ok(())
    }

    pub(super) fn to_json(&self) -> Value {
        let level = match self.level {
            Level::Good => "good",
            Level::Warn => "warning",
            Level::Bad => "broken",
        };
        let remedy = |language| self.remedy.as_ref().map(|remedy| remedy.get(language));
        json!({
            "check": self.check,
            "level": level,
            "en": self.words.en,
            "zh": self.words.zh,
            "remedy_en": remedy(Language::En),
            "remedy_zh": remedy(Language::Zh),
        })
    }
}
