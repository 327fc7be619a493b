//! Generators of calls, plain answers and valid drafts.

use std::sync::Arc;

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value};

use crate::error::{Bilingual, Error, ErrorKind};
use crate::model::{
    Acknowledgement, Action, ActionKind, Audience, Condition, Draft, ExtrasText, Format,
    Importance, Lifecycle, Locale, Mark, Operation, Operator, Outcome, Patch, Placement, Published,
    Receipt, Reference, Severity, Stated, Text, Viewer,
};
use crate::query::{
    Checkup, Compaction, Count, Explanation, Fault, Filter, Finding, Head, Lint, LintRule,
    Maintenance, Order, OwnMarks, Phase, Problem, ReceiptPage, Rule, Stats, TimeRange, UserReceipt,
    Verification, View,
};
use crate::wire::{Answer, Call, Instant};

/// The largest integer that is exact in JSON.
const MAX: i64 = (1 << 53) - 1;

/// An optional value, which JSON writes as 0 or an empty text when it is unset.
fn set<T: Default + PartialEq>(value: T) -> Option<T> {
    Some(value).filter(|value| *value != T::default())
}

fn integer() -> impl Strategy<Value = i64> {
    prop_oneof![Just(0), Just(MAX), Just(-MAX), -9..9_i64, -MAX..=MAX]
}

fn natural() -> impl Strategy<Value = u64> {
    (0..=MAX).prop_map(i64::cast_unsigned)
}

fn texts() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(any::<String>(), 0..3)
}

/// Any JSON value that the strict reader accepts.
fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        integer().prop_map(Value::from),
        (-1e15..1e15).prop_map(Value::from),
        (-1.0..1.0).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn object() -> impl Strategy<Value = Map<String, Value>> {
    prop::collection::btree_map(any::<String>(), json(), 0..4)
        .prop_map(|members| members.into_iter().collect())
}

fn locale() -> impl Strategy<Value = Locale> {
    select(vec!["en", "zh-CN", "zh-Hant", "pt-BR", "sr-Latn-RS"])
        .prop_map(|tag| Locale::parse(tag).unwrap())
}

fn viewer() -> impl Strategy<Value = Viewer> {
    let attributes = prop::collection::btree_map(any::<String>(), texts(), 0..3);
    let locales = prop::collection::vec(locale(), 0..3);
    (
        any::<String>(),
        locales,
        attributes,
        prop::option::of(integer()),
    )
        .prop_map(|(user, locales, attributes, now)| {
            let attributes: BTreeMap<_, _> = attributes;
            Viewer {
                user,
                locales: locales.into_iter().collect(),
                attributes,
                now: now.and_then(set),
            }
        })
}

fn span() -> impl Strategy<Value = TimeRange> {
    (integer(), integer()).prop_map(|(from, until)| TimeRange::new(set(from), set(until)))
}

fn filter() -> impl Strategy<Value = Filter> {
    let lists = [texts(), texts(), texts(), texts(), texts(), texts()];
    let options = (
        prop::option::of(select(Severity::ALL)),
        any::<Option<bool>>(),
        prop::option::of(locale()),
        select(Phase::ALL),
    );
    let spans = [span(), span(), span(), span()];
    let plain = (
        prop::collection::vec(integer(), 0..3),
        integer(),
        any::<[bool; 3]>(),
        any::<[String; 3]>(),
    );
    (lists, options, spans, plain).prop_map(|(lists, options, spans, plain)| {
        let [channels, categories, tags_any, tags_all, tags_none, keys] = lists;
        let (severity_at_least, pinned, has_locale, phase) = options;
        let [starts, ends, published, updated] = spans;
        let (ids, changed_since, flags, names) = plain;
        let [unread_only, pending_only, unacknowledged_only] = flags;
        let [author, external_id, q] = names;
        Filter {
            channels,
            categories,
            tags_any,
            tags_all,
            tags_none,
            severity_at_least,
            pinned,
            ids,
            keys,
            author: set(author),
            external_id: set(external_id),
            phase,
            starts,
            ends,
            published,
            updated,
            changed_since: set(changed_since),
            has_locale,
            unread_only,
            pending_only,
            unacknowledged_only,
            q,
        }
    })
}

