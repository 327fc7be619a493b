/* How the example prints a board: in whose words, by whose clock, in which colours.
 * Needs notice.h before it. */
#ifndef PRINT_H
#define PRINT_H

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "width.h"

#define PRINT_WIDTH 80

/* The words and the clock of a reader. */
typedef struct {
    const char *heading, *time_format; /* strftime's; ends in %H:%M */
    int hours_from_utc;
    int gutter; /* columns before the text */
    const char *severities[5], *pinned, *when, *shown, *total, *next_change;
} Words;

static const Words CHINESE = {
    "zhang.wei 的公告", "%m-%d %H:%M", 8, 7,
    {"", "消息", "提醒", "警告", "紧急"}, "置顶", "时间", "有效期",
    "公告共 %llu 条", "，下次变化：%s"};
static const Words ENGLISH = {
    "Announcements for m.keller", "%d %b %H:%M", 2, 11,
    {"", "info", "notice", "warning", "critical"}, "pinned", "when", "shown",
    "Announcements: %llu", ", next change: %s"};

/* Set by the caller when the output is a terminal that may have colours. */
static int print_colours;
static const char *const PRINT_SEVERITY[] = {"", "\033[32m", "\033[36m", "\033[33m", "\033[1;31m"};
#define PRINT_BOLD "\033[1m"
#define PRINT_DIM "\033[2m"
#define PRINT_PLAIN "\033[0m"

static const char *print_colour(const char *sequence)
{
    return print_colours ? sequence : "";
}

static void print_rule(int columns)
{
    while (columns-- > 0) {
        fputs("─", stdout);
    }
}

/* Writes a time as the reader's clock shows it; nothing for 0, which is no time. */
static void print_time(char *text, size_t size, int64_t ms, const Words *words)
{
    time_t seconds = (time_t)(ms / 1000 + words->hours_from_utc * 3600);
    if (ms == 0 || strftime(text, size, words->time_format, gmtime(&seconds)) == 0) {
        text[0] = '\0';
    }
}

/* Adds "label start – end"; an end on the day of the start is only a time of day. */
static void print_span(char *text, size_t size, const char *label, int64_t from, int64_t until,
                       const Words *words)
{
    char start[32], end[32];
    size_t used = strlen(text), day;
    print_time(start, sizeof start, from, words);
    print_time(end, sizeof end, until, words);
    day = strlen(start) > 5 ? strlen(start) - 5 : 0;
    snprintf(text + used, size - used, "%s%s%s%s –%s%s", used > 0 ? "   " : "", label,
             from ? " " : "", start, until ? " " : "", end + (strncmp(start, end, day) == 0 ? day : 0));
}

/* Prints a text in its lines, each behind the gutter: the severity is in that of the first line of
 * an item, the pin in that of the second. `line` counts the lines. */
static void print_text(const NoticeItem *item, const Words *words, int *line, const char *style,
                       const char *text, size_t len)
{
    while (len > 0) {
        size_t taken = width_line(text, len, PRINT_WIDTH - words->gutter), shown = taken, i;
        const char *mark = "";
        if (*line == 0) {
            mark = words->severities[item->severity];
        } else if (*line == 1 && (item->flags & NOTICE_PINNED) != 0) {
            mark = words->pinned;
        }
        while (shown > 0 && text[shown - 1] == ' ') {
            shown--;
        }
        printf(" %s%s%s%*s%s", print_colour(PRINT_SEVERITY[item->severity]), mark,
               print_colour(PRINT_PLAIN), words->gutter - 1 - width_of(mark, strlen(mark)), "",
               print_colour(style));
        for (i = 0; i < shown; i++) { /* what could steer the terminal is not passed on */
            unsigned char byte = (unsigned char)text[i];
            putchar(byte < ' ' || byte == 0x7F ? ' ' : byte);
        }
        printf("%s\n", print_colour(PRINT_PLAIN));
        text += taken;
        len -= taken;
        ++*line;
    }
}

static void print_heading(int64_t now, const Words *words)
{
    char time[32];
    int columns;
    print_time(time, sizeof time, now, words);
    columns = width_of(words->heading, strlen(words->heading)) + width_of(time, strlen(time));
    printf("── %s%s%s ", print_colour(PRINT_BOLD), words->heading, print_colour(PRINT_PLAIN));
    print_rule(PRINT_WIDTH - 15 - columns);
    printf(" %s, UTC%+d ──\n", time, words->hours_from_utc);
}

static void print_item(const NoticeItem *item, const Words *words)
{
    char times[256] = "";
    int line = 0;
    putchar('\n');
    print_text(item, words, &line, PRINT_BOLD, item->title.ptr, item->title.len);
    print_text(item, words, &line, "", item->summary.ptr, item->summary.len);
    if (item->event_from != 0 || item->event_to != 0) {
        print_span(times, sizeof times, words->when, item->event_from, item->event_to, words);
    }
    print_span(times, sizeof times, words->shown, item->starts_at, item->ends_at, words);
    print_text(item, words, &line, PRINT_DIM, times, strlen(times));
}

static void print_footing(const NoticeArray *board, const Words *words)
{
    char time[32];
    putchar('\n');
    print_rule(PRINT_WIDTH);
    printf("\n ");
    printf(words->total, (unsigned long long)board->total);
    print_time(time, sizeof time, board->next_change_at, words);
    if (time[0] != '\0') {
        printf(words->next_change, time);
    }
    putchar('\n');
}

#endif
