/* Text that is not UTF-8, or holds a NUL: refused in every field, with the field and the byte. */

#include "fixture.h"

struct bad {
    const char *bytes;
    size_t len;
    /* Where the first byte is that belongs to no character. */
    size_t offset;
};

#define BAD(literal, offset) { literal, sizeof(literal) - 1, offset }

/* Table 3-7 of the Unicode standard, chapter 3, says which sequences are well formed. */
static const struct bad BAD_TEXTS[] = {
    BAD("\xff", 0),
    BAD("ok\xfe", 2),
    BAD("\x80", 0),
    BAD("abc\xc3", 3),
    BAD("\xe4\xb8", 0),
    BAD("\xe7\xbb\xb4\xe6", 3),
    BAD("\xf0\x9f\x98", 0),
    BAD("\xc0\xaf", 0),
    BAD("\xe0\x80\x80", 0),
    BAD("\xf0\x80\x80\x80", 0),
    BAD("a\xed\xa0\x80", 1),
    BAD("\xf4\x90\x80\x80", 0),
    BAD("\xf8\x88\x80\x80\x80", 0),
    BAD("\xe7\xbb\xb4 \xc3(", 4),
};

/* A text with a NUL in it, at byte 1. */
static const char WITH_NUL[] = "a\0b";

static void try_drafts(NoticeBoard *board)
{
    struct full_draft full;
    size_t i, n;
    for (i = 0; i < COUNT_OF(DRAFT_TEXTS); i++) {
        const struct text_field *const field = &DRAFT_TEXTS[i];
        fill_draft(&full);
        for (n = 0; n < COUNT_OF(BAD_TEXTS); n++) {
            const struct bad *const bad = &BAD_TEXTS[n];
            ABOUT("draft, %s, text %zu", field->path, n);
            set_text(&full, field->offset, bad->bytes, bad->len);
            CHECK_REFUSED_AT(try_draft(board, &full), NOTICE_INVALID_FIELD, field->path, bad->offset);
        }
        ABOUT("draft, %s, NUL", field->path);
        set_text(&full, field->offset, WITH_NUL, 3);
        CHECK_REFUSED_AT(try_draft(board, &full), NOTICE_INVALID_FIELD, field->path, 1);
    }
}

static void try_queries(NoticeBoard *board)
{
    struct full_query full;
    size_t i, n;
    for (i = 0; i < COUNT_OF(QUERY_TEXTS); i++) {
        const struct text_field *const field = &QUERY_TEXTS[i];
        fill_query(&full, 1);
        for (n = 0; n < COUNT_OF(BAD_TEXTS); n++) {
            const struct bad *const bad = &BAD_TEXTS[n];
            ABOUT("query, %s, text %zu", field->path, n);
            set_text(&full, field->offset, bad->bytes, bad->len);
            CHECK_REFUSED_AT(try_query(board, &full), NOTICE_INVALID_FIELD, field->path, bad->offset);
        }
        ABOUT("query, %s, NUL", field->path);
        set_text(&full, field->offset, WITH_NUL, 3);
        CHECK_REFUSED_AT(try_query(board, &full), NOTICE_INVALID_FIELD, field->path, 1);
    }
}

static int32_t call_open(NoticeBoard *board, const char *text, size_t len)
{
    NoticeBoard *other;
    (void)board;
    return notice_open(text, len, NULL, &other);
}

static int32_t call_retract(NoticeBoard *board, const char *text, size_t len)
{
    return notice_retract(board, 1, text, len, 0, NULL);
}

static int32_t call_publish_json(NoticeBoard *board, const char *text, size_t len)
{
    size_t count;
    return notice_publish_json(board, text, len, NULL, 0, &count);
}

static int32_t call_apply_json(NoticeBoard *board, const char *text, size_t len)
{
    size_t count;
    return notice_apply_json(board, text, len, NULL, 0, &count);
}

static int32_t call_update_json(NoticeBoard *board, const char *text, size_t len)
{
    return notice_update_json(board, 1, text, len, 0, NOTICE_CHANGE_DEFAULT, NULL);
}

static int32_t call_forget_user(NoticeBoard *board, const char *text, size_t len)
{
    return notice_forget_user(board, text, len, NULL);
}

static int32_t call_own_marks(NoticeBoard *board, const char *text, size_t len)
{
    NoticeOwnMarks marks;
    return notice_own_marks(board, text, len, 0, NULL, 0, &marks);
}

static int32_t call_receipts(NoticeBoard *board, const char *text, size_t len)
{
    NoticeReceiptQuery query = NOTICE_RECEIPT_QUERY_INIT;
    NoticeReceiptArray array;
    query.id = 1;
    query.cursor.ptr = text;
    query.cursor.len = len;
    return notice_receipts(board, &query, &array);
}

/* Texts that are parameters of their own, or all the text that a structure has. */
static const struct {
    const char *name;
    int32_t (*call)(NoticeBoard *board, const char *text, size_t len);
} PARAMETERS[] = {
    { "url", call_open },
    { "reason", call_retract },
    { "user", call_own_marks },
    { "json", call_publish_json },
    { "json", call_apply_json },
    { "patch", call_update_json },
    { "user", call_forget_user },
    { "cursor", call_receipts },
};

static void try_parameters(NoticeBoard *board)
{
    size_t i, n;
    for (i = 0; i < COUNT_OF(PARAMETERS); i++) {
        for (n = 0; n < COUNT_OF(BAD_TEXTS); n++) {
            const struct bad *const bad = &BAD_TEXTS[n];
            ABOUT("%s, text %zu", PARAMETERS[i].name, n);
            CHECK_REFUSED_AT(PARAMETERS[i].call(board, bad->bytes, bad->len), NOTICE_INVALID_FIELD,
                             PARAMETERS[i].name, bad->offset);
        }
        ABOUT("%s, NUL", PARAMETERS[i].name);
        CHECK_STATUS(PARAMETERS[i].call(board, WITH_NUL, 3), NOTICE_INVALID_FIELD);
    }
}

/* A file is refused with its line. */
static void try_import(void)
{
    NoticeBoard *const board = open_board();
    size_t n;
    for (n = 0; n < COUNT_OF(BAD_TEXTS); n++) {
        ABOUT("import, text %zu", n);
        CHECK_REFUSED(notice_import(board, BAD_TEXTS[n].bytes, BAD_TEXTS[n].len), NOTICE_INVALID_FIELD, "line 1.json");
    }
    CHECK_INT(revision_of(board), 0);
    notice_close(board, 0);
}

/* Characters of every length go in and come out as they were. */
static void try_good_text(void)
{
    static const char TITLE[] = "a\xc3\xa9\xe7\xbb\xb4\xf0\x9f\x98\x80\xef\xbf\xbd\xf4\x8f\xbf\xbf";
    NoticeBoard *const board = open_board();
    const NoticeQuery query = NOTICE_QUERY_INIT;
    NoticeArray array;
    ABOUT("good text");
    publish_title(board, TITLE);
    CHECK_OK(notice_query(board, &query, &array));
    CHECK_STR(array.items[0].title, TITLE);
    notice_free(&array);
    notice_close(board, 0);
}

int main(void)
{
    NoticeBoard *const board = open_board();
    publish_title(board, "The first");
    try_drafts(board);
    try_queries(board);
    try_parameters(board);
    ABOUT("in the end");
    CHECK_INT(total_of(board), 1);
    notice_close(board, 0);
    try_import();
    try_good_text();
    return 0;
}
