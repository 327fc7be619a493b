/* Boards that are kept in files: opened again, locked, copied, checked, made small, damaged, and not to be had. */

#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif

#include "whole_file.h"

#include <notice_e.h>

#include <pthread.h>
#include <unistd.h>

#define GOOD "\"problems\":[]}"

static const char *verified(NoticeBoard *board)
{
    static char json[4096];
    size_t needed;
    CHECK_OK(notice_verify_json(board, json, sizeof json, &needed));
    CHECK_INT(needed, strlen(json) + 1);
    return json;
}

static const char *verified_file(const struct place *path)
{
    static char json[4096];
    size_t needed;
    CHECK_OK(notice_verify_file_json(path->text, path->len, json, sizeof json, &needed));
    CHECK_INT(needed, strlen(json) + 1);
    return json;
}

static int is_good(const char *json)
{
    return strstr(json, GOOD) != NULL;
}

static NoticeCount counted(NoticeBoard *board)
{
    NoticeQuery query = NOTICE_QUERY_INIT;
    NoticeCount count;
    query.view = NOTICE_VIEW_EDITOR;
    CHECK_OK(notice_count(board, &query, &count));
    return count;
}

/* Opens a URL that is refused, for this reason; the message names it. */
static void refused(const struct place *url, int32_t status, const char *path, const char *named)
{
    NoticeBoard *board = NULL;
    char message[2048];
    size_t needed;
    ABOUT("%.200s", url->text);
    CHECK_REFUSED(notice_open(url->text, url->len, NULL, &board), status, path);
    CHECK(board == NULL);
    CHECK(strstr(check_last_message(), named) != NULL);
    CHECK_OK(notice_last_error(NOTICE_LANGUAGE_ZH, message, sizeof message, &needed));
    CHECK(strstr(message, named) != NULL);
    CHECK(strcmp(message, check_last_message()) != 0);
}

static void everything_is_there_when_it_is_opened_again(void)
{
    NoticeBoard *board = open_file("again.notice", "");
    NoticeQuery viewer = NOTICE_QUERY_INIT;
    NoticeCount before, after;
    int64_t first, second;
    ABOUT("opened again");
    first = publish_title(board, "The first");
    second = publish_title(board, "The second");
    CHECK_OK(notice_retract(board, second, "a mistake", 9, 0, NULL));
    viewer.user = notice_str("li.na");
    CHECK_OK(notice_mark(board, &viewer, &first, 1, NOTICE_MARK_DISMISS));
    before = counted(board);
    notice_close(board, 0);

    board = open_file("again.notice", "");
    after = counted(board);
    CHECK_BYTES(after.epoch, before.epoch, sizeof before.epoch);
    CHECK_INT(after.revision, before.revision);
    CHECK_INT(after.total, 1);
    CHECK_OK(notice_count(board, &viewer, &after));
    CHECK_INT(after.unread, 0);
    CHECK_INT(publish_title(board, "The third"), second + 1);
    CHECK(is_good(verified(board)));
    notice_close(board, 0);
}

static void one_has_it_at_a_time(void)
{
    const struct place path = path_of("locked.notice"), url = url_of("locked.notice", "");
    NoticeBoard *board = open_file("locked.notice", "");
    char json[512];
    size_t needed = 7;
    publish_title(board, "Mine");
    refused(&url, NOTICE_LOCKED, "file", path.text);
    CHECK_REFUSED(notice_verify_file_json(path.text, path.len, json, sizeof json, &needed), NOTICE_LOCKED, "file");
    CHECK_REFUSED(notice_restore_backup(path.text, path.len, "x", 1), NOTICE_LOCKED, "file");
    CHECK_INT(needed, 7);
    publish_title(board, "Mine still");
    notice_close(board, 0);
    board = open_file("locked.notice", "");
    CHECK_INT(total_of(board), 2);
    notice_close(board, 0);
}

#define THREADS 4
#define EACH 15
#define BACKUPS 4

static void *publish_many(void *data)
{
    int n;
    for (n = 0; n < EACH; n++)
        publish_title((NoticeBoard *)data, "One of many");
    return NULL;
}

