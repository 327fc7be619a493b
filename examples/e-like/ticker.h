/* A line of text that runs from right to left. */
#ifndef TICKER_H
#define TICKER_H

#include <windows.h>

/* Makes the window; it is empty, and moves by itself. */
HWND ticker_make(HWND parent, HFONT font, int x, int y, int width, int height);

/* What runs along, from the right end on. */
void ticker_set(HWND ticker, const wchar_t *text);

/* How many steps it has made. */
int ticker_steps(void);

#endif
