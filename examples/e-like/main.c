/* A program as they are made in the E language, in C: a list, a ticker and a popup, with nothing but the E layer.
 *
 *     e-like [URL]
 *
 * Without a URL the board is in memory. The window is told of changes by a message, as a 标签 is in the E language. */
#include <stdio.h>
#include <string.h>
#include <windows.h>

/* Behind windows.h, on which it is built. */
#include <commctrl.h>

#include "board.h"
#include "notice_e.h"
#include "popup.h"
#include "text.h"
#include "ticker.h"

#define WIDTH 760
#define HEIGHT 500
#define LIST_HEIGHT 190
/* So many steps of the ticker after the start everything is drawn. */
#define STEPS_UNTIL_READY 160

static HWND list, ticker, body;
static HFONT font, bold;
static int announces_ready;

static void show_error(const char *error)
{
    MessageBoxW(NULL, wide(error), wide("公告"), MB_ICONERROR);
}

static void set_cell(int row, int column, const char *text)
{
    LVITEMW item = {0};
    item.iItem = row;
    item.iSubItem = column;
    item.mask = LVIF_TEXT;
    item.pszText = (wchar_t *)wide(text);
    if (column == 0)
        SendMessageW(list, LVM_INSERTITEMW, 0, (LPARAM)&item);
    else
        SendMessageW(list, LVM_SETITEMTEXTW, (WPARAM)row, (LPARAM)&item);
}

/* The text of the row that is chosen, as 编辑框 shows it. */
static void show_body(int row)
{
    const int32_t result = board_list();
    SetWindowTextW(body, wide(e_announce_text(result, row + 1, E_ANNOUNCE_FIELD_BODY)));
    e_announce_free(result);
}

static void show_list(void)
{
    const int32_t result = board_list();
    const int32_t count = e_announce_count(result);
    int32_t row;
    SendMessageW(list, LVM_DELETEALLITEMS, 0, 0);
    for (row = 1; row <= count; row++) {
        /* 256 characters, and what stands before them. */
        char title[640];
        const int is_pinned = e_announce_number(result, row, E_ANNOUNCE_FIELD_PINNED) == 1;
        const int is_read = e_announce_number(result, row, E_ANNOUNCE_FIELD_IS_READ) == 1;
        snprintf(title, sizeof title, "%s%s", is_pinned ? "[置顶] " : "",
                 e_announce_text(result, row, E_ANNOUNCE_FIELD_TITLE));
        set_cell(row - 1, 0, is_read ? "" : "●");
        set_cell(row - 1, 1, title);
        set_cell(row - 1, 2, e_announce_text(result, row, E_ANNOUNCE_FIELD_CATEGORY));
        set_cell(row - 1, 3, e_announce_text(result, row, E_ANNOUNCE_FIELD_SEVERITY));
        set_cell(row - 1, 4, e_announce_text(result, row, E_ANNOUNCE_FIELD_PUBLISHED_AT));
    }
    e_announce_free(result);
}

static void refresh(HWND window)
{
    show_list();
    show_body(0);
    ticker_set(ticker, wide(board_ticker()));
    popup_show(window, font, bold);
}

static void add_column(int number, const char *name, int width)
{
    LVCOLUMNW column = {0};
    column.mask = LVCF_TEXT | LVCF_WIDTH;
    column.cx = width;
    column.pszText = (wchar_t *)wide(name);
    SendMessageW(list, LVM_INSERTCOLUMNW, (WPARAM)number, (LPARAM)&column);
}

static HWND make_child(HWND parent, DWORD edge, const wchar_t *class, DWORD style, int y, int height)
{
    RECT area;
    HWND window;
    GetClientRect(parent, &area);
    window = CreateWindowExW(edge, class, L"", WS_CHILD | WS_VISIBLE | style, 8, y, area.right - 16, height, parent, NULL,
                             GetModuleHandleW(NULL), NULL);
    SendMessageW(window, WM_SETFONT, (WPARAM)font, TRUE);
    return window;
}

