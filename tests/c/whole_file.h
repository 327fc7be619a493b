/* Files read and written as a whole. For programs that damage or compare them. */
#ifndef WHOLE_FILE_H
#define WHOLE_FILE_H

#include "fixture.h"

struct bytes {
    unsigned char *start;
    size_t len;
};

static struct bytes read_file(const char *path)
{
    struct bytes bytes = { NULL, 0 };
    FILE *const file = fopen(path, "rb");
    long len;
    CHECK(file != NULL);
    CHECK_INT(fseek(file, 0, SEEK_END), 0);
    len = ftell(file);
    CHECK(len > 0);
    rewind(file);
    bytes.len = (size_t)len;
    bytes.start = (unsigned char *)malloc(bytes.len);
    CHECK(bytes.start != NULL);
    CHECK_INT(fread(bytes.start, 1, bytes.len, file), bytes.len);
    fclose(file);
    return bytes;
}

static void write_file(const char *path, const void *bytes, size_t len)
{
    FILE *const file = fopen(path, "wb");
    CHECK(file != NULL);
    CHECK_INT(fwrite(bytes, 1, len, file), len);
    CHECK_INT(fclose(file), 0);
}

#endif
