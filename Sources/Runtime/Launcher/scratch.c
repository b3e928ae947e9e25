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

/// The folder of a session, below that of its family where it has one.
static void name_path(char path[static 160], const char *name, const char *family) {
    if (family)
        snprintf(path, 160, "/scratch/%s/%s", family, name);
    else
        snprintf(path, 160, "/scratch/%s", name);
}

static void name_family(char path[static 160], const char *family) { snprintf(path, 160, "/scratch/%s", family); }

static int open_scratch(const char *name, const char *bytes, const char *inodes, const char *family) {
    unsigned long long byte_count, inode_count;
    if (!bytes || !inodes || !parse_number(bytes, &byte_count) || !parse_number(inodes, &inode_count))
        return report("failed scratch %s: the limits are no numbers", name);
    if (!byte_count || !inode_count) return report("failed scratch %s: a limit of zero would be none", name);
    char path[160], options[128];
    snprintf(
        options, sizeof options, "size=%llu,nr_inodes=%llu,mode=0700,uid=%u,gid=%u", byte_count, inode_count, owner,
        owner_group);
    if (family) {
        name_family(path, family);
        // Another member may have made it; readable for all, because a session opens it for its fence.
        if (mkdir(path, 0755) < 0 && errno != EEXIST)
            return report("failed scratch %s: mkdir family: %s", name, strerror(errno));
    }
    name_path(path, name, family);
    if (mkdir(path, 0700) < 0) return report("failed scratch %s: mkdir: %s", name, strerror(errno));
    if (mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV, options) < 0) {
        int error = errno;
        rmdir(path);
        return report("failed scratch %s: mount: %s", name, strerror(error));
    }
    return report("ok scratch %s", name);
}

static int close_scratch(const char *name, const char *family) {
    char path[160];
    name_path(path, name, family);
    if (umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) < 0)
        return report("failed unscratch %s: umount: %s", name, strerror(errno));
    if (rmdir(path) < 0) return report("failed unscratch %s: rmdir: %s", name, strerror(errno));
    if (family) {
        name_family(path, family);
        rmdir(path); // stays while others are in it
    }
    return report("ok unscratch %s", name);
}

int obey(char *request) {
    char *rest = NULL;
    const char *verb = strtok_r(request, " ", &rest), *name = strtok_r(NULL, " ", &rest);
    if (!verb || !name) return report("failed request: it has no name");
    if (!is_name(name)) return report("failed %.16s: the name is not 1 to 64 letters, digits, _ or -", verb);
    bool opens = strcmp(verb, "scratch") == 0;
    const char *bytes = opens ? strtok_r(NULL, " ", &rest) : NULL, *inodes = opens ? strtok_r(NULL, " ", &rest) : NULL;
    const char *family = strtok_r(NULL, " ", &rest);
    if (family && !is_name(family)) return report("failed %.16s %s: the family is no name", verb, name);
    if (opens) return open_scratch(name, bytes, inodes, family);
    if (strcmp(verb, "unscratch") == 0) return close_scratch(name, family);
    return report("failed %.16s %s: unknown request", verb, name);
}
