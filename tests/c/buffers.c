/* Buffers of every size (of some, where the machine is emulated) from nothing to one more than enough, aligned or not, at the end of memory. */

#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif

#include "fixture.h"
#include "guard.h"

/* What buffers are filled with, to see what was written. */
#define FILL 0x5A

static int is_all(const void *bytes, size_t size, unsigned char value)
{
    size_t i;
    for (i = 0; i < size; i++)
        if (((const unsigned char *)bytes)[i] != value)
            return 0;
    return 1;
}

/* Whether `ptr` and `size` bytes from there are in the area. */
static int is_in(const struct guarded *area, const void *ptr, size_t size)
{
    const unsigned char *const first = (const unsigned char *)ptr;
    return first >= area->start && first + size <= area->start + area->size;
}

static void check_same(const struct guarded *area, NoticeStr is, NoticeStr should)
{
    CHECK_INT(is.len, should.len);
    CHECK_BYTES(is.ptr, should.ptr, should.len + 1);
    /* An empty text may be static. */
    CHECK(is.len == 0 || is_in(area, is.ptr, is.len + 1));
}

static void check_same_action(const struct guarded *area, const NoticeAction *is, const NoticeAction *should)
{
    check_same(area, is->id, should->id);
    check_same(area, is->label, should->label);
    check_same(area, is->value, should->value);
    CHECK_INT(is->kind, should->kind);
    CHECK_INT(is->reserved, 0);
}

static void check_same_hits(const struct guarded *area, const NoticeHit *is, size_t count, const NoticeHit *should,
                            size_t should_count)
{
    CHECK_INT(count, should_count);
    if (count == 0) {
        CHECK(is == NULL);
        return;
    }
    CHECK(is_in(area, is, count * sizeof *is));
    CHECK_BYTES(is, should, count * sizeof *is);
}

static void check_same_item(const struct guarded *area, const NoticeItem *is, const NoticeItem *should)
{
    size_t i;
    CHECK_INT((uintptr_t)is % 8, 0);
    CHECK_BYTES(is, should, offsetof(NoticeItem, key));
    check_same(area, is->key, should->key);
    check_same(area, is->channel, should->channel);
    check_same(area, is->category, should->category);
    check_same(area, is->author, should->author);
    check_same(area, is->source, should->source);
    check_same(area, is->external_id, should->external_id);
    check_same(area, is->extras_json, should->extras_json);
    check_same(area, is->retract_reason, should->retract_reason);
    check_same(area, is->locale_used, should->locale_used);
    check_same(area, is->title, should->title);
    check_same(area, is->summary, should->summary);
    check_same(area, is->body, should->body);
    CHECK_INT(is->tag_count, should->tag_count);
    for (i = 0; i < should->tag_count; i++)
        check_same(area, is->tags[i], should->tags[i]);
    CHECK_INT(is->action_count, should->action_count);
    for (i = 0; i < should->action_count; i++)
        check_same_action(area, &is->actions[i], &should->actions[i]);
    check_same(area, is->snippet, should->snippet);
    check_same_hits(area, is->snippet_hits, is->snippet_hit_count, should->snippet_hits, should->snippet_hit_count);
    check_same_hits(area, is->title_hits, is->title_hit_count, should->title_hits, should->title_hit_count);
    CHECK(is_in(area, is, sizeof *is));
    CHECK(should->tag_count == 0 || is_in(area, is->tags, is->tag_count * sizeof *is->tags));
    CHECK(should->action_count == 0 || is_in(area, is->actions, is->action_count * sizeof *is->actions));
}

static void check_same_page(const struct guarded *area, const NoticeArray *is, const NoticeArray *should)
{
    size_t i;
    CHECK_INT(is->len, should->len);
    CHECK_BYTES(&is->total, &should->total, offsetof(NoticeArray, next_cursor) - offsetof(NoticeArray, total));
    check_same(area, is->next_cursor, should->next_cursor);
    CHECK(is->memory == NULL);
    for (i = 0; i < should->len; i++)
        check_same_item(area, &is->items[i], &should->items[i]);
}