/* Each announcement is a revision, so what a backup has of them says whether it is of one moment. */
static void a_backup_is_of_one_moment_while_threads_publish(void)
{
    NoticeBoard *const board = open_file("busy.notice", "");
    pthread_t threads[THREADS];
    int64_t revisions[BACKUPS];
    char name[32];
    int n;
    ABOUT("a backup while threads publish");
    for (n = 0; n < THREADS; n++)
        CHECK_INT(pthread_create(&threads[n], NULL, publish_many, board), 0);
    for (n = 0; n < BACKUPS; n++) {
        struct place path;
        snprintf(name, sizeof name, "busy-%d.notice", n);
        path = path_of(name);
        CHECK_OK(notice_backup(board, path.text, path.len, &revisions[n]));
    }
    for (n = 0; n < THREADS; n++)
        CHECK_INT(pthread_join(threads[n], NULL), 0);
    CHECK_INT(revision_of(board), THREADS * EACH);
    notice_close(board, 0);
    for (n = 0; n < BACKUPS; n++) {
        NoticeBoard *copy;
        struct place path;
        snprintf(name, sizeof name, "busy-%d.notice", n);
        path = path_of(name);
        CHECK(is_good(verified_file(&path)));
        copy = open_file(name, "");
        CHECK_INT(revision_of(copy), revisions[n]);
        CHECK_INT(total_of(copy), revisions[n]);
        notice_close(copy, 0);
    }
}

static void a_restored_backup_is_a_board_of_its_own(void)
{
    const struct place saved = path_of("saved.notice"), restored = path_of("restored.notice");
    const struct place nowhere = path_of("nowhere.notice"), other = path_of("other.notice");
    NoticeBoard *board = open_board(), *copy;
    NoticeChanges changes = NOTICE_CHANGES_INIT;
    NoticeQuery editor = NOTICE_QUERY_INIT;
    NoticeChangeArray array;
    NoticeCount before, after;
    int64_t revision = -1;
    ABOUT("a restored backup");
    publish_title(board, "Kept");
    CHECK_OK(notice_backup(board, saved.text, saved.len, &revision));
    before = counted(board);
    CHECK_INT(revision, before.revision);
    publish_title(board, "Later");
    revision = -1;
    CHECK_REFUSED(notice_backup(board, saved.text, saved.len, &revision), NOTICE_EXISTS, "file");
    CHECK(strstr(check_last_message(), saved.text) != NULL);
    CHECK_INT(revision, -1);
    notice_close(board, 0);

    CHECK_OK(notice_restore_backup(saved.text, saved.len, restored.text, restored.len));
    CHECK_REFUSED(notice_restore_backup(saved.text, saved.len, restored.text, restored.len), NOTICE_EXISTS, "file");
    CHECK_REFUSED(notice_restore_backup(nowhere.text, nowhere.len, other.text, other.len), NOTICE_IO, "file");
    CHECK(access(other.text, F_OK) != 0 && access(nowhere.text, F_OK) != 0);
    copy = open_file("restored.notice", "");
    after = counted(copy);
    CHECK_INT(after.total, 1);
    CHECK_INT(after.revision, before.revision);
    CHECK(memcmp(after.epoch, before.epoch, sizeof before.epoch) != 0);
    editor.view = NOTICE_VIEW_EDITOR;
    changes.query = &editor;
    changes.since = before.revision;
    changes.has_epoch = 1;
    memcpy(changes.epoch, before.epoch, sizeof before.epoch);
    CHECK_STATUS(notice_changes(copy, &changes, &array), NOTICE_EPOCH_MISMATCH);
    notice_close(copy, 0);
}

static void checking_says_how_much_room_it_needs(void)
{
    const struct place path = path_of("checked.notice");
    NoticeBoard *const board = open_file("checked.notice", "");
    char json[256];
    size_t needed = 0, exact;
    ABOUT("checking");
    publish_title(board, "One");
    /* The announcement, and the change that published it. */
    CHECK_TEXT(verified(board), "{\"records\":2," GOOD);
    exact = strlen(verified(board)) + 1;
    CHECK_STATUS(notice_verify_json(board, NULL, 0, &needed), NOTICE_TOO_SMALL);
    CHECK_INT(needed, exact);
    CHECK_STATUS(notice_verify_json(board, json, exact - 1, &needed), NOTICE_TOO_SMALL);
    CHECK_OK(notice_verify_json(board, json, exact, &needed));
    notice_close(board, 0);
    CHECK_STATUS(notice_verify_file_json(path.text, path.len, json, exact - 1, &needed), NOTICE_TOO_SMALL);
    CHECK_INT(needed, exact);
    CHECK_OK(notice_verify_file_json(path.text, path.len, json, exact, &needed));
    CHECK_TEXT(json, "{\"records\":2," GOOD);
}