static void make_children(HWND window)
{
    RECT area;
    GetClientRect(window, &area);
    ticker = ticker_make(window, bold, 0, 0, area.right, 32);
    list = make_child(window, WS_EX_CLIENTEDGE, WC_LISTVIEWW, LVS_REPORT | LVS_SINGLESEL | LVS_SHOWSELALWAYS, 40, LIST_HEIGHT);
    SendMessageW(list, LVM_SETEXTENDEDLISTVIEWSTYLE, LVS_EX_FULLROWSELECT, LVS_EX_FULLROWSELECT);
    add_column(0, "", 28);
    add_column(1, "标题", 330);
    add_column(2, "分类", 80);
    add_column(3, "严重程度", 80);
    add_column(4, "发布时间", 170);
    body = make_child(window, WS_EX_CLIENTEDGE, L"EDIT", ES_MULTILINE | ES_READONLY | WS_VSCROLL, LIST_HEIGHT + 48,
                      area.bottom - LIST_HEIGHT - 56);
}

static LRESULT CALLBACK on_message(HWND window, UINT message, WPARAM w, LPARAM l)
{
    const NMLISTVIEW *changed = (const NMLISTVIEW *)l;
    switch (message) {
    case WM_CREATE:
        make_children(window);
        return 0;
    case E_ANNOUNCE_LABEL_MESSAGE:
        refresh(window);
        return 0;
    case WM_NOTIFY:
        if (changed->hdr.code == LVN_ITEMCHANGED && (changed->uNewState & LVIS_SELECTED) != 0)
            show_body(changed->iItem);
        return 0;
    case WM_TIMER:
        if (ticker_steps() >= STEPS_UNTIL_READY && announces_ready) {
            DWORD written;
            GdiFlush();
            WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), "ready\n", 6, &written, NULL);
            announces_ready = 0;
        }
        return 0;
    case WM_DESTROY:
        e_announce_notify_window(board(), 0, 0);
        PostQuitMessage(0);
        return 0;
    default:
        return DefWindowProcW(window, message, w, l);
    }
}

static HWND make_window(void)
{
    WNDCLASSW class = {0};
    class.lpfnWndProc = on_message;
    class.hInstance = GetModuleHandleW(NULL);
    class.hbrBackground = (HBRUSH)(COLOR_BTNFACE + 1);
    class.hCursor = LoadCursor(NULL, IDC_ARROW);
    class.hIcon = LoadIcon(NULL, IDI_INFORMATION);
    class.lpszClassName = L"e-like";
    RegisterClassW(&class);
    return CreateWindowW(L"e-like", wide("公告板"), WS_OVERLAPPED | WS_CAPTION | WS_SYSMENU | WS_MINIMIZEBOX, 20, 20, WIDTH,
                         HEIGHT, NULL, NULL, class.hInstance, NULL);
}

static HFONT make_font(int weight)
{
    return CreateFontW(-14, 0, 0, 0, weight, 0, 0, 0, GB2312_CHARSET, 0, 0, CLEARTYPE_QUALITY, 0, L"Microsoft YaHei");
}

int WINAPI WinMain(HINSTANCE instance, HINSTANCE before, char *line, int show)
{
    MSG message;
    HWND window;
    const char *error;
    const int is_given = line[0] != 0 && line[0] != '-';
    (void)instance;
    (void)before;
    announces_ready = strcmp(line, "--announce-ready") == 0;
    InitCommonControls();
    font = make_font(FW_NORMAL);
    bold = make_font(FW_BOLD);
    error = board_open(is_given ? line : "mem:", "张三");
    if (error == NULL && !is_given)
        error = board_fill();
    if (error != NULL) {
        show_error(error);
        return 1;
    }
    window = make_window();
    ShowWindow(window, show);
    SetTimer(window, 1, 200, NULL);
    refresh(window);
    e_announce_notify_window(board(), (int32_t)(INT_PTR)window, E_ANNOUNCE_LABEL_MESSAGE);
    while (GetMessageW(&message, NULL, 0, 0) > 0) {
        TranslateMessage(&message);
        DispatchMessageW(&message);
    }
    board_close();
    return 0;
}
