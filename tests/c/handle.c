/* Boards that are closed, closed twice, closed while they are used, and pointers that are no board. */

#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif

#include "calls.h"

#include <pthread.h>
#include <sched.h>
#include <unistd.h>

/* Every function that takes a board is refused this one. */
static void check_refused_everywhere(struct fixture *f, NoticeBoard *board)
{
    NoticeBoard *const open = f->board;
    size_t i;
    for (i = 0; i < COUNT_OF(CALLS); i++) {
        const struct call *const call = &CALLS[i];
        if (!call->is_on_board)
            continue;
        ABOUT("%s with %p", call->function, (void *)board);
        refresh(f);
        f->board = board;
        CHECK_REFUSED(call->call(f), NOTICE_INVALID_FIELD, "board");
        f->board = open;
    }
}

static void a_closed_board_is_refused(struct fixture *f)
{
    NoticeBoard *const closed = open_board();
    NoticeBoard *others[8];
    size_t i;
    notice_close(closed, 0);
    check_refused_everywhere(f, closed);
    /* Neither do new boards make it valid again. */
    for (i = 0; i < COUNT_OF(others); i++) {
        others[i] = open_board();
        CHECK(others[i] != closed);
    }
    check_refused_everywhere(f, closed);
    notice_close(closed, 0);
    for (i = 0; i < COUNT_OF(others); i++) {
        CHECK_INT(total_of(others[i]), 0);
        notice_close(others[i], 0);
    }
}

static void closing_twice_is_told(void)
{
    NoticeBoard *const board = open_board();
    NoticeBoard *refused = NULL;
    ABOUT("closing twice");
    notice_close(board, 0);
    /* Another failure, to see the one of closing. */
    CHECK_STATUS(notice_open("nowhere", 7, NULL, &refused), NOTICE_UNSUPPORTED);
    CHECK_REFUSED(notice_close(board, 0), NOTICE_INVALID_FIELD, "board");
    CHECK_REFUSED(notice_close(board, NOTICE_CLOSE_GIVE_UP), NOTICE_INVALID_FIELD, "board");
}

static void closing_nothing_is_no_failure(void)
{
    NoticeBoard *refused = NULL;
    ABOUT("closing NULL");
    CHECK_STATUS(notice_open("nowhere", 7, NULL, &refused), NOTICE_UNSUPPORTED);
    CHECK_OK(notice_close(NULL, 0));
    CHECK_OK(notice_close(NULL, NOTICE_CLOSE_GIVE_UP));
    CHECK_INT(check_last_info().status, NOTICE_UNSUPPORTED);
    CHECK_REFUSED(notice_close(NULL, 2), NOTICE_INVALID_FIELD, "flags");
}

static void what_is_no_board_is_refused(struct fixture *f)
{
    long long number = 0;
    const uintptr_t foreign[] = {
        1, 2, 3, 7, 0x1001, 0xdeadbeef, UINTPTR_MAX, UINTPTR_MAX - 1,
        (uintptr_t)&number, (uintptr_t)f->board + 2, (uintptr_t)f->board ^ 1, (uintptr_t)f->board << 20,
    };
    size_t i;
    for (i = 0; i < COUNT_OF(foreign); i++) {
        check_refused_everywhere(f, (NoticeBoard *)foreign[i]);
        notice_close((NoticeBoard *)foreign[i], 0);
        CHECK_INT(check_last_info().status, NOTICE_INVALID_FIELD);
    }
    ABOUT("the board that is open");
    CHECK_INT(total_of(f->board) > 0, 1);
}

static void there_is_a_limit_of_boards(struct fixture *f)
{
    static NoticeBoard *boards[NOTICE_MAX_BOARDS];
    NoticeBoard *one_more = NULL;
    size_t i, opened = 1;
    ABOUT("the most boards");
    boards[0] = f->board;
    for (; opened < NOTICE_MAX_BOARDS; opened++)
        CHECK_OK(notice_open("mem:", 4, NULL, &boards[opened]));
    CHECK_STATUS(notice_open("mem:", 4, NULL, &one_more), NOTICE_TOO_LARGE);
    CHECK_INT(check_last_info().limit, NOTICE_MAX_BOARDS);
    CHECK(one_more == NULL);
    notice_close(boards[17], 0);
    CHECK_OK(notice_open("mem:", 4, NULL, &boards[17]));
    for (i = 1; i < opened; i++)
        notice_close(boards[i], 0);
}

/* Threads that use a board until it is closed under them. */

#define THREADS 6

struct crowd {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    NoticeBoard *board;
    /* How many threads have had an answer. */
    int served;
};

