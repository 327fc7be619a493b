/* Lengths and counts that no memory has, and such that overflow when they are multiplied. */

#include "fixture.h"

/* Lengths that no text has. */
static const size_t LENGTHS[] = {
    SIZE_MAX, SIZE_MAX - 1, SIZE_MAX / 2 + 1, SIZE_MAX / 2, SIZE_MAX / 2 - 1, SIZE_MAX - 4096,
};

static void try_draft_texts(NoticeBoard *board)
{
    struct full_draft full;
    size_t i, n;
    for (i = 0; i < COUNT_OF(DRAFT_TEXTS); i++) {
        for (n = 0; n < COUNT_OF(LENGTHS); n++) {
            ABOUT("draft, %s of %zu bytes", DRAFT_TEXTS[i].path, LENGTHS[n]);
            fill_draft(&full);
            set_text(&full, DRAFT_TEXTS[i].offset, "text", LENGTHS[n]);
            CHECK_REFUSED(try_draft(board, &full), NOTICE_INVALID_FIELD, DRAFT_TEXTS[i].path);
        }
    }
}

static void try_query_texts(NoticeBoard *board)
{
    struct full_query full;
    size_t i, n;
    for (i = 0; i < COUNT_OF(QUERY_TEXTS); i++) {
        for (n = 0; n < COUNT_OF(LENGTHS); n++) {
            ABOUT("query, %s of %zu bytes", QUERY_TEXTS[i].path, LENGTHS[n]);
            fill_query(&full, 1);
            set_text(&full, QUERY_TEXTS[i].offset, "text", LENGTHS[n]);
            CHECK_REFUSED(try_query(board, &full), NOTICE_INVALID_FIELD, QUERY_TEXTS[i].path);
        }
    }
}

/* Counts whose product with the size of an element is huge, or wraps round to something small or to 0. */
static size_t huge_count(size_t n, size_t element)
{
    switch (n) {
    case 0: return SIZE_MAX;
    case 1: return SIZE_MAX / 2;
    case 2: return SIZE_MAX / 2 + 1;
    case 3: return SIZE_MAX / element;
    case 4: return SIZE_MAX / element + 1;
    case 5: return SIZE_MAX / 2 / element;
    case 6: return SIZE_MAX / 2 / element + 1;
    case 7: return (size_t)1 << (sizeof(size_t) * 8 - 3);
    case 8: return (size_t)1 << (sizeof(size_t) * 8 - 4);
    case 9: return 0xffffffffu;
    default: return 0;
    }
}

static int is_refused_size(int32_t status)
{
    return status == NOTICE_INVALID_FIELD || status == NOTICE_TOO_LARGE;
}

static void try_lists(NoticeBoard *board)
{
    struct full_draft draft;
    struct full_query query;
    size_t i, n, count;
    for (i = 0; i < COUNT_OF(DRAFT_LISTS); i++) {
        for (n = 0; (count = huge_count(n, DRAFT_LISTS[i].element)) != 0; n++) {
            ABOUT("draft, %s with %zu entries", DRAFT_LISTS[i].path, count);
            fill_draft(&draft);
            set_list(&draft, &DRAFT_LISTS[i], 0, count);
            CHECK(is_refused_size(try_draft(board, &draft)));
            CHECK_TEXT(check_last_path(), DRAFT_LISTS[i].path);
        }
    }
    for (i = 0; i < COUNT_OF(QUERY_LISTS); i++) {
        for (n = 0; (count = huge_count(n, QUERY_LISTS[i].element)) != 0; n++) {
            ABOUT("query, %s with %zu entries", QUERY_LISTS[i].path, count);
            fill_query(&query, 1);
            set_list(&query, &QUERY_LISTS[i], 0, count);
            CHECK(is_refused_size(try_query(board, &query)));
            CHECK_TEXT(check_last_path(), QUERY_LISTS[i].path);
        }
    }
    ABOUT("draft, actions[0].labels with 4294967295 entries");
    fill_draft(&draft);
    draft.actions[0].label_count = 0xffffffffu;
    CHECK_REFUSED(try_draft(board, &draft), NOTICE_TOO_LARGE, "actions[0].labels");
    CHECK_INT(check_last_info().limit, NOTICE_MAX_LOCALES);
}

/* One entry more than there may be: the limit is said, and nothing of the list is read. */
static void try_one_too_many(NoticeBoard *board)
{
    struct full_draft full;
    struct full_query asked;
    fill_draft(&full);
    ABOUT("one tag too many");
    full.draft.tag_count = NOTICE_MAX_TAGS + 1;
    CHECK_REFUSED(try_draft(board, &full), NOTICE_TOO_LARGE, "tags");
    CHECK_INT(check_last_info().limit, NOTICE_MAX_TAGS);
    fill_query(&asked, 1);
    ABOUT("one channel too many");
    asked.query.channel_count = NOTICE_MAX_FILTER_LIST + 1;
    CHECK_REFUSED(try_query(board, &asked), NOTICE_TOO_LARGE, "filter.channels");
    CHECK_INT(check_last_info().limit, NOTICE_MAX_FILTER_LIST);
}

