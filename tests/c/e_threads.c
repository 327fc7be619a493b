/* The E layer from several threads: each has its own text, status and results of publishing, on one board. */

#define _DEFAULT_SOURCE

#include "e_calls.h"

#include <pthread.h>

#define THREADS 8

struct worker {
    pthread_t thread;
    int32_t board, number, rounds;
};

static void *work(void *data)
{
    struct worker *const worker = (struct worker *)data;
    char key[16], title[32], conditions[32], id[24];
    int32_t round;
    snprintf(key, sizeof key, "k%d", worker->number);
    snprintf(conditions, sizeof conditions, "key=%s", key);
    for (round = 0; round < worker->rounds; round++) {
        const char *kept;
        int32_t result;
        snprintf(title, sizeof title, "%d of %d", round, worker->number);
        CHECK_INT(e_announce_publish(worker->board, "", key, title, "", 1), 1);
        snprintf(id, sizeof id, "%s", e_announce_published_id(1));
        result = e_announce_query(worker->board, conditions);
        CHECK_INT(e_announce_count(result), 1);
        CHECK_TEXT(e_announce_id(result, 1), id);
        kept = e_announce_text(result, 1, E_ANNOUNCE_FIELD_TITLE);
        /* Other threads' texts leave it alone, and so do calls of this one that return numbers. */
        CHECK(e_announce_count_active(worker->board, "") >= 1);
        CHECK(e_announce_poll(worker->board) >= 0);
        CHECK_TEXT(kept, title);
        CHECK_INT(e_announce_number(result, 1, -worker->number), -NOTICE_INVALID_FIELD);
        snprintf(title, sizeof title, "\"-%d\"", worker->number);
        CHECK(strstr(e_announce_last_error_english(), title) != NULL);
        CHECK_INT(e_announce_free(result), 0);
        CHECK_INT(e_announce_free(result), -NOTICE_INVALID_FIELD);
    }
    return NULL;
}

static void *read_on(void *data)
{
    const int32_t board = *(const int32_t *)data;
    int32_t result = 0;
    /* Until the board is closed. */
    while ((result = e_announce_query(board, "")) > 0) {
        CHECK_TEXT(e_announce_text(result, 1, E_ANNOUNCE_FIELD_TITLE), "Title");
        CHECK_INT(e_announce_free(result), 0);
    }
    CHECK_INT(result, -NOTICE_INVALID_FIELD);
    CHECK_TEXT(e_announce_last_error_path(), "board");
    return NULL;
}

static void a_board_is_closed_while_others_read_it(void)
{
    pthread_t readers[THREADS];
    int32_t board = e_announce_open("mem:"), n;
    CHECK_INT(e_announce_publish(board, "", "", "Title", "", 1), 1);
    for (n = 0; n < THREADS; n++)
        CHECK_INT(pthread_create(&readers[n], NULL, read_on, &board), 0);
    CHECK_INT(e_announce_close(board), 0);
    for (n = 0; n < THREADS; n++)
        CHECK_INT(pthread_join(readers[n], NULL), 0);
}

int main(void)
{
    struct worker workers[THREADS];
    const int32_t board = e_announce_open("mem:");
    int32_t n;
    for (n = 0; n < THREADS; n++) {
        workers[n].board = board;
        workers[n].number = n + 1;
        workers[n].rounds = check_few() ? 20 : 200;
        CHECK_INT(pthread_create(&workers[n].thread, NULL, work, &workers[n]), 0);
    }
    for (n = 0; n < THREADS; n++)
        CHECK_INT(pthread_join(workers[n].thread, NULL), 0);
    CHECK_INT(e_announce_count_active(board, ""), THREADS);
    CHECK_INT(e_announce_close(board), 0);
    a_board_is_closed_while_others_read_it();
    return 0;
}