static void *use_until_refused(void *data)
{
    struct crowd *const crowd = (struct crowd *)data;
    const NoticeQuery query = NOTICE_QUERY_INIT;
    int calls = 0;
    for (;;) {
        NoticeArray array;
        const int32_t status = notice_query(crowd->board, &query, &array);
        if (status != NOTICE_OK) {
            CHECK_INT(status, NOTICE_INVALID_FIELD);
            CHECK_TEXT(calls ? "served" : "refused at once", "served");
            return NULL;
        }
        CHECK_INT(array.len, 1);
        CHECK_STR(array.items[0].title, "Closed soon");
        notice_free(&array);
        if (calls++ == 0) {
            pthread_mutex_lock(&crowd->mutex);
            crowd->served++;
            pthread_cond_signal(&crowd->changed);
            pthread_mutex_unlock(&crowd->mutex);
        }
    }
}

static void closing_waits_for_the_calls_of_other_threads(void)
{
    int round;
    /* No ABOUT: threads fail, too. */
    check_about[0] = '\0';
    for (round = 0; round < (check_few() ? 3 : 20); round++) {
        struct crowd crowd = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, NULL, 0 };
        pthread_t threads[THREADS];
        int i;
        crowd.board = open_board();
        publish_title(crowd.board, "Closed soon");
        for (i = 0; i < THREADS; i++)
            CHECK_INT(pthread_create(&threads[i], NULL, use_until_refused, &crowd), 0);
        pthread_mutex_lock(&crowd.mutex);
        while (crowd.served < THREADS)
            pthread_cond_wait(&crowd.changed, &crowd.mutex);
        pthread_mutex_unlock(&crowd.mutex);
        notice_close(crowd.board, 0);
        for (i = 0; i < THREADS; i++)
            CHECK_INT(pthread_join(threads[i], NULL), 0);
    }
}

/* A clock that is called during the call that closing waits for. */

struct slow_clock {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    int is_armed;
    int is_inside;
    int is_released;
    int has_left;
    NoticeBoard *board;
    int is_closed;
};

static int64_t slow_now(void *data)
{
    struct slow_clock *const clock = (struct slow_clock *)data;
    pthread_mutex_lock(&clock->mutex);
    if (clock->is_armed) {
        clock->is_inside = 1;
        pthread_cond_broadcast(&clock->changed);
        while (!clock->is_released)
            pthread_cond_wait(&clock->changed, &clock->mutex);
        clock->has_left = 1;
    }
    pthread_mutex_unlock(&clock->mutex);
    return FIXTURE_NOW;
}

static void *close_it(void *data)
{
    struct slow_clock *const clock = (struct slow_clock *)data;
    notice_close(clock->board, 0);
    pthread_mutex_lock(&clock->mutex);
    /* Closing has returned, so the call has left the clock for good. */
    CHECK_INT(clock->has_left, 1);
    clock->is_closed = 1;
    pthread_mutex_unlock(&clock->mutex);
    return NULL;
}

static void *count_it(void *data)
{
    struct slow_clock *const clock = (struct slow_clock *)data;
    const NoticeQuery query = NOTICE_QUERY_INIT;
    NoticeCount count;
    CHECK_OK(notice_count(clock->board, &query, &count));
    return NULL;
}

static void a_board_is_there_until_the_last_call_is_over(void)
{
    struct slow_clock clock = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0, 0, 0, NULL, 0 };
    NoticeOptions options = NOTICE_OPTIONS_INIT;
    pthread_t calling, closing;
    int n;
    options.clock = slow_now;
    options.clock_data = &clock;
    clock.board = open_fresh(&options);
    pthread_mutex_lock(&clock.mutex);
    clock.is_armed = 1;
    pthread_mutex_unlock(&clock.mutex);
    CHECK_INT(pthread_create(&calling, NULL, count_it, &clock), 0);
    pthread_mutex_lock(&clock.mutex);
    while (!clock.is_inside)
        pthread_cond_wait(&clock.changed, &clock.mutex);
    pthread_mutex_unlock(&clock.mutex);
    /* The call is in the clock, and cannot get on before it is released below. */
    CHECK_INT(pthread_create(&closing, NULL, close_it, &clock), 0);
    /* Every opportunity for closing to return too early; one that waits does not care how many. */
    for (n = 0; n < 2000; n++)
        sched_yield();
    pthread_mutex_lock(&clock.mutex);
    CHECK_INT(clock.is_closed, 0);
    clock.is_released = 1;
    pthread_cond_broadcast(&clock.changed);
    pthread_mutex_unlock(&clock.mutex);
    CHECK_INT(pthread_join(closing, NULL), 0);
    CHECK_INT(pthread_join(calling, NULL), 0);
    CHECK_INT(clock.is_closed, 1);
}

int main(int argc, char **argv)
{
    struct fixture f;
    /* A deadlock is a failure, too. */
    alarm(300);
    check_calls_are_complete(argc, argv);
    fill_fixture(&f);
    a_closed_board_is_refused(&f);
    closing_twice_is_told();
    closing_nothing_is_no_failure();
    what_is_no_board_is_refused(&f);
    there_is_a_limit_of_boards(&f);
    notice_close(f.board, 0);
    closing_waits_for_the_calls_of_other_threads();
    a_board_is_there_until_the_last_call_is_over();
    return 0;
}
