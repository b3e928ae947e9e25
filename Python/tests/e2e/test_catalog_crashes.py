"""The server is killed while clients publish and change versions: what it acknowledged is there, nothing is half there."""

import http.client
import json
import os
import random
import subprocess
import threading
import time

from e2e import bundles
from e2e.marks import LONG
from e2e.server import BINARY, Server

OPERATIONS = 1000 if LONG else 50
CLIENTS = 4


class Story:
    """What one client did to its environments, and what it knows of each version."""

    def __init__(self, seed):
        self.draw = random.Random(seed)
        self.name = "crash/Env%d" % seed
        self.count = 0
        self.states = {}  # version: the states it may have now

    def act(self, client):
        ready = [version for version, states in self.states.items() if states <= {"unreviewed", "deprecated"}]
        if ready and self.draw.random() < 0.5:
            version = self.draw.choice(ready)
            action, after = self.draw.choice([("deprecate", "deprecated"), ("yank", "yanked"), ("retire", "retired")])
            body = {"message": "m"} if action == "deprecate" else {"reason": "r"}
            before = self.states[version]
            self.states[version] = before | {after}
            path = "/v1/environments/%s%%40%s/%s" % (self.name.replace("/", "%2F"), version, action)
            answer = client.post(path, body)
        else:
            version, after = "1.0.%d" % self.count, "unreviewed"
            self.count += 1
            self.states[version] = {None, after}
            answer = bundles.publish(client, bundles.counter(self.name, version))
        assert answer.status in (200, 201), answer
        self.states[version] = {after}

    def check(self, client):
        answer = client.get("/v1/environments/%s/versions" % self.name.replace("/", "%2F"))
        found = {}
        if answer.status == 200:
            found = {item["version"]: item["state"] for item in answer.json["versions"]}
        for version, states in self.states.items():
            assert found.get(version) in states, (self.name, version, found.get(version), states)
            self.states[version] = {found.get(version)}
        self.states = {version: states for version, states in self.states.items() if states != {None}}
        assert set(found) <= set(self.states), (self.name, found, self.states)


def test_nothing_acknowledged_is_lost_when_the_server_is_killed(tmp_path):
    draw = random.Random(int(os.environ.get("CORRAL_SEED", "7")))
    stories = [Story(number) for number in range(CLIENTS)]
    done = 0
    kills = 0
    while done < OPERATIONS:
        server = Server("--no-check-published", data=tmp_path / "data")
        counts = [0] * CLIENTS
        stopped = threading.Event()
        errors = []

        def run(index):
            try:
                while not stopped.is_set():
                    stories[index].act(server.client)
                    counts[index] += 1
            except (OSError, http.client.HTTPException):
                pass  # killed
            except AssertionError as error:
                errors.append(error)

        threads = [threading.Thread(target=run, args=[index]) for index in range(CLIENTS)]
        for thread in threads:
            thread.start()
        goal = draw.randint(15, 30) if not LONG else draw.randint(5, 100)
        while sum(counts) < goal and any(thread.is_alive() for thread in threads):
            time.sleep(0.0005)
        time.sleep(draw.random() * 0.01)
        server.kill()
        stopped.set()
        for thread in threads:
            thread.join(30)
        server._folder.cleanup()
        assert not errors, errors
        done += sum(counts)
        kills += 1
        with Server("--no-check-published", data=tmp_path / "data") as server:
            for story in stories:
                story.check(server.client)
            for story in stories[:1]:
                for version, states in list(story.states.items())[-1:]:
                    if states <= {"unreviewed", "deprecated"}:
                        server.client.create("%s@%s" % (story.name, version))
        checked = subprocess.run(
            [BINARY, "catalog", "fsck", "--data", str(tmp_path / "data"), "--json"], capture_output=True, text=True
        )
        assert checked.returncode == 0, checked.stdout
        report = json.loads(checked.stdout)
        assert report["versions"] == sum(len(story.states) for story in stories)
    assert kills >= 2
