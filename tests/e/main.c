/* A program in the E language, emulated: it knows the DLL by nothing but the declarations that are shipped.
 *
 *     e_caller DECLARATIONS check          every command takes off the stack what is declared
 *     e_caller DECLARATIONS test           everything else that needs one run
 *     e_caller DECLARATIONS write URL      publishes on a board, then
 *     e_caller DECLARATIONS read URL       finds it there
 *     e_caller DECLARATIONS alone URL      opens a file that it cannot share
 *     e_caller DECLARATIONS unload         unloads the DLL while boards are open
 *     e_caller DECLARATIONS remote URL     uses the board of a daemon
 *     e_caller DECLARATIONS refused URL    prints the error with which a daemon is refused
 *     e_caller DECLARATIONS serve          makes calls for another program, see serve.c */
#include <stdio.h>
#include <string.h>
#include <windows.h>

/* Behind windows.h, on which it is built. */
#include <shellapi.h>

#include "call.h"
#include "fail.h"
#include "tests.h"

static const struct {
    const char *name;
    void (*run)(void);
} TESTS[] = {{"buffers", test_buffers}, {"texts", test_texts},     {"handles", test_handles},
             {"threads", test_threads}, {"changes", test_changes},
             {"sharing", test_sharing}};

static void run_tests(void)
{
    size_t n;
    for (n = 0; n < sizeof TESTS / sizeof TESTS[0]; n++) {
        TESTS[n].run();
        printf("%s: good\n", TESTS[n].name);
        fflush(stdout);
    }
}

/* An argument in GBK, whatever code page the system has; "" when there is none. */
static const char *argument(int n)
{
    static char texts[4][512];
    int count;
    wchar_t **all = CommandLineToArgvW(GetCommandLineW(), &count);
    if (all == NULL || (n < count && WideCharToMultiByte(936, 0, all[n], -1, texts[n], sizeof texts[n], NULL, NULL) == 0))
        fail("argument %d cannot be read", n);
    LocalFree(all);
    return texts[n];
}

int main(void)
{
    const char *what = argument(2), *url = argument(3);
    const int has_url = *url != 0;
    if (*what == 0)
        fail("e_caller DECLARATIONS check|test|write URL|read URL|alone URL|unload|remote URL|refused URL|serve");
    start_calls(argument(1));
    if (strcmp(what, "check") == 0)
        check_every_command();
    else if (strcmp(what, "test") == 0)
        run_tests();
    else if (strcmp(what, "write") == 0 && has_url)
        write_board(url);
    else if (strcmp(what, "read") == 0 && has_url)
        read_board(url);
    else if (strcmp(what, "alone") == 0 && has_url)
        open_alone(url);
    else if (strcmp(what, "unload") == 0)
        unload_with_open_boards();
    else if (strcmp(what, "remote") == 0 && has_url)
        use_remote_board(url);
    else if (strcmp(what, "refused") == 0 && has_url)
        refuse_remote_board(url);
    else if (strcmp(what, "serve") == 0)
        serve();
    else
        fail("%s is nothing that can be done", what);
    return 0;
}
