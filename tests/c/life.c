/* An announcement's life through C, from publishing to erasing, and all that is kept about it: every value that
 * comes out is looked at. */

#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif

#include "fixture.h"

#include <pthread.h>
#include <unistd.h>

#define USER "zhang.wei"

static NoticeQuery viewer_of(const char *user)
{
    NoticeQuery query = NOTICE_QUERY_INIT;
    query.user = notice_str(user);
    return query;
}

static void check_published(NoticePublished is, int64_t id, int64_t revision, uint32_t version, int32_t outcome)
{
    CHECK_INT(is.id, id);
    CHECK_INT(is.revision, revision);
    CHECK_INT(is.version, version);
    CHECK_INT(is.outcome, outcome);
    CHECK_INT(is.is_duplicate, 0);
    CHECK_INT(is.reserved, 0);
    CHECK_INT(is.reserved_more[0] + is.reserved_more[1], 0);
}

/* The item of `id` for an editor; the array is the caller's. */
static const NoticeItem *item_of(NoticeBoard *board, int64_t id, NoticeArray *array)
{
    NoticeQuery editor = NOTICE_QUERY_INIT;
    editor.view = NOTICE_VIEW_EDITOR;
    CHECK_OK(notice_get(board, id, &editor, array));
    CHECK_INT(array->len, 1);
    return &array->items[0];
}

static void it_is_changed_taken_back_restored_and_erased(void)
{
    static const char PATCH[] = "{\"severity\": \"critical\", \"texts\": {\"en\": {\"body\": \"Until six.\"}}}";
    NoticeBoard *const board = open_board();
    const int64_t id = publish_title(board, "Doors closed");
    const NoticeQuery viewer = NOTICE_QUERY_INIT;
    NoticePublished published;
    NoticeArray array;
    const NoticeItem *item;
    ABOUT("update");
    CHECK_OK(notice_update_json(board, id, PATCH, sizeof PATCH - 1, 1, NOTICE_CHANGE_MAJOR, &published));
    check_published(published, id, 2, 2, NOTICE_OUTCOME_UPDATED);
    item = item_of(board, id, &array);
    CHECK_STR(item->title, "Doors closed");
    CHECK_STR(item->body, "Until six.");
    CHECK_INT(item->severity, NOTICE_SEVERITY_CRITICAL);
    CHECK_INT(item->notify_version, 2);
    CHECK_INT(item->notify_revision, 2);
    notice_free(&array);
    CHECK_OK(notice_update_json(board, id, PATCH, sizeof PATCH - 1, 0, NOTICE_CHANGE_DEFAULT, &published));
    check_published(published, id, 2, 2, NOTICE_OUTCOME_UNCHANGED);
    CHECK_STATUS(notice_update_json(board, id, PATCH, sizeof PATCH - 1, 1, 0, NULL), NOTICE_VERSION_CONFLICT);
    CHECK_STATUS(notice_update_json(board, 99, PATCH, sizeof PATCH - 1, 0, 0, NULL), NOTICE_NOT_FOUND);

    ABOUT("retract");
    CHECK_STATUS(notice_restore(board, id, 0, &published), NOTICE_BAD_STATE);
    CHECK_STATUS(notice_retract(board, id, NULL, 0, 7, &published), NOTICE_VERSION_CONFLICT);
    CHECK_OK(notice_retract(board, id, "a mistake", 9, 2, &published));
    CHECK_INT(published.revision, 3);
    CHECK_INT(published.outcome, NOTICE_OUTCOME_RETRACTED);
    item = item_of(board, id, &array);
    CHECK_INT(item->state, NOTICE_STATE_RETRACTED);
    CHECK_INT(item->retracted_at, FIXTURE_NOW);
    CHECK_STR(item->retract_reason, "a mistake");
    notice_free(&array);
    CHECK_STATUS(notice_get(board, id, &viewer, &array), NOTICE_NOT_FOUND);
    CHECK_OK(notice_retract(board, id, NULL, 0, 0, &published));
    CHECK_INT(published.outcome, NOTICE_OUTCOME_UNCHANGED);

    ABOUT("restore");
    CHECK_OK(notice_restore(board, id, 0, &published));
    CHECK_INT(published.revision, 4);
    CHECK_INT(published.outcome, NOTICE_OUTCOME_RESTORED);
    CHECK_OK(notice_get(board, id, &viewer, &array));
    CHECK_INT(array.items[0].state, NOTICE_STATE_PUBLISHED);
    CHECK_INT(array.items[0].notify_revision, 4);
    CHECK_INT(array.items[0].retracted_at, 0);
    CHECK_STR(array.items[0].retract_reason, "");
    notice_free(&array);

    ABOUT("purge");
    CHECK_OK(notice_purge(board, id, &published));
    CHECK_INT(published.id, id);
    CHECK_INT(published.revision, 5);
    CHECK_INT(published.outcome, NOTICE_OUTCOME_PURGED);
    CHECK_INT(total_of(board), 0);
    CHECK_STATUS(notice_purge(board, id, &published), NOTICE_NOT_FOUND);
    CHECK_INT(publish_title(board, "Another"), id + 1);
    notice_close(board, 0);
}

