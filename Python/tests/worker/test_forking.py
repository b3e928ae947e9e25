"""Which way a zygote forks, and that the short way is a whole one."""

import errno
import subprocess
import sys

import pytest

from corral.worker import forking
from harness import environment

known = pytest.mark.skipif(
    sys.implementation.name != "cpython" or not forking.KNOWN[0] <= sys.version_info[:2] <= forking.KNOWN[1],
    reason="this interpreter's forks were not looked through",
)


def run(code):
    """What a program prints that has `listen`ed first."""
    begin = "import os, sys\nfrom corral.worker import forking\nforking.listen()\n"
    done = subprocess.run([sys.executable, "-c", begin + code], env=environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@known
def test_the_standard_library_can_do_without_being_told():
    code = "import random, logging, threading, concurrent.futures.thread, asyncio, tempfile, multiprocessing\n"
    assert run(code + "print(forking.best() is os.fork)") == "False"


def test_who_else_asks_to_be_told_of_forks_is_told():
    code = "def stranger(): print('told', flush=True)\n"
    code += "stranger.__module__ = 'library'\n"
    code += "os.register_at_fork(after_in_child=stranger)\n"
    assert run(code + "if forking.best()(): os.wait()\nelse: os._exit(0)") == "told"


@known
def test_a_child_of_the_short_way_works_like_any_other():
    code = """
import random, subprocess, tempfile, threading
fork = forking.best()
assert fork is not os.fork
random.seed(3)
if fork() == 0:
    seen = []
    thread = threading.Thread(target=lambda: seen.append(os.getpid()))
    thread.start()
    thread.join()
    assert seen == [os.getpid()] and os.getppid() != seen[0]
    tempfile.TemporaryFile().close()
    subprocess.run(["true"], check=True)
    if os.fork() == 0:
        os._exit(7)
    assert os.waitstatus_to_exitcode(os.wait()[1]) == 7
    print("fine", flush=True)
    os._exit(0)
assert os.wait()[1] == 0
"""
    assert run(code) == "fine"


@known
def test_a_refused_fork_is_an_error_with_its_number():
    code = """
import resource
if os.getuid() == 0: os.setuid(65534)
resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
try: forking.best()()
except OSError as error: print(error.errno)
"""
    assert run(code) == str(errno.EAGAIN)
