/* A right call of every exported function, for CALLS in calls.h, which includes this: P and SIZE are from there. */

#ifndef CALL_EACH_H
#define CALL_EACH_H

static inline int32_t call_abi_version(struct fixture *f)
{
    (void)f;
    return notice_abi_version() == 0 ? NOTICE_PANIC : NOTICE_OK;
}

static inline int32_t call_apply_json(struct fixture *f)
{
    static const char JSON[] = "[{\"publish\": {\"key\": \"json\", \"texts\": {\"en\": {\"title\": \"From JSON\"}}}}]";
    return notice_apply_json(P(0, f->board), P(1, JSON), SIZE(1, sizeof JSON - 1), P(2, f->out.published),
                             SIZE(2, 2), P(3, &f->out.size));
}

/* A path at which there is nothing. */
static inline struct place fresh_path(const char *name)
{
    const struct place path = path_of(name);
    remove(path.text);
    return path;
}

static inline int32_t call_backup(struct fixture *f)
{
    const struct place path = fresh_path("backup.notice");
    return notice_backup(P(0, f->board), P(1, path.text), SIZE(1, path.len), P(2, &f->out.revision));
}

static inline int32_t call_changes(struct fixture *f)
{
    NoticeChanges changes = NOTICE_CHANGES_INIT;
    int32_t status;
    changes.query = &f->viewer;
    status = notice_changes(P(0, f->board), P(1, &changes), P(2, &f->out.changes));
    if (status == NOTICE_OK)
        notice_changes_free(&f->out.changes);
    return status;
}

static inline int32_t call_changes_free(struct fixture *f)
{
    NoticeChanges changes = NOTICE_CHANGES_INIT;
    NoticeChangeArray array;
    changes.query = &f->viewer;
    CHECK_OK(notice_changes(f->own, &changes, &array));
    notice_changes_free(P(0, &array));
    if (array.memory != NULL) {
        notice_changes_free(&array);
        return f->null == 0 ? NOTICE_OK : NOTICE_PANIC;
    }
    return NOTICE_OK;
}

static inline int32_t call_close(struct fixture *f)
{
    NoticeBoard *const board = open_board();
    const int32_t status = notice_close(P(0, board), 0);
    /* NULL closes nothing, and neither does a call that fails. */
    if (status != NOTICE_OK || f->null == 0)
        CHECK_OK(notice_close(board, 0));
    else
        CHECK_STATUS(notice_publish(board, &f->draft.draft, NULL), NOTICE_INVALID_FIELD);
    return status;
}

static inline int32_t call_check(struct fixture *f)
{
    return notice_check(P(0, f->board), P(1, &f->draft.draft), P(2, f->out.buf), SIZE(2, sizeof f->out.buf),
                        P(3, &f->out.size));
}

static inline int32_t call_check_json(struct fixture *f)
{
    static const char json[] = "{\"texts\": {\"en\": {\"title\": \"\"}}}";
    return notice_check_json(P(0, f->board), P(1, json), SIZE(1, sizeof json - 1), P(2, f->out.buf),
                             SIZE(2, sizeof f->out.buf), P(3, &f->out.size));
}

static inline int32_t call_compact(struct fixture *f)
{
    NoticeBoard *const board = f->board == f->own ? open_file("compacted.notice", "") : f->board;
    const int32_t status = notice_compact(P(0, board), P(1, &f->out.compaction));
    if (board != f->board)
        notice_close(board, 0);
    return status;
}

static inline int32_t call_count(struct fixture *f)
{
    return notice_count(P(0, f->board), P(1, &f->query.query), P(2, &f->out.count));
}

static inline int32_t call_explain(struct fixture *f)
{
    return notice_explain(P(0, f->board), f->id, P(1, &f->viewer), P(2, &f->out.explanation), NOTICE_LANGUAGE_ZH,
                          P(3, f->out.buf), SIZE(3, sizeof f->out.buf), P(4, &f->out.size));
}

/* Keeps nothing of an export. */
static inline int32_t discard(void *data, const char *bytes, size_t len)
{
    (void)data;
    return bytes == NULL || len == 0;
}

