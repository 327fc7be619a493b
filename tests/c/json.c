/* notice_publish_json: an object, a list, and what is refused, with its place. */

#include "fixture.h"

static int32_t publish(NoticeBoard *board, const char *json)
{
    size_t count;
    return notice_publish_json(board, json, strlen(json), NULL, 0, &count);
}

static void an_object_is_one_announcement(void)
{
    static const char JSON[] =
        "{\"key\": \"june\", \"severity\": \"warning\", \"tags\": [\"ops\"],"
        " \"texts\": {\"zh-CN\": {\"title\": \"今晚停机维护\"}}, \"extras\": {\"n\": 1}}";
    NoticeBoard *const board = open_board();
    const NoticeQuery query = NOTICE_QUERY_INIT;
    NoticePublished result;
    NoticeArray array;
    size_t count = 0;
    ABOUT("an object");
    CHECK_OK(notice_publish_json(board, JSON, sizeof JSON - 1, &result, 1, &count));
    CHECK_INT(count, 1);
    CHECK_INT(result.id, 1);
    CHECK_INT(result.revision, 1);
    CHECK_INT(result.version, 1);
    CHECK_INT(result.outcome, NOTICE_OUTCOME_CREATED);
    CHECK_OK(notice_query(board, &query, &array));
    CHECK_STR(array.items[0].title, "今晚停机维护");
    CHECK_STR(array.items[0].key, "june");
    CHECK_STR(array.items[0].tags[0], "ops");
    CHECK_STR(array.items[0].extras_json, "{\"n\": 1}");
    CHECK_INT(array.items[0].severity, NOTICE_SEVERITY_WARNING);
    notice_free(&array);
    /* The same once more changes nothing. */
    CHECK_OK(notice_publish_json(board, JSON, sizeof JSON - 1, &result, 1, &count));
    CHECK_INT(result.outcome, NOTICE_OUTCOME_UNCHANGED);
    CHECK_INT(result.revision, 1);
    notice_close(board, 0);
}

static void a_list_is_one_revision(void)
{
    static const char JSON[] =
        "[{\"key\":\"a\",\"texts\":{\"en\":{\"title\":\"A\"}}},{\"texts\":{\"en\":{\"title\":\"B\"}}}]";
    NoticeBoard *const board = open_board();
    NoticePublished results[3];
    size_t count = 0;
    ABOUT("a list");
    memset(results, 0x5A, sizeof results);
    CHECK_OK(notice_publish_json(board, JSON, sizeof JSON - 1, results, 3, &count));
    CHECK_INT(count, 2);
    CHECK_INT(results[0].id, 1);
    CHECK_INT(results[1].id, 2);
    CHECK_INT(results[0].revision, 1);
    CHECK_INT(results[1].revision, 1);
    CHECK_INT(results[2].id, INT64_C(0x5A5A5A5A5A5A5A5A));
    ABOUT("an empty list");
    CHECK_OK(notice_publish_json(board, " [] ", 4, results, 3, &count));
    CHECK_INT(count, 0);
    CHECK_INT(revision_of(board), 1);
    notice_close(board, 0);
}

static void what_an_editor_reads_can_be_published_again(void)
{
    NoticeBoard *const board = open_board();
    NoticeQuery query = NOTICE_QUERY_INIT;
    NoticeArray array;
    char json[4096];
    size_t needed = 0;
    const int64_t id = publish_full(board);
    ABOUT("what an editor reads");
    CHECK_REFUSED(notice_get_json(board, id, &query, json, sizeof json, &needed), NOTICE_INVALID_FIELD, "view");
    query.view = NOTICE_VIEW_EDITOR;
    CHECK_STATUS(notice_get_json(board, id + 1, &query, json, sizeof json, &needed), NOTICE_NOT_FOUND);
    CHECK_INT(needed, 0);
    CHECK_OK(notice_get_json(board, id, &query, json, sizeof json, &needed));
    CHECK_INT(needed, strlen(json) + 1);
    CHECK(strstr(json, "\"title\":\"今晚停机维护\"") != NULL);
    CHECK(strstr(json, "\"value\":\"https://status.example/tonight\"") != NULL);
    CHECK(strstr(json, "\"ticket\":17") != NULL);
    CHECK_OK(notice_get(board, id, &query, &array));
    CHECK_INT(array.items[0].id, id);
    notice_free(&array);
    notice_close(board, 0);
}

