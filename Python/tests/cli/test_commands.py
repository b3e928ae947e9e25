"""Every other command of the program but `serve`."""

import hashlib
import json
import os
import subprocess

import pytest

from .conftest import BINARY, HERE

ROOT = HERE.parents[2]
COMMANDS = [
    [], ["run"], ["serve"], ["env"], ["env", "list"], ["env", "show"], ["env", "validate"], ["session"],
    ["session", "list"], ["session", "show"], ["session", "logs"], ["session", "close"], ["doctor"], ["config"],
    ["completion"], ["version"], ["train"], ["play"], ["view"],
]  # fmt: skip


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_has_help_that_fits_a_page(corral, words):
    result = corral(*words, "--help")
    assert result.returncode == 0 and "Usage: corral" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 100


def test_the_version_is_told(corral):
    assert corral("version").stdout == "corral 0.1.0\n"
    assert corral("--version").stdout == "0.1.0\n"
    found = json.loads(corral("version", "--json").stdout)
    assert found["version"] == "0.1.0" and found["system"] == "Linux"


def test_the_configuration_shows_values_and_origins(corral, tmp_path):
    (tmp_path / "corral.yaml").write_text("idle-timeout: 5m\nenvironments: [mine]\n")
    result = corral("config", "--port", 9, CORRAL_MAX_SESSIONS="7")
    rows = {line.split()[0]: line.split(None, 1)[1] for line in result.stdout.splitlines()}
    assert rows["port"].split() == ["9", "flag", "--port"]
    assert rows["max-sessions"].split() == ["7", "environment", "CORRAL_MAX_SESSIONS"]
    assert rows["idle-timeout"].split() == ["5m", "corral.yaml:1"]
    assert rows["host"].split() == ["127.0.0.1", "default"]


def test_the_configuration_as_json_has_types(corral):
    found = json.loads(corral("config", "--json", "--trust", "--environments", "a", "--environments", "b").stdout)
    assert found["port"] == {"value": 7878, "origin": "default", "environment": "CORRAL_PORT"}
    assert found["trust"]["value"] is True and found["unix-socket"]["value"] is None
    assert found["environments"]["value"] == ["a", "b"]


def test_a_wrong_value_of_the_configuration_names_its_origin(corral):
    result = corral("config", CORRAL_PORT="x")
    assert result.returncode == 2 and "environment CORRAL_PORT" in result.stderr


def test_doctor_tells_each_feature(corral):
    result = corral("doctor", "--json")
    found = json.loads(result.stdout)
    assert found["ready"] is (result.returncode == 0)
    assert {"user", "memory", "processes", "seccomp"} <= {row["feature"] for row in found["features"]}
    assert {"sandbox", "cgroups", "python", "worker SDK"} <= {row["name"] for row in found["checks"]}
    assert "in force" in corral("doctor").stdout


def test_doctor_fails_where_limits_are_not_hard(corral):
    result = corral("doctor", "--backend", "plain", "--trust")
    assert result.returncode == 6
    assert "corral: sessions have no fence here\n        use the backend process\n" == result.stderr


def test_doctor_asks_a_server(corral, url):
    assert json.loads(corral("doctor", "--url", url, "--json").stdout)["backend"] == "process"


def test_environments_are_listed(corral, toys, url):
    assert "classic/CartPole" in corral("env", "list").stdout
    here = json.loads(toys("env", "list", "--json").stdout)
    there = json.loads(corral("env", "list", "--json", "--url", url).stdout)
    assert here == there and "toys/Duo" in {row["name"] for row in here["environments"]}


def test_an_environment_is_shown(corral, url):
    page = corral("env", "show", "ALE/Pong-v5").stdout
    assert "ale/Pong@5.0.0" in page and "frameskip" in page and "GPL-2.0-only" in page
    shown = corral("env", "show", "toys/Words", "--url", url, "--json")
    assert json.loads(shown.stdout)["manifest"]["name"] == "toys/Words"
    missing = corral("env", "show", "CartPol")
    assert missing.returncode == 3 and "did you mean" in missing.stderr


def test_good_manifests_are_valid(corral):
    result = corral("env", "validate", ROOT / "Manifests", HERE / "environments" / "Duo" / "environment.yaml")
    assert result.returncode == 0, result.stdout
    assert "classic/CartPole@1.0.0\n  ok   manifest: CartPole" in result.stdout


def test_a_bad_manifest_is_told_with_its_place(corral, tmp_path):
    (tmp_path / "environment.yaml").write_text(
        "manifest: 1\nname: a/b\nversion: 1.0.0\nlaunch: {process: {worker: a.py:B}}\ntagz: []\n"
    )
    result = corral("env", "validate", ".")
    assert result.returncode == 2
    assert "environment.yaml:5:1" in result.stdout and "did you mean `tags`?" in result.stdout
    assert corral("env", "validate", "environment.yaml", "--json").returncode == 2


@pytest.mark.parametrize("words", [["nothing"], ["."]])
def test_validate_wants_something_to_check(corral, words):
    assert corral("env", "validate", *words).returncode == 3