static inline int32_t call_export(struct fixture *f)
{
    return notice_export(P(0, f->board), P(1, discard), P(2, f));
}

static inline int32_t call_forget_user(struct fixture *f)
{
    return notice_forget_user(P(0, f->board), P(1, "li.na"), SIZE(1, 5), P(2, &f->out.existed));
}

static inline int32_t call_flush(struct fixture *f)
{
    return notice_flush(P(0, f->board));
}

static inline int32_t call_free(struct fixture *f)
{
    NoticeArray array;
    CHECK_OK(notice_query(f->board, &f->query.query, &array));
    notice_free(P(0, &array));
    if (array.memory != NULL) {
        notice_free(&array);
        return f->null == 0 ? NOTICE_OK : NOTICE_PANIC;
    }
    return NOTICE_OK;
}

/* Gives back what was filled, and passes the status on. */
static inline int32_t free_filled(struct fixture *f, int32_t status)
{
    if (status == NOTICE_OK)
        notice_free(&f->out.array);
    return status;
}

static inline int32_t call_get(struct fixture *f)
{
    return free_filled(f, notice_get(P(0, f->board), f->id, P(1, &f->query.query), P(2, &f->out.array)));
}

static inline int32_t call_get_json(struct fixture *f)
{
    return notice_get_json(P(0, f->board), f->id, P(1, &f->editor), P(2, f->out.buf),
                           SIZE(2, sizeof f->out.buf), P(3, &f->out.size));
}

/* Takes in what an empty board has written, on an empty board: what is taken in makes it another one. */
static inline int32_t call_import(struct fixture *f)
{
    NoticeBoard *const board = f->board == f->own ? open_board() : f->board;
    struct exported exported = { NULL, 0 };
    NoticeBoard *const source = open_board();
    int32_t status;
    CHECK_OK(notice_export(source, keep_exported, &exported));
    notice_close(source, 0);
    status = notice_import(P(0, board), P(1, exported.bytes), SIZE(1, exported.len));
    free(exported.bytes);
    if (board != f->board)
        notice_close(board, 0);
    return status;
}

static inline int32_t call_last_error(struct fixture *f)
{
    return notice_last_error(NOTICE_LANGUAGE_ZH, P(0, f->out.buf), SIZE(0, sizeof f->out.buf), P(1, &f->out.size));
}

static inline int32_t call_last_error_info(struct fixture *f)
{
    return notice_last_error_info(P(0, &f->out.info));
}

static inline int32_t call_last_error_path(struct fixture *f)
{
    return notice_last_error_path(P(0, f->out.buf), SIZE(0, sizeof f->out.buf), P(1, &f->out.size));
}

static inline int32_t call_maintain(struct fixture *f)
{
    return notice_maintain(P(0, f->board), P(1, &f->out.maintenance));
}

static inline int32_t call_mark(struct fixture *f)
{
    return notice_mark(P(0, f->board), P(1, &f->viewer), P(2, &f->id), SIZE(2, 1), NOTICE_MARK_READ);
}

static inline int32_t call_mark_shown(struct fixture *f)
{
    static const uint32_t VERSION = 0;
    return notice_mark_shown(P(0, f->board), P(1, &f->viewer), P(2, &f->id), P(3, &VERSION), SIZE(2, 1),
                             NOTICE_MARK_READ, 0, P(4, &f->out.marked));
}

static inline int32_t call_mark_all(struct fixture *f)
{
    return notice_mark_all(P(0, f->board), P(1, &f->viewer), NOTICE_MARK_READ, -1, P(2, &f->out.revision));
}

static inline int32_t call_mark_all_read(struct fixture *f)
{
    return notice_mark_all_read(P(0, f->board), P(1, &f->viewer), -1, P(2, &f->out.revision));
}

static inline int32_t call_open(struct fixture *f)
{
    const NoticeOptions options = NOTICE_OPTIONS_INIT;
    const int32_t status = notice_open(P(0, "mem:"), SIZE(0, 4), P(1, &options), P(2, &f->out.board));
    if (status == NOTICE_OK)
        notice_close(f->out.board, 0);
    return status;
}

