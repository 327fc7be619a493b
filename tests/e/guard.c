#include "guard.h"

#include <string.h>
#include <windows.h>

#include "fail.h"

#define PAGE 4096u
/* Fills what belongs to the pages and not to the memory. */
#define SLACK 0xA5

void guard(struct guarded *guarded, size_t size, enum side side, int fill)
{
    size_t bytes = (size + PAGE - 1) / PAGE * PAGE;
    unsigned char *all = VirtualAlloc(NULL, bytes + 2 * PAGE, MEM_RESERVE, PAGE_NOACCESS);
    if (all == NULL)
        fail("no memory for %u bytes", (unsigned)size);
    guarded->pages = all + PAGE;
    guarded->page_bytes = bytes;
    guarded->size = size;
    guarded->data = side == SIDE_START ? guarded->pages : guarded->pages + bytes - size;
    if (bytes == 0)
        return;
    if (VirtualAlloc(guarded->pages, bytes, MEM_COMMIT, PAGE_READWRITE) == NULL)
        fail("no memory for %u bytes", (unsigned)size);
    memset(guarded->pages, SLACK, bytes);
    memset(guarded->data, fill, size);
}

void guard_read_only(struct guarded *guarded)
{
    DWORD before;
    if (guarded->page_bytes != 0)
        VirtualProtect(guarded->pages, guarded->page_bytes, PAGE_READONLY, &before);
}

void guard_release(struct guarded *guarded)
{
    unsigned char *byte, *end = guarded->pages + guarded->page_bytes;
    for (byte = guarded->pages; byte < end; byte++) {
        if (byte == guarded->data)
            byte += guarded->size;
        if (byte < end && *byte != SLACK)
            fail("byte %d of a buffer of %u was written", (int)(byte - guarded->data), (unsigned)guarded->size);
    }
    VirtualFree(guarded->pages - PAGE, 0, MEM_RELEASE);
}