static void a_draft_is_seen_when_it_is_released(void)
{
    NoticeBoard *const board = open_board();
    const NoticeQuery viewer = NOTICE_QUERY_INIT;
    NoticeQuery drafts = NOTICE_QUERY_INIT;
    const int64_t id = publish_draft(board);
    NoticePublished published;
    NoticeArray array;
    ABOUT("draft");
    drafts.view = NOTICE_VIEW_EDITOR;
    drafts.phase = NOTICE_PHASE_DRAFT;
    CHECK_OK(notice_query(board, &drafts, &array));
    CHECK_INT(array.len, 1);
    CHECK_INT(array.items[0].state, NOTICE_STATE_DRAFT);
    CHECK_INT(array.items[0].published_at, 0);
    notice_free(&array);
    CHECK_STATUS(notice_get(board, id, &viewer, &array), NOTICE_NOT_FOUND);
    drafts.view = NOTICE_VIEW_VIEWER;
    CHECK_STATUS(notice_query(board, &drafts, &array), NOTICE_INVALID_FIELD);
    CHECK_STATUS(notice_retract(board, id, NULL, 0, 0, NULL), NOTICE_BAD_STATE);
    CHECK_STATUS(notice_release(board, id, 7, NULL), NOTICE_VERSION_CONFLICT);

    ABOUT("release");
    CHECK_OK(notice_release(board, id, 1, &published));
    check_published(published, id, 2, 2, NOTICE_OUTCOME_RELEASED);
    CHECK_OK(notice_get(board, id, &viewer, &array));
    CHECK_INT(array.items[0].published_at, FIXTURE_NOW);
    notice_free(&array);
    CHECK_STATUS(notice_release(board, id, 0, &published), NOTICE_BAD_STATE);
    notice_close(board, 0);
}

static void several_changes_are_one_revision(void)
{
    static const char JSON[] =
        "[{\"publish\": {\"key\": \"new\", \"texts\": {\"en\": {\"title\": \"New\"}}}},"
        " {\"update\": {\"id\": 1, \"patch\": {\"priority\": 5}, \"if_version\": 1, \"change\": \"minor\"}},"
        " {\"retract\": {\"id\": 2, \"reason\": \"over\"}}]";
    static const char HALF[] = "[{\"purge\": {\"id\": 1}}, {\"purge\": {\"id\": 77}}]";
    NoticeBoard *const board = open_board();
    NoticePublished results[3];
    size_t count = 0;
    ABOUT("apply");
    publish_title(board, "First");
    publish_title(board, "Second");
    CHECK_STATUS(notice_apply_json(board, JSON, sizeof JSON - 1, results, 2, &count), NOTICE_TOO_SMALL);
    CHECK_INT(count, 3);
    CHECK_INT(revision_of(board), 2);
    CHECK_OK(notice_apply_json(board, JSON, sizeof JSON - 1, results, 3, &count));
    CHECK_INT(count, 3);
    check_published(results[0], 3, 3, 1, NOTICE_OUTCOME_CREATED);
    check_published(results[1], 1, 3, 2, NOTICE_OUTCOME_UPDATED);
    CHECK_INT(results[2].id, 2);
    CHECK_INT(results[2].revision, 3);
    CHECK_INT(results[2].outcome, NOTICE_OUTCOME_RETRACTED);
    CHECK_STATUS(notice_apply_json(board, HALF, sizeof HALF - 1, NULL, 0, &count), NOTICE_NOT_FOUND);
    CHECK_INT(strncmp(check_last_path(), "[1]", 3), 0);
    CHECK_INT(total_of(board), 3);
    CHECK_INT(revision_of(board), 3);
    notice_close(board, 0);
}

