/* What the emulated program can be asked to do. */
#ifndef TESTS_H
#define TESTS_H

#include <stdint.h>

/* Every command with nothing, with nonsense and with handles that nobody gave. */
void check_every_command(void);

/* Texts and lists into buffers of every size. */
void test_buffers(void);
/* Texts that are NULL or empty, line ends, what GBK lacks. */
void test_texts(void);
/* Handles that were given back, or never given. */
void test_handles(void);
/* Calls from several threads. */
void test_threads(void);
/* Polling, and messages to a window. */
void test_changes(void);
/* The same on a board, which is then closed. */
void use_changes(int32_t board);

/* Boards in shared memory. */
void test_sharing(void);
/* A file that cannot be shared, because nothing says where. */
void open_alone(const char *url);
/* The DLL is unloaded while boards are open. */
void unload_with_open_boards(void);

/* A board that is closed and opened again in this process, and that another process opens. */
void write_board(const char *url);
void read_board(const char *url);

/* The board of a daemon, which is there or which is refused: then the error is printed. */
void use_remote_board(const char *url);
void refuse_remote_board(const char *url);

/* Makes the calls that another program asks for on the standard input. */
void serve(void);

#endif
