/* Every command with nothing, with nonsense and with handles that nobody gave: by the declarations alone, so that
 * a new command is tried as soon as it is declared. */
#include <stdio.h>
#include <stdlib.h>

#include "call.h"
#include "check.h"
#include "guard.h"
#include "tests.h"

/* Boards and results that nobody gave. The first two are what a program has that ignores errors. */
static const int32_t NUMBERS[] = {0, -1, 1, 0x7FFFFFFF, -0x7FFFFFFF - 1, 0x01000001};
static const char *const TEXTS[] = {NULL, "", "x", "公告", "1", "\xFF", "{\"a\":"};

#define LENGTH(array) (sizeof(array) / sizeof(array)[0])

/* A value of the declared type. `pick` chooses; what is written into has no room at all, for nothing may be written
 * with a handle that nobody gave. */
static struct value nonsense(const struct parameter *parameter, unsigned pick, const struct guarded *nowhere)
{
    if (parameter->type == TYPE_INT && parameter->by_reference)
        return INT_OUT(pick % 2 ? NULL : nowhere->data);
    if (parameter->type == TYPE_INT && parameter->is_array)
        return INTS(pick % 2 ? NULL : nowhere->data);
    if (parameter->type == TYPE_INT)
        return INT(NUMBERS[pick % LENGTH(NUMBERS)]);
    if (parameter->type == TYPE_TEXT && parameter->by_reference)
        return TEXT_BUFFER(pick % 2 ? NULL : nowhere->data);
    if (parameter->type == TYPE_TEXT)
        return TEXT_IN(TEXTS[pick % LENGTH(TEXTS)]);
    if (parameter->type == TYPE_BYTES && parameter->by_reference)
        return BYTE_BUFFER(pick % 2 ? NULL : nowhere->data);
    if (parameter->type == TYPE_BYTES)
        return BYTES(nowhere->data, 0);
    fail("%s: nothing is known of parameters that are %s", parameter->name, type_name(parameter->type));
}

/* `length` parameters behind a byte set say how many bytes it has: it has none here. */
static int is_length_of_bytes(const struct command *command, int n)
{
    return n > 0 && command->parameters[n - 1].type == TYPE_BYTES && !command->parameters[n - 1].by_reference;
}

void check_every_command(void)
{
    struct declarations *all = declared();
    struct guarded nowhere;
    unsigned round;
    int c, n, parameters = 0;
    guard(&nowhere, 0, SIDE_END, 0);
    for (c = 0; c < all->count; c++) {
        const struct command *command = &all->commands[c];
        for (round = 0; round < 100; round++) {
            struct value values[MAX_PARAMETERS];
            struct result result;
            /* Another digit of a growing number for each parameter, so that all pairs come. */
            unsigned pick = round;
            for (n = 0; n < command->parameter_count; n++) {
                values[n] = nonsense(&command->parameters[n], pick, &nowhere);
                if (is_length_of_bytes(command, n))
                    values[n] = INT(0);
                pick = pick / 7 + round;
            }
            result = call(command->entry, command->parameter_count, values);
            free(result.text);
        }
        parameters += command->parameter_count;
    }
    guard_release(&nowhere);
    printf("%d commands with %d parameters take what they are declared to take\n", all->count, parameters);
}
