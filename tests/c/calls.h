/* Every exported function, called so that all is right, or with one thing wrong.
 *
 * A new function gets a function in call_each.h and a row in CALLS; the call is to be right however often it is
 * made. It is then tried with each NULL (null.c), with a board that was closed (handle.c), and with a panic inside
 * (panic.c). These compare the table with ffi/symbols.txt, so that no function can be forgotten. */

#ifndef CALLS_H
#define CALLS_H

#include "fixture.h"

/* What a parameter that is a pointer does with NULL. */
enum null_rule {
    NO_MORE,  /* There is no such parameter. */
    REFUSED,  /* NOTICE_INVALID_FIELD. */
    ALLOWED,  /* As if nothing was wrong. */
    WITH_SIZE /* {NULL, n} is NOTICE_INVALID_FIELD, {NULL, 0} has the status of the row. */
};

/* How a function says that it failed. */
enum answer {
    STATUS, /* By its status, and the thread's last failure. */
    QUIET,  /* By its status alone: it reads the last failure and must not change it. */
    NOTHING /* By the last failure alone. `call` gives NOTICE_PANIC if nothing was done, else NOTICE_OK. */
};

/* All that is handed out. Filled with FRESH, so that a write that should not be is seen. */
struct outputs {
    NoticeBoard *board;
    NoticePublished published[2];
    NoticeArray array;
    NoticeCount count;
    NoticeReceiptArray receipts;
    NoticeChangeArray changes;
    NoticeOwnMarks own_marks;
    NoticeExplanation explanation;
    NoticeMaintenance maintenance;
    NoticeCompaction compaction;
    NoticeErrorInfo info;
    NoticeHead head;
    size_t size;
    int64_t revision;
    uint64_t marked;
    uint64_t number;
    int32_t existed;
    int32_t padding;
    char buf[8192];
};

#define FRESH 0x5A

struct fixture {
    /* The one that is called with, which need not be open. */
    NoticeBoard *board;
    /* The one that all of this is on. */
    NoticeBoard *own;
    struct full_draft draft;
    struct full_query query;
    NoticeQuery editor;
    /* One of nothing but a viewer who may see the full draft: another user than that of `query`, who marks nothing. */
    NoticeQuery viewer;
    int64_t id;
    /* One that is retracted already: to retract it again is right, and changes nothing. */
    int64_t retracted_id;
    int64_t draft_id;
    struct outputs out;
    /* Which parameter is NULL, from 0; -1 is none. */
    int null;
    /* Whether its size is 0, too. */
    int is_empty;
};

struct parameter {
    const char *name;
    enum null_rule rule;
    int32_t status_when_empty;
};

struct call {
    const char *function;
    int32_t (*call)(struct fixture *f);
    enum answer answer;
    /* Whether the first parameter is an open board. */
    int is_on_board;
    /* Whether a board that is poisoned refuses it. */
    int is_write;
    struct parameter pointers[6];
};

/* The parameter number `n`, or NULL when it is its turn. */
#define P(n, pointer) (f->null == (n) ? NULL : (pointer))
/* The size of the parameter number `n`. */
#define SIZE(n, size) (f->null == (n) && f->is_empty ? 0 : (size))

#include "call_each.h"

#define NONE { NULL, NO_MORE, 0 }
#define REFUSES(name) { name, REFUSED, 0 }
#define ALLOWS(name) { name, ALLOWED, 0 }
#define SIZED(name, status) { name, WITH_SIZE, status }
#define REST NONE, NONE, NONE

