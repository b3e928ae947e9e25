"""`ServerConfig`: DockerGym's fields and defaults, and paths."""

import dataclasses
import os

import pytest

from corral import errors
from corral.dockergym import ServerConfig


def configuration(**fields):
    return ServerConfig(docker_image="image", worker_command=["python", "-u", "worker.py"], **fields)


def test_the_defaults_are_those_of_dockergym():
    fields = dataclasses.asdict(configuration())
    assert fields == {
        "docker_image": "image",
        "worker_command": ["python", "-u", "worker.py"],
        "volumes": [],
        "env_files": [],
        "container_label": "dockergym-session",
        "container_env": {},
        "max_sessions": 64,
        "container_stop_timeout_s": 2,
        "batch_window_ms": 50,
        "idle_timeout_s": 120,
        "command_timeout_s": 60.0,
        "host": "0.0.0.0",
        "port": 8000,
        "title": "DockerGym API",
        "version": "0.1.0",
    }


def test_the_image_and_the_command_are_needed():
    with pytest.raises(TypeError):
        ServerConfig(worker_command=["python"])
    with pytest.raises(TypeError):
        ServerConfig(docker_image="image")


@pytest.mark.parametrize(
    "field, value",
    [
        ("worker_command", []),
        ("worker_command", "python worker.py"),
        ("volumes", [1]),
        ("max_sessions", 0),
        ("idle_timeout_s", -1),
        ("command_timeout_s", "60"),
        ("batch_window_ms", True),
    ],
)
def test_a_value_that_no_server_could_use_is_refused_by_its_name(field, value):
    with pytest.raises(errors.InvalidArgument, match=field):
        ServerConfig(**{"docker_image": "image", "worker_command": ["python"], field: value})


def test_the_home_folder_is_meant_on_the_host_side_only(monkeypatch):
    monkeypatch.setenv("HOME", "/home/jane")
    config = configuration(volumes=["~/levels:/data/~:ro", "~/more"])
    assert config.volumes == ["/home/jane/levels:/data/~:ro", "/home/jane/more"]
    assert config.translate_path("/home/jane/levels/1") == "/data/~/1"
    assert config.translate_path("/home/jane/more/1") == "/home/jane/more/1"


@pytest.mark.parametrize(
    "path, inside",
    [
        ("/data", "/d"),
        ("/data/", "/d"),
        ("/data/a/b.txt", "/d/a/b.txt"),
        ("/data2/a", "/data2/a"),
        ("/data/deep/x", "/deep/x"),
        ("/data/deeper/x", "/d/deeper/x"),
        ("/data/../etc/passwd", "/data/../etc/passwd"),
        ("/elsewhere", "/elsewhere"),
        ("boil", "boil"),
    ],
)
def test_a_path_is_translated_by_the_volume_that_holds_it(path, inside):
    config = configuration(volumes=["/data:/d:ro", "/data/deep:/deep"])
    assert config.translate_path(path) == inside


def test_of_two_mounts_of_one_folder_the_first_translates():
    config = configuration(volumes=["/data:/first", "/data:/second"])
    assert config.translate_path("/data/x") == "/first/x"


def test_the_root_as_a_volume_holds_everything():
    assert configuration(volumes=["/:/host"]).translate_path(os.path.abspath("/etc/x")) == "/host/etc/x"
