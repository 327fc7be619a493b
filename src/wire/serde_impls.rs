//! serde for values that a program may keep in its own configuration or messages.
//!
//! A human-readable format, such as JSON or TOML, uses the JSON form of docs/json.md, and reads it as
//! strictly. A binary format uses that page's binary form.

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};

use super::value::{Packed, Wire};
use crate::error::Error;
use crate::model::json::strict;
use crate::model::{
    Acknowledgement, ActionKind, Announcement, Audience, Draft, Format, Importance, Lifecycle,
    Locale, Mark, Operation, Outcome, Patch, Placement, Published, Severity, Viewer,
};
use crate::query::{
    ChangeEvent, ChangeKind, ChangePage, Compaction, Count, Explanation, Field, Filter, Finding,
    Head, HitRange, Item, Maintenance, Order, OwnMarks, Page, Phase, Problem, Query, ReceiptPage,
    ReceiptQuery, Rule, Stats, TimeRange, UserReceipt, Verification, View,
};

macro_rules! serde {
    ($($type:ty,)*) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
                match to.is_human_readable() {
                    true => self.write().serialize(to),
                    false => self.put(to),
                }
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
                match from.is_human_readable() {
                    true => Self::read(&strict(from)?).map_err(D::Error::custom),
                    false => Self::take(from),
                }
            }
        }
    )*};
}

serde! {
    Acknowledgement,
    ActionKind,
    Announcement,
    Audience,
    Importance,
    ChangeEvent,
    ChangeKind,
    ChangePage,
    Compaction,
    Count,
    Draft,
    Error,
    Explanation,
    Field,
    Filter,
    Finding,
    Format,
    Head,
    HitRange,
    Item,
    Locale,
    Maintenance,
    OwnMarks,
    Mark,
    Operation,
    Order,
    Outcome,
    Page,
    Patch,
    Phase,
    Placement,
    Problem,
    Published,
    Query,
    ReceiptPage,
    ReceiptQuery,
    Rule,
    Severity,
    Lifecycle,
    Stats,
    TimeRange,
    UserReceipt,
    Verification,
    View,
    Viewer,
}
