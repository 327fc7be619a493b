/* Memory with pages around it that nobody may touch. */
#ifndef GUARD_H
#define GUARD_H

#include <stddef.h>

enum side {
    /* A byte before the memory is in a guard page, or a byte behind it. */
    SIDE_START,
    SIDE_END
};

struct guarded {
    unsigned char *data;
    size_t size;
    unsigned char *pages;
    size_t page_bytes;
};

/* Memory of `size` bytes, all of them `fill`. */
void guard(struct guarded *guarded, size_t size, enum side side, int fill);

/* From here on writing into it is an error. */
void guard_read_only(struct guarded *guarded);

/* Gives it back; bytes that were written around the memory, where a page cannot tell, end the program. */
void guard_release(struct guarded *guarded);

#endif
