#define _GNU_SOURCE
#include "stages.h"
#include "syscalls.h"
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "the filter of system calls is written for x86_64 and aarch64"
#endif

enum {
    NAMESPACES = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID
                 | CLONE_NEWNET,
    X32_BIT = 0x40000000,
};

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

/// Call `number`: allowed where the masked argument is one of `values`, else refused with `error`.
static void allow_values(
    int number, unsigned index, unsigned mask, const unsigned *values, unsigned char count, unsigned error) {
    jump(BPF_JEQ, (unsigned)number, 0, (unsigned char)(count + 4));
    load(argument(index));
    statement(BPF_ALU | BPF_AND | BPF_K, mask);
    for (unsigned char i = 0; i < count; i++) jump(BPF_JEQ, values[i], (unsigned char)(count - i), 0);
    answer(refusal(error));
    answer(SECCOMP_RET_ALLOW);
}

/// Call `number`: refused with EPERM where the argument is one of `values`, else allowed.
static void refuse_values(int number, unsigned index, const unsigned *values, unsigned char count) {
    jump(BPF_JEQ, (unsigned)number, 0, (unsigned char)(count + 3));
    load(argument(index));
    for (unsigned char i = 0; i < count; i++) jump(BPF_JEQ, values[i], (unsigned char)(count - i), 0);
    answer(SECCOMP_RET_ALLOW);
    answer(refusal(EPERM));
}

static void write_argument_rules(void) {
    static const unsigned families[] = {AF_UNIX, AF_INET, AF_INET6};
    static const unsigned personalities[] = {0, 0xffffffff};
    static const unsigned none[] = {0};
    static const unsigned pipes[] = {S_IFIFO};
    static const unsigned terminal_input[] = {TIOCSTI, TIOCLINUX};
    allow_values(SYS_socket, 0, ~0U, families, 3, EAFNOSUPPORT);
    allow_values(SYS_socketpair, 0, ~0U, families, 3, EAFNOSUPPORT);
    allow_values(SYS_clone, 0, NAMESPACES, none, 1, EPERM);
    allow_values(SYS_personality, 0, ~0U, personalities, 2, EPERM);
    allow_values(SYS_mknodat, 2, S_IFMT, pipes, 1, EPERM);
#ifdef __x86_64__
    allow_values(SYS_mknod, 1, S_IFMT, pipes, 1, EPERM);
#endif
    allow_values(SYS_prlimit64, 0, ~0U, none, 1, EPERM);
    refuse_values(SYS_ioctl, 1, terminal_input, 2);
}

/// Objects of System V and message queues have no folder that could keep the sessions of one sandbox apart.
static void refuse_shared_objects(void) {
    static const int calls[] = {SYS_shmget, SYS_shmat, SYS_semget, SYS_msgget, SYS_mq_open};
    for (unsigned i = 0; i < sizeof calls / sizeof *calls; i++) {
        jump(BPF_JEQ, (unsigned)calls[i], 0, 1);
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
    write_argument_rules();
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