static void try_parameters(NoticeBoard *board)
{
    NoticeBoard *other = NULL;
    NoticePublished results[1];
    char buf[1];
    const NoticeQuery query = NOTICE_QUERY_INIT;
    NoticeQuery editor = NOTICE_QUERY_INIT;
    NoticeArray array;
    NoticeReceiptQuery receipts = NOTICE_RECEIPT_QUERY_INIT;
    NoticeReceiptArray receipt_array;
    NoticeExplanation explanation;
    NoticeOwnMarks own_marks;
    const struct place backup = path_of("huge.notice");
    const int64_t id = 1;
    size_t n, size = 77;
    receipts.id = id;
    editor.user = notice_str("zhang.wei");
    editor.view = NOTICE_VIEW_EDITOR;
    CHECK_OK(notice_backup(board, backup.text, backup.len, NULL));
    for (n = 0; n < COUNT_OF(LENGTHS); n++) {
        const size_t length = LENGTHS[n];
        ABOUT("%zu bytes", length);
        CHECK_REFUSED(notice_open("mem:", length, NULL, &other), NOTICE_INVALID_FIELD, "url");
        CHECK_REFUSED(notice_retract(board, 1, "reason", length, 0, NULL), NOTICE_INVALID_FIELD, "reason");
        CHECK_REFUSED(notice_publish_json(board, "[]", length, NULL, 0, &size), NOTICE_INVALID_FIELD, "json");
        CHECK_REFUSED(notice_query_into(board, &query, buf, length, &size, &array), NOTICE_INVALID_FIELD, "buf");
        CHECK_REFUSED(notice_get_json(board, 1, &editor, buf, length, &size), NOTICE_INVALID_FIELD, "buf");
        CHECK_REFUSED(notice_stats_json(board, buf, length, &size), NOTICE_INVALID_FIELD, "buf");
        CHECK_REFUSED(notice_verify_json(board, buf, length, &size), NOTICE_INVALID_FIELD, "buf");
        CHECK_REFUSED(notice_verify_file_json(backup.text, backup.len, buf, length, &size), NOTICE_INVALID_FIELD, "buf");
        CHECK_REFUSED(notice_verify_file_json(backup.text, length, buf, 1, &size), NOTICE_INVALID_FIELD, "path");
        CHECK_REFUSED(notice_backup(board, backup.text, length, NULL), NOTICE_INVALID_FIELD, "path");
        CHECK_REFUSED(notice_restore_backup(backup.text, length, "to", 2), NOTICE_INVALID_FIELD, "from");
        CHECK_REFUSED(notice_restore_backup(backup.text, backup.len, "to", length), NOTICE_INVALID_FIELD, "to");
        CHECK_REFUSED(notice_explain(board, 1, &query, &explanation, NOTICE_LANGUAGE_EN, buf, length, &size),
                      NOTICE_INVALID_FIELD, "buf");
        CHECK_REFUSED(notice_update_json(board, 1, "{}", length, 0, 0, NULL), NOTICE_INVALID_FIELD, "patch");
        CHECK_REFUSED(notice_apply_json(board, "[]", length, NULL, 0, &size), NOTICE_INVALID_FIELD, "json");
        CHECK_REFUSED(notice_import(board, "{}", length), NOTICE_INVALID_FIELD, "data");
        CHECK_REFUSED(notice_forget_user(board, "user", length, NULL), NOTICE_INVALID_FIELD, "user");
        CHECK_REFUSED(notice_own_marks(board, "user", length, 0, NULL, 0, &own_marks), NOTICE_INVALID_FIELD, "user");
        receipts.cursor.ptr = "cursor";
        receipts.cursor.len = length;
        CHECK_REFUSED(notice_receipts(board, &receipts, &receipt_array), NOTICE_INVALID_FIELD, "cursor");
        CHECK_STATUS(notice_last_error(NOTICE_LANGUAGE_EN, buf, length, &size), NOTICE_INVALID_FIELD);
        CHECK_STATUS(notice_last_error_path(buf, length, &size), NOTICE_INVALID_FIELD);
    }
    receipts.cursor = notice_str("");
    receipts.users = &editor.user;
    for (n = 0; huge_count(n, sizeof editor.user) != 0; n++) {
        receipts.user_count = huge_count(n, sizeof editor.user);
        ABOUT("%zu users", receipts.user_count);
        CHECK(is_refused_size(notice_receipts(board, &receipts, &receipt_array)));
        CHECK_TEXT(check_last_path(), "users");
    }
    for (n = 0; n < 9; n++) {
        const size_t count = huge_count(n, sizeof(NoticePublished));
        ABOUT("room for %zu results", count);
        CHECK_REFUSED(notice_publish_json(board, "[]", 2, results, count, &size), NOTICE_INVALID_FIELD, "results");
        CHECK_REFUSED(notice_apply_json(board, "[]", 2, results, count, &size), NOTICE_INVALID_FIELD, "results");
    }
    for (n = 0; huge_count(n, sizeof id) != 0; n++) {
        const size_t count = huge_count(n, sizeof id);
        ABOUT("%zu ids", count);
        CHECK(is_refused_size(notice_mark(board, &editor, &id, count, NOTICE_MARK_READ)));
        CHECK_TEXT(check_last_path(), "ids");
    }
    ABOUT("in the end");
    CHECK(other == NULL);
    CHECK_INT(size, 77);
}

int main(void)
{
    NoticeBoard *const board = open_board();
    publish_title(board, "The first");
    try_draft_texts(board);
    try_query_texts(board);
    try_lists(board);
    try_one_too_many(board);
    try_parameters(board);
    CHECK_INT(total_of(board), 1);
    notice_close(board, 0);
    return 0;
}
