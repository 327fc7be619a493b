/* Boards whose clock stands still, in memory or in files, a draft and a query in which everything is set, and tables of their fields.
 *
 * A new field of NoticeDraft or NoticeQuery gets its row here, and is then refused, or not, with all others. */

#ifndef FIXTURE_H
#define FIXTURE_H

#include "check.h"

#include <unistd.h>

/* The instant at which every board of these programs is asked: 2026-06-18 02:00 UTC. */
#define FIXTURE_NOW INT64_C(1781748000000)

/* What a draft points at stands beside it, so that each field has a fixed place in this. */
struct full_draft {
    NoticeDraft draft;
    NoticeText texts[2];
    NoticeStr values[1];
    NoticeCondition audience[1];
    NoticeLabel labels[2];
    NoticeActionIn actions[1];
    NoticeStr tags[2];
    int64_t replaces_ids[1];
    NoticeStr replaces_keys[1];
};

struct full_query {
    NoticeQuery query;
    NoticeStr locales[1];
    NoticeAttribute attributes[1];
    NoticeStr channels[1];
    NoticeStr categories[1];
    NoticeStr tags_any[1];
    NoticeStr tags_all[1];
    NoticeStr tags_none[1];
    NoticeStr keys[1];
    int64_t ids[1];
};

enum emptiness { MAY_BE_EMPTY, REQUIRED };

/* A NoticeStr of a full_draft or a full_query. */
struct text_field {
    const char *path;
    size_t offset;
    enum emptiness emptiness;
};

/* A list of a full_draft or a full_query: pointer and count. */
struct list_field {
    const char *path;
    size_t pointer_offset;
    size_t count_offset;
    size_t element;
    enum emptiness emptiness;
};

#define DRAFT_TEXT(path, place, emptiness) { path, offsetof(struct full_draft, place), emptiness }
#define DRAFT_LIST(path, list, count, element, emptiness)                                        \
    {                                                                                            \
        path, offsetof(struct full_draft, list), offsetof(struct full_draft, count), element,    \
        emptiness                                                                                \
    }
#define QUERY_TEXT(path, place, emptiness) { path, offsetof(struct full_query, place), emptiness }
#define QUERY_LIST(path, list, count, element)                                                   \
    {                                                                                            \
        path, offsetof(struct full_query, list), offsetof(struct full_query, count), element,    \
        MAY_BE_EMPTY                                                                             \
    }

static const struct text_field DRAFT_TEXTS[] = {
    DRAFT_TEXT("key", draft.key, MAY_BE_EMPTY),
    DRAFT_TEXT("channel", draft.channel, MAY_BE_EMPTY),
    DRAFT_TEXT("texts[0].locale", texts[0].locale, REQUIRED),
    DRAFT_TEXT("texts[1].title", texts[1].title, REQUIRED),
    DRAFT_TEXT("texts[0].summary", texts[0].summary, MAY_BE_EMPTY),
    DRAFT_TEXT("texts[1].body", texts[1].body, MAY_BE_EMPTY),
    DRAFT_TEXT("default_locale", draft.default_locale, MAY_BE_EMPTY),
    DRAFT_TEXT("audience[0].attribute", audience[0].attribute, REQUIRED),
    DRAFT_TEXT("audience[0].op", audience[0].op, REQUIRED),
    DRAFT_TEXT("audience[0].values[0]", values[0], MAY_BE_EMPTY),
    DRAFT_TEXT("actions[0].id", actions[0].id, REQUIRED),
    DRAFT_TEXT("actions[0].labels[0].locale", labels[0].locale, REQUIRED),
    DRAFT_TEXT("actions[0].labels[1].text", labels[1].text, REQUIRED),
    DRAFT_TEXT("actions[0].value", actions[0].value, REQUIRED),
    DRAFT_TEXT("category", draft.category, MAY_BE_EMPTY),
    DRAFT_TEXT("tags[1]", tags[1], REQUIRED),
    DRAFT_TEXT("replaces_keys[0]", replaces_keys[0], REQUIRED),
    DRAFT_TEXT("author", draft.author, MAY_BE_EMPTY),
    DRAFT_TEXT("source", draft.source, MAY_BE_EMPTY),
    DRAFT_TEXT("external_id", draft.external_id, MAY_BE_EMPTY),
    DRAFT_TEXT("extras_json", draft.extras_json, MAY_BE_EMPTY),
    DRAFT_TEXT("idempotency_key", draft.idempotency_key, MAY_BE_EMPTY),
};

