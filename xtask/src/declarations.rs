//! The declarations of the E language, as far as tasks read them.

/// A command that a declaration file has.
pub(crate) struct Command {
    /// The function of the DLL.
    pub(crate) entry: String,
    /// How many parameters it has.
    pub(crate) parameters: usize,
}

/// The commands of a declaration file in UTF-8.
pub(crate) fn commands(text: &str) -> Result<Vec<Command>, String> {
    let mut commands: Vec<Command> = Vec::new();
    for line in text.lines() {
        if let Some(slots) = line.strip_prefix(".DLL命令 ") {
            let entry = slots
                .split(", ")
                .nth(3)
                .map(|entry| entry.trim_matches('"'));
            commands.push(Command {
                entry: entry.ok_or(format!("no entry name in {line}"))?.to_owned(),
                parameters: 0,
            });
        } else if line.trim_start().starts_with(".参数 ") {
            let command = commands
                .last_mut()
                .ok_or(format!("no command before {line}"))?;
            command.parameters += 1;
        }
    }
    match commands.is_empty() {
        true => Err("there are no commands among the declarations".into()),
        false => Ok(commands),
    }
}