fn text(locale: String) -> impl Strategy<Value = Text> {
    (any::<[String; 3]>(), select(Format::ALL)).prop_map(move |(parts, format)| {
        let [title, summary, body] = parts;
        Text {
            locale: locale.clone(),
            title,
            summary,
            body,
            format,
        }
    })
}

fn condition() -> impl Strategy<Value = Condition> {
    (any::<[String; 2]>(), texts()).prop_map(|([attribute, operator], values)| Condition {
        attribute,
        operator: Operator::from_name(&operator),
        values,
    })
}

fn action() -> impl Strategy<Value = Action> {
    let label = prop::collection::btree_map(any::<String>(), any::<String>(), 0..3);
    (any::<[String; 2]>(), select(ActionKind::ALL), label).prop_map(|([id, value], kind, label)| {
        Action {
            id,
            kind,
            label: label.into_iter().collect(),
            value,
        }
    })
}

fn reference() -> impl Strategy<Value = Reference> {
    prop_oneof![
        integer().prop_map(Reference::Id),
        any::<String>().prop_map(Reference::Key),
    ]
}

/// Any draft, valid or not.
pub(super) fn draft() -> impl Strategy<Value = Draft> {
    let lists = (
        (text("en".to_owned()), text("zh-CN".to_owned()), 0..3_usize),
        prop::collection::vec(condition(), 0..3),
        prop::collection::vec(action(), 0..3),
        texts(),
        prop::collection::vec(reference(), 0..3),
        object(),
    );
    let numbers = (
        [integer(), integer(), integer(), integer()],
        any::<(i32, u32, u32, bool, bool, bool)>(),
        0..32_u32,
        select(Severity::ALL),
        prop::option::of(select(Importance::ALL)),
    );
    (lists, numbers, any::<[String; 8]>()).prop_map(|(lists, numbers, names)| {
        let ((en, zh, count), conditions, actions, tags, replaces, extras) = lists;
        let (times, plain, display, severity, change) = numbers;
        let [starts_at, ends_at, event_from, event_to] = times;
        let (priority, show_limit, show_interval_ms, pinned, dismissible, require_ack) = plain;
        let [
            key,
            channel,
            default_locale,
            category,
            author,
            source,
            external_id,
            request,
        ] = names;
        Draft {
            texts: [en, zh].into_iter().take(count).collect(),
            audience: audience(conditions),
            display: Placement::from_bits(display).unwrap(),
            extras,
            extras_text: ExtrasText::default(),
            key,
            channel,
            severity,
            priority,
            pinned,
            starts_at: set(starts_at),
            ends_at: set(ends_at),
            event_from: set(event_from),
            event_to: set(event_to),
            default_locale,
            dismissible,
            require_ack,
            show_limit: set(show_limit),
            show_interval_ms: set(show_interval_ms),
            actions,
            category,
            tags,
            replaces,
            author,
            source,
            external_id,
            quiet: dismissible,
            created_at: set(event_to),
            published_at: set(ends_at),
            change,
            idempotency_key: request,
            state: [None, Some(Lifecycle::Draft), Some(Lifecycle::Published)]
                [(display % 3) as usize],
            stated: Stated::from_text(if pinned {
                r#"{"id":7,"version":3}"#
            } else {
                ""
            })
            .unwrap(),
        }
    })
}

/// A patch that sets the fields of a draft, and resets or keeps the others.
fn patch() -> impl Strategy<Value = Patch> {
    (draft(), any::<bool>()).prop_map(|(draft, clears)| {
        let mut fields = draft.to_json();
        fields
            .as_object_mut()
            .unwrap()
            .shift_remove("idempotency_key");
        let texts = fields["texts"].as_object_mut().unwrap();
        texts.insert("de".to_owned(), Value::Null);
        if clears {
            for name in ["key", "ends_at", "dismissible", "tags", "change"] {
                fields[name] = Value::Null;
            }
        }
        Patch::from_value(&fields).unwrap()
    })
}

