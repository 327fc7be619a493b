/* A board that asks the caller for the time. */

#include "fixture.h"

struct clock {
    int64_t now;
    int calls;
};

static int64_t tell(void *data)
{
    struct clock *const clock = (struct clock *)data;
    clock->calls++;
    return clock->now;
}

static NoticeBoard *open_with(struct clock *clock)
{
    NoticeOptions options = NOTICE_OPTIONS_INIT;
    options.clock = tell;
    options.clock_data = clock;
    return open_fresh(&options);
}

static NoticeCount count_at(NoticeBoard *board, int64_t now)
{
    NoticeQuery query = NOTICE_QUERY_INIT;
    NoticeCount count;
    query.now = now;
    CHECK_OK(notice_count(board, &query, &count));
    return count;
}

static void time_is_the_callers(void)
{
    struct clock clock = { FIXTURE_NOW, 0 };
    NoticeBoard *const board = open_with(&clock);
    struct full_draft full;
    NoticeQuery editor = NOTICE_QUERY_INIT;
    NoticePublished published;
    NoticeArray array;
    fill_draft(&full);
    full.draft.condition_count = 0;
    full.draft.starts_at = FIXTURE_NOW + 100;
    full.draft.ends_at = FIXTURE_NOW + 200;
    CHECK_OK(notice_publish(board, &full.draft, &published));
    CHECK(clock.calls > 0);

    CHECK_INT(count_at(board, 0).now, FIXTURE_NOW);
    CHECK_INT(count_at(board, 0).total, 0);
    CHECK_INT(count_at(board, 0).next_change_at, FIXTURE_NOW + 100);
    clock.now = FIXTURE_NOW + 100;
    CHECK_INT(count_at(board, 0).total, 1);
    CHECK_INT(count_at(board, 0).next_change_at, FIXTURE_NOW + 200);
    clock.now = FIXTURE_NOW + 200;
    CHECK_INT(count_at(board, 0).total, 0);
    CHECK_INT(count_at(board, 0).next_change_at, 0);

    /* A query may ask for another instant, and then the clock does not matter. */
    CHECK_INT(count_at(board, FIXTURE_NOW + 150).total, 1);
    CHECK_INT(count_at(board, FIXTURE_NOW + 150).now, FIXTURE_NOW + 150);

    editor.view = NOTICE_VIEW_EDITOR;
    CHECK_OK(notice_get(board, published.id, &editor, &array));
    CHECK_INT(array.items[0].created_at, FIXTURE_NOW);
    CHECK_INT(array.items[0].published_at, FIXTURE_NOW);
    CHECK_INT(array.items[0].starts_at, FIXTURE_NOW + 100);
    notice_free(&array);
    notice_close(board, 0);
}

static void a_closed_board_asks_no_more(void)
{
    struct clock clock = { FIXTURE_NOW, 0 };
    NoticeBoard *const board = open_with(&clock);
    const NoticeQuery query = NOTICE_QUERY_INIT;
    NoticeCount count;
    int calls;
    count_at(board, 0);
    notice_close(board, 0);
    calls = clock.calls;
    CHECK_STATUS(notice_count(board, &query, &count), NOTICE_INVALID_FIELD);
    CHECK_INT(clock.calls, calls);
}

static void two_boards_have_two_clocks(void)
{
    struct clock one = { FIXTURE_NOW, 0 }, other = { FIXTURE_NOW + 5, 0 };
    NoticeBoard *const first = open_with(&one), *const second = open_with(&other);
    CHECK_INT(count_at(first, 0).now, FIXTURE_NOW);
    CHECK_INT(count_at(second, 0).now, FIXTURE_NOW + 5);
    CHECK(memcmp(count_at(first, 0).epoch, count_at(second, 0).epoch, 16) != 0);
    notice_close(first, 0);
    notice_close(second, 0);
}

static void without_a_clock_it_is_the_systems(void)
{
    NoticeBoard *const board = open_fresh(NULL);
    /* 2024, and the year 9999. */
    const int64_t past = INT64_C(1704067200000), future = NOTICE_MAX_TIME;
    CHECK(count_at(board, 0).now > past);
    CHECK(count_at(board, 0).now < future);
    notice_close(board, 0);
}

int main(void)
{
    time_is_the_callers();
    a_closed_board_asks_no_more();
    two_boards_have_two_clocks();
    without_a_clock_it_is_the_systems();
    return 0;
}
