#define _GNU_SOURCE
#include "report.h"
#include "stages.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static unsigned owner = COMMAND, owner_group = COMMAND;

void set_scratch_owner(unsigned user, unsigned group) {
    owner = user;
    owner_group = group;
}

static bool is_name(const char *text) {
    size_t length = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");
    return length >= 1 && length <= 64 && !text[length];
}

static int open_scratch(const char *name, const char *bytes, const char *inodes) {
    unsigned long long byte_count, inode_count;
    if (!bytes || !inodes || !parse_number(bytes, &byte_count) || !parse_number(inodes, &inode_count))
        return report("failed scratch %s: the limits are no numbers", name);
    if (!byte_count || !inode_count) return report("failed scratch %s: a limit of zero would be none", name);
    char path[96], options[128];
    snprintf(path, sizeof path, "/scratch/%s", name);
    snprintf(
        options, sizeof options, "size=%llu,nr_inodes=%llu,mode=0700,uid=%u,gid=%u", byte_count, inode_count, owner,
        owner_group);
    if (mkdir(path, 0700) < 0) return report("failed scratch %s: mkdir: %s", name, strerror(errno));
    if (mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV, options) < 0) {
        int error = errno;
        rmdir(path);
        return report("failed scratch %s: mount: %s", name, strerror(error));
    }
    return report("ok scratch %s", name);
}

static int close_scratch(const char *name) {
    char path[96];
    snprintf(path, sizeof path, "/scratch/%s", name);
    if (umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) < 0)
        return report("failed unscratch %s: umount: %s", name, strerror(errno));
    if (rmdir(path) < 0) return report("failed unscratch %s: rmdir: %s", name, strerror(errno));
    return report("ok unscratch %s", name);
}

int obey(char *request) {
    char *rest = NULL;
    const char *verb = strtok_r(request, " ", &rest), *name = strtok_r(NULL, " ", &rest);
    const char *bytes = strtok_r(NULL, " ", &rest), *inodes = strtok_r(NULL, " ", &rest);
    if (!verb || !name) return report("failed request: it has no name");
    if (!is_name(name)) return report("failed %.16s: the name is not 1 to 64 letters, digits, _ or -", verb);
    if (strcmp(verb, "scratch") == 0) return open_scratch(name, bytes, inodes);
    if (strcmp(verb, "unscratch") == 0) return close_scratch(name);
    return report("failed %.16s %s: unknown request", verb, name);
}
