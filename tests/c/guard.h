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
    /* So many bytes behind the area hold GUARD_FILL; then comes the page. */
    size_t behind;
    unsigned char *pages;
    size_t mapped;
};

/* Around the area. */
#define GUARD_FILL 0xC3

/* `size` bytes of zeros that begin `alignment` bytes, 0 to 7, behind a multiple of 8, as near to the page as that
 * can be. */
static inline struct guarded guarded_new_at(size_t size, size_t alignment)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    struct guarded area;
    void *pages;
    area.size = size;
    area.mapped = (size / page + 3) * page;
    pages = mmap(NULL, area.mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(pages != MAP_FAILED);
    area.pages = (unsigned char *)pages;
    area.behind = (0 - size - alignment) % 8;
    area.start = area.pages + area.mapped - page - area.behind - size;
    memset(area.pages, GUARD_FILL, area.mapped - page);
    memset(area.start, 0, size);
    CHECK_INT(mprotect(area.pages + area.mapped - page, page, PROT_NONE), 0);
    return area;
}

/* `size` bytes of zeros that end just before the page. */
static inline struct guarded guarded_new(size_t size)
{
    return guarded_new_at(size, (0 - size) % 8);
}

/* That nothing was written before the area or behind it, and the end of it. */
static inline void guarded_free(struct guarded *area)
{
    const unsigned char *byte;
    for (byte = area->pages; byte < area->start; byte++)
        if (*byte != GUARD_FILL)
            check_fail(__FILE__, __LINE__, "%zu bytes before the area something was written",
                       (size_t)(area->start - byte));
    for (byte = area->start + area->size; byte < area->start + area->size + area->behind; byte++)
        if (*byte != GUARD_FILL)
            check_fail(__FILE__, __LINE__, "%zu bytes into what is behind the area something was written",
                       (size_t)(byte - area->start - area->size));
    CHECK_INT(munmap(area->pages, area->mapped), 0);
    memset(area, 0, sizeof *area);
}

#endif
