#define _GNU_SOURCE
#include "syscalls.h"
#include <errno.h>
#include <linux/sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

// Numbers that are newer than the headers of some hosts; the same on every architecture.
#ifndef SYS_cachestat
#define SYS_cachestat 451
#endif
#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif
#ifndef SYS_futex_wake
#define SYS_futex_wake 454
#endif
#ifndef SYS_futex_wait
#define SYS_futex_wait 455
#endif
#ifndef SYS_futex_requeue
#define SYS_futex_requeue 456
#endif
#ifndef SYS_mseal
#define SYS_mseal 462
#endif
#ifndef SYS_setxattrat
#define SYS_setxattrat 463
#endif
#ifndef SYS_getxattrat
#define SYS_getxattrat 464
#endif
#ifndef SYS_listxattrat
#define SYS_listxattrat 465
#endif
#ifndef SYS_removexattrat
#define SYS_removexattrat 466
#endif

#define ALLOWED(name) SYS_##name,
#define DENIED(name)
const int allowed_calls[] = {
#include "syscall_list.h"
};
const unsigned allowed_count = sizeof allowed_calls / sizeof *allowed_calls;

#define ALLOWED(name)
#define DENIED(name) SYS_##name,
const int denied_calls[] = {
#include "syscall_list.h"
};
const unsigned denied_count = sizeof denied_calls / sizeof *denied_calls;

#define ALLOWED(name) #name,
#define DENIED(name)
const char *const allowed_names[] = {
#include "syscall_list.h"
};

#define ALLOWED(name)
#define DENIED(name) #name,
const char *const denied_names[] = {
#include "syscall_list.h"
};

enum {
    NAMESPACES = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID
                 | CLONE_NEWNET,
};

#define CALL(name) SYS_##name, #name
const struct argument_rule argument_rules[] = {
    {CALL(socket), 0, ~0U, {AF_UNIX, AF_INET, AF_INET6}, 3, EAFNOSUPPORT, false},
    {CALL(socketpair), 0, ~0U, {AF_UNIX, AF_INET, AF_INET6}, 3, EAFNOSUPPORT, false},
    {CALL(clone), 0, NAMESPACES, {0}, 1, EPERM, false},
    {CALL(personality), 0, ~0U, {0, 0xffffffff}, 2, EPERM, false},
    {CALL(mknodat), 2, S_IFMT, {S_IFIFO}, 1, EPERM, false},
#ifdef __x86_64__
    {CALL(mknod), 1, S_IFMT, {S_IFIFO}, 1, EPERM, false},
#endif
    {CALL(prlimit64), 0, ~0U, {0}, 1, EPERM, false},
    {CALL(ioctl), 1, ~0U, {TIOCSTI, TIOCLINUX}, 2, EPERM, true},
};
const unsigned argument_rule_count = sizeof argument_rules / sizeof *argument_rules;

const struct named_call shared_calls[] = {
    {CALL(shmget)}, {CALL(shmat)}, {CALL(semget)}, {CALL(msgget)}, {CALL(mq_open)},
};
const unsigned shared_count = sizeof shared_calls / sizeof *shared_calls;
