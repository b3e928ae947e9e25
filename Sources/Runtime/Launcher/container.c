#define _GNU_SOURCE
#include "modes.h"
#include "report.h"
#include "stages.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static struct specification specification;

/// The one place at which a container meets the server.
static const struct sockaddr_un door = {.sun_family = AF_UNIX, .sun_path = "/opt/corral/door/socket"};

static void connect_back(void) {
    int descriptor = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (descriptor < 0 || connect(descriptor, (const struct sockaddr *)&door, sizeof door) < 0) {
        fprintf(stderr, "corral-sandbox: cannot reach the server: %s\n", strerror(errno));
        _exit(1);
    }
    if (descriptor != CONTROL && dup3(descriptor, CONTROL, O_CLOEXEC) < 0) _exit(1);
    if (descriptor != CONTROL) close(descriptor);
}

/// Takes the server's one message with descriptors: the specification, the command's 0 to 2, and its 3 where it has one.
static void take_descriptors(void) {
    enum { LEAST = 4, MOST = 5 };
    union {
        char bytes[CMSG_SPACE(sizeof(int) * MOST)];
        struct cmsghdr align;
    } control;
    char text[16];
    struct iovec part = {.iov_base = text, .iov_len = sizeof text};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control};
    ssize_t received;
    while ((received = recvmsg(CONTROL, &message, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR) {}
    if (received <= 0) _exit(0);
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (!header || header->cmsg_type != SCM_RIGHTS) fail("start", "no descriptors came", 0);
    size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    if (count < LEAST || count > MOST) fail("start", "not as many descriptors as expected", 0);
    int descriptors[MOST], copies[MOST];
    memcpy(descriptors, CMSG_DATA(header), count * sizeof(int));
    if (count == LEAST) descriptors[count] = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (size_t i = 0; i < MOST; i++)
        if ((copies[i] = fcntl(descriptors[i], F_DUPFD_CLOEXEC, CONTROL + 1)) < 0) fail("start", "dup", errno);
    read_specification(copies[0], &specification);
    for (int target = 0; target < LEAST; target++)
        if (dup2(copies[target + 1], target) < 0) fail("start", "dup2", errno);
    if (close_range(LEAST, CONTROL - 1, 0) < 0 || close_range(CONTROL + 1, ~0U, 0) < 0)
        fail("start", "close_range", errno);
}

/// Whether the engine built what it was asked for; nothing starts behind less.
static void require_fence(void) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct sets[2];
    if (getuid() == 0 || geteuid() == 0) fail("fence", "the container's user is root", 0);
    if (get_capabilities(&header, sets) < 0) fail("fence", "capget", errno);
    for (size_t i = 0; i < 2; i++)
        if (sets[i].permitted || sets[i].effective || sets[i].inheritable)
            fail("fence", "the container has capabilities", 0);
    for (unsigned long capability = 0; capability < 64; capability++)
        if (prctl(PR_CAPBSET_READ, capability, 0, 0, 0) == 1) fail("fence", "the container can get capabilities", 0);
    if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1) fail("fence", "the container may get new privileges", 0);
    if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) != 2) fail("fence", "the container has no filter of system calls", 0);
}

_Noreturn void run_container(void) {
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, NULL);
    umask(022);
    connect_back();
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0) fail("start", "dumpable", errno);
    take_descriptors();
    require_fence();
    int signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    if (signals < 0) fail("start", "signalfd", errno);
    specification.inside_container = true;
    int command = start_command(&specification);
    forget_descriptors();
    if (report("ready") < 0) _exit(1);
    serve(command, signals, true);
}
