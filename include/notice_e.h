/*
 * notice_e.h: the announcement engine for the E language (易语言) and everything else that calls a DLL with
 * 32-bit integers and text in GBK.
 *
 *     const int32_t board = e_announce_open("mem:");
 *     const int32_t result = e_announce_query(board, "unread limit=20");
 *     int32_t row;
 *     for (row = 1; row <= e_announce_count(result); row++)
 *         puts(e_announce_text(result, row, E_ANNOUNCE_FIELD_TITLE));
 *     e_announce_free(result);
 *     e_announce_close(board);
 *
 * Conventions
 *
 * Calls     stdcall on 32-bit Windows, the C convention elsewhere. Every parameter takes 4 bytes there.
 * Results   An int32_t that is negative is an error: the negated status of notice.h. A text that is empty may be
 *           one: e_announce_last_status tells. Outputs are written on success only.
 * Errors    Each call sets the thread's status and message, also when it succeeds; only those that read them leave
 *           them.
 * Handles   Boards and results are numbers above 0. One that was closed, freed or never given is refused with
 *           -NOTICE_INVALID_FIELD, also when its place is used again.
 * Text in   GBK that ends in NUL; NULL is the same as the empty text. Longer than E_ANNOUNCE_MAX_TEXT is
 *           -NOTICE_TOO_LARGE, what is not GBK -NOTICE_INVALID_FIELD with the byte offset.
 * Text out  GBK that ends in NUL, never NULL, in memory of the library's own, which is valid until the thread's next
 *           call that returns text. What GBK lacks is a question mark; lines end in CR LF. The functions with utf8
 *           in their name and e_announce_json give the text as it is, in UTF-8.
 * Buffers   What is returned is the size of the whole text in bytes, without its NUL. When that is not below the
 *           capacity, the buffer holds as many whole characters as fit, and a NUL. With a capacity of 0 nothing is
 *           written, and the buffer may be NULL.
 * Rows      Count from 1, as the E language does. Row 0 is the result itself, where a function says so.
 * Times     As text YYYY-MM-DD HH:MM:SS in the local time of the machine.
 * Threads   Every function may be called from every thread at any time. Nothing ever calls the program back.
 */

#ifndef NOTICE_E_H
#define NOTICE_E_H

#include "notice.h"

#if defined(_WIN32) && (defined(__i386__) || defined(_M_IX86))
#define E_ANNOUNCE_CALL __stdcall
#else
#define E_ANNOUNCE_CALL
#endif


/* Written by build.rs from ffi/e and ffi/cbindgen_e.toml. Changes belong there. */

/// The interface of this header. It grows by one with each release that adds something.
#define E_ANNOUNCE_ABI_VERSION 1

/// The id.
#define E_ANNOUNCE_FIELD_ID 1

/// The title.
#define E_ANNOUNCE_FIELD_TITLE 2

/// The summary.
#define E_ANNOUNCE_FIELD_SUMMARY 3

/// The body.
#define E_ANNOUNCE_FIELD_BODY 4

/// NOTICE_SEVERITY_...; as text its Chinese name.
#define E_ANNOUNCE_FIELD_SEVERITY 5

/// Order inside the severity, -1000 to 1000.
#define E_ANNOUNCE_FIELD_PRIORITY 6

/// 1 when it is pinned, else 0.
#define E_ANNOUNCE_FIELD_PINNED 7

/// The stream it belongs to.
#define E_ANNOUNCE_FIELD_CHANNEL 8

/// The operator's own name for it.
#define E_ANNOUNCE_FIELD_KEY 9

/// Its category.
#define E_ANNOUNCE_FIELD_CATEGORY 10

/// Its tags, with commas between them.
#define E_ANNOUNCE_FIELD_TAGS 11

/// Visible from here on, a time.
#define E_ANNOUNCE_FIELD_STARTS_AT 12

/// Visible until just before, a time; 0 is for ever.
#define E_ANNOUNCE_FIELD_ENDS_AT 13

/// The beginning of what it is about, a time.
#define E_ANNOUNCE_FIELD_EVENT_FROM 14

/// The end of what it is about, a time.
#define E_ANNOUNCE_FIELD_EVENT_TO 15

/// When it was first published.
#define E_ANNOUNCE_FIELD_CREATED_AT 16

