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
        notice_close(board);
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

struct input {
    const char *name;
    size_t size;
    int32_t (*call)(const void *input);
    /* The sizes that it had in older releases; 0 ends them. A structure that grows leaves its size here. */
    size_t older[4];
};

static const struct input INPUTS[] = {
    { "options", sizeof(NoticeOptions), open_with, { 0, 0, 0, 0 } },
    { "draft", sizeof(NoticeDraft), publish, { 0, 0, 0, 0 } },
    { "query", sizeof(NoticeQuery), query, { 0, 0, 0, 0 } },
    { "query", sizeof(NoticeQuery), query_into, { 0, 0, 0, 0 } },
    { "query", sizeof(NoticeQuery), get, { 0, 0, 0, 0 } },
    { "query", sizeof(NoticeQuery), count, { 0, 0, 0, 0 } },
};

/* The valid structure `valid`, told to be `size` bytes long, in `there` bytes that end where memory does: what is
 * read behind them ends the program. */
static int32_t call(const struct input *input, const void *valid, size_t size, size_t there)
{
    const uint32_t struct_size = (uint32_t)size;
    struct guarded area = guarded_new(there);
    int32_t status;
    memcpy(area.start, valid, there < input->size ? there : input->size);
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

static void try_sizes(const struct input *input, const void *valid)
{
    const size_t too_large[] = { LARGEST + 1, 65536, 0x7fffffff, 0x80000000u, 0xffffffffu };
    char path[64];
    size_t size, i;
    snprintf(path, sizeof path, "%s.struct_size", input->name);
    for (size = 0; size < input->size; size++) {
        ABOUT("%s of %zu bytes", input->name, size);
        if (is_older(input, size))
            CHECK_OK(call(input, valid, size, size));
        else
            CHECK_REFUSED(call(input, valid, size, size < 4 ? 4 : size), NOTICE_INVALID_FIELD, path);
    }
    for (size = input->size; size <= LARGEST; size += size < input->size + 16 ? 1 : 97) {
        ABOUT("%s of %zu bytes, all zero behind", input->name, size);
        CHECK_OK(call(input, valid, size, size));
    }
    CHECK_OK(call(input, valid, LARGEST, LARGEST));
    for (i = 0; i < COUNT_OF(too_large); i++) {
        ABOUT("%s of %zu bytes", input->name, too_large[i]);
        CHECK_REFUSED(call(input, valid, too_large[i], input->size), NOTICE_INVALID_FIELD, path);
    }
}

/* A field that this library does not know, and that is set. */
static void try_unknown_field(const struct input *input, const void *valid, size_t size, size_t place)
{
    const uint32_t struct_size = (uint32_t)size;
    struct guarded area = guarded_new(size);
    ABOUT("%s of %zu bytes, byte %zu is set", input->name, size, place);
    memcpy(area.start, valid, input->size);
    memcpy(area.start, &struct_size, sizeof struct_size);
    area.start[place] = 1;
    CHECK_REFUSED_AT(input->call(area.start), NOTICE_UNSUPPORTED, input->name, place);
    guarded_free(&area);
}

static void try_input(const struct input *input, const void *valid)
{
    const size_t newer = input->size + 24;
    size_t place;
    try_sizes(input, valid);
    for (place = input->size; place < newer; place++)
        try_unknown_field(input, valid, newer, place);
    try_unknown_field(input, valid, input->size + 1, input->size);
    try_unknown_field(input, valid, LARGEST, LARGEST - 1);
}

static void try_reserved_fields(void)
{
    NoticeOptions options = NOTICE_OPTIONS_INIT;
    NoticeQuery asked = NOTICE_QUERY_INIT;
    struct full_draft full;
    ABOUT("reserved fields");
    options.reserved = 1;
    CHECK_REFUSED(open_with(&options), NOTICE_UNSUPPORTED, "options.reserved");
    asked.reserved = 1;
    CHECK_REFUSED(query(&asked), NOTICE_UNSUPPORTED, "query.reserved");
    fill_draft(&full);
    full.texts[1].reserved = 1;
    CHECK_REFUSED(publish(&full.draft), NOTICE_UNSUPPORTED, "texts[1].reserved");
}

int main(void)
{
    const NoticeOptions options = NOTICE_OPTIONS_INIT;
    const NoticeQuery asked = NOTICE_QUERY_INIT;
    struct full_draft full;
    size_t i;
    the_board = open_board();
    fill_draft(&full);
    CHECK_INT(publish_title(the_board, "The first"), 1);
    for (i = 0; i < COUNT_OF(INPUTS); i++) {
        const struct input *const input = &INPUTS[i];
        const void *const valid = input->size == sizeof options && input->call == open_with ? (const void *)&options
                                  : input->call == publish                                  ? (const void *)&full.draft
                                                                                            : (const void *)&asked;
        try_input(input, valid);
    }
    try_reserved_fields();
    notice_close(the_board);
    return 0;
}
