/* The board of a daemon over TLS: asked, written, marked and waited for like any other; and certificates that are not
 * to be trusted. The suite starts the daemon, and gives the URLs in the environment. */

#include "fixture.h"

static int32_t open_url(const char *variable, NoticeBoard **board)
{
    const char *const url = getenv(variable);
    CHECK(url != NULL);
    return notice_open(url, strlen(url), NULL, board);
}

/* Publishes one announcement more, which a reader of the board then has not read, and then has. */
static void it_is_used_like_any_other(const char *variable)
{
    NoticeBoard *board = NULL;
    NoticeQuery query = NOTICE_QUERY_INIT;
    NoticeCount before, after;
    NoticeArray array;
    NoticeHead head;
    int64_t id, revision = 0;
    ABOUT("%s", variable);
    CHECK_OK(open_url(variable, &board));
    query.user = notice_str("zhang.wei");
    CHECK_OK(notice_count(board, &query, &before));
    CHECK_OK(notice_head(board, &head));
    id = publish_title(board, "经由 TLS");
    CHECK_OK(notice_wait(board, head.revision, 60000, &revision));
    CHECK_INT(revision, head.revision + 1);
    CHECK_OK(notice_count(board, &query, &after));
    CHECK_INT(after.total, before.total + 1);
    CHECK_INT(after.unread, before.unread + 1);
    CHECK_OK(notice_query(board, &query, &array));
    CHECK_STR(array.items[0].title, "经由 TLS");
    notice_free(&array);
    CHECK_OK(notice_mark(board, &query, &id, 1, NOTICE_MARK_READ));
    CHECK_OK(notice_count(board, &query, &after));
    CHECK_INT(after.unread, before.unread);
    /* What the daemon refuses is told as by a board of one's own. */
    CHECK_REFUSED(notice_retract(board, 4711, NULL, 0, 0, NULL), NOTICE_NOT_FOUND, "");
    CHECK_OK(notice_close(board, 0));
}

/* The message says what is wrong and which parameter helps. */
static void it_is_refused(const char *variable, int32_t status, const char *says)
{
    NoticeBoard *board = NULL;
    ABOUT("%s", variable);
    CHECK_REFUSED(open_url(variable, &board), status, "");
    CHECK(board == NULL);
    if (strstr(check_last_message(), says) == NULL)
        check_fail(__FILE__, __LINE__, "\"%s\" does not say \"%s\"", check_last_message(), says);
}

int main(void)
{
    it_is_used_like_any_other("NOTICE_C_SUITE_GOOD");
    it_is_used_like_any_other("NOTICE_C_SUITE_FOLLOWING");
    it_is_refused("NOTICE_C_SUITE_OTHER_AUTHORITY", NOTICE_UNAUTHORIZED, "?ca_file=");
    it_is_refused("NOTICE_C_SUITE_OTHER_NAME", NOTICE_UNAUTHORIZED, "not for other.example");
    it_is_refused("NOTICE_C_SUITE_OTHER_TOKEN", NOTICE_UNAUTHORIZED, "token");
    it_is_refused("NOTICE_C_SUITE_WITHOUT_TLS", NOTICE_UNSUPPORTED, "tcp:");
    return 0;
}
