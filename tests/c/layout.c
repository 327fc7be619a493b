/* Where the fields of each structure stand, as the C compiler sees the header, against tests/c/layout.inc.
 *
 * The library's own tests compare the same table with what the Rust compiler makes of the source, so that the two
 * agree. The table is of machines with pointers of 8 bytes. */

#include "check.h"

#if UINTPTR_MAX == UINT64_MAX

/* The alignment of a type, which C99 does not name. */
#define ALIGNMENT_OF(type) offsetof(struct type##_aligned, value)

#define STRUCT(name, size, alignment)  \
    struct name##_aligned {            \
        char before;                   \
        name value;                    \
    };                                 \
    CHECK_STATIC(sizeof(name) == size); \
    CHECK_STATIC(ALIGNMENT_OF(name) == alignment);

#define FIELD(name, field, offset, size)               \
    CHECK_STATIC(offsetof(name, field) == offset);     \
    CHECK_STATIC(sizeof(((name *)0)->field) == size);

#include "layout.inc"

#endif

/* What a number of the header is in is part of it, too. */
CHECK_STATIC(sizeof(((NoticeDraft *)0)->struct_size) == 4);
CHECK_STATIC(sizeof(((NoticeQuery *)0)->struct_size) == 4);
CHECK_STATIC(sizeof(((NoticeOptions *)0)->struct_size) == 4);

int main(void)
{
    return 0;
}
