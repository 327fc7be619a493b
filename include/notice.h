/*
 * notice.h: an announcement engine to link.
 *
 * A program asks "which announcements should this person see now?" and has the answer in microseconds, from a
 * board in its own process.
 *
 *     NoticeBoard *board;
 *     notice_open("mem:", 4, NULL, &board);
 *
 *     NoticeText text = {0};
 *     text.locale = notice_str("en");
 *     text.title = notice_str("Maintenance tonight");
 *     NoticeDraft draft = NOTICE_DRAFT_INIT;
 *     draft.texts = &text;
 *     draft.text_count = 1;
 *     notice_publish(board, &draft, NULL);
 *
 *     NoticeQuery query = NOTICE_QUERY_INIT;
 *     NoticeArray array;
 *     if (notice_query(board, &query, &array) == NOTICE_OK) {
 *         for (size_t i = 0; i < array.len; i++)
 *             puts(array.items[i].title.ptr);
 *         notice_free(&array);
 *     }
 *     notice_close(board);
 *
 * Conventions
 *
 * Results   A function that can fail returns a status: NOTICE_OK, or what was wrong. Outputs are written on
 *           success only; on NOTICE_TOO_SMALL just the size that is needed is. A parameter that may be NULL is
 *           documented so; any other that is NULL is NOTICE_INVALID_FIELD.
 * Errors    notice_last_error has the message of the thread's last failure in English and Chinese,
 *           notice_last_error_path the field or parameter, notice_last_error_info the byte offset and the limit.
 * Text      UTF-8, as pointer and length. In: {NULL, 0} is empty, no NUL is needed behind the text and none is
 *           allowed in it. Out: there is a NUL behind the text, which the length does not count, and the pointer
 *           is never NULL. A size that a buffer for text must have counts the NUL.
 * Lists     Pointer and count. {NULL, 0} is empty. Nothing that is handed in has to be aligned.
 * Ownership What is handed in is only read during the call. An array of notice_query or notice_get is the caller's
 *           and goes back with notice_free, one of notice_changes with notice_changes_free, one of notice_receipts
 *           with notice_receipts_free; none depends on the board. The one of notice_query_into lies in the caller's
 *           buffer. Nothing else is handed out but static text.
 * Threads   Every function may be called from every thread at any time, except where it says otherwise; a board
 *           may be used by all of them at once.
 * Growth    An input structure begins with struct_size, which the NOTICE_..._INIT macros set. A library that is
 *           newer takes an older structure, with the newer fields at 0, their default. One that is older takes a
 *           newer structure as long as the fields that it does not know are 0, and otherwise returns
 *           NOTICE_UNSUPPORTED. Structures that are handed out never change within a SONAME. Numbers of constants
 *           never change; there may be more of them.
 * Files     A function that changes a board which is kept in a file may also return NOTICE_IO, NOTICE_READ_ONLY,
 *           NOTICE_LOCKED or NOTICE_CORRUPT, with the file in the message. Nothing is changed then, unless the message
 *           says that this will show when the board is opened again; reading goes on, and the next change tries the
 *           file anew. Paths are UTF-8.
 * Defects   A panic inside the library becomes NOTICE_PANIC and never unwinds into the caller. It is reported on
 *           standard error by the Rust runtime; otherwise the library prints nothing.
 */

#ifndef NOTICE_H
#define NOTICE_H


/* Written by build.rs from ffi/c and ffi/cbindgen.toml. Changes belong there. */

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The release of this header; notice_version() is that of the library. */
#define NOTICE_VERSION_MAJOR 0
#define NOTICE_VERSION_MINOR 1
#define NOTICE_VERSION_PATCH 0
#define NOTICE_VERSION "0.1.0"


/// Done.
#define NOTICE_OK 0

/// There is no such announcement, or this viewer may not see it.
#define NOTICE_NOT_FOUND 1

/// Something of that name is already there.
#define NOTICE_EXISTS 2

/// The announcement has another version than the caller expected.
#define NOTICE_VERSION_CONFLICT 3

/// The idempotency key was used before, with another request.
#define NOTICE_IDEMPOTENCY_CONFLICT 4

/// A field or an argument has a value that is not allowed.
#define NOTICE_INVALID_FIELD 5

/// A value is larger than its limit.
#define NOTICE_TOO_LARGE 6

/// The cursor is damaged, or belongs to another query.
#define NOTICE_BAD_CURSOR 7

/// The requested part of the change feed is no longer kept.
#define NOTICE_COMPACTED 8

/// The board is not the one that the caller followed.
#define NOTICE_EPOCH_MISMATCH 9

/// The revision is one that the board has not reached.
#define NOTICE_FUTURE_REVISION 10

/// The announcement is in a state that does not allow this.
#define NOTICE_BAD_STATE 11

/// The board can only be read.
#define NOTICE_READ_ONLY 12

/// The board's file is open already, in this process or another.
#define NOTICE_LOCKED 13

/// Stored data is damaged.
#define NOTICE_CORRUPT 14

/// The operating system reported an error.
#define NOTICE_IO 15

/// The memory budget is used up, or there is no memory.
#define NOTICE_OVER_BUDGET 16

/// The board cannot be reached now.
#define NOTICE_UNAVAILABLE 17

/// The time limit ran out.
#define NOTICE_TIMED_OUT 18

/// The caller may not do this.
#define NOTICE_UNAUTHORIZED 19

/// This build or this kind of board cannot do this.
#define NOTICE_UNSUPPORTED 20

/// A write broke off by a defect; the board refuses writes until it is opened again, and can be read.
#define NOTICE_POISONED 21

/// A defect in the library was caught at its boundary.
#define NOTICE_PANIC 22

/// The caller's buffer is too small; how large it has to be was written.
#define NOTICE_TOO_SMALL 23

/// No severity at all.
#define NOTICE_SEVERITY_NONE 0

/// For information; what NOTICE_DRAFT_INIT sets.
#define NOTICE_SEVERITY_INFO 1

/// Worth noticing.
#define NOTICE_SEVERITY_NOTICE 2

/// A warning.
#define NOTICE_SEVERITY_WARNING 3

/// Critical.
#define NOTICE_SEVERITY_CRITICAL 4

/// On the board, subject to its times and its audience.
#define NOTICE_STATE_PUBLISHED 0

/// Taken back: hidden from every viewer.
#define NOTICE_STATE_RETRACTED 1

/// The body is plain text.
#define NOTICE_FORMAT_TEXT 0

/// The body is Markdown (CommonMark).
#define NOTICE_FORMAT_MARKDOWN 1

/// The action opens its value, an http, https or mailto address.
#define NOTICE_ACTION_URL 0

/// The action copies its value.
#define NOTICE_ACTION_COPY 1

/// The action does whatever the application makes of its value.
#define NOTICE_ACTION_CUSTOM 2

/// Nothing is said: a change of a title, a body, the severity, a time or the audience is news.
#define NOTICE_CHANGE_DEFAULT 0

/// A correction: whoever has read the announcement has still read it.
#define NOTICE_CHANGE_MINOR 1

/// News: the announcement is unread and undismissed again.
#define NOTICE_CHANGE_MAJOR 2

/// There was no announcement of that key, or the draft has no key.
#define NOTICE_OUTCOME_CREATED 0

/// The announcement of that key was changed.
#define NOTICE_OUTCOME_UPDATED 1

/// The announcement of that key was just so already.
#define NOTICE_OUTCOME_UNCHANGED 2

/// It was taken back.
#define NOTICE_OUTCOME_RETRACTED 3

/// It was published again after it had been taken back.
#define NOTICE_OUTCOME_RESTORED 4

/// It was erased.
#define NOTICE_OUTCOME_PURGED 5

/// It was shown, such as in a popup: counts towards its show limit.
#define NOTICE_MARK_SEEN 0

/// It was read.
#define NOTICE_MARK_READ 1

/// Undoes reading, also by notice_mark_all_read.
#define NOTICE_MARK_UNREAD 2

/// It is not to be shown again: read as well, and no longer pending.
#define NOTICE_MARK_DISMISS 3

/// Undoes dismissing.
#define NOTICE_MARK_RESTORE 4

/// It was acknowledged: read as well.
#define NOTICE_MARK_ACKNOWLEDGE 5

/// Undoes acknowledging.
#define NOTICE_MARK_UNACKNOWLEDGE 6

/// It was published, for the first time or again.
#define NOTICE_KIND_PUBLISHED 0

/// It was changed, and is news.
#define NOTICE_KIND_UPDATED 1

/// It was changed, and is no news; or another one covers or uncovers it.
#define NOTICE_KIND_UPDATED_MINOR 2

/// It was taken back.
#define NOTICE_KIND_RETRACTED 3

/// It is gone for good.
#define NOTICE_KIND_PURGED 4

/// No rule hides it: it is on the viewer's board.
#define NOTICE_RULE_VISIBLE 0

/// It is retracted.
#define NOTICE_RULE_RETRACTED 1

/// Its start is still to come.
#define NOTICE_RULE_SCHEDULED 2

/// Its end is over.
#define NOTICE_RULE_EXPIRED 3

/// The viewer is not in its audience.
#define NOTICE_RULE_AUDIENCE 4

/// Another one that the viewer sees replaces it.
#define NOTICE_RULE_SUPERSEDED 5

/// It is on the board, but dismissed: not pending.
#define NOTICE_RULE_DISMISSED 6

