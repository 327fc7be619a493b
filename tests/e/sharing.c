/* Boards in shared memory, in one program: sharing, copies, and what is used up by it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

/* Behind windows.h, on which it is built. */
#include <psapi.h>

#include "call.h"
#include "check.h"
#include "tests.h"

#define LOCKED (-13)
#define NOT_FOUND (-1)
#define READ_ONLY (-12)
#define NO_CHOICE (-20)

#define CALLS 100000
#define BOARDS 200
/* Few: each tries again for a while, and Wine closes no file on which somebody has a lock before that is gone. */
#define LOCKED_CALLS 20
/* What the allocator and Wine may keep. One leaked call in a hundred would be more. */
#define SLACK (512 * 1024)

static DWORD handles(void)
{
    DWORD count = 0;
    CHECK(GetProcessHandleCount(GetCurrentProcess(), &count));
    return count;
}

static SIZE_T memory_in_use(void)
{
    PROCESS_MEMORY_COUNTERS counters = {0};
    CHECK(GetProcessMemoryInfo(GetCurrentProcess(), &counters, sizeof counters));
    return counters.PagefileUsage;
}

static int32_t share(int32_t board, const char *name)
{
    return NUMBER("e_announce_share", INT(board), TEXT_IN(name));
}

/* A name that no other run has. */
static const char *fresh_name(void)
{
    static char name[64];
    static int count;
    snprintf(name, sizeof name, "公告-%lu-%lu-%d", GetCurrentProcessId(), GetTickCount(), count++);
    return name;
}

static void open_shared(int32_t *copy, const char *name)
{
    char url[96];
    snprintf(url, sizeof url, "shm:%s", name);
    *copy = NUMBER("e_announce_open", TEXT_IN(url));
}

static void wait_for(int32_t copy, int32_t count)
{
    const DWORD start = GetTickCount();
    while (NUMBER("e_announce_count_active", INT(copy), TEXT_IN("")) != count) {
        CHECK(GetTickCount() - start < 30000);
        Sleep(1);
    }
}

static void follow_a_shared_board(void)
{
    const int32_t board = board_with(1);
    char *name = strdup(fresh_name());
    int32_t copy;
    open_shared(&copy, name);
    EQUAL(copy, NOT_FOUND);
    EQUAL(share(board, name), 0);
    open_shared(&copy, name);
    CHECK(copy > 0);
    EQUAL(NUMBER("e_announce_count_active", INT(copy), TEXT_IN("")), 1);
    EQUAL(NUMBER("e_announce_publish", INT(board), TEXT_IN(""), TEXT_IN("b"), TEXT_IN("新公告"), TEXT_IN(""), INT(0)), 1);
    wait_for(copy, 2);
    EQUAL(NUMBER("e_announce_publish", INT(copy), TEXT_IN(""), TEXT_IN("c"), TEXT_IN("新公告"), TEXT_IN(""), INT(0)),
          READ_ONLY);
    CHECK(strstr(call_text("e_announce_last_error", 0, NULL), name) != NULL);
    EQUAL(share(copy, fresh_name()), NO_CHOICE);
    EQUAL(NUMBER("e_announce_close", INT(board)), 0);
    EQUAL(NUMBER("e_announce_count_active", INT(copy), TEXT_IN("")), 2);
    EQUAL(NUMBER("e_announce_close", INT(copy)), 0);
    free(name);
}

/* Nothing is left of calls that are refused, nor of boards that were shared and followed. */
static void grow_by_nothing(void)
{
    const int32_t board = board_with(1);
    char *name = strdup(fresh_name());
    DWORD handles_before = 0;
    SIZE_T memory_before = 0;
    int n;
    EQUAL(share(board, name), 0);
    for (n = 0; n < CALLS; n++) {
        /* What is made once is there by then. */
        if (n == CALLS / 10) {
            handles_before = handles();
            memory_before = memory_in_use();
        }
        EQUAL(share(board, "公告/1"), INVALID);
    }
    CHECK(handles() <= handles_before);
    CHECK(memory_in_use() <= memory_before + SLACK);
    for (n = 0; n < LOCKED_CALLS; n++)
        EQUAL(share(board, name), LOCKED);
    EQUAL(NUMBER("e_announce_close", INT(board)), 0);
    for (n = 0; n < BOARDS; n++) {
        const int32_t one = board_with(1);
        int32_t copy;
        if (n == BOARDS / 4) {
            handles_before = handles();
            memory_before = memory_in_use();
        }
        EQUAL(share(one, name), 0);
        open_shared(&copy, name);
        CHECK(copy > 0);
        EQUAL(NUMBER("e_announce_close", INT(one)), 0);
        EQUAL(NUMBER("e_announce_close", INT(copy)), 0);
    }
    CHECK(handles() <= handles_before + 2);
    CHECK(memory_in_use() <= memory_before + SLACK);
    free(name);
}

void test_sharing(void)
{
    follow_a_shared_board();
    grow_by_nothing();
}

/* Without a place for shared memory, a file is opened all the same, once. */
void open_alone(const char *url)
{
    int32_t board;
    CHECK(SetEnvironmentVariableA("LOCALAPPDATA", NULL));
    board = NUMBER("e_announce_open", TEXT_IN(url));
    if (board < 0)
        fail("%s: %s", url, call_text("e_announce_last_error", 0, NULL));
    EQUAL(NUMBER("e_announce_publish", INT(board), TEXT_IN(""), TEXT_IN("a"), TEXT_IN("一条"), TEXT_IN(""), INT(0)), 1);
    EQUAL(NUMBER("e_announce_open", TEXT_IN(url)), LOCKED);
    CHECK(strstr(call_text("e_announce_last_error", 0, NULL), "LOCALAPPDATA") != NULL);
    EQUAL(NUMBER("e_announce_close", INT(board)), 0);
}

/* A program unloads the DLL while boards are open: their threads go on, and so does everything else. */
void unload_with_open_boards(void)
{
    const int32_t board = board_with(1);
    HMODULE library = GetModuleHandleA("notice.dll");
    int n;
    CHECK(library != NULL);
    EQUAL(share(board, fresh_name()), 0);
    for (n = 0; n < 100; n++)
        FreeLibrary(library);
    CHECK(GetModuleHandleA("notice.dll") == library);
    EQUAL(NUMBER("e_announce_publish", INT(board), TEXT_IN(""), TEXT_IN("b"), TEXT_IN("新公告"), TEXT_IN(""), INT(0)), 1);
    EQUAL(NUMBER("e_announce_count_active", INT(board), TEXT_IN("")), 2);
    printf("notice.dll stays loaded while boards are open\n");
}
