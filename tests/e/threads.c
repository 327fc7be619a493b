/* Calls from several threads: each has its own texts and its own last error. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "call.h"
#include "check.h"
#include "tests.h"

#define THREADS 4
#define ROUNDS 200

static int32_t shared;

/* Publishes, reads and errs by itself, on a board that the others use as well. */
static DWORD WINAPI one_of_many(void *argument)
{
    const int me = (int)(intptr_t)argument;
    int n;
    for (n = 0; n < ROUNDS; n++) {
        char title[64], key[32], conditions[64], long_key[600];
        int32_t result;
        snprintf(title, sizeof title, "线程%d的第%d条", me, n);
        snprintf(key, sizeof key, "t%d", me);
        snprintf(conditions, sizeof conditions, "channel=c%d", me);
        EQUAL(NUMBER("e_announce_publish", INT(shared), TEXT_IN(conditions + 8), TEXT_IN(key), TEXT_IN(title),
                     TEXT_IN(""), INT(0)),
              1);
        result = NUMBER("e_announce_query", INT(shared), TEXT_IN(conditions));
        EQUAL(NUMBER("e_announce_count", INT(result)), 1);
        SAME(TEXT_OF("e_announce_text", INT(result), INT(1), INT(FIELD_TITLE)), title);
        SAME(call_text("e_announce_last_error", 0, NULL), "");
        memset(long_key, 'k', sizeof long_key - 1);
        long_key[sizeof long_key - 1] = 0;
        CHECK(NUMBER("e_announce_publish", INT(shared), TEXT_IN(""), TEXT_IN(long_key), TEXT_IN("t"), TEXT_IN(""),
                     INT(0)) < 0);
        CHECK(call_number("e_announce_last_status", 0, NULL) < 0);
        EQUAL(NUMBER("e_announce_free", INT(result)), 0);
    }
    return 0;
}

static DWORD WINAPI reads_texts(void *argument)
{
    (void)argument;
    free(call_text("e_announce_version", 0, NULL));
    free(TEXT_OF("e_announce_quote", TEXT_IN("另一个线程的文本")));
    return 0;
}

static void join(HANDLE thread)
{
    CHECK(thread != NULL);
    CHECK(WaitForSingleObject(thread, 120000) == WAIT_OBJECT_0);
    CloseHandle(thread);
}

void test_threads(void)
{
    HANDLE threads[THREADS];
    const char *text;
    char *before;
    int n;
    shared = board_with(0);
    for (n = 0; n < THREADS; n++)
        threads[n] = CreateThread(NULL, 0, one_of_many, (void *)(intptr_t)n, 0, NULL);
    for (n = 0; n < THREADS; n++)
        join(threads[n]);
    EQUAL(NUMBER("e_announce_count_active", INT(shared), TEXT_IN("")), THREADS);
    /* A text stays where it is while others call. */
    text = call_text_in_place("e_announce_quote", VALUES(TEXT_IN("这个线程的文本 a b")));
    before = strdup(text);
    for (n = 0; n < 20; n++)
        join(CreateThread(NULL, 0, reads_texts, NULL, 0, NULL));
    CHECK(strcmp(text, before) == 0);
    free(before);
    EQUAL(NUMBER("e_announce_close", INT(shared)), 0);
}