/// It is on the board, but was shown as often as it may be: not pending.
#define NOTICE_RULE_SHOW_LIMIT 7

/// It is on the board, but was shown too short a while ago: not pending.
#define NOTICE_RULE_SHOW_INTERVAL 8

/// The title.
#define NOTICE_FIELD_TITLE 0

/// The summary.
#define NOTICE_FIELD_SUMMARY 1

/// The body.
#define NOTICE_FIELD_BODY 2

/// The board as a viewer sees it: what is active and meant for this viewer.
#define NOTICE_VIEW_VIEWER 0

/// The board as an editor sees it: whatever the audience, and hidden announcements too.
#define NOTICE_VIEW_EDITOR 1

/// Pinned, severity, priority, start, id: all descending.
#define NOTICE_ORDER_DEFAULT 0

/// What became visible last comes first.
#define NOTICE_ORDER_NEWEST 1

/// What became visible first comes first.
#define NOTICE_ORDER_OLDEST 2

/// What ends first comes first, and what never ends last.
#define NOTICE_ORDER_ENDING_SOON 3

/// Only with search text: the best hits first, then as in the default order.
#define NOTICE_ORDER_RELEVANCE 4

/// Visible now.
#define NOTICE_PHASE_ACTIVE 0

/// Its start is still to come. Needs NOTICE_VIEW_EDITOR, as the phases below do.
#define NOTICE_PHASE_SCHEDULED 1

/// Its end is over.
#define NOTICE_PHASE_EXPIRED 2

/// Taken back.
#define NOTICE_PHASE_RETRACTED 3

/// Any of these.
#define NOTICE_PHASE_ANY 4

/// NoticeQuery::pinned: pinned or not.
#define NOTICE_PINNED_ANY 0

/// NoticeQuery::pinned: only what is pinned.
#define NOTICE_PINNED_ONLY 1

/// NoticeQuery::pinned: only what is not pinned.
#define NOTICE_PINNED_NOT -1

/// Flag of an item and of a draft: before everything else on the board.
#define NOTICE_PINNED 1

/// Flag of an item: a viewer may dismiss it.
#define NOTICE_DISMISSIBLE 2

/// Flag of an item and of a draft: a viewer must acknowledge it.
#define NOTICE_REQUIRE_ACK 4

/// Flag of an item: its text is in none of the locales that were asked for.
#define NOTICE_IS_FALLBACK 8

/// Flag of an item and of a receipt: the viewer has read it since it last was news.
#define NOTICE_READ 16

/// Flag of an item: the viewer has dismissed it since it last was news.
#define NOTICE_DISMISSED 32

/// Flag of an item and of a receipt: the viewer has acknowledged it since it last was news.
#define NOTICE_ACKNOWLEDGED 64

/// Flag of an item: it is to be shown to the viewer now, such as in a popup.
#define NOTICE_PENDING 128

/// Flag of a receipt: it is read only because the user marked everything read.
#define NOTICE_READ_BY_ALL 256

/// Flag of an item: something stands before its snippet.
#define NOTICE_CUT_BEFORE 512

/// Flag of an item: something stands after its snippet.
#define NOTICE_CUT_AFTER 1024

/// Flag of a draft: a viewer may not dismiss it.
#define NOTICE_NOT_DISMISSIBLE 65536

/// Show it in the list of announcements; what a draft means that says nothing.
#define NOTICE_DISPLAY_LIST 1

/// Show it as a banner.
#define NOTICE_DISPLAY_BANNER 2

/// Show it as a popup.
#define NOTICE_DISPLAY_POPUP 4

/// Show it in the ticker.
#define NOTICE_DISPLAY_TICKER 8

/// Show it as a badge, a dot or a number.
#define NOTICE_DISPLAY_BADGE 16

/// In a draft, alone: nowhere in particular. An item has 0 then.
#define NOTICE_DISPLAY_NOWHERE 65536

/// NoticeOptions::progress: a file that was not closed in good order is being checked.
#define NOTICE_STEP_REPAIRING 0

/// NoticeOptions::progress: announcements are being read.
#define NOTICE_STEP_LOADING 1

/// English.
#define NOTICE_LANGUAGE_EN 0

/// Chinese (simplified).
#define NOTICE_LANGUAGE_ZH 1

/// Longest key, in bytes.
#define NOTICE_MAX_KEY_BYTES 128

/// Longest channel, in bytes.
#define NOTICE_MAX_CHANNEL_BYTES 64

/// Longest category, in bytes.
#define NOTICE_MAX_CATEGORY_BYTES 64

/// Longest tag, in bytes.
#define NOTICE_MAX_TAG_BYTES 32

/// Most tags.
#define NOTICE_MAX_TAGS 16

/// Most texts of an announcement, and most locales of a viewer.
#define NOTICE_MAX_LOCALES 32

/// Longest title, in characters.
#define NOTICE_MAX_TITLE_CHARS 256

/// Longest summary, in characters.
#define NOTICE_MAX_SUMMARY_CHARS 1000

/// Longest body, in bytes.
#define NOTICE_MAX_BODY_BYTES 65536

/// Largest audience, encoded as JSON, in bytes.
#define NOTICE_MAX_AUDIENCE_BYTES 16384

/// Highest priority; the lowest is its negative.
#define NOTICE_MAX_PRIORITY 1000

/// Most actions.
#define NOTICE_MAX_ACTIONS 4

/// Longest id of an action, in bytes.
#define NOTICE_MAX_ACTION_ID_BYTES 64

/// Longest label of an action, in characters.
#define NOTICE_MAX_ACTION_LABEL_CHARS 64

/// Longest value of an action, in bytes.
#define NOTICE_MAX_ACTION_VALUE_BYTES 2048

/// Most announcements that one may replace, ids and keys together.
#define NOTICE_MAX_REPLACES 16

/// Longest author, in bytes.
#define NOTICE_MAX_AUTHOR_BYTES 128

/// Longest source, in bytes.
#define NOTICE_MAX_SOURCE_BYTES 128

/// Longest external id, in bytes.
#define NOTICE_MAX_EXTERNAL_ID_BYTES 512

/// Largest extras, as JSON, in bytes.
#define NOTICE_MAX_EXTRAS_BYTES 8192

/// Deepest nesting of extras; {} has depth 1.
#define NOTICE_MAX_EXTRAS_DEPTH 8

/// Longest reason of a retraction, in bytes.
#define NOTICE_MAX_REASON_BYTES 500

/// Largest announcement: all its text, in bytes.
#define NOTICE_MAX_RECORD_BYTES 262144

/// Most announcements in one call of notice_publish_json, operations in one of notice_apply_json and ids in one
/// of notice_mark.
#define NOTICE_MAX_BATCH 10000

/// Latest time, the end of the year 9999, in Unix milliseconds.
#define NOTICE_MAX_TIME 253402300799999

/// Most items of a page.
#define NOTICE_MAX_LIMIT 1000

/// Items of a page when a query says 0.
#define NOTICE_DEFAULT_LIMIT 50

/// Most entries in one list of a query's filter.
#define NOTICE_MAX_FILTER_LIST 1000

/// Most entries in the list of a viewer's attributes: 64 names with 256 values each.
#define NOTICE_MAX_ATTRIBUTES 16384

/// Longest search text, in bytes.
#define NOTICE_MAX_SEARCH_BYTES 1024

/// Longest idempotency key, in bytes.
#define NOTICE_MAX_IDEMPOTENCY_KEY_BYTES 128

/// Most boards that a process may have open at a time.
#define NOTICE_MAX_BOARDS 1024

/// The ABI of this header. It grows by one with each release that adds something.
#define NOTICE_ABI_VERSION 1

/// The oldest ABI that a library of this header serves: a program built with any header from here up to
/// NOTICE_ABI_VERSION runs with it.
#define NOTICE_ABI_VERSION_OLDEST 1

/// An open board. Every thread may use it at the same time.
///
/// What the pointer points at is nobody's business: it is only handed back. One that was closed, or is no
/// board, is refused with NOTICE_INVALID_FIELD.
typedef struct NoticeBoard NoticeBoard;

/// How a board is opened. All zero but `struct_size` is valid: NOTICE_OPTIONS_INIT.
typedef struct NoticeOptions {
  /// sizeof(NoticeOptions).
  uint32_t struct_size;
  /// 0.
  uint32_t reserved;
  /// Gives the present in Unix milliseconds, UTC. NULL is the system's clock.
  ///
  /// It is called from every thread that uses the board, several at a time, until notice_close returns. It
  /// must return, throw nothing, and not call the library.
  int64_t (*clock)(void *clock_data);
  /// What `clock` is called with. The library does not look behind it.
  void *clock_data;
  /// How many revisions notice_changes can go back at least; 0 is 10 000.
  uint32_t keep_changes_revisions;
  /// How many milliseconds notice_changes can go back at least; 0 is 30 days. A change is dropped when both
  /// say so.
  uint32_t keep_changes_ms;
  /// Purges announcements so many milliseconds after they have ended or were retracted: with the next change of
  /// the board, and else in the background within a second. 0 is never.
  uint64_t retention_ms;
  /// Is told how far opening a file has come: `done` of `total` of a `step`, NOTICE_STEP_...; `total` may be 0.
  /// May be NULL.
  ///
  /// It is called from notice_open, on its thread, and never after that has returned. It must return, throw
  /// nothing, and not call the library.
  void (*progress)(void *progress_data, int32_t step, uint64_t done, uint64_t total);
  /// What `progress` is called with. The library does not look behind it.
  void *progress_data;
} NoticeOptions;

