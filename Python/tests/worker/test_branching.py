"""A session that forks itself: whole, independent, and refused where something would be shared or lost."""

import array
import json
import os
import signal
import socket
import time

import pytest

from corral.worker import landlock

pytestmark = pytest.mark.skipif(landlock.version() < landlock.ABI, reason="the kernel's Landlock is too old")


@pytest.fixture
def family(tmp_path):
    """The folder that holds the folders of a session and its branches."""
    return tmp_path / "family"


@pytest.fixture
def shell(zygote, family):
    parent = zygote("toys:Shell")
    assert parent.greeting == {"op": "ready"}
    session = parent.session(family / "first", family=str(family))
    session.begin()
    session.zygote = parent
    return session


def run(shell, code):
    return shell.ok("step", action=code)["observation"]


def test_a_branch_has_the_state_and_goes_its_own_way(shell, family):
    run(shell, "setattr(self, 'mark', ['kept'])")
    one, two = shell.fork(family, 2)
    run(one, "self.mark.append('one')")
    run(shell, "self.mark.append('parent')")
    assert run(one, "self.mark") == ["kept", "one"]
    assert run(two, "self.mark") == ["kept"]
    assert run(shell, "self.mark") == ["kept", "parent"]
    assert len({shell.pid, one.pid, two.pid}) == 3


def test_a_branch_says_that_it_can_be_forked(shell, family):
    assert "fork" in shell.ok("hello", protocol=2)["capabilities"]
    (branch,) = shell.fork(family)
    assert "fork" in branch.ok("hello", protocol=2)["capabilities"]


def test_the_generators_of_the_process_go_on_alike(shell, family):
    draw = "[import_('random').random(), import_('numpy').random.random()]"
    run(shell, draw)
    (branch,) = shell.fork(family)
    assert run(branch, draw) == run(shell, draw)


def test_a_chain_outlives_its_root_and_every_second_link(shell, family):
    run(shell, "setattr(self, 'depth', 0)")
    chain = [shell]
    for depth in range(1, 41):
        (branch,) = chain[-1].fork(family)
        run(branch, "setattr(self, 'depth', self.depth + 1)")
        chain.append(branch)
    for link in chain[::2]:
        os.kill(link.pid, signal.SIGKILL)
        link.end.close()
    for depth, link in list(enumerate(chain))[1::2]:
        assert run(link, "self.depth") == depth
        (branch,) = link.fork(family)
        assert run(branch, "self.depth") == depth


def test_no_branch_is_anybodys_child_or_zombie(shell, family):
    one, two = shell.fork(family, 2)
    assert run(shell, "open('/proc/self/task/%d/children' % os.getpid()).read()") == ""
    two.end.close()
    deadline = time.monotonic() + 10
    while os.path.exists(f"/proc/{two.pid}") and state(two.pid) != "Z":  # who takes it over here may reap late
        assert time.monotonic() < deadline
        time.sleep(0.01)
    run(one, "1")
    shell.fork(family)


def state(process):
    try:
        with open(f"/proc/{process}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"


def test_files_of_the_folder_are_copied(shell, family):
    home = run(shell, "os.environ['TMPDIR']")
    run(shell, "[os.mkdir(os.environ['TMPDIR'] + '/a'), open(os.environ['TMPDIR'] + '/a/b', 'w').write('x')] and 1")
    (branch,) = shell.fork(family)
    other = run(branch, "os.environ['TMPDIR']")
    assert home != other == run(branch, "import_('tempfile').gettempdir()") == run(branch, "os.environ['HOME']")
    run(branch, "open(os.environ['TMPDIR'] + '/a/b', 'a').write('y')")
    assert run(branch, "open(os.environ['TMPDIR'] + '/a/b').read()") == "xy"
    assert run(shell, "open(os.environ['TMPDIR'] + '/a/b').read()") == "x"


def test_an_open_file_has_an_offset_of_its_own(shell, family):
    run(shell, "setattr(self, 'file', open(import_('json').__file__, 'rb', 0))")
    run(shell, "self.file.read(10) and 1")
    (branch,) = shell.fork(family)
    expected = run(shell, "[list(self.file.read(5)), list(self.file.read(5))]")
    assert run(branch, "[list(self.file.read(5)), list(self.file.read(5))]") == expected


def test_standard_error_belongs_to_the_branch(shell, family):
    (branch,) = shell.fork(family)
    run(branch, "print('hello from the branch')")
    branch.end.close()
    assert "hello from the branch" in branch.printed()


OBSTACLES = {
    "threads": (
        "setattr(self, 'event', import_('threading').Event())",
        "import_('threading').Thread(target=self.event.wait, daemon=True).start()",
        "threads run",
    ),
    "children": ("1", "setattr(self, 'child', import_('subprocess').Popen(['sleep', '60']))", "child processes"),
    "dead children": (
        "setattr(self, 'child', import_('subprocess').Popen(['true']))",
        "import_('time').sleep(0.3)",
        "child processes",
    ),
    "sockets": ("1", "setattr(self, 'pair', import_('socket').socketpair())", "a socket is open"),
    "pipes": ("1", "setattr(self, 'pair', os.pipe())", "pipe:"),
    "writable files": ("1", "setattr(self, 'file', open(os.environ['TMPDIR'] + '/log', 'a'))", "open for writing"),
    "shared memory": ("1", "setattr(self, 'memory', import_('mmap').mmap(-1, 4096))", "memory is shared"),
    "timers": ("1", "import_('signal').setitimer(0, 1000)", "a timer runs"),
}


@pytest.mark.parametrize("what", OBSTACLES)
def test_what_would_be_shared_or_lost_is_refused(shell, family, what):
    before, obstacle, reason = OBSTACLES[what]
    run(shell, f"[{before}] and 1")
    run(shell, f"[{obstacle}] and 1")
    refusal = shell.fork(family)
    assert (refusal["status"], refusal["code"]) == ("error", "not_forkable")
    assert reason in refusal["message"]
    assert run(shell, "1 + 1") == 2


def test_a_branch_that_cannot_begin_says_why(shell, family):
    """Its folder is missing; the session itself goes on."""
    run(shell, "open(os.environ['TMPDIR'] + '/x', 'w').close()")
    shell.send(cmd="fork", id=77)
    assert shell.reply() == {"id": 77, "event": "ready"}
    ours, channel = socket.socketpair()
    errors, their_errors = socket.socketpair()
    with ours, errors:
        rights = array.array("i", [channel.fileno(), their_errors.fileno()])
        line = json.dumps({"scratch": str(family / "missing")}).encode() + b"\n"
        shell.end.sendmsg([line], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
        channel.close()
        their_errors.close()
        ours.settimeout(10)
        said = json.loads(ours.recv(4096))
    shell.send_raw(b"{}\n")
    assert shell.reply() == {"id": 77, "status": "ok"}
    assert said["event"] == "refused" and "FileNotFoundError" in said["message"]
    assert shell.fork(family)


def test_a_session_without_a_zygote_offers_no_fork(single):
    worker = single("toys:Shell")
    worker.begin()
    assert "fork" not in worker.ok("hello", protocol=2)["capabilities"]
    assert worker.code("fork") == "unsupported"
