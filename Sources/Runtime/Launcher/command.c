#define _GNU_SOURCE
#include "report.h"
#include "stages.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/securebits.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/// What the forked command could not do; it travels to pid 1 over a pipe that `exec` closes.
struct trouble {
    const char *what;
    int error;
};

static int set_limits(const struct specification *specification) {
    for (size_t i = 0; i < specification->limit_count; i++) {
        const struct resource_limit *asked = &specification->limits[i];
        struct rlimit limit;
        if (getrlimit(asked->resource, &limit) < 0) return -1;
        // A hard limit that this process already has cannot be raised; the smaller one is the stricter one.
        if (asked->hard < limit.rlim_max) limit.rlim_max = asked->hard;
        limit.rlim_cur = asked->soft < limit.rlim_max ? asked->soft : limit.rlim_max;
        if (setrlimit(asked->resource, &limit) < 0) return -1;
    }
    return 0;
}

static int drop_privileges(bool inside_container) {
    if (inside_container) return 0;
    const unsigned long bits = SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP
                               | SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED | SECBIT_NO_CAP_AMBIENT_RAISE
                               | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED;
    if (drop_bounding_set() < 0) return -1;
    if (prctl(PR_SET_SECUREBITS, bits, 0, 0, 0) < 0) return -1;
    if (setresgid(COMMAND, COMMAND, COMMAND) < 0 || setresuid(COMMAND, COMMAND, COMMAND) < 0) return -1;
    if (keep_capabilities(0) < 0) return -1;
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

/// Keeps 0 to 2, and 3 unless it is `/dev/null`; all others close when the command starts.
static int keep_descriptors(void) {
    struct stat status;
    if (fstat(3, &status) < 0) return -1;
    bool null = S_ISCHR(status.st_mode) && status.st_rdev == makedev(1, 3);
    return close_range(null ? 3 : 4, ~0U, CLOSE_RANGE_CLOEXEC);
}

static const char *become_command(const struct specification *specification) {
    if (setsid() < 0) return "setsid";
    sigset_t none;
    sigemptyset(&none);
    if (sigprocmask(SIG_SETMASK, &none, NULL) < 0) return "signals";
    if (specification->nice && setpriority(PRIO_PROCESS, 0, specification->nice) < 0) return "nice";
    if (set_limits(specification) < 0) return "rlimit";
    if (keep_descriptors() < 0) return "descriptors";
    if (drop_privileges(specification->inside_container) < 0) return "privileges";
    if (chdir(specification->directory) < 0) return "directory";
    if (install_filter(specification->shared) < 0) return "seccomp";
    if (specification->inside_container && !strchr(specification->arguments[0], '/')) {
        environ = (char **)specification->environment;
        execvp(specification->arguments[0], specification->arguments);
    } else {
        execve(specification->arguments[0], specification->arguments, specification->environment);
    }
    return "exec";
}

int start_command(const struct specification *specification) {
    int status[2];
    if (pipe2(status, O_CLOEXEC) < 0) fail("command", "pipe", errno);
    pid_t command = fork();
    if (command < 0) fail("command", "fork", errno);
    if (command == 0) {
        struct trouble trouble = {.what = become_command(specification)};
        trouble.error = errno;
        if (write(status[1], &trouble, sizeof trouble) < 0) {}
        _exit(127);
    }
    close(status[1]);
    struct trouble trouble;
    ssize_t got;
    while ((got = read(status[0], &trouble, sizeof trouble)) < 0 && errno == EINTR) {}
    if (got == (ssize_t)sizeof trouble) fail("command", trouble.what, trouble.error);
    if (got != 0) fail("command", "status", got < 0 ? errno : 0);
    close(status[0]);
    return command;
}