/// A piece of text in UTF-8.
///
/// In: `len` bytes at `ptr`; no NUL is needed behind them and none is allowed among them. {NULL, 0} is the
/// empty text, which everywhere means "not set"; {NULL, n} is refused.
/// Out: `ptr` is never NULL and always has a NUL behind the text, which `len` does not count.
typedef struct NoticeStr {
  /// Where the text begins.
  const char *ptr;
  /// How many bytes it has.
  size_t len;
} NoticeStr;

/// The text of a draft in one locale.
typedef struct NoticeText {
  /// A BCP 47 tag such as "zh-CN".
  struct NoticeStr locale;
  /// Required.
  struct NoticeStr title;
  /// May be empty.
  struct NoticeStr summary;
  /// May be empty.
  struct NoticeStr body;
  /// NOTICE_FORMAT_TEXT or NOTICE_FORMAT_MARKDOWN: how `body` is written.
  int32_t format;
  /// 0.
  uint32_t reserved;
} NoticeText;

/// Something that must hold of a viewer's attribute.
typedef struct NoticeCondition {
  /// The attribute's name. Well known are user, role, group, app, platform, arch, locale, area, place,
  /// app_version and os_version.
  struct NoticeStr attribute;
  /// in, not_in, exists, prefix, glob, gt, ge, lt, le or version.
  struct NoticeStr op;
  /// Any of these may match.
  const struct NoticeStr *values;
  /// How many values there are.
  size_t value_count;
} NoticeCondition;

/// What stands on an action in one locale.
typedef struct NoticeLabel {
  /// A BCP 47 tag such as "zh-CN".
  struct NoticeStr locale;
  /// What stands there.
  struct NoticeStr text;
} NoticeLabel;

/// A button that goes with a draft.
typedef struct NoticeActionIn {
  /// Names the action within its announcement: letters, digits and . _ : / -
  struct NoticeStr id;
  /// NOTICE_ACTION_...
  int32_t kind;
  /// How many labels there are; at least one.
  uint32_t label_count;
  /// The labels.
  const struct NoticeLabel *labels;
  /// What the action does it with.
  struct NoticeStr value;
} NoticeActionIn;

/// An announcement to be published. Start from NOTICE_DRAFT_INIT and give it a text.
///
/// All zero but `struct_size` is the same, except that the severity is NOTICE_SEVERITY_NONE then. Times are
/// Unix milliseconds in UTC; 0 is not set. What it points at is only read during the call.
typedef struct NoticeDraft {
  /// sizeof(NoticeDraft).
  uint32_t struct_size;
  /// NOTICE_SEVERITY_...
  int32_t severity;
  /// Order inside the severity, higher first; from -NOTICE_MAX_PRIORITY to NOTICE_MAX_PRIORITY.
  int32_t priority;
  /// A sum of NOTICE_PINNED, NOTICE_REQUIRE_ACK and NOTICE_NOT_DISMISSIBLE.
  uint32_t flags;
  /// A sum of NOTICE_DISPLAY_...; 0 is NOTICE_DISPLAY_LIST.
  uint32_t display;
  /// How often it pops up at most; 0 is without limit.
  uint32_t show_limit;
  /// Milliseconds that must lie between two popups; 0 is none.
  uint32_t show_interval_ms;
  /// NOTICE_CHANGE_...: whether a change of the announcement of that key is news.
  int32_t change;
  /// Visible from here on; 0 is the instant of publishing.
  int64_t starts_at;
  /// Visible until just before; 0 is for ever.
  int64_t ends_at;
  /// The beginning of what it is about; never hides anything.
  int64_t event_from;
  /// The end of what it is about.
  int64_t event_to;
  /// The operator's own name for it, unique in its channel: publishing under a key that is there already
  /// changes that announcement. Letters, digits and . _ : / -
  struct NoticeStr key;
  /// The stream it belongs to; empty is "default".
  struct NoticeStr channel;
  /// At least one text, each of another locale.
  const struct NoticeText *texts;
  /// How many texts there are.
  size_t text_count;
  /// The locale of the text to fall back to; empty is that of the first.
  struct NoticeStr default_locale;
  /// Who may see it: viewers of whom all of these hold. None is everyone.
  const struct NoticeCondition *audience;
  /// How many conditions there are.
  size_t condition_count;
  /// Its buttons.
  const struct NoticeActionIn *actions;
  /// How many buttons there are.
  size_t action_count;
  /// Its category.
  struct NoticeStr category;
  /// Its tags.
  const struct NoticeStr *tags;
  /// How many tags there are.
  size_t tag_count;
  /// What leaves the board while this one is visible, by id.
  const int64_t *replaces_ids;
  /// How many ids there are.
  size_t replaces_id_count;
  /// What leaves the board while this one is visible, by key, in the same channel.
  const struct NoticeStr *replaces_keys;
  /// How many keys there are.
  size_t replaces_key_count;
  /// Who wrote it.
  struct NoticeStr author;
  /// Where it comes from.
  struct NoticeStr source;
  /// Its identity there.
  struct NoticeStr external_id;
  /// The application's own data: a JSON object, or empty.
  struct NoticeStr extras_json;
  /// Publishing once: under a key that was used in the last 24 hours the same draft gives the result of that
  /// time again, and another draft is NOTICE_IDEMPOTENCY_CONFLICT.
  struct NoticeStr idempotency_key;
} NoticeDraft;

/// What was done to an announcement.
typedef struct NoticePublished {
  /// The announcement's id.
  int64_t id;
  /// The board's revision at the announcement's last change.
  int64_t revision;
  /// The announcement's version: 1, and one more for each change of its content.
  uint32_t version;
  /// NOTICE_OUTCOME_...
  int32_t outcome;
  /// 1 when this is the result of an earlier publishing under the same idempotency key, else 0.
  uint32_t is_duplicate;
  /// 0.
  uint32_t reserved;
  /// 0.
  uint64_t reserved_more[2];
} NoticePublished;

/// A span of time: from `from` until just before `until`, in Unix milliseconds; 0 is no bound.
typedef struct NoticeRange {
  /// The first instant that is in it.
  int64_t from;
  /// The first instant that is not in it any more.
  int64_t until;
} NoticeRange;

/// One value of an attribute of a viewer. Repeat the name for several values.
typedef struct NoticeAttribute {
  /// The attribute's name, such as "role".
  struct NoticeStr name;
  /// A value that the viewer has there.
  struct NoticeStr value;
} NoticeAttribute;

/// Who asks, what for, and how much of it.
///
/// All zero but `struct_size` (NOTICE_QUERY_INIT) asks what a viewer of whom nothing is known should see now.
/// All conditions must hold; a list that is empty, a text that is empty and a number that is 0 is no condition.
/// What it points at is only read during the call.
typedef struct NoticeQuery {
  /// sizeof(NoticeQuery).
  uint32_t struct_size;
  /// NOTICE_VIEW_...
  int32_t view;
  /// NOTICE_ORDER_...
  int32_t order;
  /// How many items at most, up to NOTICE_MAX_LIMIT; 0 is NOTICE_DEFAULT_LIMIT.
  uint32_t limit;
  /// NOTICE_PHASE_...
  int32_t phase;
  /// NOTICE_SEVERITY_...: this one or a higher one.
  int32_t severity_at_least;
  /// NOTICE_PINNED_ANY, NOTICE_PINNED_ONLY or NOTICE_PINNED_NOT.
  int32_t pinned;
  /// 0.
  uint32_t reserved;
  /// The time to answer for, in Unix milliseconds; 0 is now by the board's clock.
  int64_t now;
  /// Changed after this revision of the board.
  int64_t changed_since;
  /// Whose start lies in this span.
  struct NoticeRange starts;
  /// Whose end lies in this span; what never ends is in no span that has an end.
  struct NoticeRange ends;
  /// Whose last publishing lies in this span.
  struct NoticeRange published;
  /// Whose last change lies in this span.
  struct NoticeRange updated;
  /// Under which name read states are kept; empty for nobody in particular.
  struct NoticeStr user;
  /// The wanted locales, best first, at most NOTICE_MAX_LOCALES.
  const struct NoticeStr *locales;
  /// How many locales there are.
  size_t locale_count;
  /// What audiences ask about.
  const struct NoticeAttribute *attributes;
  /// How many attributes there are, those of the same name counted each.
  size_t attribute_count;
  /// Where to go on: `next_cursor` of the page before. The rest of the query must be the same.
  struct NoticeStr cursor;
  /// In any of these channels.
  const struct NoticeStr *channels;
  /// How many channels there are.
  size_t channel_count;
  /// In any of these categories.
  const struct NoticeStr *categories;
  /// How many categories there are.
  size_t category_count;
  /// With any of these tags.
  const struct NoticeStr *tags_any;
  /// How many there are.
  size_t tags_any_count;
  /// With all of these tags.
  const struct NoticeStr *tags_all;
  /// How many there are.
  size_t tags_all_count;
  /// With none of these tags.
  const struct NoticeStr *tags_none;
  /// How many there are.
  size_t tags_none_count;
  /// With any of these keys.
  const struct NoticeStr *keys;
  /// How many keys there are.
  size_t key_count;
  /// With any of these ids.
  const int64_t *ids;
  /// How many ids there are.
  size_t id_count;
  /// By this author.
  struct NoticeStr author;
  /// With this identity in the system it came from.
  struct NoticeStr external_id;
  /// With a text in just this locale.
  struct NoticeStr has_locale;
  /// Search text, at most NOTICE_MAX_SEARCH_BYTES: terms between blanks, all of which must be found;
  /// "a phrase", -term, title:term.
  struct NoticeStr q;
  /// 1: not read by the user since they last were news.
  uint32_t unread_only;
  /// 1: to be shown to the user now: not dismissed, and not shown too often or too short a while ago.
  uint32_t pending_only;
  /// 1: to be acknowledged, and not acknowledged by the user since they last were news.
  uint32_t unacknowledged_only;
  /// 1: how many there are need not be counted, and `total` and `unread` of the page are NOTICE_NOT_COUNTED. A
  /// page of what many announcements have is there sooner. notice_count counts all the same.
  uint32_t uncounted;
} NoticeQuery;

