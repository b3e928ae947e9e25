"""Notices lines that arrive while a command runs, without threads and without work in the common short step.

A timer is armed at most once every `DELAY`. When it expires inside a command, the channel is switched to announce
further input by the same signal (SIGIO) until that command ends. An idle worker has no timer.
"""

import ctypes
import fcntl
import os
import select
import signal
import threading

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
        self._library = _timer_library()
        self._poll = select.poll()
        self._poll.register(channel.source, select.POLLIN)
        self._flags = fcntl.fcntl(channel.source, fcntl.F_GETFL)
        event = _Event(signo=signal.SIGIO, notify=0)
        if self._library.timer_create(1, ctypes.byref(event), ctypes.byref(self._timer)) != 0:
            raise OSError(ctypes.get_errno(), "timer_create")
        fcntl.fcntl(channel.source, fcntl.F_SETOWN, os.getpid())
        signal.signal(signal.SIGIO, self._signalled)

    @classmethod
    def over(cls, channel, busy, look):
        """A watch, or None where the platform has no timers or this is not the main thread."""
        if threading.current_thread() is not threading.main_thread():
            return None
        try:
            return cls(channel, busy, look)
        except (OSError, AttributeError, ValueError):
            return None

    def arm(self, delay=DELAY):
        self.armed = True
        times = _Times(0, 0, 0, int(delay * 1e9))
        self._library.timer_settime(self._timer, 0, ctypes.byref(times), None)

    def relax(self):
        """The long command has ended: input is read by the loop again."""
        self.announcing = False
        fcntl.fcntl(self._channel.source, fcntl.F_SETFL, self._flags)

    def _signalled(self, *_):
        self.armed = False
        if not self._busy():
            return
        if self._channel.writing:
            self.arm(RETRY)
            return
        if not self.announcing:
            self.announcing = True
            fcntl.fcntl(self._channel.source, fcntl.F_SETFL, self._flags | os.O_ASYNC)
        if self._poll.poll(0):
            self._channel.receive()
            self._look()


def _timer_library():
    """The C library; before glibc 2.34 the timers are in librt."""
    library = ctypes.CDLL(None, use_errno=True)
    return library if hasattr(library, "timer_create") else ctypes.CDLL("librt.so.1", use_errno=True)
