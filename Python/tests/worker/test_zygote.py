"""Sessions forked from one process: independent, fenced off from each other, and gone when they end."""

import errno
import json
import os
import signal
import socket
import time

import pytest

from corral.worker import landlock

fenced = pytest.mark.skipif(landlock.version() < landlock.ABI, reason="the kernel's Landlock is too old")
pytestmark = fenced


@pytest.fixture
def shells(zygote, tmp_path):
    """Two sibling sessions that do what they are told."""
    parent = zygote("toys:Shell")
    assert parent.greeting == {"op": "ready"}
    pair = [parent.session(tmp_path / name, token=name) for name in ("one", "two")]
    for shell in pair:
        shell.begin()
    return pair


def run(shell, code):
    return shell.ok("step", action=code)["observation"]


def test_a_session_answers_for_itself(zygote, tmp_path):
    parent = zygote("toys:Toy")
    one, two = parent.session(tmp_path / "1"), parent.session(tmp_path / "2")
    assert one.pid != two.pid != parent.process.pid
    one.begin(reset_seed=10)
    two.begin(reset_seed=20)
    assert one.ok("step", action="x")["observation"] == 11
    assert two.ok("step", action="x")["observation"] == 21


def test_each_session_hears_the_end_of_its_own_channel(zygote, tmp_path):
    parent = zygote("toys:Toy")
    one, two = parent.session(tmp_path / "1"), parent.session(tmp_path / "2")
    one.begin()
    one.end.shutdown(socket.SHUT_WR)
    assert one.line() is None
    one.printed()
    two.begin()
    two.ok("close")
    assert two.reply() is None


def test_ended_sessions_leave_no_zombies(zygote, tmp_path):
    parent = zygote("toys:Toy")
    child = parent.session(tmp_path / "1")
    child.end.close()
    deadline = time.monotonic() + 10
    while os.path.exists(f"/proc/{child.pid}"):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_dead_session_harms_nobody_else(zygote, tmp_path):
    parent = zygote("toys:Toy")
    one = parent.session(tmp_path / "1")
    os.kill(one.pid, signal.SIGKILL)
    assert one.line() is None
    parent.session(tmp_path / "2").begin()


def test_the_end_of_the_control_socket_ends_the_zygote(zygote):
    parent = zygote("toys:Toy")
    parent.control.close()
    assert parent.process.wait(10) == 0


def test_standard_error_belongs_to_the_session(zygote, tmp_path):
    parent = zygote("toys:Shell")
    child = parent.session(tmp_path / "1")
    child.begin()
    run(child, "print('hello from the session')")
    child.end.shutdown(socket.SHUT_WR)
    assert "hello from the session" in child.printed()


def test_a_session_owns_two_descriptors_and_its_folder(zygote, tmp_path):
    parent = zygote("toys:Shell")
    scratch = tmp_path / "1"
    child = parent.session(scratch, environment={"FLAVOUR": "sweet"})
    child.begin()
    assert run(child, "[os.environ['HOME'], os.environ['TMPDIR']]") == [str(scratch)] * 2
    assert run(child, "os.getcwd()") == os.readlink("/proc/%d/cwd" % parent.process.pid)
    assert run(child, "os.environ['FLAVOUR']") == "sweet"
    assert run(child, "import_('tempfile').gettempdir()") == str(scratch)
    numbers = [n for n in run(child, "os.listdir('/proc/self/fd')") if int(n) > 2]
    links = [run(child, f"os.readlink('/proc/self/fd/{n}')") for n in ["0", "1", "2"] + numbers]
    links = [link for link in links if link != errno.ENOENT]  # the listing's own
    channel = {link for link in links[3:]}
    assert links[0] == os.devnull
    assert links[1] == links[2] != channel
    assert len(links) == 5 and len(channel) == 1
    assert run(child, "os.getsid(0) == os.getpid()") is True


def test_random_numbers_differ_between_sessions_without_a_seed(shells):
    code = "[import_('random').random(), import_('numpy').random.random()]"
    first, second = (run(shell, code) for shell in shells)
    assert first[0] != second[0]


def test_a_seed_rules_the_global_generators_too(zygote, tmp_path):
    parent = zygote("toys:Shell")
    values = []
    for name in "ab":
        child = parent.session(tmp_path / name)
        child.begin(reset_seed=5)
        values.append(run(child, "import_('random').random()"))
    assert values[0] == values[1]


def test_bad_requests_are_answered_and_the_zygote_lives_on(zygote, tmp_path):
    parent = zygote("toys:Toy")
    ours, theirs = socket.socketpair()
    with ours, theirs:
        two = [theirs.fileno(), theirs.fileno()]
        for message, descriptors in [
            ({"op": "dance", "session": "s"}, two),
            ({"op": "fork", "session": "s", "scratch": str(tmp_path)}, two[:1]),
            ({"op": "fork", "session": "s"}, two),
            ({"op": "fork", "session": 3, "scratch": str(tmp_path)}, two),
            ([], two),
            ("text", []),
        ]:
            parent.request(message, descriptors)
            assert parent.receive()["op"] == "failed"
    parent.session(tmp_path / "1").begin()


