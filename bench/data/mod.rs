//! What is measured with: announcements that a seed decides, made up so that words, audiences and times are as
//! unevenly spread as they are in life.

pub(crate) mod audience;
pub(crate) mod frequency;
pub(crate) mod numbers;
mod text;
mod words;

use audience::Audience;
use numbers::Numbers;
use text::Language;

/// The present of all boards, in Unix milliseconds: 18 June 2026, 02:00 UTC.
pub(crate) const NOW: i64 = 1_781_748_000_000;

const HOUR: i64 = 3_600_000;

/// An announcement, as it is handed to every contestant.
#[derive(Debug, Clone)]
pub(crate) struct Announcement {
    pub(crate) locale: &'static str,
    pub(crate) title: String,
    pub(crate) summary: String,
    pub(crate) body: String,
    pub(crate) severity: i32,
    pub(crate) priority: i32,
    pub(crate) is_pinned: bool,
    pub(crate) starts_at: i64,
    /// 0 is for ever.
    pub(crate) ends_at: i64,
    pub(crate) channel: String,
    pub(crate) category: String,
    pub(crate) tags: Vec<String>,
    /// Its place among the audiences.
    pub(crate) audience: usize,
}

impl Announcement {
    /// The bytes of all its text.
    pub(crate) fn own_bytes(&self) -> usize {
        let tags: usize = self.tags.iter().map(String::len).sum();
        [
            self.locale,
            &self.title,
            &self.summary,
            &self.body,
            &self.channel,
            &self.category,
        ]
        .iter()
        .map(|text| text.len())
        .sum::<usize>()
            + tags
    }
}

/// Gives announcements, the same ones for the same seed.
#[derive(Debug)]
pub(crate) struct Data {
    seed: u64,
    languages: [(&'static str, Language); 2],
    audiences: Vec<Audience>,
    has_viewer: Vec<bool>,
}

impl Data {
    /// Announcements for `audiences` distinct audiences.
    pub(crate) fn new(seed: u64, audiences: usize) -> Self {
        let mut numbers = Numbers::new(seed);
        let languages = [
            ("zh-CN", Language::chinese(&mut numbers)),
            ("en", Language::english(&mut numbers)),
        ];
        let audiences = audience::audiences(&mut numbers, audiences);
        Self::of(seed, languages, audiences)
    }

    /// Announcements for just these audiences.
    pub(crate) fn with_audiences(seed: u64, audiences: Vec<Audience>) -> Self {
        let data = Self::new(seed, 1);
        Self::of(seed, data.languages, audiences)
    }

    fn of(seed: u64, languages: [(&'static str, Language); 2], audiences: Vec<Audience>) -> Self {
        Self {
            seed,
            languages,
            has_viewer: audiences.iter().map(audience::has_viewer).collect(),
            audiences,
        }
    }

    /// The conditions of an announcement.
    pub(crate) fn audience(&self, announcement: &Announcement) -> &[audience::Condition] {
        self.audiences
            .get(announcement.audience)
            .map_or(&[], Vec::as_slice)
    }

    /// Whether the viewer that asks is in its audience.
    pub(crate) fn is_for_viewer(&self, announcement: &Announcement) -> bool {
        self.has_viewer.get(announcement.audience) == Some(&true)
    }

    /// Whether that viewer sees it at `NOW`.
    pub(crate) fn is_visible(&self, announcement: &Announcement) -> bool {
        let is_over = announcement.ends_at != 0 && announcement.ends_at <= NOW;
        self.is_for_viewer(announcement) && announcement.starts_at <= NOW && !is_over
    }

    /// Announcement number `place`: about 1 KB of text.
    pub(crate) fn announcement(&self, place: usize) -> Announcement {
        let mut numbers =
            Numbers::new(self.seed ^ (place as u64 + 1).wrapping_mul(0xd134_2543_de82_ef95));
        let [chinese, english] = &self.languages;
        let (locale, language) = if numbers.per_mille(600) {
            chinese
        } else {
            english
        };
        let severity = match numbers.below(100) {
            0 => 4,
            1..10 => 3,
            10..30 => 2,
            _ => 1,
        };
        let starts_at = match numbers.below(100) {
            // Yet to start.
            0..5 => NOW + HOUR * (1 + numbers.below(1000) as i64),
            _ => NOW - 1 - HOUR * numbers.below(2000) as i64 - numbers.below(1000) as i64,
        };
        let ends_at = match numbers.below(100) {
            0..40 => 0,
            // Over already, most of them.
            40..50 => starts_at + HOUR * (1 + numbers.below(48) as i64),
            _ => starts_at.max(NOW) + HOUR * (1 + numbers.below(2000) as i64),
        };
        let audience = match numbers.below(100) {
            0..40 => 0,
            _ => numbers.below(self.audiences.len()),
        };
        Announcement {
            locale,
            title: language.text(&mut numbers, 45),
            summary: language.text(&mut numbers, 130),
            body: language.text(&mut numbers, 780),
            severity,
            priority: numbers.below(100) as i32,
            is_pinned: numbers.per_mille(1),
            starts_at,
            ends_at,
            channel: format!("channel-{}", numbers.below(10)),
            category: format!("category-{}", numbers.below(20)),
            tags: (0..numbers.below(3))
                .map(|tag| format!("tag-{}{tag}", numbers.below(40)))
                .collect(),
            audience,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_announcement_is_the_same_in_every_run_and_has_about_a_kilobyte() {
        let announcement = |seed| Data::new(seed, 60).announcement(7);
        assert_eq!(announcement(1).body, announcement(1).body);
        assert_ne!(announcement(1).body, announcement(2).body);
        let bytes = announcement(1).own_bytes();
        assert!((950..1150).contains(&bytes), "{bytes}");
    }

    #[test]
    fn there_is_what_the_viewer_sees_and_what_not() {
        let data = Data::new(1, 60);
        let all: Vec<_> = (0..1000).map(|place| data.announcement(place)).collect();
        let count = |is: &dyn Fn(&Announcement) -> bool| all.iter().filter(|one| is(one)).count();
        assert!((500..800).contains(&count(&|one| data.is_for_viewer(one))));
        assert!(count(&|one| one.starts_at > NOW) > 10);
        assert!(count(&|one| one.ends_at != 0 && one.ends_at <= NOW) > 10);
        assert!(count(&|one| one.locale == "en") > 300);
    }
}
