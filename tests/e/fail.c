#define __USE_MINGW_ANSI_STDIO 1
#include "fail.h"

#include <stdarg.h>
#include <stdio.h>
#include <windows.h>

static __thread const char *what_is_done;

void doing(const char *what)
{
    what_is_done = what;
}

void fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("failed: ", stdout);
    if (what_is_done != NULL)
        printf("%s: ", what_is_done);
    vprintf(format, arguments);
    fputs("\n", stdout);
    fflush(stdout);
    va_end(arguments);
    /* Not exit: the DLL may hold whatever a failure left it with. */
    TerminateProcess(GetCurrentProcess(), 1);
    for (;;)
        Sleep(INFINITE);
}