static const struct list_field DRAFT_LISTS[] = {
    DRAFT_LIST("texts", draft.texts, draft.text_count, sizeof(NoticeText), REQUIRED),
    DRAFT_LIST("audience", draft.audience, draft.condition_count, sizeof(NoticeCondition), MAY_BE_EMPTY),
    DRAFT_LIST("audience[0].values", audience[0].values, audience[0].value_count, sizeof(NoticeStr), REQUIRED),
    DRAFT_LIST("actions", draft.actions, draft.action_count, sizeof(NoticeActionIn), MAY_BE_EMPTY),
    DRAFT_LIST("tags", draft.tags, draft.tag_count, sizeof(NoticeStr), MAY_BE_EMPTY),
    DRAFT_LIST("replaces_ids", draft.replaces_ids, draft.replaces_id_count, sizeof(int64_t), MAY_BE_EMPTY),
    DRAFT_LIST("replaces_keys", draft.replaces_keys, draft.replaces_key_count, sizeof(NoticeStr), MAY_BE_EMPTY),
};

static const struct text_field QUERY_TEXTS[] = {
    QUERY_TEXT("user", query.user, MAY_BE_EMPTY),
    QUERY_TEXT("locales[0]", locales[0], MAY_BE_EMPTY),
    QUERY_TEXT("attributes[0].name", attributes[0].name, MAY_BE_EMPTY),
    QUERY_TEXT("attributes[0].value", attributes[0].value, MAY_BE_EMPTY),
    QUERY_TEXT("cursor", query.cursor, MAY_BE_EMPTY),
    QUERY_TEXT("filter.channels[0]", channels[0], MAY_BE_EMPTY),
    QUERY_TEXT("filter.categories[0]", categories[0], MAY_BE_EMPTY),
    QUERY_TEXT("filter.tags_any[0]", tags_any[0], MAY_BE_EMPTY),
    QUERY_TEXT("filter.tags_all[0]", tags_all[0], MAY_BE_EMPTY),
    QUERY_TEXT("filter.tags_none[0]", tags_none[0], MAY_BE_EMPTY),
    QUERY_TEXT("filter.keys[0]", keys[0], MAY_BE_EMPTY),
    QUERY_TEXT("author", query.author, MAY_BE_EMPTY),
    QUERY_TEXT("external_id", query.external_id, MAY_BE_EMPTY),
    QUERY_TEXT("has_locale", query.has_locale, MAY_BE_EMPTY),
    QUERY_TEXT("filter.q", query.q, MAY_BE_EMPTY),
};

static const struct list_field QUERY_LISTS[] = {
    QUERY_LIST("locales", query.locales, query.locale_count, sizeof(NoticeStr)),
    QUERY_LIST("attributes", query.attributes, query.attribute_count, sizeof(NoticeAttribute)),
    QUERY_LIST("filter.channels", query.channels, query.channel_count, sizeof(NoticeStr)),
    QUERY_LIST("filter.categories", query.categories, query.category_count, sizeof(NoticeStr)),
    QUERY_LIST("filter.tags_any", query.tags_any, query.tags_any_count, sizeof(NoticeStr)),
    QUERY_LIST("filter.tags_all", query.tags_all, query.tags_all_count, sizeof(NoticeStr)),
    QUERY_LIST("filter.tags_none", query.tags_none, query.tags_none_count, sizeof(NoticeStr)),
    QUERY_LIST("filter.keys", query.keys, query.key_count, sizeof(NoticeStr)),
    QUERY_LIST("filter.ids", query.ids, query.id_count, sizeof(int64_t)),
};

#define COUNT_OF(table) (sizeof(table) / sizeof((table)[0]))

