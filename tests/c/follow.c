/* Followers and callbacks: when to ask a board again, and being told that it has changed. */

#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif

#include "fixture.h"

#include <pthread.h>

static int32_t step_of(const NoticeFollower *follower, const NoticeHead *head, int64_t now, int64_t *until)
{
    int32_t step = -1;
    CHECK_OK(notice_follower_next(follower, head, now, &step, until));
    return step;
}

static uint64_t answered(NoticeFollower *follower, const NoticeCount *count)
{
    uint64_t changes = 99;
    CHECK_OK(notice_follower_answered(follower, count->epoch, count->revision, count->now, count->next_change_at,
                                      &changes));
    return changes;
}

/* A board whose clock stands still, and a follower who counts. */
static void follow_a_board(void)
{
    NoticeBoard *const board = open_board();
    NoticeFollower follower = NOTICE_FOLLOWER_INIT;
    NoticeQuery query = NOTICE_QUERY_INIT;
    NoticeCount count;
    NoticeHead head;
    int64_t until = 99;
    CHECK_OK(notice_head(board, &head));
    CHECK_INT(step_of(&follower, &head, FIXTURE_NOW, &until), NOTICE_FOLLOW_FIRST);
    CHECK_INT(until, 0);
    CHECK_OK(notice_count(board, &query, &count));
    CHECK_BYTES(head.epoch, count.epoch, sizeof head.epoch);
    CHECK_INT(answered(&follower, &count), 1);
    CHECK_INT(step_of(&follower, &head, FIXTURE_NOW, &until), NOTICE_FOLLOW_SLEEP);
    CHECK_INT(until, 0);
    publish_title(board, "a");
    publish_title(board, "b");
    CHECK_OK(notice_head(board, &head));
    CHECK_INT(head.revision, 2);
    CHECK(head.seq >= 2);
    CHECK_INT(step_of(&follower, &head, FIXTURE_NOW, NULL), NOTICE_FOLLOW_REVISION);
    CHECK_OK(notice_count(board, &query, &count));
    CHECK_INT(answered(&follower, &count), 2);
    CHECK_INT(answered(&follower, &count), 0);
    CHECK_INT(step_of(&follower, &head, FIXTURE_NOW - 1, NULL), NOTICE_FOLLOW_CLOCK_SET_BACK);
    head.epoch[3] ^= 1;
    CHECK_INT(step_of(&follower, &head, FIXTURE_NOW, NULL), NOTICE_FOLLOW_OTHER_BOARD);
    notice_close(board, 0);
}

static void sleep_and_fail(void)
{
    static const uint8_t EPOCH[16] = { 1, 2, 3 };
    NoticeFollower follower = NOTICE_FOLLOWER_INIT;
    NoticeHead head = NOTICE_HEAD_INIT;
    int64_t until;
    memcpy(head.epoch, EPOCH, sizeof head.epoch);
    head.revision = 5;
    follower.longest_nap_ms = 1000;
    follower.retry_pause_ms = 100;
    CHECK_OK(notice_follower_answered(&follower, EPOCH, 5, 10000, 10500, NULL));
    CHECK_INT(step_of(&follower, &head, 10000, &until), NOTICE_FOLLOW_SLEEP);
    CHECK_INT(until, 10500);
    CHECK_INT(step_of(&follower, &head, 10500, &until), NOTICE_FOLLOW_TIME);
    CHECK_OK(notice_follower_answered(&follower, EPOCH, 5, 10500, 0, NULL));
    CHECK_INT(step_of(&follower, &head, 10500, &until), NOTICE_FOLLOW_SLEEP);
    CHECK_INT(until, 11500);
    follower.knows_next_change = 0;
    CHECK_INT(step_of(&follower, &head, 10500, NULL), NOTICE_FOLLOW_NEXT_CHANGE);
    CHECK_OK(notice_follower_failed(&follower, NOTICE_UNAVAILABLE, 20000));
    CHECK_INT(follower.failures, 1);
    CHECK_INT(step_of(&follower, &head, 20000, &until), NOTICE_FOLLOW_SLEEP);
    CHECK_INT(until, 20100);
    CHECK_INT(step_of(&follower, &head, 20100, NULL), NOTICE_FOLLOW_RETRY);
    CHECK_OK(notice_follower_answered(&follower, EPOCH, 5, 20100, 0, NULL));
    CHECK_INT(follower.failures, 0);
    CHECK_OK(notice_follower_failed(&follower, NOTICE_COMPACTED, 20200));
    CHECK_INT(step_of(&follower, &head, 20200, NULL), NOTICE_FOLLOW_FIRST);
    CHECK_REFUSED(notice_follower_failed(&follower, NOTICE_OK, 1), NOTICE_INVALID_FIELD, "status");
    CHECK_REFUSED(notice_follower_failed(&follower, 99, 1), NOTICE_INVALID_FIELD, "status");
    follower.knows_board = 2;
    CHECK_REFUSED(notice_follower_failed(&follower, NOTICE_IO, 1), NOTICE_INVALID_FIELD, "follower.knows_board");
    follower.knows_board = 0;
    follower.struct_size = 7;
    CHECK_REFUSED(notice_follower_failed(&follower, NOTICE_IO, 1), NOTICE_INVALID_FIELD, "follower.struct_size");
}

