/* A board that outlives the program: one run writes, another reads. */
#include <stdio.h>
#include <stdlib.h>

#include "call.h"
#include "check.h"
#include "tests.h"

#define COUNT 5

void write_board(const char *url)
{
    const int32_t board = NUMBER("e_announce_open", TEXT_IN(url));
    int n;
    if (board < 0)
        fail("%s: %s", url, call_text("e_announce_last_error", 0, NULL));
    for (n = 0; n < COUNT; n++) {
        char key[16];
        snprintf(key, sizeof key, "k%d", n);
        EQUAL(NUMBER("e_announce_publish", INT(board), TEXT_IN(""), TEXT_IN(key), TEXT_IN("写在文件里"), TEXT_IN(""),
                     INT(1)),
              1);
    }
    EQUAL(NUMBER("e_announce_set_viewer", INT(board), TEXT_IN("用户"), TEXT_IN("张三")), 0);
    EQUAL(NUMBER("e_announce_mark_all_read", INT(board), TEXT_IN("")), 0);
    EQUAL(NUMBER("e_announce_publish", INT(board), TEXT_IN(""), TEXT_IN("last"), TEXT_IN("最后一条"), TEXT_IN(""), INT(1)),
          1);
    EQUAL(NUMBER("e_announce_close", INT(board)), 0);
}

void read_board(const char *url)
{
    const int32_t board = NUMBER("e_announce_open", TEXT_IN(url));
    int32_t result;
    if (board < 0)
        fail("%s: %s", url, call_text("e_announce_last_error", 0, NULL));
    EQUAL(NUMBER("e_announce_set_viewer", INT(board), TEXT_IN("用户"), TEXT_IN("张三")), 0);
    EQUAL(NUMBER("e_announce_count_active", INT(board), TEXT_IN("")), COUNT + 1);
    result = NUMBER("e_announce_query", INT(board), TEXT_IN("unread"));
    EQUAL(NUMBER("e_announce_count", INT(result)), 1);
    SAME(TEXT_OF("e_announce_text", INT(result), INT(1), INT(FIELD_TITLE)), "最后一条");
    EQUAL(NUMBER("e_announce_free", INT(result)), 0);
    EQUAL(NUMBER("e_announce_close", INT(board)), 0);
}
