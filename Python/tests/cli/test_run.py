"""`corral run`, as a user calls it."""

import json
import os
import signal
import subprocess
import time

import pytest

from .conftest import BINARY


def report(result):
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_a_random_agent_plays_and_a_table_tells_what_came_of_it(corral):
    result = corral("run", "CartPole-v1", "--episodes", 3, "--seed", 3)
    assert result.returncode == 0 and result.stderr == ""
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["episode", "steps", "return", "end"]
    assert [line.split()[0] for line in lines[1:4]] == ["1", "2", "3"]
    names = {line.split()[0] for line in lines[5:]}
    assert names == set("environment agent seed episodes steps return steps/s start backend isolation".split())


def test_json_is_one_object_with_everything(corral):
    found = report(corral("run", "CartPole-v1", "-n", 2, "--seed", 3, "--json"))
    assert found["environment"] == "classic/CartPole@1.0.0"
    assert found["agent"] == "random" and found["seed"] == 3 and found["episodes"] == 2
    assert found["returns"] == found["lengths"] and sum(found["lengths"]) == found["steps"]
    assert found["ends"] == ["terminated", "terminated"]
    assert found["steps_per_second"] > 0 and found["start_ms"] > 0
    assert found["backend"] == "process" and found["isolation"].startswith("process: ")
    assert found["server"] is None and found["stopped"] is False and found["files"] == []


def test_the_same_seed_gives_the_same_run(corral):
    runs = [report(corral("run", "CartPole-v1", "-n", 3, "-s", seed, "--json")) for seed in (7, 7, 8)]
    assert runs[0]["trajectory_hash"] == runs[1]["trajectory_hash"]
    assert runs[0]["trajectory_hash"] != runs[2]["trajectory_hash"]


def test_a_seed_that_was_drawn_repeats_the_run(corral):
    first = report(corral("run", "CartPole-v1", "--json"))
    again = report(corral("run", "CartPole-v1", "--seed", first["seed"], "--json"))
    assert first["trajectory_hash"] == again["trajectory_hash"]


def test_a_script_acts_and_may_end_before_the_episode(corral, tmp_path):
    (tmp_path / "left.json").write_text("[0, 0, 0]")
    found = report(corral("run", "CartPole-v1", "--agent", "left.json", "-n", 2, "--json"))
    assert found["agent"] == "left.json" and found["lengths"] == [3, 3] and found["ends"] == ["script_ended"] * 2


def test_actions_of_the_command_line_are_a_script(toys):
    found = report(toys("run", "toys/Words", "--actions", '["look", "take lamp"]', "--json"))
    assert found["returns"] == [1.0] and found["ends"] == ["terminated"]


def test_an_episode_has_at_most_so_many_steps(corral):
    found = report(corral("run", "CartPole-v1", "--max-steps", 4, "-s", 3, "--json"))
    assert found["lengths"] == [4] and found["ends"] == ["step_limit"]


def test_agents_act_while_they_are_there(toys):
    found = report(toys("run", "toys/Duo", "-n", 2, "--json"))
    assert found["lengths"] == [4, 4] and found["ends"] == ["terminated"] * 2
    assert found["returns"] == [{"left": 1.0, "right": 2.0}] * 2 and found["mean_return"] == 3.0


def test_turns_and_masks_are_heeded_and_no_reward_is_made_up(toys):
    found = report(toys("run", "toys/Turns", "--json"))
    assert found["lengths"] == [6] and found["returns"] == [None] and found["mean_return"] is None
    assert "none given" in toys("run", "toys/Turns").stdout


def test_the_random_agent_takes_what_the_environment_offers(toys):
    result = toys("run", "toys/Words", "-s", 2, "--render")
    assert "> take lamp\nTaken." in result.stdout
    told = {line for line in result.stdout.splitlines() if line.startswith("> ")}
    assert told <= {"> look", "> take lamp"}


def test_parameters_and_instance_reach_the_environment(toys):
    words = ["run", "toys/Words", "--render", "--max-steps", 1, "--actions", '["look"]', "--param", "greeting=good day"]
    assert "good day from the short game\nA lamp is here." in toys(*words, "--instance", "short").stdout
    refused = toys(*words, "--param", "greeting=5")
    assert refused.returncode == 2 and "params.greeting" in refused.stderr


def test_text_of_render_is_printed_as_it_is(toys):
    assert "tick 3\n" in toys("run", "toys/Duo", "--render").stdout


def test_pixels_are_half_blocks_where_there_is_no_terminal(corral):
    result = corral("run", "CartPole-v1", "--render", "--max-steps", 1)
    assert "▀" in result.stdout and "\x1b[38;2;255;255;255;48;2;" in result.stdout
    assert "\x1b[K" not in result.stdout and "episode 1  step 1" in result.stdout


def test_what_is_shown_stays_out_of_the_json(corral):
    result = corral("run", "CartPole-v1", "--render", "--max-steps", 1, "--json")
    assert json.loads(result.stdout)["steps"] == 1 and "▀" in result.stderr


def test_a_gif_is_written(corral, tmp_path):
    found = report(corral("run", "CartPole-v1", "--gif", "film.gif", "--max-steps", 3, "-s", 1, "--json"))
    assert found["files"] == ["film.gif"]
    assert (tmp_path / "film.gif").read_bytes().startswith(b"GIF89a")


