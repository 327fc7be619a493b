/* A program that opens boards and then forks, while its threads use them: the child is refused each call, whatever
 * the parent's threads held, and the parent goes on. */

#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif

#include "calls.h"
#include "e_calls.h"

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* AddressSanitizer has locks of its own that a fork does not respect: its children may wait for ever where a program
 * has busy threads, or a child starts one. */
#if defined(__SANITIZE_ADDRESS__)
#define MAY_START_THREADS 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MAY_START_THREADS 0
#endif
#endif
#ifndef MAY_START_THREADS
#define MAY_START_THREADS 1
#endif

#define ROUNDS 30
#define PUBLISHERS 2

static int rounds(void)
{
    return check_few() ? 3 : ROUNDS;
}

/* The boards that the threads use, and until when. */
struct busy {
    NoticeBoard *board;
    int32_t e_board;
    pthread_mutex_t mutex;
    int is_over;
};

static int is_over(struct busy *busy)
{
    int over;
    CHECK_INT(pthread_mutex_lock(&busy->mutex), 0);
    over = busy->is_over;
    CHECK_INT(pthread_mutex_unlock(&busy->mutex), 0);
    return over;
}

static void *publish_and_purge(void *data)
{
    struct busy *const busy = (struct busy *)data;
    while (!is_over(busy)) {
        const int64_t id = publish_title(busy->board, "Soon gone");
        CHECK_OK(notice_purge(busy->board, id, NULL));
        CHECK_INT(e_announce_publish(busy->e_board, "", "busy", "Soon changed", "", 1), 1);
        CHECK_INT(e_announce_count_active(busy->e_board, "key=full"), 1);
    }
    return NULL;
}

static void *wait_for_changes(void *data)
{
    struct busy *const busy = (struct busy *)data;
    while (!is_over(busy)) {
        const int32_t status = notice_wait(busy->board, revision_of(busy->board), 20, NULL);
        CHECK(status == NOTICE_OK || status == NOTICE_TIMED_OUT);
    }
    return NULL;
}

static void ignore(void *data, const NoticeHead *head)
{
    (void)data;
    (void)head;
}

static NoticeBoard *open_memory(void)
{
    NoticeBoard *board;
    CHECK_OK(notice_open("mem:", 4, NULL, &board));
    return board;
}

/* A child that does not come to its end is killed, and fails. */
static pid_t forked(void)
{
    const pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0)
        alarm(check_few() ? 300 : 60);
    return child;
}

/* The memory of the parent's boards stays in a child, which is nothing to look for leaks in: another program replaces
 * one that is being watched. */
static void end_child(void)
{
    if (check_few())
        execl("/bin/true", "true", (char *)NULL);
    _exit(0);
}

static void check_ended_well(pid_t child)
{
    int status;
    CHECK_INT(waitpid(child, &status, 0), child);
    CHECK_INT(WIFSIGNALED(status) ? WTERMSIG(status) : 0, 0);
    CHECK_INT(WIFEXITED(status) ? WEXITSTATUS(status) : -1, 0);
}

static void every_function_is_refused(struct fixture *f)
{
    size_t i;
    f->own = open_memory();
    for (i = 0; i < COUNT_OF(CALLS); i++) {
        if (!CALLS[i].is_on_board)
            continue;
        ABOUT("%s in a forked child", CALLS[i].function);
        refresh(f);
        CHECK_REFUSED(CALLS[i].call(f), NOTICE_UNAVAILABLE, "");
        CHECK(strstr(check_last_message(), "open it again in this process") != NULL);
    }
    notice_close(f->own, 0);
}

static void every_function_of_the_e_layer_is_refused(struct e_fixture *f)
{
    size_t i;
    f->own_board = f->own_result = 0;
    for (i = 0; i < E_CALL_COUNT; i++) {
        const struct e_call *const call = &E_CALLS[i];
        const int is_end = strcmp(call->function, "e_announce_close") == 0
                           || strcmp(call->function, "e_announce_discard") == 0
                           || strcmp(call->function, "e_announce_free") == 0;
        if ((!call->is_on_board && !call->is_on_result) || is_end)
            continue;
        ABOUT("%s in a forked child", call->function);
        CHECK_INT(e_status_of(f, call), -NOTICE_UNAVAILABLE);
    }
}

static void closing_is_quiet(struct fixture *f, struct e_fixture *e)
{
    ABOUT("closing in a forked child");
    CHECK_OK(notice_close(f->board, 0));
    CHECK_INT(check_last_info().status, NOTICE_UNAVAILABLE);
    CHECK_STATUS(notice_head(f->board, &f->out.head), NOTICE_INVALID_FIELD);
    CHECK_INT(e_announce_free(e->result), 0);
    CHECK_INT(e_announce_free(e->result), -NOTICE_INVALID_FIELD);
    CHECK_INT(e_announce_close(e->board), 0);
    CHECK_INT(e_announce_close(e->board), -NOTICE_INVALID_FIELD);
}

static void a_board_of_its_own_works(void)
{
    NoticeBoard *const board = open_memory();
    const int32_t e_board = e_announce_open("mem:");
    uint64_t listener;
    ABOUT("a board that a forked child opens");
    CHECK_OK(notice_on_change(board, ignore, NULL, &listener));
    publish_title(board, "Of the child");
    CHECK_INT(total_of(board), 1);
    CHECK_OK(notice_on_change_remove(board, listener));
    notice_close(board, 0);
    CHECK_INT(e_announce_publish(e_board, "", "", "Of the child", "", 1), 1);
    CHECK_INT(e_announce_close(e_board), 0);
}

