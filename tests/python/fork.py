"""A Python program that opens a board through ctypes and forks, as a server with worker processes does.

Usage: fork.py LIBNOTICE FOLDER. Prints nothing and exits with 0 when all holds.
"""

import ctypes
import os
import signal
import sys

NOTICE_OK, NOTICE_LOCKED, NOTICE_UNAVAILABLE = 0, 13, 17
ROUNDS = 30

notice = ctypes.CDLL(sys.argv[1])
path = os.path.join(sys.argv[2], "python.notice")


def open_board(url):
    board = ctypes.c_void_p()
    url = url.encode()
    status = notice.notice_open(url, ctypes.c_size_t(len(url)), None, ctypes.byref(board))
    return status, board


def publish(board, title):
    draft = ('{"texts": {"en": {"title": "%s"}}}' % title).encode()
    count = ctypes.c_size_t()
    return notice.notice_publish_json(
        board, draft, ctypes.c_size_t(len(draft)), None, ctypes.c_size_t(0), ctypes.byref(count)
    )


def revision(board):
    reached = ctypes.c_int64()
    status = notice.notice_wait(board, ctypes.c_int64(-1), ctypes.c_int64(0), ctypes.byref(reached))
    return status, reached.value


def check(what, actual, expected):
    if actual != expected:
        sys.stderr.write("%s: %r, not %r\n" % (what, actual, expected))
        os._exit(1)


def child(boards):
    """What a worker may try with the boards of its parent."""
    signal.alarm(60)
    for board in boards:
        check("publish in the child", publish(board, "lost"), NOTICE_UNAVAILABLE)
        check("revision in the child", revision(board)[0], NOTICE_UNAVAILABLE)
        notice.notice_close(board, ctypes.c_uint32(0))
    check("the parent's file", open_board("file:" + path)[0], NOTICE_LOCKED)
    status, own = open_board("mem:")
    check("a board of the child", status, NOTICE_OK)
    check("publish on it", publish(own, "kept"), NOTICE_OK)
    notice.notice_close(own, ctypes.c_uint32(0))
    os._exit(0)


signal.alarm(240)
boards = []
for url in ["file:" + path, "mem:"]:
    status, board = open_board(url)
    check("open " + url, status, NOTICE_OK)
    boards.append(board)
for n in range(ROUNDS):
    for board in boards:
        check("publish", publish(board, "round %d" % n), NOTICE_OK)
    worker = os.fork()
    if worker == 0:
        child(boards)
    for board in boards:
        check("publish beside the child", publish(board, "beside %d" % n), NOTICE_OK)
    check("the child", os.waitpid(worker, 0)[1], 0)
for board in boards:
    check("revision", revision(board), (NOTICE_OK, 2 * ROUNDS))
    notice.notice_close(board, ctypes.c_uint32(0))
status, board = open_board("file:" + path)
check("open again", status, NOTICE_OK)
check("revision of the file", revision(board), (NOTICE_OK, 2 * ROUNDS))
notice.notice_close(board, ctypes.c_uint32(0))