/// A button of an item.
typedef struct NoticeAction {
  /// Names the action within its announcement.
  struct NoticeStr id;
  /// What stands on it, in the item's locale or else the one that is chosen for it.
  struct NoticeStr label;
  /// What the action does it with.
  struct NoticeStr value;
  /// NOTICE_ACTION_...
  int32_t kind;
  /// 0.
  uint32_t reserved;
} NoticeAction;

/// A part of a text to highlight. Hits go from the left and do not overlap.
typedef struct NoticeHit {
  /// Where it begins, in bytes of UTF-8.
  uint32_t byte_start;
  /// How many bytes it has.
  uint32_t byte_len;
  /// Where it begins, in characters (Unicode scalar values).
  uint32_t char_start;
  /// How many characters it has.
  uint32_t char_len;
} NoticeHit;

/// One announcement of a page, with the text that was chosen for the viewer. Times are Unix milliseconds in
/// UTC; 0 is not set. Text that is not set is empty, never NULL.
typedef struct NoticeItem {
  /// Given by the board, ascending, never used again.
  int64_t id;
  /// The board's revision at its last change.
  int64_t revision;
  /// Visible from here on.
  int64_t starts_at;
  /// Visible until just before; 0 is for ever.
  int64_t ends_at;
  /// The beginning of what it is about.
  int64_t event_from;
  /// The end of what it is about.
  int64_t event_to;
  /// When it was first published.
  int64_t created_at;
  /// When it was last published.
  int64_t published_at;
  /// When its content last changed.
  int64_t updated_at;
  /// When it was retracted.
  int64_t retracted_at;
  /// The board's revision at which it last was news.
  int64_t notify_revision;
  /// 0.
  uint64_t reserved[4];
  /// Counts the changes of its content, from 1.
  uint32_t version;
  /// The last version that counted as news.
  uint32_t notify_version;
  /// NOTICE_STATE_...
  int32_t state;
  /// NOTICE_SEVERITY_...
  int32_t severity;
  /// Order inside the severity, higher first.
  int32_t priority;
  /// NOTICE_FORMAT_...: how `body` is written.
  int32_t format;
  /// A sum of NOTICE_DISPLAY_...: where to show it; a hint.
  uint32_t display;
  /// A sum of NOTICE_PINNED, NOTICE_DISMISSIBLE, NOTICE_REQUIRE_ACK, NOTICE_IS_FALLBACK, NOTICE_READ,
  /// NOTICE_DISMISSED, NOTICE_ACKNOWLEDGED, NOTICE_PENDING, NOTICE_CUT_BEFORE and NOTICE_CUT_AFTER, and of
  /// flags that a newer library may know.
  uint32_t flags;
  /// How often it pops up at most; 0 is without limit.
  uint32_t show_limit;
  /// Milliseconds that must lie between two popups.
  uint32_t show_interval_ms;
  /// How often it was shown to the viewer since it last was news.
  uint32_t seen_count;
  /// NOTICE_FIELD_...: what `snippet` is a part of.
  int32_t snippet_field;
  /// The operator's own name for it.
  struct NoticeStr key;
  /// The stream it belongs to.
  struct NoticeStr channel;
  /// Its category.
  struct NoticeStr category;
  /// Who wrote it.
  struct NoticeStr author;
  /// Where it comes from.
  struct NoticeStr source;
  /// Its identity there.
  struct NoticeStr external_id;
  /// The application's own data as a JSON object; empty when there is none.
  struct NoticeStr extras_json;
  /// Why it was retracted.
  struct NoticeStr retract_reason;
  /// The locale of the text below.
  struct NoticeStr locale_used;
  /// The title; never empty.
  struct NoticeStr title;
  /// The summary.
  struct NoticeStr summary;
  /// The body.
  struct NoticeStr body;
  /// Its tags; NULL when there are none.
  const struct NoticeStr *tags;
  /// How many tags there are.
  size_t tag_count;
  /// Its buttons; NULL when there are none.
  const struct NoticeAction *actions;
  /// How many buttons there are.
  size_t action_count;
  /// When the query has search text: the part of the summary or the body that has most of it, else the
  /// beginning of either, or of the title when both are empty. Empty for other queries.
  struct NoticeStr snippet;
  /// Where the search text was found in `snippet`; NULL when it was not.
  const struct NoticeHit *snippet_hits;
  /// How many hits there are.
  size_t snippet_hit_count;
  /// Where the search text was found in `title`; NULL when it was not.
  const struct NoticeHit *title_hits;
  /// How many hits there are.
  size_t title_hit_count;
} NoticeItem;

/// A page of announcements, all from one revision of the board. It does not change, and threads may read it at
/// the same time. NOTICE_ARRAY_INIT is an empty one, which may be given back.
typedef struct NoticeArray {
  /// The announcements, in the query's order; NULL when there are none.
  const struct NoticeItem *items;
  /// How many announcements there are on this page.
  size_t len;
  /// How many there are in all, on whatever page; NOTICE_NOT_COUNTED if that was not asked for.
  uint64_t total;
  /// Those of them that are unread; NOTICE_NOT_COUNTED likewise.
  uint64_t unread;
  /// The board's revision.
  int64_t revision;
  /// The instant of the answer, in Unix milliseconds.
  int64_t now;
  /// The earliest instant at which the answer may change by time alone; 0 if there is none. Enough for one
  /// timer instead of asking again and again.
  int64_t next_change_at;
  /// Which board it is: 16 random bytes, others after it is restored from a backup.
  uint8_t epoch[16];
  /// 0.
  uint64_t reserved[4];
  /// For NoticeQuery::cursor, to ask for the page after this one; empty when this is the last.
  struct NoticeStr next_cursor;
  /// The library's own: not to be changed.
  void *memory;
} NoticeArray;

/// How many announcements there are under a filter, and until when that is so.
typedef struct NoticeCount {
  /// All that the viewer may see under the filter.
  uint64_t total;
  /// Those of them that are unread.
  uint64_t unread;
  /// The board's revision.
  int64_t revision;
  /// The instant of the answer, in Unix milliseconds.
  int64_t now;
  /// The earliest instant at which the answer may change by time alone; 0 if there is none.
  int64_t next_change_at;
  /// Which board it is, as in NoticeArray.
  uint8_t epoch[16];
  /// 0.
  uint64_t reserved[2];
} NoticeCount;

/// Which receipts are asked for. Start from NOTICE_RECEIPT_QUERY_INIT and give it an id.
typedef struct NoticeReceiptQuery {
  /// sizeof(NoticeReceiptQuery).
  uint32_t struct_size;
  /// How many at most, up to NOTICE_MAX_LIMIT; 0 is NOTICE_DEFAULT_LIMIT.
  uint32_t limit;
  /// Of which announcement.
  int64_t id;
  /// 1: only of users who have read it since it last was news.
  uint32_t read_only;
  /// 1: only of users who have acknowledged it since it last was news.
  uint32_t acknowledged_only;
  /// Where to go on: `next_cursor` of the page before.
  struct NoticeStr cursor;
} NoticeReceiptQuery;

/// What one user did with an announcement. Times are Unix milliseconds in UTC, versions those of the
/// announcement; 0 is never.
typedef struct NoticeReceipt {
  /// When it was first shown.
  int64_t first_seen_at;
  /// When it was last shown.
  int64_t last_seen_at;
  /// When it was read.
  int64_t read_at;
  /// When it was dismissed.
  int64_t dismissed_at;
  /// When it was acknowledged.
  int64_t acknowledged_at;
  /// 0.
  uint64_t reserved[2];
  /// How often it was shown at `seen_version`.
  uint32_t seen_count;
  /// The version that was last shown.
  uint32_t seen_version;
  /// The version that was read.
  uint32_t read_version;
  /// The version that was dismissed.
  uint32_t dismissed_version;
  /// The version that was acknowledged.
  uint32_t acknowledged_version;
  /// A sum of NOTICE_READ, NOTICE_READ_BY_ALL and NOTICE_ACKNOWLEDGED, and of flags that a newer library may
  /// know.
  uint32_t flags;
  /// Who.
  struct NoticeStr user;
} NoticeReceipt;

