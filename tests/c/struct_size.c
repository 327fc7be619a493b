/* Input structures of other releases: how many bytes the caller has, and what is in those nobody knows. */

#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif

#include "fixture.h"
#include "guard.h"

/* The largest structure that the library believes in. */
#define LARGEST 4096

static NoticeBoard *the_board;

static int32_t open_with(const void *options)
{
    NoticeBoard *board;
    const int32_t status = notice_open("mem:", 4, (const NoticeOptions *)options, &board);
    if (status == NOTICE_OK)
        notice_close(board, 0);
    return status;
}

static int32_t publish(const void *draft)
{
    return notice_publish(the_board, (const NoticeDraft *)draft, NULL);
}

static int32_t query(const void *query)
{
    NoticeArray array;
    const int32_t status = notice_query(the_board, (const NoticeQuery *)query, &array);
    if (status == NOTICE_OK)
        notice_free(&array);
    return status;
}

static int32_t query_into(const void *query)
{
    char buf[4096];
    size_t needed;
    NoticeArray array;
    return notice_query_into(the_board, (const NoticeQuery *)query, buf, sizeof buf, &needed, &array);
}

static int32_t get(const void *query)
{
    NoticeArray array;
    const int32_t status = notice_get(the_board, 1, (const NoticeQuery *)query, &array);
    if (status == NOTICE_OK)
        notice_free(&array);
    return status;
}

static int32_t count(const void *query)
{
    NoticeCount count;
    return notice_count(the_board, (const NoticeQuery *)query, &count);
}

static int32_t get_json(const void *query)
{
    char buf[4096];
    size_t needed;
    return notice_get_json(the_board, 1, (const NoticeQuery *)query, buf, sizeof buf, &needed);
}

static int32_t explain(const void *query)
{
    NoticeExplanation explanation;
    return notice_explain(the_board, 1, (const NoticeQuery *)query, &explanation, NOTICE_LANGUAGE_EN, NULL, 0, NULL);
}

static int32_t mark(const void *viewer)
{
    const int64_t id = 1;
    return notice_mark(the_board, (const NoticeQuery *)viewer, &id, 1, NOTICE_MARK_SEEN);
}

static int32_t mark_all_read(const void *query)
{
    return notice_mark_all_read(the_board, (const NoticeQuery *)query, -1, NULL);
}

static int32_t receipts(const void *query)
{
    NoticeReceiptArray array;
    const int32_t status = notice_receipts(the_board, (const NoticeReceiptQuery *)query, &array);
    if (status == NOTICE_OK)
        notice_receipts_free(&array);
    return status;
}

static int32_t changes(const void *changes)
{
    NoticeChangeArray array;
    const int32_t status = notice_changes(the_board, (const NoticeChanges *)changes, &array);
    if (status == NOTICE_OK)
        notice_changes_free(&array);
    return status;
}

static int32_t changes_query(const void *query)
{
    NoticeChanges asked = NOTICE_CHANGES_INIT;
    asked.query = (const NoticeQuery *)query;
    return changes(&asked);
}

static int32_t follower_next(const void *follower)
{
    const NoticeHead head = NOTICE_HEAD_INIT;
    int32_t step;
    return notice_follower_next((const NoticeFollower *)follower, &head, 0, &step, NULL);
}

/* What is tried lies in memory that can be written. */
static int32_t follower_answered(const void *follower)
{
    const uint8_t epoch[16] = { 1 };
    return notice_follower_answered((NoticeFollower *)follower, epoch, 1, 0, 0, NULL);
}

static int32_t follower_failed(const void *follower)
{
    return notice_follower_failed((NoticeFollower *)follower, NOTICE_IO, 0);
}

static const NoticeOptions OPTIONS = NOTICE_OPTIONS_INIT;
static struct full_draft the_draft;
static NoticeQuery the_query = NOTICE_QUERY_INIT;
static NoticeReceiptQuery the_receipt_query = NOTICE_RECEIPT_QUERY_INIT;
static NoticeChanges the_changes = NOTICE_CHANGES_INIT;
static const NoticeFollower FOLLOWER = NOTICE_FOLLOWER_INIT;

struct input {
    /* What the function calls it. */
    const char *name;
    /* One that is right. */
    const void *valid;
    size_t size;
    int32_t (*call)(const void *input);
    /* The sizes that it had in older releases; 0 ends them. A structure that grows leaves its size here. */
    size_t older[4];
};

#define INPUT(name, valid, call) { name, &(valid), sizeof(valid), call, { 0, 0, 0, 0 } }

static const struct input INPUTS[] = {
    { "options", &OPTIONS, sizeof OPTIONS, open_with, { offsetof(NoticeOptions, progress), 0, 0, 0 } },
    { "draft", &the_draft.draft, sizeof the_draft.draft, publish, { offsetof(NoticeDraft, audience_any), 0, 0, 0 } },
    INPUT("query", the_query, query),
    INPUT("query", the_query, query_into),
    INPUT("query", the_query, get),
    INPUT("query", the_query, get_json),
    INPUT("query", the_query, count),
    INPUT("query", the_query, explain),
    INPUT("viewer", the_query, mark),
    INPUT("query", the_query, mark_all_read),
    { "query", &the_receipt_query, sizeof the_receipt_query, receipts, { offsetof(NoticeReceiptQuery, users), 0, 0, 0 } },
    INPUT("changes", the_changes, changes),
    INPUT("changes.query", the_query, changes_query),
    INPUT("follower", FOLLOWER, follower_next),
    INPUT("follower", FOLLOWER, follower_answered),
    INPUT("follower", FOLLOWER, follower_failed),
};