static uint32_t flags_of(NoticeBoard *board, int64_t id, const char *user)
{
    const NoticeQuery query = viewer_of(user);
    NoticeArray array;
    uint32_t flags;
    CHECK_OK(notice_get(board, id, &query, &array));
    flags = array.items[0].flags;
    notice_free(&array);
    return flags;
}

static void mark(NoticeBoard *board, int64_t id, const char *user, int32_t what)
{
    const NoticeQuery query = viewer_of(user);
    CHECK_OK(notice_mark(board, &query, &id, 1, what));
}

static void marks_are_kept_for_each_user(void)
{
    static const struct {
        int32_t mark;
        uint32_t flags;
    } STEPS[] = {
        { NOTICE_MARK_READ, NOTICE_READ },
        { NOTICE_MARK_UNREAD, 0 },
        { NOTICE_MARK_DISMISS, NOTICE_READ | NOTICE_DISMISSED },
        { NOTICE_MARK_RESTORE, NOTICE_READ },
        { NOTICE_MARK_ACKNOWLEDGE, NOTICE_READ | NOTICE_ACKNOWLEDGED },
        { NOTICE_MARK_UNACKNOWLEDGE, NOTICE_READ },
    };
    const uint32_t mask = NOTICE_READ | NOTICE_DISMISSED | NOTICE_ACKNOWLEDGED;
    NoticeBoard *const board = open_board();
    const NoticeQuery nobody = NOTICE_QUERY_INIT, query = viewer_of(USER);
    const int64_t id = publish_title(board, "First");
    const int64_t ids[2] = { id, 99 };
    NoticeArray array;
    NoticeCount count;
    uint32_t versions[2] = { 1, 1 };
    uint64_t marked = 0;
    int64_t revision = 0;
    int32_t existed = 7;
    size_t i;
    for (i = 0; i < COUNT_OF(STEPS); i++) {
        ABOUT("mark %d", (int)STEPS[i].mark);
        mark(board, id, USER, STEPS[i].mark);
        CHECK_INT(flags_of(board, id, USER) & mask, STEPS[i].flags);
        CHECK_INT(flags_of(board, id, "li.na") & mask, 0);
    }
    ABOUT("marks");
    mark(board, id, USER, NOTICE_MARK_SEEN);
    CHECK_OK(notice_get(board, id, &query, &array));
    CHECK_INT(array.items[0].seen_count, 1);
    notice_free(&array);
    CHECK_STATUS(notice_mark(board, &nobody, &id, 1, NOTICE_MARK_READ), NOTICE_INVALID_FIELD);
    CHECK_STATUS(notice_mark(board, &query, &id, 1, 77), NOTICE_INVALID_FIELD);
    CHECK_STATUS(notice_mark(board, &query, &ids[1], 1, NOTICE_MARK_UNREAD), NOTICE_NOT_FOUND);
    CHECK_OK(notice_mark(board, &query, ids, 2, NOTICE_MARK_READ));
    CHECK_OK(notice_mark_shown(board, &query, ids, versions, 2, NOTICE_MARK_ACKNOWLEDGE, 0, &marked));
    CHECK_INT(marked, 1);
    versions[0] = 2;
    CHECK_STATUS(notice_mark_shown(board, &query, ids, versions, 2, NOTICE_MARK_READ, 0, NULL), NOTICE_INVALID_FIELD);
    CHECK_INT(flags_of(board, id, USER) & mask, NOTICE_READ | NOTICE_ACKNOWLEDGED);

    ABOUT("mark all read");
    publish_title(board, "Second");
    publish_title(board, "Third");
    CHECK_OK(notice_mark_all_read(board, &query, 2, &revision));
    CHECK_INT(revision, 2);
    CHECK_OK(notice_count(board, &query, &count));
    CHECK_INT(count.total, 3);
    CHECK_INT(count.unread, 1);
    CHECK_STATUS(notice_mark_all_read(board, &query, 4, &revision), NOTICE_FUTURE_REVISION);
    CHECK_OK(notice_mark_all_read(board, &query, -1, &revision));
    CHECK_INT(revision, 3);
    CHECK_OK(notice_count(board, &query, &count));
    CHECK_INT(count.unread, 0);

    ABOUT("forget");
    CHECK_OK(notice_forget_user(board, USER, sizeof USER - 1, &existed));
    CHECK_INT(existed, 1);
    CHECK_OK(notice_forget_user(board, USER, sizeof USER - 1, &existed));
    CHECK_INT(existed, 0);
    CHECK_OK(notice_count(board, &query, &count));
    CHECK_INT(count.unread, 3);
    notice_close(board, 0);
}

