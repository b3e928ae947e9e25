"""A fence that a process puts around itself: Linux's Landlock, through plain system calls.

Behind it a session reads everything outside the scratch folders, changes nothing but its own scratch folder, sends no
signal to and looks into no process outside, and opens no TCP or abstract Unix connection. What the operator permits to
the environment is let through: writable volumes, TCP.
"""

import ctypes
import os
import stat

from . import linux

ABI = 6  # the first that confines signals and abstract sockets

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION = 1
_PATH_BENEATH = 1
_NO_NEW_PRIVS = 38

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_MAKE_CHAR, _MAKE_BLOCK, _TRUNCATE, _IOCTL_DEV = 1 << 6, 1 << 11, 1 << 14, 1 << 15
_HANDLED = (1 << 16) - 1
_READ = _EXECUTE | _READ_FILE | _READ_DIR
_READ_ONE = _EXECUTE | _READ_FILE
_DEVICE = _READ_FILE | _WRITE_FILE | _TRUNCATE | _IOCTL_DEV
_OWN = _HANDLED & ~(_MAKE_CHAR | _MAKE_BLOCK)
_OWN_ONE = _READ_ONE | _WRITE_FILE | _TRUNCATE
_TCP = 0b11
_SCOPES = 0b11


class LandlockError(OSError):
    """The kernel lacks Landlock, or refused a call."""


class _Ruleset(ctypes.Structure):
    _fields_ = [("files", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64)]


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("rights", ctypes.c_uint64), ("parent", ctypes.c_int32)]


_RULE_SIZE = ctypes.sizeof(_Beneath)


def _call(what, number, *arguments):
    result = linux.syscall(number, *arguments)
    if result < 0:
        error = linux.error()
        raise LandlockError(error, "%s: %s" % (what, os.strerror(error)))
    return result


def version():
    """The kernel's Landlock ABI; 0 where there is none."""
    return max(0, linux.syscall(_CREATE_RULESET, 0, 0, _VERSION))


def require():
    """Raises `LandlockError` where the kernel cannot build the whole fence."""
    found = version()
    if found < ABI:
        raise LandlockError(0, "Landlock ABI %d is needed to part sessions; this kernel has %d" % (ABI, found))


class Fence:
    """The part of the fence that all sessions below one folder of scratch folders share.

    Holds a descriptor for each path that may be read, and for those of `writable`, folders or files that may be changed
    too; they are made once, before the fork. With `tcp` TCP connections can be opened.
    """

    def __init__(self, scratch_root, writable=(), tcp=False):
        self.root = scratch_root
        self._descriptors = []
        self._rights = []
        self._collect("/", [part for part in os.path.realpath(scratch_root).split("/") if part])
        for path in writable:
            self._allow(path, _OWN if os.path.isdir(path) else _OWN_ONE)
        # What a child reads lies side by side, so that it touches (and thereby copies) few pages after the fork.
        self._rules = (_Beneath * (len(self._descriptors) + 1))(*zip(self._rights + [_OWN], self._descriptors + [-1]))
        self._attributes = _Ruleset(_HANDLED, 0 if tcp else _TCP, _SCOPES)

    def restrict(self, scratch):
        """Fences the calling process, for good, so that it may change only what is beneath `scratch`."""
        rules = self._rules
        own = os.open(scratch, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        rules[len(rules) - 1].parent = own
        size = ctypes.sizeof(self._attributes)
        ruleset = _call("create", _CREATE_RULESET, ctypes.addressof(self._attributes), size)
        address = ctypes.addressof(rules)
        for rule in range(address, address + len(rules) * _RULE_SIZE, _RULE_SIZE):
            _call("rule", _ADD_RULE, ruleset, _PATH_BENEATH, rule)
        os.close(own)
        if linux.library.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
            raise LandlockError(linux.error(), "no_new_privs")
        _call("restrict", _RESTRICT_SELF, ruleset)
        os.close(ruleset)

    def close(self):
        for descriptor in self._descriptors:
            os.close(descriptor)
        self._descriptors = []

    def _collect(self, folder, inner):
        """Allows reading everything in `folder` but the first of `inner`, and goes on inside that one."""
        if not inner:
            return
        for entry in sorted(os.listdir(folder)):
            path = os.path.join(folder, entry)
            if entry == inner[0]:
                self._collect(path, inner[1:])
            elif path == "/dev":
                self._collect_devices()
            else:
                self._allow(path)

    def _collect_devices(self):
        """Devices may be written; folders of `/dev` (shared memory, terminals) stay closed."""
        for entry in sorted(os.listdir("/dev")):
            path = os.path.join("/dev", entry)
            if entry in ("null", "zero", "full", "random", "urandom", "tty"):
                self._allow(path, _DEVICE)

    def _allow(self, path, rights=None):
        try:
            descriptor = os.open(path, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            return
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISLNK(mode):
            os.close(descriptor)
            return
        if rights is None:
            rights = _READ if stat.S_ISDIR(mode) else _READ_ONE
        self._descriptors.append(descriptor)
        self._rights.append(rights)
