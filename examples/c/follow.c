/* Keeps a list up to date, and prints what comes, changes and goes.
 *
 * The list is queried once; from then on only what has changed is asked for. A second thread plays the
 * editor, until the list is empty. */
#define _POSIX_C_SOURCE 200809L /* clock_gettime, semaphores */

#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "notice.h"

#define ROOM 100

typedef struct {
    int64_t id;
    char title[200];
} Row;

static Row list[ROOM];
static size_t list_len;
static NoticeBoard *board;
static sem_t is_seen; /* only so that this program prints the same each time */

static int failed(const char *doing, int32_t status)
{
    char message[1024] = "";
    size_t needed;
    if (status == NOTICE_OK) {
        return 0;
    }
    notice_last_error(NOTICE_LANGUAGE_EN, message, sizeof message, &needed);
    fprintf(stderr, "follow: %s: %s: %s\n", doing, notice_status_name(status), message);
    return 1;
}

/* Puts an item into the list, or takes the id out of it. Doing that twice does no harm. */
static void keep(int64_t id, const NoticeItem *item, const char *why)
{
    size_t at = 0;
    while (at < list_len && list[at].id != id) {
        at++;
    }
    if (item != NULL && at < ROOM) {
        printf("%c %s\n", at < list_len ? '~' : '+', item->title.ptr);
        list[at].id = id;
        snprintf(list[at].title, sizeof list[at].title, "%s", item->title.ptr);
        list_len += at == list_len;
    } else if (item == NULL && at < list_len) {
        printf("- %s%s%s\n", list[at].title, *why ? ": " : "", why);
        list[at] = list[--list_len];
    }
}

/* The present, by the clock that the board has as well. */
static int64_t present(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Lists everything: at first, when something has begun or ended, and when the changes cannot be told any more. */
static int32_t query_all(const NoticeQuery *query, NoticeFollower *follower)
{
    NoticeArray page;
    int32_t status = notice_query(board, query, &page);
    if (status == NOTICE_OK) {
        list_len = 0;
        for (size_t i = 0; i < page.len; i++) {
            keep(page.items[i].id, &page.items[i], "");
        }
        notice_follower_answered(follower, page.epoch, page.revision, page.now, page.next_change_at, NULL);
        notice_free(&page);
    }
    return status;
}

/* Brings the list up to date with what has changed. */
static int32_t query_changes(const NoticeQuery *query, NoticeFollower *follower)
{
    NoticeChanges since = NOTICE_CHANGES_INIT;
    NoticeChangeArray changes;
    int64_t now = present();
    int32_t status;
    since.query = query;
    since.since = follower->revision;
    since.has_epoch = 1;
    memcpy(since.epoch, follower->epoch, sizeof since.epoch);
    status = notice_changes(board, &since, &changes);
    if (status == NOTICE_OK) {
        for (size_t i = 0; i < changes.len; i++) {
            keep(changes.events[i].id, changes.events[i].item, changes.events[i].reason.ptr);
        }
        notice_follower_answered(follower, changes.epoch, changes.to_revision, now, changes.next_change_at, NULL);
        notice_changes_free(&changes);
    }
    return status;
}

static int follow_board(const NoticeQuery *query)
{
    NoticeFollower follower = NOTICE_FOLLOWER_INIT;
    NoticeHead head;
    int32_t status = NOTICE_OK, step;
    int64_t until;
    while (status != NOTICE_UNAVAILABLE && (!follower.knows_board || list_len > 0)) {
        notice_head(board, &head);
        notice_follower_next(&follower, &head, present(), &step, &until);
        if (step == NOTICE_FOLLOW_SLEEP) {
            int64_t left = until == 0 ? -1 : until - present();
            sem_post(&is_seen);
            status = notice_wait(board, head.revision, until != 0 && left < 0 ? 0 : left, NULL);
        } else if (step == NOTICE_FOLLOW_REVISION) {
            status = query_changes(query, &follower);
        } else {
            status = query_all(query, &follower);
        }
        if (status != NOTICE_OK) {
            notice_follower_failed(&follower, status, present());
        }
    }
    return status == NOTICE_UNAVAILABLE ? failed("following", status) : 0;
}

/* The editor: one list of operations after the other. Ids are given from 1 on. */
static void *edit(void *unused)
{
    static const char *const STEPS[] = {
        "[{\"publish\": {\"texts\": {\"en\": {\"title\": \"Maintenance tonight\"}}}}]",
        "[{\"update\": {\"id\": 2, \"patch\": {\"texts\": {\"en\": {\"title\": \"Maintenance tomorrow\"}}}}}]",
        "[{\"publish\": {\"texts\": {\"en\": {\"title\": \"For admins\"}},"
        " \"audience\": [{\"attribute\": \"role\", \"op\": \"in\", \"values\": [\"admin\"]}]}}]",
        "[{\"retract\": {\"id\": 1, \"reason\": \"out of date\"}}]",
        "[{\"purge\": {\"id\": 2}}]",
    };
    size_t count;
    for (size_t i = 0; i < sizeof STEPS / sizeof *STEPS; i++) {
        sem_wait(&is_seen);
        if (failed("editing", notice_apply_json(board, STEPS[i], strlen(STEPS[i]), NULL, 0, &count))) {
            notice_close(board, 0); /* ends the other thread's wait */
            break;
        }
    }
    return unused;
}

int main(void)
{
    static const char WELCOME[] = "{\"texts\": {\"en\": {\"title\": \"Welcome\"}}}";
    NoticeQuery query = NOTICE_QUERY_INIT;
    pthread_t editor;
    size_t count;
    int is_bad;
    query.user = notice_str("m.keller");
    query.limit = ROOM;
    if (failed("opening", notice_open("mem:", strlen("mem:"), NULL, &board))
        || failed("publishing", notice_publish_json(board, WELCOME, strlen(WELCOME), NULL, 0, &count))
        || sem_init(&is_seen, 0, 0) != 0 || pthread_create(&editor, NULL, edit, NULL) != 0) {
        return 1;
    }
    is_bad = follow_board(&query);
    pthread_join(editor, NULL);
    notice_close(board, 0);
    return is_bad;
}
