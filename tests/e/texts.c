/* Texts: NULL and empty are the same, line ends, what GBK lacks, whatever code page the system has. */
#include <stdlib.h>
#include <string.h>

#include "call.h"
#include "check.h"
#include "tests.h"

static const char *const NOTHING[2] = {NULL, ""};

/* Each text of each command, once as NULL and once empty. */
static void null_is_empty(void)
{
    char *errors[2];
    int n;
    for (n = 0; n < 2; n++) {
        const struct value nothing = TEXT_IN(NOTHING[n]);
        const int32_t board = board_with(2);
        const int32_t result = NUMBER("e_announce_query", INT(board), nothing);
        CHECK(NUMBER("e_announce_open", nothing) < 0);
        EQUAL(NUMBER("e_announce_count", INT(result)), 2);
        SAME(TEXT_OF("e_announce_extra", INT(result), INT(1), nothing), "");
        EQUAL(NUMBER("e_announce_count_active", INT(board), nothing), 2);
        EQUAL(NUMBER("e_announce_count_unread", INT(board), nothing), 2);
        EQUAL(NUMBER("e_announce_set_viewer", INT(board), TEXT_IN("user"), TEXT_IN("u")), 0);
        EQUAL(NUMBER("e_announce_mark_all_read", INT(board), nothing), 0);
        EQUAL(NUMBER("e_announce_count_unread", INT(board), nothing), 0);
        EQUAL(NUMBER("e_announce_set_viewer", INT(board), TEXT_IN("user"), nothing), 0);
        EQUAL(NUMBER("e_announce_set_clock", INT(board), nothing), 0);
        EQUAL(NUMBER("e_announce_publish", INT(board), nothing, nothing, TEXT_IN("t"), nothing, INT(0)), 1);
        EQUAL(NUMBER("e_announce_publish", INT(board), nothing, nothing, nothing, nothing, INT(0)), INVALID);
        EQUAL(NUMBER("e_announce_publish_json", INT(board), nothing), INVALID);
        EQUAL(NUMBER("e_announce_apply_json", INT(board), nothing), INVALID);
        EQUAL(NUMBER("e_announce_get", INT(board), nothing, nothing), INVALID);
        EQUAL(NUMBER("e_announce_forget_user", INT(board), nothing), INVALID);
        errors[n] = call_text("e_announce_last_error", 0, NULL);
        EQUAL(NUMBER("e_announce_free", INT(result)), 0);
        EQUAL(NUMBER("e_announce_close", INT(board)), 0);
    }
    CHECK(strcmp(errors[0], errors[1]) == 0);
    CHECK(*errors[0] != 0);
    free(errors[0]);
    free(errors[1]);
}

/* A character beyond 16 bits, and a letter that no code page for Chinese has. */
static void what_gbk_lacks_is_a_question_mark(void)
{
    static const char JSON[] = "{\"key\":\"k\",\"texts\":{\"zh-CN\":{\"title\":\"\xE5\x85\xAC\xF0\x9F\x98\x80\xC4\x83!\","
                               "\"body\":\"a\\nb\\r\\nc\"}}}";
    static const char UTF8[] = "\xE5\x85\xAC\xF0\x9F\x98\x80\xC4\x83!";
    char bytes[64];
    const int32_t board = board_with(0);
    int32_t result;
    EQUAL(NUMBER("e_announce_publish_utf8", INT(board), BYTES(JSON, sizeof JSON - 1), INT(sizeof JSON - 1)), 1);
    result = NUMBER("e_announce_query", INT(board), TEXT_IN(""));
    EQUAL(NUMBER("e_announce_count", INT(result)), 1);
    SAME(TEXT_OF("e_announce_text", INT(result), INT(1), INT(FIELD_TITLE)), "公?\?!");
    SAME(TEXT_OF("e_announce_text", INT(result), INT(1), INT(FIELD_BODY)), "a\r\nb\r\nc");
    EQUAL(NUMBER("e_announce_text_utf8", INT(result), INT(1), INT(FIELD_TITLE), BYTE_BUFFER(bytes), INT(sizeof bytes)),
          (int32_t)strlen(UTF8));
    CHECK(strcmp(bytes, UTF8) == 0);
    EQUAL(NUMBER("e_announce_close", INT(board)), 0);
    /* A result lives on without its board. */
    SAME(TEXT_OF("e_announce_text", INT(result), INT(1), INT(FIELD_TITLE)), "公?\?!");
    EQUAL(NUMBER("e_announce_free", INT(result)), 0);
}

/* What goes in comes out, and is found. */
static void chinese_comes_back(void)
{
    const int32_t board = board_with(1);
    const int32_t result = NUMBER("e_announce_query", INT(board), TEXT_IN("停机"));
    EQUAL(NUMBER("e_announce_count", INT(result)), 1);
    SAME(TEXT_OF("e_announce_text", INT(result), INT(1), INT(FIELD_TITLE)), "维护通知 Maintenance");
    SAME(TEXT_OF("e_announce_text", INT(result), INT(1), INT(FIELD_BODY)), "今晚22点停机维护，请提前下线。\r\n谢谢！");
    EQUAL(NUMBER("e_announce_free", INT(result)), 0);
    /* Half a character is refused, and the place is told. */
    EQUAL(NUMBER("e_announce_query", INT(board), TEXT_IN("ab\xB9")), INVALID);
    EQUAL(call_number("e_announce_last_error_offset", 0, NULL), 2);
    EQUAL(NUMBER("e_announce_close", INT(board)), 0);
}

void test_texts(void)
{
    null_is_empty();
    what_gbk_lacks_is_a_question_mark();
    chinese_comes_back();
}