static void a_file_gets_smaller(void)
{
    NoticeBoard *const board = open_file("large.notice", ""), *memory;
    NoticeDraft draft = NOTICE_DRAFT_INIT;
    NoticeText text = NOTICE_TEXT_INIT;
    NoticeCompaction done;
    char body[20000], stats[2048], file_bytes[64];
    size_t needed;
    int n;
    ABOUT("compaction");
    memset(body, 'x', sizeof body);
    text.locale = notice_str("en");
    text.title = notice_str("Large");
    text.body.ptr = body;
    text.body.len = sizeof body;
    draft.texts = &text;
    draft.text_count = 1;
    for (n = 1; n <= 100; n++) {
        NoticePublished published;
        CHECK_OK(notice_publish(board, &draft, &published));
        CHECK_OK(notice_purge(board, published.id, NULL));
    }
    CHECK_OK(notice_compact(board, &done));
    CHECK(done.after > 0 && done.after < done.before);
    CHECK_INT(done.reserved[0] + done.reserved[1], 0);
    CHECK_OK(notice_stats_json(board, stats, sizeof stats, &needed));
    snprintf(file_bytes, sizeof file_bytes, "\"file_bytes\":%llu,", (unsigned long long)done.after);
    CHECK(strstr(stats, file_bytes) != NULL);
    CHECK(strstr(stats, "\"created_at\":1781748000000,") != NULL);
    publish_title(board, "Small");
    CHECK(is_good(verified(board)));
    notice_close(board, 0);

    CHECK_OK(notice_open("mem:", 4, NULL, &memory));
    CHECK_REFUSED(notice_compact(memory, &done), NOTICE_UNSUPPORTED, "");
    notice_close(memory, 0);
}

/* Where `text` stands in bytes. */
static unsigned char *find(struct bytes bytes, const char *text)
{
    const size_t len = strlen(text);
    size_t at;
    for (at = 0; at + len <= bytes.len; at++)
        if (memcmp(bytes.start + at, text, len) == 0)
            return bytes.start + at;
    return NULL;
}

static void a_damaged_copy_is_told(void)
{
    const struct place path = path_of("damaged.notice"), url = url_of("damaged.notice", "");
    const struct place other = path_of("damaged-restored.notice");
    NoticeBoard *const board = open_board();
    struct bytes bytes;
    unsigned char *place;
    publish_title(board, "A title to be found");
    CHECK_OK(notice_backup(board, path.text, path.len, NULL));
    notice_close(board, 0);
    bytes = read_file(path.text);
    place = find(bytes, "A title to be found");
    CHECK(place != NULL);
    place[3] ^= 1;
    write_file(path.text, bytes.start, bytes.len);
    free(bytes.start);

    refused(&url, NOTICE_CORRUPT, "announcements[1]", path.text);
    CHECK_REFUSED(notice_restore_backup(path.text, path.len, other.text, other.len), NOTICE_CORRUPT,
                  "announcements[1]");
    CHECK(access(other.text, F_OK) != 0);
    CHECK(!is_good(verified_file(&path)));
}

static void what_is_no_board_is_left_alone(void)
{
    static const char TEXT[] = "These are the minutes of the meeting, and no board at all.\n";
    const struct place path = path_of("minutes.txt"), url = url_of("minutes.txt", "");
    struct bytes bytes;
    char json[256];
    size_t needed;
    write_file(path.text, TEXT, sizeof TEXT - 1);
    refused(&url, NOTICE_CORRUPT, "file", path.text);
    CHECK_REFUSED(notice_verify_file_json(path.text, path.len, json, sizeof json, &needed), NOTICE_CORRUPT, "file");
    bytes = read_file(path.text);
    CHECK_INT(bytes.len, sizeof TEXT - 1);
    CHECK_BYTES(bytes.start, TEXT, bytes.len);
    free(bytes.start);
}

static void what_cannot_be_opened_says_why(void)
{
    const struct place missing = url_of("no/such/directory.notice", ""), folder = url_of("", "");
    const struct place unknown = url_of("x.notice", "?colour=red"), durability = url_of("x.notice", "?durability=some");
    const struct place budget = url_of("x.notice", "?budget_mb=0"), path = path_of("no/such/backup.notice");
    const struct place memory = { "mem:?durability=relaxed", 23 };
    NoticeBoard *board;
    refused(&missing, NOTICE_IO, "file", "no/such/directory.notice");
    refused(&folder, NOTICE_IO, "file", path_of("").text);
    refused(&unknown, NOTICE_INVALID_FIELD, "url.colour", "red");
    refused(&durability, NOTICE_INVALID_FIELD, "url.durability", "some");
    refused(&budget, NOTICE_INVALID_FIELD, "url.budget_mb", "0");
    refused(&memory, NOTICE_INVALID_FIELD, "url.durability", "relaxed");
    ABOUT("a backup where there is no directory");
    board = open_board();
    CHECK_REFUSED(notice_backup(board, path.text, path.len, NULL), NOTICE_IO, "file");
    CHECK_REFUSED_AT(notice_backup(board, "a\xff", 2, NULL), NOTICE_INVALID_FIELD, "path", 1);
    CHECK_REFUSED_AT(notice_restore_backup("ab\0c", 4, "x", 1), NOTICE_INVALID_FIELD, "from", 2);
    notice_close(board, 0);
}