static void receipts_come_by_pages(void)
{
    NoticeBoard *const board = open_board();
    const int64_t id = publish_title(board, "First");
    NoticeReceiptQuery query = NOTICE_RECEIPT_QUERY_INIT;
    NoticeReceiptArray first, second;
    ABOUT("receipts");
    mark(board, id, "a", NOTICE_MARK_READ);
    mark(board, id, "b", NOTICE_MARK_SEEN);
    mark(board, id, "c", NOTICE_MARK_ACKNOWLEDGE);
    query.id = id;
    query.limit = 2;
    CHECK_OK(notice_receipts(board, &query, &first));
    CHECK_INT(first.len, 2);
    CHECK_INT(first.read, 2);
    CHECK_INT(first.acknowledged, 1);
    CHECK_STR(first.receipts[0].user, "a");
    CHECK_INT(first.receipts[0].flags, NOTICE_READ);
    CHECK_INT(first.receipts[0].read_at, FIXTURE_NOW);
    CHECK_INT(first.receipts[0].read_version, 1);
    CHECK_INT(first.receipts[0].first_seen_at, 0);
    CHECK_STR(first.receipts[1].user, "b");
    CHECK_INT(first.receipts[1].flags, 0);
    CHECK_INT(first.receipts[1].seen_count, 1);
    CHECK_INT(first.receipts[1].seen_version, 1);
    CHECK_INT(first.receipts[1].last_seen_at, FIXTURE_NOW);
    CHECK(first.next_cursor.len > 0);
    query.cursor = first.next_cursor;
    CHECK_OK(notice_receipts(board, &query, &second));
    CHECK_INT(second.len, 1);
    CHECK_STR(second.receipts[0].user, "c");
    CHECK_INT(second.receipts[0].flags, NOTICE_READ | NOTICE_ACKNOWLEDGED);
    CHECK_INT(second.receipts[0].acknowledged_at, FIXTURE_NOW);
    CHECK_STR(second.next_cursor, "");
    notice_close(board, 0);
    /* They do not depend on the board. */
    CHECK_STR(first.receipts[0].user, "a");
    notice_receipts_free(&first);
    CHECK(first.memory == NULL && first.receipts == NULL && first.len == 0);
    notice_receipts_free(&first);
    notice_receipts_free(&second);
}

