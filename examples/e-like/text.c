#include "text.h"

#include <windows.h>

#define GBK 936
#define ROOM 4096

const wchar_t *wide(const char *gbk)
{
    static wchar_t texts[4][ROOM];
    static int next;
    wchar_t *text = texts[next++ % 4];
    /* Too long a text is not converted at all; then its start is. */
    int length = MultiByteToWideChar(GBK, 0, gbk, -1, text, ROOM);
    if (length == 0)
        length = MultiByteToWideChar(GBK, 0, gbk, ROOM / 2, text, ROOM - 1);
    text[length < ROOM ? length : ROOM - 1] = 0;
    return text;
}
