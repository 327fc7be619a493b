/* Makes the calls that another program asks for: a line for each call, a line for each answer.
 *
 *     e_announce_open t6D656D3A                 the entry, then a word for each parameter
 *     i1                                        what it gave
 *
 * i5     the number 5                           t6D    the text "m"         n   NULL for a text, a byte set or a buffer
 * b00FF  a byte set of two bytes                I      a number to be written into, which is 0 before
 * T9     a text buffer of 9 spaces              B9     9 bytes that are 0    A3  an array of 3 numbers that are 0
 *
 * The answer has what came of I (I5), T and B (all their bytes in hexadecimal digits) and A (A1,2,3) behind the
 * result, in the order of the parameters. */
#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call.h"
#include "check.h"
#include "guard.h"
#include "tests.h"

struct word {
    char kind;
    struct value value;
    struct guarded memory;
    int has_memory;
};

/* A line without its end, of whatever length; NULL when there is no more. */
static char *read_line(void)
{
    static char *line;
    static size_t room;
    size_t length = 0;
    int byte;
    while ((byte = getchar()) != EOF && byte != '\n') {
        if (length + 1 >= room)
            line = realloc(line, room = room * 2 + 4096);
        CHECK(line != NULL);
        line[length++] = (char)byte;
    }
    if (byte == EOF && length == 0)
        return NULL;
    if (line == NULL)
        line = calloc(1, room = 4096);
    line[length] = 0;
    return line;
}

static int digit(char sign)
{
    const char *digits = "0123456789ABCDEF", *at = strchr(digits, sign);
    if (at == NULL || sign == 0)
        fail("%c is no hexadecimal digit", sign);
    return (int)(at - digits);
}

static void write_hex(const unsigned char *bytes, size_t size)
{
    size_t n;
    for (n = 0; n < size; n++)
        printf("%02X", bytes[n]);
}

/* Memory for what the call writes, or for the bytes of what it reads. */
static void *memory(struct word *word, size_t size, int fill)
{
    guard(&word->memory, size, SIDE_END, fill);
    word->has_memory = 1;
    return word->memory.data;
}

static void *from_hex(struct word *word, const char *digits, size_t *size)
{
    size_t n;
    unsigned char *bytes;
    *size = strlen(digits) / 2;
    bytes = memory(word, *size + 1, 0);
    for (n = 0; n < *size; n++)
        bytes[n] = (unsigned char)(digit(digits[2 * n]) * 16 + digit(digits[2 * n + 1]));
    return bytes;
}

static struct value nothing_for(const struct parameter *parameter)
{
    if (parameter->type == TYPE_TEXT)
        return parameter->by_reference ? TEXT_BUFFER(NULL) : TEXT_IN(NULL);
    if (parameter->type == TYPE_BYTES)
        return parameter->by_reference ? BYTE_BUFFER(NULL) : BYTES(NULL, 0);
    return parameter->is_array ? INTS(NULL) : INT_OUT(NULL);
}

static void read_word(struct word *word, const char *text, const struct parameter *parameter)
{
    size_t size = 0;
    const int32_t number = (int32_t)strtol(text + 1, NULL, 10);
    word->kind = text[0];
    word->has_memory = 0;
    switch (text[0]) {
    case 'i':
        word->value = INT(number);
        break;
    case 't':
        word->value = TEXT_IN(from_hex(word, text + 1, &size));
        break;
    case 'b':
        word->value = BYTES(from_hex(word, text + 1, &size), 0);
        word->value.size = size;
        break;
    case 'n':
        word->value = nothing_for(parameter);
        break;
    case 'I':
        word->value = INT_OUT(memory(word, 4, 0));
        break;
    case 'T':
        word->value = TEXT_BUFFER(memory(word, (size_t)number, ' '));
        break;
    case 'B':
        word->value = BYTE_BUFFER(memory(word, (size_t)number, 0));
        break;
    case 'A':
        word->value = INTS(memory(word, (size_t)number * 4, 0));
        break;
    default:
        fail("%s is no word of a call", text);
    }
}

static void answer(struct word *word)
{
    const int32_t *numbers = (const int32_t *)word->memory.data;
    size_t n;
    if (word->kind == 'I') {
        printf(" I%d", (int)numbers[0]);
    } else if (word->kind == 'T' || word->kind == 'B') {
        printf(" %c", word->kind);
        write_hex(word->memory.data, word->memory.size);
    } else if (word->kind == 'A') {
        printf(" A");
        for (n = 0; n < word->memory.size / 4; n++)
            printf(n == 0 ? "%d" : ",%d", (int)numbers[n]);
    }
    if (word->has_memory)
        guard_release(&word->memory);
}

static void serve_call(char *line)
{
    static struct word words[MAX_PARAMETERS];
    struct value values[MAX_PARAMETERS];
    const char *entry = strtok(line, " ");
    const struct command *command;
    struct result result;
    char *text;
    int n, count = 0;
    if (entry == NULL)
        fail("an empty line");
    command = find_command(declared(), entry);
    while ((text = strtok(NULL, " ")) != NULL) {
        if (count == command->parameter_count)
            fail("%s: more than the %d parameters that are declared", entry, count);
        read_word(&words[count], text, &command->parameters[count]);
        values[count] = words[count].value;
        count++;
    }
    result = call(entry, count, values);
    if (result.type == TYPE_TEXT) {
        printf("t");
        write_hex((const unsigned char *)result.text, strlen(result.text));
        free(result.text);
    } else {
        printf("i%d", (int)result.number);
    }
    for (n = 0; n < count; n++)
        answer(&words[n]);
    printf("\n");
    fflush(stdout);
}

void serve(void)
{
    static char buffer[1 << 16];
    char *line;
    _setmode(_fileno(stdin), _O_BINARY);
    _setmode(_fileno(stdout), _O_BINARY);
    setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
    while ((line = read_line()) != NULL)
        serve_call(line);
}
