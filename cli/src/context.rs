//! `notice context`: boards by name.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use notice::BoardUrl;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::common::Output;
use crate::console::{Cell, Column, Look, Table};
use crate::exit::{self, Outcome, Stop};
use crate::places;

/// Give boards names, and choose one of them
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, clap::Subcommand)]
enum Task {
    /// Add a context, or change it; the first one becomes current
    Add {
        /// Name for it
        #[arg(value_name = "NAME")]
        name: String,
        /// Its board, such as tcp:HOST:PORT. A token is never part of it
        #[arg(value_name = "URL")]
        url: String,
        /// File with the token to present there
        #[arg(long, value_name = "FILE")]
        token_file: Option<PathBuf>,
        #[command(flatten)]
        output: Output,
    },
    /// Use a context from now on
    Use {
        /// Its name
        #[arg(value_name = "NAME")]
        name: String,
        #[command(flatten)]
        output: Output,
    },
    /// List the contexts; the current one has a star
    List {
        #[command(flatten)]
        output: Output,
    },
    /// Remove a context
    Remove {
        /// Its name
        #[arg(value_name = "NAME")]
        name: String,
        #[command(flatten)]
        output: Output,
    },
}

/// The contexts of a user.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Contexts {
    current: Option<String>,
    context: BTreeMap<String, Context>,
}

/// A board with a name.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Context {
    pub(crate) url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) token_file: Option<PathBuf>,
}

/// Runs it.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    match &arguments.task {
        Task::Add {
            name,
            url,
            token_file,
            output,
        } => add(name, url, token_file.as_deref(), output),
        Task::Use { name, output } => choose(name, output),
        Task::List { output } => list(output),
        Task::Remove { name, output } => remove(name, output),
    }
}

fn add(name: &str, url: &str, token_file: Option<&Path>, output: &Output) -> Outcome {
    let console = output.console()?;
    // What cannot be opened is not kept; whether anybody answers there is another matter.
    let url = absolute(&BoardUrl::parse(url)?)?;
    let token_file = token_file.map(std::path::absolute).transpose();
    let token_file = token_file.map_err(|error| Stop::of_stream(&error))?;
    let mut all = Contexts::read()?;
    let is_first = all.context.is_empty();
    all.context
        .insert(name.to_owned(), Context { url, token_file });
    if is_first {
        all.current = Some(name.to_owned());
    }
    all.write()?;
    let is_current = all.current.as_deref() == Some(name);
    let hint = if is_current {
        String::new()
    } else {
        format!("; notice context use {name}")
    };
    console.tell(
        format!("added {name}{hint}"),
        format!("已添加 {name}{hint}"),
    )?;
    console.json(&json!({"name": name, "current": is_current}))
}

/// A path is meant from here, also when the context is used elsewhere.
fn absolute(url: &BoardUrl) -> Outcome<String> {
    if !["file", "unix"].contains(&url.scheme()) {
        return Ok(url.to_string());
    }
    let path = std::path::absolute(url.path()?).map_err(|error| Stop::of_stream(&error))?;
    let parameters: Vec<_> = url.parameters().collect();
    Ok(BoardUrl::of_path(url.scheme(), &path, &parameters).to_string())
}

fn choose(name: &str, output: &Output) -> Outcome {
    let console = output.console()?;
    let mut all = Contexts::read()?;
    let url = all.named(name)?.url.clone();
    all.current = Some(name.to_owned());
    all.write()?;
    console.tell(
        format!("using {name}: {url}"),
        format!("当前使用 {name}：{url}"),
    )?;
    console.json(&json!({"name": name, "url": url, "current": true}))
}

fn list(output: &Output) -> Outcome {
    let console = output.console()?;
    let all = Contexts::read()?;
    let word = |en, zh| console.word(en, zh);
    let mut table = Table::new([
        Column::new("", 0),
        Column::new(word("NAME", "名称"), 0),
        Column::text(word("BOARD", "公告板")),
        Column::new(word("TOKEN FILE", "令牌文件"), 1),
    ]);
    for (name, context) in &all.context {
        let is_current = all.current.as_ref() == Some(name);
        let file = context
            .token_file
            .as_ref()
            .map(|file| file.display().to_string());
        table.row([
            if is_current { "*" } else { "" }.into(),
            Cell::new(name, if is_current { Look::Bold } else { Look::Plain }),
            context.url.as_str().into(),
            file.clone().unwrap_or_default().into(),
        ]);
        console.json(
            &json!({"name": name, "url": context.url, "token_file": file, "current": is_current}),
        )?;
    }
    match all.context.is_empty() {
        true => console.tell(
            "No contexts. Add one: notice context add NAME URL",
            "没有上下文。添加：notice context add 名称 URL",
        ),
        false => console.table(&table),
    }?;
    console.finish()
}

fn remove(name: &str, output: &Output) -> Outcome {
    let console = output.console()?;
    let mut all = Contexts::read()?;
    all.named(name)?;
    all.context.remove(name);
    if all.current.as_deref() == Some(name) {
        all.current = None;
    }
    all.write()?;
    console.tell(format!("removed {name}"), format!("已移除 {name}"))?;
    console.json(&json!({"name": name}))
}

impl Contexts {
    /// Reads the contexts of this user; none if there is no file.
    pub(crate) fn read() -> Outcome<Self> {
        let Some(file) = places::contexts() else {
            return Ok(Self::default());
        };
        let text = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self::default());
            }
            Err(error) => return Err(Stop::of_file(&file, &error)),
        };
        toml::from_str(&text).map_err(|error| {
            let name = file.display();
            Stop::new(
                exit::USAGE,
                format!("{name}: {error}"),
                format!("{name}：{error}"),
            )
        })
    }

    /// Replaces the file as a whole, so that nobody reads half of it.
    fn write(&self) -> Outcome {
        let file = places::contexts().ok_or_else(|| {
            Stop::new(
                exit::USAGE,
                "there is no home folder to keep contexts in; set HOME",
                "没有可存放上下文的主目录；请设置 HOME",
            )
        })?;
        if let Some(folder) = file.parent() {
            places::make_private(folder)?;
        }
        let text = toml::to_string(self).unwrap_or_default();
        let fresh = file.with_extension(format!("{}.new", std::process::id()));
        let mut options = fs::OpenOptions::new();
        let written = options
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&fresh);
        let written = written
            .and_then(|mut out| out.write_all(text.as_bytes()).and_then(|()| out.sync_all()));
        let moved = written.and_then(|()| fs::rename(&fresh, &file));
        moved.map_err(|error| Stop::of_file(&file, &error))
    }

    /// Returns the current context.
    pub(crate) fn current(&self) -> Option<&Context> {
        self.context.get(self.current.as_ref()?)
    }

    /// Returns the context of a name.
    pub(crate) fn named(&self, name: &str) -> Outcome<&Context> {
        self.context.get(name).ok_or_else(|| {
            let known: Vec<&str> = self.context.keys().map(String::as_str).collect();
            let known = known.join(", ");
            if known.is_empty() {
                return Stop::new(
                    exit::NOT_FOUND,
                    format!("there is no context {name}; add it: notice context add {name} URL"),
                    format!("没有上下文 {name}；请添加：notice context add {name} URL"),
                );
            }
            Stop::new(
                exit::NOT_FOUND,
                format!("there is no context {name}; there are: {known}"),
                format!("没有上下文 {name}；现有：{known}"),
            )
        })
    }
}
