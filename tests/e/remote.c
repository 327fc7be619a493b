/* The board of a daemon: asked, written, marked and watched like any other. */
#include <stdio.h>
#include <stdlib.h>

#include "call.h"
#include "check.h"
#include "tests.h"

void use_remote_board(const char *url)
{
    const int32_t board = NUMBER("e_announce_open", TEXT_IN(url));
    int32_t result, before;
    if (board < 0)
        fail("%s: %s", url, call_text("e_announce_last_error", 0, NULL));
    EQUAL(NUMBER("e_announce_set_viewer", INT(board), TEXT_IN("用户"), TEXT_IN("张三")), 0);
    before = NUMBER("e_announce_count_active", INT(board), TEXT_IN(""));
    EQUAL(NUMBER("e_announce_publish", INT(board), TEXT_IN(""), TEXT_IN("remote"), TEXT_IN("远程公告"),
                 TEXT_IN("经由守护进程"), INT(1)),
          1);
    EQUAL(NUMBER("e_announce_count_active", INT(board), TEXT_IN("")), before + 1);
    result = NUMBER("e_announce_query", INT(board), TEXT_IN("unread"));
    CHECK(NUMBER("e_announce_count", INT(result)) >= 1);
    SAME(TEXT_OF("e_announce_text", INT(result), INT(1), INT(FIELD_TITLE)), "远程公告");
    SAME(TEXT_OF("e_announce_text", INT(result), INT(1), INT(FIELD_BODY)), "经由守护进程");
    EQUAL(NUMBER("e_announce_free", INT(result)), 0);
    EQUAL(NUMBER("e_announce_mark_all_read", INT(board), TEXT_IN("")), 0);
    EQUAL(NUMBER("e_announce_count_unread", INT(board), TEXT_IN("")), 0);
    use_changes(board);
    printf("%s: good\n", url);
}

void refuse_remote_board(const char *url)
{
    const int32_t error = NUMBER("e_announce_open", TEXT_IN(url));
    CHECK(error < 0);
    printf("%d %s\n", (int)error, call_text("e_announce_last_error", 0, NULL));
}