static inline int64_t fixture_clock(void *data)
{
    (void)data;
    return FIXTURE_NOW;
}

/* A path or a URL. */
struct place {
    char text[512];
    size_t len;
};

/* The path of a file of the program's own: in the folder that NOTICE_C_SUITE_FOLDER names, which is empty when the
 * program begins and goes with it. */
static inline struct place path_of(const char *name)
{
    const char *const folder = getenv("NOTICE_C_SUITE_FOLDER");
    struct place place;
    const int len = snprintf(place.text, sizeof place.text, "%s/%s", folder ? folder : ".", name);
    CHECK(len > 0 && (size_t)len < sizeof place.text);
    place.len = (size_t)len;
    return place;
}

/* The URL of the board in that file, with parameters, which may be empty. */
static inline struct place url_of(const char *name, const char *parameters)
{
    const struct place path = path_of(name);
    struct place place;
    const int len = snprintf(place.text, sizeof place.text, "file:%s%s", path.text, parameters);
    CHECK(len > 0 && (size_t)len < sizeof place.text);
    place.len = (size_t)len;
    return place;
}

/* Opens an empty board: in memory, or in a file of its own where NOTICE_C_SUITE_BOARDS says "file". For one thread. */
static inline NoticeBoard *open_fresh(const NoticeOptions *options)
{
    static int count;
    const char *const kind = getenv("NOTICE_C_SUITE_BOARDS");
    struct place url = { "mem:", 4 };
    char name[32];
    NoticeBoard *board = NULL;
    if (kind && strcmp(kind, "file") == 0) {
        snprintf(name, sizeof name, "fresh-%d.notice", count++);
        url = url_of(name, "");
    }
    CHECK_OK(notice_open(url.text, url.len, options, &board));
    CHECK(board != NULL);
    return board;
}

/* An empty board at FIXTURE_NOW. */
static inline NoticeBoard *open_board(void)
{
    NoticeOptions options = NOTICE_OPTIONS_INIT;
    options.clock = fixture_clock;
    return open_fresh(&options);
}

/* A name under which nobody else shares a board. For one thread. */
static inline const char *fresh_name(void)
{
    static char name[40];
    static int count;
    snprintf(name, sizeof name, "c-suite-%ld-%d", (long)getpid(), count++);
    return name;
}

/* The board in a file of that name, which may be there already, at FIXTURE_NOW. */
static inline NoticeBoard *open_file(const char *name, const char *parameters)
{
    const struct place url = url_of(name, parameters);
    NoticeOptions options = NOTICE_OPTIONS_INIT;
    NoticeBoard *board = NULL;
    options.clock = fixture_clock;
    CHECK_OK(notice_open(url.text, url.len, &options, &board));
    return board;
}

/* A draft in which every field is set, with a key, so that publishing it again changes nothing; but for the
 * idempotency key, under which it could not be published with anything changed. */
