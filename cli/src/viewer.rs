//! The viewer as whom a board is asked: `--as user=zhang.wei,role=admin --locale zh-CN`.

use notice::Viewer;

use crate::console::Console;
use crate::exit::{self, Outcome, Stop};
use crate::terminal;

/// Options that say who is asking.
#[derive(Debug, Clone, Default, PartialEq, Eq, clap::Args)]
pub(crate) struct Asked {
    /// Viewer to ask as: user=NAME and attributes, such as user=zhang.wei,role=admin,app_version=2.1
    #[arg(
        long = "as",
        value_name = "NAME=VALUE,...",
        value_delimiter = ',',
        help_heading = "Viewer"
    )]
    facts: Vec<String>,
    /// Locales of the viewer, preferred first [default: that of the environment, except in JSON]
    #[arg(
        long,
        value_name = "LOCALE",
        value_delimiter = ',',
        help_heading = "Viewer"
    )]
    locale: Vec<String>,
}

impl Asked {
    /// Returns the viewer; without any options, an anonymous one.
    pub(crate) fn viewer(&self) -> Outcome<Viewer> {
        let mut viewer = Viewer::anonymous();
        for fact in &self.facts {
            match fact.split_once('=') {
                Some(("user", name)) => viewer.user = name.to_owned(),
                Some((name, value)) if !name.is_empty() => viewer = viewer.with(name, value),
                _ => {
                    return Err(Stop::new(
                        exit::USAGE,
                        format!(
                            "--as: {fact:?} is no NAME=VALUE, such as user=zhang.wei or role=admin"
                        ),
                        format!("--as：{fact:?} 应写作 名称=值，例如 user=zhang.wei 或 role=admin"),
                    ));
                }
            }
        }
        if !self.locale.is_empty() {
            viewer = viewer.locales(self.locale.iter().cloned());
        }
        viewer.validate()?;
        Ok(viewer)
    }

    /// Returns the viewer for what a person looks at: texts are in the person's own language unless another is asked for.
    /// What a program reads does not depend on the environment.
    pub(crate) fn looking(&self, console: &Console) -> Outcome<Viewer> {
        let viewer = self.viewer()?;
        match terminal::locale() {
            Some(locale) if self.locale.is_empty() && !console.is_json() => {
                Ok(viewer.locales([locale]))
            }
            _ => Ok(viewer),
        }
    }

    /// Returns the viewer with a user's name, which marks need. On a terminal it is asked for where it is missing.
    pub(crate) fn user(&self, console: &Console) -> Outcome<Viewer> {
        let mut viewer = self.viewer()?;
        if viewer.user.is_empty() && console.can_ask() {
            let question = console.word("Whose mark is it? User name: ", "是谁的标记？用户名：");
            viewer.user = console.question(question)?.unwrap_or_default();
            viewer.validate()?;
        }
        if viewer.user.is_empty() {
            return Err(Stop::new(
                exit::USAGE,
                "say whose mark it is: --as user=NAME",
                "请指明是谁的标记：--as user=名称",
            ));
        }
        Ok(viewer)
    }
}