struct listener {
    pthread_mutex_t lock;
    pthread_cond_t told;
    NoticeBoard *board;
    uint64_t number;
    int64_t revision;
    int calls;
    int removes_itself;
};

static void tell(void *user, const NoticeHead *head)
{
    struct listener *const listener = (struct listener *)user;
    pthread_mutex_lock(&listener->lock);
    listener->revision = head->revision;
    listener->calls++;
    if (listener->removes_itself)
        CHECK_OK(notice_on_change_remove(listener->board, listener->number));
    pthread_cond_signal(&listener->told);
    pthread_mutex_unlock(&listener->lock);
}

static void wait_for(struct listener *listener, int64_t revision)
{
    pthread_mutex_lock(&listener->lock);
    while (listener->revision < revision)
        pthread_cond_wait(&listener->told, &listener->lock);
    pthread_mutex_unlock(&listener->lock);
}

static void be_told(void)
{
    struct listener first, second;
    NoticeBoard *const board = open_board();
    memset(&first, 0, sizeof first);
    pthread_mutex_init(&first.lock, NULL);
    pthread_cond_init(&first.told, NULL);
    first.board = board;
    second = first;
    pthread_mutex_init(&second.lock, NULL);
    pthread_cond_init(&second.told, NULL);
    CHECK_OK(notice_on_change(board, tell, &first, &first.number));
    pthread_mutex_lock(&second.lock);
    CHECK_OK(notice_on_change(board, tell, &second, &second.number));
    second.removes_itself = 1;
    pthread_mutex_unlock(&second.lock);
    CHECK(first.number != second.number);
    publish_title(board, "a");
    wait_for(&first, 1);
    wait_for(&second, 1);
    publish_title(board, "b");
    wait_for(&first, 2);
    CHECK_INT(second.calls, 1);
    CHECK_OK(notice_on_change_remove(board, first.number));
    /* Nothing is called any more: the memory could be given back now. */
    memset(&first.told, 0xA5, sizeof first.told);
    publish_title(board, "c");
    CHECK_STATUS(notice_on_change_remove(board, first.number), NOTICE_NOT_FOUND);
    CHECK_STATUS(notice_on_change_remove(board, 0), NOTICE_NOT_FOUND);
    notice_close(board, 0);
    CHECK_INT(first.revision, 2);
}

/* A callback that nobody has removed ends with the board. */
static void close_while_it_listens(void)
{
    struct listener listener;
    NoticeBoard *const board = open_board();
    NoticeBoard *const other = open_board();
    memset(&listener, 0, sizeof listener);
    pthread_mutex_init(&listener.lock, NULL);
    pthread_cond_init(&listener.told, NULL);
    CHECK_OK(notice_on_change(board, tell, &listener, &listener.number));
    /* Another board has no such callback. */
    CHECK_STATUS(notice_on_change_remove(other, listener.number), NOTICE_NOT_FOUND);
    publish_title(board, "a");
    notice_close(board, 0);
    memset(&listener.told, 0xA5, sizeof listener.told);
    notice_close(other, 0);
}

/* The titles on a board, or what is shared under a name. */
static uint64_t count_of(NoticeBoard *board)
{
    NoticeQuery query = NOTICE_QUERY_INIT;
    NoticeCount count;
    CHECK_OK(notice_count(board, &query, &count));
    return count.total;
}

/* Another program of this user would open the same URL. */
static void share_a_board(void)
{
    NoticeBoard *const board = open_board();
    NoticeBoard *copy = NULL;
    const char *const name = fresh_name();
    char url[64];
    int64_t revision = 0;
    const NoticeDraft draft = NOTICE_DRAFT_INIT;
    const int len = snprintf(url, sizeof url, "shm:%s", name);
    CHECK_STATUS(notice_open(url, (size_t)len, NULL, &copy), NOTICE_NOT_FOUND);
    CHECK_OK(notice_share(board, name, strlen(name)));
    CHECK_STATUS(notice_share(board, name, strlen(name)), NOTICE_LOCKED);
    CHECK_STATUS(notice_share(board, "a/b", 3), NOTICE_INVALID_FIELD);
    publish_title(board, "a");
    CHECK_OK(notice_open(url, (size_t)len, NULL, &copy));
    CHECK_OK(notice_wait(copy, 0, 30000, &revision));
    CHECK_INT(count_of(copy), 1);
    publish_title(board, "b");
    CHECK_OK(notice_wait(copy, 1, 30000, &revision));
    CHECK_INT(revision, 2);
    CHECK_INT(count_of(copy), 2);
    CHECK_STATUS(notice_publish(copy, &draft, NULL), NOTICE_READ_ONLY);
    CHECK_STATUS(notice_share(copy, name, strlen(name)), NOTICE_UNSUPPORTED);
    notice_close(board, 0);
    /* What it has it keeps. */
    CHECK_INT(count_of(copy), 2);
    notice_close(copy, 0);
}

int main(void)
{
    follow_a_board();
    sleep_and_fail();
    be_told();
    close_while_it_listens();
    share_a_board();
    return 0;
}
