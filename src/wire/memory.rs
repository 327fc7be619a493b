//! Memory of a board that is handed over on a Unix socket, which a follower on the same machine reads in place of a
//! stream: the names of its parts.
//!
//! A client sends a message of [`Kind::Memory`](super::frames::Kind::Memory), whose body names the [`Parts`] that it wants.
//! The answer is a message of [`Kind::Handed`](super::frames::Kind::Handed), whose body names the parts that come, and as
//! many file descriptors beside its first byte. docs/protocol.md describes every byte.

use serde_json::{Value, json};

use super::parse;
use crate::error::{Bilingual, Error, Result};
use crate::model::json;

/// Name in a welcome of a server that hands memory over on this connection.
pub const FEATURE: &str = "memory";

/// A part of the memory, with a file descriptor of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// The ring of entries.
    Ring,
    /// The page by which readers are woken.
    Page,
    /// The present snapshot. There may be none yet.
    Snapshot,
}

impl Part {
    /// Every part, in the order in which a server hands them over.
    pub const ALL: [Self; 3] = [Self::Ring, Self::Page, Self::Snapshot];

    fn name(self) -> &'static str {
        match self {
            Self::Ring => "ring",
            Self::Page => "page",
            Self::Snapshot => "snapshot",
        }
    }
}

/// The parts that are asked for, or that come, in the order of their descriptors. Each is there once at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts(Vec<Part>);

impl Parts {
    /// Creates a list, without what is in it twice.
    pub fn new(parts: impl IntoIterator<Item = Part>) -> Self {
        let mut list = Vec::new();
        for part in parts {
            if !list.contains(&part) {
                list.push(part);
            }
        }
        Self(list)
    }

    /// Returns the list.
    pub fn as_slice(&self) -> &[Part] {
        &self.0
    }

    /// Encodes the list.
    pub fn to_bytes(&self) -> Vec<u8> {
        let names: Vec<&str> = self.0.iter().map(|part| part.name()).collect();
        json!({ "parts": names }).to_string().into_bytes()
    }

    /// Decodes a list; without one, all parts. Unknown members are passed over, because a newer client may have more to
    /// say.
    ///
    /// # Errors
    /// `invalid_field` with the path of the fault, also for an unknown part or one that is named twice.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let body = parse(bytes)?;
        json::object("", &body)?;
        let Some(list) = body.get("parts").filter(|value| !value.is_null()) else {
            return Ok(Self(Part::ALL.to_vec()));
        };
        let names = list.as_array().map(|list| list.iter().map(Value::as_str));
        let refuse = |value: &str| {
            let reason = Bilingual::new(
                "must be a list of ring, page and snapshot, each at most once",
                "必须是由 ring、page、snapshot 组成的列表，每项至多一次",
            );
            Error::invalid("parts", value, reason)
        };
        let mut parts = Vec::new();
        for name in names.ok_or_else(|| refuse(&list.to_string()))? {
            let name = name.ok_or_else(|| refuse(&list.to_string()))?;
            let part = Part::ALL.into_iter().find(|part| part.name() == name);
            match part.filter(|part| !parts.contains(part)) {
                Some(part) => parts.push(part),
                None => return Err(refuse(name)),
            }
        }
        Ok(Self(parts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn a_list_that_was_written_is_read() {
        for parts in [&Part::ALL[..], &Part::ALL[2..], &[]] {
            let parts = Parts::new(parts.iter().copied());
            assert_eq!(Parts::from_bytes(&parts.to_bytes()).unwrap(), parts);
        }
        let all = Parts::new(Part::ALL);
        for body in ["{}", r#"{"parts": null, "later": 1}"#] {
            assert_eq!(Parts::from_bytes(body.as_bytes()).unwrap(), all);
        }
    }

    #[test]
    fn what_is_no_list_of_parts_is_refused() {
        for body in [
            "[]",
            r#"{"parts": "ring"}"#,
            r#"{"parts": [1]}"#,
            r#"{"parts": ["rings"]}"#,
            r#"{"parts": ["ring", "ring"]}"#,
        ] {
            let error = Parts::from_bytes(body.as_bytes()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidField, "{body}");
        }
    }
}