static inline void fill_draft(struct full_draft *full)
{
    const NoticeDraft draft = NOTICE_DRAFT_INIT;
    const NoticeText text = NOTICE_TEXT_INIT;
    memset(full, 0, sizeof *full);

    full->texts[0] = full->texts[1] = text;
    full->texts[0].locale = notice_str("zh-CN");
    full->texts[0].title = notice_str("今晚停机维护");
    full->texts[0].summary = notice_str("22:00 至 24:00");
    full->texts[0].body = notice_str("服务暂停。");
    full->texts[1].locale = notice_str("en");
    full->texts[1].title = notice_str("Maintenance tonight");
    full->texts[1].summary = notice_str("22:00 to 24:00");
    full->texts[1].body = notice_str("No *service*.");
    full->texts[1].format = NOTICE_FORMAT_MARKDOWN;

    full->values[0] = notice_str("linux");
    full->audience[0].attribute = notice_str("platform");
    full->audience[0].op = notice_str("in");
    full->audience[0].values = full->values;
    full->audience[0].value_count = 1;

    full->labels[0].locale = notice_str("en");
    full->labels[0].text = notice_str("Details");
    full->labels[1].locale = notice_str("zh-CN");
    full->labels[1].text = notice_str("详情");
    full->actions[0].id = notice_str("details");
    full->actions[0].kind = NOTICE_ACTION_URL;
    full->actions[0].labels = full->labels;
    full->actions[0].label_count = 2;
    full->actions[0].value = notice_str("https://status.example/tonight");

    full->tags[0] = notice_str("ops");
    full->tags[1] = notice_str("planned");
    full->replaces_ids[0] = 1000000;
    full->replaces_keys[0] = notice_str("maintenance/may");

    full->draft = draft;
    full->draft.severity = NOTICE_SEVERITY_WARNING;
    full->draft.priority = 7;
    full->draft.flags = NOTICE_PINNED | NOTICE_REQUIRE_ACK | NOTICE_NOT_DISMISSIBLE;
    full->draft.display = NOTICE_DISPLAY_LIST | NOTICE_DISPLAY_BANNER;
    full->draft.show_limit = 3;
    full->draft.show_interval_ms = 60000;
    full->draft.starts_at = FIXTURE_NOW - 1000;
    full->draft.ends_at = FIXTURE_NOW + 1000;
    full->draft.event_from = FIXTURE_NOW + 2000;
    full->draft.event_to = FIXTURE_NOW + 3000;
    full->draft.key = notice_str("maintenance/june");
    full->draft.channel = notice_str("status");
    full->draft.texts = full->texts;
    full->draft.text_count = COUNT_OF(full->texts);
    full->draft.default_locale = notice_str("en");
    full->draft.audience = full->audience;
    full->draft.condition_count = COUNT_OF(full->audience);
    full->draft.actions = full->actions;
    full->draft.action_count = COUNT_OF(full->actions);
    full->draft.category = notice_str("maintenance");
    full->draft.tags = full->tags;
    full->draft.tag_count = COUNT_OF(full->tags);
    full->draft.replaces_ids = full->replaces_ids;
    full->draft.replaces_id_count = COUNT_OF(full->replaces_ids);
    full->draft.replaces_keys = full->replaces_keys;
    full->draft.replaces_key_count = COUNT_OF(full->replaces_keys);
    full->draft.author = notice_str("ops@example.com");
    full->draft.source = notice_str("calendar");
    full->draft.external_id = notice_str("event-17");
    full->draft.extras_json = notice_str("{\"ticket\":17}");
}

/* A query in which every condition is set, and which finds the full draft once it is published as `id`. */
static inline void fill_query(struct full_query *full, int64_t id)
{
    const NoticeQuery query = NOTICE_QUERY_INIT;
    memset(full, 0, sizeof *full);

    full->locales[0] = notice_str("en");
    full->attributes[0].name = notice_str("platform");
    full->attributes[0].value = notice_str("linux");
    full->channels[0] = notice_str("status");
    full->categories[0] = notice_str("maintenance");
    full->tags_any[0] = notice_str("ops");
    full->tags_all[0] = notice_str("planned");
    full->tags_none[0] = notice_str("finance");
    full->keys[0] = notice_str("maintenance/june");
    full->ids[0] = id;

    full->query = query;
    full->query.limit = 20;
    full->query.severity_at_least = NOTICE_SEVERITY_NOTICE;
    full->query.pinned = NOTICE_PINNED_ONLY;
    full->query.user = notice_str("zhang.wei");
    full->query.locales = full->locales;
    full->query.locale_count = COUNT_OF(full->locales);
    full->query.attributes = full->attributes;
    full->query.attribute_count = COUNT_OF(full->attributes);
    full->query.channels = full->channels;
    full->query.channel_count = COUNT_OF(full->channels);
    full->query.categories = full->categories;
    full->query.category_count = COUNT_OF(full->categories);
    full->query.tags_any = full->tags_any;
    full->query.tags_any_count = COUNT_OF(full->tags_any);
    full->query.tags_all = full->tags_all;
    full->query.tags_all_count = COUNT_OF(full->tags_all);
    full->query.tags_none = full->tags_none;
    full->query.tags_none_count = COUNT_OF(full->tags_none);
    full->query.keys = full->keys;
    full->query.key_count = COUNT_OF(full->keys);
    full->query.ids = full->ids;
    full->query.id_count = COUNT_OF(full->ids);
    full->query.author = notice_str("ops@example.com");
    full->query.external_id = notice_str("event-17");
    full->query.has_locale = notice_str("zh-CN");
    full->query.q = notice_str("maintenance -finance");
    full->query.unread_only = 1;
    full->query.pending_only = 1;
    full->query.unacknowledged_only = 1;
}

