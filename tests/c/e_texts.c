/* The E layer: NULL and "" are the same for each text, buffers may be NULL only when they have no room, and text that
 * is no GBK or never ends is refused. */

#define _DEFAULT_SOURCE

#include "e_calls.h"
#include "guard.h"

struct outcome {
    int32_t status;
    char path[128];
    char message[512];
};

static struct outcome try_odd(struct e_fixture *f, const struct e_call *call, int pointer, enum e_odd odd)
{
    struct outcome outcome;
    f->odd_pointer = pointer;
    f->odd = odd;
    outcome.status = e_status_of(f, call);
    f->odd = E_RIGHT;
    snprintf(outcome.path, sizeof outcome.path, "%s", e_announce_last_error_path());
    snprintf(outcome.message, sizeof outcome.message, "%s", e_announce_last_error());
    return outcome;
}

static void nothing_and_empty_are_the_same(struct e_fixture *f)
{
    size_t i;
    for (i = 0; i < E_CALL_COUNT; i++) {
        const struct e_call *const call = &E_CALLS[i];
        int n;
        ABOUT("%s", call->function);
        e_have_published(f);
        if (call->answer != E_QUIET)
            CHECK_INT(e_status_of(f, call), 0);
        for (n = 0; n < 5 && call->pointers[n] != E_NO_MORE; n++) {
            const struct outcome null = try_odd(f, call, n, E_NULL);
            const struct outcome empty = try_odd(f, call, n, E_EMPTY);
            ABOUT("%s: pointer %d", call->function, n);
            if (call->pointers[n] == E_BUFFER) {
                CHECK_INT(null.status, -NOTICE_INVALID_FIELD);
                continue;
            }
            CHECK_INT(null.status, empty.status);
            CHECK_TEXT(null.path, empty.path);
            CHECK_TEXT(null.message, empty.message);
        }
        e_have_published(f);
    }
}

static void a_buffer_without_room_may_be_null(struct e_fixture *f)
{
    ABOUT("no room");
    CHECK(e_announce_table(f->result, NULL, 0) > 0);
    CHECK(e_announce_text_utf8(f->result, 1, E_ANNOUNCE_FIELD_TITLE, NULL, 0) > 0);
    CHECK(e_announce_json(f->board, f->id, NULL, 0) > 0);
    CHECK_INT(e_announce_ids(f->result, NULL, 0), -NOTICE_TOO_SMALL);
    CHECK_INT(e_announce_ids(f->result, NULL, 1), -NOTICE_INVALID_FIELD);
    CHECK_INT(e_announce_number_halves(f->result, 1, 1, NULL, &f->high), -NOTICE_INVALID_FIELD);
    CHECK_INT(e_announce_number_halves(f->result, 1, 1, &f->low, NULL), -NOTICE_INVALID_FIELD);
}

static void sizes_below_zero_are_refused(struct e_fixture *f)
{
    const uint8_t json[] = "{}";
    ABOUT("a size below 0");
    CHECK_INT(e_announce_table(f->result, f->buffer, -1), -NOTICE_INVALID_FIELD);
    CHECK_TEXT(e_announce_last_error_path(), "capacity");
    CHECK_INT(e_announce_text_utf8(f->result, 1, 2, (uint8_t *)f->buffer, INT32_MIN), -NOTICE_INVALID_FIELD);
    CHECK_INT(e_announce_json(f->board, f->id, (uint8_t *)f->buffer, -1), -NOTICE_INVALID_FIELD);
    CHECK_INT(e_announce_ids(f->result, f->numbers, -1), -NOTICE_INVALID_FIELD);
    CHECK_INT(e_announce_publish_utf8(f->board, json, -1), -NOTICE_INVALID_FIELD);
    CHECK_TEXT(e_announce_last_error_path(), "length");
    CHECK_INT(e_announce_apply_utf8(f->board, json, -1), -NOTICE_INVALID_FIELD);
    CHECK_INT(e_announce_update_json(f->board, f->id, "{}", -1, 0), -NOTICE_INVALID_FIELD);
}