static inline int32_t call_publish(struct fixture *f)
{
    return notice_publish(P(0, f->board), P(1, &f->draft.draft), P(2, &f->out.published[0]));
}

static inline int32_t call_publish_json(struct fixture *f)
{
    static const char JSON[] = "{\"key\": \"json\", \"texts\": {\"en\": {\"title\": \"From JSON\"}}}";
    return notice_publish_json(P(0, f->board), P(1, JSON), SIZE(1, sizeof JSON - 1), P(2, f->out.published),
                               SIZE(2, 2), P(3, &f->out.size));
}

/* Erases what was published for it; on a board that refuses that, another one. */
static inline int32_t call_purge(struct fixture *f)
{
    static const char JSON[] = "{\"key\": \"purged\", \"texts\": {\"en\": {\"title\": \"Gone soon\"}}}";
    NoticePublished published;
    size_t count;
    if (notice_publish_json(f->own, JSON, sizeof JSON - 1, &published, 1, &count) != NOTICE_OK)
        published.id = f->id;
    return notice_purge(P(0, f->board), published.id, P(1, &f->out.published[0]));
}

static inline int32_t call_own_marks(struct fixture *f)
{
    NoticeHead head = NOTICE_HEAD_INIT;
    /* What it does not fill is another board's. */
    (void)notice_head(f->own, &head);
    return notice_own_marks(P(0, f->board), P(1, "zhang.wei"), SIZE(1, 9), 0, P(2, head.epoch), 0,
                            P(3, &f->out.own_marks));
}

static inline int32_t call_query(struct fixture *f)
{
    return free_filled(f, notice_query(P(0, f->board), P(1, &f->query.query), P(2, &f->out.array)));
}

static inline int32_t call_query_into(struct fixture *f)
{
    return free_filled(f, notice_query_into(P(0, f->board), P(1, &f->query.query), P(2, f->out.buf),
                                            SIZE(2, sizeof f->out.buf), P(3, &f->out.size), P(4, &f->out.array)));
}

static inline int32_t call_receipts(struct fixture *f)
{
    NoticeReceiptQuery query = NOTICE_RECEIPT_QUERY_INIT;
    int32_t status;
    query.id = f->id;
    status = notice_receipts(P(0, f->board), P(1, &query), P(2, &f->out.receipts));
    if (status == NOTICE_OK)
        notice_receipts_free(&f->out.receipts);
    return status;
}

static inline int32_t call_receipts_free(struct fixture *f)
{
    NoticeReceiptQuery query = NOTICE_RECEIPT_QUERY_INIT;
    NoticeReceiptArray array;
    query.id = f->id;
    CHECK_OK(notice_receipts(f->own, &query, &array));
    notice_receipts_free(P(0, &array));
    if (array.memory != NULL) {
        notice_receipts_free(&array);
        return f->null == 0 ? NOTICE_OK : NOTICE_PANIC;
    }
    return NOTICE_OK;
}

/* Leaves it retracted, as it was. */
static inline int32_t call_restore(struct fixture *f)
{
    const int32_t status = notice_restore(P(0, f->board), f->retracted_id, 0, P(1, &f->out.published[0]));
    if (status == NOTICE_OK)
        CHECK_OK(notice_retract(f->board, f->retracted_id, NULL, 0, 0, NULL));
    return status;
}

static inline int32_t call_history_json(struct fixture *f)
{
    return notice_history_json(P(0, f->board), f->id, P(1, f->out.buf), SIZE(1, sizeof f->out.buf), P(2, &f->out.size));
}

/* Leaves a draft, as it was there before. */
static inline int32_t call_release(struct fixture *f)
{
    const int32_t status = notice_release(P(0, f->board), f->draft_id, 0, P(1, &f->out.published[0]));
    if (status == NOTICE_OK) {
        CHECK_OK(notice_purge(f->board, f->draft_id, NULL));
        f->draft_id = publish_draft(f->board);
    }
    return status;
}

static inline int32_t call_restore_backup(struct fixture *f)
{
    const struct place from = fresh_path("from.notice"), to = fresh_path("to.notice");
    CHECK_OK(notice_backup(f->own, from.text, from.len, NULL));
    return notice_restore_backup(P(0, from.text), SIZE(0, from.len), P(1, to.text), SIZE(1, to.len));
}