/* Publishes the full draft, and gives its id. */
static inline int64_t publish_full(NoticeBoard *board)
{
    struct full_draft full;
    NoticePublished published;
    fill_draft(&full);
    CHECK_OK(notice_publish(board, &full.draft, &published));
    return published.id;
}

/* Publishes a draft of nothing but a title in English, with these flags. */
static inline int64_t publish_title_as(NoticeBoard *board, const char *title, uint32_t flags)
{
    NoticeDraft draft = NOTICE_DRAFT_INIT;
    NoticeText text = NOTICE_TEXT_INIT;
    NoticePublished published;
    draft.flags = flags;
    text.locale = notice_str("en");
    text.title = notice_str(title);
    draft.texts = &text;
    draft.text_count = 1;
    CHECK_OK(notice_publish(board, &draft, &published));
    return published.id;
}

static inline int64_t publish_title(NoticeBoard *board, const char *title)
{
    return publish_title_as(board, title, 0);
}

/* Publishes what no viewer sees until it is released. */
static inline int64_t publish_draft(NoticeBoard *board)
{
    return publish_title_as(board, "Not yet", NOTICE_AS_DRAFT);
}

/* What notice_export has written; `bytes` is to be freed. */
struct exported {
    char *bytes;
    size_t len;
};

/* For notice_export, with a struct exported as its data. */
static inline int32_t keep_exported(void *data, const char *bytes, size_t len)
{
    struct exported *const exported = (struct exported *)data;
    char *const more = (char *)realloc(exported->bytes, exported->len + len);
    if (more == NULL)
        return 1;
    memcpy(more + exported->len, bytes, len);
    exported->bytes = more;
    exported->len += len;
    return 0;
}

/* Sets the NoticeStr at `offset` of a full_draft or a full_query. */
static inline void set_text(void *full, size_t offset, const char *ptr, size_t len)
{
    NoticeStr text;
    text.ptr = ptr;
    text.len = len;
    memcpy((char *)full + offset, &text, sizeof text);
}

/* Sets the count of a list, and the pointer if `is_null`. */
static inline void set_list(void *full, const struct list_field *field, int is_null, size_t count)
{
    const void *nothing = NULL;
    if (is_null)
        memcpy((char *)full + field->pointer_offset, &nothing, sizeof nothing);
    memcpy((char *)full + field->count_offset, &count, sizeof count);
}

/* Publishes a full draft that was spoilt somewhere. */
static inline int32_t try_draft(NoticeBoard *board, const struct full_draft *full)
{
    return notice_publish(board, &full->draft, NULL);
}

/* Asks a full query that was spoilt somewhere; what comes is given back. */
static inline int32_t try_query(NoticeBoard *board, const struct full_query *full)
{
    NoticeArray array;
    const int32_t status = notice_query(board, &full->query, &array);
    if (status == NOTICE_OK)
        notice_free(&array);
    return status;
}

/* How many announcements an editor sees. */
static inline uint64_t total_of(NoticeBoard *board)
{
    NoticeQuery query = NOTICE_QUERY_INIT;
    NoticeCount count;
    query.view = NOTICE_VIEW_EDITOR;
    query.phase = NOTICE_PHASE_ANY;
    CHECK_OK(notice_count(board, &query, &count));
    return count.total;
}

static inline int64_t revision_of(NoticeBoard *board)
{
    NoticeQuery query = NOTICE_QUERY_INIT;
    NoticeCount count;
    CHECK_OK(notice_count(board, &query, &count));
    return count.revision;
}

#endif
