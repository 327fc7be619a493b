//! Index by announcement: which users have state for it.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use roaring::RoaringBitmap;

use super::user::User;
use crate::journal::{KeptReceipt, Watermark};
use crate::model::{Announcement, Lifecycle, PreparedViewer, Receipt, USER, Viewer};
use crate::number_map::NumberMap;

/// Milliseconds, as a power of two, within which watermarks of the same revision are kept together:
/// about an hour. Only the users of one such hour are looked at one by one.
const TOGETHER: u32 = 22;

/// Numbers of users by announcement and by watermark.
///
/// It is built when somebody asks for it, and follows each change from then on.
#[derive(Debug, Default)]
pub(super) struct Readers {
    of: NumberMap<i64, OfOne>,
    /// Number of pairs of a user and an announcement.
    pairs: usize,
    /// Users with a watermark, by the address of what its viewer said, which all of them share.
    watermarks: NumberMap<usize, Alike>,
}

/// Users whose watermarks are of viewers that said the same.
#[derive(Debug, Default, PartialEq)]
struct Alike {
    viewer: Option<Arc<Viewer>>,
    /// By revision and instant.
    numbers: BTreeMap<(i64, i64), RoaringBitmap>,
}

/// Users with state for one announcement.
#[derive(Debug, Default)]
struct OfOne {
    /// Those with a receipt.
    receipts: RoaringBitmap,
    /// Those who marked it as unread.
    unread: RoaringBitmap,
    /// Made when somebody asks who has read it.
    verdict: OnceLock<Box<Verdict>>,
}

/// Users who have done something since the announcement last was news.
#[derive(Debug, PartialEq)]
struct Verdict {
    /// Version that was news.
    notify_version: u32,
    read: RoaringBitmap,
    acknowledged: RoaringBitmap,
}

/// Answer about one announcement.
#[derive(Debug, Default)]
pub(crate) struct ReadersOf {
    /// Users of whom there is something to tell.
    pub(crate) all: RoaringBitmap,
    /// Those who have read it since it last was news.
    pub(crate) read: RoaringBitmap,
    /// Those whose watermark covers it.
    pub(crate) by_all: RoaringBitmap,
    /// Those who have acknowledged it since it last was news.
    pub(crate) acknowledged: RoaringBitmap,
}