/// A page of receipts, in the order of the users' names. NOTICE_RECEIPT_ARRAY_INIT is an empty one, which may
/// be given back.
typedef struct NoticeReceiptArray {
  /// The receipts; NULL when there are none.
  const struct NoticeReceipt *receipts;
  /// How many there are on this page.
  size_t len;
  /// How many users have read it since it last was news, on whatever page.
  uint64_t read;
  /// How many users have acknowledged it since it last was news.
  uint64_t acknowledged;
  /// 0.
  uint64_t reserved[4];
  /// For NoticeReceiptQuery::cursor, to ask for the page after this one; empty when this is the last.
  struct NoticeStr next_cursor;
  /// The library's own: not to be changed.
  void *memory;
} NoticeReceiptArray;

/// From where, through whose eyes, and how much is followed. Start from NOTICE_CHANGES_INIT and give it a query.
///
/// To keep a list: take `since` and `epoch` from the NoticeArray that the list came from; then of each
/// NoticeChangeArray put what has an item into the list, take out what has none, and set `since` to its
/// `to_revision`. After NOTICE_COMPACTED, NOTICE_EPOCH_MISMATCH and NOTICE_FUTURE_REVISION: list again.
typedef struct NoticeChanges {
  /// sizeof(NoticeChanges).
  uint32_t struct_size;
  /// How many events at most, up to NOTICE_MAX_LIMIT; 0 is that many. A revision is never cut in two, so that
  /// there may be more.
  uint32_t limit;
  /// The revision that the follower has; 0 is the beginning of the board.
  int64_t since;
  /// Who follows what: view, user, locales, attributes and filter. Search text and what depends on the user's
  /// marks are refused. Not NULL.
  const struct NoticeQuery *query;
  /// 1 when `epoch` is set.
  uint32_t has_epoch;
  /// 0.
  uint32_t reserved;
  /// Which board the follower has followed, to be told when this is another one.
  uint8_t epoch[16];
} NoticeChanges;

/// One change, as it concerns the one who follows.
typedef struct NoticeChangeEvent {
  /// The board's revision that made the change.
  int64_t revision;
  /// Which announcement it is about.
  int64_t id;
  /// NOTICE_KIND_...
  int32_t kind;
  /// 0.
  uint32_t reserved;
  /// The announcement as the follower sees it now; NULL when it is not, or no longer, in the follower's list.
  /// Its flags and counts say nothing of the user's marks: those make no revision.
  const struct NoticeItem *item;
  /// Why it was retracted; empty otherwise.
  struct NoticeStr reason;
} NoticeChangeEvent;

/// What has changed. NOTICE_CHANGE_ARRAY_INIT is an empty one, which may be given back.
typedef struct NoticeChangeArray {
  /// The events, oldest first; NULL when there are none.
  const struct NoticeChangeEvent *events;
  /// How many there are.
  size_t len;
  /// For NoticeChanges::since: the follower has everything up to here.
  int64_t to_revision;
  /// The board's revision.
  int64_t head;
  /// The earliest instant at which the follower's list may change by time alone; 0 if there is none.
  int64_t next_change_at;
  /// Which board it is, as in NoticeArray.
  uint8_t epoch[16];
  /// 1 when there is more to fetch at once, else 0.
  uint32_t more;
  /// 0.
  uint32_t reserved;
  /// 0.
  uint64_t reserved_more[4];
  /// The library's own: not to be changed.
  void *memory;
} NoticeChangeArray;

/// What keeps an announcement from a viewer.
typedef struct NoticeExplanation {
  /// The announcement.
  int64_t id;
  /// 1 when it is on the viewer's board, else 0.
  uint32_t visible;
  /// 1 when it is pending as well, to be shown in a popup, else 0.
  uint32_t pending;
  /// NOTICE_RULE_...: the rule that decides. NOTICE_RULE_VISIBLE when no rule hides it.
  int32_t rule;
  /// Every rule that has something to say: a sum of 1 << NOTICE_RULE_...
  uint32_t rules;
  /// 0.
  uint64_t reserved[2];
} NoticeExplanation;

/// What maintenance did.
typedef struct NoticeMaintenance {
  /// Announcements that were purged because their retention was over.
  uint64_t purged;
  /// Changes that notice_changes can no longer go back to.
  uint64_t changes_dropped;
  /// Idempotency keys that were forgotten.
  uint64_t idempotency_keys_dropped;
  /// 0.
  uint64_t reserved[5];
} NoticeMaintenance;

/// What compaction did.
typedef struct NoticeCompaction {
  /// The length of the file before, in bytes.
  uint64_t before;
  /// Its length now.
  uint64_t after;
  /// 0.
  uint64_t reserved[2];
} NoticeCompaction;

/// What a program can go by in the thread's last failure.
typedef struct NoticeErrorInfo {
  /// The status; NOTICE_OK when no call of this thread has failed yet.
  int32_t status;
  /// 1 when the fault has a place in the value, and then `offset` is it.
  uint32_t has_offset;
  /// Where in the offending value the fault is, in bytes from its start.
  uint64_t offset;
  /// The limit that a value went over; 0 when it is not about a limit.
  uint64_t limit;
  /// 0.
  uint64_t reserved[2];
} NoticeErrorInfo;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/// The stable name of a status, such as "not_found"; "ok" for NOTICE_OK, "unknown" for a number that is
/// no status.
///
/// @return Static text, never NULL, not to be freed.
/// Threads: any.
const char *notice_status_name(int32_t status);

/// What a status means in general. What was wrong with a particular call, notice_last_error says.
///
/// @param status    A status.
/// @param language  NOTICE_LANGUAGE_EN or NOTICE_LANGUAGE_ZH; any other number is English.
/// @return Static text in UTF-8, never NULL, not to be freed.
/// Threads: any.
const char *notice_status_message(int32_t status, int32_t language);

/// Opens a board, and makes it if it is not there.
///
///     mem:        A board in this process, gone when it is closed.
///     file:PATH   A board in this process, kept in one file, which one process at a time can have open, once. The
///                 path is UTF-8 and stands there as it is, without any escaping, up to a "?"; a relative one begins
///                 at the working directory. Its directory must be there.
///
/// Parameters follow a "?", separated by "&":
///
///     durability=full     A call returns when what it changed is on the disk. The default.
///     durability=relaxed  What a call changed is on the disk within 100 milliseconds, and when the board is closed.
///                         A crash may cost the last moments, and never leaves half of anything.
///     budget_mb=N         How much memory announcements may take, in MiB. From 85 % of it on, publishing and changing
///                         what is below NOTICE_SEVERITY_WARNING is refused with NOTICE_OVER_BUDGET.
///
/// A board in memory has no durability.
///
/// @param url      Names the board, such as "file:/var/lib/app/board.notice?budget_mb=64".
/// @param url_len  Bytes of `url`.
/// @param options  May be NULL: all defaults.
/// @param board    Where the board is written. It is the caller's, to be closed with notice_close.
/// @return NOTICE_OK; NOTICE_UNSUPPORTED for a URL of another kind, or a file that a later release wrote;
///         NOTICE_INVALID_FIELD for a URL that is malformed, with the parameter as the path, such as
///         "url.durability"; NOTICE_TOO_LARGE when NOTICE_MAX_BOARDS are open. Of a file, which the message names:
///         NOTICE_LOCKED when it is open already, in this process or another; NOTICE_CORRUPT when it is damaged, or no
///         board and left as it is; NOTICE_READ_ONLY when it or its directory cannot be written; NOTICE_IO for what
///         else the operating system refuses, such as a directory that is not there or a disk that is full.
/// Threads: any.
int32_t notice_open(const char *url,
                    size_t url_len,
                    const struct NoticeOptions *options,
                    struct NoticeBoard **board);

/// Closes a board, and frees what it has. Calls that other threads have in it are waited for; calls that come
/// later are refused; those in notice_wait end with NOTICE_UNAVAILABLE. Arrays that it filled stay valid.
///
/// A file can be opened again when this has returned. What durability=relaxed has put off is written out before;
/// when that fails the board is closed all the same, what was put off is lost, and notice_last_error says why. So who
/// must know reads notice_last_error_info before and after.
///
/// @param board  May be NULL: nothing happens. A board that was closed already is left alone; then
///               notice_last_error says so.
/// Threads: any, but not from the clock of NoticeOptions or the function of notice_export.
void notice_close(struct NoticeBoard *board);

/// Publishes a draft, or changes the announcement that has its key in its channel.
///
/// @param board      An open board.
/// @param draft      What to publish. Only read during the call.
/// @param published  Where it is written what was done. May be NULL.
/// @return NOTICE_OK; NOTICE_INVALID_FIELD or NOTICE_TOO_LARGE for the first field that is refused;
///         NOTICE_BAD_STATE when the announcement of that key is retracted; NOTICE_IDEMPOTENCY_CONFLICT when
///         the idempotency key came with another draft; NOTICE_POISONED.
/// Threads: any.
int32_t notice_publish(struct NoticeBoard *board,
                       const struct NoticeDraft *draft,
                       struct NoticePublished *published);

