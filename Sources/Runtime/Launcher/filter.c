#define _GNU_SOURCE
#include "stages.h"
#include "syscalls.h"
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "the filter of system calls is written for x86_64 and aarch64"
#endif

enum { X32_BIT = 0x40000000 };

static struct sock_filter program[2048];
static unsigned short length;

static void statement(unsigned short code, unsigned value) {
    program[length++] = (struct sock_filter)BPF_STMT(code, value);
}
static void jump(unsigned short test, unsigned value, unsigned char yes, unsigned char no) {
    program[length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_K | test, value, yes, no);
}
static void answer(unsigned verdict) { statement(BPF_RET | BPF_K, verdict); }
static void load(size_t offset) { statement(BPF_LD | BPF_W | BPF_ABS, (unsigned)offset); }

/// The low half of an argument: the kernel reads these arguments as 32-bit numbers.
static size_t argument(unsigned index) { return offsetof(struct seccomp_data, args) + 8 * index; }

static unsigned refusal(unsigned error) { return SECCOMP_RET_ERRNO | error; }

static void allow_values(const struct argument_rule *rule) {
    jump(BPF_JEQ, (unsigned)rule->number, 0, (unsigned char)(rule->count + 4));
    load(argument(rule->index));
    statement(BPF_ALU | BPF_AND | BPF_K, rule->mask);
    for (unsigned i = 0; i < rule->count; i++) jump(BPF_JEQ, rule->values[i], (unsigned char)(rule->count - i), 0);
    answer(refusal((unsigned)rule->error));
    answer(SECCOMP_RET_ALLOW);
}

static void refuse_values(const struct argument_rule *rule) {
    jump(BPF_JEQ, (unsigned)rule->number, 0, (unsigned char)(rule->count + 4));
    load(argument(rule->index));
    statement(BPF_ALU | BPF_AND | BPF_K, rule->mask);
    for (unsigned i = 0; i < rule->count; i++) jump(BPF_JEQ, rule->values[i], (unsigned char)(rule->count - i), 0);
    answer(SECCOMP_RET_ALLOW);
    answer(refusal((unsigned)rule->error));
}

static void refuse_shared_objects(void) {
    for (unsigned i = 0; i < shared_count; i++) {
        jump(BPF_JEQ, (unsigned)shared_calls[i].number, 0, 1);
        answer(refusal(ENOSYS));
    }
}

static void write_program(bool shared) {
    load(offsetof(struct seccomp_data, arch));
    jump(BPF_JEQ, ARCHITECTURE, 1, 0);
    answer(SECCOMP_RET_KILL_PROCESS);
    load(offsetof(struct seccomp_data, nr));
    jump(BPF_JGE, X32_BIT, 0, 1);
    answer(refusal(ENOSYS));
    for (unsigned i = 0; i < argument_rule_count; i++) {
        const struct argument_rule *rule = &argument_rules[i];
        if (rule->refuses)
            refuse_values(rule);
        else
            allow_values(rule);
    }
    if (shared) refuse_shared_objects();
    for (unsigned i = 0; i < allowed_count; i++) {
        jump(BPF_JEQ, (unsigned)allowed_calls[i], 0, 1);
        answer(SECCOMP_RET_ALLOW);
    }
    for (unsigned i = 0; i < denied_count; i++) {
        jump(BPF_JEQ, (unsigned)denied_calls[i], 0, 1);
        answer(refusal(EPERM));
    }
    answer(refusal(ENOSYS));
}

int install_filter(bool shared) {
    length = 0;
    write_program(shared);
    struct sock_fprog filter = {.len = length, .filter = program};
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter);
}
