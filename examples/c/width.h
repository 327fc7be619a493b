/* How many columns text takes on a terminal, and where a line of it ends.
 *
 * For UTF-8 that is well formed, as all text from notice.h is. A Chinese, Japanese or Korean
 * character, a fullwidth form or an emoji takes two columns, a combining mark none, and all else
 * one; after Unicode Standard Annex #11 and UTS #51. */
#ifndef WIDTH_H
#define WIDTH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct { uint32_t first, last; } WidthRange;

static const WidthRange WIDTH_ZERO[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x064B, 0x065F}, {0x0E34, 0x0E3A},
    {0x0E47, 0x0E4E}, {0x1AB0, 0x1ACE}, {0x1DC0, 0x1DFF}, {0x200B, 0x200F}, {0x202A, 0x202E},
    {0x2060, 0x2064}, {0x20D0, 0x20F0}, {0x302A, 0x302F}, {0x3099, 0x309A}, {0x3164, 0x3164},
    {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF}, {0x1F3FB, 0x1F3FF},
    {0xE0001, 0xE007F}, {0xE0100, 0xE01EF},
};

static const WidthRange WIDTH_TWO[] = {
    {0x1100, 0x115F}, {0x231A, 0x231B}, {0x2329, 0x232A}, {0x23E9, 0x23EC}, {0x23F0, 0x23F0},
    {0x23F3, 0x23F3}, {0x25FD, 0x25FE}, {0x2614, 0x2615}, {0x2630, 0x2637}, {0x2648, 0x2653},
    {0x267F, 0x267F}, {0x268A, 0x268F}, {0x2693, 0x2693}, {0x26A1, 0x26A1}, {0x26AA, 0x26AB},
    {0x26BD, 0x26BE}, {0x26C4, 0x26C5}, {0x26CE, 0x26CE}, {0x26D4, 0x26D4}, {0x26EA, 0x26EA},
    {0x26F2, 0x26F3}, {0x26F5, 0x26F5}, {0x26FA, 0x26FA}, {0x26FD, 0x26FD}, {0x2705, 0x2705},
    {0x270A, 0x270B}, {0x2728, 0x2728}, {0x274C, 0x274C}, {0x274E, 0x274E}, {0x2753, 0x2755},
    {0x2757, 0x2757}, {0x2795, 0x2797}, {0x27B0, 0x27B0}, {0x27BF, 0x27BF}, {0x2B1B, 0x2B1C},
    {0x2B50, 0x2B50}, {0x2B55, 0x2B55}, {0x2E80, 0x2E99}, {0x2E9B, 0x2EF3}, {0x2F00, 0x2FD5},
    {0x2FF0, 0x3029}, {0x3030, 0x303E}, {0x3041, 0x3096}, {0x309B, 0x30FF}, {0x3105, 0x312F},
    {0x3131, 0x3163}, {0x3165, 0x318E}, {0x3190, 0x31E5}, {0x31EF, 0x321E}, {0x3220, 0x3247},
    {0x3250, 0xA48C}, {0xA490, 0xA4C6}, {0xA960, 0xA97C}, {0xAC00, 0xD7A3}, {0xF900, 0xFAFF},
    {0xFE10, 0xFE19}, {0xFE30, 0xFE52}, {0xFE54, 0xFE66}, {0xFE68, 0xFE6B}, {0xFF01, 0xFF60},
    {0xFFE0, 0xFFE6}, {0x17000, 0x18CDA}, {0x1B000, 0x1B2FB}, {0x1F004, 0x1F004},
    {0x1F0CF, 0x1F0CF}, {0x1F18E, 0x1F18E}, {0x1F191, 0x1F19A}, {0x1F1AE, 0x1F1AE},
    {0x1F200, 0x1F202}, {0x1F210, 0x1F23B}, {0x1F240, 0x1F248}, {0x1F250, 0x1F251},
    {0x1F260, 0x1F265}, {0x1F300, 0x1F320}, {0x1F32D, 0x1F335}, {0x1F337, 0x1F37C},
    {0x1F37E, 0x1F393}, {0x1F3A0, 0x1F3CA}, {0x1F3CF, 0x1F3D3}, {0x1F3E0, 0x1F3F0},
    {0x1F3F4, 0x1F3F4}, {0x1F3F8, 0x1F43E}, {0x1F440, 0x1F440}, {0x1F442, 0x1F4FC},
    {0x1F4FF, 0x1F53D}, {0x1F54B, 0x1F54E}, {0x1F550, 0x1F567}, {0x1F57A, 0x1F57A},
    {0x1F595, 0x1F596}, {0x1F5A4, 0x1F5A4}, {0x1F5FB, 0x1F64F}, {0x1F680, 0x1F6C5},
    {0x1F6CC, 0x1F6CC}, {0x1F6D0, 0x1F6D2}, {0x1F6D5, 0x1F6D9}, {0x1F6DC, 0x1F6DF},
    {0x1F6EB, 0x1F6EC}, {0x1F6F4, 0x1F6FC}, {0x1F7DA, 0x1F7DA}, {0x1F7E0, 0x1F7EB},
    {0x1F7F0, 0x1F7F0}, {0x1F90C, 0x1F93A}, {0x1F93C, 0x1F945}, {0x1F947, 0x1F9FF},
    {0x1FA70, 0x1FA7C}, {0x1FA80, 0x1FAC6}, {0x1FAC8, 0x1FAC8}, {0x1FACC, 0x1FADD},
    {0x1FADF, 0x1FAEB}, {0x1FAEF, 0x1FAFA}, {0x20000, 0x3FFFD},
};

