#include "ticker.h"

#include <wchar.h>

#define STEP_MS 30
#define STEP_PIXELS 2

static wchar_t shown[1024];
static int left, steps;
static HFONT font_of_ticker;

static void paint(HWND window)
{
    PAINTSTRUCT paint;
    RECT area;
    SIZE size = {0, 0};
    HDC screen = BeginPaint(window, &paint), dc = CreateCompatibleDC(screen);
    HBITMAP bitmap;
    HBRUSH back = CreateSolidBrush(RGB(255, 248, 220));
    GetClientRect(window, &area);
    /* Drawn beside the screen first, so that it does not flicker. */
    bitmap = CreateCompatibleBitmap(screen, area.right, area.bottom);
    SelectObject(dc, bitmap);
    FillRect(dc, &area, back);
    SelectObject(dc, font_of_ticker);
    SetBkMode(dc, TRANSPARENT);
    SetTextColor(dc, RGB(178, 34, 34));
    GetTextExtentPoint32W(dc, shown, (int)wcslen(shown), &size);
    TextOutW(dc, left, (area.bottom - size.cy) / 2, shown, (int)wcslen(shown));
    if (left < -size.cx)
        left = area.right;
    BitBlt(screen, 0, 0, area.right, area.bottom, dc, 0, 0, SRCCOPY);
    DeleteDC(dc);
    DeleteObject(bitmap);
    DeleteObject(back);
    EndPaint(window, &paint);
}

static LRESULT CALLBACK on_message(HWND window, UINT message, WPARAM w, LPARAM l)
{
    switch (message) {
    case WM_TIMER:
        left -= STEP_PIXELS;
        steps++;
        InvalidateRect(window, NULL, FALSE);
        return 0;
    case WM_PAINT:
        paint(window);
        return 0;
    case WM_ERASEBKGND:
        return 1;
    default:
        return DefWindowProcW(window, message, w, l);
    }
}

HWND ticker_make(HWND parent, HFONT font, int x, int y, int width, int height)
{
    WNDCLASSW class = {0};
    HWND window;
    class.lpfnWndProc = on_message;
    class.hInstance = GetModuleHandleW(NULL);
    class.lpszClassName = L"e-like-ticker";
    RegisterClassW(&class);
    font_of_ticker = font;
    window = CreateWindowW(L"e-like-ticker", L"", WS_CHILD | WS_VISIBLE, x, y, width, height, parent, NULL,
                           class.hInstance, NULL);
    SetTimer(window, 1, STEP_MS, NULL);
    return window;
}

void ticker_set(HWND ticker, const wchar_t *text)
{
    RECT area;
    GetClientRect(ticker, &area);
    wcsncpy(shown, text, sizeof shown / sizeof *shown - 1);
    left = area.right;
}

int ticker_steps(void)
{
    return steps;
}
