"""A package of DockerGym's guide, its imports changed, against the real server; workers run in sandboxes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests
from echo import Package, free_port

RUN = "from corral import dockergym as uvicorn"


@pytest.fixture
def package(binary, tmp_path):
    """Makes packages; their servers are ended after the test."""
    made = []

    def make(uvicorn=RUN):
        made.append(Package(tmp_path, binary, uvicorn))
        return made[-1]

    yield make
    for one in made:
        if one.process is not None:
            one.stop()


def create(address, env_id=None, **params):
    return requests.post(f"{address}/sessions", json={"env_id": env_id, "params": params}, timeout=60)


@pytest.mark.parametrize("uvicorn", [None, RUN], ids=["uvicorn", "run"])
def test_a_package_of_the_guide_works_after_its_imports_were_changed(package, uvicorn):
    if uvicorn is None:
        pytest.importorskip("uvicorn")
    echo = package(uvicorn)
    address = echo.start("--max-sessions", "5")
    assert address, echo.said()
    assert requests.get(f"{address}/health").json() == {
        "status": "ok", "active_sessions": 0, "max_sessions": 5, "available_environments": 2
    }  # fmt: skip
    levels = [str(echo.levels / name) for name in ("cave", "house")]
    assert sorted(requests.get(f"{address}/environments").json()["environments"]) == levels
    assert requests.get(f"{address}/openapi.json").json()["info"]["title"] == "Echo API"

    made = create(address, levels[0], loud=True)
    assert made.status_code == 200, made.text + echo.said()
    session = made.json()
    assert session["env_id"] == levels[0]
    assert session["observation"] == "hello from the cave"
    assert session["info"] == {"level": "cave"}
    step = requests.post(f"{address}/sessions/{session['session_id']}/step", json={"action": "bye"}).json()
    assert (step["observation"], step["reward"], step["done"], step["info"]) == ("BYE", 0.5, True, {"length": 3})
    assert create(address, loud=False).json()["observation"] in ("hello from the cave", "hello from the house")

    assert echo.stop() in (0, -signal.SIGTERM), echo.said()  # uvicorn sends itself the signal again
    assert echo.said().count("shut down with 2 levels") == 1
    assert list(echo.temporary.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_server_with_its_sessions(package, number):
    echo = package()
    address = echo.start()
    assert create(address, loud=True).status_code == 200, echo.said()
    (server,) = children(echo.process.pid)
    assert echo.stop(number) == 0, echo.said()
    assert not Path(f"/proc/{server}").exists()
    assert echo.said().count("shut down with 2 levels") == 1
    assert list(echo.temporary.iterdir()) == []


def test_the_server_ends_when_the_package_is_killed(package):
    echo = package()
    address = echo.start()
    assert create(address, loud=True).status_code == 200
    (server,) = children(echo.process.pid)
    assert echo.stop(signal.SIGKILL) == -signal.SIGKILL
    assert gone(server), "the server outlives its hooks"


def test_a_hook_that_fails_at_the_start_leaves_no_server(package):
    echo = package()
    assert echo.start("--levels", "missing") is None
    assert echo.process.returncode == 1 and "RuntimeError: no levels" in echo.said()
    assert list(echo.temporary.iterdir()) == []


def test_a_server_that_cannot_start_ends_the_package_with_its_status(package):
    echo = package()
    assert echo.start(CORRAL_BACKEND="plain") is None  # refused without --trust
    assert echo.process.returncode > 0 and "trust" in echo.said()
    assert list(echo.temporary.iterdir()) == []


def test_a_hook_that_raises_refuses_the_session_and_keeps_no_place(package):
    echo = package()
    address = echo.start("--max-sessions", "1")
    for _ in range(20):
        refused = create(address)  # the hook needs `loud`
        assert refused.status_code == 500 and "hook failed" in refused.json()["detail"], refused.text
    assert "loud" not in refused.text and "KeyError: 'loud'" in echo.said()
    assert create(address, loud=False).status_code == 200, echo.said()


def test_an_instance_that_a_hook_returns_reaches_the_worker_also_where_it_is_not_listed(package):
    echo = package()
    address = echo.start()
    (echo.levels / "tower").write_text("from the tower")  # after the start, so not listed
    made = create(address, str(echo.levels / "tower"), loud=True)
    assert made.status_code == 200, made.text
    assert made.json()["observation"] == "hello from the tower"
    assert requests.get(f"{address}/environments").json()["total"] == 2


def test_a_hook_that_gets_stuck_times_out_and_holds_up_nobody_after_it(package):
    echo = package()
    address = echo.start(CORRAL_HOOK_TIMEOUT="200ms")
    assert "hook" in create(address, loud=True, stuck=True).json()["detail"]
    assert create(address, loud=True).status_code == 200, echo.said()


def test_without_keys_an_open_address_becomes_loopback(package):
    echo = package()
    assert echo.start("--host", "0.0.0.0"), echo.said()
    assert "listens on 127.0.0.1 instead of 0.0.0.0" in echo.said()
    assert f'"address":"http://127.0.0.1:{echo.port}"' in echo.said()


def test_an_open_address_is_used_where_everyone_may_call(package):
    echo = package()
    assert echo.start("--host", "0.0.0.0", CORRAL_INSECURE="true"), echo.said()
    assert "instead of" not in echo.said() and f'"address":"http://0.0.0.0:{echo.port}"' in echo.said()


@pytest.mark.parametrize(
    "headers", [{"Host": "example.org"}, {"Origin": "https://example.org"}], ids=["rebound name", "other site"]
)
def test_under_uvicorn_without_keys_only_callers_of_this_machine_are_served(package, headers):
    pytest.importorskip("uvicorn")
    echo = package(None)
    address = echo.start()
    refused = requests.get(f"{address}/health", headers=headers)
    assert refused.status_code == 403 and "CORRAL_KEYS" in refused.json()["detail"]
    assert requests.get(f"{address}/health", headers={"Origin": address}).status_code == 200


def test_under_uvicorn_a_server_that_cannot_start_ends_the_package(package):
    pytest.importorskip("uvicorn")
    echo = package(None)
    assert echo.start(CORRAL_BACKEND="plain") is None
    assert echo.process.returncode != 0 and "trust" in echo.said()
    assert list(echo.temporary.iterdir()) == []


def test_a_configuration_alone_is_served_without_hooks(binary, tmp_path):
    worker = tmp_path / "worker.py"
    worker.write_text(
        "import sys\n"
        "from corral.dockergym.worker import BaseWorker\n"
        "class Worker(BaseWorker):\n"
        "    def init_env(self, env_id, params):\n"
        "        return env_id, 0.0, False, {'words': sys.argv[1:]}\n"
        "Worker().run()\n"
    )
    port = free_port()
    words = ["--port", "1", 'it\'s "one" word', "$HOME"]
    program = (
        "from corral.dockergym import ServerConfig, run\n"
        f"run(ServerConfig('', ['python', '-u', '/app/worker.py', *{words!r}], volumes=['{worker}:/app/worker.py:ro'],\n"
        f"    env_files=['a', 'b']), host='127.0.0.1', port={port}, log_level='error', options=['--max-sessions', '1'])\n"
    )
    variables = {**os.environ, "CORRAL_BIN": binary, "CORRAL_DATA": str(tmp_path / "data"), "TMPDIR": str(tmp_path)}
    for place in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        place.chmod(0o755)
    process = subprocess.Popen([sys.executable, "-c", program], env=variables, stderr=subprocess.PIPE, text=True)
    try:
        address = f"http://127.0.0.1:{port}"
        while True:
            try:
                assert requests.get(f"{address}/health").json()["max_sessions"] == 1
                break
            except requests.ConnectionError:
                assert process.poll() is None, process.stderr.read()
                time.sleep(0.02)
        made = create(address).json()
        assert made["observation"] in ("a", "b") and made["info"] == {"words": words}
        assert create(address).json()["error_code"] == "NO_SLOTS_AVAILABLE"
    finally:
        process.terminate()
        said = process.communicate(timeout=60)[1]
    assert process.returncode == 0 and said == ""


def test_without_a_server_program_the_error_says_what_to_do(tmp_path):
    program = "from corral.dockergym import ServerConfig, run; run(ServerConfig('', ['python']), host='127.0.0.1')"
    variables = {**os.environ, "CORRAL_BIN": str(tmp_path / "none")}
    done = subprocess.run([sys.executable, "-c", program], env=variables, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "CORRAL_BIN names" in done.stderr


def children(parent):
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(entry.name))
        except OSError:
            pass
    return found


def gone(pid, within=20.0):
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.02)
    return False
