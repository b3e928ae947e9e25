#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>

/// The ids inside the sandbox: pid 1 and the command.
enum { KEEPER = 0, COMMAND = 1000 };

struct id_map {
    unsigned inside, outside;
};
struct bind {
    const char *source, *target;
    bool writable;
    int tree;  ///< a detached copy of the source, opened before the caller's uid is given up
};
struct small_file {
    const char *path, *text;
};
struct symbolic_link {
    const char *target, *path;
};
struct resource_limit {
    int resource;
    rlim_t soft, hard;
};

/// What the server asks for; the keys are documented in `docs/sandbox.md`. Strings point into the text that was read.
struct specification {
    const char *cgroups[16];
    struct id_map maps[8];
    struct bind binds[256];
    struct symbolic_link links[64];
    struct small_file files[64];
    struct resource_limit limits[16];
    char *environment[1025];
    char *arguments[1025];
    size_t cgroup_count, map_count, bind_count, link_count, file_count, limit_count, environment_count, argument_count;
    const char *hostname, *directory;
    unsigned long long tmp_bytes, tmp_inodes;
    int nice;
    bool newuidmap, host_network, loopback, shared;
    /// Not read: the engine has taken the privileges already, and the program is found by the command's own `PATH`.
    bool inside_container;
};

/// Reads the specification from `descriptor` to its end and closes it. Fails on anything it does not understand.
void read_specification(int descriptor, struct specification *specification);

/// A decimal number without sign, spaces or overflow.
bool parse_number(const char *text, unsigned long long *number);
