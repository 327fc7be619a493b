//! Questions, which are asked on a terminal only.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use notice::Bilingual;

use super::Console;
use crate::exit::{self, Outcome, Stop};

impl Console {
    /// Whether somebody is there who can answer.
    pub(crate) fn can_ask(&self) -> bool {
        !self.manner.is_json && io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Asks whether something that cannot be undone is to be done.
    ///
    /// # Errors
    /// A usage error where nobody can answer: `--yes` says it.
    pub(crate) fn confirm(&self, question: &Bilingual) -> Outcome<bool> {
        if self.manner.is_agreed {
            return Ok(true);
        }
        let question = question.get(self.manner.language);
        if !self.can_ask() {
            return Err(Stop::new(
                exit::USAGE,
                format!("{question} Nobody can answer here; say so with --yes"),
                format!("{question} 此处无人可应答；请用 --yes 确认"),
            ));
        }
        let hint = self.word("[y/N]", "[y/N，是/否]");
        let answer = self.question(&format!("{question} {hint} "))?;
        let answer = answer.unwrap_or_default().to_lowercase();
        Ok(matches!(answer.as_str(), "y" | "yes" | "是" | "好"))
    }

    /// Asks for a line of text; None at the end of the input.
    pub(crate) fn question(&self, question: &str) -> Outcome<Option<String>> {
        // It is about what was said.
        self.flush()?;
        let _ = write!(io::stderr().lock(), "{question}").and_then(|()| io::stderr().flush());
        let mut line = String::new();
        let read = io::stdin().lock().read_line(&mut line);
        let read = read.map_err(|error| {
            Stop::new(
                exit::UNAVAILABLE,
                format!("cannot read the answer: {error}"),
                format!("无法读取回答：{error}"),
            )
        })?;
        if read == 0 {
            // The cursor is still behind the question.
            let _ = writeln!(io::stderr().lock());
            return Ok(None);
        }
        Ok(Some(line.trim().to_owned()))
    }
}
