"""Forks a session in mid-episode: the process copies itself, and each copy becomes a session of its own.

A process in between, the mother, does the forking, so that new sessions are nobody's children that anyone would have to
wait for: when she ends, the first process of the sandbox takes them over.
"""

import array
import os
import random
import shutil
import signal
import socket
import stat
import sys

from . import forking, linux
from .encoding import parse
from .errors import NotForkable

#: The temporary folder of this session; None in a process that no zygote forked.
home = None

LINE = 1 << 16  # the most bytes of a request
RIGHTS = (int(socket.SOL_SOCKET), int(socket.SCM_RIGHTS))
CLOSE_ON_EXEC = int(socket.MSG_CMSG_CLOEXEC)
DEVICES = frozenset(["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"])


class Branched(Exception):
    """Unwinds the command that a new process was forked in; its channel is another one now."""


class Branch:
    """What is new in a forked process."""

    def __init__(self, before, after):
        self.before = before
        self.after = after


def branch(channel, announce):
    """Forks this process as the server asks on `channel`, after `announce` told it that nothing speaks against it.

    Returns None here, when all that was asked for is done, and a `Branch` in each new process, whose channel and
    folder are its own. Raises `NotForkable`.
    """
    files = _check(channel)
    sys.stderr.flush()
    inherited = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGIO})
    try:
        fork = forking.best()
        generators = None if fork is not os.fork else random.getstate()
        announce()
        mother = fork()
        if mother != 0:
            os.waitpid(mother, 0)
            return None
        request, descriptors = _mother(channel, fork)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, inherited)
    try:
        if generators is not None:
            random.setstate(generators)
        return _settle(channel, request, descriptors, files)
    except BaseException as error:
        _give_up(descriptors[0], error)


def _mother(channel, fork):
    """Forks on request until told to end; returns only in the new processes."""
    try:
        while True:
            request, descriptors = _receive(channel.source)
            if len(descriptors) != 2:
                os._exit(0)
            try:
                child = fork()
            except OSError as error:
                os.write(descriptors[0], _refusal(error))
            else:
                if child == 0:
                    return request, descriptors
            for descriptor in descriptors:
                os.close(descriptor)
    except BaseException:
        os._exit(1)


def _receive(source):
    """One line and the descriptors that came with it; the kernel keeps it apart from the next that has some."""
    size = array.array("i").itemsize
    with socket.socket(fileno=os.dup(source)) as stream:
        data, ancillary, _, _ = stream.recvmsg(LINE, socket.CMSG_SPACE(8 * size), CLOSE_ON_EXEC)
    descriptors = array.array("i")
    for level, kind, payload in ancillary:
        if (level, kind) == RIGHTS:
            descriptors.frombytes(payload[: len(payload) - len(payload) % size])
    return parse(data) if data.strip() else {}, list(descriptors)


def _settle(channel, request, descriptors, files):
    """The new process: takes its descriptors, its folder and its place."""
    global home
    own, errors = descriptors
    channel.take_over(own)
    os.dup2(errors, 2)
    os.dup2(errors, 1)
    os.close(errors)
    os.setsid()
    for descriptor in files:
        _reopen(descriptor)
    before, after = home, request["scratch"]
    for entry in os.listdir(before):
        _copy(os.path.join(before, entry), os.path.join(after, entry))
    _move(before, after)
    home = after
    os.close(own)
    return Branch(before, after)


def _move(before, after):
    """Points what names the old folder at the new one."""
    for name in ("HOME", "TMPDIR"):
        if os.environ.get(name) == before:
            os.environ[name] = after
    tempfile = sys.modules.get("tempfile")
    if tempfile is not None and tempfile.tempdir == before:
        tempfile.tempdir = after
    place = os.getcwd()
    if place == before or place.startswith(before + "/"):
        os.chdir(after + place[len(before) :])


def _copy(source, target):
    mode = os.lstat(source).st_mode
    if stat.S_ISDIR(mode):
        shutil.copytree(source, target, symlinks=True)
    elif stat.S_ISLNK(mode) or stat.S_ISREG(mode):
        shutil.copy2(source, target, follow_symlinks=False)


def _reopen(descriptor):
    """Gives a file an offset of its own, where the old process has its."""
    place = os.lseek(descriptor, 0, os.SEEK_CUR)
    again = os.open("/proc/self/fd/%d" % descriptor, os.O_RDONLY | os.O_CLOEXEC)
    os.lseek(again, place, os.SEEK_SET)
    os.dup2(again, descriptor, inheritable=os.get_inheritable(descriptor))
    os.close(again)


def _refusal(error):
    text = "%s: %s" % (type(error).__name__, error)
    return ('{"event":"refused","message":"%s"}\n' % text.replace("\\", "/").replace('"', "'")).encode()


def _give_up(own, error):
    try:
        os.write(own, _refusal(error))
    finally:
        os._exit(1)


def _check(channel):
    """The descriptors that a new process opens anew. Raises `NotForkable` where it would share or lose something."""
    _check_threads()
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        pass
    else:
        raise NotForkable("the process has child processes, which would stay with one branch")
    if any(signal.getitimer(which)[0] for which in (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF)):
        raise NotForkable("a timer runs, which would stay with one branch")
    _check_mappings()
    return _check_descriptors({0, 1, 2, channel.source, channel.sink})


def _check_threads():
    threads = len(os.listdir("/proc/self/task"))
    if threads > 1:
        raise NotForkable("%d threads run, and only one would go on in a branch" % threads)


def _check_mappings():
    with open("/proc/self/maps", "rb", 1 << 16) as maps:
        for line in maps:
            if line[line.index(b" ") + 4 :][:1] == b"s" and b"w" in line.split(None, 2)[1]:
                name = line.split(None, 5)[5:] or [b"memory without a name"]
                raise NotForkable("memory is shared and writable: %s" % name[0].strip().decode("utf-8", "replace"))


def _check_descriptors(own):
    files = []
    for name in os.listdir("/proc/self/fd"):
        descriptor = int(name)
        if descriptor in own:
            continue
        try:
            mode = os.fstat(descriptor).st_mode
            target = os.readlink("/proc/self/fd/%d" % descriptor)
        except OSError:
            continue  # the listing's own
        if stat.S_ISDIR(mode) or target in DEVICES:
            continue
        if stat.S_ISSOCK(mode):
            raise NotForkable("a socket is open (descriptor %d), which all branches would share" % descriptor)
        if not stat.S_ISREG(mode):
            raise NotForkable("%s is open (descriptor %d), which all branches would share" % (target, descriptor))
        if linux.is_writable(descriptor):
            raise NotForkable("the file %s is open for writing, which all branches would share" % target)
        try:
            os.close(os.open("/proc/self/fd/%d" % descriptor, os.O_RDONLY | os.O_CLOEXEC))
        except OSError as error:
            raise NotForkable("the open file %s cannot be opened again: %s" % (target, error)) from None
        files.append(descriptor)
    return files
