//! An operator's desk: a machine with the usual board.

use serde_json::Value;

use crate::support::{Machine, text};

/// A machine with the usual board, in a zone of its own.
pub(crate) struct Desk(pub(crate) Machine);

impl Desk {
    pub(crate) fn new() -> Self {
        let desk = Self(Machine::new());
        assert_eq!(desk.run(&["init"]).0, 0);
        desk
    }

    /// Runs a command line in Shanghai; returns its exit code, what it wrote, and what it complained of.
    pub(crate) fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        self.run_with(arguments, &[])
    }

    /// Runs a command line with variables.
    pub(crate) fn run_with(
        &self,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> (i32, String, String) {
        let mut command = self.0.command(arguments);
        command.env("NOTICE_TZ", "Asia/Shanghai");
        let output = command.envs(variables.iter().copied()).output().unwrap();
        let code = output.status.code().unwrap();
        (
            code,
            text(&output.stdout).to_owned(),
            text(&output.stderr).to_owned(),
        )
    }

    /// Publishes what is wider than most terminals, in two languages.
    pub(crate) fn publish_wide(&self, more: &[&str]) {
        let wide = [
            "publish",
            "-t",
            "en=Database maintenance tonight from ten to twelve, please save your work before",
            "-t",
            "zh-CN=今晚十点至十二点数据库维护，期间无法登录，请提前保存您的工作，谢谢您的配合",
            "-k",
            "maintenance/june",
            "-s",
            "warning",
        ];
        self.good(&[&wide, more].concat());
    }

    /// Runs a command that succeeds.
    pub(crate) fn good(&self, arguments: &[&str]) -> String {
        let (code, out, complaint) = self.run(arguments);
        assert_eq!((code, complaint.as_str()), (0, ""), "{arguments:?}: {out}");
        out
    }

    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let out = self.good(&[arguments, &["--json"]].concat());
        serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}"))
    }
}