/// Publishes a draft, or a list of drafts as one revision: all of them or none.
///
/// A draft is a JSON object with the fields of NoticeDraft by their names; `texts` is an object of
/// {"title", "summary", "body", "format"} by locale, `replaces` a list of ids and keys, `extras` an object.
///
/// @param board    An open board.
/// @param json     A JSON object, or a list of at most NOTICE_MAX_BATCH.
/// @param len      Bytes of `json`.
/// @param results  Where it is written what was done, draft by draft. {NULL, 0} when it is not wanted.
/// @param cap      How many `results` has room for.
/// @param count    Where the number of drafts is written, also on NOTICE_TOO_SMALL.
/// @return NOTICE_OK; NOTICE_TOO_SMALL when `results` has no room for all, and nothing is published then;
///         otherwise as notice_publish, the path of the error beginning with the place of the draft in the list.
/// Threads: any.
int32_t notice_publish_json(struct NoticeBoard *board,
                            const char *json,
                            size_t len,
                            struct NoticePublished *results,
                            size_t cap,
                            size_t *count);

/// Changes some fields of an announcement, by a JSON merge patch (RFC 7396) over the fields of a draft: null sets
/// a field back to its default. A retracted announcement can be changed too, and stays retracted.
///
/// @param board       An open board.
/// @param id          Which announcement.
/// @param patch       A JSON object with the fields to change, named as in notice_publish_json.
/// @param len         Bytes of `patch`.
/// @param if_version  Only if it still has this version; 0 is any.
/// @param change      NOTICE_CHANGE_...: whether it is news.
/// @param published   Where it is written what was done. May be NULL.
/// @return NOTICE_OK; NOTICE_NOT_FOUND; NOTICE_VERSION_CONFLICT; NOTICE_INVALID_FIELD or NOTICE_TOO_LARGE for the
///         first field that is refused; NOTICE_EXISTS when the patch gives it a key that another one has;
///         NOTICE_POISONED.
/// Threads: any.
int32_t notice_update_json(struct NoticeBoard *board,
                           int64_t id,
                           const char *patch,
                           size_t len,
                           uint32_t if_version,
                           int32_t change,
                           struct NoticePublished *published);

/// Takes an announcement back: at once no viewer sees it. Retracting it again changes nothing.
///
/// @param board       An open board.
/// @param id          Which announcement.
/// @param reason      Why, at most NOTICE_MAX_REASON_BYTES; {NULL, 0} for no reason.
/// @param len         Bytes of `reason`.
/// @param if_version  Only if it still has this version; 0 is any.
/// @param published   Where it is written what was done. May be NULL.
/// @return NOTICE_OK; NOTICE_NOT_FOUND; NOTICE_VERSION_CONFLICT; NOTICE_INVALID_FIELD or NOTICE_TOO_LARGE for
///         the reason; NOTICE_POISONED.
/// Threads: any.
int32_t notice_retract(struct NoticeBoard *board,
                       int64_t id,
                       const char *reason,
                       size_t len,
                       uint32_t if_version,
                       struct NoticePublished *published);

/// Publishes a retracted announcement again, as news.
///
/// @param board       An open board.
/// @param id          Which announcement.
/// @param if_version  Only if it still has this version; 0 is any.
/// @param published   Where it is written what was done. May be NULL.
/// @return NOTICE_OK; NOTICE_NOT_FOUND; NOTICE_VERSION_CONFLICT; NOTICE_BAD_STATE when it is not retracted;
///         NOTICE_POISONED.
/// Threads: any.
int32_t notice_restore(struct NoticeBoard *board,
                       int64_t id,
                       uint32_t if_version,
                       struct NoticePublished *published);

/// Erases an announcement: its text and what is kept of users about it are gone, its id is never used again, its
/// key is free.
///
/// @param board      An open board.
/// @param id         Which announcement.
/// @param published  Where it is written what was done. May be NULL.
/// @return NOTICE_OK; NOTICE_NOT_FOUND; NOTICE_POISONED.
/// Threads: any.
int32_t notice_purge(struct NoticeBoard *board,
                     int64_t id,
                     struct NoticePublished *published);

/// Makes several changes as one revision of the board: all of them, or none.
///
/// The JSON is a list of {"publish": draft}, {"update": {"id", "patch", "if_version", "change"}},
/// {"retract": {"id", "reason", "if_version"}}, {"restore": {"id", "if_version"}} and {"purge": {"id"}}.
/// `change` is "major" or "minor"; all but "id" and "patch" may be left out.
///
/// @param board    An open board.
/// @param json     A JSON list of at most NOTICE_MAX_BATCH.
/// @param len      Bytes of `json`.
/// @param results  Where it is written what was done, change by change. {NULL, 0} when it is not wanted.
/// @param cap      How many `results` has room for.
/// @param count    Where the number of changes is written, also on NOTICE_TOO_SMALL.
/// @return NOTICE_OK; NOTICE_TOO_SMALL when `results` has no room for all, and nothing is changed then;
///         otherwise what the functions for a single change return, the path of the error beginning with the
///         place in the list.
/// Threads: any.
int32_t notice_apply_json(struct NoticeBoard *board,
                          const char *json,
                          size_t len,
                          struct NoticePublished *results,
                          size_t cap,
                          size_t *count);

/// The announcements that the viewer should see, a page at a time, in memory of the library's own.
///
/// @param board  An open board.
/// @param query  What is asked.
/// @param array  Where the page is written. What was there is not freed. It is the caller's, to be given back
///               with notice_free.
/// @return NOTICE_OK; NOTICE_INVALID_FIELD or NOTICE_TOO_LARGE for what is refused of the query;
///         NOTICE_BAD_CURSOR; NOTICE_OVER_BUDGET when there is no memory.
/// Threads: any.
int32_t notice_query(struct NoticeBoard *board, const struct NoticeQuery *query, struct NoticeArray *array);

/// Like notice_query, with the page in the caller's memory: items and text are laid out in `buf`, which may
/// begin anywhere. There is nothing to free; the array is valid as long as the buffer is left alone.
///
/// @param board   An open board.
/// @param query   What is asked.
/// @param buf     Where to lay the page out. {NULL, 0} to ask for `needed`.
/// @param cap     Bytes of `buf`.
/// @param needed  Where it is written how many bytes this page needs, also on NOTICE_TOO_SMALL; 0 when it is
///                empty. The next call may need more, if something was published meanwhile.
/// @param array   Where the page is written.
/// @return NOTICE_OK; NOTICE_TOO_SMALL when `cap` is less than `needed`, and `buf` and `array` are untouched
///         then; otherwise as notice_query.
/// Threads: any.
int32_t notice_query_into(struct NoticeBoard *board,
                          const struct NoticeQuery *query,
                          void *buf,
                          size_t cap,
                          size_t *needed,
                          struct NoticeArray *array);

/// One announcement, as the query's viewer sees it.
///
/// @param board  An open board.
/// @param id     Which announcement.
/// @param query  Who asks: of it count view, user, locales, attributes and now.
/// @param array  Where an array of one is written. It is the caller's, to be given back with notice_free.
/// @return NOTICE_OK; NOTICE_NOT_FOUND when there is none of that id that this viewer may see now, while an
///         editor finds every one; otherwise as notice_query.
/// Threads: any.
int32_t notice_get(struct NoticeBoard *board,
                   int64_t id,
                   const struct NoticeQuery *query,
                   struct NoticeArray *array);

/// One whole announcement as a JSON object, all its texts and its audience included, for an editor to change
/// and publish again.
///
/// @param board   An open board.
/// @param id      Which announcement.
/// @param query   Who asks: `view` must be NOTICE_VIEW_EDITOR.
/// @param buf     Where the JSON and a NUL are written. {NULL, 0} to ask for `needed`.
/// @param cap     Bytes of `buf`.
/// @param needed  Where it is written how many bytes that takes, the NUL among them, also on NOTICE_TOO_SMALL.
/// @return NOTICE_OK; NOTICE_TOO_SMALL; NOTICE_NOT_FOUND; NOTICE_INVALID_FIELD for another view.
/// Threads: any.
int32_t notice_get_json(struct NoticeBoard *board,
                        int64_t id,
                        const struct NoticeQuery *query,
                        char *buf,
                        size_t cap,
                        size_t *needed);

/// How many announcements there are under the query's filter. Order, limit and cursor do not count.
///
/// @param board  An open board.
/// @param query  What is asked.
/// @param count  Where the answer is written.
/// @return As notice_query.
/// Threads: any.
int32_t notice_count(struct NoticeBoard *board, const struct NoticeQuery *query, struct NoticeCount *count);

/// Gives the memory of an array back and sets the array to zero, so that freeing it twice is harmless. An array of
/// notice_query_into is set to zero too; its buffer stays the caller's.
///
/// @param array  From notice_query, notice_get or notice_query_into, or all zero. May be NULL. Of copies of an
///               array only one may be freed.
/// Threads: any, while no other one uses the array.
void notice_free(struct NoticeArray *array);

/// Remembers what a user does with announcements: with all of them, or with none.
///
/// @param board   An open board.
/// @param viewer  Who does it: of it count user, attributes, locales and now. The user must not be empty.
/// @param ids     Which announcements, at most NOTICE_MAX_BATCH.
/// @param count   How many ids there are.
/// @param mark    NOTICE_MARK_...
/// @return NOTICE_OK; NOTICE_NOT_FOUND for an announcement that this viewer could not have seen;
///         NOTICE_BAD_STATE for dismissing what is not dismissible; NOTICE_INVALID_FIELD or NOTICE_TOO_LARGE
///         for what is refused of the viewer, the ids or the mark; NOTICE_POISONED.
/// Threads: any.
int32_t notice_mark(struct NoticeBoard *board,
                    const struct NoticeQuery *viewer,
                    const int64_t *ids,
                    size_t count,
                    int32_t mark);

