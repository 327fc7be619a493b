// placeholder until merged
use crate::error::Result;
use crate::model::Announcement;
use roaring::RoaringBitmap;
pub(crate) struct Planes<'a> {
    pub(crate) parts: Vec<(usize, &'a RoaringBitmap)>,
}
pub(crate) struct Found {
    pub(crate) exact: bool,
    pub(crate) slots: Option<RoaringBitmap>,
}
#[derive(Debug, Default)]
pub(crate) struct SearchIndex;
impl SearchIndex {
    pub(crate) fn insert(&mut self, _: u32, _: &Announcement) {}
    pub(crate) fn remove(&mut self, _: u32, _: &Announcement) {}
    pub(crate) fn heap_bytes(&self) -> usize {
        0
    }
    pub(crate) fn find(&self, _: &SearchQuery, _: &Planes<'_>) -> Found {
        Found {
            exact: false,
            slots: None,
        }
    }
}
pub(crate) struct SearchQuery(String);
impl SearchQuery {
    pub(crate) fn parse(q: &str) -> Result<Self> {
        Ok(Self(q.into()))
    }
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
pub(crate) fn matches(q: &SearchQuery, a: &Announcement, i: usize) -> bool {
    a.text(i).title.contains(&q.0)
}
pub(crate) fn hits(_: &SearchQuery, _: &Announcement, _: usize) -> u64 {
    0
}
