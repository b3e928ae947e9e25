"""Forks without the calls that Python makes around it, where nobody needs them.

`os.fork` lets modules put their locks and random states in order in the child. That touches hundreds of pages, which then
are the child's own memory. A process without other threads needs none of it but the random states, and those are drawn
by `seed_globals` before a session can use them. Where any other module asked to be told of forks, `os.fork` it is.
"""

import ctypes
import os
import sys

#: Modules of the standard library that ask to be told, and whose calls a process without threads can do without.
HARMLESS = frozenset(["_thread", "asyncio", "concurrent.futures.thread", "logging", "random", "threading", "weakref"])
#: Interpreters whose own work around a fork was looked through: it is about other threads, too.
KNOWN = ((3, 8), (3, 12))

_strangers = []  # the modules that asked and are not among those


def listen():
    """Notes from now on who asks to be told of forks; to be called before anything else is imported."""
    register = os.register_at_fork

    def register_at_fork(**calls):
        for call in calls.values():
            module = getattr(call, "__module__", None) or type(getattr(call, "__self__", None)).__module__
            if module not in HARMLESS:
                _strangers.append(module)
        register(**calls)

    os.register_at_fork = register_at_fork


def best():
    """The function to fork with: it returns as `os.fork` does, and raises `OSError`."""
    plain = sys.implementation.name == "cpython" and KNOWN[0] <= sys.version_info[:2] <= KNOWN[1]
    return _bare_fork() if plain and not _strangers else os.fork


def _bare_fork():
    call = ctypes.PyDLL(None, use_errno=True).fork

    def fork():
        process = call()
        if process < 0:
            error = ctypes.get_errno()
            raise OSError(error, os.strerror(error))
        return process

    return fork