static inline int32_t call_retract(struct fixture *f)
{
    return notice_retract(P(0, f->board), f->retracted_id, P(1, "a mistake"), SIZE(1, 9), 0,
                          P(2, &f->out.published[0]));
}

static inline int32_t call_share(struct fixture *f)
{
    NoticeBoard *const board = f->board == f->own ? open_board() : f->board;
    const char *const name = fresh_name();
    const int32_t status = notice_share(P(0, board), P(1, name), SIZE(1, strlen(name)));
    if (board != f->board)
        notice_close(board, 0);
    return status;
}

static inline int32_t call_stats_json(struct fixture *f)
{
    return notice_stats_json(P(0, f->board), P(1, f->out.buf), SIZE(1, sizeof f->out.buf), P(2, &f->out.size));
}

static inline int32_t call_status_message(struct fixture *f)
{
    (void)f;
    return *notice_status_message(NOTICE_NOT_FOUND, NOTICE_LANGUAGE_EN) ? NOTICE_OK : NOTICE_PANIC;
}

static inline int32_t call_status_name(struct fixture *f)
{
    (void)f;
    return *notice_status_name(NOTICE_NOT_FOUND) ? NOTICE_OK : NOTICE_PANIC;
}

static inline int32_t call_update_json(struct fixture *f)
{
    static const char PATCH[] = "{\"priority\": 7}";
    return notice_update_json(P(0, f->board), f->id, P(1, PATCH), SIZE(1, sizeof PATCH - 1), 0, NOTICE_CHANGE_DEFAULT,
                              P(2, &f->out.published[0]));
}

static inline int32_t call_verify_file_json(struct fixture *f)
{
    const struct place path = fresh_path("verified.notice");
    CHECK_OK(notice_backup(f->own, path.text, path.len, NULL));
    return notice_verify_file_json(P(0, path.text), SIZE(0, path.len), P(1, f->out.buf), SIZE(1, sizeof f->out.buf),
                                   P(2, &f->out.size));
}

static inline int32_t call_verify_json(struct fixture *f)
{
    return notice_verify_json(P(0, f->board), P(1, f->out.buf), SIZE(1, sizeof f->out.buf), P(2, &f->out.size));
}

static inline int32_t call_version(struct fixture *f)
{
    (void)f;
    return *notice_version() ? NOTICE_OK : NOTICE_PANIC;
}

static inline int32_t call_head(struct fixture *f)
{
    return notice_head(P(0, f->board), P(1, &f->out.head));
}

static inline int32_t call_follower_next(struct fixture *f)
{
    const NoticeFollower follower = NOTICE_FOLLOWER_INIT;
    const NoticeHead head = NOTICE_HEAD_INIT;
    return notice_follower_next(P(0, &follower), P(1, &head), 1, P(2, &f->out.existed), P(3, &f->out.revision));
}

static inline int32_t call_follower_answered(struct fixture *f)
{
    static const uint8_t EPOCH[16] = { 1 };
    NoticeFollower follower = NOTICE_FOLLOWER_INIT;
    return notice_follower_answered(P(0, &follower), P(1, EPOCH), 1, 1, 0, P(2, &f->out.number));
}

static inline int32_t call_follower_failed(struct fixture *f)
{
    NoticeFollower follower = NOTICE_FOLLOWER_INIT;
    return notice_follower_failed(P(0, &follower), NOTICE_IO, 1);
}

static inline void ignore_head(void *user, const NoticeHead *head)
{
    (void)user;
    (void)head;
}

static inline int32_t call_on_change(struct fixture *f)
{
    return notice_on_change(P(0, f->board), P(1, ignore_head), P(2, f), P(3, &f->out.number));
}

static inline int32_t call_on_change_remove(struct fixture *f)
{
    uint64_t listener = 0;
    CHECK_OK(notice_on_change(f->own, ignore_head, NULL, &listener));
    return notice_on_change_remove(P(0, f->board), listener);
}

static inline int32_t call_wait(struct fixture *f)
{
    return notice_wait(P(0, f->board), 0, 0, P(1, &f->out.revision));
}

#endif