static void listed_users_have_a_receipt_each(void)
{
    NoticeBoard *const board = open_board();
    const int64_t id = publish_title(board, "First");
    const NoticeStr users[3] = { notice_str("zoe"), notice_str("a"), notice_str("zoe") };
    const NoticeQuery viewer = viewer_of("a");
    NoticeReceiptQuery query = NOTICE_RECEIPT_QUERY_INIT;
    NoticeReceiptArray array;
    NoticeExplanation explanation;
    NoticeArray items;
    uint64_t marked = 0;
    ABOUT("receipts of listed users");
    mark(board, id, "a", NOTICE_MARK_ACKNOWLEDGE);
    mark(board, id, "b", NOTICE_MARK_READ);
    CHECK_OK(notice_mark_shown(board, &viewer, &id, NULL, 1, NOTICE_MARK_SNOOZE, FIXTURE_NOW + 60000, &marked));
    CHECK_INT(marked, 1);
    query.id = id;
    query.users = users;
    query.user_count = 3;
    CHECK_OK(notice_receipts(board, &query, &array));
    CHECK_INT(array.len, 2);
    CHECK_INT(array.read, 1);
    CHECK_STR(array.receipts[0].user, "zoe");
    CHECK_INT(array.receipts[0].flags, 0);
    CHECK(array.receipts[0].acknowledgements == NULL);
    CHECK_INT(array.receipts[0].acknowledgement_count, 0);
    CHECK_STR(array.receipts[1].user, "a");
    CHECK_INT(array.receipts[1].snoozed_until, FIXTURE_NOW + 60000);
    CHECK_INT(array.receipts[1].acknowledgement_count, 1);
    CHECK_INT(array.receipts[1].acknowledgements[0].version, 1);
    CHECK_INT(array.receipts[1].acknowledgements[0].at, FIXTURE_NOW);
    notice_receipts_free(&array);
    query.user_count = 0;
    CHECK_OK(notice_receipts(board, &query, &array));
    CHECK_INT(array.len, 0);
    notice_receipts_free(&array);
    query.users = NULL;
    query.user_count = 1;
    CHECK_OK(notice_receipts(board, &query, &array));
    CHECK_INT(array.len, 2);
    notice_receipts_free(&array);
    ABOUT("snoozed");
    CHECK_OK(notice_explain(board, id, &viewer, &explanation, NOTICE_LANGUAGE_EN, NULL, 0, NULL));
    CHECK_INT(explanation.rules, 1 << NOTICE_RULE_VISIBLE | 1 << NOTICE_RULE_SNOOZED);
    CHECK_INT(explanation.next_change_at, FIXTURE_NOW + 60000);
    CHECK_OK(notice_get(board, id, &viewer, &items));
    CHECK_INT(items.items[0].snoozed_until, FIXTURE_NOW + 60000);
    notice_free(&items);
    CHECK_REFUSED(notice_mark_shown(board, &viewer, &id, NULL, 1, NOTICE_MARK_SNOOZE, FIXTURE_NOW / 1000 + 60, NULL),
                  NOTICE_INVALID_FIELD, "until");
    CHECK_REFUSED(notice_mark(board, &viewer, &id, 1, NOTICE_MARK_SNOOZE), NOTICE_INVALID_FIELD, "until");
    notice_close(board, 0);
}

static void own_marks_are_followed(void)
{
    NoticeBoard *const board = open_board();
    const int64_t first = publish_title(board, "First"), second = publish_title(board, "Second");
    NoticeOwnMarks marks;
    uint64_t revision;
    uint8_t other[16];
    ABOUT("own marks");
    CHECK_OK(notice_own_marks(board, "a", 1, 0, NULL, -1, &marks));
    CHECK_INT(marks.all, 1);
    CHECK_INT(marks.count, 0);
    revision = marks.revision;
    mark(board, second, "a", NOTICE_MARK_READ);
    mark(board, first, "b", NOTICE_MARK_READ);
    memcpy(other, marks.epoch, sizeof other);
    CHECK_OK(notice_own_marks(board, "a", 1, revision, other, -1, &marks));
    CHECK_INT(marks.all, 0);
    CHECK_INT(marks.count, 1);
    CHECK_INT(marks.changed[0], second);
    CHECK_INT(marks.changed[1], 0);
    CHECK(marks.revision > revision);
    revision = marks.revision;
    CHECK_OK(notice_own_marks(board, "a", 1, revision, other, 1, &marks));
    CHECK_INT(marks.revision, revision);
    CHECK_INT(marks.count, 0);
    other[3] ^= 1;
    CHECK_STATUS(notice_own_marks(board, "a", 1, revision, other, 0, &marks), NOTICE_EPOCH_MISMATCH);
    CHECK_STATUS(notice_own_marks(board, "a", 1, revision + 9, NULL, 0, &marks), NOTICE_FUTURE_REVISION);
    CHECK_REFUSED(notice_own_marks(board, "", 0, 0, NULL, 0, &marks), NOTICE_INVALID_FIELD, "user");
    notice_close(board, 0);
}

