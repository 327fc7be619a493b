/* A right call of every function of notice_e.h, for E_CALLS in e_calls.h, which includes this: T, B and CAPACITY are
 * from there. */

#ifndef E_CALL_EACH_H
#define E_CALL_EACH_H

/* Opening and closing */

static inline int32_t e_call_open(struct e_fixture *f)
{
    const int32_t board = e_announce_open(T(0, "mem:"));
    if (board > 0)
        CHECK_INT(e_announce_close(board), 0);
    return board;
}

static inline int32_t e_call_share(struct e_fixture *f)
{
    static int number;
    /* Left open by a failure, whose status closing it would overwrite. */
    static int32_t unshared;
    char name[64];
    int32_t board = f->board, status;
    if (f->board == f->own_board)
        board = unshared > 0 ? unshared : e_announce_open("mem:");
    snprintf(name, sizeof name, "test-e-%ld-%d", (long)getpid(), number++);
    status = e_announce_share(board, T(0, name));
    if (board == f->board)
        return status;
    unshared = status == 0 ? 0 : board;
    if (status == 0)
        CHECK_INT(e_announce_close(board), 0);
    return status;
}

static inline int32_t e_call_discard(struct e_fixture *f)
{
    int32_t board;
    if (f->board != f->own_board)
        return e_announce_discard(f->board);
    board = e_announce_open("mem:");
    CHECK(board > 0);
    return e_announce_discard(board);
}

static inline int32_t e_call_flush(struct e_fixture *f)
{
    return e_announce_flush(f->board);
}

static inline int32_t e_call_close(struct e_fixture *f)
{
    int32_t board;
    if (f->board != f->own_board)
        return e_announce_close(f->board);
    board = e_announce_open("mem:");
    CHECK(board > 0);
    return e_announce_close(board);
}

static inline int32_t e_call_set_clock(struct e_fixture *f)
{
    return e_announce_set_clock(f->board, T(0, ""));
}

static inline int32_t e_call_set_viewer(struct e_fixture *f)
{
    return e_announce_set_viewer(f->board, T(0, "role"), T(1, "editor"));
}

/* Asking */

/* Frees a result that was made. */
static inline int32_t e_freed(int32_t result)
{
    if (result > 0)
        CHECK_INT(e_announce_free(result), 0);
    return result;
}

static inline int32_t e_call_query(struct e_fixture *f)
{
    return e_freed(e_announce_query(f->board, T(0, "channel=default")));
}

static inline int32_t e_call_get(struct e_fixture *f)
{
    return e_freed(e_announce_get(f->board, T(0, f->id), T(1, "view=viewer")));
}

static inline int32_t e_call_free(struct e_fixture *f)
{
    int32_t result;
    if (f->result != f->own_result)
        return e_announce_free(f->result);
    result = e_announce_query(f->own_board, "");
    CHECK(result > 0);
    return e_announce_free(result);
}

static inline int32_t e_call_count(struct e_fixture *f)
{
    return e_announce_count(f->result);
}

static inline int32_t e_call_total(struct e_fixture *f)
{
    return e_announce_total(f->result);
}

static inline int32_t e_call_unread(struct e_fixture *f)
{
    return e_announce_unread(f->result);
}

static inline int32_t e_call_count_active(struct e_fixture *f)
{
    return e_announce_count_active(f->board, T(0, "channel=default"));
}

static inline int32_t e_call_count_unread(struct e_fixture *f)
{
    return e_announce_count_unread(f->board, T(0, "channel=default"));
}

/* Reading a result */

static inline int32_t e_call_id(struct e_fixture *f)
{
    return e_text(e_announce_id(f->result, 1));
}

static inline int32_t e_call_number(struct e_fixture *f)
{
    return e_announce_number(f->result, 1, E_ANNOUNCE_FIELD_SEVERITY);
}

static inline int32_t e_call_number_halves(struct e_fixture *f)
{
    return e_announce_number_halves(f->result, 1, E_ANNOUNCE_FIELD_STARTS_AT, &f->low, &f->high);
}

static inline int32_t e_call_text(struct e_fixture *f)
{
    return e_text(e_announce_text(f->result, 1, E_ANNOUNCE_FIELD_TITLE));
}

static inline int32_t e_call_text_utf8(struct e_fixture *f)
{
    return e_announce_text_utf8(f->result, 1, E_ANNOUNCE_FIELD_TITLE, B(0, (uint8_t *)f->buffer),
                                CAPACITY(0, sizeof f->buffer));
}

static inline int32_t e_call_ids(struct e_fixture *f)
{
    return e_announce_ids(f->result, f->numbers, sizeof f->numbers / sizeof f->numbers[0]);
}

