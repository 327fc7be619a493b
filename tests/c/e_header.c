/* notice_e.h alone and twice, its example, and its numbers. */

#include <notice_e.h>

#include <notice_e.h>

#include "check.h"

static void the_example_of_the_header(void)
{
    const int32_t board = e_announce_open("mem:");
    int32_t result, row;
    CHECK_INT(e_announce_publish(board, "", "", "Maintenance tonight", "", NOTICE_SEVERITY_INFO), 1);
    result = e_announce_query(board, "unread limit=20");
    for (row = 1; row <= e_announce_count(result); row++)
        CHECK_TEXT(e_announce_text(result, row, E_ANNOUNCE_FIELD_TITLE), "Maintenance tonight");
    CHECK_INT(row, 2);
    CHECK_INT(e_announce_free(result), 0);
    CHECK_INT(e_announce_close(board), 0);
}

int main(void)
{
    the_example_of_the_header();
    CHECK_INT(e_announce_abi_version(), E_ANNOUNCE_ABI_VERSION);
    CHECK_TEXT(e_announce_version(), NOTICE_VERSION);
    /* A call that succeeds clears the status. */
    CHECK_INT(e_announce_count(-1), -NOTICE_INVALID_FIELD);
    CHECK_INT(e_announce_last_status(), -NOTICE_INVALID_FIELD);
    CHECK_INT(e_announce_abi_version(), 1);
    CHECK_INT(e_announce_last_status(), 0);
    return 0;
}
