/* Who frees what, and how long it is valid. */

#include "fixture.h"

static int is_zero(const NoticeArray *array)
{
    NoticeArray zero;
    memset(&zero, 0, sizeof zero);
    return memcmp(array, &zero, sizeof zero) == 0;
}

static NoticeArray everything(NoticeBoard *board)
{
    NoticeQuery query = NOTICE_QUERY_INIT;
    NoticeArray array;
    query.view = NOTICE_VIEW_EDITOR;
    CHECK_OK(notice_query(board, &query, &array));
    return array;
}

static void freeing_twice_is_harmless(NoticeBoard *board)
{
    NoticeArray array = everything(board);
    ABOUT("freeing twice");
    CHECK(array.len > 0 && array.memory != NULL);
    notice_free(&array);
    CHECK(is_zero(&array));
    notice_free(&array);
    CHECK(is_zero(&array));
}

static void freeing_nothing_is_harmless(void)
{
    NoticeArray zeros, initial = NOTICE_ARRAY_INIT;
    ABOUT("freeing nothing");
    memset(&zeros, 0, sizeof zeros);
    notice_free(&zeros);
    notice_free(&initial);
    notice_free(NULL);
    CHECK(is_zero(&zeros));
    CHECK(is_zero(&initial));
}

static void an_empty_page_can_be_freed(void)
{
    NoticeBoard *const board = open_board();
    NoticeArray array = everything(board);
    ABOUT("an empty page");
    CHECK_INT(array.len, 0);
    CHECK(array.items == NULL);
    notice_free(&array);
    notice_free(&array);
    notice_close(board, 0);
}

static void a_page_outlives_the_announcement_and_the_board(void)
{
    NoticeBoard *const board = open_board();
    const int64_t id = publish_full(board);
    NoticeArray array = everything(board);
    NoticeItem *const item = (NoticeItem *)malloc(sizeof *item);
    ABOUT("a page of a closed board");
    CHECK(item != NULL);
    CHECK_OK(notice_retract(board, id, NULL, 0, 0, NULL));
    notice_close(board, 0);
    CHECK_INT(array.len, 1);
    *item = array.items[0];
    CHECK_INT(item->id, id);
    CHECK_INT(item->state, NOTICE_STATE_PUBLISHED);
    CHECK_STR(item->title, "Maintenance tonight");
    CHECK_STR(item->body, "No *service*.");
    CHECK_STR(item->locale_used, "en");
    CHECK_STR(item->key, "maintenance/june");
    CHECK_STR(item->tags[1], "planned");
    CHECK_STR(item->actions[0].label, "Details");
    CHECK_STR(item->extras_json, "{\"ticket\":17}");
    CHECK_STR(item->retract_reason, "");
    free(item);
    notice_free(&array);
}

static void a_copied_structure_frees_the_same_page(NoticeBoard *board)
{
    NoticeArray array = everything(board), copy;
    ABOUT("a copy");
    copy = array;
    notice_free(&copy);
    CHECK(is_zero(&copy));
    /* The other one is not to be used any more, and not to be freed. */
    memset(&array, 0, sizeof array);
    notice_free(&array);
}

static void a_page_may_be_kept_anywhere(NoticeBoard *board)
{
    char place[sizeof(NoticeArray) + 1];
    NoticeArray array;
    NoticeQuery query = NOTICE_QUERY_INIT;
    ABOUT("an array at an odd address");
    query.view = NOTICE_VIEW_EDITOR;
    CHECK_OK(notice_query(board, &query, (NoticeArray *)(void *)(place + 1)));
    memcpy(&array, place + 1, sizeof array);
    CHECK_INT(array.len, total_of(board));
    notice_free((NoticeArray *)(void *)(place + 1));
    memcpy(&array, place + 1, sizeof array);
    CHECK(is_zero(&array));
}

/* What is handed in is not kept: it may go at once. */
static void what_was_handed_in_may_go(void)
{
    NoticeBoard *const board = open_board();
    struct full_draft *const full = (struct full_draft *)malloc(sizeof *full);
    char *const title = (char *)malloc(5);
    char *const url = (char *)malloc(4);
    NoticeBoard *other;
    NoticeArray array;
    ABOUT("what was handed in");
    CHECK(full && title && url);
    fill_draft(full);
    memcpy(title, "Short", 5);
    full->texts[1].title.ptr = title;
    full->texts[1].title.len = 5;
    CHECK_OK(notice_publish(board, &full->draft, NULL));
    memcpy(url, "mem:", 4);
    CHECK_OK(notice_open(url, 4, NULL, &other));
    memset(full, 0, sizeof *full);
    memset(title, 'x', 5);
    free(full);
    free(title);
    free(url);
    array = everything(board);
    CHECK_STR(array.items[0].title, "Short");
    notice_free(&array);
    notice_close(other, 0);
    notice_close(board, 0);
}

/* A refused call hands out nothing; a leak would be seen by what watches memory. */
static void nothing_is_left_of_refused_calls(NoticeBoard *board)
{
    NoticeQuery query = NOTICE_QUERY_INIT;
    NoticeArray array, before;
    int n;
    ABOUT("refused calls");
    memset(&before, 0x5A, sizeof before);
    array = before;
    for (n = 0; n < 50; n++) {
        CHECK_STATUS(notice_get(board, 4242, &query, &array), NOTICE_NOT_FOUND);
        query.limit = NOTICE_MAX_LIMIT + 1;
        CHECK(notice_query(board, &query, &array) != NOTICE_OK);
        query.limit = 0;
        query.cursor = notice_str("no cursor");
        CHECK_STATUS(notice_query(board, &query, &array), NOTICE_BAD_CURSOR);
        query.cursor.len = 0;
    }
    CHECK_BYTES(&array, &before, sizeof before);
}

int main(void)
{
    NoticeBoard *const board = open_board();
    publish_full(board);
    publish_title(board, "The second");
    freeing_twice_is_harmless(board);
    freeing_nothing_is_harmless();
    an_empty_page_can_be_freed();
    a_page_outlives_the_announcement_and_the_board();
    a_copied_structure_frees_the_same_page(board);
    a_page_may_be_kept_anywhere(board);
    what_was_handed_in_may_go();
    nothing_is_left_of_refused_calls(board);
    notice_close(board, 0);
    return 0;
}