/// When it was last published.
#define E_ANNOUNCE_FIELD_PUBLISHED_AT 17

/// When its content last changed.
#define E_ANNOUNCE_FIELD_UPDATED_AT 18

/// When it was retracted.
#define E_ANNOUNCE_FIELD_RETRACTED_AT 19

/// Why it was retracted.
#define E_ANNOUNCE_FIELD_RETRACT_REASON 20

/// NOTICE_STATE_...; as text its Chinese name.
#define E_ANNOUNCE_FIELD_STATE 21

/// Counts the changes of its content.
#define E_ANNOUNCE_FIELD_VERSION 22

/// The last version that counted as news.
#define E_ANNOUNCE_FIELD_NOTIFY_VERSION 23

/// The board's revision at its last change.
#define E_ANNOUNCE_FIELD_REVISION 24

/// 1 when the viewer has read it.
#define E_ANNOUNCE_FIELD_IS_READ 25

/// 1 when the viewer has dismissed it.
#define E_ANNOUNCE_FIELD_IS_DISMISSED 26

/// 1 when the viewer has acknowledged it.
#define E_ANNOUNCE_FIELD_IS_ACKNOWLEDGED 27

/// 1 when it is to be shown now, such as in a popup.
#define E_ANNOUNCE_FIELD_IS_PENDING 28

/// 1 when a viewer may dismiss it.
#define E_ANNOUNCE_FIELD_DISMISSIBLE 29

/// 1 when a viewer must acknowledge it.
#define E_ANNOUNCE_FIELD_REQUIRE_ACK 30

/// A sum of NOTICE_DISPLAY_...; as text their names, with commas between them.
#define E_ANNOUNCE_FIELD_DISPLAY 31

/// How often it pops up at most; 0 is without limit.
#define E_ANNOUNCE_FIELD_SHOW_LIMIT 32

/// Milliseconds that must lie between two popups.
#define E_ANNOUNCE_FIELD_SHOW_INTERVAL 33

/// How often it was shown to the viewer.
#define E_ANNOUNCE_FIELD_SEEN_COUNT 34

/// NOTICE_FORMAT_...; as text its name.
#define E_ANNOUNCE_FIELD_FORMAT 35

/// The locale of its text.
#define E_ANNOUNCE_FIELD_LOCALE 36

/// 1 when its text is in none of the locales that were asked for.
#define E_ANNOUNCE_FIELD_IS_FALLBACK 37

/// Who wrote it.
#define E_ANNOUNCE_FIELD_AUTHOR 38

/// Where it comes from.
#define E_ANNOUNCE_FIELD_SOURCE 39

/// Its identity there.
#define E_ANNOUNCE_FIELD_EXTERNAL_ID 40

/// The application's own data as a JSON object; empty when there is none.
#define E_ANNOUNCE_FIELD_EXTRAS 41

/// The part of it that the search text was found in.
#define E_ANNOUNCE_FIELD_SNIPPET 42

/// NOTICE_FIELD_...: what the snippet is a part of; as text its name.
#define E_ANNOUNCE_FIELD_SNIPPET_FIELD 43

/// How many buttons it has.
#define E_ANNOUNCE_FIELD_ACTION_COUNT 44

/// How many fields there are: the highest number.
#define E_ANNOUNCE_FIELDS 44

/// How many there are in all, on whatever page.
#define E_ANNOUNCE_RESULT_TOTAL 1

/// Those of them that are unread.
#define E_ANNOUNCE_RESULT_UNREAD 2

/// The board's revision.
#define E_ANNOUNCE_RESULT_REVISION 3

/// The instant of the answer, a time.
#define E_ANNOUNCE_RESULT_NOW 4

/// The earliest instant at which the answer may change by time alone; 0 if there is none.
#define E_ANNOUNCE_RESULT_NEXT_CHANGE 5

/// Which board it is; text.
#define E_ANNOUNCE_RESULT_EPOCH 6

/// For the condition cursor=; text, empty when this is the last page.
#define E_ANNOUNCE_RESULT_NEXT_CURSOR 7

/// The button's name within its announcement.
#define E_ANNOUNCE_ACTION_ID 1

/// url, copy or custom.
#define E_ANNOUNCE_ACTION_KIND 2

/// What stands on it.
#define E_ANNOUNCE_ACTION_LABEL 3

