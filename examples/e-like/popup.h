/* A window in the corner with what the reader must see now. */
#ifndef POPUP_H
#define POPUP_H

#include <windows.h>

/* Shows what is pending, unless one is shown already. */
void popup_show(HWND owner, HFONT font, HFONT bold);

#endif
