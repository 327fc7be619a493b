/* Boards and results that were given back, or never given: an error each time, and never another one's. */
#include <stdlib.h>

#include "call.h"
#include "check.h"
#include "tests.h"

static const int32_t NEVER_GIVEN[] = {0, -1, 0x7FFFFFFF, -0x7FFFFFFF - 1};

static void is_no_board(int32_t board)
{
    EQUAL(NUMBER("e_announce_close", INT(board)), INVALID);
    EQUAL(NUMBER("e_announce_query", INT(board), TEXT_IN("")), INVALID);
    EQUAL(NUMBER("e_announce_poll", INT(board)), INVALID);
    SAME(TEXT_OF("e_announce_stats", INT(board)), "");
    EQUAL(call_number("e_announce_last_status", 0, NULL), INVALID);
}

static void is_no_result(int32_t result)
{
    EQUAL(NUMBER("e_announce_free", INT(result)), INVALID);
    EQUAL(NUMBER("e_announce_count", INT(result)), INVALID);
    SAME(TEXT_OF("e_announce_row", INT(result), INT(1)), "");
    EQUAL(call_number("e_announce_last_status", 0, NULL), INVALID);
}

void test_handles(void)
{
    int n;
    int32_t board, result, other;
    for (n = 0; n < (int)(sizeof NEVER_GIVEN / sizeof NEVER_GIVEN[0]); n++) {
        is_no_board(NEVER_GIVEN[n]);
        is_no_result(NEVER_GIVEN[n]);
    }
    board = board_with(1);
    result = NUMBER("e_announce_query", INT(board), TEXT_IN(""));
    CHECK(result > 0);
    EQUAL(NUMBER("e_announce_free", INT(result)), 0);
    is_no_result(result);
    /* Its place is used again and again; the old number stays dead. */
    for (n = 0; n < 2000; n++) {
        other = NUMBER("e_announce_query", INT(board), TEXT_IN(""));
        CHECK(other > 0 && other != result);
        EQUAL(NUMBER("e_announce_count", INT(result)), INVALID);
        EQUAL(NUMBER("e_announce_free", INT(result)), INVALID);
        EQUAL(NUMBER("e_announce_free", INT(other)), 0);
    }
    EQUAL(NUMBER("e_announce_close", INT(board)), 0);
    is_no_board(board);
    other = board_with(1);
    CHECK(other != board);
    is_no_board(board);
    EQUAL(NUMBER("e_announce_count_active", INT(other), TEXT_IN("")), 1);
    EQUAL(NUMBER("e_announce_close", INT(other)), 0);
}
