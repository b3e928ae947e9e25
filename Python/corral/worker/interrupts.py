"""Notices lines that arrive while a command runs, without threads and without work in the common short step.

A timer is armed at most once every `DELAY`. When it expires inside a command, the channel is switched to announce
further input by the same signal (SIGIO) until that command ends. An idle worker has no timer.
"""

import ctypes
import fcntl
import os
import select
import signal

from . import linux

DELAY = 0.05  # seconds that a command may run unobserved
RETRY = 0.005  # seconds until the next look, where a message was half written


class _Event(ctypes.Structure):
    """`struct sigevent`, which is 64 bytes on Linux."""

    _fields_ = [
        ("value", ctypes.c_void_p),
        ("signo", ctypes.c_int),
        ("notify", ctypes.c_int),
        ("padding", ctypes.c_char * 48),
    ]


class _Times(ctypes.Structure):
    """`struct itimerspec`."""

    _fields_ = [(name, ctypes.c_long) for name in ("every_s", "every_ns", "first_s", "first_ns")]


def _timer_library():
    """The C library; before glibc 2.34 the timers are in librt. None where neither has them."""
    if hasattr(linux.library, "timer_create"):
        return linux.library
    try:
        return ctypes.CDLL("librt.so.1", use_errno=True)
    except OSError:
        return None


_library = _timer_library()
_EVENT = _Event(signo=signal.SIGIO, notify=0)
if _library is not None:
    _library.timer_create.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p]
    _library.timer_delete.argtypes = [ctypes.c_void_p]
    _library.timer_settime.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p]


class Watch:
    """Calls `look` in the main thread when input may wait during a command; `busy` says whether one runs.

    `armed` and `announcing` are read by the step loop, which calls `arm` and `relax` only where they say so.
    """

    def __init__(self, channel, busy, look):
        self.armed = False
        self.announcing = False
        self._channel = channel
        self._busy = busy
        self._look = look
        self._timer = ctypes.c_void_p()
        linux.set_handler(linux.INPUT, self._signalled)
        if _library.timer_create(1, ctypes.addressof(_EVENT), ctypes.byref(self._timer)) != 0:
            raise OSError(linux.error(), "timer_create")

    @classmethod
    def over(cls, channel, busy, look):
        """A watch, or None where the platform has no timers or this is not the main thread."""
        if _library is None:
            return None
        try:
            return cls(channel, busy, look)
        except (OSError, ValueError):
            return None

    def arm(self, delay=DELAY):
        self.armed = True
        _library.timer_settime(self._timer, 0, ctypes.byref(_Times(0, 0, 0, int(delay * 1e9))), None)

    def relax(self):
        """The long command has ended: input is read by the loop again."""
        self.announcing = False
        self._announce(False)

    def end(self):
        """From here on the signal means nothing, also to an interpreter that is shutting down."""
        linux.set_handler(linux.INPUT, linux.IGNORE)
        _library.timer_delete(self._timer)
        if self.announcing:
            self.relax()

    def _signalled(self, *_):
        self.armed = False
        if not self._busy():
            return
        if self._channel.writing:
            self.arm(RETRY)
            return
        if not self.announcing:
            self.announcing = True
            self._announce(True)
        poll = select.poll()
        poll.register(self._channel.source, select.POLLIN)
        if poll.poll(0):
            self._channel.receive()
        # Also without news: the interrupt may have come in one piece with its command.
        if self._channel.ended or self._channel.waiting():
            self._look()

    def _announce(self, on):
        source = self._channel.source
        fcntl.fcntl(source, fcntl.F_SETOWN, os.getpid())
        flags = fcntl.fcntl(source, fcntl.F_GETFL)
        fcntl.fcntl(source, fcntl.F_SETFL, flags | os.O_ASYNC if on else flags & ~os.O_ASYNC)
