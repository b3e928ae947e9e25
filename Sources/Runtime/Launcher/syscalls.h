#pragma once
#include <stdbool.h>

/// What a command may call whatever the arguments: Docker's default list without capabilities, less what this project
/// takes away (see `docs/sandbox.md`).
extern const int allowed_calls[];
extern const char *const allowed_names[];
extern const unsigned allowed_count;

/// Calls that exist and are refused with EPERM; every call in no list is refused with ENOSYS.
extern const int denied_calls[];
extern const char *const denied_names[];
extern const unsigned denied_count;

/// A call that is decided by the low 32 bits of one argument, which is all of it that the kernel reads.
struct argument_rule {
    int number;
    const char *name;
    unsigned index, mask, values[3], count;
    int error;
    /// Whether the values are those that are refused; else all others are.
    bool refuses;
};
extern const struct argument_rule argument_rules[];
extern const unsigned argument_rule_count;

/// Objects of System V and message queues have no folder that could keep the sessions of one sandbox apart.
struct named_call {
    int number;
    const char *name;
};
extern const struct named_call shared_calls[];
extern const unsigned shared_count;
