"""Sees what an environment tries to do outside of its scratch folder, by the interpreter's own audit events."""

import os
import sys

KEPT = 20
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
# Where a change's path stands among the arguments of its event, and where the folder it is relative to.
CHANGES = {
    "os.mkdir": (0, 2),
    "os.remove": (0, 1),
    "os.rmdir": (0, 1),
    "os.truncate": (0, None),
    "os.symlink": (1, 2),
    "os.link": (1, 3),
    "os.rename": (1, 3),
    "os.chmod": (0, 2),
}
HARMLESS = ("/dev/null", "/dev/tty", "/dev/zero", "/proc/self/", "/proc/%d/" % os.getpid())
LOCAL = ("127.", "::1", "localhost")


class Audit:
    """Collects attempts from its installation on; there is no way to take an audit hook away again."""

    def __init__(self):
        self.writes = []
        self.network = []
        self.programs = []
        self._scratch = self._folders()
        self._looking = False

    def install(self):
        sys.addaudithook(self._saw)

    def facts(self):
        return {"writes": self.writes, "network": self.network, "programs": self.programs}

    def _folders(self):
        names = [os.environ.get("TMPDIR"), os.environ.get("HOME")]
        return [os.path.realpath(name) for name in names if name and name != "/"]

    def _saw(self, event, arguments):
        if self._looking:
            return
        self._looking = True
        try:
            self._note(event, arguments)
        except Exception:  # noqa: S110 - whatever an event holds, the environment must not see an error of ours
            pass
        finally:
            self._looking = False

    def _note(self, event, arguments):
        if event == "open":
            path, mode, flags = arguments
            # The event does not say which folder the relative path of an os.open belongs to.
            is_known = mode is not None or os.path.isabs(path)
            if isinstance(flags, int) and flags & WRITING and not isinstance(path, int) and is_known:
                self._wrote("open", path)
        elif event in CHANGES:
            place, folder = CHANGES[event]
            path = arguments[place]
            if folder is not None and isinstance(arguments[folder], int) and arguments[folder] >= 0:
                path = os.path.join(os.readlink("/proc/self/fd/%d" % arguments[folder]), os.fsdecode(path))
            self._wrote(event, path)
        elif event in ("socket.connect", "socket.sendto"):
            self._called(event, arguments[1])
        elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
            self._called(event, (arguments[0],))
        elif event in ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork"):
            _keep(self.programs, "%s %s" % (event, str(arguments[0] if arguments else "")[:200]))

    def _wrote(self, event, path):
        text = os.fsdecode(path) if isinstance(path, (str, bytes, os.PathLike)) else ""
        if not text:
            return
        full = os.path.realpath(text)
        if full.startswith(HARMLESS) or "__pycache__" in full or full.startswith("/dev/shm/"):
            return
        if any(full == folder or full.startswith(folder + "/") for folder in self._scratch):
            return
        _keep(self.writes, "%s %s" % (event, full))

    def _called(self, event, address):
        if isinstance(address, (str, bytes)) or not address:
            return  # a socket of the file system
        host = os.fsdecode(address[0]) if isinstance(address[0], (str, bytes)) else ""
        if host in ("", "0.0.0.0") or host.startswith(LOCAL):  # noqa: S104 - a name, not an address to listen on
            return
        _keep(self.network, "%s %s" % (event, ":".join(str(part) for part in address[:2])))


def _keep(found, text):
    if len(found) < KEPT and text not in found:
        found.append(text)