static const struct call CALLS[] = {
    { "notice_abi_version", call_abi_version, NOTHING, 0, 0, { REST, REST } },
    { "notice_apply_json", call_apply_json, STATUS, 1, 1,
      { REFUSES("board"), SIZED("json", NOTICE_INVALID_FIELD), SIZED("results", NOTICE_OK), REFUSES("count"), NONE,
        NONE } },
    { "notice_backup", call_backup, STATUS, 1, 0,
      { REFUSES("board"), SIZED("path", NOTICE_INVALID_FIELD), ALLOWS("revision"), REST } },
    { "notice_changes", call_changes, STATUS, 1, 0, { REFUSES("board"), REFUSES("changes"), REFUSES("array"), REST } },
    { "notice_changes_free", call_changes_free, NOTHING, 0, 0, { ALLOWS("array"), NONE, NONE, REST } },
    { "notice_check", call_check, STATUS, 1, 0,
      { REFUSES("board"), REFUSES("draft"), SIZED("buf", NOTICE_TOO_SMALL), REFUSES("needed"), NONE, NONE } },
    { "notice_check_json", call_check_json, STATUS, 1, 0,
      { REFUSES("board"), SIZED("json", NOTICE_OK), SIZED("buf", NOTICE_TOO_SMALL), REFUSES("needed"), NONE,
        NONE } },
    { "notice_close", call_close, STATUS, 0, 0, { ALLOWS("board"), NONE, NONE, REST } },
    /* What it makes smaller is a board in a file of its own. */
    { "notice_compact", call_compact, STATUS, 1, 0, { REFUSES("board"), ALLOWS("done"), NONE, REST } },
    { "notice_count", call_count, STATUS, 1, 0, { REFUSES("board"), REFUSES("query"), REFUSES("count"), REST } },
    { "notice_explain", call_explain, STATUS, 1, 0,
      { REFUSES("board"), REFUSES("query"), REFUSES("explanation"), SIZED("buf", NOTICE_TOO_SMALL), REFUSES("needed"),
        NONE } },
    { "notice_export", call_export, STATUS, 1, 0, { REFUSES("board"), REFUSES("write"), ALLOWS("data"), REST } },
    { "notice_flush", call_flush, STATUS, 1, 0, { REFUSES("board"), NONE, NONE, REST } },
    { "notice_follower_answered", call_follower_answered, STATUS, 0, 0,
      { REFUSES("follower"), REFUSES("epoch"), ALLOWS("changes"), REST } },
    { "notice_follower_failed", call_follower_failed, STATUS, 0, 0, { REFUSES("follower"), NONE, NONE, REST } },
    { "notice_follower_next", call_follower_next, STATUS, 0, 0,
      { REFUSES("follower"), REFUSES("head"), REFUSES("step"), ALLOWS("until"), NONE, NONE } },
    { "notice_forget_user", call_forget_user, STATUS, 1, 1,
      { REFUSES("board"), SIZED("user", NOTICE_INVALID_FIELD), ALLOWS("existed"), REST } },
    { "notice_free", call_free, NOTHING, 0, 0, { ALLOWS("array"), NONE, NONE, REST } },
    { "notice_get", call_get, STATUS, 1, 0, { REFUSES("board"), REFUSES("query"), REFUSES("array"), REST } },
    { "notice_get_json", call_get_json, STATUS, 1, 0,
      { REFUSES("board"), REFUSES("query"), SIZED("buf", NOTICE_TOO_SMALL), REFUSES("needed"), NONE, NONE } },
    { "notice_head", call_head, STATUS, 1, 0, { REFUSES("board"), REFUSES("head"), NONE, REST } },
    { "notice_history_json", call_history_json, STATUS, 1, 0,
      { REFUSES("board"), SIZED("buf", NOTICE_TOO_SMALL), REFUSES("needed"), REST } },
    /* What it writes to is an empty board of its own. */
    { "notice_import", call_import, STATUS, 1, 0,
      { REFUSES("board"), SIZED("data", NOTICE_INVALID_FIELD), NONE, REST } },
    { "notice_last_error", call_last_error, QUIET, 0, 0,
      { SIZED("buf", NOTICE_TOO_SMALL), REFUSES("needed"), NONE, REST } },
    { "notice_last_error_info", call_last_error_info, QUIET, 0, 0, { REFUSES("info"), NONE, NONE, REST } },
    { "notice_last_error_path", call_last_error_path, QUIET, 0, 0,
      { SIZED("buf", NOTICE_TOO_SMALL), REFUSES("needed"), NONE, REST } },
    { "notice_maintain", call_maintain, STATUS, 1, 1, { REFUSES("board"), ALLOWS("done"), NONE, REST } },
    { "notice_mark", call_mark, STATUS, 1, 1, { REFUSES("board"), REFUSES("viewer"), SIZED("ids", NOTICE_OK), REST } },
    { "notice_mark_all", call_mark_all, STATUS, 1, 1,
      { REFUSES("board"), REFUSES("query"), ALLOWS("revision"), REST } },
    { "notice_mark_all_read", call_mark_all_read, STATUS, 1, 1,
      { REFUSES("board"), REFUSES("query"), ALLOWS("revision"), REST } },
    { "notice_mark_shown", call_mark_shown, STATUS, 1, 1,
      { REFUSES("board"), REFUSES("viewer"), SIZED("ids", NOTICE_OK), ALLOWS("versions"), ALLOWS("marked"), NONE } },
    { "notice_on_change", call_on_change, STATUS, 1, 0,
      { REFUSES("board"), REFUSES("callback"), ALLOWS("user"), ALLOWS("listener"), NONE, NONE } },
    /* What it removes is a callback of its own. */
    { "notice_on_change_remove", call_on_change_remove, STATUS, 1, 0, { REFUSES("board"), NONE, NONE, REST } },
    { "notice_open", call_open, STATUS, 0, 0,
      { SIZED("url", NOTICE_UNSUPPORTED), ALLOWS("options"), REFUSES("board"), REST } },
    { "notice_own_marks", call_own_marks, STATUS, 1, 0,
      { REFUSES("board"), SIZED("user", NOTICE_INVALID_FIELD), ALLOWS("epoch"), REFUSES("marks"), NONE, NONE } },
    { "notice_publish", call_publish, STATUS, 1, 1, { REFUSES("board"), REFUSES("draft"), ALLOWS("published"), REST } },
    { "notice_publish_json", call_publish_json, STATUS, 1, 1,
      { REFUSES("board"), SIZED("json", NOTICE_INVALID_FIELD), SIZED("results", NOTICE_OK), REFUSES("count"), NONE,
        NONE } },
    { "notice_purge", call_purge, STATUS, 1, 1, { REFUSES("board"), ALLOWS("published"), NONE, REST } },
    { "notice_query", call_query, STATUS, 1, 0, { REFUSES("board"), REFUSES("query"), REFUSES("array"), REST } },
    { "notice_query_into", call_query_into, STATUS, 1, 0,
      { REFUSES("board"), REFUSES("query"), SIZED("buf", NOTICE_TOO_SMALL), REFUSES("needed"), REFUSES("array"), NONE } },
    { "notice_receipts", call_receipts, STATUS, 1, 0, { REFUSES("board"), REFUSES("query"), REFUSES("array"), REST } },
    { "notice_receipts_free", call_receipts_free, NOTHING, 0, 0, { ALLOWS("array"), NONE, NONE, REST } },
    { "notice_release", call_release, STATUS, 1, 1, { REFUSES("board"), ALLOWS("published"), NONE, REST } },
    { "notice_restore", call_restore, STATUS, 1, 1, { REFUSES("board"), ALLOWS("published"), NONE, REST } },
    { "notice_restore_backup", call_restore_backup, STATUS, 0, 0,
      { SIZED("from", NOTICE_INVALID_FIELD), SIZED("to", NOTICE_INVALID_FIELD), NONE, REST } },
    { "notice_retract", call_retract, STATUS, 1, 1,
      { REFUSES("board"), SIZED("reason", NOTICE_OK), ALLOWS("published"), REST } },
    /* What it shares is an empty board of its own. */
    { "notice_share", call_share, STATUS, 1, 0,
      { REFUSES("board"), SIZED("name", NOTICE_INVALID_FIELD), NONE, REST } },
    { "notice_stats_json", call_stats_json, STATUS, 1, 0,
      { REFUSES("board"), SIZED("buf", NOTICE_TOO_SMALL), REFUSES("needed"), REST } },
    { "notice_status_message", call_status_message, NOTHING, 0, 0, { REST, REST } },
    { "notice_status_name", call_status_name, NOTHING, 0, 0, { REST, REST } },
    { "notice_update_json", call_update_json, STATUS, 1, 1,
      { REFUSES("board"), SIZED("patch", NOTICE_INVALID_FIELD), ALLOWS("published"), REST } },
    { "notice_verify_file_json", call_verify_file_json, STATUS, 0, 0,
      { SIZED("path", NOTICE_INVALID_FIELD), SIZED("buf", NOTICE_TOO_SMALL), REFUSES("needed"), REST } },
    { "notice_verify_json", call_verify_json, STATUS, 1, 0,
      { REFUSES("board"), SIZED("buf", NOTICE_TOO_SMALL), REFUSES("needed"), REST } },
    { "notice_version", call_version, NOTHING, 0, 0, { REST, REST } },
    { "notice_wait", call_wait, STATUS, 1, 0, { REFUSES("board"), ALLOWS("revision"), NONE, REST } },
};

