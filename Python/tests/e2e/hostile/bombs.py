"""Programs that take all they can get. Only for a server inside an outer fence."""

import os
import threading
import time


def memory(_):
    hoard = []
    while True:
        hoard.append(bytearray(os.urandom(4096)) * 256)


def memory_in_grandchild(_):
    """The worker itself stays small; it gives up when its grandchild was killed."""
    if os.fork() == 0:
        grandchild = os.fork()
        if grandchild == 0:
            memory(_)
        _, status = os.waitpid(grandchild, 0)
        os._exit(9 if os.WIFSIGNALED(status) else 0)
    os.wait()
    os._exit(9)


def forks(_):
    while True:
        try:
            os.fork()
        except OSError:
            pass


def forks_of_daemons(_):
    while True:
        try:
            if os.fork() == 0:
                os.setsid()
        except OSError:
            pass


def forks_until_refused(_):
    while True:
        try:
            if os.fork() == 0:
                time.sleep(1000)
        except OSError:
            os._exit(1)


def threads(_):
    def more():
        while True:
            try:
                threading.Thread(target=more, daemon=True).start()
            except RuntimeError:
                time.sleep(0.01)

    more()


def disk(_):
    """Fills every place that can be written; returns the most bytes that one took."""
    most = 0
    for place in _places():
        path = os.path.join(place, "big")
        try:
            with open(path, "wb", buffering=0) as file:
                while True:
                    file.write(bytes(1 << 16))
        except OSError:
            most = max(most, os.path.getsize(path))
        os.unlink(path)
    return most


def inodes(_):
    most = 0
    for place in _places():
        count = 0
        try:
            while count < 1000000:
                os.mkdir(os.path.join(place, "d%d" % count))
                count += 1
        except OSError:
            most = max(most, count)
        for number in range(count):
            os.rmdir(os.path.join(place, "d%d" % number))
    return most


def _places():
    found = []
    for place in (os.environ["HOME"], "/tmp", "/dev/shm"):
        try:
            os.mkdir(os.path.join(place, "probe"))
            os.rmdir(os.path.join(place, "probe"))
            found.append(place)
        except OSError:
            pass
    return found


def descriptors(_):
    held = []
    try:
        while True:
            held.append(os.open("/dev/null", os.O_RDONLY))
    except OSError:
        count = len(held)
    for descriptor in held:
        os.close(descriptor)
    return count