/* One call into an area of `cap` bytes, which is given back; `needed` is how many it takes. */
static void query_into(NoticeBoard *board, const NoticeQuery *query, const NoticeArray *page, struct guarded area,
                       size_t needed)
{
    const size_t cap = area.size;
    NoticeArray array;
    size_t said = 0;
    ABOUT("query_into, %zu bytes of %zu at %zu", cap, needed, (size_t)((uintptr_t)area.start % 8));
    memset(area.start, FILL, cap);
    memset(&array, FILL, sizeof array);
    if (cap < needed) {
        CHECK_REFUSED(notice_query_into(board, query, area.start, cap, &said, &array), NOTICE_TOO_SMALL, "");
        CHECK(is_all(area.start, cap, FILL));
        CHECK(is_all(&array, sizeof array, FILL));
    } else {
        CHECK_OK(notice_query_into(board, query, area.start, cap, &said, &array));
        check_same_page(&area, &array, page);
        notice_free(&array);
        CHECK(is_all(&array, sizeof array, 0));
    }
    CHECK_INT(said, needed);
    guarded_free(&area);
}

static void try_page(NoticeBoard *board, const NoticeQuery *query, size_t step)
{
    NoticeArray page, unused;
    size_t needed = 0, cap, alignment;
    CHECK_OK(notice_query(board, query, &page));
    memset(&unused, FILL, sizeof unused);
    CHECK_REFUSED(notice_query_into(board, query, NULL, 0, &needed, &unused), NOTICE_TOO_SMALL, "");
    CHECK(is_all(&unused, sizeof unused, FILL));
    if (check_few())
        step *= 31;
    for (cap = 0; cap + 1 < needed; cap += step)
        query_into(board, query, &page, guarded_new(cap), needed);
    for (cap = needed - 1; cap <= needed + 1; cap++) {
        query_into(board, query, &page, guarded_new(cap), needed);
        for (alignment = 0; alignment < 8; alignment++)
            query_into(board, query, &page, guarded_new_at(cap, alignment), needed);
    }
    notice_free(&page);
}

static void try_empty_page(void)
{
    NoticeBoard *const board = open_board();
    const NoticeQuery query = NOTICE_QUERY_INIT;
    NoticeArray array;
    size_t needed = 77;
    char byte = FILL;
    ABOUT("an empty page");
    CHECK_OK(notice_query_into(board, &query, NULL, 0, &needed, &array));
    CHECK_INT(needed, 0);
    CHECK_INT(array.len, 0);
    CHECK(array.items == NULL);
    CHECK_STR(array.next_cursor, "");
    CHECK_OK(notice_query_into(board, &query, &byte, 1, &needed, &array));
    CHECK_INT(byte, FILL);
    notice_close(board, 0);
}

/* The functions that write one text. */
struct text_call {
    const char *name;
    int32_t (*call)(NoticeBoard *board, char *buf, size_t cap, size_t *needed);
};

static int32_t call_get_json(NoticeBoard *board, char *buf, size_t cap, size_t *needed)
{
    NoticeQuery query = NOTICE_QUERY_INIT;
    query.view = NOTICE_VIEW_EDITOR;
    return notice_get_json(board, 1, &query, buf, cap, needed);
}

static int32_t call_stats_json(NoticeBoard *board, char *buf, size_t cap, size_t *needed)
{
    return notice_stats_json(board, buf, cap, needed);
}

/* What is not written when there is no room for the words is the explanation, too. */
static int32_t call_explain(NoticeBoard *board, int32_t language, char *buf, size_t cap, size_t *needed)
{
    const NoticeQuery query = NOTICE_QUERY_INIT;
    NoticeExplanation explanation;
    int32_t status;
    memset(&explanation, FILL, sizeof explanation);
    status = notice_explain(board, 2, &query, &explanation, language, buf, cap, needed);
    if (status != NOTICE_OK)
        CHECK(is_all(&explanation, sizeof explanation, FILL));
    else
        CHECK_INT(explanation.id, 2);
    return status;
}

static int32_t call_explain_en(NoticeBoard *board, char *buf, size_t cap, size_t *needed)
{
    return call_explain(board, NOTICE_LANGUAGE_EN, buf, cap, needed);
}

static int32_t call_explain_zh(NoticeBoard *board, char *buf, size_t cap, size_t *needed)
{
    return call_explain(board, NOTICE_LANGUAGE_ZH, buf, cap, needed);
}

static int32_t call_message_en(NoticeBoard *board, char *buf, size_t cap, size_t *needed)
{
    (void)board;
    return notice_last_error(NOTICE_LANGUAGE_EN, buf, cap, needed);
}

static int32_t call_message_zh(NoticeBoard *board, char *buf, size_t cap, size_t *needed)
{
    (void)board;
    return notice_last_error(NOTICE_LANGUAGE_ZH, buf, cap, needed);
}

