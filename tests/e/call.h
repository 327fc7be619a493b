/* Calls as a program in the E language makes them, by nothing but the declarations. */
#ifndef CALL_H
#define CALL_H

#include <stdint.h>

#include "declaration.h"

enum kind {
    KIND_INT,
    KIND_INT_OUT,
    KIND_INTS,
    KIND_TEXT,
    KIND_TEXT_BUFFER,
    KIND_BYTES,
    KIND_BYTE_BUFFER
};

/* What is given for a parameter. */
struct value {
    enum kind kind;
    int32_t number;
    const void *pointer;
    /* Of KIND_BYTES. */
    size_t size;
};

#define INT(n) ((struct value){KIND_INT, (n), NULL, 0})
#define INT_OUT(p) ((struct value){KIND_INT_OUT, 0, (p), 0})
#define INTS(p) ((struct value){KIND_INTS, 0, (p), 0})
/* A text up to its NUL, or NULL. */
#define TEXT_IN(p) ((struct value){KIND_TEXT, 0, (p), 0})
#define TEXT_BUFFER(p) ((struct value){KIND_TEXT_BUFFER, 0, (p), 0})
#define BYTES(p, n) ((struct value){KIND_BYTES, 0, (p), (n)})
#define BYTE_BUFFER(p) ((struct value){KIND_BYTE_BUFFER, 0, (p), 0})

/* What a call gave: a number, or a text that was copied at once and is the caller's to free. */
struct result {
    enum type type;
    int32_t number;
    char *text;
};

/* Reads the declarations and watches for accesses to memory that nobody has. */
void start_calls(const char *path);

/* What was read. */
struct declarations *declared(void);

/* Calls a command. The values must be of the declared types; texts and byte sets are handed over read-only, with
 * a guard page behind them. The stack pointer must have moved by what is declared, and a text must be GBK. */
struct result call(const char *entry, int count, const struct value values[]);

#define VALUES(...) (int)(sizeof((struct value[]){__VA_ARGS__}) / sizeof(struct value)), (struct value[]){__VA_ARGS__}
/* Calls that give a number, and that give a text. */
#define NUMBER(entry, ...) call_number(entry, VALUES(__VA_ARGS__))
#define TEXT_OF(entry, ...) call_text(entry, VALUES(__VA_ARGS__))

int32_t call_number(const char *entry, int count, const struct value values[]);
char *call_text(const char *entry, int count, const struct value values[]);

/* Where the next text of this thread lies: the pointer itself, for a test of how long it is valid. */
const char *call_text_in_place(const char *entry, int count, const struct value values[]);

#endif
