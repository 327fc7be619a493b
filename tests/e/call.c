#include "call.h"

#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "fail.h"
#include "gbk.h"
#include "guard.h"

#define MAX_WORDS (2 * MAX_PARAMETERS)

/* One call on the machine; the offsets are known to the code below. */
struct machine_call {
    void *function;          /*  0 */
    const uint32_t *words;   /*  4 */
    int32_t count;           /*  8 */
    int32_t skew;            /* 12: bytes that shift the stack, which the E language aligns to 4 only */
    uint32_t eax;            /* 16 */
    int32_t moved;           /* 20: bytes that the callee took off the stack */
    uint32_t kept;           /* 24: 1 when it kept the registers that belong to the caller */
};

void push_and_call(struct machine_call *machine_call);

/* Below the arguments lie zeros: what a callee reads beyond what was declared is NULL. */
__asm__(
    ".globl _push_and_call\n"
    "_push_and_call:\n"
    "    pushl %ebp\n"
    "    movl %esp, %ebp\n"
    "    pushl %ebx\n"
    "    pushl %esi\n"
    "    pushl %edi\n"
    "    movl 8(%ebp), %ebx\n"
    "    subl 12(%ebx), %esp\n"
    "    movl $16, %ecx\n"
    "1:  pushl $0\n"
    "    decl %ecx\n"
    "    jnz 1b\n"
    "    movl 4(%ebx), %esi\n"
    "    movl 8(%ebx), %ecx\n"
    "2:  testl %ecx, %ecx\n"
    "    jz 3f\n"
    "    pushl -4(%esi,%ecx,4)\n"
    "    decl %ecx\n"
    "    jmp 2b\n"
    "3:  movl %esp, %edi\n"
    "    call *(%ebx)\n"
    "    movl %eax, 16(%ebx)\n"
    "    movl %esp, %ecx\n"
    "    subl %edi, %ecx\n"
    "    movl %ecx, 20(%ebx)\n"
    "    xorl %eax, %eax\n"
    "    cmpl 4(%ebx), %esi\n"
    "    sete %al\n"
    "    movl %eax, 24(%ebx)\n"
    "    leal -12(%ebp), %esp\n"
    "    popl %edi\n"
    "    popl %esi\n"
    "    popl %ebx\n"
    "    popl %ebp\n"
    "    ret\n");

static struct declarations all;

static LONG CALLBACK on_exception(EXCEPTION_POINTERS *pointers)
{
    const EXCEPTION_RECORD *record = pointers->ExceptionRecord;
    if (record->ExceptionCode == EXCEPTION_ACCESS_VIOLATION)
        fail("it %s memory at %p that nobody gave it", record->ExceptionInformation[0] ? "writes" : "reads",
             (void *)record->ExceptionInformation[1]);
    return EXCEPTION_CONTINUE_SEARCH;
}

void start_calls(const char *path)
{
    AddVectoredExceptionHandler(1, on_exception);
    read_declarations(path, &all);
}

struct declarations *declared(void)
{
    return &all;
}

/* What the E language does at the first call of a command. */
static void *resolve(struct command *command)
{
    HMODULE library;
    if (command->function != NULL)
        return command->function;
    library = LoadLibraryA(command->library);
    if (library == NULL)
        fail("%s cannot be loaded, error %lu", command->library, GetLastError());
    command->function = (void *)(uintptr_t)GetProcAddress(library, command->entry);
    if (command->function == NULL)
        fail("%s has no such function", command->library);
    return command->function;
}

/* Whether a value is what is declared: the compiler of the E language would refuse it or convert it. */
static void check_kind(const struct parameter *parameter, const struct value *value)
{
    static const struct parameter KINDS[] = {
        [KIND_INT] = {"", TYPE_INT, 0, 0},          [KIND_INT_OUT] = {"", TYPE_INT, 1, 0},
        [KIND_INTS] = {"", TYPE_INT, 0, 1},         [KIND_TEXT] = {"", TYPE_TEXT, 0, 0},
        [KIND_TEXT_BUFFER] = {"", TYPE_TEXT, 1, 0}, [KIND_BYTES] = {"", TYPE_BYTES, 0, 0},
        [KIND_BYTE_BUFFER] = {"", TYPE_BYTES, 1, 0}};
    const struct parameter *given = &KINDS[value->kind];
    if (given->type != parameter->type || given->by_reference != parameter->by_reference
        || given->is_array != parameter->is_array)
        fail("%s is declared as %s%s, and the function takes %s%s", parameter->name, type_name(parameter->type),
             parameter->is_array ? " 数组" : parameter->by_reference ? " 传址" : "", type_name(given->type),
             given->is_array ? " 数组" : given->by_reference ? " 传址" : "");
}

