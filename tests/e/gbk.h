/* Text in GBK. */
#ifndef GBK_H
#define GBK_H

#include <stddef.h>

/* What is not GBK, such as half a character or one of the four bytes of GB 18030, ends the program. */
void check_gbk(const char *text);

/* The bytes of the longest start of `text` of at most `limit` bytes that ends with a whole character. */
size_t whole_gbk(const char *text, size_t limit);
size_t whole_utf8(const char *text, size_t limit);

#endif