/* JSON that is refused: the status, the path, and the byte if there is one (-1: none). */
static const struct {
    const char *json;
    int32_t status;
    const char *path;
    int offset;
} REFUSED_JSON[] = {
    { "", NOTICE_INVALID_FIELD, "json", 0 },
    { "nothing", NOTICE_INVALID_FIELD, "json", 1 },
    { "17", NOTICE_INVALID_FIELD, "", -1 },
    { "{}", NOTICE_INVALID_FIELD, "texts", -1 },
    { "{\"texts\": {\"en\": {\"title\": \"\"}}}", NOTICE_INVALID_FIELD, "texts.en.title", -1 },
    { "{\"texts\": {\"en\": {\"title\": 7}}}", NOTICE_INVALID_FIELD, "texts.en.title", -1 },
    { "{\"severity\": \"bad\", \"texts\": {\"en\": {\"title\": \"t\"}}}", NOTICE_INVALID_FIELD, "severity", -1 },
    { "{\"key\": \"a \", \"texts\": {\"en\": {\"title\": \"t\"}}}", NOTICE_INVALID_FIELD, "key", 1 },
    { "{\"colour\": 1}", NOTICE_INVALID_FIELD, "colour", -1 },
    { "{\"id\": 1}", NOTICE_INVALID_FIELD, "texts", -1 },
    { "[17]", NOTICE_INVALID_FIELD, "[0]", -1 },
    { "[{\"texts\": {\"en\": {\"title\": \"t\"}}}, {\"key\": \"k\"}]", NOTICE_INVALID_FIELD, "[1].texts", -1 },
    { "[{\"texts\": {\"en\": {\"title\": \"t\"}}}, {\"texts\": {\"en\": {\"title\": \"t\"}}, \"tags\": [\"a\", \"a\"]}]",
      NOTICE_INVALID_FIELD, "[1].tags[1]", -1 },
    { "[{\"texts\": {\"en\": {\"title\": \"t\"}}}", NOTICE_INVALID_FIELD, "[1]", 33 },
};

static void what_is_refused_has_its_place(void)
{
    NoticeBoard *const board = open_board();
    size_t i;
    for (i = 0; i < COUNT_OF(REFUSED_JSON); i++) {
        ABOUT("%s", REFUSED_JSON[i].json);
        CHECK_REFUSED(publish(board, REFUSED_JSON[i].json), REFUSED_JSON[i].status, REFUSED_JSON[i].path);
        CHECK_INT(check_last_info().has_offset, REFUSED_JSON[i].offset >= 0);
        if (REFUSED_JSON[i].offset >= 0)
            CHECK_INT(check_last_info().offset, REFUSED_JSON[i].offset);
    }
    ABOUT("what was refused");
    CHECK_INT(revision_of(board), 0);
    CHECK_INT(total_of(board), 0);
    notice_close(board, 0);
}

/* One draft more than a call may have. */
static void a_batch_has_a_limit(void)
{
    static const char DRAFT[] = "{},";
    const size_t count = NOTICE_MAX_BATCH + 1;
    char *const json = (char *)malloc(count * 3 + 1);
    NoticeBoard *const board = open_board();
    size_t i, written = 77;
    ABOUT("too many drafts");
    CHECK(json != NULL);
    json[0] = '[';
    for (i = 0; i < count; i++)
        memcpy(json + 1 + i * 3, DRAFT, 3);
    json[count * 3] = ']';
    CHECK_STATUS(notice_publish_json(board, json, count * 3 + 1, NULL, 0, &written), NOTICE_TOO_LARGE);
    CHECK_INT(check_last_info().limit, NOTICE_MAX_BATCH);
    CHECK_INT(written, 77);
    free(json);
    notice_close(board, 0);
}

int main(void)
{
    an_object_is_one_announcement();
    a_list_is_one_revision();
    what_an_editor_reads_can_be_published_again();
    what_is_refused_has_its_place();
    a_batch_has_a_limit();
    return 0;
}