static void it_is_explained_why_something_is_hidden(void)
{
    NoticeBoard *const board = open_board();
    const int64_t id = publish_full(board);
    const NoticeQuery viewer = viewer_of(USER);
    NoticeQuery editor = NOTICE_QUERY_INIT;
    NoticeExplanation explanation;
    char words[512];
    size_t needed = 0;
    ABOUT("explain");
    editor.view = NOTICE_VIEW_EDITOR;
    /* The editor's own attributes count, and there are none. */
    CHECK_OK(notice_explain(board, id, &editor, &explanation, NOTICE_LANGUAGE_EN, words, sizeof words, &needed));
    CHECK_INT(explanation.id, id);
    CHECK_INT(explanation.visible, 0);
    CHECK_INT(explanation.pending, 0);
    CHECK_INT(explanation.rule, NOTICE_RULE_AUDIENCE);
    CHECK_INT(explanation.rules, 1 << NOTICE_RULE_AUDIENCE);
    CHECK_INT(needed, strlen(words) + 1);
    CHECK_OK(notice_explain(board, publish_title(board, "For all"), &viewer, &explanation, NOTICE_LANGUAGE_ZH, NULL, 0,
                            NULL));
    CHECK_INT(explanation.visible, 1);
    CHECK_INT(explanation.pending, 1);
    CHECK_INT(explanation.rule, NOTICE_RULE_VISIBLE);
    CHECK_STATUS(notice_explain(board, id, &viewer, &explanation, NOTICE_LANGUAGE_EN, NULL, 0, NULL),
                 NOTICE_NOT_FOUND);
    CHECK_STATUS(notice_explain(board, id, &editor, &explanation, 7, NULL, 0, NULL), NOTICE_INVALID_FIELD);
    notice_close(board, 0);
}

static void a_follower_has_every_change(void)
{
    NoticeBoard *const board = open_board();
    const NoticeQuery query = NOTICE_QUERY_INIT;
    NoticeChanges changes = NOTICE_CHANGES_INIT;
    NoticeChangeArray array, zero;
    int64_t first, second;
    ABOUT("changes");
    memset(&zero, 0, sizeof zero);
    changes.query = &query;
    first = publish_title(board, "First");
    second = publish_title(board, "Second");
    changes.limit = 1;
    CHECK_OK(notice_changes(board, &changes, &array));
    CHECK_INT(array.len, 1);
    CHECK_INT(array.more, 1);
    CHECK_INT(array.to_revision, 1);
    CHECK_INT(array.head, 2);
    CHECK_INT(array.events[0].id, first);
    CHECK_INT(array.events[0].kind, NOTICE_KIND_PUBLISHED);
    CHECK_STR(array.events[0].item->title, "First");
    CHECK_STR(array.events[0].reason, "");
    changes.since = array.to_revision;
    changes.has_epoch = 1;
    memcpy(changes.epoch, array.epoch, sizeof changes.epoch);
    notice_changes_free(&array);
    CHECK_BYTES(&array, &zero, sizeof array);
    notice_changes_free(&array);
    CHECK_BYTES(&array, &zero, sizeof array);

    CHECK_OK(notice_retract(board, first, "over", 4, 0, NULL));
    changes.limit = 0;
    CHECK_OK(notice_changes(board, &changes, &array));
    CHECK_OK(notice_purge(board, second, NULL));
    CHECK_INT(array.len, 2);
    CHECK_INT(array.more, 0);
    CHECK_INT(array.to_revision, 3);
    CHECK_INT(array.events[0].id, second);
    CHECK_STR(array.events[0].item->title, "Second");
    CHECK_INT(array.events[1].revision, 3);
    CHECK_INT(array.events[1].id, first);
    CHECK_INT(array.events[1].kind, NOTICE_KIND_RETRACTED);
    CHECK(array.events[1].item == NULL);
    CHECK_STR(array.events[1].reason, "over");
    changes.since = 3;
    changes.epoch[5] ^= 1;
    CHECK_STATUS(notice_changes(board, &changes, &zero), NOTICE_EPOCH_MISMATCH);
    changes.epoch[5] ^= 1;
    changes.since = 77;
    CHECK_STATUS(notice_changes(board, &changes, &zero), NOTICE_FUTURE_REVISION);
    notice_close(board, 0);
    CHECK_STR(array.events[0].item->title, "Second");
    notice_changes_free(&array);
}

