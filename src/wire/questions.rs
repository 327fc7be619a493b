//! Types of arguments: viewers, filters, pages, receipts and changes.

use crate::model::limits;
use std::collections::BTreeMap;

use serde::de::Deserializer;
use serde::ser::Serializer;
use serde_json::{Value, json};

use super::row::{Row, travels_as};
use super::table::objects;
use super::value::{Packed, Put, Taken, Wire};
use crate::error::Result;
use crate::model::json::{each, wrong_type};
use crate::model::{Locale, Severity, Viewer, WantedLocales, time};
use crate::query::{Filter, Order, Phase, Query, ReceiptQuery, TimeRange, View};

/// The members of a viewer.
pub(crate) struct Asking {
    user: String,
    locales: WantedLocales,
    attributes: BTreeMap<String, Vec<String>>,
    now: Instant,
}

/// An instant in Unix milliseconds that may be unset, which is 0 in JSON. There it may also be RFC 3339 text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Instant(pub Option<i64>);

objects! {
    Asking as "viewer" begins paths true {
        user: String = String::new(),
        locales: WantedLocales = WantedLocales::default(),
        attributes: BTreeMap<String, Vec<String>> = BTreeMap::new(),
        now: Instant = Instant(None),
    }

    Filter as "filter" {
        channels: Vec<String> = Vec::new(),
        categories: Vec<String> = Vec::new(),
        tags_any: Vec<String> = Vec::new(),
        tags_all: Vec<String> = Vec::new(),
        tags_none: Vec<String> = Vec::new(),
        severity_at_least: Option<Severity> = None,
        pinned: Option<bool> = None,
        ids: Vec<i64> = Vec::new(),
        keys: Vec<String> = Vec::new(),
        author: Option<String> = None,
        external_id: Option<String> = None,
        phase: Phase = Phase::Active,
        starts: TimeRange = TimeRange::default(),
        ends: TimeRange = TimeRange::default(),
        published: TimeRange = TimeRange::default(),
        updated: TimeRange = TimeRange::default(),
        changed_since: Option<i64> = None,
        has_locale: Option<Locale> = None,
        unread_only: bool = false,
        pending_only: bool = false,
        unacknowledged_only: bool = false,
        q: String = String::new(),
    }

    Query as "query" {
        viewer: Viewer = Viewer::anonymous(),
        view: View = View::Viewer,
        filter: Filter = Filter::default(),
        order: Order = Order::Default,
        limit: u32 = limits::DEFAULT_PAGE,
        cursor: Option<String> = None,
        counted: bool = true,
    }

    ReceiptQuery as "receipts" {
        id: i64,
        read_only: bool = false,
        acknowledged_only: bool = false,
        users: Option<Vec<String>> = None,
        limit: u32 = limits::DEFAULT_PAGE,
        cursor: Option<String> = None,
    }
}

travels_as! {
    Viewer: Asking,
}

impl Row<Viewer> for Asking {
    fn of(viewer: &Viewer) -> Self {
        Self {
            user: viewer.user.clone(),
            locales: viewer.locales.clone(),
            attributes: viewer.attributes.clone(),
            now: Instant(viewer.now),
        }
    }

    fn back(self) -> Result<Viewer> {
        Ok(Viewer {
            user: self.user,
            locales: self.locales,
            attributes: self.attributes,
            now: self.now.0,
        })
    }
}

/// An integer, or RFC 3339 text.
impl Wire for Instant {
    fn kind() -> String {
        "time".to_owned()
    }

    fn write(&self) -> Value {
        self.0.unwrap_or(0).into()
    }

    fn read(value: &Value) -> Result<Self> {
        Ok(Self(set(time("", value)?)))
    }
}

impl Packed for Instant {
    fn put<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        self.0.put(to)
    }

    fn take<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        <Option<i64> as Packed>::take(from).map(Self)
    }
}

/// A bound that may be none, for which JSON and the binary form have 0.
fn set(bound: i64) -> Option<i64> {
    Some(bound).filter(|bound| *bound != 0)
}

/// `[from, until]`, 0 being no bound.
impl Wire for TimeRange {
    fn kind() -> String {
        "span".to_owned()
    }

    fn write(&self) -> Value {
        json!([self.from.unwrap_or(0), self.until.unwrap_or(0)])
    }

    fn read(value: &Value) -> Result<Self> {
        match value.as_array().map(Vec::as_slice) {
            Some([_, _]) => {}
            _ => {
                let (en, zh) = (
                    "[from, until] in Unix milliseconds, 0 for no bound",
                    " [起, 止]，单位为 Unix 毫秒，0 表示不限",
                );
                return Err(wrong_type("", value, en, zh));
            }
        }
        match each("", value, |bound| time("", bound))?.as_slice() {
            [from, until] => Ok(Self::new(set(*from), set(*until))),
            _ => Ok(Self::default()),
        }
    }
}

impl Packed for TimeRange {
    fn put<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        let [from, until] = [self.from, self.until].map(Option::unwrap_or_default);
        serde::Serialize::serialize(&(Put(&from), Put(&until)), to)
    }

    fn take<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        let (Taken(from), Taken(until)) = serde::Deserialize::deserialize(from)?;
        Ok(Self::new(set(from), set(until)))
    }
}
