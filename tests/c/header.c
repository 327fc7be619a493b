/* The header as it comes: alone, twice, and with nothing before it. Its macros make what they say. */

#include <notice.h>
#include <notice.h>

#include "fixture.h"

/* Initialisers are constants. */
static const NoticeStr STR = NOTICE_STR("Hello");
static const NoticeStr EMPTY = NOTICE_STR_INIT;
static const NoticeRange RANGE = NOTICE_RANGE_INIT;
static const NoticeOptions OPTIONS = NOTICE_OPTIONS_INIT;
static const NoticeText TEXT = NOTICE_TEXT_INIT;
static const NoticeDraft DRAFT = NOTICE_DRAFT_INIT;
static const NoticeQuery QUERY = NOTICE_QUERY_INIT;
static const NoticeArray ARRAY = NOTICE_ARRAY_INIT;
static const NoticeReceiptQuery RECEIPT_QUERY = NOTICE_RECEIPT_QUERY_INIT;
static const NoticeReceiptArray RECEIPT_ARRAY = NOTICE_RECEIPT_ARRAY_INIT;
static const NoticeChanges CHANGES = NOTICE_CHANGES_INIT;
static const NoticeChangeArray CHANGE_ARRAY = NOTICE_CHANGE_ARRAY_INIT;

CHECK_STATIC(NOTICE_OK == 0);
CHECK_STATIC(NOTICE_TOO_SMALL == 23);
CHECK_STATIC(NOTICE_MAX_TIME == INT64_C(253402300799999));
CHECK_STATIC(NOTICE_ABI_VERSION_OLDEST <= NOTICE_ABI_VERSION);
CHECK_STATIC(sizeof(NOTICE_VERSION) > 5);

/* That the structure is zero from `from` on. */
static void check_zero(const void *structure, size_t from, size_t size)
{
    size_t i;
    for (i = from; i < size; i++)
        if (((const unsigned char *)structure)[i] != 0)
            check_fail(__FILE__, __LINE__, "byte %zu of %zu is not 0", i, size);
}

static void initialisers_are_the_defaults(void)
{
    ABOUT("NOTICE_STR");
    CHECK_STR(STR, "Hello");
    CHECK(EMPTY.ptr == NULL && EMPTY.len == 0);
    check_zero(&RANGE, 0, sizeof RANGE);
    ABOUT("NOTICE_OPTIONS_INIT");
    CHECK_INT(OPTIONS.struct_size, sizeof OPTIONS);
    check_zero(&OPTIONS, sizeof(uint32_t), sizeof OPTIONS);
    ABOUT("NOTICE_TEXT_INIT");
    check_zero(&TEXT, 0, sizeof TEXT);
    ABOUT("NOTICE_DRAFT_INIT");
    CHECK_INT(DRAFT.struct_size, sizeof DRAFT);
    CHECK_INT(DRAFT.severity, NOTICE_SEVERITY_INFO);
    check_zero(&DRAFT, offsetof(NoticeDraft, priority), sizeof DRAFT);
    ABOUT("NOTICE_QUERY_INIT");
    CHECK_INT(QUERY.struct_size, sizeof QUERY);
    check_zero(&QUERY, sizeof(uint32_t), sizeof QUERY);
    ABOUT("NOTICE_ARRAY_INIT");
    check_zero(&ARRAY, 0, sizeof ARRAY);
    ABOUT("NOTICE_RECEIPT_..._INIT");
    CHECK_INT(RECEIPT_QUERY.struct_size, sizeof RECEIPT_QUERY);
    check_zero(&RECEIPT_QUERY, sizeof(uint32_t), sizeof RECEIPT_QUERY);
    check_zero(&RECEIPT_ARRAY, 0, sizeof RECEIPT_ARRAY);
    ABOUT("NOTICE_CHANGE..._INIT");
    CHECK_INT(CHANGES.struct_size, sizeof CHANGES);
    check_zero(&CHANGES, sizeof(uint32_t), sizeof CHANGES);
    check_zero(&CHANGE_ARRAY, 0, sizeof CHANGE_ARRAY);
}

static void a_text_of_c_is_measured(void)
{
    ABOUT("notice_str");
    CHECK_STR(notice_str("维护"), "维护");
    CHECK_INT(notice_str("").len, 0);
    CHECK(notice_str(NULL).ptr == NULL && notice_str(NULL).len == 0);
}

static void header_and_library_are_of_one_release(void)
{
    char composed[64];
    ABOUT("versions");
    CHECK_TEXT(notice_version(), NOTICE_VERSION);
    snprintf(composed, sizeof composed, "%d.%d.%d", NOTICE_VERSION_MAJOR, NOTICE_VERSION_MINOR, NOTICE_VERSION_PATCH);
    CHECK_TEXT(composed, NOTICE_VERSION);
    CHECK_INT(notice_abi_version(), NOTICE_ABI_VERSION);
}

/* The example at the head of the header. */
static void the_first_example_works(void)
{
    NoticeBoard *board;
    NoticeText text = NOTICE_TEXT_INIT;
    NoticeDraft draft = NOTICE_DRAFT_INIT;
    NoticeQuery query = NOTICE_QUERY_INIT;
    NoticeArray array;
    ABOUT("the example");
    CHECK_OK(notice_open("mem:", 4, NULL, &board));
    text.locale = notice_str("en");
    text.title = notice_str("Maintenance tonight");
    draft.texts = &text;
    draft.text_count = 1;
    CHECK_OK(notice_publish(board, &draft, NULL));
    CHECK_OK(notice_query(board, &query, &array));
    CHECK_INT(array.len, 1);
    CHECK_TEXT(array.items[0].title.ptr, "Maintenance tonight");
    notice_free(&array);
    notice_close(board, 0);
}

int main(void)
{
    initialisers_are_the_defaults();
    a_text_of_c_is_measured();
    header_and_library_are_of_one_release();
    the_first_example_works();
    return 0;
}