/// What it does it with.
#define E_ANNOUNCE_ACTION_VALUE 4

/// The message that makes a 标签 of the E language raise its 反馈事件.
#define E_ANNOUNCE_LABEL_MESSAGE 32885

/// The longest text that is handed in, in bytes of GBK.
#define E_ANNOUNCE_MAX_TEXT 16777216

/// Most boards that are open at a time, and most results.
#define E_ANNOUNCE_MAX_HANDLES 1024

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/// Opens a board.
///
/// @param url  Names the board, as for notice_open: "mem:" is one in this process, gone when it is closed.
/// @return The board's number, to be given back with e_announce_close; negative when it cannot be opened.
/// Threads: any.
int32_t E_ANNOUNCE_CALL e_announce_open(const char *url);

/// Closes a board, after the calls that other threads have in it. Its results can be read until they are freed, and
/// the thread of e_announce_notify_window has ended when this returns. To be called before the program ends.
///
/// @param board  An open board.
/// @return 0; -NOTICE_INVALID_FIELD for what is no board, or was closed already; -NOTICE_IO when something that was
///         put off could not be written out: the board is closed all the same.
/// Threads: any.
int32_t E_ANNOUNCE_CALL e_announce_close(int32_t board);

/// Stops the board's clock at a time, to try out what readers will see then; or lets it run again.
///
/// @param board  An open board.
/// @param time   Such as "2026-06-18 08:00:00" or, as the E language writes it, "2026年6月18日8时0分0秒"; an RFC 3339
///               instant with its offset; or "@" and Unix milliseconds. Empty: the system's clock.
/// @return 0; -NOTICE_INVALID_FIELD for what is no time.
/// Threads: any.
int32_t E_ANNOUNCE_CALL e_announce_set_clock(int32_t board,
                             const char *time);

/// Sets something of the viewer through whose eyes this number of the board sees. It counts for the queries, marks
/// and polls from then on; a result keeps the viewer that it was asked for.
///
/// @param board  An open board.
/// @param name   "user" or "用户": the name under which marks are kept. "locale" or "语言": the wanted locales, best
///               first, with commas between them, of either width. Any other name is an attribute, such as "app_version".
/// @param value  Empty: it is not set any more. Several values of an attribute stand in lines of their own.
/// @return 0; -NOTICE_INVALID_FIELD or -NOTICE_TOO_LARGE for what is refused, and nothing is changed then.
/// Threads: any.
int32_t E_ANNOUNCE_CALL e_announce_set_viewer(int32_t board,
                              const char *name,
                              const char *value);

/// Asks what the viewer should see now, a page of it.
///
/// The conditions stand between blanks, and all of them must hold:
///
///     q= channel= category= tag= all_tags= no_tag= key= id= author= external_id= has_locale=
///     severity>=  starts>= starts<  ends>= ends<  published>= published<  updated>= updated<
///     changed_since= view= phase= order= limit= cursor= now=
///     unread pending unacknowledged pinned unpinned
///
/// Of channel, category, tag, key and id each may be repeated: any of them. Every other word, and everything
/// in quotes, is searched for. A value with blanks stands in quotes, " or ', and a quote in it twice: see
/// e_announce_quote. The names may be Chinese, and the signs of full width: e-bindings/README.zh-CN.md lists them.
///
/// @param board       An open board.
/// @param conditions  Empty: all that is active, the first NOTICE_DEFAULT_LIMIT.
/// @return The result's number, to be given back with e_announce_free; negative when the conditions are refused,
///         with e_announce_last_error_offset where in them.
/// Threads: any.
int32_t E_ANNOUNCE_CALL e_announce_query(int32_t board,
                         const char *conditions);

/// Asks for one announcement.
///
/// @param board       An open board.
/// @param id          Which one, as e_announce_id gives it.
/// @param conditions  Empty, or view= and now=.
/// @return The number of a result of one row, to be given back with e_announce_free; -NOTICE_NOT_FOUND when there
///         is none that this viewer may see now, while an editor finds every one.
/// Threads: any.
int32_t E_ANNOUNCE_CALL e_announce_get(int32_t board,
                       const char *id,
                       const char *conditions);