/* 公告, and the first half of another character. */
static void what_is_no_gbk_is_refused_with_its_offset(struct e_fixture *f)
{
    ABOUT("no GBK");
    CHECK_INT(e_announce_query(f->board, "\xB9\xAB\xB8\xE6\xC4"), -NOTICE_INVALID_FIELD);
    CHECK_INT(e_announce_last_status(), -NOTICE_INVALID_FIELD);
    CHECK_INT(e_announce_last_error_offset(), 4);
    CHECK_INT(e_announce_publish(f->board, "", "", "\xB9\xAB\xFF", "", 1), -NOTICE_INVALID_FIELD);
    CHECK_TEXT(e_announce_last_error_path(), "title");
    CHECK_INT(e_announce_last_error_offset(), 2);
    /* Success clears it. */
    CHECK(e_announce_count(f->result) > 0);
    CHECK_INT(e_announce_last_error_offset(), -1);
    CHECK_TEXT(e_announce_last_error(), "");
}

/* As Notepad saves a file. */
static void a_byte_order_mark_is_left_out(struct e_fixture *f)
{
    static const char DRAFT[] = "\xEF\xBB\xBF{\"key\": \"mark\", \"texts\": {\"en\": {\"title\": \"a\"}}}";
    static const char TWICE[] = "\xEF\xBB\xBF\xEF\xBB\xBF{}";
    static const char OPERATIONS[] = "\xEF\xBB\xBF[]";
    ABOUT("a byte order mark");
    CHECK_INT(e_announce_publish_utf8(f->board, (const uint8_t *)DRAFT, sizeof DRAFT - 1), 1);
    CHECK_INT(e_announce_apply_utf8(f->board, (const uint8_t *)OPERATIONS, sizeof OPERATIONS - 1), 0);
    CHECK_INT(e_announce_publish_utf8(f->board, (const uint8_t *)TWICE, sizeof TWICE - 1), -NOTICE_INVALID_FIELD);
    CHECK_INT(e_announce_publish_utf8(f->board, (const uint8_t *)DRAFT, 3), -NOTICE_INVALID_FIELD);
    CHECK_INT(e_announce_publish_utf8(f->board, (const uint8_t *)DRAFT, 2), -NOTICE_INVALID_FIELD);
}

/* A text is read up to its NUL and not a byte further. */
static void nothing_behind_a_text_is_read(struct e_fixture *f)
{
    static const char *const TEXTS[] = { "", "7", "7.1", "\xB9\xAB", "view=editor", "id=1 limit=3" };
    size_t i;
    for (i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        struct guarded area = guarded_new_at(strlen(TEXTS[i]) + 1, (0 - (strlen(TEXTS[i]) + 1)) % 8);
        ABOUT("a text of %zu bytes before a page", strlen(TEXTS[i]));
        memcpy(area.start, TEXTS[i], area.size);
        e_announce_query(f->board, (const char *)area.start);
        e_announce_quote((const char *)area.start);
        e_announce_version_matches((const char *)area.start, (const char *)area.start);
        e_announce_mark_ids(f->board, (const char *)area.start, 1);
        guarded_free(&area);
    }
}

static void a_text_without_an_end_is_too_large(struct e_fixture *f)
{
    struct guarded area = guarded_new(E_ANNOUNCE_MAX_TEXT + 1);
    ABOUT("a text without an end");
    memset(area.start, 'x', area.size);
    CHECK_INT(e_announce_query(f->board, (const char *)area.start), -NOTICE_TOO_LARGE);
    CHECK_TEXT(e_announce_last_error_path(), "conditions");
    CHECK_INT(e_announce_last_error_limit(), E_ANNOUNCE_MAX_TEXT);
    CHECK_TEXT(e_announce_quote((const char *)area.start), "");
    CHECK_INT(e_announce_last_status(), -NOTICE_TOO_LARGE);
    /* The longest that is taken is looked at, and refused for what it is. */
    area.start[area.size - 1] = '\0';
    CHECK_INT(e_announce_version_matches("1", (const char *)area.start), -NOTICE_TOO_LARGE);
    CHECK(e_announce_last_error_limit() < E_ANNOUNCE_MAX_TEXT);
    guarded_free(&area);
}

int main(int argc, char **argv)
{
    struct e_fixture f;
    e_check_calls_are_complete(argc, argv);
    e_fill_fixture(&f);
    nothing_and_empty_are_the_same(&f);
    a_buffer_without_room_may_be_null(&f);
    sizes_below_zero_are_refused(&f);
    what_is_no_gbk_is_refused_with_its_offset(&f);
    a_byte_order_mark_is_left_out(&f);
    nothing_behind_a_text_is_read(&f);
    a_text_without_an_end_is_too_large(&f);
    CHECK_INT(e_announce_free(f.result), 0);
    CHECK_INT(e_announce_close(f.board), 0);
    return 0;
}