def test_a_session_without_its_folder_says_so_and_ends(zygote, tmp_path):
    parent = zygote("toys:Toy")
    child, answer = parent.fork(tmp_path / "missing")
    assert answer["op"] == "forked"
    assert child.started() is None
    assert "FileNotFoundError" in child.printed()


def test_a_full_process_table_is_answered_and_the_zygote_lives_on(zygote, tmp_path):
    if os.getuid() == 0:
        pytest.skip("root has no limit on its processes")
    import resource

    parent = zygote("toys:Toy")
    resource.prlimit(parent.process.pid, resource.RLIMIT_NPROC, (1, 1))
    _, answer = parent.fork(tmp_path)
    assert answer["op"] == "failed" and answer["session"] == "s"


@pytest.mark.parametrize(
    ("entry", "reason"),
    [("toys:Broken", "cannot be prepared"), ("toys:Threads", "2 threads"), ("toys:Nobody", "Nobody"),
     ("no.such.module:X", "No module named"), ("toys", "module:Class")],
)  # fmt: skip
def test_what_cannot_be_prepared_fails_at_once(zygote, entry, reason):
    parent = zygote(entry)
    assert parent.greeting["op"] == "failed"
    assert reason in parent.greeting["message"]
    assert parent.process.wait(10) == 1


def test_version_1_workers_can_be_forked_too(zygote, tmp_path):
    child = zygote("toys:Echo").session(tmp_path / "1")
    child.send(cmd="init", env_id="x")
    assert child.reply()["observation"] == "begin x"


def test_a_session_changes_only_its_own_folder(shells, tmp_path):
    one, two = shells
    run(one, "os.chdir(os.environ['HOME'])")
    assert run(one, "open('note', 'w').write('mine')") == 4
    assert run(one, "[os.mkdir('d'), os.rename('note', 'd/note'), os.symlink('x', 'l'), os.truncate('d/note', 2)]")
    assert run(one, "open('d/note').read()") == "mi"
    for path in ("two/note", "note", "../../x", "/tmp/corral-test-note", "/dev/shm/corral-test-note"):
        place = path if path.startswith("/") else str(tmp_path / path)
        assert run(one, f"open({place!r}, 'w')") == errno.EACCES, path
    assert run(two, f"open({str(tmp_path / 'one/d/note')!r}).read()") == errno.EACCES
    assert run(two, f"os.listdir({str(tmp_path / 'one')!r})") == errno.EACCES
    assert run(one, f"os.mknod({str(tmp_path / 'one/dev')!r}, 0o20600, 259)") in (errno.EACCES, errno.EPERM)


def test_a_session_reads_what_it_needs(shells):
    one, _ = shells
    assert run(one, "len(open('/etc/passwd').read()) > 0") is True
    assert run(one, "len(open('/dev/urandom', 'rb').read(4))") == 4
    assert run(one, "open('/dev/null', 'w').write('x')") == 1
    assert run(one, "import_('subprocess').run(['ls', '/usr'], capture_output=True).returncode") == 0


def test_a_session_cannot_look_into_its_sibling(shells, zygote):
    one, two = shells
    names = ["mem", "fd/0", "cwd", "root"]
    if os.getuid() != 0:
        names += ["maps", "environ"]  # CAP_PERFMON, which a sandbox never has, opens these whatever Landlock says
    for name in names:
        path = f"'/proc/{two.pid}/{name}'"
        code = f"os.readlink({path})" if name in ("fd/0", "cwd", "root") else f"open({path}, 'rb').read(16).decode()"
        assert run(one, code) in (errno.EACCES, errno.EPERM), name
    assert run(one, "open('/proc/self/maps').readline() != ''") is True


def test_a_session_cannot_signal_its_sibling_or_the_zygote(shells):
    one, two = shells
    assert run(one, f"os.kill({two.pid}, 0)") == errno.EPERM
    assert run(one, "os.kill(os.getppid(), 0)") == errno.EPERM
    assert run(one, "os.kill(os.getpid(), 0)") is None
    assert run(two, "1") == 1


def test_a_session_cannot_trace_its_sibling(shells):
    one, two = shells
    attach = f"import_('ctypes').CDLL(None, use_errno=True).ptrace(16, {two.pid}, 0, 0)"
    assert run(one, attach) == -1


def test_a_session_opens_no_tcp_and_no_abstract_connection(shells):
    one, _ = shells
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        address = listener.getsockname()
        assert run(one, f"import_('socket').create_connection({address!r})") == errno.EACCES
    assert run(one, "import_('socket').create_server(('127.0.0.1', 0))") == errno.EACCES
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("\0corral-test-%d" % os.getpid())
        listener.listen()
        name = listener.getsockname()
        code = f"import_('socket').socket(import_('socket').AF_UNIX).connect({name!r})"
        assert run(one, code) == errno.EPERM


def test_without_landlock_there_is_no_zygote_unless_it_is_given_up(zygote, tmp_path):
    parent = zygote("toys:Shell", landlock="off")
    child = parent.session(tmp_path / "1")
    child.begin()
    assert run(child, f"open({str(tmp_path / 'free')!r}, 'w').write('x')") == 1
    assert json.loads(json.dumps(parent.greeting)) == {"op": "ready"}
