/* The E layer: boards and results that were closed, freed twice, never given, or are of the other kind. */

#define _DEFAULT_SOURCE

#include "e_calls.h"

#include <unistd.h>

static void refused_with(struct e_fixture *f, int32_t board, int32_t result, const char *what)
{
    size_t i;
    for (i = 0; i < E_CALL_COUNT; i++) {
        const struct e_call *const call = &E_CALLS[i];
        if (!call->is_on_board && !call->is_on_result)
            continue;
        ABOUT("%s with %s", call->function, what);
        f->board = board;
        f->result = result;
        CHECK_INT(e_status_of(f, call), -NOTICE_INVALID_FIELD);
        CHECK_TEXT(e_announce_last_error_path(), call->is_on_board ? "board" : "result");
    }
    f->board = f->own_board;
    f->result = f->own_result;
}

static void what_is_not_there_is_refused(struct e_fixture *f)
{
    static const int32_t NUMBERS[] = { 0, 1, -1, 2, 1023, 1024, 2047, INT32_MAX, INT32_MIN, -5 };
    const int32_t board = e_announce_open("mem:");
    const int32_t result = e_announce_query(board, "");
    size_t i;
    for (i = 0; i < sizeof NUMBERS / sizeof NUMBERS[0]; i++)
        refused_with(f, NUMBERS[i], NUMBERS[i], "a number that is none");
    refused_with(f, f->own_result, f->own_board, "one for the other");
    CHECK_INT(e_announce_free(result), 0);
    CHECK_INT(e_announce_close(board), 0);
    refused_with(f, board, result, "what was given back");
}

static void a_place_that_is_used_again_is_another_one(struct e_fixture *f)
{
    const int32_t board = e_announce_open("mem:");
    const int32_t result = e_announce_query(f->own_board, "");
    int32_t n, others = 0;
    CHECK_INT(e_announce_close(board), 0);
    CHECK_INT(e_announce_free(result), 0);
    ABOUT("places used again");
    for (n = 0; n < 3 * E_ANNOUNCE_MAX_HANDLES; n++) {
        const int32_t other_board = e_announce_open("mem:");
        const int32_t other = e_announce_query(f->own_board, "");
        CHECK(other_board > 0 && other_board != board);
        CHECK(other > 0 && other != result);
        CHECK_INT(e_announce_count(result), -NOTICE_INVALID_FIELD);
        CHECK_INT(e_announce_poll(board), -NOTICE_INVALID_FIELD);
        CHECK_INT(e_announce_close(board), -NOTICE_INVALID_FIELD);
        CHECK_INT(e_announce_free(result), -NOTICE_INVALID_FIELD);
        CHECK_INT(e_announce_free(other), 0);
        CHECK_INT(e_announce_close(other_board), 0);
        others++;
    }
    CHECK_INT(others, 3 * E_ANNOUNCE_MAX_HANDLES);
}

static void there_is_a_limit_that_is_told(struct e_fixture *f)
{
    static int32_t results[E_ANNOUNCE_MAX_HANDLES];
    int32_t count = 0, result;
    ABOUT("as many results as there can be");
    while ((result = e_announce_query(f->own_board, "")) > 0) {
        CHECK(count < E_ANNOUNCE_MAX_HANDLES);
        results[count++] = result;
    }
    CHECK_INT(result, -NOTICE_TOO_LARGE);
    CHECK_INT(e_announce_last_error_limit(), E_ANNOUNCE_MAX_HANDLES);
    /* One of them is the fixture's. */
    CHECK_INT(count, E_ANNOUNCE_MAX_HANDLES - 1);
    while (count > 0)
        CHECK_INT(e_announce_free(results[--count]), 0);
}

static void a_result_outlives_its_board(void)
{
    const int32_t board = e_announce_open("mem:");
    int32_t result;
    ABOUT("a result of a board that was closed");
    CHECK_INT(e_announce_publish(board, "", "", "Title", "", 1), 1);
    CHECK_INT(e_announce_set_viewer(board, "user", "li.na"), 0);
    result = e_announce_query(board, "");
    CHECK_INT(e_announce_close(board), 0);
    CHECK_TEXT(e_announce_text(result, 1, E_ANNOUNCE_FIELD_TITLE), "Title");
    CHECK_INT(e_announce_mark(result, 1, NOTICE_MARK_READ), -NOTICE_INVALID_FIELD);
    CHECK_TEXT(e_announce_last_error_path(), "board");
    CHECK_INT(e_announce_free(result), 0);
}