/// How many announcements a query would find, on whatever page, without a result that must be freed.
///
/// @param board       An open board.
/// @param conditions  As for e_announce_query; order, limit and cursor do not count.
/// @return How many; negative when the conditions are refused.
/// Threads: any.
int32_t E_ANNOUNCE_CALL e_announce_count_active(int32_t board, const char *conditions);

/// How many unread announcements a query would find.
///
/// @param board       An open board.
/// @param conditions  As for e_announce_count_active.
/// @return How many; negative when the conditions are refused.
/// Threads: any.
int32_t E_ANNOUNCE_CALL e_announce_count_unread(int32_t board, const char *conditions);

/// How many rows a result has.
///
/// @param result  From e_announce_query or e_announce_get.
/// @return How many; -NOTICE_INVALID_FIELD for what is no result.
/// Threads: any.
int32_t E_ANNOUNCE_CALL e_announce_count(int32_t result);

/// How many announcements there are under the conditions, on whatever page.
///
/// @param result  From e_announce_query or e_announce_get.
/// @return How many; -NOTICE_INVALID_FIELD for what is no result.
/// Threads: any.
int32_t E_ANNOUNCE_CALL e_announce_total(int32_t result);

/// How many of these are unread.
///
/// @param result  From e_announce_query or e_announce_get.
/// @return How many; -NOTICE_INVALID_FIELD for what is no result.
/// Threads: any.
int32_t E_ANNOUNCE_CALL e_announce_unread(int32_t result);

/// Gives a result back.
///
/// @param result  From e_announce_query or e_announce_get.
/// @return 0; -NOTICE_INVALID_FIELD for what is no result, or was freed already.
/// Threads: any.
int32_t E_ANNOUNCE_CALL e_announce_free(int32_t result);

/// The id of an announcement, in decimal digits.
///
/// @param result  From e_announce_query or e_announce_get.
/// @param row     From 1.
/// @return The id; empty for a row that is not there. Valid until the thread's next call that returns text.
/// Threads: any.
const char *E_ANNOUNCE_CALL e_announce_id(int32_t result, int32_t row);

/// A field that is a number, or has one: a yes or no is 1 or 0, a time is in Unix seconds.
///
/// @param result  From e_announce_query or e_announce_get.
/// @param row     From 1; 0 for a field of the result itself, E_ANNOUNCE_RESULT_...
/// @param field   E_ANNOUNCE_FIELD_...
/// @return The number; -NOTICE_INVALID_FIELD for a field that is text only, or not there; -NOTICE_TOO_LARGE for a
///         number that is negative or beyond 31 bits: see e_announce_number_halves.
/// Threads: any.
int32_t E_ANNOUNCE_CALL e_announce_number(int32_t result,
                          int32_t row,
                          int32_t field);

/// A field that is a number, whatever its size; a time is in Unix milliseconds.
///
/// @param result  From e_announce_query or e_announce_get.
/// @param row     From 1; 0 for a field of the result itself, E_ANNOUNCE_RESULT_...
/// @param field   E_ANNOUNCE_FIELD_...
/// @param low     Where the lower 32 bits are written.
/// @param high    Where the upper 32 bits are written; negative when the number is.
/// @return 0; -NOTICE_INVALID_FIELD for a field that is text only, or not there.
/// Threads: any.
int32_t E_ANNOUNCE_CALL e_announce_number_halves(int32_t result, int32_t row, int32_t field, int32_t *low, int32_t *high);

/// A field as text: a time in local time, a severity and a state by their Chinese names.
///
/// @param result  From e_announce_query or e_announce_get.
/// @param row     From 1; 0 for a field of the result itself, E_ANNOUNCE_RESULT_...
/// @param field   E_ANNOUNCE_FIELD_...
/// @return The text, in GBK with CR LF; empty when it is, or the row or the field is not there. Valid until the
///         thread's next call that returns text.
/// Threads: any.
const char *E_ANNOUNCE_CALL e_announce_text(int32_t result,
                            int32_t row,
                            int32_t field);

