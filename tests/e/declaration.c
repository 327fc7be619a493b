#include "declaration.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"

/* This file is compiled with GBK as the character set of its literals: they compare with the file's bytes. */
static const char *const TYPES[] = {"", "整数型", "长整数型", "逻辑型", "文本型", "字节集"};

static enum type read_type(const char *word, int line)
{
    int type;
    for (type = TYPE_NOTHING; type <= TYPE_BYTES; type++)
        if (strcmp(word, TYPES[type]) == 0)
            return (enum type)type;
    fail("line %d of the declarations: no type is named %s", line, word);
}

const char *type_name(enum type type)
{
    return type == TYPE_NOTHING ? "nothing" : TYPES[type];
}

int words_of(const struct parameter *parameter)
{
    return parameter->type == TYPE_LONG && !parameter->by_reference && !parameter->is_array ? 2 : 1;
}

/* Splits at ", ": at most `wanted` slots, of which the last has all that is left. What is not there is "". */
static void split(char *text, char *slots[], int wanted)
{
    static char nothing[1];
    int slot;
    for (slot = 0; slot < wanted; slot++) {
        char *end = slot + 1 < wanted ? strstr(text, ", ") : NULL;
        slots[slot] = text;
        if (end == NULL) {
            text = nothing;
        } else {
            *end = 0;
            text = end + 2;
        }
    }
}

static void copy_name(char *to, const char *from, int line)
{
    if (*from == 0 || strlen(from) >= MAX_NAME)
        fail("line %d of the declarations: a name of %u bytes", line, (unsigned)strlen(from));
    strcpy(to, from);
}

/* A text in ASCII quotes, as library and entry are. */
static void copy_quoted(char *to, char *from, int line)
{
    size_t length = strlen(from);
    if (length < 3 || from[0] != '"' || from[length - 1] != '"')
        fail("line %d of the declarations: %s has no quotes", line, from);
    from[length - 1] = 0;
    copy_name(to, from + 1, line);
}

static void read_command(struct declarations *all, char *text, int line)
{
    char *slots[6];
    struct command *command = &all->commands[all->count];
    int other;
    if (all->count++ == MAX_COMMANDS)
        fail("line %d of the declarations: more than %d commands", line, MAX_COMMANDS);
    split(text, slots, 6);
    copy_name(command->name, slots[0], line);
    command->result = read_type(slots[1], line);
    copy_quoted(command->library, slots[2], line);
    copy_quoted(command->entry, slots[3], line);
    if (strcmp(slots[4], "公开") != 0 && *slots[4] != 0)
        fail("line %d of the declarations: %s where only 公开 can be", line, slots[4]);
    for (other = 0; other + 1 < all->count; other++)
        if (strcmp(all->commands[other].name, command->name) == 0)
            fail("line %d of the declarations: a second %s", line, command->name);
}

static void read_parameter(struct declarations *all, char *text, int line)
{
    char *slots[4];
    struct command *command;
    struct parameter *parameter;
    if (all->count == 0)
        fail("line %d of the declarations: a parameter of no command", line);
    command = &all->commands[all->count - 1];
    if (command->parameter_count == MAX_PARAMETERS)
        fail("line %d of the declarations: more than %d parameters", line, MAX_PARAMETERS);
    parameter = &command->parameters[command->parameter_count++];
    split(text, slots, 4);
    copy_name(parameter->name, slots[0], line);
    parameter->type = read_type(slots[1], line);
    if (strcmp(slots[2], "传址") == 0)
        parameter->by_reference = 1;
    else if (strcmp(slots[2], "数组") == 0)
        parameter->is_array = 1;
    else if (*slots[2] != 0)
        fail("line %d of the declarations: %s where only 传址 or 数组 can be", line, slots[2]);
    if (parameter->type == TYPE_NOTHING)
        fail("line %d of the declarations: a parameter without a type", line);
    if (parameter->is_array && (parameter->type == TYPE_TEXT || parameter->type == TYPE_BYTES))
        fail("line %d of the declarations: the language forbids arrays of texts", line);
}

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    size_t size = 0;
    char *text = malloc(1 << 20);
    if (file == NULL || text == NULL)
        fail("%s cannot be read", path);
    size = fread(text, 1, (1 << 20) - 1, file);
    fclose(file);
    text[size] = 0;
    return text;
}

/* The next line, which must end as the editor's do; none is NULL. */
static char *next_line(char **rest, int line)
{
    char *text = *rest, *end = strchr(text, '\n');
    if (*text == 0)
        return NULL;
    if (end == NULL || end == text || end[-1] != '\r')
        fail("line %d of the declarations does not end in CR LF", line);
    end[-1] = 0;
    *rest = end + 1;
    return text;
}

static char *after(char *text, const char *start)
{
    size_t length = strlen(start);
    return strncmp(text, start, length) == 0 ? text + length : NULL;
}

void read_declarations(const char *path, struct declarations *declarations)
{
    char *text = read_file(path), *rest = text, *line, *slots;
    int number = 1;
    memset(declarations, 0, sizeof *declarations);
    line = next_line(&rest, number);
    if (line == NULL || strcmp(line, ".版本 2") != 0)
        fail("%s does not begin with the version of the format in GBK", path);
    while (number++, (line = next_line(&rest, number)) != NULL) {
        if ((slots = after(line, ".DLL命令 ")) != NULL)
            read_command(declarations, slots, number);
        else if ((slots = after(line, "    .参数 ")) != NULL)
            read_parameter(declarations, slots, number);
        else if (*line != 0)
            fail("line %d of the declarations is no declaration: %s", number, line);
    }
    free(text);
    if (declarations->count == 0)
        fail("%s declares nothing", path);
}

struct command *find_command(struct declarations *declarations, const char *entry)
{
    int n;
    for (n = 0; n < declarations->count; n++)
        if (strcmp(declarations->commands[n].entry, entry) == 0)
            return &declarations->commands[n];
    fail("%s is not declared", entry);
}
