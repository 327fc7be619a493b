#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call.h"

void check_equal(const char *file, int line, const char *what, int32_t got, int32_t wanted)
{
    if (got != wanted)
        fail("%s:%d: %s is %d and not %d; %s", file, line, what, (int)got, (int)wanted,
             call_text("e_announce_last_error", 0, NULL));
}

void check_same(const char *file, int line, const char *what, char *got, const char *wanted)
{
    if (strcmp(got, wanted) != 0)
        fail("%s:%d: %s is \"%s\" and not \"%s\"", file, line, what, got, wanted);
    free(got);
}

int32_t board_with(int announcements)
{
    const int32_t board = NUMBER("e_announce_open", TEXT_IN("mem:"));
    int n;
    CHECK(board > 0);
    for (n = 1; n <= announcements; n++) {
        char key[16];
        snprintf(key, sizeof key, "k%d", n);
        EQUAL(NUMBER("e_announce_publish", INT(board), TEXT_IN("news"), TEXT_IN(key), TEXT_IN("维护通知 Maintenance"),
                     TEXT_IN("今晚22点停机维护，请提前下线。\r\n谢谢！"), INT(1)),
              1);
    }
    return board;
}
