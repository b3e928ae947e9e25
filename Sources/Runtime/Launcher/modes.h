#pragma once
#include <stdbool.h>

/// The other things that this program is beside the launcher of a sandbox; each is chosen by its first argument.

/// `container`: pid 1 of a container. Connects to the server's socket in the folder that is mounted for it, gets the
/// descriptors and the specification of the command, starts it, reaps and obeys until the server lets go.
_Noreturn void run_container(void);

/// `scratch PID`: makes and removes the scratch folders of a container, from outside, in the mount namespace of its
/// first process; with `lone`, its network loses the loopback first.
_Noreturn void serve_scratch(const char *process, bool lone);

/// `seccomp-profile`: prints the filter of system calls as the JSON that container engines take; 0 or 1.
int print_profile(bool shared);