static void an_empty_file_becomes_a_board_only_when_that_is_said(void)
{
    const struct place path = path_of("empty.notice"), url = url_of("empty.notice", "");
    const struct place existing = url_of("empty.notice", "?mode=rw"), init = url_of("empty.notice", "?mode=init");
    const struct place missing = url_of("missing.notice", "?mode=rw"), mode = url_of("x.notice", "?mode=r");
    NoticeBoard *board;
    write_file(path.text, "", 0);
    refused(&url, NOTICE_CORRUPT, "file", "?mode=init");
    refused(&existing, NOTICE_CORRUPT, "file", path.text);
    refused(&missing, NOTICE_IO, "file", "missing.notice");
    refused(&mode, NOTICE_INVALID_FIELD, "url.mode", "r");
    ABOUT("mode=init");
    CHECK_OK(notice_open(init.text, init.len, NULL, &board));
    publish_title(board, "First");
    notice_close(board, 0);
    refused(&init, NOTICE_EXISTS, "file", path.text);
}

static void many_read_what_none_writes(void)
{
    const struct place path = path_of("read.notice"), url = url_of("read.notice", "");
    NoticeBoard *board = open_file("read.notice", ""), *other;
    struct bytes before, after;
    ABOUT("mode=ro");
    publish_title(board, "To be read");
    notice_close(board, 0);
    before = read_file(path.text);
    board = open_file("read.notice", "?mode=ro");
    other = open_file("read.notice", "?mode=ro");
    CHECK_INT(total_of(board), 1);
    CHECK_INT(total_of(other), 1);
    CHECK(is_good(verified(board)) && is_good(verified_file(&path)));
    CHECK_REFUSED(notice_purge(board, 1, NULL), NOTICE_READ_ONLY, "");
    refused(&url, NOTICE_LOCKED, "file", path.text);
    notice_close(board, 0);
    notice_close(other, 0);
    after = read_file(path.text);
    CHECK_INT(after.len, before.len);
    CHECK_BYTES(after.start, before.start, after.len);
    free(before.start);
    free(after.start);
}

static void any_file_name_can_be_opened(void)
{
    const struct place escaped = path_of("100%3F"), question = path_of("100?");
    NoticeBoard *board = open_file("100%3F", "");
    ABOUT("percent-encoding");
    publish_title(board, "As it is");
    notice_close(board, 0);
    CHECK_INT(access(escaped.text, F_OK), 0);
    board = open_file("100%3F", "?");
    CHECK_INT(total_of(board), 0);
    CHECK_INT(access(question.text, F_OK), 0);
    notice_close(board, 0);
    board = open_file("100%253f", "?mode=rwc");
    CHECK_INT(total_of(board), 0);
    notice_close(board, 0);
    board = open_file("100%253F", "?mode=rw");
    CHECK_INT(total_of(board), 1);
    notice_close(board, 0);
    CHECK_REFUSED_AT(notice_open("file:100%?", 10, NULL, &board), NOTICE_INVALID_FIELD, "url", 8);
}

static void what_was_put_off_is_there_after_closing(void)
{
    NoticeBoard *board = open_file("relaxed.notice", "?durability=relaxed"), *none;
    int n;
    ABOUT("durability=relaxed");
    CHECK_STATUS(notice_open("nowhere", 7, NULL, &none), NOTICE_UNSUPPORTED);
    for (n = 0; n < 50; n++)
        publish_title(board, "Soon on the disk");
    CHECK_OK(notice_close(board, 0));
    CHECK_INT(check_last_info().status, NOTICE_UNSUPPORTED);
    board = open_file("relaxed.notice", "?budget_mb=64&durability=full");
    CHECK_INT(total_of(board), 50);
    CHECK(is_good(verified(board)));
    notice_close(board, 0);
}

