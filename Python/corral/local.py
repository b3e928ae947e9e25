"""A private server of this process: started when it is first needed, shared by all environments, ended with the
process.

It listens on a Unix socket in a temporary directory that only this user may enter, and on nothing else. The program
is ``CORRAL_BIN``, else the one inside the installed package, else the one built in the checkout that the package lies
in, else ``corral`` on the PATH. After a fork the child starts a server of its own.
"""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import threading
import time

from . import errors
from ._program import find_binary, folder_for_sockets, interpreter
from .client import Client

__all__ = ["LocalServer", "find_binary", "url"]

START_LIMIT = 30.0
"""Seconds in which a server has to be ready."""
OPTIONS = ("--log-level", "warning", "--idle-timeout", "24h", "--no-check-published")
"""Sessions end with this process at the latest, so they may be idle for as long as its user thinks. What is published
is checked by the next server that lasts."""
STOP_LIMIT = 10.0
"""Seconds that a server may take to end its sessions and itself."""


class LocalServer:
    """A server process on a Unix socket, ready when the constructor returns.

    It ends by `stop`, and also by itself when this process does: its standard input is a pipe from here, and it
    watches for the pipe's end.
    """

    def __init__(self, arguments: list[str] | None = None) -> None:
        binary = find_binary()
        self.owner = os.getpid()
        self.folder = folder_for_sockets("corral-")
        self.log = os.path.join(self.folder, "log")
        path = os.path.join(self.folder, "socket")
        self.url = f"unix://{path}"
        command = [binary, "serve", "--unix-socket", path, "--exit-with-parent", *OPTIONS, *(arguments or [])]
        command += interpreter(binary)
        try:
            with open(self.log, "wb") as log:
                # A session of its own, so that Ctrl-C in a terminal does not end it before its environments are closed.
                self.process = subprocess.Popen(
                    command, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True
                )
        except OSError as error:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise errors.error("unavailable", f"cannot start {binary}: {error.strerror}") from error
        try:
            self._wait_until_ready(path)
        except BaseException:
            self.stop()
            raise

    def _wait_until_ready(self, path: str) -> None:
        deadline = time.monotonic() + START_LIMIT
        delay = 0.002
        with Client(self.url, retries=0, timeout=5.0) as client:
            while True:
                if self.process.poll() is not None:
                    raise self._failed(f"the local server ended at once (status {self.process.returncode})")
                if os.path.exists(path):
                    try:
                        client.health()
                        return
                    except errors.ConnectionLost:
                        pass
                if time.monotonic() > deadline:
                    raise self._failed(f"the local server was not ready within {START_LIMIT:.0f} s")
                time.sleep(delay)
                delay = min(delay * 1.5, 0.05)

    def _failed(self, what: str) -> errors.CorralError:
        try:
            with open(self.log, "rb") as log:
                last = b"\n".join(log.read()[-4000:].splitlines()[-5:]).decode("utf-8", "replace")
        except OSError:
            last = ""
        return errors.error("unavailable", f"{what}: {last.strip() or 'it said nothing'}")

    @property
    def alive(self) -> bool:
        return self.owner == os.getpid() and self.process.poll() is None

    def stop(self) -> None:
        """Ends the server and removes its folder; in another process than the one that started it, does nothing."""
        if self.owner != os.getpid():
            return
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.process.terminate()
        try:
            self.process.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def forget(self) -> None:
        """In a forked child: lets go of the pipe, so that the server ends with the parent and not with the child."""
        if self.process.stdin is not None:
            self.process.stdin.close()


_server: LocalServer | None = None
_guard = threading.Lock()


def url() -> str:
    """The address of this process's server, which is started if it does not run."""
    global _server
    with _guard:
        if _server is None or not _server.alive:
            if _server is not None:
                _server.stop()
            _server = LocalServer()
            _stop_at_exit()
        return _server.url


def stop() -> None:
    """Ends this process's server, if it has one."""
    global _server
    with _guard:
        server, _server = _server, None
    if server is not None:
        server.stop()


def _stop_at_exit() -> None:
    atexit.unregister(stop)
    atexit.register(stop)
    # Processes of multiprocessing leave without running what atexit holds.
    processes = sys.modules.get("multiprocessing.util")
    if processes is not None:
        processes.Finalize(None, stop, exitpriority=0)


def _begin_anew() -> None:
    global _server, _guard
    _guard = threading.Lock()
    if _server is not None:
        _server.forget()
        _server = None


os.register_at_fork(after_in_child=_begin_anew)