/// A field as the text that it is, in UTF-8, of which nothing is lost.
///
/// @param result    From e_announce_query or e_announce_get.
/// @param row       From 1; 0 for a field of the result itself, E_ANNOUNCE_RESULT_...
/// @param field     E_ANNOUNCE_FIELD_...
/// @param buffer    Where the text and a NUL are written. May be NULL when `capacity` is 0.
/// @param capacity  Bytes of `buffer`.
/// @return The size of the whole text in bytes, without its NUL; as much as fits was written when that is not below
///         `capacity`. -NOTICE_INVALID_FIELD for a row or a field that is not there.
/// Threads: any.
int32_t E_ANNOUNCE_CALL e_announce_text_utf8(int32_t result,
                             int32_t row,
                             int32_t field,
                             uint8_t *buffer,
                             int32_t capacity);

/// A part of a button, such as the address of a download.
///
/// @param result  From e_announce_query or e_announce_get.
/// @param row     From 1.
/// @param index   Which button, from 1; E_ANNOUNCE_FIELD_ACTION_COUNT says how many there are.
/// @param part    E_ANNOUNCE_ACTION_...
/// @return The text; empty when there is no such button. Valid until the thread's next call that returns text.
/// Threads: any.
const char *E_ANNOUNCE_CALL e_announce_action(int32_t result,
                              int32_t row,
                              int32_t index,
                              int32_t part);

/// A member of the application's own data, E_ANNOUNCE_FIELD_EXTRAS.
///
/// @param result  From e_announce_query or e_announce_get.
/// @param row     From 1.
/// @param name    The member's name.
/// @return Its text, or its JSON when it is no text; empty when there is none. Valid until the thread's next call
///         that returns text.
/// Threads: any.
const char *E_ANNOUNCE_CALL e_announce_extra(int32_t result,
                             int32_t row,
                             const char *name);

/// The ids of all rows, for programs that keep them as numbers.
///
/// @param result    From e_announce_query or e_announce_get.
/// @param ids       Where they are written. May be NULL when `capacity` is 0.
/// @param capacity  How many `ids` has room for.
/// @return How many were written; -NOTICE_TOO_SMALL when there is no room for all; -NOTICE_TOO_LARGE when one of
///         them is beyond 31 bits: see e_announce_id. Nothing is written then.
/// Threads: any.
int32_t E_ANNOUNCE_CALL e_announce_ids(int32_t result,
                       int32_t *ids,
                       int32_t capacity);

/// A row with all its fields as e_announce_text gives them, in the order of their numbers, TABs between them. Each
/// TAB, and each end of a line, inside a field is a blank.
///
/// @param result  From e_announce_query or e_announce_get.
/// @param row     From 1.
/// @return The row; empty when it is not there. Valid until the thread's next call that returns text.
/// Threads: any.
const char *E_ANNOUNCE_CALL e_announce_row(int32_t result,
                           int32_t row);

/// All rows, as e_announce_row gives them, each with CR LF behind it.
///
/// @param result    From e_announce_query or e_announce_get.
/// @param buffer    Where the text and a NUL are written, in GBK. May be NULL when `capacity` is 0.
/// @param capacity  Bytes of `buffer`.
/// @return The size of the whole text in bytes, without its NUL; as much as fits was written when that is not below
///         `capacity`.
/// Threads: any.
int32_t E_ANNOUNCE_CALL e_announce_table(int32_t result,
                         char *buffer,
                         int32_t capacity);

/// Publishes an announcement in Chinese (zh-CN) for everyone, or changes the one that has its key in its channel.
/// For all else there is e_announce_publish_json.
///
/// @param board     An open board.
/// @param channel   The stream it belongs to; empty is "default".
/// @param key       Your own name for it; empty is none.
/// @param title     Not empty.
/// @param body      May be empty. CR LF in it becomes the one LF that every surface has, and is CR LF again when it
///                  is read here.
/// @param severity  NOTICE_SEVERITY_...
/// @return 1, and e_announce_published_id has its id; negative as notice_publish fails.
/// Threads: any.
int32_t E_ANNOUNCE_CALL e_announce_publish(int32_t board,
                           const char *channel,
                           const char *key,
                           const char *title,
                           const char *body,
                           int32_t severity);

/// Publishes a draft, or a list of drafts as one revision, as notice_publish_json does.
///
/// @param board  An open board.
/// @param json   A JSON object or a list of them, in GBK; what GBK lacks is written as \uXXXX.
/// @return How many; negative as notice_publish_json fails. Offsets are those of the JSON in UTF-8.
/// Threads: any.
int32_t E_ANNOUNCE_CALL e_announce_publish_json(int32_t board, const char *json);

