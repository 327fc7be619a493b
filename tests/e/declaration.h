/* The declarations of the E language, read as its editor reads what is pasted into it. */
#ifndef DECLARATION_H
#define DECLARATION_H

#include <stddef.h>

#define MAX_COMMANDS 200
#define MAX_PARAMETERS 16
#define MAX_NAME 80

enum type {
    TYPE_NOTHING,
    TYPE_INT,
    TYPE_LONG,
    TYPE_BOOL,
    TYPE_TEXT,
    TYPE_BYTES
};

struct parameter {
    char name[MAX_NAME];
    enum type type;
    int by_reference;
    int is_array;
};

struct command {
    char name[MAX_NAME];
    enum type result;
    char library[MAX_NAME];
    char entry[MAX_NAME];
    int parameter_count;
    struct parameter parameters[MAX_PARAMETERS];
    /* Found when it is first called. */
    void *function;
};

struct declarations {
    int count;
    struct command commands[MAX_COMMANDS];
};

/* Reads a file in GBK. What the editor would refuse ends the program. */
void read_declarations(const char *path, struct declarations *declarations);

/* The command that stands for a function of the DLL; none ends the program. */
struct command *find_command(struct declarations *declarations, const char *entry);

/* How many 4-byte words a call pushes for a parameter. */
int words_of(const struct parameter *parameter);

/* The E language's name of a type. */
const char *type_name(enum type type);

#endif
