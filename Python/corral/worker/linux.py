"""System calls that Python has no name for, made so that a freshly forked process touches little memory."""

import _signal
import ctypes
import fcntl
import os
import signal

library = ctypes.CDLL(None, use_errno=True)
_syscall = library.syscall
_syscall.restype = ctypes.c_long
_syscall.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_size_t, ctypes.c_size_t, ctypes.c_long]

_CLOSE_RANGE = 436
_LAST = 0xFFFFFFFF

#: `signal.signal` without the enumerations around it; it takes functions and the numbers below.
set_handler = _signal.signal
DEFAULT, IGNORE = int(signal.SIG_DFL), int(signal.SIG_IGN)
CHILD, INPUT = int(signal.SIGCHLD), int(signal.SIGIO)


def syscall(number, first=0, second=0, third=0, fourth=0):
    """The result of a system call; negative where it failed, with the reason in `error`."""
    return _syscall(number, first, second, third, fourth)


def error():
    """The number of the last failed call."""
    return ctypes.get_errno()


def is_writable(descriptor):
    """Whether a descriptor was opened for writing."""
    return fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE != os.O_RDONLY


def close_from(first):
    """Closes every descriptor from `first` on, whoever opened it."""
    if syscall(_CLOSE_RANGE, first, _LAST) == 0:
        return
    for descriptor in [int(name) for name in os.listdir("/proc/self/fd")]:
        if descriptor >= first:
            try:
                os.close(descriptor)
            except OSError:
                pass  # the listing's own
