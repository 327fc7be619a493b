//! Relevance of a match.

use super::matcher::{fields, with_normalised};
use super::query_text::SearchQuery;
use crate::model::Announcement;
use crate::query::Field;

impl Field {
    /// Weight of one hit in this field, as documented in docs/announcements.md.
    const fn weight(self) -> u64 {
        match self {
            Self::Title => 8,
            Self::Tag | Self::Key => 4,
            Self::Summary => 2,
            Self::Body => 1,
        }
    }
}

/// Returns the weighted number of hits of all wanted terms. Hits of one term do not overlap.
pub(crate) fn hits(query: &SearchQuery, announcement: &Announcement, text_index: usize) -> u64 {
    let in_field = |(field, text): (Field, &str)| {
        with_normalised(text, |normal| {
            let of_clauses = query
                .wanted()
                .filter(|clause| clause.concerns(field))
                .map(|clause| clause.needle.hits(normal).count() as u64);
            field.weight() * of_clauses.sum::<u64>()
        })
    };
    fields(announcement, text_index).map(in_field).sum()
}

#[cfg(test)]
mod tests {
    use super::super::oracle::announcement;
    use super::*;
    use crate::model::{Draft, Text};

    fn hits_of(q: &str) -> u64 {
        let text = Text::new("zh-CN", "维护 维护")
            .summary("系统维护")
            .body("维护维护，维护。Windows winter");
        let mut draft = Draft::from_text(text);
        draft.tags = vec!["维护".into(), "win".into()];
        draft.key = "win/1".into();
        hits(&SearchQuery::parse(q).unwrap(), &announcement(&draft), 0)
    }

    #[test]
    fn each_hit_has_the_weight_of_its_field() {
        assert_eq!(hits_of("维护"), 2 * 8 + 4 + 2 + 3);
        assert_eq!(hits_of("win"), 2 + 4 + 4);
        assert_eq!(hits_of("维护 win"), hits_of("维护") + hits_of("win"));
    }

    #[test]
    fn only_the_field_asked_for_counts_and_exclusions_do_not() {
        assert_eq!(hits_of("title:维护"), 16);
        assert_eq!(hits_of("tag:win -火星"), 4);
        assert_eq!(hits_of("-火星"), 0);
    }
}
