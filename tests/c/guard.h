/* Memory that ends at a page which cannot be touched: one byte beyond it ends the program.
 *
 * Include it after a header of this folder that includes notice.h, and define _DEFAULT_SOURCE before all. */

#ifndef GUARD_H
#define GUARD_H

#include "check.h"

#include <sys/mman.h>
#include <unistd.h>

struct guarded {
    /* The first byte that may be used. What is before it can be touched, too, and holds GUARD_FILL. */
    unsigned char *start;
    size_t size;
    unsigned char *pages;
    size_t mapped;
};

/* Before the area. */
#define GUARD_FILL 0xC3

/* `size` bytes of zeros. */
static inline struct guarded guarded_new(size_t size)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    struct guarded area;
    void *pages;
    area.size = size;
    area.mapped = (size / page + 3) * page;
    pages = mmap(NULL, area.mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(pages != MAP_FAILED);
    area.pages = (unsigned char *)pages;
    area.start = area.pages + area.mapped - page - size;
    memset(area.pages, GUARD_FILL, area.mapped - page - size);
    CHECK_INT(mprotect(area.pages + area.mapped - page, page, PROT_NONE), 0);
    return area;
}

/* That nothing was written before the area, either. */
static inline void guarded_check_front(const struct guarded *area)
{
    const unsigned char *byte;
    for (byte = area->pages; byte < area->start; byte++)
        if (*byte != GUARD_FILL)
            check_fail(__FILE__, __LINE__, "%zu bytes before the area something was written",
                       (size_t)(area->start - byte));
}

static inline void guarded_free(struct guarded *area)
{
    guarded_check_front(area);
    CHECK_INT(munmap(area->pages, area->mapped), 0);
    memset(area, 0, sizeof *area);
}

#endif
