/* The board of this program, through the E layer alone. */
#ifndef BOARD_H
#define BOARD_H

#include <stdint.h>

/* Opens the board at `url`, for a reader; the error is a text in GBK, or NULL. */
const char *board_open(const char *url, const char *user);
void board_close(void);

/* Publishes what an operator would have published by now. */
const char *board_fill(void);

/* The number of the board, for what is done once. */
int32_t board(void);

/* A result of all that the reader sees, or of what may be shown unasked now. The caller frees it with
 * e_announce_free. */
int32_t board_list(void);
int32_t board_pending(void);

/* What runs along the ticker: the titles of all that is to be shown there, in GBK; "" is nothing. */
const char *board_ticker(void);

#endif
