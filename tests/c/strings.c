/* The name and the message of every status, in both languages. */

#include "check.h"

#define STATUS(number, constant, name) CHECK_STATIC(constant == number);
#include "statuses.inc"
#undef STATUS

static const struct {
    int32_t status;
    const char *name;
} STATUSES[] = {
#define STATUS(number, constant, name) { constant, name },
#include "statuses.inc"
#undef STATUS
};

#define STATUS_COUNT ((int32_t)(sizeof STATUSES / sizeof STATUSES[0]))

/* Whether there is any character that is not ASCII. */
static int is_foreign(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text >= 0x80)
            return 1;
    return 0;
}

static void every_status_has_a_name(void)
{
    int32_t i;
    for (i = 0; i < STATUS_COUNT; i++) {
        ABOUT("status %d", (int)i);
        CHECK_INT(STATUSES[i].status, i);
        CHECK_TEXT(notice_status_name(i), STATUSES[i].name);
    }
}

static void every_status_has_a_message_of_its_own(void)
{
    int32_t i, n;
    for (i = 0; i < STATUS_COUNT; i++) {
        const char *const en = notice_status_message(i, NOTICE_LANGUAGE_EN);
        const char *const zh = notice_status_message(i, NOTICE_LANGUAGE_ZH);
        ABOUT("status %d", (int)i);
        CHECK(strlen(en) > 0 && !is_foreign(en));
        CHECK(strlen(zh) > 0 && is_foreign(zh));
        /* Lower case, no full stop. */
        CHECK(en[0] >= 'a' && en[0] <= 'z' && en[strlen(en) - 1] != '.');
        CHECK(strcmp(en, notice_status_message(INT32_MAX, NOTICE_LANGUAGE_EN)) != 0);
        for (n = 0; n < i; n++) {
            CHECK(strcmp(en, notice_status_message(n, NOTICE_LANGUAGE_EN)) != 0);
            CHECK(strcmp(zh, notice_status_message(n, NOTICE_LANGUAGE_ZH)) != 0);
        }
    }
}

static void a_number_that_is_no_status_has_a_text_all_the_same(void)
{
    const int32_t unknown[] = { -1, STATUS_COUNT, STATUS_COUNT + 1, 127, 128, 1 << 20, INT32_MAX, INT32_MIN };
    size_t i;
    for (i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        ABOUT("status %d", (int)unknown[i]);
        CHECK_TEXT(notice_status_name(unknown[i]), "unknown");
        CHECK_TEXT(notice_status_message(unknown[i], NOTICE_LANGUAGE_EN), "unknown status");
        CHECK(is_foreign(notice_status_message(unknown[i], NOTICE_LANGUAGE_ZH)));
    }
}

static void another_language_is_english(void)
{
    const int32_t languages[] = { -1, 2, INT32_MAX, INT32_MIN };
    size_t i;
    for (i = 0; i < sizeof languages / sizeof languages[0]; i++) {
        ABOUT("language %d", (int)languages[i]);
        CHECK_TEXT(notice_status_message(NOTICE_NOT_FOUND, languages[i]),
                   notice_status_message(NOTICE_NOT_FOUND, NOTICE_LANGUAGE_EN));
    }
}

/* The last failure has no such default: a number that is no language is refused. */
static void the_last_failure_is_in_both_languages(void)
{
    NoticeBoard *board;
    char en[256], zh[256];
    size_t needed;
    ABOUT("the last failure");
    CHECK_OK(notice_last_error(NOTICE_LANGUAGE_EN, en, sizeof en, &needed));
    CHECK_TEXT(en, "");
    CHECK_INT(needed, 1);
    CHECK_STATUS(notice_open("ftp:x", 5, NULL, &board), NOTICE_UNSUPPORTED);
    CHECK_OK(notice_last_error(NOTICE_LANGUAGE_EN, en, sizeof en, &needed));
    CHECK_OK(notice_last_error(NOTICE_LANGUAGE_ZH, zh, sizeof zh, &needed));
    CHECK(strstr(en, "\"ftp:x\"") != NULL && !is_foreign(en));
    CHECK(strstr(zh, "\"ftp:x\"") != NULL && is_foreign(zh));
    CHECK_STATUS(notice_last_error(2, en, sizeof en, &needed), NOTICE_INVALID_FIELD);
    CHECK_STATUS(notice_last_error(-1, en, sizeof en, &needed), NOTICE_INVALID_FIELD);
    /* Neither these nor calls that succeed change it. */
    CHECK_INT(check_last_info().status, NOTICE_UNSUPPORTED);
    CHECK_OK(notice_open("mem:", 4, NULL, &board));
    notice_close(board, 0);
    CHECK_INT(check_last_info().status, NOTICE_UNSUPPORTED);
    CHECK_TEXT(check_last_path(), "url");
}

int main(void)
{
    every_status_has_a_name();
    every_status_has_a_message_of_its_own();
    a_number_that_is_no_status_has_a_text_all_the_same();
    another_language_is_english();
    the_last_failure_is_in_both_languages();
    return 0;
}