/* The outputs as they are before a call. */
static inline void refresh(struct fixture *f)
{
    memset(&f->out, FRESH, sizeof f->out);
    f->null = -1;
    f->is_empty = 0;
}

static inline void fill_fixture(struct fixture *f)
{
    const NoticeQuery editor = NOTICE_QUERY_INIT;
    memset(f, 0, sizeof *f);
    f->board = f->own = open_board();
    f->id = publish_full(f->board);
    f->retracted_id = publish_title(f->board, "Retracted");
    CHECK_OK(notice_retract(f->board, f->retracted_id, NULL, 0, 0, NULL));
    f->draft_id = publish_draft(f->board);
    fill_draft(&f->draft);
    fill_query(&f->query, f->id);
    f->editor = f->viewer = editor;
    f->editor.view = NOTICE_VIEW_EDITOR;
    f->viewer.user = notice_str("li.na");
    f->viewer.attributes = f->query.attributes;
    f->viewer.attribute_count = COUNT_OF(f->query.attributes);
    refresh(f);
}

/* The row of an exported function, which has to have one. */
static inline const struct call *find_call(const char *function)
{
    size_t i;
    for (i = 0; i < COUNT_OF(CALLS); i++)
        if (strcmp(CALLS[i].function, function) == 0)
            return &CALLS[i];
    check_fail(__FILE__, __LINE__, "%s is exported and has no row in CALLS", function);
}

/* Refuses a table that does not have just the functions of notice.h, whose names are among the program's arguments;
 * e_calls.h has the others. */
static inline void check_calls_are_complete(int argc, char **argv)
{
    size_t found = 0;
    int i;
    for (i = 1; i < argc; i++)
        if (strncmp(argv[i], "e_announce_", 11) != 0) {
            find_call(argv[i]);
            found++;
        }
    if (argc > 1)
        CHECK_INT(COUNT_OF(CALLS), found);
}

#endif
