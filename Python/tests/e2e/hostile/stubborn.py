"""Programs that do not end, and that outlive what started them."""

import os
import signal
import sys
import time


def busy(_):
    while True:
        pass


def busy_without_signals(_):
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    busy(_)


def stop_itself(_):
    os.kill(os.getpid(), signal.SIGSTOP)


def daemon(_):
    """Leaves a process of another session behind, which holds on to every descriptor."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            while True:
                time.sleep(0.1)
        os._exit(0)
    os.wait()
    return "left"


def daemon_and_exit(_):
    daemon(_)
    os._exit(0)


def kill_all(_):
    try:
        os.kill(-1, signal.SIGKILL)
    except OSError as error:
        return error.errno
    return 0


def print_to_standard_error(megabytes):
    block = b"x" * 99 + b"\n"
    for _ in range(int(megabytes)):
        sys.stderr.buffer.write(block * 10000)
    sys.stderr.flush()
    return "printed"


def print_to_standard_error_forever(_):
    while True:
        os.write(2, b"x" * 65536)