def test_validate_runs_environments(corral):
    folders = [HERE / "environments" / name for name in ("Duo", "Turns", "Words")]
    result = corral("env", "validate", *folders, "--run", "--json")
    found = json.loads(result.stdout)
    assert found["fine"], json.dumps(found, indent=1)
    names = [check["name"] for check in found["environments"][0]["checks"]]
    assert names == ["manifest", "start", "spaces", "steps", "rewards", "render", "repeatable"]


def test_validate_finds_what_a_manifest_gets_wrong(corral):
    result = corral("env", "validate", HERE / "environments" / "Liar", "--run", "--json")
    assert result.returncode == 5
    checks = {check["name"]: check for check in json.loads(result.stdout)["environments"][0]["checks"]}
    assert not any(checks[name]["fine"] for name in ("rewards", "render", "repeatable"))
    assert "outside of the manifest's 0 to 1" in checks["rewards"]["text"]


def test_validate_shows_the_log_of_what_fails(corral):
    result = corral("env", "validate", HERE / "environments" / "Moody", "--run")
    assert result.returncode == 5
    assert "BAD  steps: the environment failed" in result.stdout and "| about to sulk" in result.stdout


def test_sessions_are_listed_shown_and_closed(corral, url):
    create = [
        "curl",
        "-sS",
        "--unix-socket",
        url.removeprefix("unix://"),
        "-d",
        '{"environment":"toys/Moody","labels":{"who":"me"}}',
        "http://localhost/v1/sessions",
    ]
    id = json.loads(subprocess.run(create, capture_output=True, check=True).stdout)["id"]
    environment = {"CORRAL_URL": url}
    assert id in corral("session", "list", "--label", "who=me", **environment).stdout
    assert corral("session", "list", "--label", "who=you", "--url", url).stdout == "no sessions\n"
    shown = json.loads(corral("session", "show", id, "--json", **environment).stdout)
    assert shown["state"] == "running" and shown["usage"]["pids"] == 1
    assert "memory" in corral("session", "show", id, **environment).stdout
    assert corral("session", "logs", id, **environment).returncode == 0
    closed = corral("session", "close", id, "nonsense", **environment)
    assert closed.returncode == 3 and closed.stdout == f"{id} closed\n" and "nonsense" in closed.stderr
    assert id not in corral("session", "list", **environment).stdout
    assert id in corral("session", "list", "--all", **environment).stdout


def test_session_without_a_server_says_how_to_start_one(corral):
    result = corral("session", "list")
    if result.returncode == 0:
        pytest.skip("a server runs on the default port of this machine")
    assert result.returncode == 6 and "`corral serve`" in result.stderr


def test_a_key_is_sent(corral, serve, tmp_path):
    digest = hashlib.sha256(b"open sesame").hexdigest()
    keys = tmp_path / "keys.yaml"
    keys.write_text(f"keys:\n  - {{id: me, roles: [admin], sha256: {digest}}}\n")
    url = serve("--keys", keys)
    refused = corral("session", "list", "--url", url)
    assert refused.returncode == 4 and "key" in refused.stderr
    assert corral("session", "list", "--url", url, CORRAL_API_KEY="open sesame").stdout == "no sessions\n"


def test_a_key_cannot_hold_a_line_end(corral):
    result = corral("session", "list", "--url", "http://127.0.0.1:1", CORRAL_API_KEY="k\r\nX-Evil: 1")
    assert result.returncode == 2 and "header" in result.stderr


@pytest.mark.parametrize(
    "words, said",
    [
        (["rnu"], "did you mean `run`?"), (["env", "lst"], "did you mean `list`?"), (["env"], "needs a command"),
        (["session", "list", "--state", "clsed"], "did you mean `closed`?"), (["completion", "fish"], "bash and zsh"),
        (["doctor", "--jsno"], "did you mean `--json`?"), (["session", "logs", "x", "--lines", "0"], "from 1 to 1000"),
    ],
)  # fmt: skip
def test_a_wrong_word_is_a_usage_error_with_a_hint(corral, words, said):
    result = corral(*words)
    assert result.returncode == 2 and said in result.stderr, result.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_a_completion_script_is_accepted_by_its_shell(corral, tmp_path, shell):
    script = tmp_path / "script"
    script.write_text(corral("completion", shell).stdout)
    if not any(os.access(f"{folder}/{shell}", os.X_OK) for folder in os.environ["PATH"].split(":")):
        pytest.skip(f"{shell} is not installed")
    subprocess.run([shell, "-n", script], check=True)


def test_bash_completes_commands_and_options(corral, tmp_path):
    script = tmp_path / "script"
    script.write_text(corral("completion", "bash").stdout)
    ask = 'source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _corral; printf "%s\\n" "${COMPREPLY[@]}"'

    def offers(*words):
        done = subprocess.run(["bash", "-c", ask, script, *words], capture_output=True, text=True, check=True)
        return done.stdout.split()

    assert offers("corral", "d") == ["doctor"]
    assert offers("corral", "env", "va") == ["validate"]
    assert offers("corral", "run", "--epi") == ["--episodes"]
    assert offers("corral", "completion", "") == ["bash", "zsh"]


def test_a_pipe_that_nobody_reads_ends_quietly(variables):
    words = f"{BINARY} config --json | head -1"
    done = subprocess.run(["bash", "-c", words], env=variables, capture_output=True, text=True, timeout=30)
    assert done.stdout == "{\n" and done.stderr == ""
