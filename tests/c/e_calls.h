/* Every function of notice_e.h, called so that all is right, or with one text or buffer as NULL or empty.
 *
 * A new function gets a function in e_call_each.h and a row of E_CALLS; the call is to be right however often it is
 * made. It is then tried with NULL and "" for each text (e_texts.c), with boards and results that are none
 * (e_handle.c), and with a panic inside (panic.c). These compare the table with ffi/symbols.txt, so that no function
 * can be forgotten. */

#ifndef E_CALLS_H
#define E_CALLS_H

#include "check.h"

#include <time.h>
#include <unistd.h>

#include <notice_e.h>

/* How a function says that it failed. */
enum e_answer {
    E_NUMBER, /* By a negative number. */
    E_TEXT,   /* By an empty text, and the status. */
    E_QUIET   /* It reads the status, and must leave it: by -1, 0 or an empty text. */
};

/* What a pointer does that is NULL. */
enum e_rule {
    E_NO_MORE,
    E_IN,    /* A text: NULL is "". */
    E_BUFFER /* NULL is refused, unless its capacity is 0. */
};

enum e_odd { E_RIGHT, E_NULL, E_EMPTY };

struct e_fixture {
    /* The ones that are called with, which need not be open. */
    int32_t board, result;
    /* The ones that all of this is on. */
    int32_t own_board, own_result;
    /* The id of the announcement in the result, of one that is retracted, and of a draft. */
    char id[24], retracted_id[24], draft_id[24];
    /* Which pointer is odd, from 0, and how. */
    int odd_pointer;
    enum e_odd odd;
    /* What was handed out. */
    char buffer[16384];
    int32_t numbers[64];
    int32_t low, high;
};

struct e_call {
    const char *function;
    /* Gives what the function has returned; of a text 0 when it is not empty, and -1 when it is. */
    int32_t (*call)(struct e_fixture *f);
    enum e_answer answer;
    int is_on_board, is_on_result, is_write;
    enum e_rule pointers[5];
};

/* The text number `n`, or what is tried in its place. */
#define T(n, text) (f->odd == E_RIGHT || f->odd_pointer != (n) ? (text) : f->odd == E_NULL ? NULL : "")
/* The buffer number `n`, and its capacity. */
#define B(n, buffer) (f->odd == E_RIGHT || f->odd_pointer != (n) ? (buffer) : NULL)
#define CAPACITY(n, size) (f->odd == E_EMPTY && f->odd_pointer == (n) ? 0 : (int32_t)(size))

static inline int32_t e_text(const char *text)
{
    CHECK(text != NULL);
    return *text ? 0 : -1;
}

#include "e_call_each.h"

