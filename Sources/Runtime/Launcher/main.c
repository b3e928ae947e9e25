#define _GNU_SOURCE
#include "modes.h"
#include "report.h"
#include "stages.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static struct specification specification;

static void write_file(const char *stage, const char *path, const char *text) {
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0) fail(stage, path, errno);
    if (write(file, text, strlen(text)) != (ssize_t)strlen(text)) fail(stage, path, errno);
    close(file);
}

/// Has the kernel take a sandbox before the server when the host is out of memory; a preference, no part of the fence.
static void prefer_for_oom(void) {
    int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (file < 0) return;
    if (write(file, "500", 3) < 0) {}
    close(file);
}

static void join_cgroups(void) {
    for (size_t i = 0; i < specification.cgroup_count; i++) {
        char path[4096];
        if (snprintf(path, sizeof path, "%s/cgroup.procs", specification.cgroups[i]) >= (int)sizeof path)
            fail("cgroup", "path too long", 0);
        write_file("cgroup", path, "0");
    }
}

/// Writes the maps directly: the caller has the privilege for it.
static void write_maps(int child) {
    static const char *const kinds[] = {"uid_map", "gid_map"};
    char path[64], text[512];
    size_t length = 0;
    for (size_t i = 0; i < specification.map_count; i++)
        length += (size_t)snprintf(
            text + length, sizeof text - length, "%u %u 1\n", specification.maps[i].inside,
            specification.maps[i].outside);
    snprintf(path, sizeof path, "/proc/%d/setgroups", child);
    write_file("map", path, "deny");
    for (size_t i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "/proc/%d/%s", child, kinds[i]);
        write_file("map", path, text);
    }
}

/// Has the set-uid helpers of the host write the maps, from the ranges in `/etc/subuid` and `/etc/subgid`.
static void run_map_helper(const char *program, int child) {
    char numbers[1 + 2 * 8][16];
    char *arguments[2 + 3 * 8 + 1] = {(char *)program, numbers[0]};
    char *environment[] = {NULL};
    size_t count = 2;
    snprintf(numbers[0], sizeof numbers[0], "%d", child);
    for (size_t i = 0; i < specification.map_count; i++) {
        char *inside = numbers[1 + 2 * i], *outside = numbers[2 + 2 * i];
        snprintf(inside, sizeof numbers[0], "%u", specification.maps[i].inside);
        snprintf(outside, sizeof numbers[0], "%u", specification.maps[i].outside);
        arguments[count++] = inside;
        arguments[count++] = outside;
        arguments[count++] = "1";
    }
    pid_t helper = fork();
    if (helper < 0) fail("map", program, errno);
    if (helper == 0) {
        execve(program, arguments, environment);
        _exit(127);
    }
    int status;
    while (waitpid(helper, &status, 0) < 0)
        if (errno != EINTR) fail("map", program, errno);
    if (status != 0) fail("map", "newuidmap or newgidmap refused; see /etc/subuid and /etc/subgid", 0);
}

/// Makes pid 1 of the sandbox as a child of the server, not of this process, so that the server can wait for it.
static int create_pid1(void) {
    struct clone_args arguments = {
        .flags = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP
                 | CLONE_PARENT | CLONE_CLEAR_SIGHAND
                 | (specification.host_network ? 0 : CLONE_NEWNET),
    };
    long pid = syscall(SYS_clone3, &arguments, sizeof arguments);
    if (pid < 0) fail("namespaces", "clone3", errno);
    return (int)pid;
}

static void start_clean(char **environment) {
    for (int descriptor = 0; descriptor <= CONTROL; descriptor++)
        if (fcntl(descriptor, F_GETFD) < 0) _exit(1);
    fcntl(CONTROL, F_SETFD, FD_CLOEXEC);
    if (close_range(CONTROL + 1, ~0U, 0) < 0) fail("start", "close_range", errno);
    for (; *environment; environment++) memset(*environment, 0, strlen(*environment));
    signal(SIGCHLD, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    umask(022);
}

int main(int count, char **arguments, char **environment) {
    const char *mode = count > 1 ? arguments[1] : "", *second = count > 2 ? arguments[2] : "";
    bool has_third = count > 3;
    if (strcmp(mode, "container") == 0) run_container();
    if (strcmp(mode, "seccomp-profile") == 0) return print_profile(strcmp(second, "shared") == 0);
    if (strcmp(mode, "scratch") == 0) serve_scratch(second, has_third && strcmp(arguments[3], "lone") == 0);
    start_clean(environment);
    read_specification(4, &specification);
    if (specification.arguments[0][0] != '/') fail("specification", "the command is no absolute path", 0);
    if (!specification.map_count) fail("specification", "no map of ids", 0);
    if (!specification.newuidmap && setgroups(0, NULL) < 0) fail("groups", "setgroups", errno);
    prefer_for_oom();
    join_cgroups();

    int go[2];
    if (pipe2(go, O_CLOEXEC) < 0) fail("start", "pipe", errno);
    int child = create_pid1();
    if (child == 0) {
        close(go[1]);
        run_inside(&specification, go[0]);
    }
    if (report("created %d", child) < 0) _exit(1);
    if (specification.newuidmap) {
        run_map_helper("/usr/bin/newuidmap", child);
        run_map_helper("/usr/bin/newgidmap", child);
    } else {
        write_maps(child);
    }
    if (write(go[1], "g", 1) != 1) fail("start", "go", errno);
    _exit(0);
}
