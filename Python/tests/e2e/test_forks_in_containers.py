"""Live forks of sessions in containers, and the same trajectory in a container and in a sandbox."""

import json

import pytest

from e2e import environments, machine, owners
from e2e.containers import IMAGE, Containers
from e2e.server import corral
from e2e.test_forks import AWKWARD, DICE, REASONS, fork, read, say, start, throw


@pytest.fixture(scope="module")
def containers(engine):
    return Containers(engine)


@pytest.fixture
def awkward(containers, serve):
    with owners.place() as folder:
        launch = {"worker": "worker.py:Awkward", "share": "zygote"}
        environments.write_source(folder, "test/awkward", launch, AWKWARD, owner=containers, fork=["fork"])
        yield serve("--warm", "0", *containers.options, environments=[folder])


def test_a_session_in_a_container_forks_itself_inside_of_it(engine, awkward):
    api = awkward.client
    session = start(api, "test/awkward")
    before = say(api, session, "random")
    child, astray = fork(api, session, 2)
    (grandchild,) = fork(api, child)
    for word in ("random", "random", "on"):
        say(api, astray, word)
    futures = [[say(api, one, word) for word in ("random", "on", "random")] for one in (grandchild, session, child)]
    assert futures[0] == futures[1] == futures[2] and before not in futures[0]
    assert len({read(api, one)["trajectory_hash"] for one in (grandchild, session, child)}) == 1
    assert len(engine.containers(awkward.id)) == 1
    many = fork(api, session, 20)
    assert {say(api, one, "random") for one in many} == {say(api, session, "random")}
    assert api.delete(session["id"] + "?branches=true").json["branches"] == 23
    assert machine.until(lambda: api.get("/v1/health").json["sessions"] == 0, 10)


def test_what_a_fork_would_share_is_refused_in_a_container_too(awkward):
    api = awkward.client
    for word, reason in REASONS.items():
        session = start(api, "test/awkward")
        say(api, session, word)
        answer = api.post("/v1/sessions/%s/fork" % session["id"], {"count": 2})
        assert answer.code == "failed_precondition" and reason in answer.json["error"]["message"], answer
        assert say(api, session, "on") == "on 2"


def test_a_container_gives_what_was_recorded_in_a_sandbox(engine, containers, serve):
    with owners.place() as folder:
        launch = {"worker": "worker.py:Dice"}
        docker = {"docker": {**launch, "image": IMAGE, "pull": "never"}}
        environments.write_source(folder, "test/dice", launch, DICE)
        manifest = folder / "test/dice/environment.yaml"
        described = json.loads(manifest.read_text())
        described["launch"].update(docker)
        manifest.write_text(json.dumps(described))
        server = serve("--record", "full", "--backend", "process", environments=[folder])
        session = start(server.client, "test/dice")
        throw(server.client, session)
        server.client.delete(session["id"])
        assert server.client.get("/v1/trajectories/%s" % session["id"]).json["backend"] == "process"
        options = [*containers.options, "--environments", str(folder)]
        file = server.data / "trajectories" / (session["id"] + ".ctraj")
        report = json.loads(corral(server, "replay", str(file), *options, "--json"))
        assert report["identical"] and report["compared"] == 6
