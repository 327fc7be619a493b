//! Reading of drafts for a check: what can be read is read, and every fault is told.

use serde_json::{Value, json};

use super::attribute::USER;
use super::draft::Draft;
use super::json::{object, parse_all, unknown};
use super::limits;
use crate::error::{Bilingual, Error, Result};

/// Drafts as far as they could be read.
#[derive(Debug, Default)]
pub(crate) struct ReadDrafts {
    /// The drafts. A field that cannot be read is at its default.
    pub(crate) drafts: Vec<Draft>,
    /// Faults of reading: index of the draft, and an error with a path relative to it.
    pub(crate) faults: Vec<(usize, Error)>,
    /// Paths whose values are not what was written: index of the draft, and path; empty for the draft.
    lost: Vec<(usize, String)>,
}

impl ReadDrafts {
    /// Reads one draft, or several from a JSON list. Invalid syntax is the last fault, because nothing behind it
    /// can be told apart.
    ///
    /// # Errors
    /// `too_large` for more than 10 000 drafts.
    pub(crate) fn from_json(json: &[u8]) -> Result<Self> {
        let (value, errors) = parse_all(json);
        let mut read = Self::default();
        for (index, error) in errors.into_iter().map(of_draft) {
            let path = error.path().unwrap_or_default().to_owned();
            read.tell(index, error, &path);
        }
        if let Some(value) = value {
            read.list(&value)?;
        }
        Ok(read)
    }

    /// Reads one draft, or a list of drafts.
    ///
    /// # Errors
    /// As [`from_json`](Self::from_json).
    pub(crate) fn from_value(value: &Value) -> Result<Self> {
        let mut read = Self::default();
        read.list(value)?;
        Ok(read)
    }

    fn list(&mut self, value: &Value) -> Result<()> {
        let list = match value {
            Value::Array(list) => list.as_slice(),
            one => std::slice::from_ref(one),
        };
        if list.len() > limits::BATCH {
            let unit = Bilingual::new("entries", "项");
            let (actual, limit) = (list.len() as u64, limits::BATCH as u64);
            return Err(Error::too_large("drafts", actual, limit, &unit));
        }
        for (index, value) in list.iter().enumerate() {
            let draft = self.draft(index, value);
            self.drafts.push(draft);
        }
        Ok(())
    }

    /// Reports whether what a rule says about a path follows from a fault of reading.
    pub(crate) fn is_lost(&self, draft: usize, path: &str) -> bool {
        let is_inside = |path: &str, outer: &str| {
            let rest = path.strip_prefix(outer);
            rest.is_some_and(|rest| {
                outer.is_empty() || rest.is_empty() || rest.starts_with(['.', '['])
            })
        };
        let mut lost = self.lost.iter().filter(|(index, _)| *index == draft);
        lost.any(|(_, lost)| is_inside(path, lost) || is_inside(lost, path))
    }

    fn draft(&mut self, index: usize, value: &Value) -> Draft {
        let mut draft = Draft::default();
        let members = match object("", value) {
            Ok(members) => members,
            Err(error) => {
                self.tell(index, error, "");
                return draft;
            }
        };
        for (name, value) in members {
            self.member(index, &mut draft, name, value.clone());
        }
        draft
    }

    /// Reads a member, without what cannot be read in it.
    fn member(&mut self, index: usize, draft: &mut Draft, name: &str, mut value: Value) {
        // Each fault is taken out, and the rest is read again.
        while self.faults.len() < limits::FINDINGS {
            let error = match draft.read(name, &value) {
                Ok(true) => return,
                Ok(false) => unknown(name, &value),
                Err(error) => error,
            };
            let path = error.path().unwrap_or_default().to_owned();
            let inner = path.strip_prefix(name).unwrap_or_default();
            let is_known = self.lost.contains(&(index, path.clone()));
            let lost = match take_out(&mut value, inner) {
                true => path.as_str(),
                // What was taken out may be missed, and then the element that it was in cannot be read.
                false => {
                    let element = inner.rfind(']').and_then(|end| inner.get(..=end));
                    let element = element.filter(|element| replace(&mut value, element, name));
                    let end = element.map_or(0, str::len) + name.len();
                    path.get(..end).unwrap_or(name)
                }
            };
            match is_known {
                true => self.lost.push((index, lost.to_owned())),
                false => self.tell(index, error, lost),
            }
            if lost == name {
                return;
            }
        }
    }

    fn tell(&mut self, index: usize, error: Error, lost: &str) {
        self.faults.push((index, error));
        self.lost.push((index, lost.to_owned()));
    }
}

/// Divides the path of an error of a batch into the index of the draft and the path inside it.
pub(crate) fn of_draft(error: Error) -> (usize, Error) {
    let path = error.path().unwrap_or_default();
    let number = path.strip_prefix('[').and_then(|path| path.split_once(']'));
    let Some(index) = number.and_then(|(digits, _)| digits.parse().ok()) else {
        return (0, error);
    };
    (index, error.without(&format!("[{index}]")))
}

/// Takes what a path names out of a value: a member is removed, and an element becomes an empty text. Returns
/// whether there was anything to take out.
pub(super) fn take_out(value: &mut Value, path: &str) -> bool {
    let Some((container, last)) = container_of(value, path) else {
        return false;
    };
    match container {
        Value::Object(members) => members.shift_remove(last).is_some(),
        Value::Array(list) => {
            let element = last.parse().ok().and_then(|n: usize| list.get_mut(n));
            match element {
                Some(element) if *element != "" => {
                    *element = "".into();
                    true
                }
                _ => false,
            }
        }
        _ => false,
    }
}

/// Puts an element that can be read in the place of the one at a path. Returns whether it was another one.
fn replace(value: &mut Value, path: &str, member: &str) -> bool {
    let sound = match member {
        // A list of `any` or `none`.
        "audience" if path.starts_with('.') && path.matches('[').count() == 1 => {
            json!([{"attribute": USER, "op": "exists"}])
        }
        "audience" => json!({"attribute": USER, "op": "exists"}),
        "actions" => json!({"id": path, "kind": "custom", "label": {"en": "a"}}),
        "display" => "list".into(),
        _ => return false,
    };
    let Some((Value::Array(list), last)) = container_of(value, path) else {
        return false;
    };
    match last.parse().ok().and_then(|n: usize| list.get_mut(n)) {
        Some(element) if *element != sound => {
            *element = sound;
            true
        }
        _ => false,
    }
}

/// Returns what contains the last step of a path such as `.en.title` or `[2].values[0]`, and that step.
fn container_of<'a, 'p>(
    mut value: &'a mut Value,
    path: &'p str,
) -> Option<(&'a mut Value, &'p str)> {
    let mut rest = path;
    loop {
        let (step, behind) = if let Some(index) = rest.strip_prefix('[') {
            index.split_once(']')?
        } else {
            let name = rest.strip_prefix('.')?;
            name.split_at(name.find(['.', '[']).unwrap_or(name.len()))
        };
        if behind.is_empty() {
            return Some((value, step));
        }
        value = match value {
            Value::Object(members) => members.get_mut(step)?,
            Value::Array(list) => list.get_mut(step.parse::<usize>().ok()?)?,
            _ => return None,
        };
        rest = behind;
    }
}