/// Marks as read all that was news at or before a revision. What is published meanwhile stays unread, and so
/// does what is not visible yet. Without a filter, the cost does not depend on how much there is.
///
/// @param board     An open board.
/// @param query     Who reads, and under which filter; the user must not be empty.
/// @param up_to     The revision, such as that of the page that the user has seen; -1 is the present one.
/// @param revision  Where it is written up to which revision that was. May be NULL.
/// @return NOTICE_OK; NOTICE_FUTURE_REVISION; NOTICE_INVALID_FIELD or NOTICE_TOO_LARGE for what is refused of
///         the query or the revision; NOTICE_POISONED.
/// Threads: any.
int32_t notice_mark_all_read(struct NoticeBoard *board,
                             const struct NoticeQuery *query,
                             int64_t up_to,
                             int64_t *revision);

/// Erases all that is kept of a user.
///
/// @param board     An open board.
/// @param user      The user's name.
/// @param user_len  Bytes of `user`.
/// @param existed   Where 1 is written if there was anything, else 0. May be NULL.
/// @return NOTICE_OK; NOTICE_INVALID_FIELD for an empty name; NOTICE_TOO_LARGE; NOTICE_POISONED.
/// Threads: any.
int32_t notice_forget_user(struct NoticeBoard *board, const char *user, size_t user_len, int32_t *existed);

/// Who has seen, read, dismissed and acknowledged an announcement, a page at a time.
///
/// @param board  An open board.
/// @param query  What is asked.
/// @param array  Where the page is written. What was there is not freed. It is the caller's, to be given back
///               with notice_receipts_free.
/// @return NOTICE_OK; NOTICE_NOT_FOUND; NOTICE_BAD_CURSOR; NOTICE_INVALID_FIELD for a limit that is out of
///         range; NOTICE_OVER_BUDGET when there is no memory.
/// Threads: any.
int32_t notice_receipts(struct NoticeBoard *board,
                        const struct NoticeReceiptQuery *query,
                        struct NoticeReceiptArray *array);

/// Gives the memory of an array of receipts back and sets the array to zero, so that freeing it twice is harmless.
///
/// @param array  From notice_receipts, or all zero. May be NULL. Of copies of an array only one may be freed.
/// Threads: any, while no other one uses the array.
void notice_receipts_free(struct NoticeReceiptArray *array);

/// What has changed since a revision, for a follower who keeps a list. It does not wait: see notice_wait.
///
/// @param board    An open board.
/// @param changes  From where, and through whose eyes.
/// @param array    Where the changes are written. What was there is not freed. It is the caller's, to be given
///                 back with notice_changes_free.
/// @return NOTICE_OK; NOTICE_COMPACTED, NOTICE_EPOCH_MISMATCH and NOTICE_FUTURE_REVISION, which all mean: list
///         again, then follow; NOTICE_INVALID_FIELD or NOTICE_TOO_LARGE for what is refused of the query;
///         NOTICE_OVER_BUDGET when there is no memory.
/// Threads: any.
int32_t notice_changes(struct NoticeBoard *board,
                       const struct NoticeChanges *changes,
                       struct NoticeChangeArray *array);

/// Gives the memory of an array of changes back and sets the array to zero, so that freeing it twice is harmless.
///
/// @param array  From notice_changes, or all zero. May be NULL. Of copies of an array only one may be freed.
/// Threads: any, while no other one uses the array.
void notice_changes_free(struct NoticeChangeArray *array);

/// Waits until the board's revision is after one that the caller has. Announcements that start or end by their
/// time alone make no revision: `next_change_at` says when to look again for those.
///
/// @param board       An open board.
/// @param since       The revision that the caller has.
/// @param timeout_ms  How long to wait at most, in milliseconds; 0 is not at all, negative is for ever.
/// @param revision    Where the board's revision is written. May be NULL.
/// @return NOTICE_OK; NOTICE_TIMED_OUT; NOTICE_FUTURE_REVISION for a revision that the board has not reached;
///         NOTICE_UNAVAILABLE when the board is closed meanwhile.
/// Threads: any; each waits by itself.
int32_t notice_wait(struct NoticeBoard *board,
                    int64_t since,
                    int64_t timeout_ms,
                    int64_t *revision);

/// Says of one announcement which rules hide it from the query's viewer, or that none does, and which keep it
/// from being pending. What a viewer may not see is not explained to a viewer.
///
/// @param board        An open board.
/// @param id           Which announcement.
/// @param query        Who asks: of it count view, user, locales, attributes and now.
/// @param explanation  Where the rules are written.
/// @param language     NOTICE_LANGUAGE_EN or NOTICE_LANGUAGE_ZH: of the words.
/// @param buf          Where the rules in words and a NUL are written, one rule a line. {NULL, 0} to ask for
///                     `needed`.
/// @param cap          Bytes of `buf`.
/// @param needed       Where it is written how many bytes that takes, the NUL among them, also on
///                     NOTICE_TOO_SMALL. NULL, together with {NULL, 0}, when no words are wanted.
/// @return NOTICE_OK; NOTICE_TOO_SMALL; NOTICE_NOT_FOUND; otherwise as notice_query.
/// Threads: any.
int32_t notice_explain(struct NoticeBoard *board,
                       int64_t id,
                       const struct NoticeQuery *query,
                       struct NoticeExplanation *explanation,
                       int32_t language,
                       char *buf,
                       size_t cap,
                       size_t *needed);

/// Figures about a board, all from one revision, as a JSON object: revision, epoch, created_at, announcements,
/// active, scheduled, expired, retracted, audiences, unknown_conditions, users, receipts, idempotency_keys, changes,
/// oldest_revision, text_bytes, memory_bytes, search_bytes, unsearched and file_bytes. A newer library may have more.
///
/// created_at is when the board was made, 0 if that is not known; unsearched is how many announcements the search
/// index does not know yet, so that a search looks at their texts; file_bytes is 0 for a board in memory.
///
/// @param board   An open board.
/// @param buf     Where the JSON and a NUL are written. {NULL, 0} to ask for `needed`.
/// @param cap     Bytes of `buf`.
/// @param needed  Where it is written how many bytes that takes, the NUL among them, also on NOTICE_TOO_SMALL.
///                The next call may need some more.
/// @return NOTICE_OK; NOTICE_TOO_SMALL; NOTICE_IO when the file cannot be looked at.
/// Threads: any.
int32_t notice_stats_json(struct NoticeBoard *board,
                          char *buf,
                          size_t cap,
                          size_t *needed);

/// Does now what is else done as the board is written to: purges what retention is over for, and drops changes
/// and idempotency keys that need not be kept.
///
/// @param board  An open board.
/// @param done   Where it is written what was done. May be NULL.
/// @return NOTICE_OK; NOTICE_POISONED; NOTICE_IO and others of the file.
/// Threads: any.
int32_t notice_maintain(struct NoticeBoard *board,
                        struct NoticeMaintenance *done);

/// Writes the whole board as JSON Lines: a header, then announcements, users and idempotency keys.
///
/// @param board  An open board.
/// @param write  Is called with `data` and the next `len` bytes, at least 1, until all is written or it returns
///               anything but 0. It must return, throw nothing, and not call the library: the board cannot be
///               written to meanwhile.
/// @param data   What `write` is called with. The library does not look behind it.
/// @return NOTICE_OK; NOTICE_IO when `write` returned anything but 0; NOTICE_INVALID_FIELD.
/// Threads: any. `write` is called from this one.
int32_t notice_export(struct NoticeBoard *board,
                      int32_t (*write)(void *data, const char *bytes, size_t len),
                      void *data);

/// Reads what notice_export wrote into this board, which must be empty: all of it, or nothing. The board has a
/// new epoch then, and its feed of changes begins at its revision.
///
/// @param board  An open board on which nothing was published yet.
/// @param data   All that was written.
/// @param len    Bytes of `data`.
/// @return NOTICE_OK; NOTICE_EXISTS when the board is not empty; NOTICE_INVALID_FIELD for what is refused, with
///         the line and the path; NOTICE_CORRUPT; NOTICE_POISONED.
/// Threads: any.
int32_t notice_import(struct NoticeBoard *board,
                      const char *data,
                      size_t len);

/// Writes a copy of the board to a new file, as it is at one revision, while others go on using it. The copy is a
/// board like any other, with the same epoch; notice_restore_backup makes one of it with its own. Also of a board in
/// memory, or one whose file cannot be written any more or is damaged.
///
/// @param board     An open board.
/// @param path      The file, which must not be there yet: a path, not a URL.
/// @param path_len  Bytes of `path`.
/// @param revision  Where the copy's revision is written. May be NULL.
/// @return NOTICE_OK; NOTICE_EXISTS, nothing being overwritten; NOTICE_CORRUPT when a record is damaged whose texts
///         were left to the file; NOTICE_READ_ONLY, NOTICE_IO; NOTICE_INVALID_FIELD. After a failure there is no file.
/// Threads: any.
int32_t notice_backup(struct NoticeBoard *board,
                      const char *path,
                      size_t path_len,
                      int64_t *revision);