/// The same with JSON in UTF-8, such as a file that was read or downloaded; a byte order mark is left out.
///
/// @param board   An open board.
/// @param json    A JSON object or a list of them. May be NULL when `length` is 0.
/// @param length  Bytes of `json`.
/// @return As e_announce_publish_json.
/// Threads: any.
int32_t E_ANNOUNCE_CALL e_announce_publish_utf8(int32_t board, const uint8_t *json, int32_t length);

/// Changes some fields of an announcement, as notice_update_json does.
///
/// @param board       An open board.
/// @param id          Which one, as e_announce_id gives it.
/// @param patch       A JSON object with the fields to change, in GBK; null sets a field back to its default.
/// @param if_version  Only if it still has this version; 0 is any.
/// @param change      NOTICE_CHANGE_...: whether it is news.
/// @return 1; negative as notice_update_json fails.
/// Threads: any.
int32_t E_ANNOUNCE_CALL e_announce_update_json(int32_t board,
                               const char *id,
                               const char *patch,
                               int32_t if_version,
                               int32_t change);

/// Makes several changes as one revision of the board, as notice_apply_json does.
///
/// @param board  An open board.
/// @param json   A JSON list of operations, in GBK.
/// @return How many; negative as notice_apply_json fails. Offsets are those of the JSON in UTF-8.
/// Threads: any.
int32_t E_ANNOUNCE_CALL e_announce_apply_json(int32_t board, const char *json);

/// The same with JSON in UTF-8; a byte order mark is left out.
///
/// @param board   An open board.
/// @param json    A JSON list of operations. May be NULL when `length` is 0.
/// @param length  Bytes of `json`.
/// @return As e_announce_apply_json.
/// Threads: any.
int32_t E_ANNOUNCE_CALL e_announce_apply_utf8(int32_t board, const uint8_t *json, int32_t length);

/// Takes an announcement back: at once no viewer sees it. Retracting it again changes nothing.
///
/// @param board   An open board.
/// @param id      Which one, as e_announce_id gives it.
/// @param reason  Why; may be empty.
/// @return 1; negative as notice_retract fails.
/// Threads: any.
int32_t E_ANNOUNCE_CALL e_announce_retract(int32_t board, const char *id, const char *reason);

/// Publishes a retracted announcement again, as news.
///
/// @param board  An open board.
/// @param id     Which one, as e_announce_id gives it.
/// @return 1; negative as notice_restore fails.
/// Threads: any.
int32_t E_ANNOUNCE_CALL e_announce_restore(int32_t board, const char *id);

/// Erases an announcement, and what is kept of users about it.
///
/// @param board  An open board.
/// @param id     Which one, as e_announce_id gives it.
/// @return 1; negative as notice_purge fails.
/// Threads: any.
int32_t E_ANNOUNCE_CALL e_announce_purge(int32_t board, const char *id);

/// The id of what this thread's last publishing, update, retraction, restoration or purge was about.
///
/// @param index  Which of several, from 1.
/// @return The id; empty when there were not so many. Valid until the thread's next call that returns text.
/// Threads: any; each has its own.
const char *E_ANNOUNCE_CALL e_announce_published_id(int32_t index);

/// All of that: id, version, revision, what was done (NOTICE_OUTCOME_...), and 1 when it is the result of an
/// earlier publishing under the same idempotency key, else 0; TABs between them.
///
/// @param index  Which of several, from 1.
/// @return The line; empty when there were not so many. Valid until the thread's next call that returns text.
/// Threads: any; each has its own.
const char *E_ANNOUNCE_CALL e_announce_published(int32_t index);

/// One whole announcement as a JSON object in UTF-8, all its texts and its audience included, for an editor to
/// change and publish again.
///
/// @param board     An open board.
/// @param id        Which one, as e_announce_id gives it.
/// @param buffer    Where the JSON and a NUL are written. May be NULL when `capacity` is 0.
/// @param capacity  Bytes of `buffer`.
/// @return The size of the whole JSON in bytes, without its NUL; as much as fits was written when that is not below
///         `capacity`. -NOTICE_NOT_FOUND.
/// Threads: any.
int32_t E_ANNOUNCE_CALL e_announce_json(int32_t board,
                        const char *id,
                        uint8_t *buffer,
                        int32_t capacity);

