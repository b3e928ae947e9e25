#pragma once
#include "specification.h"

/// Copies the trees of every bind source, as the caller who may read them. Runs in the new mount namespace.
void open_sources(struct specification *specification);

/// Makes the new root, enters it, and detaches the old one.
void build_root(const struct specification *specification);

/// Forks the command with everything taken from it that it must not have; returns its pid once `exec` succeeded.
int start_command(const struct specification *specification);

/// Installs the filter of system calls in the calling process; `no_new_privs` must be set. 0 or -1 with errno.
/// `shared`: many sessions live in the sandbox and must not meet in objects of the kernel.
int install_filter(bool shared);

/// Points the command's descriptors 0 to 3 in this process at `/dev/null`, so that their ends are seen.
void forget_descriptors(void);

/// Reaps and obeys. Ends with the control socket, and with the command; with `lingers` its end is only said, and the
/// server lets go when it has seen what was used.
_Noreturn void serve(int command, int signals, bool lingers);

/// Who owns scratch folders that are made from now on; `COMMAND` unless it was called.
void set_scratch_owner(unsigned user, unsigned group);

/// Obeys one request of the control socket: `scratch …` or `unscratch …`. Answers on the control socket; -1 where the
/// server does not listen any more.
int obey(char *request);

/// Everything of pid 1: waits for `go`, builds the fence, starts the command, reaps and obeys until the end.
_Noreturn void run_inside(struct specification *specification, int go);

/// Takes every capability out of the bounding and ambient sets of the calling process; the stage's failure is -1.
int drop_bounding_set(void);

struct __user_cap_header_struct;
struct __user_cap_data_struct;
/// The system call `capget`.
int get_capabilities(struct __user_cap_header_struct *header, struct __user_cap_data_struct *sets);

/// Sets the permitted and effective sets to `mask`, the inheritable set to nothing; 0 or -1.
int keep_capabilities(unsigned long long mask);
