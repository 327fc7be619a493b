/* The E layer: buffers of every size before a page that cannot be touched, for texts with double-byte characters; and
 * what a text looks like. */

#define _DEFAULT_SOURCE

#include "e_calls.h"
#include "guard.h"

/* A function that writes a text into a buffer. */
typedef int32_t write_fn(struct e_fixture *f, void *buffer, int32_t capacity);

static int32_t write_table(struct e_fixture *f, void *buffer, int32_t capacity)
{
    return e_announce_table(f->result, (char *)buffer, capacity);
}

static int32_t write_title(struct e_fixture *f, void *buffer, int32_t capacity)
{
    return e_announce_text_utf8(f->result, 1, E_ANNOUNCE_FIELD_TITLE, (uint8_t *)buffer, capacity);
}

static int32_t write_body(struct e_fixture *f, void *buffer, int32_t capacity)
{
    return e_announce_text_utf8(f->result, 1, E_ANNOUNCE_FIELD_BODY, (uint8_t *)buffer, capacity);
}

static int32_t write_json(struct e_fixture *f, void *buffer, int32_t capacity)
{
    return e_announce_json(f->board, f->id, (uint8_t *)buffer, capacity);
}

static int is_utf8_start(const unsigned char *text, size_t at)
{
    return (text[at] & 0xC0) != 0x80;
}

/* Whether a character begins there, counted from the beginning. */
static int is_gbk_start(const unsigned char *text, size_t at)
{
    size_t i = 0;
    while (i < at)
        i += text[i] > 0x80 ? 2 : 1;
    return i == at;
}

static void at_every_size(struct e_fixture *f, const char *what, write_fn *write,
                          int (*is_start)(const unsigned char *text, size_t at))
{
    static unsigned char whole[16384];
    const int32_t size = write(f, NULL, 0);
    const int32_t step = check_few() ? 7 : 1;
    int32_t capacity;
    ABOUT("%s", what);
    CHECK(size > 0 && size < (int32_t)sizeof whole);
    CHECK_INT(write(f, whole, sizeof whole), size);
    CHECK_INT(strlen((const char *)whole), size);
    for (capacity = 0; capacity <= size + 9; capacity += step) {
        struct guarded area = guarded_new_at((size_t)capacity, (size_t)(0 - (unsigned)capacity) % 8);
        int32_t taken;
        ABOUT("%s, %d bytes of %d", what, capacity, size);
        /* As 取空白文本 makes it. */
        memset(area.start, ' ', area.size);
        CHECK_INT(write(f, area.start, capacity), size);
        if (capacity > 0) {
            taken = (int32_t)strlen((const char *)area.start);
            CHECK(taken < capacity && taken <= size);
            CHECK_BYTES(area.start, whole, (size_t)taken);
            CHECK(is_start(whole, (size_t)taken));
            /* No whole character more would have had room. */
            if (taken < size)
                CHECK(taken + 4 >= capacity);
            if (capacity > size)
                CHECK_INT(taken, size);
        }
        guarded_free(&area);
    }
}

static void numbers_stand_where_they_fit(struct e_fixture *f)
{
    size_t room;
    for (room = 0; room < 4; room++) {
        struct guarded area = guarded_new(room * sizeof(int32_t));
        const int32_t count = e_announce_ids(f->result, (int32_t *)(void *)area.start, (int32_t)room);
        ABOUT("room for %zu ids", room);
        CHECK_INT(count, room < 2 ? -NOTICE_TOO_SMALL : 2);
        if (count < 0) {
            size_t i;
            for (i = 0; i < area.size; i++)
                CHECK_INT(area.start[i], 0);
        }
        guarded_free(&area);
    }
    {
        struct guarded low = guarded_new(4), high = guarded_new_at(4, 3);
        int32_t value;
        ABOUT("halves");
        CHECK_INT(e_announce_number_halves(f->result, 1, E_ANNOUNCE_FIELD_ID, (int32_t *)(void *)low.start,
                                           (int32_t *)(void *)high.start),
                  0);
        memcpy(&value, low.start, 4);
        CHECK_INT(value, atoi(e_announce_id(f->result, 1)));
        memcpy(&value, high.start, 4);
        CHECK_INT(value, 0);
        guarded_free(&low);
        guarded_free(&high);
    }
}

