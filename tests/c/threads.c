/* Ten threads on one board, and the last failure of each. */

#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif

#include "fixture.h"

#include <pthread.h>
#include <unistd.h>

#define THREADS 10
#define EACH 40

struct worker {
    pthread_t thread;
    pthread_barrier_t *barrier;
    NoticeBoard *board;
    int number;
    int64_t ids[EACH];
};

/* What a thread sees of its own channel is just what it has published there, at once. */
static void *publish_and_query(void *data)
{
    struct worker *const worker = (struct worker *)data;
    char channel[16], title[32];
    NoticeStr channels[1];
    NoticeText text = NOTICE_TEXT_INIT;
    NoticeDraft draft = NOTICE_DRAFT_INIT;
    NoticeQuery query = NOTICE_QUERY_INIT;
    int64_t revision = 0;
    int n;
    snprintf(channel, sizeof channel, "thread-%d", worker->number);
    channels[0] = notice_str(channel);
    text.locale = notice_str("en");
    draft.texts = &text;
    draft.text_count = 1;
    draft.channel = channels[0];
    query.channels = channels;
    query.channel_count = 1;
    query.order = NOTICE_ORDER_NEWEST;
    for (n = 0; n < EACH; n++) {
        NoticePublished published;
        NoticeArray array;
        snprintf(title, sizeof title, "%d of %d", n, worker->number);
        text.title = notice_str(title);
        CHECK_OK(notice_publish(worker->board, &draft, &published));
        CHECK_INT(published.outcome, NOTICE_OUTCOME_CREATED);
        CHECK(published.revision > revision);
        revision = published.revision;
        worker->ids[n] = published.id;
        CHECK_OK(notice_query(worker->board, &query, &array));
        CHECK_INT(array.total, n + 1);
        CHECK(array.revision >= revision);
        CHECK_INT(array.items[0].id, published.id);
        CHECK_STR(array.items[0].title, title);
        notice_free(&array);
    }
    return NULL;
}

static int compare_ids(const void *a, const void *b)
{
    const int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

static void run(struct worker *workers, NoticeBoard *board, pthread_barrier_t *barrier, void *(*work)(void *))
{
    int i;
    for (i = 0; i < THREADS; i++) {
        workers[i].board = board;
        workers[i].barrier = barrier;
        workers[i].number = i;
        CHECK_INT(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (i = 0; i < THREADS; i++)
        CHECK_INT(pthread_join(workers[i].thread, NULL), 0);
}

static void ten_threads_publish_and_query(void)
{
    static struct worker workers[THREADS];
    int64_t ids[THREADS * EACH];
    NoticeBoard *const board = open_board();
    int i, n;
    run(workers, board, NULL, publish_and_query);
    CHECK_INT(total_of(board), THREADS * EACH);
    CHECK_INT(revision_of(board), THREADS * EACH);
    for (i = 0; i < THREADS; i++)
        for (n = 0; n < EACH; n++)
            ids[i * EACH + n] = workers[i].ids[n];
    qsort(ids, COUNT_OF(ids), sizeof ids[0], compare_ids);
    for (n = 0; n < THREADS * EACH; n++)
        CHECK_INT(ids[n], n + 1);
    notice_close(board, 0);
}

/* The path of the thread's last failure, which check_last_path keeps for one thread only. */
static void check_own_path(const char *path)
{
    char own[64];
    size_t needed;
    CHECK_OK(notice_last_error_path(own, sizeof own, &needed));
    CHECK_TEXT(own, path);
}

/* All threads fail, each in another place, before any of them looks at its last failure. */
static void *fail_and_look(void *data)
{
    struct worker *const worker = (struct worker *)data;
    NoticeErrorInfo info;
    NoticeDraft draft = NOTICE_DRAFT_INIT;
    NoticeText text = NOTICE_TEXT_INIT;
    NoticeStr tags[THREADS];
    char path[16];
    int i;
    /* A new thread has no failure. */
    CHECK_OK(notice_last_error_info(&info));
    CHECK_INT(info.status, NOTICE_OK);
    check_own_path("");
    text.locale = notice_str("en");
    text.title = notice_str("A title");
    draft.texts = &text;
    draft.text_count = 1;
    for (i = 0; i < THREADS; i++)
        tags[i] = notice_str("abcdefghijklmnopqrstuvw" + i);
    tags[worker->number] = notice_str("only\xff");
    draft.tags = tags;
    draft.tag_count = THREADS;
    snprintf(path, sizeof path, "tags[%d]", worker->number);
    CHECK_INT(notice_publish(worker->board, &draft, NULL), NOTICE_INVALID_FIELD);
    i = pthread_barrier_wait(worker->barrier);
    CHECK(i == 0 || i == PTHREAD_BARRIER_SERIAL_THREAD);
    CHECK_OK(notice_last_error_info(&info));
    CHECK_INT(info.status, NOTICE_INVALID_FIELD);
    CHECK_INT(info.offset, 4);
    check_own_path(path);
    return NULL;
}

static void each_thread_has_its_own_last_failure(void)
{
    static struct worker workers[THREADS];
    NoticeBoard *const board = open_board();
    pthread_barrier_t barrier;
    NoticeBoard *other;
    CHECK_INT(pthread_barrier_init(&barrier, NULL, THREADS), 0);
    CHECK_INT(notice_open("nowhere", 7, NULL, &other), NOTICE_UNSUPPORTED);
    run(workers, board, &barrier, fail_and_look);
    CHECK_INT(check_last_info().status, NOTICE_UNSUPPORTED);
    CHECK_TEXT(check_last_path(), "url");
    CHECK_INT(pthread_barrier_destroy(&barrier), 0);
    notice_close(board, 0);
}

/* An array that one thread has filled is read by others and freed by another. */
static void *read_page(void *data)
{
    const NoticeArray *const array = (const NoticeArray *)data;
    CHECK_INT(array->len, 1);
    CHECK_STR(array->items[0].title, "For all threads");
    return NULL;
}

static void *free_page(void *data)
{
    notice_free((NoticeArray *)data);
    return NULL;
}

static void a_page_goes_from_thread_to_thread(void)
{
    NoticeBoard *const board = open_board();
    const NoticeQuery query = NOTICE_QUERY_INIT;
    pthread_t threads[THREADS];
    NoticeArray array;
    int i;
    publish_title(board, "For all threads");
    CHECK_OK(notice_query(board, &query, &array));
    for (i = 0; i < THREADS; i++)
        CHECK_INT(pthread_create(&threads[i], NULL, read_page, &array), 0);
    for (i = 0; i < THREADS; i++)
        CHECK_INT(pthread_join(threads[i], NULL), 0);
    CHECK_INT(pthread_create(&threads[0], NULL, free_page, &array), 0);
    CHECK_INT(pthread_join(threads[0], NULL), 0);
    CHECK(array.memory == NULL && array.items == NULL);
    notice_close(board, 0);
}

int main(void)
{
    /* A deadlock is a failure, too. */
    alarm(300);
    ten_threads_publish_and_query();
    each_thread_has_its_own_last_failure();
    a_page_goes_from_thread_to_thread();
    return 0;
}