/// Makes a board of a backup: the same announcements, ids, revision and users, and an epoch of its own, so that
/// whoever followed the board lists it again. Each record is checked while it is read.
///
/// @param from      The backup, which nobody may have open: a path, not a URL.
/// @param from_len  Bytes of `from`.
/// @param to        The file that is made, which must not be there yet. "file:" and this path open it.
/// @param to_len    Bytes of `to`.
/// @return NOTICE_OK; NOTICE_EXISTS, nothing being overwritten; for the backup NOTICE_LOCKED, NOTICE_CORRUPT,
///         NOTICE_UNSUPPORTED when a later release wrote it; NOTICE_READ_ONLY, NOTICE_IO; NOTICE_INVALID_FIELD. After
///         a failure there is no file.
/// Threads: any.
int32_t notice_restore_backup(const char *from,
                              size_t from_len,
                              const char *to,
                              size_t to_len);

/// Checks a board: every page and record of its file, that memory and file agree, and that every index says what
/// the announcements say. Reads all of it, also when only `needed` is asked for, and nothing is written meanwhile;
/// queries go on. So hand in some kilobytes at once.
///
/// The JSON object is {"records":n,"problems":[{"place":text,"en":text,"zh":text}]}, and ends with "problems":[]}
/// when nothing is wrong.
///
/// @param board   An open board.
/// @param buf     Where the JSON and a NUL are written. {NULL, 0} to ask for `needed`.
/// @param cap     Bytes of `buf`.
/// @param needed  Where it is written how many bytes that takes, the NUL among them, also on NOTICE_TOO_SMALL.
/// @return NOTICE_OK, whatever was found; NOTICE_TOO_SMALL; NOTICE_IO and others of the file when what was put off
///         could not be written out first.
/// Threads: any.
int32_t notice_verify_json(struct NoticeBoard *board,
                           char *buf,
                           size_t cap,
                           size_t *needed);

/// Checks a file that nobody has open, also one that notice_open refuses: as notice_verify_json, without what is in
/// memory. A file that was not closed in good order is put in order on the way.
///
/// @param path      The file: a path, not a URL.
/// @param path_len  Bytes of `path`.
/// @param buf       As of notice_verify_json.
/// @param cap       Bytes of `buf`.
/// @param needed    As of notice_verify_json.
/// @return NOTICE_OK, whatever was found; NOTICE_TOO_SMALL; NOTICE_LOCKED when somebody has it open; NOTICE_CORRUPT
///         and NOTICE_UNSUPPORTED for a file of which nothing can be read; NOTICE_READ_ONLY, NOTICE_IO, the latter
///         also when there is none; NOTICE_INVALID_FIELD.
/// Threads: any.
int32_t notice_verify_file_json(const char *path,
                                size_t path_len,
                                char *buf,
                                size_t cap,
                                size_t *needed);

/// Makes the board's file as small as it can be. Whoever writes waits meanwhile; queries go on.
///
/// @param board  An open board that is kept in a file.
/// @param done   Where it is written how long the file was and is. May be NULL.
/// @return NOTICE_OK; NOTICE_UNSUPPORTED for a board in memory; NOTICE_IO, NOTICE_CORRUPT.
/// Threads: any.
int32_t notice_compact(struct NoticeBoard *board, struct NoticeCompaction *done);

/// The message of this thread's last failure: path, offending value, what is wrong with it, and where; empty when
/// no call of this thread has failed yet. A call that succeeds leaves it as it is, and so do the three functions
/// that read it.
///
/// @param language  NOTICE_LANGUAGE_EN or NOTICE_LANGUAGE_ZH.
/// @param buf       Where the message and a NUL are written. {NULL, 0} to ask for `needed`.
/// @param cap       Bytes of `buf`.
/// @param needed    Where it is written how many bytes that takes, the NUL among them, also on NOTICE_TOO_SMALL.
/// @return NOTICE_OK; NOTICE_TOO_SMALL; NOTICE_INVALID_FIELD for another language or a NULL.
/// Threads: any; each has its own.
int32_t notice_last_error(int32_t language,
                          char *buf,
                          size_t cap,
                          size_t *needed);

/// The path of what this thread's last failure is about, such as "texts.en.title" or the name of a parameter; empty
/// when it is about nothing in particular.
///
/// @param buf     Where the path and a NUL are written. {NULL, 0} to ask for `needed`.
/// @param cap     Bytes of `buf`.
/// @param needed  Where it is written how many bytes that takes, the NUL among them, also on NOTICE_TOO_SMALL.
/// @return NOTICE_OK; NOTICE_TOO_SMALL; NOTICE_INVALID_FIELD for a NULL.
/// Threads: any; each has its own.
int32_t notice_last_error_path(char *buf,
                               size_t cap,
                               size_t *needed);

/// Status, offset and limit of this thread's last failure.
///
/// @param info  Where they are written.
/// @return NOTICE_OK; NOTICE_INVALID_FIELD for a NULL.
/// Threads: any; each has its own.
int32_t notice_last_error_info(struct NoticeErrorInfo *info);

/// The release of the library that is running, such as "1.2.3". NOTICE_VERSION is that of the header.
///
/// @return Static text, never NULL, not to be freed.
/// Threads: any.
const char *notice_version(void);

/// The ABI of the library that is running. A program runs with every library for which this is at least the
/// NOTICE_ABI_VERSION that it was built with, of the same SONAME.
///
/// @return NOTICE_ABI_VERSION of the library.
/// Threads: any.
uint32_t notice_abi_version(void);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

/* The text of a string that ends in NUL; NULL is the empty text. */
static inline NoticeStr notice_str(const char *text)
{
    NoticeStr str;
    str.ptr = text;
    str.len = text ? strlen(text) : 0;
    return str;
}

/* The text of a string literal, as an initialiser: NoticeStr title = NOTICE_STR("Hello"); */
#define NOTICE_STR(literal) { "" literal, sizeof(literal) - 1 }

/* What NoticeArray::total and unread are when NoticeQuery::uncounted is set. */
#define NOTICE_NOT_COUNTED UINT64_MAX

/* Initialisers of structures: everything at its default. */
#define NOTICE_STR_INIT { NULL, 0 }
#define NOTICE_RANGE_INIT { 0, 0 }

#define NOTICE_OPTIONS_INIT { sizeof(NoticeOptions), 0, NULL, NULL, 0, 0, 0, NULL, NULL }

#define NOTICE_TEXT_INIT                                                                     \
    {                                                                                        \
        NOTICE_STR_INIT, NOTICE_STR_INIT, NOTICE_STR_INIT, NOTICE_STR_INIT,                  \
        NOTICE_FORMAT_TEXT, 0                                                                \
    }

#define NOTICE_DRAFT_INIT                                                                    \
    {                                                                                        \
        sizeof(NoticeDraft), NOTICE_SEVERITY_INFO, 0, 0, 0, 0, 0, NOTICE_CHANGE_DEFAULT,     \
        0, 0, 0, 0,                                                                          \
        NOTICE_STR_INIT, NOTICE_STR_INIT, NULL, 0, NOTICE_STR_INIT, NULL, 0, NULL, 0,        \
        NOTICE_STR_INIT, NULL, 0, NULL, 0, NULL, 0,                                          \
        NOTICE_STR_INIT, NOTICE_STR_INIT, NOTICE_STR_INIT, NOTICE_STR_INIT,                  \
        NOTICE_STR_INIT                                                                      \
    }

#define NOTICE_QUERY_INIT                                                                    \
    {                                                                                        \
        sizeof(NoticeQuery), NOTICE_VIEW_VIEWER, NOTICE_ORDER_DEFAULT, 0,                    \
        NOTICE_PHASE_ACTIVE, 0, NOTICE_PINNED_ANY, 0, 0, 0,                                  \
        NOTICE_RANGE_INIT, NOTICE_RANGE_INIT, NOTICE_RANGE_INIT, NOTICE_RANGE_INIT,          \
        NOTICE_STR_INIT, NULL, 0, NULL, 0, NOTICE_STR_INIT,                                  \
        NULL, 0, NULL, 0, NULL, 0, NULL, 0, NULL, 0, NULL, 0, NULL, 0,                       \
        NOTICE_STR_INIT, NOTICE_STR_INIT, NOTICE_STR_INIT, NOTICE_STR_INIT, 0, 0, 0, 0       \
    }

#define NOTICE_ARRAY_INIT                                                                    \
    {                                                                                        \
        NULL, 0, 0, 0, 0, 0, 0, { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 },          \
        { 0, 0, 0, 0 }, NOTICE_STR_INIT, NULL                                                \
    }

#define NOTICE_RECEIPT_QUERY_INIT { sizeof(NoticeReceiptQuery), 0, 0, 0, 0, NOTICE_STR_INIT }

#define NOTICE_RECEIPT_ARRAY_INIT                                                            \
    {                                                                                        \
        NULL, 0, 0, 0, { 0, 0, 0, 0 }, NOTICE_STR_INIT, NULL                                 \
    }

#define NOTICE_CHANGES_INIT                                                                  \
    {                                                                                        \
        sizeof(NoticeChanges), 0, 0, NULL, 0, 0,                                             \
        { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }                                   \
    }

#define NOTICE_CHANGE_ARRAY_INIT                                                             \
    {                                                                                        \
        NULL, 0, 0, 0, 0, { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, 0, 0,          \
        { 0, 0, 0, 0 }, NULL                                                                 \
    }

#endif  /* NOTICE_H */
