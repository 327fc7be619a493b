#include "popup.h"

#include "board.h"
#include "notice_e.h"
#include "text.h"

#define WIDTH 320
#define HEIGHT 200
#define ID_CLOSE 1
#define ID_NEVER 2

/* The result with the announcement that is shown, and its row there; 0 when none is. */
static int32_t shown, shown_row;

/* The first row that is to pop up: what was read pops up no more, what must be acknowledged does until it is. 0 is
 * none. */
static int32_t row_to_show(int32_t result)
{
    const int32_t count = e_announce_count(result);
    int32_t row;
    for (row = 1; row <= count; row++) {
        const int must_acknowledge = e_announce_number(result, row, E_ANNOUNCE_FIELD_REQUIRE_ACK) == 1;
        const int32_t done = must_acknowledge ? E_ANNOUNCE_FIELD_IS_ACKNOWLEDGED : E_ANNOUNCE_FIELD_IS_READ;
        if ((e_announce_number(result, row, E_ANNOUNCE_FIELD_DISPLAY) & NOTICE_DISPLAY_POPUP)
            && e_announce_number(result, row, done) == 0)
            return row;
    }
    return 0;
}

static LRESULT CALLBACK on_message(HWND window, UINT message, WPARAM w, LPARAM l)
{
    switch (message) {
    case WM_COMMAND:
        if (LOWORD(w) == ID_NEVER)
            e_announce_mark(shown, shown_row, NOTICE_MARK_DISMISS);
        else if (e_announce_number(shown, shown_row, E_ANNOUNCE_FIELD_REQUIRE_ACK) == 1)
            e_announce_mark(shown, shown_row, NOTICE_MARK_ACKNOWLEDGE);
        else
            e_announce_mark(shown, shown_row, NOTICE_MARK_READ);
        /* What is behind it is shown next, and the list has to be drawn with what is read now. What is closed without
         * either comes again with the next change. */
        PostMessageW(GetWindow(window, GW_OWNER), E_ANNOUNCE_LABEL_MESSAGE, 0, 0);
        DestroyWindow(window);
        return 0;
    case WM_DESTROY:
        e_announce_free(shown);
        shown = 0;
        return 0;
    case WM_CTLCOLORSTATIC:
        SetBkMode((HDC)w, TRANSPARENT);
        return (LRESULT)GetStockObject(WHITE_BRUSH);
    default:
        return DefWindowProcW(window, message, w, l);
    }
}

static void child(HWND parent, const wchar_t *class, const char *text, DWORD style, int x, int y, int width, int height,
                  int id, HFONT font)
{
    HWND window = CreateWindowW(class, wide(text), WS_CHILD | WS_VISIBLE | style, x, y, width, height, parent,
                                (HMENU)(INT_PTR)id, GetModuleHandleW(NULL), NULL);
    SendMessageW(window, WM_SETFONT, (WPARAM)font, TRUE);
}

void popup_show(HWND owner, HFONT font, HFONT bold)
{
    WNDCLASSW class = {0};
    RECT screen;
    HWND window;
    if (shown != 0)
        return;
    shown = board_pending();
    shown_row = row_to_show(shown);
    if (shown_row == 0) {
        e_announce_free(shown);
        shown = 0;
        return;
    }
    class.lpfnWndProc = on_message;
    class.hInstance = GetModuleHandleW(NULL);
    class.hbrBackground = GetStockObject(WHITE_BRUSH);
    class.hCursor = LoadCursor(NULL, IDC_ARROW);
    class.lpszClassName = L"e-like-popup";
    RegisterClassW(&class);
    SystemParametersInfoW(SPI_GETWORKAREA, 0, &screen, 0);
    window = CreateWindowExW(WS_EX_TOPMOST | WS_EX_TOOLWINDOW, L"e-like-popup", wide("新公告"),
                             WS_POPUP | WS_CAPTION | WS_SYSMENU, screen.right - WIDTH - 12, screen.bottom - HEIGHT - 12,
                             WIDTH, HEIGHT, owner, NULL, class.hInstance, NULL);
    child(window, L"STATIC", e_announce_text(shown, shown_row, E_ANNOUNCE_FIELD_TITLE), SS_NOPREFIX, 14, 12, WIDTH - 34, 22, 0,
          bold);
    child(window, L"STATIC", e_announce_text(shown, shown_row, E_ANNOUNCE_FIELD_BODY), SS_NOPREFIX, 14, 40, WIDTH - 34, 86, 0,
          font);
    if (e_announce_number(shown, shown_row, E_ANNOUNCE_FIELD_DISMISSIBLE) == 1)
        child(window, L"BUTTON", "不再提示", 0, WIDTH - 202, HEIGHT - 66, 88, 28, ID_NEVER, font);
    child(window, L"BUTTON", "我知道了", BS_DEFPUSHBUTTON, WIDTH - 106, HEIGHT - 66, 88, 28, ID_CLOSE, font);
    e_announce_mark(shown, shown_row, NOTICE_MARK_SEEN);
    ShowWindow(window, SW_SHOWNOACTIVATE);
}