impl Readers {
    /// Builds the index.
    pub(super) fn new<'a>(users: impl Iterator<Item = (u32, &'a User)>) -> Self {
        let mut readers = Self::default();
        for (number, user) in users {
            readers.insert_watermark(number, user.watermark());
            for (id, kept) in user.marks.iter() {
                let of = readers.of.entry(id).or_default();
                // Numbers ascend.
                if !kept.receipt.is_empty() && of.receipts.try_push(number).is_ok() {
                    readers.pairs += 1;
                }
                if kept.is_unread && of.unread.try_push(number).is_ok() {
                    readers.pairs += 1;
                }
            }
        }
        readers
    }

    /// Adds a user without marks.
    pub(super) fn insert_watermark(&mut self, number: u32, watermark: Option<&Watermark>) {
        let Some(watermark) = watermark else { return };
        let alike = self.watermarks.entry(address(watermark)).or_default();
        alike.viewer.clone_from(&watermark.viewer);
        let together = alike.numbers.entry(place(watermark)).or_default();
        together.insert(number);
    }

    /// Removes a user from those with `watermark`.
    pub(super) fn remove_watermark(&mut self, number: u32, watermark: Option<&Watermark>) {
        let Some(watermark) = watermark else { return };
        let (address, place) = (address(watermark), place(watermark));
        let Some(alike) = self.watermarks.get_mut(&address) else {
            return;
        };
        if let Some(together) = alike.numbers.get_mut(&place) {
            together.remove(number);
            if together.is_empty() {
                alike.numbers.remove(&place);
            }
        }
        if alike.numbers.is_empty() {
            self.watermarks.remove(&address);
        }
    }

    /// Removes a user with everything.
    pub(super) fn remove_user(&mut self, number: u32, user: &User) {
        self.remove_watermark(number, user.watermark());
        for id in user.marks.ids() {
            self.change(number, id, &KeptReceipt::default());
        }
    }

    /// Follows a change of a user's state for an announcement.
    pub(super) fn change(&mut self, number: u32, id: i64, to: &KeptReceipt) {
        let of = self.of.entry(id).or_default();
        for (numbers, is_in) in [
            (&mut of.receipts, !to.receipt.is_empty()),
            (&mut of.unread, to.is_unread),
        ] {
            match (set(numbers, number, is_in), is_in) {
                (true, true) => self.pairs += 1,
                (true, false) => self.pairs -= 1,
                (false, _) => {}
            }
        }
        if let Some(verdict) = of.verdict.get_mut() {
            verdict.change(number, &to.receipt);
        }
        if of.receipts.is_empty() && of.unread.is_empty() {
            self.of.remove(&id);
        }
    }

    /// Follows a change of an announcement.
    pub(super) fn renew(&mut self, announcement: &Announcement) {
        if let Some(of) = self.of.get_mut(&announcement.id())
            && let Some(verdict) = of.verdict.get()
            && verdict.notify_version != announcement.notify_version()
        {
            of.verdict.take();
        }
    }

    /// Returns the users with state for an announcement.
    pub(super) fn touched_by(&self, id: i64) -> RoaringBitmap {
        let of = self.of.get(&id);
        of.map(|of| &of.receipts | &of.unread).unwrap_or_default()
    }

    /// Returns the users whose watermark covers an announcement.
    pub(super) fn covering<'a>(
        &self,
        announcement: &Announcement,
        user: impl Fn(u32) -> Option<(&'a str, &'a User)>,
    ) -> RoaringBitmap {
        let audience = announcement.audience();
        let compiled = audience.compile_lossy(&announcement.seed());
        let asks_for_user = compiled.asks().any(|(name, _)| name == USER);
        let mut all = RoaringBitmap::new();
        for alike in self.watermarks.values() {
            let is_admitted = |name: &str| match alike.viewer.as_deref() {
                None => true,
                Some(said) => {
                    let mut viewer = said.clone();
                    name.clone_into(&mut viewer.user);
                    compiled.matches(&PreparedViewer::new(&viewer))
                }
            };
            if !asks_for_user && !is_admitted("") {
                continue;
            }
            let covers = |number: &u32| {
                user(*number).is_some_and(|(name, user)| {
                    let watermark = user.watermark();
                    watermark.is_some_and(|watermark| watermark.covers(announcement))
                        && (!asks_for_user || is_admitted(name))
                })
            };
            for (at, together) in alike
                .numbers
                .range((announcement.notify_revision(), i64::MIN)..)
            {
                match spans(announcement, at.1) {
                    Some(true) if !asks_for_user => all |= together,
                    Some(false) => {}
                    _ => all.extend(together.iter().filter(covers)),
                }
            }
        }
        all
    }

    /// Returns who has read and acknowledged an announcement.
    pub(super) fn of<'a>(
        &self,
        announcement: &Announcement,
        user: impl Fn(u32) -> Option<(&'a str, &'a User)>,
    ) -> ReadersOf {
        let mut by_all = self.covering(announcement, &user);
        let Some(of) = self.of.get(&announcement.id()) else {
            return ReadersOf {
                all: by_all.clone(),
                read: by_all.clone(),
                by_all,
                acknowledged: RoaringBitmap::new(),
            };
        };
        by_all -= &of.unread;
        let verdict = of.verdict.get_or_init(|| {
            let mut verdict = Verdict::new(announcement.notify_version());
            for number in &of.receipts {
                if let Some((_, user)) = user(number) {
                    verdict.change(number, &user.kept(announcement.id()).receipt);
                }
            }
            Box::new(verdict)
        });
        ReadersOf {
            all: &of.receipts | &by_all,
            read: &by_all | &verdict.read,
            by_all,
            acknowledged: verdict.acknowledged.clone(),
        }
    }

    /// Estimates the bytes on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        // Two bytes in a bitmap of those with state, and mostly in another one of those who have read it.
        self.pairs * 4
            + self.of.len() * size_of::<(i64, OfOne)>()
            + self.watermarks.len() * size_of::<(usize, Alike)>()
    }

    /// Reports whether `made`, which was just built, has the same users.
    pub(super) fn is_same(&self, made: &Self) -> bool {
        let is_same = |(id, of): (&i64, &OfOne)| {
            made.of
                .get(id)
                .is_some_and(|made| of.receipts == made.receipts && of.unread == made.unread)
        };
        self.watermarks == made.watermarks
            && self.of.len() == made.of.len()
            && self.pairs == made.pairs
            && self.of.iter().all(is_same)
    }
}

impl Verdict {
    fn new(notify_version: u32) -> Self {
        Self {
            notify_version,
            read: RoaringBitmap::new(),
            acknowledged: RoaringBitmap::new(),
        }
    }

    fn change(&mut self, number: u32, to: &Receipt) {
        let since = |version: u32| !to.is_empty() && version >= self.notify_version;
        let (is_read, is_acknowledged) = (since(to.read_version), since(to.acknowledged_version));
        set(&mut self.read, number, is_read);
        set(&mut self.acknowledged, number, is_acknowledged);
    }
}

/// Adds or removes a number, and returns whether that changed anything.
fn set(numbers: &mut RoaringBitmap, number: u32, is_in: bool) -> bool {
    match is_in {
        true => numbers.insert(number),
        false => numbers.remove(number),
    }
}

/// Reports whether watermarks of one hour cover an announcement, as far as times decide; None if it depends
/// on each.
fn spans(announcement: &Announcement, hour: i64) -> Option<bool> {
    let starts = announcement.starts_at() >> TOGETHER;
    let ends = announcement.ends_at().map(|end| end >> TOGETHER);
    let is_retracted = announcement.state() == Lifecycle::Retracted;
    match hour.cmp(&starts) {
        _ if announcement.state() == Lifecycle::Draft => Some(false),
        std::cmp::Ordering::Less => Some(false),
        // The first moment that a watermark stands for is not after its last one.
        std::cmp::Ordering::Greater if !is_retracted && ends.is_none_or(|ends| hour < ends) => {
            Some(true)
        }
        _ => None,
    }
}

fn place(watermark: &Watermark) -> (i64, i64) {
    (watermark.revision, watermark.at >> TOGETHER)
}

fn address(watermark: &Watermark) -> usize {
    let viewer = watermark.viewer.as_ref();
    viewer.map_or(0, |viewer| Arc::as_ptr(viewer).addr())
}
