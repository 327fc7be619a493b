#include "gbk.h"

#include <string.h>

#include "fail.h"

/* The bytes of the character that begins here; 0 is none. The byte 0x80 alone is the sign of the euro. */
static size_t character(const unsigned char *text)
{
    if (text[0] <= 0x80)
        return 1;
    return text[0] != 0xFF && text[1] >= 0x40 && text[1] != 0x7F && text[1] != 0xFF ? 2 : 0;
}

void check_gbk(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    while (*at != 0) {
        size_t length = character(at);
        if (length == 0)
            fail("byte %d of its text is not GBK: %02x %02x", (int)((const char *)at - text), at[0], at[1]);
        at += length;
    }
}

size_t whole_gbk(const char *text, size_t limit)
{
    size_t whole = 0, next;
    while (text[whole] != 0 && (next = whole + character((const unsigned char *)text + whole)) <= limit)
        whole = next;
    return whole;
}

size_t whole_utf8(const char *text, size_t limit)
{
    size_t whole = strlen(text);
    if (whole > limit)
        for (whole = limit; whole > 0 && ((unsigned char)text[whole] & 0xC0) == 0x80; whole--)
            ;
    return whole;
}
