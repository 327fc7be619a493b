/* Text between the E layer, which speaks GBK, and windows, which speak UTF-16. */
#ifndef TEXT_H
#define TEXT_H

#include <wchar.h>

/* The same text in UTF-16, valid until the fourth call after this one. Not by the system's code page: GBK is GBK on an
 * English Windows, too. */
const wchar_t *wide(const char *gbk);

#endif