/// Remembers what the viewer of a result does with an announcement in it. The viewer must have a user: see
/// e_announce_set_viewer.
///
/// @param result  From e_announce_query or e_announce_get, on a board that is still open.
/// @param row     From 1; 0 is all rows.
/// @param mark    NOTICE_MARK_...
/// @return 0; negative as notice_mark fails.
/// Threads: any.
int32_t E_ANNOUNCE_CALL e_announce_mark(int32_t result, int32_t row, int32_t mark);

/// The same for announcements by their ids, and the board's viewer.
///
/// @param board  An open board.
/// @param ids    Ids as e_announce_id gives them, with commas, blanks or ends of lines between them. All of them are
///               marked, or none.
/// @param mark   NOTICE_MARK_...
/// @return 0; negative as notice_mark fails.
/// Threads: any.
int32_t E_ANNOUNCE_CALL e_announce_mark_ids(int32_t board,
                            const char *ids,
                            int32_t mark);

/// Marks as read all that the board's viewer sees under the conditions, as notice_mark_all_read does.
///
/// @param board       An open board.
/// @param conditions  As for e_announce_query; empty is everything, at no cost for each. Besides, up_to= is the
///                    revision until which it was news, such as that of a result; without it, the present one.
/// @return 0; negative as notice_mark_all_read fails.
/// Threads: any.
int32_t E_ANNOUNCE_CALL e_announce_mark_all_read(int32_t board,
                                 const char *conditions);

/// Erases all that is kept of a user.
///
/// @param board  An open board.
/// @param user   The user's name; not empty.
/// @return 1 if there was anything, else 0; negative as notice_forget_user fails.
/// Threads: any.
int32_t E_ANNOUNCE_CALL e_announce_forget_user(int32_t board, const char *user);

/// Says in Chinese which rules hide an announcement from the board's viewer, or that none does. What a viewer may
/// not see is not explained to a viewer; it is to an editor, with view=editor.
///
/// @param board       An open board.
/// @param id          Which one, as e_announce_id gives it.
/// @param conditions  Empty, or view= and now=.
/// @return The rules, one a line, with times in local time; empty when it is not found. Valid until the thread's next
///         call that returns text.
/// Threads: any.
const char *E_ANNOUNCE_CALL e_announce_explain(int32_t board,
                               const char *id,
                               const char *conditions);

/// The same as a number.
///
/// @param board       An open board.
/// @param id          Which one, as e_announce_id gives it.
/// @param conditions  Empty, or view= and now=.
/// @return A sum of 1 << NOTICE_RULE_...; negative as notice_explain fails.
/// Threads: any.
int32_t E_ANNOUNCE_CALL e_announce_explain_rules(int32_t board, const char *id, const char *conditions);

/// How many changes there were since the last call of this, or since the board was opened: one for each revision,
/// and one when something that the viewer sees has begun or ended by its time. Cheap enough for a timer.
///
/// @param board  An open board.
/// @return How many; 0 when there was none. Negative for what is no board.
/// Threads: any.
int32_t E_ANNOUNCE_CALL e_announce_poll(int32_t board);

/// Posts a message to a window (PostMessage, both parameters 0) each time that e_announce_poll would count
/// something, from a thread of the library's own which ends when the board is closed. What another viewer or another
/// time of e_announce_set_clock brings is noticed within a minute. Nothing else is ever done to the program.
///
/// @param board    An open board.
/// @param window   The window's handle; 0: no more.
/// @param message  The message, such as E_ANNOUNCE_LABEL_MESSAGE.
/// @return 0; -NOTICE_INVALID_FIELD for what is no window; -NOTICE_UNSUPPORTED where there is no Windows.
/// Threads: any.
int32_t E_ANNOUNCE_CALL e_announce_notify_window(int32_t board,
                                 int32_t window,
                                 int32_t message);

/// In how many seconds something that the viewer sees begins or ends by its time, for one timer instead of asking
/// again and again. Rounded up.
///
/// @param board  An open board.
/// @return How many, at least 1; 0 when nothing will. Negative for what is no board.
/// Threads: any.
int32_t E_ANNOUNCE_CALL e_announce_next_change_seconds(int32_t board);

/// Figures about a board as JSON, as notice_stats_json has them.
///
/// @param board  An open board.
/// @return The JSON; empty for what is no board. Valid until the thread's next call that returns text.
/// Threads: any.
const char *E_ANNOUNCE_CALL e_announce_stats(int32_t board);

