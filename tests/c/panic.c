/* Every exported function panics in turn, and so does a commit: the caller gets a status, and goes on.
 *
 * Only a library that is built with the feature panic-injection can do this; it is never shipped. */

#include "calls.h"
#include "e_calls.h"

/* Lets the next call of that function panic, once. */
#ifdef __cplusplus
extern "C"
#endif
int32_t notice_test_arm_panic(const char *name);

/* How many calls have panicked. */
#ifdef __cplusplus
extern "C"
#endif
uint32_t notice_test_panics(void);

/* What must be as it was. */
struct state {
    uint64_t total;
    int64_t revision;
};

static struct state state_of(NoticeBoard *board)
{
    struct state state;
    state.total = total_of(board);
    state.revision = revision_of(board);
    return state;
}

/* Something else as the last failure, to see what is left there. */
static void fail_otherwise(void)
{
    NoticeBoard *board;
    CHECK_STATUS(notice_open("nowhere", 7, NULL, &board), NOTICE_UNSUPPORTED);
}

static void the_board_answers(struct fixture *f)
{
    refresh(f);
    CHECK_OK(call_count(f));
    CHECK_INT(f->out.count.total, 1);
    CHECK_OK(call_query(f));
    CHECK_OK(call_publish(f));
    CHECK_INT(f->out.published[0].id, f->id);
    CHECK_INT(f->out.published[0].outcome, NOTICE_OUTCOME_UNCHANGED);
}

static void a_panic_becomes_a_status(struct fixture *f, const struct call *call)
{
    const uint32_t panics = notice_test_panics();
    struct outputs fresh;
    refresh(f);
    fresh = f->out;
    fail_otherwise();
    ABOUT("a panic in %s", call->function);
    CHECK_OK(notice_test_arm_panic(call->function));
    CHECK_INT(call->call(f), NOTICE_PANIC);
    CHECK_INT(check_last_info().status, call->answer == QUIET ? NOTICE_UNSUPPORTED : NOTICE_PANIC);
    CHECK((strstr(check_last_message(), call->function) != NULL) == (call->answer != QUIET));
    CHECK_BYTES(&f->out, &fresh, sizeof fresh);
    CHECK_INT(notice_test_panics(), panics + 1);
    ABOUT("after a panic in %s", call->function);
    /* It was armed once: now the call does what it always does. */
    CHECK_OK(call->call(f));
    the_board_answers(f);
}

static void a_panic_in_a_commit_poisons_the_board(struct fixture *f)
{
    struct state before;
    size_t i;
    ABOUT("a panic in a commit");
    before = state_of(f->board);
    refresh(f);
    /* Something new: what changes nothing makes no commit. */
    f->draft.draft.priority++;
    CHECK_OK(notice_test_arm_panic("commit"));
    CHECK_REFUSED(call_publish(f), NOTICE_PANIC, "");
    for (i = 0; i < COUNT_OF(CALLS); i++) {
        const struct call *const call = &CALLS[i];
        if (!call->is_on_board)
            continue;
        ABOUT("%s of a poisoned board", call->function);
        refresh(f);
        if (call->is_write)
            CHECK_REFUSED(call->call(f), NOTICE_POISONED, "");
        else
            CHECK_OK(call->call(f));
    }
    ABOUT("a poisoned board");
    CHECK_REFUSED(notice_import(f->board, "{}", 2), NOTICE_POISONED, "");
    CHECK_INT(total_of(f->board), before.total);
    CHECK_INT(revision_of(f->board), before.revision);
}

static void a_panic_becomes_a_negative_status(struct e_fixture *f, const struct e_call *call)
{
    const int32_t title = e_announce_count_active(f->board, "key=full");
    const uint32_t panics = notice_test_panics();
    int32_t returned;
    ABOUT("a panic in %s", call->function);
    e_have_published(f);
    /* Something else as the status, to see what is left there. */
    CHECK_INT(e_announce_open("nowhere"), -NOTICE_UNSUPPORTED);
    CHECK_OK(notice_test_arm_panic(call->function));
    returned = call->call(f);
    if (call->answer == E_NUMBER)
        CHECK_INT(returned, -NOTICE_PANIC);
    else if (call->answer == E_TEXT)
        CHECK_INT(returned, -1);
    CHECK_INT(e_announce_last_status(), call->answer == E_QUIET ? -NOTICE_UNSUPPORTED : -NOTICE_PANIC);
    CHECK((strstr(e_announce_last_error(), call->function) != NULL) == (call->answer != E_QUIET));
    CHECK_INT(notice_test_panics(), panics + 1);
    ABOUT("after a panic in %s", call->function);
    e_have_published(f);
    if (call->answer != E_QUIET)
        CHECK_INT(e_status_of(f, call), 0);
    CHECK_INT(e_announce_count_active(f->board, "key=full"), title);
}

static void the_e_layer_panics_in_turn(int argc, char **argv)
{
    struct e_fixture f;
    size_t i;
    e_check_calls_are_complete(argc, argv);
    e_fill_fixture(&f);
    for (i = 0; i < E_CALL_COUNT; i++)
        a_panic_becomes_a_negative_status(&f, &E_CALLS[i]);
    ABOUT("a panic in a commit of the E layer");
    CHECK_OK(notice_test_arm_panic("commit"));
    CHECK_INT(e_announce_publish(f.board, "", "", "New", "", 1), -NOTICE_PANIC);
    for (i = 0; i < E_CALL_COUNT; i++)
        if (E_CALLS[i].is_on_board && E_CALLS[i].is_write) {
            ABOUT("%s of a poisoned board", E_CALLS[i].function);
            CHECK_INT(e_status_of(&f, &E_CALLS[i]), -NOTICE_POISONED);
        }
    ABOUT("a poisoned board of the E layer");
    CHECK_INT(e_announce_count_active(f.board, "key=full"), 1);
    CHECK_INT(e_announce_free(f.result), 0);
    CHECK_INT(e_announce_close(f.board), 0);
}

/* Another board of the same process knows nothing of it. */
static void other_boards_go_on(void)
{
    NoticeBoard *const board = open_board();
    ABOUT("another board");
    publish_title(board, "As if nothing was");
    CHECK_INT(total_of(board), 1);
    notice_close(board, 0);
}

int main(int argc, char **argv)
{
    struct fixture f;
    size_t i;
    check_calls_are_complete(argc, argv);
    fill_fixture(&f);
    for (i = 0; i < COUNT_OF(CALLS); i++)
        a_panic_becomes_a_status(&f, &CALLS[i]);
    a_panic_in_a_commit_poisons_the_board(&f);
    other_boards_go_on();
    the_e_layer_panics_in_turn(argc, argv);
    notice_close(f.board, 0);
    return 0;
}
