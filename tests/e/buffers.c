/* Texts and lists into buffers of every size, with a page behind or before them that nobody may touch. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call.h"
#include "check.h"
#include "gbk.h"
#include "guard.h"
#include "tests.h"

/* One of the functions that write a text into a buffer. */
struct writer {
    const char *entry;
    /* What stands before buffer and capacity. */
    int count;
    struct value values[4];
    enum kind kind;
    /* What the memory holds before: spaces as of 取空白文本, zeros as of 取空白字节集. */
    int fill;
    size_t (*whole)(const char *text, size_t limit);
};

static int32_t write_into(const struct writer *writer, void *buffer, int32_t capacity)
{
    struct value values[6];
    memcpy(values, writer->values, sizeof writer->values);
    values[writer->count] = (struct value){writer->kind, 0, buffer, 0};
    values[writer->count + 1] = INT(capacity);
    return call_number(writer->entry, writer->count + 2, values);
}

static char *whole_text(const struct writer *writer)
{
    const int32_t size = write_into(writer, NULL, 0);
    char *text = malloc((size_t)size + 1);
    CHECK(size > 40);
    EQUAL(write_into(writer, text, size + 1), size);
    EQUAL((int32_t)strlen(text), size);
    return text;
}

static void every_size(const struct writer *writer)
{
    char *text = whole_text(writer);
    const int32_t size = (int32_t)strlen(text);
    int32_t capacity;
    enum side side;
    if (writer->whole == whole_gbk)
        check_gbk(text);
    for (capacity = 0; capacity <= size + 3; capacity++) {
        for (side = SIDE_START; side <= SIDE_END; side++) {
            struct guarded buffer;
            guard(&buffer, (size_t)capacity, side, writer->fill);
            EQUAL(write_into(writer, buffer.data, capacity), size);
            if (capacity > 0) {
                const size_t length = writer->whole(text, (size_t)capacity - 1);
                CHECK(memcmp(buffer.data, text, length) == 0);
                CHECK(buffer.data[length] == 0);
            }
            guard_release(&buffer);
        }
    }
    CHECK(write_into(writer, NULL, -1) < 0);
    CHECK(write_into(writer, NULL, -0x7FFFFFFF - 1) < 0);
    /* A buffer that is not there, although it has a size. */
    CHECK(write_into(writer, NULL, 100) < 0);
    printf("%s writes %d bytes into 0 to %d\n", writer->entry, (int)size, (int)size + 3);
    free(text);
}

static void every_length_of_a_list(int32_t result, int32_t rows)
{
    int32_t capacity, n;
    enum side side;
    for (capacity = 0; capacity <= rows + 2; capacity++) {
        for (side = SIDE_START; side <= SIDE_END; side++) {
            struct guarded ids;
            int32_t written;
            guard(&ids, (size_t)capacity * 4, side, 0);
            written = NUMBER("e_announce_ids", INT(result), INTS(ids.data), INT(capacity));
            if (capacity >= rows)
                EQUAL(written, rows);
            for (n = 0; n < written; n++) {
                char id[16];
                snprintf(id, sizeof id, "%d", (int)((int32_t *)ids.data)[n]);
                SAME(TEXT_OF("e_announce_id", INT(result), INT(n + 1)), id);
            }
            guard_release(&ids);
        }
    }
}

/* The halves of a number, each at both ends of its memory. */
static void halves(int32_t result)
{
    enum side side;
    for (side = SIDE_START; side <= SIDE_END; side++) {
        struct guarded low, high;
        guard(&low, 4, side, 0xFF);
        guard(&high, 4, side, 0xFF);
        EQUAL(NUMBER("e_announce_number_halves", INT(result), INT(1), INT(1), INT_OUT(low.data), INT_OUT(high.data)), 0);
        EQUAL(*(int32_t *)high.data, 0);
        EQUAL(NUMBER("e_announce_number", INT(result), INT(1), INT(1)), *(int32_t *)low.data);
        guard_release(&low);
        guard_release(&high);
    }
}

void test_buffers(void)
{
    const int32_t board = board_with(3);
    const int32_t result = NUMBER("e_announce_query", INT(board), TEXT_IN(""));
    char *id;
    EQUAL(NUMBER("e_announce_count", INT(result)), 3);
    id = TEXT_OF("e_announce_id", INT(result), INT(1));
    {
        const struct writer table = {"e_announce_table", 1, {INT(result)}, KIND_TEXT_BUFFER, ' ', whole_gbk};
        const struct writer body = {"e_announce_text_utf8", 3, {INT(result), INT(1), INT(FIELD_BODY)},
                                    KIND_BYTE_BUFFER, 0, whole_utf8};
        const struct writer json = {"e_announce_json", 2, {INT(board), TEXT_IN(id)}, KIND_BYTE_BUFFER, 0, whole_utf8};
        every_size(&table);
        every_size(&body);
        every_size(&json);
    }
    every_length_of_a_list(result, 3);
    halves(result);
    free(id);
    EQUAL(NUMBER("e_announce_free", INT(result)), 0);
    EQUAL(NUMBER("e_announce_close", INT(board)), 0);
}
