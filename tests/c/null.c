/* Each pointer that a function takes as NULL, and each text and list inside the structures. */

#include "calls.h"

/* Makes the call with its parameter `n` as NULL, with its size or with 0. */
static int32_t with_null(struct fixture *f, const struct call *call, int n, int is_empty)
{
    refresh(f);
    f->null = n;
    f->is_empty = is_empty;
    return call->call(f);
}

/* That a call that was refused has written nothing, apart from the size that is needed. */
static void check_untouched(struct fixture *f, int32_t status)
{
    struct outputs fresh;
    memset(&fresh, FRESH, sizeof fresh);
    if (status == NOTICE_TOO_SMALL) {
        CHECK(f->out.size != fresh.size);
        f->out.size = fresh.size;
    }
    CHECK_BYTES(&f->out, &fresh, sizeof fresh);
}

static void try_parameter(struct fixture *f, const struct call *call, int n)
{
    const struct parameter *const parameter = &call->pointers[n];
    ABOUT("%s: %s is NULL", call->function, parameter->name);
    if (parameter->rule == ALLOWED) {
        CHECK_OK(with_null(f, call, n, 0));
        return;
    }
    if (call->answer == QUIET)
        CHECK_STATUS(with_null(f, call, n, 0), NOTICE_INVALID_FIELD);
    else
        CHECK_REFUSED(with_null(f, call, n, 0), NOTICE_INVALID_FIELD, parameter->name);
    check_untouched(f, NOTICE_INVALID_FIELD);
    if (parameter->rule == WITH_SIZE) {
        ABOUT("%s: %s is NULL, its size 0", call->function, parameter->name);
        CHECK_STATUS(with_null(f, call, n, 1), parameter->status_when_empty);
        if (parameter->status_when_empty != NOTICE_OK)
            check_untouched(f, parameter->status_when_empty);
    }
}

static void try_every_function(struct fixture *f)
{
    size_t i;
    for (i = 0; i < COUNT_OF(CALLS); i++) {
        int n;
        ABOUT("%s", CALLS[i].function);
        CHECK_OK(with_null(f, &CALLS[i], -1, 0));
        for (n = 0; n < (int)COUNT_OF(CALLS[i].pointers) && CALLS[i].pointers[n].rule != NO_MORE; n++)
            try_parameter(f, &CALLS[i], n);
    }
}

static void try_drafts(NoticeBoard *board)
{
    const uint64_t total = total_of(board);
    struct full_draft full;
    size_t i;
    for (i = 0; i < COUNT_OF(DRAFT_TEXTS); i++) {
        ABOUT("draft, %s", DRAFT_TEXTS[i].path);
        fill_draft(&full);
        set_text(&full, DRAFT_TEXTS[i].offset, NULL, 1);
        CHECK_REFUSED(try_draft(board, &full), NOTICE_INVALID_FIELD, DRAFT_TEXTS[i].path);
        set_text(&full, DRAFT_TEXTS[i].offset, NULL, 0);
        if (DRAFT_TEXTS[i].emptiness == REQUIRED)
            CHECK_STATUS(try_draft(board, &full), NOTICE_INVALID_FIELD);
    }
    for (i = 0; i < COUNT_OF(DRAFT_LISTS); i++) {
        ABOUT("draft, list %s", DRAFT_LISTS[i].path);
        fill_draft(&full);
        set_list(&full, &DRAFT_LISTS[i], 1, 1);
        CHECK_REFUSED(try_draft(board, &full), NOTICE_INVALID_FIELD, DRAFT_LISTS[i].path);
        set_list(&full, &DRAFT_LISTS[i], 1, 0);
        if (DRAFT_LISTS[i].emptiness == REQUIRED)
            CHECK_STATUS(try_draft(board, &full), NOTICE_INVALID_FIELD);
    }
    ABOUT("draft, list actions[0].labels");
    fill_draft(&full);
    full.actions[0].labels = NULL;
    CHECK_REFUSED(try_draft(board, &full), NOTICE_INVALID_FIELD, "actions[0].labels");
    full.actions[0].label_count = 0;
    CHECK_STATUS(try_draft(board, &full), NOTICE_INVALID_FIELD);
    ABOUT("draft");
    CHECK_INT(total_of(board), total);
}