/* The file is taken away, so that what was put off cannot be written until it is back. */
static void closing_that_fails_leaves_the_board_open(void)
{
    const struct place path = path_of("gone.notice"), away = path_of("away.notice");
    NoticeBoard *board = open_file("gone.notice", "?durability=relaxed");
    NoticeHead head;
    int32_t e_board;
    ABOUT("closing a board whose file is away");
    CHECK_INT(rename(path.text, away.text), 0);
    publish_title(board, "Not lost");
    CHECK_REFUSED(notice_flush(board), NOTICE_IO, "file");
    CHECK_REFUSED(notice_close(board, 0), NOTICE_IO, "file");
    CHECK(strstr(check_last_message(), path.text) != NULL);
    CHECK_REFUSED(notice_close(board, 7), NOTICE_INVALID_FIELD, "flags");
    CHECK_INT(total_of(board), 1);
    CHECK_STATUS(notice_wait(board, 1, 0, NULL), NOTICE_TIMED_OUT);
    CHECK_INT(rename(away.text, path.text), 0);
    CHECK_OK(notice_flush(board));
    CHECK_OK(notice_close(board, 0));
    ABOUT("giving up a board whose file is gone");
    board = open_file("gone.notice", "?durability=relaxed");
    CHECK_INT(total_of(board), 1);
    CHECK_INT(remove(path.text), 0);
    publish_title(board, "Lost");
    CHECK_REFUSED(notice_close(board, 0), NOTICE_IO, "file");
    CHECK_OK(notice_close(board, NOTICE_CLOSE_GIVE_UP));
    CHECK_REFUSED(notice_head(board, &head), NOTICE_INVALID_FIELD, "board");
    board = open_file("gone.notice", "");
    CHECK_INT(total_of(board), 0);
    CHECK_OK(notice_flush(board));
    CHECK_OK(notice_close(board, 0));
    ABOUT("the same by the E layer");
    e_board = e_announce_open(url_of("gone.notice", "?durability=relaxed").text);
    CHECK(e_board > 0);
    CHECK_INT(remove(path.text), 0);
    CHECK_INT(e_announce_publish(e_board, "", "", "Lost", "", 1), 1);
    CHECK_INT(e_announce_flush(e_board), -NOTICE_IO);
    CHECK_INT(e_announce_close(e_board), -NOTICE_IO);
    CHECK_INT(e_announce_count_active(e_board, ""), 1);
    CHECK_INT(e_announce_discard(e_board), 0);
    CHECK_INT(e_announce_close(e_board), -NOTICE_INVALID_FIELD);
}

struct told {
    int calls;
    int is_opening;
    int32_t step;
    uint64_t done;
    uint64_t total;
};

static void tell(void *data, int32_t step, uint64_t done, uint64_t total)
{
    struct told *const told = (struct told *)data;
    CHECK(told->is_opening);
    CHECK(done <= total);
    told->calls++;
    told->step = step;
    told->done = done;
    told->total = total;
}

static void opening_tells_how_far_it_has_come(void)
{
    const struct place url = url_of("progress.notice", "");
    NoticeBoard *board = open_file("progress.notice", "");
    NoticeOptions options = NOTICE_OPTIONS_INIT;
    struct told told = { 0, 1, -1, 0, 0 };
    int n;
    ABOUT("progress");
    for (n = 0; n < 3; n++)
        publish_title(board, "To be read");
    notice_close(board, 0);
    options.progress = tell;
    options.progress_data = &told;
    CHECK_OK(notice_open(url.text, url.len, &options, &board));
    told.is_opening = 0;
    CHECK_INT(told.calls, 2);
    CHECK_INT(told.step, NOTICE_STEP_LOADING);
    CHECK_INT(told.done, 3);
    CHECK_INT(told.total, 3);
    publish_title(board, "Not told");
    CHECK(is_good(verified(board)));
    notice_close(board, 0);
    CHECK_INT(told.calls, 2);
}

int main(void)
{
    /* A deadlock is a failure, too. */
    alarm(300);
    everything_is_there_when_it_is_opened_again();
    one_has_it_at_a_time();
    a_backup_is_of_one_moment_while_threads_publish();
    a_restored_backup_is_a_board_of_its_own();
    checking_says_how_much_room_it_needs();
    a_file_gets_smaller();
    a_damaged_copy_is_told();
    what_is_no_board_is_left_alone();
    what_cannot_be_opened_says_why();
    an_empty_file_becomes_a_board_only_when_that_is_said();
    many_read_what_none_writes();
    any_file_name_can_be_opened();
    what_was_put_off_is_there_after_closing();
    closing_that_fails_leaves_the_board_open();
    opening_tells_how_far_it_has_come();
    return 0;
}