/* A read-only copy of what goes in, with a guard page behind its last byte. */
static uint32_t hand_over(const struct value *value, struct guarded *copy)
{
    size_t size = value->kind == KIND_TEXT ? strlen(value->pointer) + 1 : value->size;
    guard(copy, size, SIDE_END, 0);
    memcpy(copy->data, value->pointer, size);
    guard_read_only(copy);
    return (uint32_t)(uintptr_t)copy->data;
}

static void check_readable(const char *text)
{
    MEMORY_BASIC_INFORMATION memory;
    if (text == NULL || VirtualQuery(text, &memory, sizeof memory) == 0 || memory.State != MEM_COMMIT
        || (memory.Protect & (PAGE_NOACCESS | PAGE_GUARD)) != 0)
        fail("it returns %p as a text", (const void *)text);
}

/* The call itself, and what it left in eax. */
static uint32_t call_machine(struct command *command, int count, const struct value values[])
{
    static __thread int32_t skew;
    struct guarded copies[MAX_PARAMETERS];
    uint32_t words[MAX_WORDS];
    int n, is_copied[MAX_PARAMETERS] = {0};
    struct machine_call machine_call = {resolve(command), words, 0, 0, 0, 0, 0};
    if (count != command->parameter_count)
        fail("%d parameters are declared, and the function takes %d", command->parameter_count, count);
    for (n = 0; n < count; n++) {
        check_kind(&command->parameters[n], &values[n]);
        if (values[n].kind == KIND_INT) {
            words[machine_call.count++] = (uint32_t)values[n].number;
        } else if (values[n].pointer != NULL && (values[n].kind == KIND_TEXT || values[n].kind == KIND_BYTES)) {
            words[machine_call.count++] = hand_over(&values[n], &copies[n]);
            is_copied[n] = 1;
        } else {
            words[machine_call.count++] = (uint32_t)(uintptr_t)values[n].pointer;
        }
    }
    /* Every alignment in turn. */
    skew = (skew + 4) % 16;
    machine_call.skew = skew;
    push_and_call(&machine_call);
    if (machine_call.moved != 4 * machine_call.count)
        fail("%d bytes of parameters are declared, and the function takes %d off the stack",
             4 * (int)machine_call.count, (int)machine_call.moved);
    if (!machine_call.kept)
        fail("it changes a register that belongs to its caller");
    for (n = 0; n < count; n++)
        if (is_copied[n])
            guard_release(&copies[n]);
    return machine_call.eax;
}

struct result call(const char *entry, int count, const struct value values[])
{
    struct command *command = find_command(&all, entry);
    struct result result = {command->result, 0, NULL};
    uint32_t eax;
    doing(entry);
    eax = call_machine(command, count, values);
    if (command->result == TYPE_INT) {
        result.number = (int32_t)eax;
    } else if (command->result == TYPE_TEXT) {
        check_readable((const char *)(uintptr_t)eax);
        result.text = strdup((const char *)(uintptr_t)eax);
        check_gbk(result.text);
    } else {
        fail("no function of the DLL returns %s", type_name(command->result));
    }
    doing(NULL);
    return result;
}

int32_t call_number(const char *entry, int count, const struct value values[])
{
    struct result result = call(entry, count, values);
    if (result.type != TYPE_INT)
        fail("%s is declared to give %s, and the function gives a number", entry, type_name(result.type));
    return result.number;
}

char *call_text(const char *entry, int count, const struct value values[])
{
    struct result result = call(entry, count, values);
    if (result.type != TYPE_TEXT)
        fail("%s is declared to give %s, and the function gives a text", entry, type_name(result.type));
    return result.text;
}

const char *call_text_in_place(const char *entry, int count, const struct value values[])
{
    const char *text;
    doing(entry);
    text = (const char *)(uintptr_t)call_machine(find_command(&all, entry), count, values);
    check_readable(text);
    doing(NULL);
    return text;
}