/* The path is GBK, and names the same file each time. */
static void a_board_in_a_file_is_there_again(void)
{
    char folder[] = "/tmp/notice-e-XXXXXX", url[64];
    int32_t board, result;
    ABOUT("a board in a file");
    CHECK(mkdtemp(folder) != NULL);
    snprintf(url, sizeof url, "file:%s/\xB0\xE5.db", folder);
    board = e_announce_open(url);
    CHECK(board > 0);
    CHECK_INT(e_announce_publish(board, "", "kept", "\xB9\xAB\xB8\xE6", "", 1), 1);
    CHECK_INT(e_announce_open(url), -NOTICE_LOCKED);
    CHECK_INT(e_announce_close(board), 0);
    board = e_announce_open(url);
    CHECK(board > 0);
    result = e_announce_query(board, "key=kept");
    CHECK_TEXT(e_announce_text(result, 1, E_ANNOUNCE_FIELD_TITLE), "\xB9\xAB\xB8\xE6");
    CHECK_INT(e_announce_free(result), 0);
    CHECK_INT(e_announce_close(board), 0);
    /* The name of the file in the file system is UTF-8. */
    snprintf(url, sizeof url, "%s/\xE6\x9D\xBF.db", folder);
    CHECK_INT(unlink(url), 0);
    CHECK_INT(rmdir(folder), 0);
}

static void rows_and_fields_that_are_not_there_are_refused(struct e_fixture *f)
{
    static const int32_t ROWS[] = { -1, 2, INT32_MAX, INT32_MIN };
    static const int32_t FIELDS[] = { 0, -1, E_ANNOUNCE_FIELDS + 1, INT32_MAX, INT32_MIN };
    size_t i;
    for (i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        ABOUT("row %d", ROWS[i]);
        CHECK_TEXT(e_announce_text(f->result, ROWS[i], E_ANNOUNCE_FIELD_TITLE), "");
        CHECK_INT(e_announce_last_status(), -NOTICE_INVALID_FIELD);
        CHECK_TEXT(e_announce_last_error_path(), "row");
        CHECK_TEXT(e_announce_row(f->result, ROWS[i]), "");
        CHECK_TEXT(e_announce_id(f->result, ROWS[i]), "");
        CHECK_INT(e_announce_number(f->result, ROWS[i], 1), -NOTICE_INVALID_FIELD);
        CHECK_INT(e_announce_mark(f->result, ROWS[i], 1), -NOTICE_INVALID_FIELD);
        CHECK_TEXT(e_announce_action(f->result, 1, ROWS[i], 1), "");
        CHECK_TEXT(e_announce_last_error_path(), "index");
    }
    for (i = 0; i < sizeof FIELDS / sizeof FIELDS[0]; i++) {
        ABOUT("field %d", FIELDS[i]);
        CHECK_TEXT(e_announce_text(f->result, 1, FIELDS[i]), "");
        CHECK_TEXT(e_announce_last_error_path(), "field");
        CHECK_INT(e_announce_number(f->result, 1, FIELDS[i]), -NOTICE_INVALID_FIELD);
        CHECK_INT(e_announce_number(f->result, 0, FIELDS[i]), -NOTICE_INVALID_FIELD);
        CHECK_TEXT(e_announce_action(f->result, 1, 1, FIELDS[i] == 0 ? 5 : FIELDS[i]), "");
    }
    ABOUT("row 0");
    CHECK_TEXT(e_announce_row(f->result, 0), "");
    CHECK_TEXT(e_announce_id(f->result, 0), "");
    CHECK_INT(e_announce_number(f->result, 0, E_ANNOUNCE_RESULT_TOTAL), 1);
    CHECK_INT(e_announce_mark(f->result, 0, NOTICE_MARK_READ), 1);
}

int main(int argc, char **argv)
{
    struct e_fixture f;
    /* A deadlock is a failure, too. */
    alarm(300);
    e_check_calls_are_complete(argc, argv);
    e_fill_fixture(&f);
    what_is_not_there_is_refused(&f);
    a_place_that_is_used_again_is_another_one(&f);
    there_is_a_limit_that_is_told(&f);
    a_result_outlives_its_board();
    a_board_in_a_file_is_there_again();
    rows_and_fields_that_are_not_there_are_refused(&f);
    CHECK_INT(e_announce_free(f.own_result), 0);
    CHECK_INT(e_announce_close(f.own_board), 0);
    return 0;
}
