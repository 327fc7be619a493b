/* What a test expects. */
#ifndef CHECK_H
#define CHECK_H

#include <stdint.h>

#include "fail.h"

#define CHECK(condition)                                                                                              \
    do {                                                                                                              \
        if (!(condition))                                                                                             \
            fail("%s:%d: %s", __FILE__, __LINE__, #condition);                                                        \
    } while (0)

/* A number that a call gave. */
#define EQUAL(got, wanted) check_equal(__FILE__, __LINE__, #got, (got), (wanted))
/* A text that a call gave, which is freed. */
#define SAME(got, wanted) check_same(__FILE__, __LINE__, #got, (got), (wanted))

void check_equal(const char *file, int line, const char *what, int32_t got, int32_t wanted);
void check_same(const char *file, int line, const char *what, char *got, const char *wanted);

/* A new board in memory, with announcements whose keys are k1, k2 and so on. */
int32_t board_with(int announcements);

#define INVALID (-5)
#define FIELD_TITLE 2
#define FIELD_BODY 4

#endif
