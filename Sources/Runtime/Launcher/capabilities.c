#define _GNU_SOURCE
#include "stages.h"
#include <errno.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int drop_bounding_set(void) {
    for (unsigned long capability = 0; capability < 64; capability++) {
        if (prctl(PR_CAPBSET_READ, capability, 0, 0, 0) < 0) break;
        if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0) return -1;
    }
    return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
}

int get_capabilities(struct __user_cap_header_struct *header, struct __user_cap_data_struct *sets) {
    return (int)syscall(SYS_capget, header, sets);
}

int keep_capabilities(unsigned long long mask) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct sets[2] = {
        {(unsigned)mask, (unsigned)mask, 0}, {(unsigned)(mask >> 32), (unsigned)(mask >> 32), 0}};
    return (int)syscall(SYS_capset, &header, sets);
}
