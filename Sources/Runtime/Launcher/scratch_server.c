#define _GNU_SOURCE
#include "modes.h"
#include "report.h"
#include "stages.h"
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

static int open_namespace(const char *process, const char *kind) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%.16s/ns/%s", process, kind);
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) fail("enter", kind, errno);
    return descriptor;
}

/// The real ids of a process, as its own user namespace does not matter to a mount of the host.
static void read_owner(const char *process, unsigned *user, unsigned *group) {
    char path[64], line[256];
    bool has_user = false, has_group = false;
    snprintf(path, sizeof path, "/proc/%.16s/status", process);
    FILE *file = fopen(path, "re");
    if (!file) fail("enter", "status", errno);
    while (fgets(line, sizeof line, file)) {
        if (sscanf(line, "Uid: %u", user) == 1) has_user = true;
        if (sscanf(line, "Gid: %u", group) == 1) has_group = true;
    }
    fclose(file);
    if (!has_user || !has_group) fail("enter", "the process has no owner", 0);
}

static void take_loopback_down(void) {
    struct ifreq request = {.ifr_flags = 0};
    strcpy(request.ifr_name, "lo");
    int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) fail("loopback", "socket", errno);
    if (ioctl(descriptor, SIOCSIFFLAGS, &request) < 0) fail("loopback", "down", errno);
    close(descriptor);
}

_Noreturn void serve_scratch(const char *process, bool lone) {
    unsigned user = 0, group = 0;
    read_owner(process, &user, &group);
    set_scratch_owner(user, group);
    int mounts = open_namespace(process, "mnt"), network = open_namespace(process, "net");
    if (lone && (setns(network, CLONE_NEWNET) < 0)) fail("enter", "network", errno);
    if (lone) take_loopback_down();
    if (setns(mounts, CLONE_NEWNS) < 0) fail("enter", "mounts", errno);
    close(mounts);
    close(network);
    if (chdir("/") < 0) fail("enter", "chdir", errno);
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0) fail("enter", "dumpable", errno);
    if (report("ready") < 0) _exit(1);
    for (;;) {
        char request[256];
        ssize_t length = recv(CONTROL, request, sizeof request - 1, 0);
        if (length < 0 && errno == EINTR) continue;
        if (length <= 0) _exit(0);
        request[length] = 0;
        if (obey(request) < 0) _exit(0);
    }
}
