//! `notice token sign`: a signed token for a viewer.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value, json};

use super::files;
use super::private_key::PrivateKey;
use crate::exit::{self, Outcome, Stop};
use crate::span::Span;
use crate::terminal::say;

/// Sign a token for a viewer
///
/// Prints the token. Whoever presents it asks and marks as this viewer, whatever else is in the request.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Private key that `notice token key` made
    #[arg(long, env = "NOTICE_SIGNING_KEY", value_name = "FILE")]
    key: PathBuf,
    /// User; anonymous if absent
    #[arg(long, value_name = "USER")]
    user: Option<String>,
    /// Attribute of the viewer; repeat it for more, also of the same name
    #[arg(long = "attr", value_name = "NAME=VALUE", value_parser = pair)]
    attributes: Vec<(String, String)>,
    /// Wanted language, preferred first; without any, each request may say
    #[arg(long = "locale", value_name = "LOCALE")]
    locales: Vec<String>,
    /// Time until it expires, such as 1h or 30d
    #[arg(long, value_name = "TIME")]
    expires: Span,
    /// Audience (aud), as in the settings of the daemon
    #[arg(long, value_name = "NAME", default_value = "notice")]
    audience: String,
}

/// Runs it.
pub(super) fn run(arguments: &Arguments) -> Outcome {
    let key = PrivateKey::read(&files::read(&arguments.key)?)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.map_err(|_| {
        let (en, zh) = ("the clock is before 1970", "系统时钟早于 1970 年");
        Stop::new(exit::UNAVAILABLE, en, zh)
    })?;
    let ends = now.saturating_add(arguments.expires.0).as_secs();
    say(&key.sign(&claims(arguments, ends)));
    Ok(())
}

fn claims(arguments: &Arguments, ends: u64) -> Value {
    let mut claims = Map::new();
    let mut set = |name: &str, value: Value| {
        claims.insert(name.to_owned(), value);
    };
    set("aud", json!(arguments.audience));
    set("exp", json!(ends));
    if let Some(user) = &arguments.user {
        set("sub", json!(user));
    }
    if !arguments.locales.is_empty() {
        set("locales", json!(arguments.locales));
    }
    let mut attributes = Map::new();
    for (name, value) in &arguments.attributes {
        let values = attributes.entry(name).or_insert_with(|| json!([]));
        if let Value::Array(values) = values {
            values.push(json!(value));
        }
    }
    if !attributes.is_empty() {
        set("attributes", Value::Object(attributes));
    }
    Value::Object(claims)
}

fn pair(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').filter(|(name, _)| !name.is_empty());
    let (name, value) =
        pair.ok_or_else(|| format!("{text:?} must be NAME=VALUE, such as role=admin"))?;
    Ok((name.to_owned(), value.to_owned()))
}
