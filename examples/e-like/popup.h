/* A window in the corner with what the reader must see now. */
#ifndef POPUP_H
#define POPUP_H

#include <windows.h>

/* Shows the first that is to pop up, unless one is shown already. */
void popup_show(HWND owner, HFONT font, HFONT bold);

#endif
