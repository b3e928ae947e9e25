#define _GNU_SOURCE
#include "specification.h"
#include "report.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LARGEST = 1 << 20 };

bool parse_number(const char *text, unsigned long long *number) {
    unsigned long long value = 0;
    if (!*text) return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9') return false;
        if (__builtin_mul_overflow(value, 10ULL, &value)) return false;
        if (__builtin_add_overflow(value, (unsigned long long)(*text - '0'), &value)) return false;
    }
    *number = value;
    return true;
}

static _Noreturn void refuse(const char *key, const char *why) {
    char text[128] = "";
    strncat(text, key, 40);
    strcat(text, " ");
    strncat(text, why, 60);
    fail("specification", text, 0);
}

/// Cuts `text` at the first `separator` and returns what follows it.
static char *cut(const char *key, char *text, char separator) {
    char *end = strchr(text, separator);
    if (!end) refuse(key, "lacks a part");
    *end = 0;
    return end + 1;
}

static unsigned long long number(const char *key, const char *text) {
    unsigned long long value;
    if (!parse_number(text, &value)) refuse(key, "is no number");
    return value;
}

/// An absolute path without empty, `.` or `..` components.
static const char *path(const char *key, const char *text) {
    if (text[0] != '/' || !text[1]) refuse(key, "needs an absolute path below the root");
    for (const char *part = text; *part;) {
        const char *end = strchrnul(++part, '/');
        size_t length = (size_t)(end - part);
        if (length == 0 || (length <= 2 && strncmp(part, "..", length) == 0)) refuse(key, "has an unclean path");
        part = end;
    }
    return text;
}

static bool flag(const char *key, const char *text) {
    if (strcmp(text, "0") != 0 && strcmp(text, "1") != 0) refuse(key, "is neither 0 nor 1");
    return text[0] == '1';
}

static void read_limit(const char *key, char *text, struct resource_limit *limit) {
    static const struct {
        const char *name;
        int resource;
    } names[] = {{"nofile", RLIMIT_NOFILE}, {"fsize", RLIMIT_FSIZE},     {"core", RLIMIT_CORE}, {"nproc", RLIMIT_NPROC},
                 {"stack", RLIMIT_STACK},   {"memlock", RLIMIT_MEMLOCK}, {"as", RLIMIT_AS},     {"data", RLIMIT_DATA}};
    char *soft = cut(key, text, ' '), *hard = cut(key, soft, ' ');
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i].name, text) == 0) {
            *limit = (struct resource_limit){names[i].resource, number(key, soft), number(key, hard)};
            return;
        }
    refuse(key, "names an unknown limit");
}

#define NEXT(list, count) (&(list)[room(key, (count)++, sizeof(list) / sizeof *(list))])
static size_t room(const char *key, size_t count, size_t capacity) {
    if (count >= capacity) refuse(key, "is given too often");
    return count;
}

static void read_record(const char *key, char *value, struct specification *s) {
    if (strcmp(key, "cgroup") == 0) {
        *NEXT(s->cgroups, s->cgroup_count) = path(key, value);
    } else if (strcmp(key, "map") == 0) {
        char *outside = cut(key, value, ' ');
        unsigned long long in = number(key, value), out = number(key, outside);
        if (in > 0x7fffffff || out > 0xfffffffe) refuse(key, "is out of range");
        *NEXT(s->maps, s->map_count) = (struct id_map){(unsigned)in, (unsigned)out};
    } else if (strcmp(key, "newuidmap") == 0) {
        s->newuidmap = flag(key, value);
    } else if (strcmp(key, "bind") == 0) {
        char *target = cut(key, value, '\t'), *mode = cut(key, target, '\t');
        if (strcmp(mode, "ro") != 0 && strcmp(mode, "rw") != 0) refuse(key, "is neither ro nor rw");
        *NEXT(s->binds, s->bind_count) = (struct bind){value, path(key, target), mode[1] == 'w', -1};
    } else if (strcmp(key, "link") == 0) {
        char *place = cut(key, value, '\t');
        *NEXT(s->links, s->link_count) = (struct symbolic_link){value, path(key, place)};
    } else if (strcmp(key, "file") == 0) {
        char *text = cut(key, value, '\t');
        *NEXT(s->files, s->file_count) = (struct small_file){path(key, value), text};
    } else if (strcmp(key, "tmp") == 0) {
        char *inodes = cut(key, value, ' ');
        s->tmp_bytes = number(key, value);
        s->tmp_inodes = number(key, inodes);
        if (!s->tmp_bytes || !s->tmp_inodes) refuse(key, "is zero, which tmpfs reads as no limit");
    } else if (strcmp(key, "network") == 0) {
        if (strcmp(value, "none") != 0 && strcmp(value, "host") != 0) refuse(key, "is neither none nor host");
        s->host_network = value[0] == 'h';
    } else if (strcmp(key, "loopback") == 0) {
        s->loopback = flag(key, value);
    } else if (strcmp(key, "shared") == 0) {
        s->shared = flag(key, value);
    } else if (strcmp(key, "hostname") == 0) {
        s->hostname = value;
    } else if (strcmp(key, "rlimit") == 0) {
        read_limit(key, value, NEXT(s->limits, s->limit_count));
    } else if (strcmp(key, "nice") == 0) {
        s->nice = (int)number(key, value);
    } else if (strcmp(key, "directory") == 0) {
        s->directory = value;
    } else if (strcmp(key, "environment") == 0) {
        if (!strchr(value, '=')) refuse(key, "lacks a part");
        if (s->environment_count == 1024) refuse(key, "is given too often");
        s->environment[s->environment_count++] = value;
    } else if (strcmp(key, "argument") == 0) {
        if (s->argument_count == 1024) refuse(key, "is given too often");
        s->arguments[s->argument_count++] = value;
    } else {
        refuse(key, "is unknown");
    }
}

void read_specification(int descriptor, struct specification *specification) {
    char *text = malloc(LARGEST);
    if (!text) fail("specification", "memory", ENOMEM);
    size_t size = 0;
    for (;;) {
        ssize_t got = read(descriptor, text + size, LARGEST - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) fail("specification", "read", errno);
        if (got == 0) break;
        size += (size_t)got;
        if (size == LARGEST) fail("specification", "longer than 1 MiB", 0);
    }
    close(descriptor);
    if (size == 0 || text[size - 1] != 0) fail("specification", "does not end in NUL", 0);

    *specification = (struct specification){.directory = "/", .tmp_bytes = 64 << 20, .tmp_inodes = 16384};
    for (char *record = text; record < text + size;) {
        char *next = record + strlen(record) + 1;
        char *value = cut("a record", record, '=');
        read_record(record, value, specification);
        record = next;
    }
    if (!specification->argument_count) fail("specification", "no command", 0);
    if (specification->loopback && specification->host_network)
        fail("specification", "loopback belongs to a network of its own", 0);
}
