"""Looks for ways out of the sandbox; every function returns what it found open, which is nothing if all is well."""

import ctypes
import os
import socket
import sys

LIBC = ctypes.CDLL(None, use_errno=True)


def _try(found, name, action):
    try:
        action()
    except (OSError, ValueError, OverflowError):
        return
    found.append(name)


def _reads(path):
    with open(path, "rb") as file:
        file.read(1)


def _writes(path):
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.write(descriptor, b"1")
    finally:
        os.close(descriptor)


def read_files(paths):
    found = []
    for path in paths.split(":"):
        _try(found, path, lambda path=path: os.listdir(path) if os.path.isdir(path) else _reads(path))
    return found


def write_settings(_):
    """Kernel settings, and everything else of /proc and /sys that is no process."""
    found = []
    for top in ("/proc/sys", "/proc/irq", "/proc/bus", "/proc/fs", "/sys"):
        for folder, _, files in os.walk(top):
            for name in files:
                path = os.path.join(folder, name)
                _try(found, path, lambda path=path: _writes(path))
    for path in ("/proc/sysrq-trigger", "/proc/kcore", "/proc/1/oom_score_adj", "/proc/1/mem"):
        _try(found, path, lambda path=path: _writes(path))
    return found


def write_files(_):
    """Files of the system and of the environment, which are there to be read."""
    found = []
    for place in ("/", "/usr", "/usr/bin", "/etc", "/opt", "/opt/corral", "/opt/corral/environment", "/lib", "/dev"):
        _try(found, place, lambda place=place: os.mkdir(os.path.join(place, "hostile")))
    _try(found, "/etc/passwd", lambda: _writes("/etc/passwd"))
    return found


def connect(addresses):
    """`host:port` for TCP, `@name` for abstract sockets, paths for others."""
    found = []
    for address in addresses.split():
        _try(found, address, lambda address=address: _connect(address))
    return found


def _connect(address):
    if address.startswith(("/", "@")):
        with socket.socket(socket.AF_UNIX) as end:
            end.settimeout(1)
            end.connect("\0" + address[1:] if address.startswith("@") else address)
        return
    host, _, port = address.rpartition(":")
    with socket.create_connection((host, int(port)), 1):
        pass


def other_processes(_):
    """Whatever can be had of processes that are not this session's."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        if int(name) == os.getpid():
            continue
        for file in ("mem", "environ", "maps", "auxv"):
            _try(found, "/proc/%s/%s" % (name, file), lambda file=file: _read_some("/proc/%s/%s" % (name, file)))
        _try(found, "write /proc/%s/mem" % name, lambda: _write_some("/proc/%s/mem" % name))
        for link in ("cwd", "root", "exe", "fd/0", "fd/1"):
            _try(found, "/proc/%s/%s" % (name, link), lambda link=link: os.readlink("/proc/%s/%s" % (name, link)))
        _try(found, "ptrace " + name, lambda: _ptrace(int(name)))
        _try(found, "process_vm_readv " + name, lambda: _vm_read(int(name)))
        _try(found, "signal " + name, lambda: os.kill(int(name), 0))
        _try(found, "limits " + name, lambda: _limit(int(name)))
    return found


def _read_some(path):
    with open(path, "rb", buffering=0) as file:
        if path.endswith("/mem"):
            return
        if not file.read(1):
            raise OSError("empty")


def _write_some(path):
    os.close(os.open(path, os.O_RDWR))


def _ptrace(process):
    for request in (16, 0x4206):  # PTRACE_ATTACH, PTRACE_SEIZE
        if LIBC.ptrace(request, process, 0, 0) == 0:
            return
    raise OSError(ctypes.get_errno(), "ptrace")


def _vm_read(process):
    if LIBC.syscall(310, process, None, 0, None, 0, 0) < 0:
        raise OSError(ctypes.get_errno(), "process_vm_readv")


def _limit(process):
    import resource

    resource.prlimit(process, resource.RLIMIT_CPU, (1, 1))


def other_scratch(_):
    """Scratch folders of other sessions, whose names are easily guessed."""
    found = []
    own = os.path.realpath(os.environ["HOME"])
    # The folder of its family, which holds its own and those of its branches, or its own folder alone.
    family = os.path.join("/scratch", own.split("/")[2]) if own.startswith("/scratch/") else own
    _try(found, "/scratch", lambda: os.listdir("/scratch") if own.startswith("/scratch/") else _reads("/scratch"))
    for number in range(1, 100):
        path = "/scratch/s%d" % number
        if path in (own, family):
            continue
        _try(found, path, lambda path=path: os.listdir(path))
        _try(found, "write " + path, lambda path=path: os.mkdir(path + "/hostile"))
        for file in ("secret", "secret.txt", "s%d/secret" % number):
            _try(found, path + "/" + file, lambda path=path, file=file: _reads(path + "/" + file))
    return found


def leave_secret(text):
    with open(os.path.join(os.environ["HOME"], "secret"), "w") as file:
        file.write(text)
    return os.environ["HOME"]


def shared_places(_):
    """What two sessions of one zygote could leave for each other."""
    found = []
    for place in ("/tmp", "/dev/shm", "/var/tmp", "/run"):
        _try(found, "list " + place, lambda place=place: _listed(place))
    for name in ("key", "queue"):
        _try(found, "ipc " + name, lambda name=name: _ipc(name))
    return found


def _listed(place):
    # A checkout below the place has its interpreter mounted there.
    own = os.path.relpath(sys.prefix, place).split(os.sep)[0]
    if not set(os.listdir(place)) - {own}:
        raise OSError("nothing there")


def _ipc(kind):
    if kind == "key":
        identifier = LIBC.shmget(0xC0, 4096, 0)
    else:
        identifier = LIBC.msgget(0xC0, 0)
    if identifier < 0:
        raise OSError(ctypes.get_errno(), kind)


def make_namespaces(_):
    found = []
    for name, flag in (("user", 0x10000000), ("mount", 0x20000), ("net", 0x40000000), ("pid", 0x20000000)):
        _try(found, name, lambda flag=flag: _unshare(flag))
    _try(found, "mount", _mount)
    _try(found, "chroot", lambda: os.chroot("/tmp"))
    _try(found, "setuid", lambda: os.setuid(0))
    return found


def _unshare(flag):
    if LIBC.unshare(flag) < 0:
        raise OSError(ctypes.get_errno(), "unshare")


def _mount():
    if LIBC.mount(b"none", b"/tmp", b"tmpfs", 0, None) < 0:
        raise OSError(ctypes.get_errno(), "mount")