static void a_text_is_gbk_with_crlf(struct e_fixture *f)
{
    char row[16384];
    const char *at;
    int32_t tabs = 0;
    ABOUT("texts in GBK");
    /* 公告, a face that GBK lacks, and the euro in one byte. */
    CHECK_TEXT(e_announce_text(f->result, 1, E_ANNOUNCE_FIELD_TITLE), "\xB9\xAB\xB8\xE6 ? \x80");
    CHECK_TEXT(e_announce_text(f->result, 1, E_ANNOUNCE_FIELD_BODY),
               "\xB5\xDA\xD2\xBB\xD0\xD0\r\n\xB5\xDA\xB6\xFE\xD0\xD0\r\nc\td");
    CHECK_INT(e_announce_text_utf8(f->result, 1, E_ANNOUNCE_FIELD_TITLE, (uint8_t *)f->buffer, 100), 15);
    CHECK_TEXT(f->buffer, "\xE5\x85\xAC\xE5\x91\x8A \xF0\x9F\x98\x80 \xE2\x82\xAC");
    CHECK_TEXT(e_announce_text(f->result, 1, E_ANNOUNCE_FIELD_TAGS), "a,b");
    CHECK_TEXT(e_announce_action(f->result, 1, 1, E_ANNOUNCE_ACTION_LABEL), "\xCF\xC2\xD4\xD8");
    CHECK_TEXT(e_announce_action(f->result, 1, 1, E_ANNOUNCE_ACTION_KIND), "url");
    CHECK_TEXT(e_announce_action(f->result, 1, 2, E_ANNOUNCE_ACTION_VALUE), "");
    CHECK_INT(e_announce_last_status(), -NOTICE_INVALID_FIELD);
    CHECK_TEXT(e_announce_extra(f->result, 1, "forced"), "true");
    CHECK_TEXT(e_announce_extra(f->result, 1, "other"), "");
    CHECK_INT(e_announce_last_status(), 0);
    ABOUT("a row");
    snprintf(row, sizeof row, "%s", e_announce_row(f->result, 1));
    for (at = row; *at; at++) {
        tabs += *at == '\t';
        CHECK(*at != '\r' && *at != '\n');
    }
    CHECK_INT(tabs, E_ANNOUNCE_FIELDS - 1);
    CHECK(strstr(row, "\t\xB9\xAB\xB8\xE6 ? \x80\ta b\t\xB5\xDA\xD2\xBB\xD0\xD0 \xB5\xDA\xB6\xFE\xD0\xD0 c d\t") != NULL);
    ABOUT("a table");
    CHECK(e_announce_table(f->result, f->buffer, sizeof f->buffer) > 0);
    CHECK(strncmp(f->buffer, row, strlen(row)) == 0);
    CHECK(strncmp(f->buffer + strlen(row), "\r\n", 2) == 0);
    CHECK_TEXT(f->buffer + strlen(f->buffer) - 2, "\r\n");
}

/* CR LF that comes in is one line end, and one CR LF when it goes out. */
static void line_ends_come_back_as_they_were(struct e_fixture *f)
{
    int32_t result;
    ABOUT("line ends");
    CHECK_INT(e_announce_publish(f->board, "", "lines", "Lines", "a\r\n\r\nb", 1), 1);
    result = e_announce_query(f->board, "key=lines");
    CHECK_TEXT(e_announce_text(result, 1, E_ANNOUNCE_FIELD_BODY), "a\r\n\r\nb");
    CHECK_INT(e_announce_text_utf8(result, 1, E_ANNOUNCE_FIELD_BODY, (uint8_t *)f->buffer, 100), 4);
    CHECK_TEXT(f->buffer, "a\n\nb");
    CHECK_INT(e_announce_free(result), 0);
}

static void a_number_that_does_not_fit_is_told(struct e_fixture *f)
{
    int32_t result;
    ABOUT("numbers");
    CHECK_INT(e_announce_publish_json(f->board, "{\"key\": \"low\", \"priority\": -7, \"starts_at\": 1000, "
                                                "\"ends_at\": 4102444799999, \"texts\": {\"en\": {\"title\": \"a\"}}}"),
              1);
    result = e_announce_query(f->board, "key=low");
    CHECK_INT(e_announce_number(result, 1, E_ANNOUNCE_FIELD_PRIORITY), -NOTICE_TOO_LARGE);
    CHECK_INT(e_announce_number_halves(result, 1, E_ANNOUNCE_FIELD_PRIORITY, &f->low, &f->high), 0);
    CHECK_INT(f->low, -7);
    CHECK_INT(f->high, -1);
    CHECK_INT(e_announce_number(result, 1, E_ANNOUNCE_FIELD_STARTS_AT), 1);
    CHECK_INT(e_announce_number(result, 1, E_ANNOUNCE_FIELD_ENDS_AT), -NOTICE_TOO_LARGE);
    CHECK_INT(e_announce_number_halves(result, 1, E_ANNOUNCE_FIELD_ENDS_AT, &f->low, &f->high), 0);
    CHECK_INT(((int64_t)f->high << 32) | (uint32_t)f->low, 4102444799999);
    CHECK_INT(e_announce_number(result, 1, E_ANNOUNCE_FIELD_TITLE), -NOTICE_INVALID_FIELD);
    CHECK_INT(e_announce_free(result), 0);
}