struct waiter {
    NoticeBoard *board;
    int64_t since;
    int64_t revision;
    int32_t status;
};

static void *wait_for_ever(void *data)
{
    struct waiter *const waiter = (struct waiter *)data;
    waiter->status = notice_wait(waiter->board, waiter->since, -1, &waiter->revision);
    return NULL;
}

static void waiting_ends_with_a_change_and_with_the_board(void)
{
    struct waiter waiter = { open_board(), 0, -1, NOTICE_OK };
    pthread_t thread;
    int64_t revision = -1;
    ABOUT("wait");
    CHECK_STATUS(notice_wait(waiter.board, 0, 0, &revision), NOTICE_TIMED_OUT);
    CHECK_STATUS(notice_wait(waiter.board, 1, 0, &revision), NOTICE_FUTURE_REVISION);
    CHECK_INT(revision, -1);
    CHECK_INT(pthread_create(&thread, NULL, wait_for_ever, &waiter), 0);
    publish_title(waiter.board, "Waited for");
    CHECK_INT(pthread_join(thread, NULL), 0);
    CHECK_INT(waiter.status, NOTICE_OK);
    CHECK_INT(waiter.revision, 1);
    waiter.since = 1;
    waiter.revision = -1;
    CHECK_INT(pthread_create(&thread, NULL, wait_for_ever, &waiter), 0);
    notice_close(waiter.board, 0);
    CHECK_INT(pthread_join(thread, NULL), 0);
    /* It may have come too late to wait at all. */
    CHECK(waiter.status == NOTICE_UNAVAILABLE || waiter.status == NOTICE_INVALID_FIELD);
    CHECK_INT(waiter.revision, -1);
}

static int32_t refuse_bytes(void *data, const char *bytes, size_t len)
{
    (void)bytes;
    (void)len;
    ++*(int *)data;
    return 5;
}

static void a_board_moves_whole(void)
{
    NoticeBoard *const board = open_board();
    NoticeBoard *const copy = open_board();
    struct exported exported = { NULL, 0 }, again = { NULL, 0 };
    const int64_t id = publish_title(board, "First");
    NoticeArray array;
    int calls = 0;
    ABOUT("export and import");
    publish_full(board);
    mark(board, id, USER, NOTICE_MARK_READ);
    CHECK_STATUS(notice_export(board, refuse_bytes, &calls), NOTICE_IO);
    CHECK_INT(calls, 1);
    CHECK_OK(notice_export(board, keep_exported, &exported));
    /* Cut short, nothing of it is taken. */
    CHECK(notice_import(copy, exported.bytes, exported.len / 2) != NOTICE_OK);
    CHECK_INT(total_of(copy), 0);
    CHECK_OK(notice_import(copy, exported.bytes, exported.len));
    CHECK_INT(total_of(copy), 2);
    CHECK(flags_of(copy, id, USER) & NOTICE_READ);
    CHECK_STR(item_of(copy, id, &array)->title, "First");
    CHECK(memcmp(array.epoch, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16) != 0);
    notice_free(&array);
    CHECK_STATUS(notice_import(copy, exported.bytes, exported.len), NOTICE_EXISTS);
    CHECK_OK(notice_export(copy, keep_exported, &again));
    CHECK(again.len > 0);
    free(exported.bytes);
    free(again.bytes);
    notice_close(copy, 0);
    notice_close(board, 0);
}