static int32_t call_path(NoticeBoard *board, char *buf, size_t cap, size_t *needed)
{
    (void)board;
    return notice_last_error_path(buf, cap, needed);
}

static const struct text_call TEXT_CALLS[] = {
    { "notice_get_json", call_get_json },
    { "notice_stats_json", call_stats_json },
    { "notice_explain, English", call_explain_en },
    { "notice_explain, Chinese", call_explain_zh },
    { "notice_last_error, English", call_message_en },
    { "notice_last_error, Chinese", call_message_zh },
    { "notice_last_error_path", call_path },
};

static void try_text(NoticeBoard *board, const struct text_call *text)
{
    static char whole[65536];
    size_t needed = 0, length = 0, cap;
    NoticeQuery bad = NOTICE_QUERY_INIT;
    /* A failure to be read; the calls of get_json that follow may leave others. */
    bad.view = 77;
    CHECK_STATUS(notice_count(board, &bad, NULL), NOTICE_INVALID_FIELD);
    ABOUT("%s", text->name);
    CHECK_OK(text->call(board, whole, sizeof whole, &length));
    CHECK_INT(length, strlen(whole) + 1);
    CHECK_STATUS(text->call(board, NULL, 0, &needed), NOTICE_TOO_SMALL);
    CHECK_INT(needed, length);
    for (cap = 0; cap <= length + 2; cap += check_few() && cap > 2 && cap + 32 < length ? 29 : 1) {
        struct guarded area = guarded_new(cap);
        ABOUT("%s, %zu bytes of %zu", text->name, cap, length);
        memset(area.start, FILL, cap);
        needed = 0;
        CHECK_STATUS(text->call(board, (char *)area.start, cap, &needed),
                     cap < length ? NOTICE_TOO_SMALL : NOTICE_OK);
        CHECK_INT(needed, length);
        if (cap < length) {
            CHECK(is_all(area.start, cap, FILL));
        } else {
            CHECK_BYTES(area.start, whole, length);
            CHECK(is_all(area.start + length, cap - length, FILL));
        }
        guarded_free(&area);
    }
}

/* Results that end where memory does, with room for some, all, and more than there are. */
static void try_results(void)
{
    static const char JSON[] =
        "[{\"texts\":{\"en\":{\"title\":\"a\"}}},{\"texts\":{\"en\":{\"title\":\"b\"}}},"
        "{\"texts\":{\"en\":{\"title\":\"c\"}}}]";
    size_t cap;
    for (cap = 0; cap <= 4; cap++) {
        NoticeBoard *const board = open_board();
        struct guarded area = guarded_new(cap * sizeof(NoticePublished));
        NoticePublished *const results = (NoticePublished *)(void *)area.start;
        size_t count = 0, i;
        ABOUT("publish_json, room for %zu of 3", cap);
        memset(area.start, FILL, area.size);
        CHECK_STATUS(notice_publish_json(board, JSON, sizeof JSON - 1, results, cap, &count),
                     cap < 3 ? NOTICE_TOO_SMALL : NOTICE_OK);
        CHECK_INT(count, 3);
        CHECK_INT(total_of(board), cap < 3 ? 0 : 3);
        CHECK_INT(revision_of(board), cap < 3 ? 0 : 1);
        if (cap < 3)
            CHECK(is_all(area.start, area.size, FILL));
        for (i = 0; cap >= 3 && i < cap; i++)
            if (i < 3)
                CHECK_INT(results[i].id, i + 1);
            else
                CHECK(is_all(&results[i], sizeof results[i], FILL));
        guarded_free(&area);
        notice_close(board, 0);
    }
}

int main(void)
{
    NoticeBoard *const board = open_board();
    struct full_query full;
    NoticeQuery everything = NOTICE_QUERY_INIT;
    int n;
    fill_query(&full, publish_full(board));
    try_page(board, &full.query, 1);
    for (n = 0; n < 30; n++)
        publish_title(board, n % 2 ? "odd" : "even, and longer");
    /* A page with a cursor, and a long one. */
    everything.limit = 3;
    everything.view = NOTICE_VIEW_EDITOR;
    try_page(board, &everything, 61);
    everything.limit = 1000;
    try_page(board, &everything, 997);
    try_empty_page();
    for (n = 0; n < (int)COUNT_OF(TEXT_CALLS); n++)
        try_text(board, &TEXT_CALLS[n]);
    try_results();
    notice_close(board, 0);
    return 0;
}
