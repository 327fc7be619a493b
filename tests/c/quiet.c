/* A board file with changed bytes, over some of which the storage panics: the library prints nothing, and says in the
 * last error what it has found. The suite fails a program that leaves any text. */

#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif

#include "whole_file.h"

#include <unistd.h>

/* Changes are tried at this distance, which falls on other bytes of each page. */
#define STEP 331

/* Whether the last failure is a panic that was caught over the file. */
static int is_caught(void)
{
    return strstr(check_last_message(), "inconsistent pages (") != NULL;
}

/* Does what touches all of the file, and counts the panics. */
static int use(const struct place *path, const struct place *url)
{
    static char json[65536];
    NoticeBoard *board;
    NoticePublished published;
    size_t needed;
    int panics = 0;
    if (notice_verify_file_json(path->text, path->len, json, sizeof json, &needed) != NOTICE_OK)
        panics += is_caught();
    if (notice_open(url->text, url->len, NULL, &board) != NOTICE_OK)
        return panics + is_caught();
    if (notice_retract(board, 1, "", 0, 0, &published) != NOTICE_OK)
        panics += is_caught();
    if (notice_verify_json(board, json, sizeof json, &needed) != NOTICE_OK)
        panics += is_caught();
    notice_close(board, 0);
    return panics;
}

int main(void)
{
    const struct place path = path_of("whole.notice"), url = url_of("changed.notice", "");
    const struct place changed_path = path_of("changed.notice");
    NoticeBoard *const board = open_file("whole.notice", "");
    struct bytes whole, changed;
    size_t at, n = 0;
    int panics = 0;
    alarm(600);
    for (at = 0; at < 40; at++)
        publish_title(board, "In a page that will be changed");
    notice_close(board, 0);
    whole = read_file(path.text);
    changed.start = (unsigned char *)malloc(whole.len);
    changed.len = whole.len;
    CHECK(changed.start != NULL);
    for (at = 320; at < whole.len && !(check_few() && panics > 0); at += STEP) {
        /* A page of zeros stays one that nobody reads. */
        if (whole.start[at] == 0 && n++ % 8 != 0)
            continue;
        ABOUT("byte %lu", (unsigned long)at);
        memcpy(changed.start, whole.start, whole.len);
        changed.start[at] ^= 0xFF;
        write_file(changed_path.text, changed.start, changed.len);
        panics += use(&changed_path, &url);
    }
    ABOUT("all changes");
    CHECK(panics > 0);
    free(whole.start);
    free(changed.start);
    return 0;
}