static void search_says_where(void)
{
    NoticeBoard *const board = open_board();
    NoticeQuery query = NOTICE_QUERY_INIT;
    NoticeDraft draft = NOTICE_DRAFT_INIT;
    NoticeText text = NOTICE_TEXT_INIT;
    NoticeArray array;
    NoticeCount count;
    const NoticeItem *item;
    ABOUT("search");
    text.locale = notice_str("zh-CN");
    text.title = notice_str("今晚维护");
    text.body = notice_str("系统维护期间服务暂停。");
    draft.texts = &text;
    draft.text_count = 1;
    CHECK_OK(notice_publish(board, &draft, NULL));
    publish_title(board, "Something else");
    query.q = notice_str("维护");
    query.order = NOTICE_ORDER_RELEVANCE;
    CHECK_OK(notice_query(board, &query, &array));
    CHECK_INT(array.total, 1);
    item = &array.items[0];
    CHECK_INT(item->title_hit_count, 1);
    CHECK_INT(item->title_hits[0].byte_start, 6);
    CHECK_INT(item->title_hits[0].byte_len, 6);
    CHECK_INT(item->title_hits[0].char_start, 2);
    CHECK_INT(item->title_hits[0].char_len, 2);
    CHECK_INT(item->title_hits[0].utf16_start, 2);
    CHECK_INT(item->title_hits[0].utf16_len, 2);
    CHECK_INT(item->snippet_field, NOTICE_FIELD_BODY);
    CHECK_STR(item->snippet, "系统维护期间服务暂停。");
    CHECK_INT(item->snippet_hit_count, 1);
    CHECK_INT(item->snippet_hits[0].byte_start, 6);
    CHECK_INT(item->flags & (NOTICE_CUT_BEFORE | NOTICE_CUT_AFTER), 0);
    notice_free(&array);
    query.q = notice_str("");
    query.order = NOTICE_ORDER_DEFAULT;
    CHECK_OK(notice_query(board, &query, &array));
    CHECK_INT(array.len, 2);
    CHECK(array.items[0].title_hits == NULL && array.items[0].snippet_hits == NULL);
    CHECK_STR(array.items[0].snippet, "");
    notice_free(&array);
    ABOUT("without counts");
    query.uncounted = 1;
    CHECK_OK(notice_query(board, &query, &array));
    CHECK_INT(array.len, 2);
    CHECK(array.total == NOTICE_NOT_COUNTED && array.unread == NOTICE_NOT_COUNTED);
    notice_free(&array);
    CHECK_OK(notice_count(board, &query, &count));
    CHECK_INT(count.total, 2);
    notice_close(board, 0);
}

static int64_t kept_clock(void *data)
{
    return *(const int64_t *)data;
}

static void maintenance_purges_what_is_over(void)
{
    NoticeOptions options = NOTICE_OPTIONS_INIT;
    NoticeBoard *board;
    NoticeMaintenance done;
    int64_t now = FIXTURE_NOW;
    char stats[4096];
    size_t needed;
    ABOUT("maintain");
    options.clock = kept_clock;
    options.clock_data = &now;
    options.retention_ms = 1000;
    board = open_fresh(&options);
    publish_title(board, "Stays");
    CHECK_OK(notice_retract(board, publish_title(board, "Goes"), NULL, 0, 0, NULL));
    now += 999;
    CHECK_OK(notice_maintain(board, &done));
    CHECK_INT(done.purged, 0);
    now += 1;
    CHECK_OK(notice_maintain(board, &done));
    CHECK_INT(done.purged, 1);
    CHECK_INT(done.reserved[0] + done.reserved[4], 0);
    CHECK_OK(notice_stats_json(board, stats, sizeof stats, &needed));
    CHECK(strstr(stats, "\"announcements\":1,") != NULL);
    CHECK_INT(needed, strlen(stats) + 1);
    notice_close(board, 0);
}

int main(void)
{
    /* A deadlock is a failure, too. */
    alarm(300);
    it_is_changed_taken_back_restored_and_erased();
    a_draft_is_seen_when_it_is_released();
    several_changes_are_one_revision();
    marks_are_kept_for_each_user();
    receipts_come_by_pages();
    listed_users_have_a_receipt_each();
    own_marks_are_followed();
    it_is_explained_why_something_is_hidden();
    a_follower_has_every_change();
    waiting_ends_with_a_change_and_with_the_board();
    a_board_moves_whole();
    search_says_where();
    maintenance_purges_what_is_over();
    return 0;
}