fn operation() -> impl Strategy<Value = Operation> {
    let version = prop::option::of(any::<u32>());
    let ids = (integer(), version);
    let more = (
        patch().prop_map(Box::new),
        prop::option::of(select(Importance::ALL)),
        any::<String>(),
    );
    (draft(), ids, more, 0..6).prop_map(|(draft, ids, more, which)| {
        let (id, if_version) = ids;
        let (patch, change, reason) = more;
        match which {
            0 => Operation::Publish(Arc::new(draft)),
            1 => Operation::Update {
                id,
                patch,
                if_version,
                change,
            },
            2 => Operation::Retract {
                id,
                reason,
                if_version,
            },
            3 => Operation::Restore { id, if_version },
            4 => Operation::Release { id, if_version },
            _ => Operation::Purge { id },
        }
    })
}

/// Any call, valid or not.
pub(super) fn call() -> impl Strategy<Value = Call> {
    let asked = (viewer(), select(View::ALL), filter(), select(Order::ALL));
    let more = (
        any::<u32>(),
        any::<String>(),
        any::<[bool; 2]>(),
        integer(),
        prop::option::of(integer()),
        any::<Option<u128>>(),
        prop::collection::vec(integer(), 0..4),
        select(Mark::ALL),
        natural(),
    );
    let operations = prop::collection::vec(operation(), 1..4);
    (asked, more, (operations, json()), 0..22).prop_map(
        |(asked, more, (mut operations, json), which)| {
            let (viewer, view, filter, order) = asked;
            let (limit, name, [one, other], id, up_to, epoch, ids, mark, ms) = more;
            match which {
                0 => operations.swap_remove(0).into(),
                1 => Call::Apply(operations),
                2 => Call::Query {
                    viewer,
                    view,
                    filter,
                    order,
                    limit,
                    cursor: name,
                    counted: one,
                },
                3 => Call::Count {
                    viewer,
                    view,
                    filter,
                },
                4 => Call::Get { id, viewer, view },
                5 => Call::Record { id },
                6 => Call::Explain { id, viewer, view },
                7 => Call::Mark {
                    viewer,
                    ids,
                    mark,
                    version: one.then_some(limit),
                    versions: if one { Vec::new() } else { vec![limit, 0] },
                    until: Instant(up_to.filter(|until| *until != 0)),
                },
                8 => Call::MarkAllRead {
                    viewer,
                    view,
                    filter,
                    up_to,
                },
                9 => Call::ForgetUser { user: name },
                10 => Call::Receipts {
                    id,
                    read_only: one,
                    acknowledged_only: other,
                    users: one.then(|| vec![name.clone(), String::new()]),
                    limit,
                    cursor: name,
                },
                11 => Call::Changes {
                    since: id,
                    epoch,
                    viewer,
                    view,
                    filter,
                    limit,
                },
                12 => Call::Wait {
                    since: id,
                    timeout_ms: ms,
                },
                13 => Call::Stats,
                14 => Call::Head,
                15 => Call::Maintain,
                16 => Call::Verify,
                17 => Call::Compact,
                18 => Call::MarkAll {
                    viewer,
                    view,
                    filter,
                    mark,
                    up_to,
                },
                19 => Call::Check(json),
                20 => Call::OwnMarks {
                    user: name,
                    since: ms,
                    epoch,
                    timeout_ms: ms,
                },
                _ => Call::Flush,
            }
        },
    )
}

/// Any error.
pub(super) fn error() -> impl Strategy<Value = Error> {
    let places = (any::<Option<String>>(), any::<Option<String>>());
    let numbers = (
        prop::option::of(0..1_usize << 31),
        prop::option::of(natural()),
    );
    (
        select(ErrorKind::ALL),
        any::<[String; 2]>(),
        places,
        numbers,
    )
        .prop_map(|(kind, [en, zh], (path, value), (offset, limit))| {
            Error::from_parts(crate::error::Parts {
                kind,
                path,
                value,
                offset,
                limit,
                reason: Bilingual::new(en, zh),
                source: Default::default(),
            })
        })
}

fn published() -> impl Strategy<Value = Published> {
    (
        integer(),
        any::<u32>(),
        integer(),
        select(Outcome::ALL),
        any::<bool>(),
    )
        .prop_map(|(id, version, revision, outcome, duplicate)| Published {
            id,
            version,
            revision,
            outcome,
            duplicate,
        })
}