static inline int32_t e_call_row(struct e_fixture *f)
{
    return e_text(e_announce_row(f->result, 1));
}

static inline int32_t e_call_table(struct e_fixture *f)
{
    return e_announce_table(f->result, B(0, f->buffer), CAPACITY(0, sizeof f->buffer));
}

static inline int32_t e_call_action(struct e_fixture *f)
{
    return e_text(e_announce_action(f->result, 1, 1, E_ANNOUNCE_ACTION_VALUE));
}

static inline int32_t e_call_extra(struct e_fixture *f)
{
    return e_text(e_announce_extra(f->result, 1, T(0, "forced")));
}

/* Writing */

static inline int32_t e_call_publish(struct e_fixture *f)
{
    return e_announce_publish(f->board, T(0, "other"), T(1, "plain"), T(2, "Title"), T(3, "Body"),
                              NOTICE_SEVERITY_INFO);
}

#define E_JSON "{\"channel\": \"other\", \"key\": \"json\", \"texts\": {\"en\": {\"title\": \"From JSON\"}}}"
#define E_OPERATIONS "[{\"publish\": " E_JSON "}]"

static inline int32_t e_call_publish_json(struct e_fixture *f)
{
    return e_announce_publish_json(f->board, T(0, E_JSON));
}

static inline int32_t e_call_publish_utf8(struct e_fixture *f)
{
    return e_announce_publish_utf8(f->board, B(0, (const uint8_t *)E_JSON), CAPACITY(0, sizeof E_JSON - 1));
}

static inline int32_t e_call_update_json(struct e_fixture *f)
{
    return e_announce_update_json(f->board, T(0, f->id), T(1, "{\"priority\": 7}"), 0, NOTICE_CHANGE_MINOR);
}

static inline int32_t e_call_apply_json(struct e_fixture *f)
{
    return e_announce_apply_json(f->board, T(0, E_OPERATIONS));
}

static inline int32_t e_call_apply_utf8(struct e_fixture *f)
{
    return e_announce_apply_utf8(f->board, B(0, (const uint8_t *)E_OPERATIONS),
                                 CAPACITY(0, sizeof E_OPERATIONS - 1));
}

static inline int32_t e_call_retract(struct e_fixture *f)
{
    return e_announce_retract(f->board, T(0, f->retracted_id), T(1, "a mistake"));
}

/* Leaves it retracted, as it was. */
static inline int32_t e_call_restore(struct e_fixture *f)
{
    const int32_t restored = e_announce_restore(f->board, T(0, f->retracted_id));
    if (restored > 0)
        CHECK_INT(e_announce_retract(f->own_board, f->retracted_id, ""), 1);
    return restored;
}

/* Leaves a draft, as it was there before. */
static inline void e_publish_draft(struct e_fixture *f);
static inline int32_t e_call_release(struct e_fixture *f)
{
    const int32_t released = e_announce_release(f->board, T(0, f->draft_id));
    if (released > 0) {
        CHECK_INT(e_announce_purge(f->own_board, f->draft_id), 1);
        e_publish_draft(f);
    }
    return released;
}

/* Erases what was published for it; on a board that refuses that, another one. */
static inline int32_t e_call_purge(struct e_fixture *f)
{
    char id[24];
    if (e_announce_publish(f->own_board, "other", "purged", "Gone soon", NULL, 0) == 1)
        snprintf(id, sizeof id, "%s", e_announce_published_id(1));
    else
        snprintf(id, sizeof id, "%s", f->id);
    return e_announce_purge(f->board, T(0, id));
}

/* Whether this thread has published something. */
static inline void e_have_published(struct e_fixture *f)
{
    if (e_announce_published_id(1)[0] == '\0')
        CHECK_INT(e_announce_publish(f->own_board, "other", "plain", "Title", "", 1), 1);
}

static inline int32_t e_call_published_id(struct e_fixture *f)
{
    (void)f;
    return e_text(e_announce_published_id(1));
}

static inline int32_t e_call_published(struct e_fixture *f)
{
    (void)f;
    return e_text(e_announce_published(1));
}

static inline int32_t e_call_check_json(struct e_fixture *f)
{
    return e_announce_check_json(f->board, T(0, "{}"));
}

static inline int32_t e_call_check_utf8(struct e_fixture *f)
{
    return e_announce_check_utf8(f->board, B(0, (const uint8_t *)E_JSON), CAPACITY(0, sizeof E_JSON - 1));
}

static inline int32_t e_call_finding(struct e_fixture *f)
{
    CHECK(e_announce_check_json(f->own_board, "{}") > 0);
    return e_text(e_announce_finding(1));
}

static inline int32_t e_call_json(struct e_fixture *f)
{
    return e_announce_json(f->board, T(0, f->id), B(1, (uint8_t *)f->buffer), CAPACITY(1, sizeof f->buffer));
}