/* The right structure, told to be `size` bytes long, in `there` bytes that end where memory does: what is
 * read behind them ends the program. */
static int32_t call(const struct input *input, size_t size, size_t there)
{
    const uint32_t struct_size = (uint32_t)size;
    struct guarded area = guarded_new(there);
    int32_t status;
    memcpy(area.start, input->valid, there < input->size ? there : input->size);
    memcpy(area.start, &struct_size, sizeof struct_size);
    status = input->call(area.start);
    guarded_free(&area);
    return status;
}

static int is_older(const struct input *input, size_t size)
{
    size_t i;
    for (i = 0; input->older[i]; i++)
        if (input->older[i] == size)
            return 1;
    return 0;
}

static void try_sizes(const struct input *input)
{
    const size_t too_large[] = { LARGEST + 1, 65536, 0x7fffffff, 0x80000000u, 0xffffffffu };
    char path[64];
    size_t size, i;
    snprintf(path, sizeof path, "%s.struct_size", input->name);
    for (size = 0; size < input->size; size += check_few() && size > 8 && size + 16 < input->size ? 7 : 1) {
        ABOUT("%s of %zu bytes", input->name, size);
        if (is_older(input, size))
            CHECK_OK(call(input, size, size));
        else
            CHECK_REFUSED(call(input, size, size < 4 ? 4 : size), NOTICE_INVALID_FIELD, path);
    }
    for (size = input->size; size <= LARGEST; size += size < input->size + 16 ? 1 : 97) {
        ABOUT("%s of %zu bytes, all zero behind", input->name, size);
        CHECK_OK(call(input, size, size));
    }
    CHECK_OK(call(input, LARGEST, LARGEST));
    for (i = 0; i < COUNT_OF(too_large); i++) {
        ABOUT("%s of %zu bytes", input->name, too_large[i]);
        CHECK_REFUSED(call(input, too_large[i], input->size), NOTICE_INVALID_FIELD, path);
    }
}

/* A field that this library does not know, and that is set. */
static void try_unknown_field(const struct input *input, size_t size, size_t place)
{
    const uint32_t struct_size = (uint32_t)size;
    struct guarded area = guarded_new(size);
    ABOUT("%s of %zu bytes, byte %zu is set", input->name, size, place);
    memcpy(area.start, input->valid, input->size);
    memcpy(area.start, &struct_size, sizeof struct_size);
    area.start[place] = 1;
    CHECK_REFUSED_AT(input->call(area.start), NOTICE_UNSUPPORTED, input->name, place);
    guarded_free(&area);
}

static void try_input(const struct input *input)
{
    const size_t newer = input->size + 24;
    size_t place;
    try_sizes(input);
    for (place = input->size; place < newer; place++)
        try_unknown_field(input, newer, place);
    try_unknown_field(input, input->size + 1, input->size);
    try_unknown_field(input, LARGEST, LARGEST - 1);
}

static int64_t clock_at_seven(void *data)
{
    CHECK(data == NULL);
    return 7;
}

/* Options that end before `progress`: what an older program sets is done, and what it does not know is not. */
static void what_an_older_program_sets_is_done(void)
{
    const size_t size = offsetof(NoticeOptions, progress);
    const uint32_t struct_size = (uint32_t)size;
    NoticeOptions options = NOTICE_OPTIONS_INIT;
    struct guarded area = guarded_new(size);
    const NoticeQuery query = NOTICE_QUERY_INIT;
    NoticeBoard *board;
    NoticeCount count;
    ABOUT("options of %zu bytes", size);
    options.clock = clock_at_seven;
    memcpy(area.start, &options, size);
    memcpy(area.start, &struct_size, sizeof struct_size);
    CHECK_OK(notice_open("mem:", 4, (const NoticeOptions *)(const void *)area.start, &board));
    guarded_free(&area);
    CHECK_OK(notice_count(board, &query, &count));
    CHECK_INT(count.now, 7);
    notice_close(board, 0);
}

static void try_reserved_fields(void)
{
    NoticeOptions options = NOTICE_OPTIONS_INIT;
    NoticeQuery asked = NOTICE_QUERY_INIT;
    NoticeChanges followed = NOTICE_CHANGES_INIT;
    struct full_draft full;
    ABOUT("reserved fields");
    options.reserved = 1;
    CHECK_REFUSED(open_with(&options), NOTICE_UNSUPPORTED, "options.reserved");
    asked.reserved = 1;
    CHECK_REFUSED(query(&asked), NOTICE_UNSUPPORTED, "query.reserved");
    asked.reserved = 0;
    asked.uncounted = 2;
    CHECK_REFUSED(query(&asked), NOTICE_INVALID_FIELD, "uncounted");
    followed.reserved = 1;
    followed.query = &the_query;
    CHECK_REFUSED(changes(&followed), NOTICE_UNSUPPORTED, "changes.reserved");
    fill_draft(&full);
    full.texts[1].reserved = 1;
    CHECK_REFUSED(publish(&full.draft), NOTICE_UNSUPPORTED, "texts[1].reserved");
}

int main(void)
{
    size_t i;
    the_board = open_board();
    fill_draft(&the_draft);
    CHECK_INT(publish_title(the_board, "The first"), 1);
    the_query.view = NOTICE_VIEW_EDITOR;
    the_query.user = notice_str("zhang.wei");
    the_receipt_query.id = 1;
    the_changes.query = &the_query;
    for (i = 0; i < COUNT_OF(INPUTS); i++)
        try_input(&INPUTS[i]);
    what_an_older_program_sets_is_done();
    try_reserved_fields();
    notice_close(the_board, 0);
    return 0;
}
