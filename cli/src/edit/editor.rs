//! The editor, and the file that is written in it.

use std::env;
use std::fs;
use std::io::{self, IsTerminal as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{Command, ExitStatus};

use notice::Bilingual;

use crate::common::Session;
use crate::exit::{self, Outcome, Stop};
use crate::places;

/// A file that somebody writes in. It stays until it is forgotten, so that nothing written is ever lost.
pub(super) struct Sheet {
    path: PathBuf,
    text: String,
    /// Whether somebody has written in it.
    is_written: bool,
}

impl Sheet {
    /// Puts a text into a new file, which only this user can read.
    pub(super) fn new(text: String) -> Outcome<Self> {
        let folder = places::data_folder()?.join("drafts");
        places::make_private(&folder)?;
        let now = jiff::Timestamp::now().as_millisecond();
        let path = folder.join(format!("{now}-{}.toml", std::process::id()));
        let mut options = fs::OpenOptions::new();
        let file = options.write(true).create_new(true).mode(0o600).open(&path);
        file.and_then(|mut file| file.write_all(text.as_bytes()))
            .map_err(|error| Stop::of_file(&path, &error))?;
        Ok(Self {
            path,
            text,
            is_written: false,
        })
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// Whether nothing is left but comments.
    pub(super) fn is_blank(&self) -> bool {
        let is_comment = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('#');
        self.text.lines().all(is_comment)
    }

    /// Puts another text in its place.
    pub(super) fn replace(&mut self, text: String) -> Outcome {
        fs::write(&self.path, &text).map_err(|error| Stop::of_file(&self.path, &error))?;
        self.text = text;
        Ok(())
    }

    /// Runs the editor, and reads what it wrote.
    pub(super) fn edit(&mut self) -> Outcome {
        let set = |name| env::var(name).ok().filter(|value| !value.trim().is_empty());
        let editor = ["NOTICE_EDITOR", "VISUAL", "EDITOR"]
            .into_iter()
            .find_map(set);
        let editor = match editor {
            Some(editor) => editor,
            None if io::stdin().is_terminal() => "vi".to_owned(),
            None => {
                self.forget();
                return Err(Stop::new(
                    exit::USAGE,
                    "there is no terminal for an editor; set EDITOR to a program that writes the form, or use flags",
                    "没有可供编辑器使用的终端；请将 EDITOR 设为填写表单的程序，或使用选项",
                ));
            }
        };
        // By the shell, because an editor may have arguments; the path is not part of its text.
        let status = Command::new("sh")
            .arg("-c")
            .arg(format!("{editor} \"$1\""))
            .arg("sh")
            .arg(&self.path)
            .status();
        if let Some(why) = failure(&status) {
            let stop = Stop::new(
                exit::UNAVAILABLE,
                format!(
                    "the editor `{editor}` failed: {}; set EDITOR to another one",
                    why.en
                ),
                format!(
                    "编辑器 `{editor}` 失败：{}；可用 EDITOR 指定其他编辑器",
                    why.zh
                ),
            );
            // An editor that cannot be started has changed nothing.
            let is_same = fs::read_to_string(&self.path).is_ok_and(|text| text == self.text);
            return Err(match is_same && !self.is_written {
                true => {
                    self.forget();
                    stop
                }
                false => self.kept(stop),
            });
        }
        self.is_written = true;
        match fs::read_to_string(&self.path) {
            Ok(text) => self.text = text,
            // Some people give up like this.
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.text.clear(),
            Err(error) => return Err(self.kept(Stop::of_file(&self.path, &error))),
        }
        Ok(())
    }

    /// Offers to edit again after a mistake; otherwise tells where the text is kept.
    pub(super) fn again(&self, session: &Session, stop: Stop) -> Outcome {
        let console = &session.console;
        if !console.can_ask() {
            return Err(self.kept(stop));
        }
        for line in &stop.lines {
            console.note(line)?;
        }
        let question = console.word("Edit again? [Y/n] ", "重新编辑？[Y/n] ");
        let answer = console
            .question(question)?
            .unwrap_or_else(|| "n".to_owned());
        match answer.to_lowercase().as_str() {
            "n" | "no" | "否" => Err(self.kept(Stop::silent(stop.code))),
            _ => Ok(()),
        }
    }

    /// Adds where the text is.
    fn kept(&self, mut stop: Stop) -> Stop {
        let name = self.name();
        stop.lines.push(Bilingual::new(
            format!("what you wrote is kept in {name}"),
            format!("您所写的内容保存在 {name}"),
        ));
        stop
    }

    /// Removes the file: it is not needed any more.
    pub(super) fn forget(&self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// Why an editor has failed, if it has.
fn failure(ended: &io::Result<ExitStatus>) -> Option<Bilingual> {
    match ended {
        Ok(status) if status.success() => None,
        Ok(status) => Some(match (status.code(), status.signal()) {
            (Some(code), _) => {
                Bilingual::new(format!("exit code {code}"), format!("退出码 {code}"))
            }
            (None, signal) => {
                let signal = signal.unwrap_or_default();
                Bilingual::new(format!("signal {signal}"), format!("被信号 {signal} 终止"))
            }
        }),
        Err(error) => Some(exit::words_of_io(error)),
    }
}