static inline int32_t e_call_history(struct e_fixture *f)
{
    return e_announce_history(f->board, T(0, f->id), B(1, (uint8_t *)f->buffer), CAPACITY(1, sizeof f->buffer));
}

/* Marks and explanations */

static inline int32_t e_call_mark(struct e_fixture *f)
{
    return e_announce_mark(f->result, 1, NOTICE_MARK_READ);
}

static inline int32_t e_call_mark_ids(struct e_fixture *f)
{
    return e_announce_mark_ids(f->board, T(0, f->id), NOTICE_MARK_READ);
}

static inline int32_t e_call_snooze(struct e_fixture *f)
{
    /* The board has the clock of the machine. */
    char tomorrow[32];
    snprintf(tomorrow, sizeof tomorrow, "@%lld000", (long long)time(NULL) + 86400);
    return e_announce_snooze(f->board, T(0, f->id), T(1, tomorrow));
}

static inline int32_t e_call_mark_all(struct e_fixture *f)
{
    return e_announce_mark_all(f->board, T(0, "channel=other"), NOTICE_MARK_SEEN);
}

static inline int32_t e_call_mark_all_read(struct e_fixture *f)
{
    return e_announce_mark_all_read(f->board, T(0, "channel=other"));
}

static inline int32_t e_call_forget_user(struct e_fixture *f)
{
    return e_announce_forget_user(f->board, T(0, "li.na"));
}

static inline int32_t e_call_explain(struct e_fixture *f)
{
    return e_text(e_announce_explain(f->board, T(0, f->id), T(1, "view=editor")));
}

static inline int32_t e_call_explain_rules(struct e_fixture *f)
{
    return e_announce_explain_rules(f->board, T(0, f->id), T(1, "view=editor"));
}

/* Watching */

static inline int32_t e_call_own_revision(struct e_fixture *f)
{
    return e_announce_own_revision(f->board);
}

static inline int32_t e_call_poll(struct e_fixture *f)
{
    return e_announce_poll(f->board);
}

/* There are no windows where these programs run. */
static inline int32_t e_call_notify_window(struct e_fixture *f)
{
    const int32_t status = e_announce_notify_window(f->board, 0, E_ANNOUNCE_LABEL_MESSAGE);
    return status == -NOTICE_UNSUPPORTED ? 0 : status;
}

static inline int32_t e_call_next_change_seconds(struct e_fixture *f)
{
    return e_announce_next_change_seconds(f->board);
}

/* Helpers */

static inline int32_t e_call_stats(struct e_fixture *f)
{
    return e_text(e_announce_stats(f->board));
}

static inline int32_t e_call_quote(struct e_fixture *f)
{
    return e_text(e_announce_quote(T(0, "a b")));
}

static inline int32_t e_call_json_text(struct e_fixture *f)
{
    return e_text(e_announce_json_text(T(0, "a \"b\"")));
}

static inline int32_t e_call_time_text(struct e_fixture *f)
{
    (void)f;
    return e_text(e_announce_time_text(1, 2));
}

static inline int32_t e_call_version_matches(struct e_fixture *f)
{
    return e_announce_version_matches(T(0, "7.10.5"), T(1, ">=7.9 <8"));
}

static inline int32_t e_call_compare_versions(struct e_fixture *f)
{
    return e_announce_compare_versions(T(0, "1.9"), T(1, "1.10"));
}

static inline int32_t e_call_status_text(struct e_fixture *f)
{
    (void)f;
    return e_text(e_announce_status_text(-NOTICE_LOCKED));
}

static inline int32_t e_call_version(struct e_fixture *f)
{
    (void)f;
    return e_text(e_announce_version());
}

static inline int32_t e_call_abi_version(struct e_fixture *f)
{
    (void)f;
    return e_announce_abi_version();
}

/* The status: whatever it is, it may be read. */

static inline int32_t e_call_last_error(struct e_fixture *f)
{
    (void)f;
    return e_text(e_announce_last_error());
}

static inline int32_t e_call_last_error_english(struct e_fixture *f)
{
    (void)f;
    return e_text(e_announce_last_error_english());
}

static inline int32_t e_call_last_error_path(struct e_fixture *f)
{
    (void)f;
    return e_text(e_announce_last_error_path());
}

static inline int32_t e_call_last_error_offset(struct e_fixture *f)
{
    (void)f;
    return e_announce_last_error_offset();
}

static inline int32_t e_call_last_error_limit(struct e_fixture *f)
{
    (void)f;
    return e_announce_last_error_limit();
}

static inline int32_t e_call_last_status(struct e_fixture *f)
{
    (void)f;
    return e_announce_last_status();
}

#endif
