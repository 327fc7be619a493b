/* Polling, and messages to a window; nothing ever calls back. */
#include <windows.h>

#include "call.h"
#include "check.h"
#include "tests.h"

#define MESSAGE 32885

static int messages;
static DWORD message_thread;

static LRESULT CALLBACK on_message(HWND window, UINT message, WPARAM w, LPARAM l)
{
    if (message == MESSAGE) {
        messages++;
        message_thread = GetCurrentThreadId();
        return 0;
    }
    return DefWindowProcA(window, message, w, l);
}

static HWND make_window(void)
{
    WNDCLASSA class = {0};
    class.lpfnWndProc = on_message;
    class.hInstance = GetModuleHandleA(NULL);
    class.lpszClassName = "notice-test";
    RegisterClassA(&class);
    return CreateWindowA("notice-test", "", 0, 0, 0, 0, 0, HWND_MESSAGE, NULL, class.hInstance, NULL);
}

/* Handles what was posted; waits for `wanted` messages at most as long as a broken library deserves. */
static void pump(int wanted)
{
    const DWORD start = GetTickCount();
    MSG message;
    do {
        while (PeekMessageA(&message, NULL, 0, 0, PM_REMOVE))
            DispatchMessageA(&message);
    } while (messages < wanted && GetTickCount() - start < 30000
             && MsgWaitForMultipleObjects(0, NULL, FALSE, 1000, QS_ALLINPUT) != WAIT_FAILED);
}

static void publish(int32_t board, const char *key)
{
    EQUAL(NUMBER("e_announce_publish", INT(board), TEXT_IN(""), TEXT_IN(key), TEXT_IN("新公告"), TEXT_IN(""), INT(0)), 1);
}

void test_changes(void)
{
    use_changes(board_with(1));
}

void use_changes(int32_t board)
{
    const HWND window = make_window();
    CHECK(window != NULL);
    NUMBER("e_announce_poll", INT(board));
    EQUAL(NUMBER("e_announce_poll", INT(board)), 0);
    publish(board, "a");
    EQUAL(NUMBER("e_announce_poll", INT(board)), 1);
    EQUAL(NUMBER("e_announce_poll", INT(board)), 0);

    EQUAL(NUMBER("e_announce_notify_window", INT(board), INT((int32_t)(intptr_t)window), INT(MESSAGE)), 0);
    messages = 0;
    publish(board, "b");
    pump(1);
    CHECK(messages >= 1);
    EQUAL((int32_t)message_thread, (int32_t)GetCurrentThreadId());
    EQUAL(NUMBER("e_announce_notify_window", INT(board), INT(0), INT(MESSAGE)), 0);
    pump(0);
    messages = 0;
    publish(board, "c");
    EQUAL(NUMBER("e_announce_close", INT(board)), 0);
    pump(0);
    EQUAL(messages, 0);
    DestroyWindow(window);
}