static int width_within(uint32_t c, const WidthRange *ranges, size_t count)
{
    while (count > 0) {
        const WidthRange *middle = ranges + count / 2;
        if (c > middle->last) {
            ranges = middle + 1;
            count -= count / 2 + 1;
        } else if (c < middle->first) {
            count /= 2;
        } else {
            return 1;
        }
    }
    return 0;
}

/* The columns of one character that stands alone. */
static int width_of_char(uint32_t c)
{
    if (c < 0x300) {
        return 1;
    }
    if (width_within(c, WIDTH_ZERO, sizeof WIDTH_ZERO / sizeof *WIDTH_ZERO)) {
        return 0;
    }
    return 1 + width_within(c, WIDTH_TWO, sizeof WIDTH_TWO / sizeof *WIDTH_TWO);
}

/* Reads the character at text[*at] and moves *at behind it. */
static uint32_t width_next(const char *text, size_t len, size_t *at)
{
    unsigned char lead = (unsigned char)text[(*at)++];
    int more = lead < 0xC0 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
    uint32_t c = more == 0 ? lead : lead & (0x3Fu >> more);
    while (more-- > 0 && *at < len) {
        c = c << 6 | ((unsigned char)text[(*at)++] & 0x3Fu);
    }
    return c;
}

/* The columns that c adds behind `before`: characters joined to one emoji take two in all. */
static int width_added(uint32_t before, uint32_t c)
{
    if (before == 0x200D) {
        return 0;
    }
    if (c == 0xFE0F) { /* shown as an emoji */
        return before >= 0x2190 && width_of_char(before) == 1;
    }
    return width_of_char(c);
}

/* Whether a line may end between two characters: behind a blank, and beside a wide character unless
 * that would leave a bracket or a stop on the wrong side. */
static int width_may_break(uint32_t before, uint32_t c)
{
    static const char CLOSE[] = "，。、；：？！）》」』】〉”’％…,.;:?!)]}%";
    static const char OPEN[] = "（《「『【〈“‘([{";
    size_t at;
    if (before == ' ' || c == ' ') {
        return before == ' ' && c != ' ';
    }
    if (before == 0x200D || width_of_char(c) == 0) {
        return 0;
    }
    for (at = 0; at < sizeof CLOSE - 1;) {
        if (width_next(CLOSE, sizeof CLOSE - 1, &at) == c) {
            return 0;
        }
    }
    for (at = 0; at < sizeof OPEN - 1;) {
        if (width_next(OPEN, sizeof OPEN - 1, &at) == before) {
            return 0;
        }
    }
    return width_of_char(before) == 2 || width_of_char(c) == 2;
}

/* The columns of a text. */
static inline int width_of(const char *text, size_t len)
{
    size_t at = 0;
    uint32_t before = 0;
    int columns = 0;
    while (at < len) {
        uint32_t c = width_next(text, len, &at);
        columns += width_added(before, c);
        before = c;
    }
    return columns;
}

/* How many bytes of a text go on a line of so many columns; at least one character, so that a loop
 * over a text comes to its end. Blanks at the end of the line count as bytes but not as columns. */
static inline size_t width_line(const char *text, size_t len, int columns)
{
    size_t at = 0, fits = 0;
    uint32_t before = 0;
    int used = 0, blanks = 0;
    while (at < len) {
        size_t start = at;
        uint32_t c = width_next(text, len, &at);
        int added = width_added(before, c);
        if (start > 0 && width_may_break(before, c)) {
            fits = start;
        }
        if (c != ' ' && used + blanks + added > columns && start > 0) {
            return fits > 0 ? fits : start;
        }
        if (c == ' ') {
            blanks++;
        } else {
            used += blanks + added;
            blanks = 0;
        }
        before = c;
    }
    return len;
}

#endif