static void what_a_user_types_goes_into_conditions_and_json(struct e_fixture *f)
{
    char text[128];
    ABOUT("quoting");
    CHECK_TEXT(e_announce_quote("view=editor \"a\" 'b'"), "\"view=editor \"\"a\"\" 'b'\"");
    snprintf(text, sizeof text, "q=%s", e_announce_quote("view=editor"));
    CHECK_INT(e_announce_count_active(f->board, text), 0);
    CHECK_TEXT(e_announce_json_text("a \"b\"\r\n\\\xB9\xAB"), "\"a \\\"b\\\"\\n\\\\\xB9\xAB\"");
    CHECK_TEXT(e_announce_json_text(NULL), "\"\"");
}

/* The zone is that of the process: China's, without a daylight saving time. */
static void times_are_local(struct e_fixture *f)
{
    const int32_t board = e_announce_open("mem:");
    int32_t result;
    ABOUT("times");
    CHECK_INT(e_announce_set_clock(board, "2026-06-18 08:00:00"), 0);
    result = e_announce_query(board, "");
    CHECK_TEXT(e_announce_text(result, 0, E_ANNOUNCE_RESULT_NOW), "2026-06-18 08:00:00");
    CHECK_INT(e_announce_number(result, 0, E_ANNOUNCE_RESULT_NOW), 1781740800);
    CHECK_INT(e_announce_number_halves(result, 0, E_ANNOUNCE_RESULT_NOW, &f->low, &f->high), 0);
    CHECK_TEXT(e_announce_time_text(f->low, f->high), "2026-06-18 08:00:00");
    CHECK_TEXT(e_announce_time_text(0, 0), "");
    CHECK_INT(e_announce_free(result), 0);
    CHECK_INT(e_announce_set_clock(board, "2026-06-18T00:00:00Z"), 0);
    CHECK_INT(e_announce_set_clock(board, "tomorrow"), -NOTICE_INVALID_FIELD);
    CHECK_TEXT(e_announce_last_error_path(), "time");
    CHECK_INT(e_announce_publish_json(board, "{\"key\": \"later\", \"starts_at\": 1781740801500, "
                                                "\"texts\": {\"en\": {\"title\": \"a\"}}}"),
              1);
    CHECK_INT(e_announce_next_change_seconds(board), 2);
    CHECK_INT(e_announce_count_active(board, "key=later"), 0);
    CHECK(e_announce_poll(board) > 0);
    CHECK_INT(e_announce_poll(board), 0);
    CHECK_INT(e_announce_set_clock(board, "2026-06-18 08:00:02"), 0);
    CHECK_INT(e_announce_poll(board), 1);
    CHECK_INT(e_announce_count_active(board, "key=later"), 1);
    CHECK_INT(e_announce_next_change_seconds(board), 0);
    CHECK_INT(e_announce_close(board), 0);
}

int main(void)
{
    struct e_fixture f;
    CHECK_INT(setenv("TZ", "CST-8", 1), 0);
    e_fill_fixture(&f);
    CHECK_INT(e_announce_publish(f.board, "", "second", "\xB5\xDA\xB6\xFE", "a\tb", 1), 1);
    CHECK_INT(e_announce_free(f.result), 0);
    f.result = e_announce_query(f.board, "order=oldest");
    CHECK_INT(e_announce_count(f.result), 2);
    at_every_size(&f, "a table", write_table, is_gbk_start);
    at_every_size(&f, "a title", write_title, is_utf8_start);
    at_every_size(&f, "a body", write_body, is_utf8_start);
    at_every_size(&f, "JSON", write_json, is_utf8_start);
    numbers_stand_where_they_fit(&f);
    a_text_is_gbk_with_crlf(&f);
    line_ends_come_back_as_they_were(&f);
    a_number_that_does_not_fit_is_told(&f);
    what_a_user_types_goes_into_conditions_and_json(&f);
    times_are_local(&f);
    CHECK_INT(e_announce_free(f.result), 0);
    CHECK_INT(e_announce_close(f.board), 0);
    return 0;
}
