#include "modes.h"
#include "syscalls.h"
#include <errno.h>
#include <linux/audit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *separator = "";

static void begin(void) {
    fputs(separator, stdout);
    separator = ",";
}

static bool is_shared(const char *name) {
    for (unsigned i = 0; i < shared_count; i++)
        if (strcmp(shared_calls[i].name, name) == 0) return true;
    return false;
}

static void refuse(const char *name, int error) {
    begin();
    printf("{\"names\":[\"%s\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":%d}", name, error);
}

/// One more case in which a call is allowed: where the masked argument is `value`.
static void allow_where(const struct argument_rule *rule, unsigned mask, unsigned value) {
    begin();
    printf(
        "{\"names\":[\"%s\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":[{\"index\":%u,\"value\":%u,\"valueTwo\":%u,"
        "\"op\":\"SCMP_CMP_MASKED_EQ\"}]}",
        rule->name, rule->index, mask, value);
}

/// A profile can only name what is allowed: every number that is none of the values, as the cases in which it differs
/// from the first in one of the upper bits, and the single numbers that remain.
static void allow_others(const struct argument_rule *rule) {
    enum { LOW = 0xf };
    unsigned first = rule->values[0];
    for (unsigned bit = LOW + 1; bit; bit <<= 1) allow_where(rule, bit, ~first & bit);
    for (unsigned low = 0; low <= LOW; low++) {
        unsigned value = (first & ~(unsigned)LOW) | low;
        bool refused = false;
        for (unsigned i = 0; i < rule->count; i++) {
            if ((rule->values[i] & ~(unsigned)LOW) != (first & ~(unsigned)LOW)) abort();
            refused = refused || rule->values[i] == value;
        }
        if (!refused) allow_where(rule, ~0U, value);
    }
}

static void write_calls(bool shared) {
    for (unsigned i = 0; i < argument_rule_count; i++) {
        const struct argument_rule *rule = &argument_rules[i];
        if (rule->refuses) {
            allow_others(rule);
            continue;
        }
        for (unsigned value = 0; value < rule->count; value++) allow_where(rule, rule->mask, rule->values[value]);
    }
    for (unsigned i = 0; i < allowed_count; i++) {
        if (shared && is_shared(allowed_names[i])) {
            refuse(allowed_names[i], ENOSYS);
            continue;
        }
        begin();
        printf("{\"names\":[\"%s\"],\"action\":\"SCMP_ACT_ALLOW\"}", allowed_names[i]);
    }
    for (unsigned i = 0; i < denied_count; i++) refuse(denied_names[i], EPERM);
    refuse("clone3", ENOSYS);
}

int print_profile(bool shared) {
#ifdef __x86_64__
    const char *architecture = "SCMP_ARCH_X86_64";
#else
    const char *architecture = "SCMP_ARCH_AARCH64";
#endif
    printf(
        "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":%d,\"architectures\":[\"%s\"],\"syscalls\":[", ENOSYS,
        architecture);
    write_calls(shared);
    puts("]}");
    return fflush(stdout) == 0 ? 0 : 1;
}
