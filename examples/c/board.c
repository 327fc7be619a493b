/* Prints the board that a reader sees: board FILE zh|en
 *
 * FILE has an announcement on each line, as JSON. How it looks is the business of print.h. */
#define _POSIX_C_SOURCE 200809L /* getline, isatty, fileno */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "notice.h"
#include "print.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* 18 June 2026, 10:00 in Shanghai: always the same instant, so that the board is the same too. */
static const int64_t NOW = 1781748000000;

static const NoticeStr CHINESE_LOCALE = NOTICE_STR("zh-CN"), ENGLISH_LOCALE = NOTICE_STR("en");
static const NoticeAttribute ACCOUNTANT[] = {
    {NOTICE_STR("role"), NOTICE_STR("accountant")},
    {NOTICE_STR("platform"), NOTICE_STR("windows")},
    {NOTICE_STR("app"), NOTICE_STR("ledger")},
    {NOTICE_STR("app_version"), NOTICE_STR("8.1.2")},
    {NOTICE_STR("area"), NOTICE_STR("cn-east")},
};
static const NoticeAttribute OPERATOR[] = {
    {NOTICE_STR("role"), NOTICE_STR("operator")},
    {NOTICE_STR("role"), NOTICE_STR("admin")}, /* a second value of the same attribute */
    {NOTICE_STR("platform"), NOTICE_STR("linux")},
    {NOTICE_STR("app"), NOTICE_STR("console")},
    {NOTICE_STR("app_version"), NOTICE_STR("3.4.0")},
    {NOTICE_STR("area"), NOTICE_STR("eu-central")},
};

/* Says what failed, if it did. Every function of the library returns such a status. */
static int failed(const char *doing, int32_t status)
{
    char message[1024];
    size_t needed;
    if (status == NOTICE_OK) {
        return 0;
    }
    if (notice_last_error(NOTICE_LANGUAGE_EN, message, sizeof message, &needed) != NOTICE_OK) {
        snprintf(message, sizeof message, "%s", notice_status_message(status, NOTICE_LANGUAGE_EN));
    }
    fprintf(stderr, "board: %s: %s: %s\n", doing, notice_status_name(status), message);
    return 1;
}

/* Publishes each line of a file. */
static int load(NoticeBoard *board, const char *path)
{
    char *line = NULL;
    size_t capacity = 0, count;
    ssize_t len;
    int is_bad = 0;
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        perror(path);
        return 1;
    }
    while (!is_bad && (len = getline(&line, &capacity, file)) > 0) {
        is_bad = failed("publishing",
                        notice_publish_json(board, line, (size_t)len, NULL, 0, &count));
    }
    free(line);
    fclose(file);
    return is_bad;
}

/* A price was wrong: an editor finds the announcement by its key and takes it back. */
static int retract_wrong_price(NoticeBoard *board)
{
    static const NoticeStr CHANNEL = NOTICE_STR("shop"), KEY = NOTICE_STR("promo/618-wrong-price");
    static const char REASON[] = "the price was wrong";
    NoticeQuery query = NOTICE_QUERY_INIT;
    NoticeArray found = NOTICE_ARRAY_INIT;
    int is_bad = 0;
    query.view = NOTICE_VIEW_EDITOR;
    query.phase = NOTICE_PHASE_ANY;
    query.channels = &CHANNEL;
    query.channel_count = 1;
    query.keys = &KEY;
    query.key_count = 1;
    if (failed("looking for the wrong price", notice_query(board, &query, &found))) {
        return 1;
    }
    for (size_t i = 0; i < found.len && !is_bad; i++) {
        is_bad = failed("retracting", notice_retract(board, found.items[i].id, REASON,
                                                     sizeof REASON - 1, 0, NULL));
    }
    notice_free(&found);
    return is_bad;
}

/* Prints what the query's viewer should see. */
static int show(NoticeBoard *board, const NoticeQuery *query, const Words *words)
{
    NoticeArray page = NOTICE_ARRAY_INIT;
    if (failed("querying", notice_query(board, query, &page))) {
        return 1;
    }
    print_heading(page.now, words);
    for (size_t i = 0; i < page.len; i++) {
        print_item(&page.items[i], words);
    }
    print_footing(&page, words);
    notice_free(&page); /* all its texts go with it */
    return 0;
}

int main(int argc, char **argv)
{
    const char *no_colour = getenv("NO_COLOR");
    const int is_chinese = argc == 3 && strcmp(argv[2], "zh") == 0;
    NoticeBoard *board;
    NoticeQuery query = NOTICE_QUERY_INIT;
    int is_bad;
    if (argc != 3 || (!is_chinese && strcmp(argv[2], "en") != 0)) {
        fprintf(stderr, "usage: board FILE zh|en\n");
        return 2;
    }
    print_colours = isatty(fileno(stdout)) && (no_colour == NULL || *no_colour == '\0');

    query.now = NOW;
    query.user = notice_str(is_chinese ? "zhang.wei" : "m.keller");
    query.locales = is_chinese ? &CHINESE_LOCALE : &ENGLISH_LOCALE;
    query.locale_count = 1;
    query.attributes = is_chinese ? ACCOUNTANT : OPERATOR;
    query.attribute_count = is_chinese ? COUNT(ACCOUNTANT) : COUNT(OPERATOR);

    if (failed("opening", notice_open("mem:", strlen("mem:"), NULL, &board))) {
        return 1;
    }
    is_bad = load(board, argv[1]) || retract_wrong_price(board)
             || show(board, &query, is_chinese ? &CHINESE : &ENGLISH);
    notice_close(board, 0);
    return is_bad;
}
