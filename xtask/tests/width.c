/* width COLUMNS: reads lines of text and prints of each its width, then its lines of COLUMNS. */
#include <stdio.h>
#include <stdlib.h>

#include "width.h"

int main(int argc, char **argv)
{
    static char text[65536];
    int columns = argc == 2 ? atoi(argv[1]) : 80;
    while (fgets(text, sizeof text, stdin) != NULL) {
        size_t len = strcspn(text, "\n"), at = 0;
        printf("%d", width_of(text, len));
        while (at < len) {
            size_t taken = width_line(text + at, len - at, columns);
            printf("\t%.*s", (int)taken, text + at);
            at += taken;
        }
        putchar('\n');
    }
    return 0;
}
