#define _GNU_SOURCE
#include "report.h"
#include "stages.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void become_root(bool may_set_groups) {
    if (may_set_groups && setgroups(0, NULL) < 0) fail("ids", "setgroups", errno);
    if (setresgid(KEEPER, KEEPER, KEEPER) < 0) fail("ids", "setresgid", errno);
    if (setresuid(KEEPER, KEEPER, KEEPER) < 0) fail("ids", "setresuid", errno);
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0) fail("ids", "dumpable", errno);
}

static void bring_up_loopback(void) {
    struct ifreq request = {.ifr_flags = IFF_UP | IFF_RUNNING};
    strcpy(request.ifr_name, "lo");
    int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) fail("loopback", "socket", errno);
    if (ioctl(descriptor, SIOCSIFFLAGS, &request) < 0) fail("loopback", "up", errno);
    close(descriptor);
}

void forget_descriptors(void) {
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0) fail("start", "/dev/null", errno);
    for (int descriptor = 0; descriptor <= 3; descriptor++)
        if (dup2(null, descriptor) < 0) fail("start", "dup2", errno);
    close(null);
}

/// Lets go of every capability but the one for mounts.
static void shrink(void) {
    if (drop_bounding_set() < 0) fail("start", "bounding set", errno);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) fail("start", "no_new_privs", errno);
    if (keep_capabilities(1ULL << CAP_SYS_ADMIN) < 0) fail("start", "capset", errno);
}

/// Reaps everything that has ended and tells of the end of the command, with which it ends unless it lingers.
static void reap(int command, bool lingers) {
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
        if (pid != command) continue;
        if (WIFEXITED(status))
            report("exited %d", WEXITSTATUS(status));
        else
            report("signaled %d", WTERMSIG(status));
        if (!lingers) _exit(0);
    }
}

static void take_request(void) {
    char request[256];
    ssize_t length = recv(CONTROL, request, sizeof request - 1, MSG_DONTWAIT);
    if (length < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (length <= 0) _exit(0);
    request[length] = 0;
    if (obey(request) < 0) _exit(0);
}

_Noreturn void serve(int command, int signals, bool lingers) {
    struct pollfd sources[] = {{.fd = CONTROL, .events = POLLIN}, {.fd = signals, .events = POLLIN}};
    for (;;) {
        if (poll(sources, 2, -1) < 0 && errno != EINTR) _exit(1);
        if (sources[1].revents) {
            struct signalfd_siginfo ignored;
            while (read(signals, &ignored, sizeof ignored) > 0) {}
            reap(command, lingers);
        }
        if (sources[0].revents) take_request();
    }
}

void run_inside(struct specification *specification, int go) {
    char byte;
    ssize_t got;
    while ((got = read(go, &byte, 1)) < 0 && errno == EINTR) {}
    if (got != 1) _exit(1);
    close(go);

    open_sources(specification);
    become_root(specification->newuidmap);
    if (specification->hostname && sethostname(specification->hostname, strlen(specification->hostname)) < 0)
        fail("hostname", "sethostname", errno);
    if (specification->loopback) bring_up_loopback();
    build_root(specification);

    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, NULL);
    int signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    if (signals < 0) fail("start", "signalfd", errno);
    int command = start_command(specification);
    forget_descriptors();
    shrink();
    if (report("ready") < 0) _exit(1);
    serve(command, signals, false);
}
