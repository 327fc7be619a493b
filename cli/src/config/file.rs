//! The configuration file.

use std::fs;
use std::path::Path;

use serde::Deserialize as _;
use toml::Table;
use toml::de::{DeTable, Deserializer};

use super::{Faults, Origin, Origins, Settings};

/// How alike a name must be to be proposed, of 1.
const ALIKE: f64 = 0.7;

/// Reads the settings of a file, of which `names` are all that exist. Each fault is added with its line; the settings
/// without one are returned.
pub(super) fn read(
    path: &Path,
    names: &[String],
    origins: &mut Origins,
    faults: &mut Faults,
) -> Table {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            let (place, why) = (path.display(), error.to_string());
            let (en, zh) = (format!("{place}: {why}"), format!("{place}：{why}"));
            faults.add(&Origin::Usual, "", &en, &zh);
            return Table::new();
        }
    };
    let at = |offset: usize| Origin::File(path.to_owned(), line(&text, offset));
    let (table, errors) = DeTable::parse_recoverable(&text);
    for error in errors {
        let start = error.span().map_or(0, |span| span.start);
        // Some messages go over several lines.
        let message = error.message().replace('\n', ", ");
        faults.add(&at(start), "", &message, &message);
    }
    let mut all = Table::new();
    let whole = table.span();
    for (key, value) in table.into_inner() {
        let (name, place) = (key.get_ref().to_string(), at(key.span().start));
        if !names.contains(&name) {
            let (en, zh) = unknown(&name, names);
            faults.add(&place, "", &en, &zh);
            continue;
        }
        // Each alone, so that a fault of one does not hide those of the others.
        let mut alone = DeTable::new();
        alone.insert(key, value);
        let alone = Deserializer::from(toml::Spanned::new(whole.clone(), alone));
        match Settings::deserialize(alone) {
            Ok(settings) => {
                all.extend(settings.to_table());
                origins.note(&name, place);
            }
            Err(error) => {
                let message = error.message().replace('\n', ", ");
                // In the words of whoever writes the file.
                let message = message.replace("expected u32", "expected a whole number");
                faults.add(&place, &name, &message, &message);
            }
        }
    }
    all
}

/// Returns the number of the line, from 1 on, that has the byte at `offset`.
fn line(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().get(..offset).unwrap_or(text.as_bytes());
    before.iter().filter(|byte| **byte == b'\n').count() + 1
}

/// Describes an unknown setting.
fn unknown(name: &str, names: &[String]) -> (String, String) {
    let likeness = |known: &&String| strsim::jaro_winkler(name, known);
    let nearest = names
        .iter()
        .max_by(|one, two| likeness(one).total_cmp(&likeness(two)))
        .filter(|known| likeness(known) >= ALIKE);
    match nearest {
        Some(known) => (
            format!("there is no setting {name:?}; did you mean {known:?}?"),
            format!("没有名为 {name:?} 的设置；是否应为 {known:?}？"),
        ),
        None => (
            format!("there is no setting {name:?}; notice serve --help lists them"),
            format!("没有名为 {name:?} 的设置；notice serve --help 列出全部设置"),
        ),
    }
}
