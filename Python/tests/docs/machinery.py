"""What runs the examples: servers, one shell and one interpreter for each document."""

import json
import os
import queue
import subprocess
import sys
import threading
import time
from pathlib import Path

from .blocks import ROOT

LIMIT = 120.0
"""Seconds that one block may take."""


def binary():
    """The program under test, or None."""
    given = os.environ.get("CORRAL_BIN") or str(ROOT / ".build/debug/corral")
    return given if os.access(given, os.X_OK) else None


def environment(folder):
    """The variables of an example: servers pick a free port, and everything stays in `folder`."""
    home = Path(folder) / "home"
    home.mkdir(exist_ok=True)
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("CORRAL_", "XDG_"))}
    path = [str(Path(binary()).parent), str(Path(sys.executable).parent), variables.get("PATH", "")]
    return {
        **variables,
        "PATH": ":".join(path),
        "HOME": str(home),
        "PYTHONPATH": str(ROOT / "Python"),
        "CORRAL_BIN": binary(),
        "CORRAL_PORT": "0",
        "CORRAL_DATA": str(Path(folder) / "data"),
    }


class Server:
    """A server process. `address` is what clients use."""

    def __init__(self, arguments, folder, variables):
        self.log = Path(folder) / f"server-{time.monotonic_ns()}.log"
        self.output = open(self.log, "wb")
        self.process = subprocess.Popen(
            arguments, cwd=folder, env=variables, stdin=subprocess.DEVNULL, stdout=self.output, stderr=self.output
        )
        self.address = self._wait()

    def _wait(self):
        deadline = time.monotonic() + LIMIT
        while time.monotonic() < deadline:
            for line in self.log.read_text(errors="replace").splitlines():
                if line.startswith("{") and '"listening"' in line:
                    return json.loads(line)["address"]
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        text = self.log.read_text(errors="replace")
        self.stop()
        raise AssertionError(f"the server does not listen:\n{text}")

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.output.close()


class Interpreter:
    """A process that runs files one after the other, so that later blocks see the names of earlier ones.

    It is told a path a line, and prints a line with a mark, and the status, after each.
    """

    def __init__(self, command, folder, variables, mark):
        self.mark = mark
        self.process = subprocess.Popen(
            command, cwd=folder, env=variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )  # fmt: skip
        self.lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line.decode(errors="replace"))
        self.lines.put(None)

    def run(self, line):
        """The output of one line of input. Raises AssertionError when it fails."""
        try:
            self.process.stdin.write(line.encode() + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise AssertionError("the interpreter has ended") from None
        output, deadline = [], time.monotonic() + LIMIT
        while True:
            try:
                got = self.lines.get(timeout=max(0.1, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError("no end within %d s:\n%s" % (LIMIT, "".join(output))) from None
            if got is None:
                raise AssertionError("it ended:\n" + "".join(output))
            head, mark, status = got.partition(self.mark)
            if mark:
                output.append(head)
                assert status.strip() == "0", f"status {status.strip()}:\n" + "".join(output)
                return "".join(output)
            output.append(got)

    def stop(self):
        self.process.stdin.close()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def shell(folder, variables):
    """A shell whose curl fails where the server answers an error."""
    interpreter = Interpreter(["bash", "--noprofile", "--norc"], folder, variables, "\x1dsh ")
    interpreter.run("curl() { command curl --fail-with-body \"$@\"; }; printf '\\x1dsh 0\\n'")
    return interpreter


def python(folder, variables):
    program = Path(__file__).with_name("console.py")
    return Interpreter([sys.executable, "-u", str(program)], folder, variables, "\x1dpy ")