/// Any text as one value of a condition, such as what a user has typed to search for.
///
/// @param text  Any text.
/// @return The text in quotes. Valid until the thread's next call that returns text.
/// Threads: any.
const char *E_ANNOUNCE_CALL e_announce_quote(const char *text);

/// Any text as a JSON string, quotes and all, to put JSON together from.
///
/// @param text  Any text.
/// @return The string; every end of a line in it is one LF. Valid until the thread's next call that returns text.
/// Threads: any.
const char *E_ANNOUNCE_CALL e_announce_json_text(const char *text);

/// A time in Unix milliseconds, as e_announce_number_halves gives it, as text in local time.
///
/// @param low   The lower 32 bits.
/// @param high  The upper 32 bits.
/// @return The text; empty for 0. Valid until the thread's next call that returns text.
/// Threads: any.
const char *E_ANNOUNCE_CALL e_announce_time_text(int32_t low, int32_t high);

/// Whether a version is in a range, both written as in the audience of an announcement.
///
/// @param version  Such as "7.10.5".
/// @param range    Such as ">=7.9 <8".
/// @return 1 if it is, else 0; -NOTICE_INVALID_FIELD for what is no version or no range.
/// Threads: any.
int32_t E_ANNOUNCE_CALL e_announce_version_matches(const char *version, const char *range);

/// Which of two versions is the newer one.
///
/// @param first   Such as "1.9.0".
/// @param second  Such as "1.10.0".
/// @return 0 when they are the same, 1 when the first is newer, 2 when the second is; -NOTICE_INVALID_FIELD for what
///         is no version.
/// Threads: any.
int32_t E_ANNOUNCE_CALL e_announce_compare_versions(const char *first,
                                    const char *second);

/// What a status means in general, in Chinese. What was wrong with a particular call, e_announce_last_error says.
///
/// @param status  0, or negative as a function returned it.
/// @return The text. Valid until the thread's next call that returns text.
/// Threads: any.
const char *E_ANNOUNCE_CALL e_announce_status_text(int32_t status);

/// The release of the library that is running, such as "1.2.3".
///
/// @return The text. Valid until the thread's next call that returns text.
/// Threads: any.
const char *E_ANNOUNCE_CALL e_announce_version(void);

/// The interface of the library that is running. A program runs with every library for which this is at least the
/// E_ANNOUNCE_ABI_VERSION that it was made with.
///
/// @return E_ANNOUNCE_ABI_VERSION of the library.
/// Threads: any.
int32_t E_ANNOUNCE_CALL e_announce_abi_version(void);

/// What was wrong with this thread's last call, in Chinese: path, offending value, reason and place. The functions
/// of this group leave it as it is; every other call sets it.
///
/// @return The message; empty when the call succeeded. Valid until the thread's next call that returns text.
/// Threads: any; each has its own.
const char *E_ANNOUNCE_CALL e_announce_last_error(void);

/// The same in English.
///
/// @return The message; empty when the call succeeded. Valid until the thread's next call that returns text.
/// Threads: any; each has its own.
const char *E_ANNOUNCE_CALL e_announce_last_error_english(void);

/// The field or the parameter that was refused, such as "conditions" or "texts.zh-CN.title".
///
/// @return The path; empty when there is none. Valid until the thread's next call that returns text.
/// Threads: any; each has its own.
const char *E_ANNOUNCE_CALL e_announce_last_error_path(void);

/// Where the fault is, in bytes from the beginning of the value: of conditions, and of text that is no GBK, as it was
/// handed in; of everything else in UTF-8.
///
/// @return The offset; -1 when there is none.
/// Threads: any; each has its own.
int32_t E_ANNOUNCE_CALL e_announce_last_error_offset(void);

/// The limit that a value went over.
///
/// @return The limit; -1 when there is none.
/// Threads: any; each has its own.
int32_t E_ANNOUNCE_CALL e_announce_last_error_limit(void);

/// The status of this thread's last call, for those that return text.
///
/// @return 0 when it succeeded; else negative, as a function that returns a number would.
/// Threads: any; each has its own.
int32_t E_ANNOUNCE_CALL e_announce_last_status(void);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* NOTICE_E_H */