/// The acknowledgement of an earlier version, if there may be one.
fn acknowledged_before(version: u32, at: i64) -> Vec<Acknowledgement> {
    let version = version / 2;
    let earlier = Acknowledgement { version, at };
    (version > 0).then_some(earlier).into_iter().collect()
}

fn receipts() -> impl Strategy<Value = ReceiptPage> {
    let one = (
        any::<String>(),
        any::<[u32; 6]>(),
        [(); 6].map(|()| integer()),
        any::<[bool; 3]>(),
    );
    let one = one.prop_map(|(user, versions, times, flags)| {
        let [
            seen_count,
            seen_version,
            read_version,
            dismissed_version,
            acknowledged_version,
            snoozed_version,
        ] = versions;
        let [
            first_seen_at,
            last_seen_at,
            read_at,
            dismissed_at,
            acknowledged_at,
            snoozed_until,
        ] = times;
        let [is_read, by_read_all, is_acknowledged] = flags;
        UserReceipt {
            user,
            receipt: Receipt {
                seen_count,
                seen_version,
                first_seen_at,
                last_seen_at,
                read_version,
                read_at,
                dismissed_version,
                dismissed_at,
                acknowledged_version,
                acknowledged_at,
                snoozed_version,
                snoozed_until,
                earlier: acknowledged_before(acknowledged_version, read_at),
            },
            is_read,
            by_read_all,
            is_acknowledged,
        }
    });
    let many = prop::collection::vec(one, 0..3);
    (many, natural(), natural(), any::<Option<String>>()).prop_map(
        |(receipts, read, acknowledged, next_cursor)| ReceiptPage {
            receipts,
            read,
            acknowledged,
            next_cursor,
        },
    )
}

/// An audience of these conditions, in lists if there are many.
fn audience(conditions: Vec<Condition>) -> Audience {
    match conditions.as_slice() {
        [first, second, others @ ..] => Audience::everyone()
            .or([first.clone()])
            .or([second.clone()])
            .except(others.iter().cloned()),
        _ => conditions.into(),
    }
}

fn stats() -> impl Strategy<Value = Stats> {
    let times = [integer(), integer(), integer()];
    (times, any::<u128>(), prop::array::uniform20(natural())).prop_map(
        |([revision, created_at, oldest_revision], epoch, figures)| {
            let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t] = figures;
            Stats {
                revision,
                epoch,
                created_at,
                announcements: a,
                active: b,
                scheduled: c,
                expired: d,
                retracted: e,
                drafts: e,
                audiences: f,
                unknown_conditions: g,
                unreadable_versions: r,
                unreadable_numbers: s,
                unreadable_locales: t,
                users: h,
                receipts: i,
                idempotency_keys: j,
                changes: k,
                oldest_revision,
                text_bytes: l,
                memory_bytes: m,
                search_bytes: n,
                unsearched: o,
                shelved: p,
                file_bytes: q,
                staleness_ms: q / 3,
                lost_entries: p / 3,
                reloads: o / 3,
            }
        },
    )
}