static void children_are_refused_while_threads_use_the_boards(void)
{
    static struct fixture f;
    static struct e_fixture e;
    static struct busy busy;
    const int thread_count = MAY_START_THREADS ? PUBLISHERS + 1 : 0;
    pthread_t threads[PUBLISHERS + 1];
    int64_t revision;
    int n;
    fill_fixture(&f);
    e_fill_fixture(&e);
    busy.board = f.board;
    busy.e_board = e.board;
    CHECK_INT(pthread_mutex_init(&busy.mutex, NULL), 0);
    CHECK_OK(notice_on_change(f.board, ignore, NULL, NULL));
    for (n = 0; n < thread_count; n++)
        CHECK_INT(pthread_create(&threads[n], NULL, n < PUBLISHERS ? publish_and_purge : wait_for_changes, &busy), 0);
    for (n = 0; n < rounds(); n++) {
        const pid_t child = forked();
        if (child == 0) {
            every_function_is_refused(&f);
            every_function_of_the_e_layer_is_refused(&e);
            closing_is_quiet(&f, &e);
            if (MAY_START_THREADS)
                a_board_of_its_own_works();
            end_child();
        }
        check_ended_well(child);
        ABOUT("the parent after child %d", n);
        publish_title(f.board, "Of the parent");
    }
    CHECK_INT(pthread_mutex_lock(&busy.mutex), 0);
    busy.is_over = 1;
    CHECK_INT(pthread_mutex_unlock(&busy.mutex), 0);
    for (n = 0; n < thread_count; n++)
        CHECK_INT(pthread_join(threads[n], NULL), 0);
    revision = revision_of(f.board);
    refresh(&f);
    CHECK_OK(notice_verify_json(f.board, f.out.buf, sizeof f.out.buf, &f.out.size));
    CHECK(strstr(f.out.buf, "\"problems\":[]}") != NULL);
    publish_title(f.board, "The last one");
    CHECK_INT(revision_of(f.board), revision + 1);
    notice_close(f.board, 0);
    CHECK_INT(e_announce_free(e.result), 0);
    CHECK_INT(e_announce_close(e.board), 0);
    CHECK_INT(pthread_mutex_destroy(&busy.mutex), 0);
}

/* Lets the other side of a pipe go on, or waits for it. */
static void let_go_on(const int *ends)
{
    CHECK_INT(write(ends[1], "x", 1), 1);
}

static void wait_for_it(const int *ends)
{
    char byte;
    CHECK_INT(read(ends[0], &byte, 1), 1);
}

/* The file has what the parent did, and then what the child did. */
static void the_child_opens_the_file_when_the_parent_has_closed_it(void)
{
    const struct place url = url_of("forked.notice", "");
    NoticeBoard *board = open_file("forked.notice", ""), *own;
    int to_child[2], to_parent[2];
    pid_t child;
    publish_title(board, "Before");
    CHECK_INT(pipe(to_child), 0);
    CHECK_INT(pipe(to_parent), 0);
    child = forked();
    if (child == 0) {
        ABOUT("the child of a board in a file");
        CHECK_STATUS(notice_purge(board, 1, NULL), NOTICE_UNAVAILABLE);
        CHECK_STATUS(notice_open(url.text, url.len, NULL, &own), NOTICE_LOCKED);
        notice_close(board, 0);
        CHECK_STATUS(notice_open(url.text, url.len, NULL, &own), NOTICE_LOCKED);
        let_go_on(to_parent);
        wait_for_it(to_child);
        if (MAY_START_THREADS) {
            CHECK_OK(notice_open(url.text, url.len, NULL, &own));
            CHECK_INT(total_of(own), 2);
            publish_title(own, "By the child");
            CHECK_OK(notice_close(own, 0));
        }
        end_child();
    }
    ABOUT("the parent of a board in a file");
    wait_for_it(to_parent);
    publish_title(board, "While the child is there");
    notice_close(board, 0);
    let_go_on(to_child);
    check_ended_well(child);
    board = open_file("forked.notice", "");
    CHECK_INT(total_of(board), 2 + MAY_START_THREADS);
    notice_close(board, 0);
}

/* A parent is killed while its child idles, which has called nothing since: the file is free all the same. */
static void an_idle_child_does_not_keep_the_file_locked(void)
{
    const struct place url = url_of("idle.notice", "");
    NoticeBoard *board;
    int idle[2], status;
    pid_t parent, child;
    ABOUT("an idle child of a killed parent");
    CHECK_INT(pipe(idle), 0);
    parent = forked();
    if (parent == 0) {
        CHECK_OK(notice_open(url.text, url.len, NULL, &board));
        publish_title(board, "Kept");
        if (forked() == 0) {
            child = getpid();
            CHECK_INT(write(idle[1], &child, sizeof child), sizeof child);
        }
        for (;;)
            pause();
    }
    CHECK_INT(read(idle[0], &child, sizeof child), sizeof child);
    CHECK_INT(kill(parent, SIGKILL), 0);
    CHECK_INT(waitpid(parent, &status, 0), parent);
    CHECK_INT(kill(child, 0), 0);
    CHECK_OK(notice_open(url.text, url.len, NULL, &board));
    CHECK_INT(total_of(board), 1);
    notice_close(board, 0);
    CHECK_INT(kill(child, SIGKILL), 0);
}

int main(int argc, char **argv)
{
    check_calls_are_complete(argc, argv);
    e_check_calls_are_complete(argc, argv);
    alarm(check_few() ? 1200 : 300);
    the_child_opens_the_file_when_the_parent_has_closed_it();
    an_idle_child_does_not_keep_the_file_locked();
    children_are_refused_while_threads_use_the_boards();
    return 0;
}
