#pragma once
#include <stddef.h>

/// The control socket between the server and pid 1 of the sandbox.
#define CONTROL 5

/// Sends one datagram to the server, as soon as it has room for it; -1 where the server is gone.
int report(const char *format, ...) __attribute__((format(printf, 1, 2)));

/// Says `failed STAGE: WHAT: reason of ERROR` on the control socket and ends the process with status 1.
/// An `error` of 0 adds no reason.
_Noreturn void fail(const char *stage, const char *what, int error);
