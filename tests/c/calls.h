/* Every exported function, called so that all is right, or with one thing wrong.
 *
 * A new function gets a function here and a row in CALLS; the call is to be right however often it is made. It is
 * then tried with each NULL (null.c), with a board that was closed (handle.c), and with a panic inside (panic.c).
 * These compare the table with ffi/symbols.txt, so that no function can be forgotten. */

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
    NoticeErrorInfo info;
    size_t size;
    int64_t revision;
    char buf[8192];
};

#define FRESH 0x5A

struct fixture {
    NoticeBoard *board;
    struct full_draft draft;
    struct full_query query;
    NoticeQuery editor;
    int64_t id;
    /* One that is retracted already: to retract it again is right, and changes nothing. */
    int64_t retracted_id;
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

static inline int32_t call_abi_version(struct fixture *f)
{
    (void)f;
    return notice_abi_version() == 0 ? NOTICE_PANIC : NOTICE_OK;
}

static inline int32_t call_close(struct fixture *f)
{
    NoticeBoard *const board = open_board();
    int32_t result = NOTICE_OK;
    notice_close(P(0, board));
    if (notice_publish(board, &f->draft.draft, NULL) == NOTICE_OK) {
        if (f->null != 0)
            result = NOTICE_PANIC;
        notice_close(board);
    }
    return result;
}

static inline int32_t call_count(struct fixture *f)
{
    return notice_count(P(0, f->board), P(1, &f->query.query), P(2, &f->out.count));
}

static inline int32_t call_free(struct fixture *f)
{
    NoticeArray array;
    CHECK_OK(notice_query(f->board, &f->query.query, &array));
    notice_free(P(0, &array));
    if (array.memory != NULL) {
        notice_free(&array);
        return f->null == 0 ? NOTICE_OK : NOTICE_PANIC;
    }
    return NOTICE_OK;
}

/* Gives back what was filled, and passes the status on. */
static inline int32_t free_filled(struct fixture *f, int32_t status)
{
    if (status == NOTICE_OK)
        notice_free(&f->out.array);
    return status;
}

static inline int32_t call_get(struct fixture *f)
{
    return free_filled(f, notice_get(P(0, f->board), f->id, P(1, &f->query.query), P(2, &f->out.array)));
}

static inline int32_t call_get_json(struct fixture *f)
{
    return notice_get_json(P(0, f->board), f->id, P(1, &f->editor), P(2, f->out.buf),
                           SIZE(2, sizeof f->out.buf), P(3, &f->out.size));
}

static inline int32_t call_last_error(struct fixture *f)
{
    return notice_last_error(NOTICE_LANGUAGE_ZH, P(0, f->out.buf), SIZE(0, sizeof f->out.buf), P(1, &f->out.size));
}

static inline int32_t call_last_error_info(struct fixture *f)
{
    return notice_last_error_info(P(0, &f->out.info));
}

static inline int32_t call_last_error_path(struct fixture *f)
{
    return notice_last_error_path(P(0, f->out.buf), SIZE(0, sizeof f->out.buf), P(1, &f->out.size));
}

static inline int32_t call_open(struct fixture *f)
{
    const NoticeOptions options = NOTICE_OPTIONS_INIT;
    const int32_t status = notice_open(P(0, "mem:"), SIZE(0, 4), P(1, &options), P(2, &f->out.board));
    if (status == NOTICE_OK)
        notice_close(f->out.board);
    return status;
}

static inline int32_t call_publish(struct fixture *f)
{
    return notice_publish(P(0, f->board), P(1, &f->draft.draft), P(2, &f->out.published[0]));
}

static inline int32_t call_publish_json(struct fixture *f)
{
    static const char JSON[] = "{\"key\": \"json\", \"texts\": {\"en\": {\"title\": \"From JSON\"}}}";
    return notice_publish_json(P(0, f->board), P(1, JSON), SIZE(1, sizeof JSON - 1), P(2, f->out.published),
                               SIZE(2, 2), P(3, &f->out.size));
}

static inline int32_t call_query(struct fixture *f)
{
    return free_filled(f, notice_query(P(0, f->board), P(1, &f->query.query), P(2, &f->out.array)));
}

static inline int32_t call_query_into(struct fixture *f)
{
    return free_filled(f, notice_query_into(P(0, f->board), P(1, &f->query.query), P(2, f->out.buf),
                                            SIZE(2, sizeof f->out.buf), P(3, &f->out.size), P(4, &f->out.array)));
}

static inline int32_t call_retract(struct fixture *f)
{
    return notice_retract(P(0, f->board), f->retracted_id, P(1, "a mistake"), SIZE(1, 9), P(2, &f->out.revision));
}

static inline int32_t call_status_message(struct fixture *f)
{
    (void)f;
    return *notice_status_message(NOTICE_NOT_FOUND, NOTICE_LANGUAGE_EN) ? NOTICE_OK : NOTICE_PANIC;
}

static inline int32_t call_status_name(struct fixture *f)
{
    (void)f;
    return *notice_status_name(NOTICE_NOT_FOUND) ? NOTICE_OK : NOTICE_PANIC;
}

static inline int32_t call_version(struct fixture *f)
{
    (void)f;
    return *notice_version() ? NOTICE_OK : NOTICE_PANIC;
}

#define NONE { NULL, NO_MORE, 0 }
#define REFUSES(name) { name, REFUSED, 0 }
#define ALLOWS(name) { name, ALLOWED, 0 }
#define SIZED(name, status) { name, WITH_SIZE, status }
#define REST NONE, NONE, NONE

static const struct call CALLS[] = {
    { "notice_abi_version", call_abi_version, NOTHING, 0, 0, { REST, REST } },
    { "notice_close", call_close, NOTHING, 0, 0, { ALLOWS("board"), NONE, NONE, REST } },
    { "notice_count", call_count, STATUS, 1, 0, { REFUSES("board"), REFUSES("query"), REFUSES("count"), REST } },
    { "notice_free", call_free, NOTHING, 0, 0, { ALLOWS("array"), NONE, NONE, REST } },
    { "notice_get", call_get, STATUS, 1, 0, { REFUSES("board"), REFUSES("query"), REFUSES("array"), REST } },
    { "notice_get_json", call_get_json, STATUS, 1, 0,
      { REFUSES("board"), REFUSES("query"), SIZED("buf", NOTICE_TOO_SMALL), REFUSES("needed"), NONE, NONE } },
    { "notice_last_error", call_last_error, QUIET, 0, 0,
      { SIZED("buf", NOTICE_TOO_SMALL), REFUSES("needed"), NONE, REST } },
    { "notice_last_error_info", call_last_error_info, QUIET, 0, 0, { REFUSES("info"), NONE, NONE, REST } },
    { "notice_last_error_path", call_last_error_path, QUIET, 0, 0,
      { SIZED("buf", NOTICE_TOO_SMALL), REFUSES("needed"), NONE, REST } },
    { "notice_open", call_open, STATUS, 0, 0,
      { SIZED("url", NOTICE_UNSUPPORTED), ALLOWS("options"), REFUSES("board"), REST } },
    { "notice_publish", call_publish, STATUS, 1, 1, { REFUSES("board"), REFUSES("draft"), ALLOWS("published"), REST } },
    { "notice_publish_json", call_publish_json, STATUS, 1, 1,
      { REFUSES("board"), SIZED("json", NOTICE_INVALID_FIELD), SIZED("results", NOTICE_OK), REFUSES("count"), NONE,
        NONE } },
    { "notice_query", call_query, STATUS, 1, 0, { REFUSES("board"), REFUSES("query"), REFUSES("array"), REST } },
    { "notice_query_into", call_query_into, STATUS, 1, 0,
      { REFUSES("board"), REFUSES("query"), SIZED("buf", NOTICE_TOO_SMALL), REFUSES("needed"), REFUSES("array"), NONE } },
    { "notice_retract", call_retract, STATUS, 1, 1,
      { REFUSES("board"), SIZED("reason", NOTICE_OK), ALLOWS("revision"), REST } },
    { "notice_status_message", call_status_message, NOTHING, 0, 0, { REST, REST } },
    { "notice_status_name", call_status_name, NOTHING, 0, 0, { REST, REST } },
    { "notice_version", call_version, NOTHING, 0, 0, { REST, REST } },
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
    f->board = open_board();
    f->id = publish_full(f->board);
    f->retracted_id = publish_title(f->board, "Retracted");
    CHECK_OK(notice_retract(f->board, f->retracted_id, NULL, 0, NULL));
    fill_draft(&f->draft);
    fill_query(&f->query, f->id);
    f->editor = editor;
    f->editor.view = NOTICE_VIEW_EDITOR;
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

/* Refuses a table that does not have just the exported functions, whose names are the program's arguments. */
static inline void check_calls_are_complete(int argc, char **argv)
{
    int i;
    for (i = 1; i < argc; i++)
        find_call(argv[i]);
    if (argc > 1)
        CHECK_INT(COUNT_OF(CALLS), argc - 1);
}

#endif