def test_an_environment_without_pixels_makes_no_film(toys, tmp_path):
    result = toys("run", "toys/Words", "--gif", "film.gif")
    assert result.returncode == 4 and "pictures" in result.stderr and not (tmp_path / "film.gif").exists()


def test_a_film_needs_ffmpeg(corral):
    result = corral("run", "CartPole-v1", "--mp4", "film.mp4", PATH="/nonexistent")
    assert result.returncode == 4
    assert result.stderr.startswith("corral: --mp4 needs ffmpeg, which is not on PATH\n        install it")


def fake_ffmpeg(folder, text):
    program = folder / "bin" / "ffmpeg"
    program.parent.mkdir()
    program.write_text(text)
    program.chmod(0o755)
    return f"{program.parent}:/usr/bin:/bin"


def test_ffmpeg_gets_every_frame(corral, tmp_path):
    path = fake_ffmpeg(tmp_path, '#!/bin/bash\necho "$@" >"${0%/*}/words"; cat >"${0%/*}/frames"\n')
    found = report(
        corral("run", "CartPole-v1", "--mp4", "film.mp4", "--fps", 25, "--max-steps", 3, "-s", 1, "--json", PATH=path)
    )
    assert found["files"] == ["film.mp4"]
    assert (tmp_path / "bin" / "frames").stat().st_size == 4 * 600 * 400 * 3
    words = (tmp_path / "bin" / "words").read_text()
    assert "-video_size 600x400 -framerate 25.0" in words and words.endswith("file:film.mp4\n")


def test_an_ffmpeg_that_fails_is_told_with_its_reason(corral, tmp_path):
    path = fake_ffmpeg(tmp_path, "#!/bin/bash\necho no such codec >&2; exit 1\n")
    result = corral("run", "CartPole-v1", "--mp4", "film.mp4", PATH=path)
    assert result.returncode == 4 and "no such codec" in result.stderr


def test_an_environment_that_fails_shows_its_log(toys):
    result = toys("run", "toys/Moody")
    assert result.returncode == 5
    assert "  | about to sulk\n" in result.stderr and "not in the mood" in result.stderr


def test_a_running_server_is_used(toys, url):
    found = report(toys("run", "toys/Words", "-s", 1, "--url", url, "--json"))
    assert found["server"] == url
    assert report(toys("run", "toys/Words", "-s", 1, "--json", CORRAL_URL=url))["server"] == url


def test_a_stopped_run_tells_what_there_is_and_ends_with_130(variables):
    words = [BINARY, "run", "CartPole-v1", "-n", "1000000", "--json"]
    for seconds in [2, 5, 15, 40]:  # until the first step, which nothing outside sees
        process = subprocess.Popen(words, env=variables, stdout=subprocess.PIPE, text=True)
        time.sleep(seconds)
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=30)
        assert process.returncode == 130
        if output:
            break
    found = json.loads(output)
    assert found["stopped"] is True and found["steps"] > 0
    # Between two episodes the last one has an end of its own.
    assert found["ends"][-1] in ("stopped", "terminated")


@pytest.mark.parametrize(
    "words, status, said",
    [
        (["run"], 2, "ENVIRONMENT is missing"),
        (["run", "Cartpole"], 3, "did you mean `classic/CartPole`?"),
        (["run", "CartPole-v1", "--agent", "rndom"], 2, "did you mean `random`?"),
        (["run", "CartPole-v1", "--agent", "missing.json"], 3, "missing.json"),
        (["run", "CartPole-v1", "--actions", "{"], 2, "a script is a JSON array"),
        (["run", "CartPole-v1", "--actions", "[7]"], 2, "7 is above the upper bound 1"),
        (["run", "CartPole-v1", "--actions", "[0]", "--agent", "random"], 2, "give one of them"),
        (["run", "CartPole-v1", "--param", "x"], 2, "no KEY=VALUE"),
        (["run", "CartPole-v1", "--episodes", "0"], 2, "from 1 to"),
        (["run", "CartPole-v1", "--fps", "0"], 2, "--fps"),
        (["run", "CartPole-v1", "--gif", "no/such/folder.gif"], 2, "cannot be written"),
        (["run", "CartPole-v1", "--backend", "plain"], 4, "--trust"),
        (["run", "CartPole-v1", "--url", "nowhere"], 2, "http://HOST:PORT"),
        (["run", "CartPole-v1", "--url", "http://127.0.0.1:1"], 6, "cannot be reached"),
        (["run", "CartPole-v1", "--url", "http://127.0.0.1:1", "--trust"], 2, "leave out one of them"),
    ],
)
def test_a_wrong_call_has_a_status_and_says_what_to_do(corral, words, status, said):
    result = corral(*words)
    assert result.returncode == status, result.stderr
    lines = result.stderr.splitlines()
    assert lines[0].startswith("corral: ") and lines[1].startswith("        ") and lines[1].strip()
    assert said in result.stderr and result.stdout == ""


def test_without_a_fence_the_report_says_so(toys):
    found = report(toys("run", "toys/Turns", "--backend", "plain", "--trust", "--json"))
    assert found["backend"] == "plain" and found["isolation"] == "plain: none"


def test_keys_of_the_configuration_do_not_lock_the_command_out(toys, tmp_path):
    (tmp_path / "keys.yaml").write_text("keys: []\n")
    os.chmod(tmp_path / "keys.yaml", 0o600)
    (tmp_path / "corral.yaml").write_text("keys: keys.yaml\nport: 1\n")
    assert toys("run", "toys/Turns").returncode == 0
