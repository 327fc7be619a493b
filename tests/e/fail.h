/* The one way in which a test fails. */
#ifndef FAIL_H
#define FAIL_H

/* Says why and where, and ends the program. */
__attribute__((noreturn, format(gnu_printf, 1, 2))) void fail(const char *format, ...);

/* What the thread does just now, for the message; NULL is nothing particular. */
void doing(const char *what);

#endif