/// Any answer without an announcement.
pub(super) fn plain_answer() -> impl Strategy<Value = Answer> {
    let words = || any::<[String; 2]>().prop_map(|[en, zh]| Bilingual::new(en, zh));
    let finding = (select(Rule::ALL), words()).prop_map(|(rule, words)| Finding { rule, words });
    let findings = prop::collection::vec(finding, 0..3);
    let problem = (any::<String>(), words()).prop_map(|(place, reason)| Problem { place, reason });
    let problems = prop::collection::vec(problem, 0..3);
    let fault = (0..9_usize, error()).prop_map(|(draft, error)| Fault::new(draft, error));
    let faults = prop::collection::vec(fault, 0..3);
    let lint = (
        0..9_usize,
        select(LintRule::ALL),
        any::<String>(),
        words(),
        words(),
    );
    let lint = lint
        .prop_map(|(draft, rule, path, words, remedy)| Lint::new(draft, rule, path, words, remedy));
    let lints = prop::collection::vec(lint, 0..3);
    let number = || prop::option::of(natural());
    let count = (
        number(),
        number(),
        [integer(), integer(), integer()],
        any::<u128>(),
    );
    prop_oneof![
        error().prop_map(Answer::Error),
        published().prop_map(Answer::Published),
        prop::collection::vec(published(), 0..4).prop_map(Answer::Applied),
        count.prop_map(|(total, unread, [revision, now, next_change_at], epoch)| {
            Answer::Count(Count {
                total,
                unread,
                revision,
                epoch,
                now,
                next_change_at: set(next_change_at),
            })
        }),
        ([integer(), integer()], any::<[bool; 2]>(), findings).prop_map(
            |([id, next_change_at], [visible, pending], findings)| {
                Answer::Explanation(Explanation {
                    id,
                    visible,
                    pending,
                    findings,
                    next_change_at: set(next_change_at),
                })
            }
        ),
        receipts().prop_map(Answer::ReceiptPage),
        stats().prop_map(|stats| Answer::Stats(Box::new(stats))),
        (any::<u128>(), integer(), natural())
            .prop_map(|(epoch, revision, seq)| Answer::Head(Head::new(epoch, revision, seq))),
        [natural(), natural(), natural()].prop_map(|[purged, changes, keys]| {
            Answer::Maintenance(Maintenance {
                purged,
                changes_dropped: changes,
                idempotency_keys_dropped: keys,
            })
        }),
        (natural(), problems).prop_map(|(records, problems)| {
            Answer::Verification(Verification { records, problems })
        }),
        [natural(), natural()]
            .prop_map(|[before, after]| Answer::Compaction(Compaction { before, after })),
        (
            natural(),
            any::<u128>(),
            any::<bool>(),
            prop::collection::vec(integer(), 0..3)
        )
            .prop_map(|(revision, epoch, all, changed)| {
                Answer::OwnMarks(OwnMarks {
                    revision,
                    epoch,
                    all,
                    changed,
                })
            }),
        Just(Answer::Done),
        integer().prop_map(|revision| Answer::Revision { revision }),
        any::<bool>().prop_map(|forgotten| Answer::Forgotten { forgotten }),
        (faults, lints, any::<bool>()).prop_map(|(faults, lints, more)| {
            Answer::Checkup(Checkup {
                faults,
                lints,
                more,
            })
        }),
    ]
}

/// A draft that any board accepts.
pub(super) fn valid_draft() -> impl Strategy<Value = Draft> {
    let words = "[a-z 公告]{1,40}";
    let texts = (
        "[a-z公]{1,9}",
        words,
        words,
        select(Format::ALL),
        1..3_usize,
    );
    let plain = (
        -1000..=1000,
        any::<(u32, u32, bool, bool, bool)>(),
        0..32_u32,
    );
    let names = (
        select(vec!["", "more"]),
        prop::collection::btree_set("[a-z]{1,9}", 0..3),
    );
    let extras = prop::collection::btree_map("[a-z]{1,4}", -5..5_i64, 0..3);
    (texts, plain, names, extras, select(Severity::ALL)).prop_map(
        |(texts, plain, names, extras, severity)| {
            let (title, summary, body, format, count) = texts;
            let (priority, (show_limit, interval, pinned, dismissible, require_ack), display) =
                plain;
            let (action, tags) = names;
            let text = |locale: &str| Text {
                locale: locale.to_owned(),
                title: title.clone(),
                summary: summary.clone(),
                body: body.clone(),
                format,
            };
            let action = Action {
                id: action.to_owned(),
                kind: ActionKind::Copy,
                label: vec![("en".to_owned(), "More".to_owned())],
                value: "x".to_owned(),
            };
            Draft {
                texts: ["en", "zh-CN"].into_iter().take(count).map(text).collect(),
                display: Placement::from_bits(display).unwrap(),
                extras: extras
                    .into_iter()
                    .map(|(name, n)| (name, n.into()))
                    .collect(),
                severity,
                priority,
                pinned,
                dismissible,
                require_ack,
                show_limit: set(show_limit),
                show_interval_ms: set(interval),
                actions: Some(action)
                    .filter(|action| !action.id.is_empty())
                    .into_iter()
                    .collect(),
                tags: tags.into_iter().collect(),
                ..Draft::default()
            }
        },
    )
}
