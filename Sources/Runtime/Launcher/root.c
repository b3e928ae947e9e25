#define _GNU_SOURCE
#include "report.h"
#include "stages.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *const devices[] = {"null", "zero", "full", "random", "urandom"};
enum { DEVICES = sizeof devices / sizeof *devices };
static int device_trees[DEVICES];

static int copy_tree(const char *path) {
    return open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
}

static void restrict_tree(const char *name, int tree, unsigned long long attributes) {
    struct mount_attr change = {.attr_set = attributes};
    if (mount_setattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &change, sizeof change) < 0)
        fail("mount_setattr", name, errno);
}

void open_sources(struct specification *specification) {
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) fail("mount", "private", errno);
    for (size_t i = 0; i < specification->bind_count; i++) {
        struct bind *bind = &specification->binds[i];
        if ((bind->tree = copy_tree(bind->source)) < 0) fail("bind", bind->source, errno);
        restrict_tree(
            bind->source, bind->tree, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | (bind->writable ? 0 : MOUNT_ATTR_RDONLY));
    }
    for (size_t i = 0; i < DEVICES; i++) {
        char path[32];
        snprintf(path, sizeof path, "/dev/%s", devices[i]);
        if ((device_trees[i] = copy_tree(path)) < 0) fail("device", path, errno);
        restrict_tree(path, device_trees[i], MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC | MOUNT_ATTR_RDONLY);
    }
}

