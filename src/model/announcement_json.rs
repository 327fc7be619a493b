//! Announcements as JSON: the writable fields as a draft has them, and those that the engine gives.

use serde_json::{Map, Value};

use super::announcement::Announcement;
use super::fields::State;

impl Announcement {
    /// The whole announcement as a JSON object, for an editor. Times are integers, Unix milliseconds.
    ///
    /// The fields that the engine gives come first, then the fields of [`Draft`](crate::Draft); those
    /// at their default are left out.
    pub fn to_json(&self) -> Value {
        let mut map = Map::new();
        let given: [(&str, Value); 9] = [
            ("id", self.id().into()),
            ("version", self.version().into()),
            ("notify_version", self.notify_version().into()),
            ("revision", self.revision().into()),
            ("notify_revision", self.notify_revision().into()),
            ("state", self.state().name().into()),
            ("created_at", self.created_at().into()),
            ("published_at", self.published_at().into()),
            ("updated_at", self.updated_at().into()),
        ];
        map.extend(given.map(|(name, value)| (name.to_owned(), value)));
        if self.state() == State::Retracted {
            map.insert("retracted_at".to_owned(), self.retracted_at().into());
            map.insert("retract_reason".to_owned(), self.retract_reason().into());
        }
        if let Value::Object(fields) = self.to_draft().to_json() {
            map.extend(fields);
        }
        Value::Object(map)
    }
}