#define E_ROW(name, answer, on_board, on_result, write, ...) \
    { "e_announce_" #name, e_call_##name, answer, on_board, on_result, write, { __VA_ARGS__ } }

static const struct e_call E_CALLS[] = {
    E_ROW(abi_version, E_NUMBER, 0, 0, 0, E_NO_MORE),
    E_ROW(action, E_TEXT, 0, 1, 0, E_NO_MORE),
    E_ROW(apply_json, E_NUMBER, 1, 0, 1, E_IN),
    E_ROW(apply_utf8, E_NUMBER, 1, 0, 1, E_BUFFER),
    E_ROW(check_json, E_NUMBER, 1, 0, 0, E_IN),
    E_ROW(check_utf8, E_NUMBER, 1, 0, 0, E_BUFFER),
    E_ROW(close, E_NUMBER, 1, 0, 0, E_NO_MORE),
    E_ROW(compare_versions, E_NUMBER, 0, 0, 0, E_IN, E_IN),
    E_ROW(discard, E_NUMBER, 1, 0, 0, E_NO_MORE),
    E_ROW(finding, E_TEXT, 0, 0, 0, E_NO_MORE),
    E_ROW(flush, E_NUMBER, 1, 0, 0, E_NO_MORE),
    E_ROW(count, E_NUMBER, 0, 1, 0, E_NO_MORE),
    E_ROW(count_active, E_NUMBER, 1, 0, 0, E_IN),
    E_ROW(count_unread, E_NUMBER, 1, 0, 0, E_IN),
    E_ROW(explain, E_TEXT, 1, 0, 0, E_IN, E_IN),
    E_ROW(explain_rules, E_NUMBER, 1, 0, 0, E_IN, E_IN),
    E_ROW(extra, E_TEXT, 0, 1, 0, E_IN),
    E_ROW(forget_user, E_NUMBER, 1, 0, 1, E_IN),
    E_ROW(free, E_NUMBER, 0, 1, 0, E_NO_MORE),
    E_ROW(get, E_NUMBER, 1, 0, 0, E_IN, E_IN),
    E_ROW(id, E_TEXT, 0, 1, 0, E_NO_MORE),
    E_ROW(history, E_NUMBER, 1, 0, 0, E_IN, E_BUFFER),
    E_ROW(ids, E_NUMBER, 0, 1, 0, E_NO_MORE),
    E_ROW(json, E_NUMBER, 1, 0, 0, E_IN, E_BUFFER),
    E_ROW(json_text, E_TEXT, 0, 0, 0, E_IN),
    E_ROW(last_error, E_QUIET, 0, 0, 0, E_NO_MORE),
    E_ROW(last_error_english, E_QUIET, 0, 0, 0, E_NO_MORE),
    E_ROW(last_error_limit, E_QUIET, 0, 0, 0, E_NO_MORE),
    E_ROW(last_error_offset, E_QUIET, 0, 0, 0, E_NO_MORE),
    E_ROW(last_error_path, E_QUIET, 0, 0, 0, E_NO_MORE),
    E_ROW(last_status, E_QUIET, 0, 0, 0, E_NO_MORE),
    E_ROW(mark, E_NUMBER, 0, 1, 1, E_NO_MORE),
    E_ROW(mark_all, E_NUMBER, 1, 0, 1, E_IN),
    E_ROW(mark_all_read, E_NUMBER, 1, 0, 1, E_IN),
    E_ROW(mark_ids, E_NUMBER, 1, 0, 1, E_IN),
    E_ROW(next_change_seconds, E_NUMBER, 1, 0, 0, E_NO_MORE),
    E_ROW(notify_window, E_NUMBER, 1, 0, 0, E_NO_MORE),
    E_ROW(number, E_NUMBER, 0, 1, 0, E_NO_MORE),
    E_ROW(number_halves, E_NUMBER, 0, 1, 0, E_NO_MORE),
    E_ROW(open, E_NUMBER, 0, 0, 0, E_IN),
    E_ROW(own_revision, E_NUMBER, 1, 0, 0, E_NO_MORE),
    E_ROW(poll, E_NUMBER, 1, 0, 0, E_NO_MORE),
    E_ROW(publish, E_NUMBER, 1, 0, 1, E_IN, E_IN, E_IN, E_IN),
    E_ROW(publish_json, E_NUMBER, 1, 0, 1, E_IN),
    E_ROW(publish_utf8, E_NUMBER, 1, 0, 1, E_BUFFER),
    E_ROW(published, E_TEXT, 0, 0, 0, E_NO_MORE),
    E_ROW(published_id, E_TEXT, 0, 0, 0, E_NO_MORE),
    E_ROW(purge, E_NUMBER, 1, 0, 1, E_IN),
    E_ROW(query, E_NUMBER, 1, 0, 0, E_IN),
    E_ROW(quote, E_TEXT, 0, 0, 0, E_IN),
    E_ROW(release, E_NUMBER, 1, 0, 1, E_IN),
    E_ROW(restore, E_NUMBER, 1, 0, 1, E_IN),
    E_ROW(retract, E_NUMBER, 1, 0, 1, E_IN, E_IN),
    E_ROW(row, E_TEXT, 0, 1, 0, E_NO_MORE),
    E_ROW(set_clock, E_NUMBER, 1, 0, 0, E_IN),
    E_ROW(set_viewer, E_NUMBER, 1, 0, 0, E_IN, E_IN),
    /* What it shares is an empty board of its own. */
    E_ROW(share, E_NUMBER, 1, 0, 0, E_IN),
    E_ROW(snooze, E_NUMBER, 1, 0, 1, E_IN, E_IN),
    E_ROW(stats, E_TEXT, 1, 0, 0, E_NO_MORE),
    E_ROW(status_text, E_TEXT, 0, 0, 0, E_NO_MORE),
    E_ROW(table, E_NUMBER, 0, 1, 0, E_BUFFER),
    E_ROW(text, E_TEXT, 0, 1, 0, E_NO_MORE),
    E_ROW(text_utf8, E_NUMBER, 0, 1, 0, E_BUFFER),
    E_ROW(time_text, E_TEXT, 0, 0, 0, E_NO_MORE),
    E_ROW(total, E_NUMBER, 0, 1, 0, E_NO_MORE),
    E_ROW(unread, E_NUMBER, 0, 1, 0, E_NO_MORE),
    E_ROW(update_json, E_NUMBER, 1, 0, 1, E_IN, E_IN),
    E_ROW(version, E_TEXT, 0, 0, 0, E_NO_MORE),
    E_ROW(version_matches, E_NUMBER, 0, 0, 0, E_IN, E_IN),
};

#define E_CALL_COUNT (sizeof E_CALLS / sizeof E_CALLS[0])

/* An announcement with a button and data of its own; its texts have characters that GBK lacks. */
#define E_FULL                                                                                             \
    "{\"key\": \"full\", \"texts\": {\"zh-CN\": {\"title\": \"\\u516c\\u544a \\ud83d\\ude00 \\u20ac\","     \
    " \"summary\": \"a b\", \"body\": \"\\u7b2c\\u4e00\\u884c\\n\\u7b2c\\u4e8c\\u884c\\r\\nc\\td\"}},"     \
    " \"tags\": [\"a\", \"b\"], \"extras\": {\"forced\": true},"                                           \
    " \"actions\": [{\"id\": \"get\", \"kind\": \"url\", \"label\": {\"zh-CN\": \"\\u4e0b\\u8f7d\"},"       \
    " \"value\": \"https://example.com/\"}]}"

/* Publishes what no viewer sees until it is released, and keeps its id. */
static inline void e_publish_draft(struct e_fixture *f)
{
    const char *json = "{\"state\": \"draft\", \"texts\": {\"en\": {\"title\": \"Not yet\"}}}";
    CHECK_INT(e_announce_publish_json(f->own_board, json), 1);
    snprintf(f->draft_id, sizeof f->draft_id, "%s", e_announce_published_id(1));
}

static inline void e_fill_fixture(struct e_fixture *f)
{
    memset(f, 0, sizeof *f);
    f->board = f->own_board = e_announce_open("mem:");
    CHECK(f->board > 0);
    CHECK_INT(e_announce_publish_json(f->board, E_FULL), 1);
    snprintf(f->id, sizeof f->id, "%s", e_announce_published_id(1));
    CHECK_INT(e_announce_publish(f->board, "other", "retracted", "Retracted", "", 1), 1);
    snprintf(f->retracted_id, sizeof f->retracted_id, "%s", e_announce_published_id(1));
    CHECK_INT(e_announce_retract(f->board, f->retracted_id, ""), 1);
    e_publish_draft(f);
    CHECK_INT(e_announce_set_viewer(f->board, "user", "li.na"), 0);
    f->result = f->own_result = e_announce_query(f->board, "key=full");
    CHECK_INT(e_announce_count(f->result), 1);
}

/* Calls, and gives the status that the thread has then: 0, or negative. A number that says otherwise fails. */
static inline int32_t e_status_of(struct e_fixture *f, const struct e_call *call)
{
    const int32_t returned = call->call(f);
    const int32_t status = e_announce_last_status();
    if (call->answer == E_NUMBER && returned < 0 && returned != status)
        check_fail(__FILE__, __LINE__, "%s gives %d, the status is %d", call->function, returned, status);
    if (call->answer == E_TEXT && returned < 0 && status == 0 && f->odd == E_RIGHT)
        check_fail(__FILE__, __LINE__, "%s gives no text, and no status", call->function);
    return call->answer == E_NUMBER && returned >= 0 ? 0 : status;
}

/* Refuses a table that does not have just the functions of this layer, whose names are among the arguments. */
static inline void e_check_calls_are_complete(int argc, char **argv)
{
    size_t found = 0, n;
    int i;
    for (i = 1; i < argc; i++) {
        if (strncmp(argv[i], "e_announce_", 11) != 0)
            continue;
        for (n = 0; n < E_CALL_COUNT && strcmp(E_CALLS[n].function, argv[i]) != 0; n++)
            ;
        if (n == E_CALL_COUNT)
            check_fail(__FILE__, __LINE__, "%s is exported and has no row in E_CALLS", argv[i]);
        found++;
    }
    if (argc > 1)
        CHECK_INT(E_CALL_COUNT, found);
}

#endif