/// Opens the folder of the last component of `path` below `root`, making what is missing; links are not followed.
static int open_parent(int root, const char *path, const char **last) {
    int folder = dup(root);
    for (const char *part = path + 1;;) {
        const char *end = strchr(part, '/');
        if (!end) {
            *last = part;
            return folder;
        }
        char name[256];
        if (snprintf(name, sizeof name, "%.*s", (int)(end - part), part) >= (int)sizeof name)
            fail("root", path, ENAMETOOLONG);
        if (mkdirat(folder, name, 0755) < 0 && errno != EEXIST) fail("root", path, errno);
        int next = openat(folder, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (next < 0) fail("root", path, errno);
        close(folder);
        folder = next;
        part = end + 1;
    }
}

/// Attaches a detached tree at `path` below `root`, on a folder or file that is made where it is missing.
static void attach(int root, int tree, const char *path) {
    struct stat status;
    if (fstat(tree, &status) < 0) fail("root", path, errno);
    const char *name;
    int folder = open_parent(root, path, &name);
    if (S_ISDIR(status.st_mode)) {
        if (mkdirat(folder, name, 0755) < 0 && errno != EEXIST) fail("root", path, errno);
    } else if (faccessat(folder, name, F_OK, AT_SYMLINK_NOFOLLOW) < 0) {
        int file = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
        if (file < 0) fail("root", path, errno);
        close(file);
    }
    int target = openat(folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (target < 0) fail("root", path, errno);
    if (move_mount(tree, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
        fail("attach", path, errno);
    close(target);
    close(folder);
    close(tree);
}

static void mount_tmpfs(const char *path, unsigned long flags, const char *options) {
    if (mkdir(path, 0755) < 0 && errno != EEXIST) fail("tmpfs", path, errno);
    if (mount("tmpfs", path, "tmpfs", flags | MS_NOSUID | MS_NODEV, options) < 0) fail("tmpfs", path, errno);
}

/// A `/proc` of the new pid namespace: other users' processes are hidden, the kernel's own files read-only or covered.
static void mount_proc(int root) {
    static const char *const read_only[] = {"bus", "fs", "irq", "sys", "sysrq-trigger"};
    static const char *const covered[] = {
        "acpi", "asound", "driver", "kcore", "keys", "kmsg", "latency_stats", "sched_debug", "scsi", "timer_list"};
    const unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
    char path[64];
    if (mkdir("proc", 0755) < 0) fail("proc", "mkdir", errno);
    if (mount("proc", "proc", "proc", flags, "hidepid=2") < 0) fail("proc", "mount", errno);
    for (size_t i = 0; i < sizeof read_only / sizeof *read_only; i++) {
        snprintf(path, sizeof path, "/proc/%s", read_only[i]);
        int tree = copy_tree(path + 1);
        if (tree < 0 && errno == ENOENT) continue;
        if (tree < 0) fail("proc", path, errno);
        restrict_tree(path, tree, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
        attach(root, tree, path);
    }
    for (size_t i = 0; i < sizeof covered / sizeof *covered; i++) {
        snprintf(path, sizeof path, "/proc/%s", covered[i]);
        struct stat status;
        if (lstat(path + 1, &status) < 0) continue;
        if (S_ISDIR(status.st_mode)) {
            mount_tmpfs(path + 1, MS_RDONLY | MS_NOEXEC, "size=4k,nr_inodes=2,mode=0555");
        } else {
            int tree = copy_tree("dev/null");
            if (tree < 0) fail("proc", path, errno);
            attach(root, tree, path);
        }
    }
}

static void make_devices(int root, const char *tmp_options) {
    static const struct symbolic_link links[] = {
        {"/proc/self/fd", "dev/fd"}, {"fd/0", "dev/stdin"}, {"fd/1", "dev/stdout"}, {"fd/2", "dev/stderr"}};
    char path[32];
    if (mkdir("dev", 0755) < 0) fail("dev", "mkdir", errno);
    for (size_t i = 0; i < DEVICES; i++) {
        snprintf(path, sizeof path, "/dev/%s", devices[i]);
        attach(root, device_trees[i], path);
    }
    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        if (symlink(links[i].target, links[i].path) < 0) fail("dev", links[i].path, errno);
    mount_tmpfs("dev/shm", 0, tmp_options);
}

static void write_small_files(int root, const struct specification *specification) {
    for (size_t i = 0; i < specification->file_count; i++) {
        const struct small_file *wanted = &specification->files[i];
        const char *name;
        int folder = open_parent(root, wanted->path, &name);
        int file = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
        if (file < 0) fail("file", wanted->path, errno);
        if (write(file, wanted->text, strlen(wanted->text)) != (ssize_t)strlen(wanted->text))
            fail("file", wanted->path, errno ? errno : ENOSPC);
        close(file);
        close(folder);
    }
    for (size_t i = 0; i < specification->link_count; i++) {
        const struct symbolic_link *wanted = &specification->links[i];
        const char *name;
        int folder = open_parent(root, wanted->path, &name);
        if (symlinkat(wanted->target, folder, name) < 0) fail("link", wanted->path, errno);
        close(folder);
    }
}

/// Mounts the new root over some folder that every host has and goes there.
static void mount_root(void) {
    static const char *const places[] = {"/tmp", "/mnt", "/run", "/usr"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        if (mount("tmpfs", places[i], "tmpfs", MS_NOSUID | MS_NODEV, "size=8m,nr_inodes=8192,mode=0755") < 0) {
            if (errno == ENOENT || errno == ENOTDIR) continue;
            fail("root", "tmpfs", errno);
        }
        if (chdir(places[i]) < 0) fail("root", places[i], errno);
        return;
    }
    fail("root", "no folder to mount it on", 0);
}

void build_root(const struct specification *specification) {
    char tmp_options[96];
    snprintf(
        tmp_options, sizeof tmp_options, "size=%llu,nr_inodes=%llu,mode=1777", specification->tmp_bytes,
        specification->tmp_inodes);
    umask(0);
    mount_root();
    int root = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root < 0) fail("root", "open", errno);
    make_devices(root, tmp_options);
    mount_proc(root);
    mount_tmpfs("tmp", 0, tmp_options);
    mount_tmpfs("scratch", 0, "size=64k,nr_inodes=16384,mode=0755");
    for (size_t i = 0; i < specification->bind_count; i++)
        attach(root, specification->binds[i].tree, specification->binds[i].target);
    write_small_files(root, specification);

    if (syscall(SYS_pivot_root, ".", ".") < 0) fail("pivot_root", "pivot_root", errno);
    if (umount2(".", MNT_DETACH) < 0) fail("pivot_root", "umount", errno);
    if (chdir("/") < 0) fail("pivot_root", "chdir", errno);
    close(root);
    struct mount_attr change = {.attr_set = MOUNT_ATTR_RDONLY};
    if (mount_setattr(AT_FDCWD, "/", 0, &change, sizeof change) < 0) fail("mount_setattr", "root", errno);
    umask(022);
}
