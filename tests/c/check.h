/* What the programs check with. A check that fails says where and what differed, and ends the program. */

#ifndef CHECK_H
#define CHECK_H

#include <notice.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A condition that holds when the program is compiled, in every standard that the programs are compiled as. */
#if defined(__cplusplus)
#define CHECK_STATIC(condition) static_assert(condition, #condition)
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define CHECK_STATIC(condition) _Static_assert(condition, #condition)
#else
#define CHECK_STATIC_NAME_OF(line) check_static_##line
#define CHECK_STATIC_NAME(line) CHECK_STATIC_NAME_OF(line)
#define CHECK_STATIC(condition) extern char CHECK_STATIC_NAME(__LINE__)[(condition) ? 1 : -1]
#endif

#define CHECK(condition) check_true(__FILE__, __LINE__, #condition, (condition) ? 1 : 0)
#define CHECK_INT(actual, expected) \
    check_int(__FILE__, __LINE__, #actual, (long long)(actual), (long long)(expected))
#define CHECK_TEXT(actual, expected) check_text(__FILE__, __LINE__, #actual, (actual), (expected))
/* A NoticeStr that was handed out: its text, and the NUL behind it. */
#define CHECK_STR(actual, expected) check_str(__FILE__, __LINE__, #actual, (actual), (expected))
#define CHECK_BYTES(actual, expected, size) \
    check_bytes(__FILE__, __LINE__, #actual, (actual), (expected), (size))
/* A call that returns this status. */
#define CHECK_STATUS(call, status) check_status(__FILE__, __LINE__, #call, (call), (status))
#define CHECK_OK(call) CHECK_STATUS(call, NOTICE_OK)
/* A call that fails with this status, and has left it and this path as the thread's last failure. */
#define CHECK_REFUSED(call, status, path) check_refused(__FILE__, __LINE__, #call, (call), (status), (path))
/* The same, and the fault is at this byte. */
#define CHECK_REFUSED_AT(call, status, path, offset)              \
    do {                                                          \
        CHECK_REFUSED(call, status, path);                        \
        check_offset(__FILE__, __LINE__, #call, (offset));        \
    } while (0)

/* Which row of a table is being checked, for the messages. For programs of one thread. */
static char check_about[256];

#define ABOUT(...) snprintf(check_about, sizeof check_about, __VA_ARGS__)

/* Whether to try few of what is many of a kind: where the machine is emulated. */
static inline int check_few(void)
{
    return getenv("NOTICE_C_SUITE_FEW") != NULL;
}

#if defined(__GNUC__)
__attribute__((format(printf, 3, 4), noreturn))
#endif
static inline void
check_fail(const char *file, int line, const char *format, ...)
{
    va_list arguments;
    fprintf(stderr, "%s:%d: ", file, line);
    if (check_about[0])
        fprintf(stderr, "[%s] ", check_about);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(1);
}

static inline void check_true(const char *file, int line, const char *what, int holds)
{
    if (!holds)
        check_fail(file, line, "%s does not hold", what);
}

static inline void check_int(const char *file, int line, const char *what, long long actual, long long expected)
{
    if (actual != expected)
        check_fail(file, line, "%s is %lld, not %lld", what, actual, expected);
}

static inline void check_text(const char *file, int line, const char *what, const char *actual, const char *expected)
{
    if (!actual)
        check_fail(file, line, "%s is NULL, not \"%s\"", what, expected);
    if (strcmp(actual, expected) != 0)
        check_fail(file, line, "%s is \"%s\", not \"%s\"", what, actual, expected);
}

static inline void check_str(const char *file, int line, const char *what, NoticeStr actual, const char *expected)
{
    if (!actual.ptr)
        check_fail(file, line, "%s is NULL, not \"%s\"", what, expected);
    if (actual.len != strlen(expected) || memcmp(actual.ptr, expected, actual.len) != 0)
        check_fail(file, line, "%s is \"%.*s\", not \"%s\"", what, (int)actual.len, actual.ptr, expected);
    if (actual.ptr[actual.len] != '\0')
        check_fail(file, line, "%s has no NUL behind it", what);
}

static inline void check_bytes(const char *file, int line, const char *what, const void *actual,
                               const void *expected, size_t size)
{
    size_t i;
    for (i = 0; i < size; i++) {
        const unsigned char is = ((const unsigned char *)actual)[i];
        const unsigned char should = ((const unsigned char *)expected)[i];
        if (is != should)
            check_fail(file, line, "byte %zu of %zu of %s is %#x, not %#x", i, size, what, is, should);
    }
}

/* The path of the last failure, until the next call of this. */
static inline const char *check_last_path(void)
{
    static char path[1024];
    size_t needed;
    return notice_last_error_path(path, sizeof path, &needed) == NOTICE_OK ? path : "(no path could be read)";
}

static inline const char *check_last_message(void)
{
    static char message[4096];
    size_t needed;
    return notice_last_error(NOTICE_LANGUAGE_EN, message, sizeof message, &needed) == NOTICE_OK
               ? message
               : "(no message could be read)";
}

static inline NoticeErrorInfo check_last_info(void)
{
    NoticeErrorInfo info;
    memset(&info, 0xEE, sizeof info);
    if (notice_last_error_info(&info) != NOTICE_OK)
        check_fail(__FILE__, __LINE__, "the last failure cannot be read");
    return info;
}

static inline void check_status(const char *file, int line, const char *call, int32_t actual, int32_t expected)
{
    if (actual != expected)
        check_fail(file, line, "%s gives %s, not %s; the last failure is: %s", call, notice_status_name(actual),
                   notice_status_name(expected), check_last_message());
}

static inline void check_refused(const char *file, int line, const char *call, int32_t actual, int32_t expected,
                                 const char *path)
{
    check_status(file, line, call, actual, expected);
    if (check_last_info().status != expected)
        check_fail(file, line, "%s leaves %s as the last failure, not %s", call,
                   notice_status_name(check_last_info().status), notice_status_name(expected));
    if (strcmp(check_last_path(), path) != 0)
        check_fail(file, line, "%s is refused for \"%s\", not for \"%s\": %s", call, check_last_path(), path,
                   check_last_message());
}

static inline void check_offset(const char *file, int line, const char *call, size_t offset)
{
    const NoticeErrorInfo info = check_last_info();
    if (info.has_offset != 1 || info.offset != offset)
        check_fail(file, line, "%s is refused at byte %lld (%u), not %zu: %s", call, (long long)info.offset,
                   (unsigned)info.has_offset, offset, check_last_message());
}

#endif