/* What may be empty is taken as {NULL, 0}, on a board of its own, for it changes the announcement. */
static void try_empty_drafts(void)
{
    struct full_draft full;
    size_t i;
    for (i = 0; i < COUNT_OF(DRAFT_TEXTS); i++) {
        NoticeBoard *const board = open_board();
        ABOUT("draft, %s is {NULL, 0}", DRAFT_TEXTS[i].path);
        fill_draft(&full);
        set_text(&full, DRAFT_TEXTS[i].offset, NULL, 0);
        if (DRAFT_TEXTS[i].emptiness == MAY_BE_EMPTY)
            CHECK_OK(try_draft(board, &full));
        notice_close(board, 0);
    }
    for (i = 0; i < COUNT_OF(DRAFT_LISTS); i++) {
        NoticeBoard *const board = open_board();
        ABOUT("draft, list %s is {NULL, 0}", DRAFT_LISTS[i].path);
        fill_draft(&full);
        set_list(&full, &DRAFT_LISTS[i], 1, 0);
        if (DRAFT_LISTS[i].emptiness == MAY_BE_EMPTY)
            CHECK_OK(try_draft(board, &full));
        notice_close(board, 0);
    }
}

static void try_queries(struct fixture *f)
{
    struct full_query full;
    size_t i;
    for (i = 0; i < COUNT_OF(QUERY_TEXTS); i++) {
        ABOUT("query, %s", QUERY_TEXTS[i].path);
        fill_query(&full, f->id);
        set_text(&full, QUERY_TEXTS[i].offset, NULL, 1);
        CHECK_REFUSED(try_query(f->board, &full), NOTICE_INVALID_FIELD, QUERY_TEXTS[i].path);
        set_text(&full, QUERY_TEXTS[i].offset, NULL, 0);
        CHECK_STATUS(try_query(f->board, &full),
                     QUERY_TEXTS[i].emptiness == REQUIRED ? NOTICE_INVALID_FIELD : NOTICE_OK);
    }
    for (i = 0; i < COUNT_OF(QUERY_LISTS); i++) {
        ABOUT("query, list %s", QUERY_LISTS[i].path);
        fill_query(&full, f->id);
        set_list(&full, &QUERY_LISTS[i], 1, 1);
        CHECK_REFUSED(try_query(f->board, &full), NOTICE_INVALID_FIELD, QUERY_LISTS[i].path);
        set_list(&full, &QUERY_LISTS[i], 1, 0);
        CHECK_OK(try_query(f->board, &full));
    }
}

/* The query inside of what is followed. */
static void try_changes(struct fixture *f)
{
    NoticeChanges changes = NOTICE_CHANGES_INIT;
    ABOUT("changes, query");
    refresh(f);
    CHECK_REFUSED(notice_changes(f->board, &changes, &f->out.changes), NOTICE_INVALID_FIELD, "changes.query");
    check_untouched(f, NOTICE_INVALID_FIELD);
}

/* That the full query finds the full draft: else what is refused below might be refused for another reason. */
static void check_fixture(struct fixture *f)
{
    CHECK_OK(notice_count(f->board, &f->query.query, &f->out.count));
    CHECK_INT(f->out.count.total, 1);
}

int main(int argc, char **argv)
{
    struct fixture f;
    check_calls_are_complete(argc, argv);
    fill_fixture(&f);
    check_fixture(&f);
    try_every_function(&f);
    try_drafts(f.board);
    try_empty_drafts();
    try_queries(&f);
    try_changes(&f);
    notice_close(f.board, 0);
    return 0;
}
