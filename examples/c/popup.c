/* Shows popups when a program begins: each as often as it may be shown, until the user has done with it.
 *
 * The clock is set by hand, so that a day passes in no time. */
#include <stdio.h>
#include <string.h>

#include "notice.h"

#define HOUR ((int64_t)60 * 60 * 1000)
#define MOST 10

static NoticeBoard *board;
static int64_t now = 1781748000000; /* 18 June 2026, 02:00 UTC */

static int64_t clock_by_hand(void *data)
{
    return *(const int64_t *)data;
}

static int failed(const char *doing, int32_t status)
{
    char message[1024] = "";
    size_t needed;
    if (status == NOTICE_OK) {
        return 0;
    }
    notice_last_error(NOTICE_LANGUAGE_EN, message, sizeof message, &needed);
    fprintf(stderr, "popup: %s: %s: %s\n", doing, notice_status_name(status), message);
    return 1;
}

/* Publishes a popup, and gives its id; 0 if that fails. */
static int64_t publish(const char *title, uint32_t flags, uint32_t show_limit, uint32_t interval_ms)
{
    NoticeText text = NOTICE_TEXT_INIT;
    NoticeDraft draft = NOTICE_DRAFT_INIT;
    NoticePublished published;
    text.locale = notice_str("en");
    text.title = notice_str(title);
    draft.texts = &text;
    draft.text_count = 1;
    draft.flags = flags;
    draft.display = NOTICE_DISPLAY_LIST | NOTICE_DISPLAY_POPUP;
    draft.show_limit = show_limit;
    draft.show_interval_ms = interval_ms;
    return failed("publishing", notice_publish(board, &draft, &published)) ? 0 : published.id;
}

/* Shows what is pending, and remembers that it was shown. */
static int show_popups(const char *when, const NoticeQuery *user)
{
    NoticeQuery query = *user;
    NoticeArray page;
    int64_t shown[MOST];
    size_t count = 0;
    query.pending_only = 1;
    query.limit = MOST;
    if (failed("querying", notice_query(board, &query, &page))) {
        return 1;
    }
    printf("%s:\n", when);
    for (size_t i = 0; i < page.len; i++) {
        const NoticeItem *item = &page.items[i];
        if ((item->display & NOTICE_DISPLAY_POPUP) && !(item->flags & NOTICE_ACKNOWLEDGED)) {
            printf("  %s (%s%s, shown %u times before)\n", item->title.ptr,
                   item->flags & NOTICE_READ ? "read" : "unread",
                   item->flags & NOTICE_REQUIRE_ACK ? ", to be acknowledged" : "",
                   (unsigned)item->seen_count);
            shown[count++] = item->id;
        }
    }
    notice_free(&page);
    return failed("marking", notice_mark(board, user, shown, count, NOTICE_MARK_SEEN));
}

/* What the user answers to a popup. */
static int answer(const NoticeQuery *user, int64_t id, int32_t mark)
{
    return failed("answering", notice_mark(board, user, &id, 1, mark));
}

int main(void)
{
    NoticeOptions options = NOTICE_OPTIONS_INIT;
    NoticeQuery user = NOTICE_QUERY_INIT;
    NoticeQuery open_terms;
    NoticeCount left;
    int64_t terms, tip;
    int is_bad;
    options.clock = clock_by_hand;
    options.clock_data = &now;
    user.user = notice_str("m.keller");
    if (failed("opening", notice_open("mem:", strlen("mem:"), &options, &board))) {
        return 1;
    }
    /* Twice, with half a day between; until it is acknowledged; until it is dismissed. */
    is_bad = publish("Release 8.2 is here", 0, 2, (uint32_t)(12 * HOUR)) == 0;
    terms = publish("New terms of use", NOTICE_REQUIRE_ACK | NOTICE_NOT_DISMISSIBLE, 0, 0);
    tip = publish("Press F1 for help", 0, 0, 0);
    is_bad = is_bad || terms == 0 || tip == 0
             || show_popups("In the morning", &user)
             || answer(&user, tip, NOTICE_MARK_DISMISS);
    now += HOUR;
    is_bad = is_bad || show_popups("An hour later", &user)
             || answer(&user, terms, NOTICE_MARK_ACKNOWLEDGE);
    now += 23 * HOUR;
    is_bad = is_bad || show_popups("The next day", &user);
    now += 24 * HOUR;
    is_bad = is_bad || show_popups("The day after", &user);

    open_terms = user;
    open_terms.unacknowledged_only = 1;
    if (!is_bad && !failed("counting", notice_count(board, &open_terms, &left))) {
        printf("Left to be acknowledged: %u\n", (unsigned)left.total);
    }
    notice_close(board, 0);
    return is_bad;
}
