"""Plays through OpenEnv's own client and runs its validator; run by the Python of a wheel's virtual environment.

usage: openenv_player.py play|package JSON
"""

import importlib
import json
import sys

from openenv.core.generic_client import GenericEnvClient


def play(url, actions):
    with GenericEnvClient(base_url=url).sync() as env:
        first = env.reset(seed=7)
        seen = [[first.observation, first.reward, first.done]]
        for action in actions:
            result = env.step(action)
            seen.append([result.observation, result.reward, result.done])
        state = env.state()
        try:
            env.step({"nonsense": 1})
            error = None
        except RuntimeError as problem:
            error = str(problem)
        again = env.step(actions[0])
        return {"seen": seen, "state": state, "error": error, "goes_on": again.reward}


def validate(url):
    from openenv.cli.__main__ import app
    from typer.testing import CliRunner

    done = CliRunner().invoke(app, ["validate", "--url", url])
    return done.exit_code


def package(url, folder, name):
    """The client that came with the package itself."""
    sys.path.insert(0, folder)
    client = importlib.import_module(name + ".client")
    models = importlib.import_module(name + ".models")
    kind = next(value for key, value in vars(client).items() if key.endswith("Env") and key != "EnvClient")
    action = next(
        value for key, value in vars(models).items() if key.endswith("Action") and key not in ("Action", "BaseAction")
    )
    with kind(base_url=url).sync() as env:
        first = env.reset()
        result = env.step(action(message="Hello"))
        return {
            "first": first.observation.echoed_message,
            "echoed": result.observation.echoed_message,
            "length": result.observation.message_length,
            "reward": result.reward,
            "metadata": result.observation.metadata,
            "steps": env.state().step_count,
        }


def main():
    task, given = sys.argv[1], json.loads(sys.argv[2])
    if task == "play":
        told = {url: {**play(url, given["actions"]), "valid": validate(url)} for url in given["urls"]}
    else:
        told = package(**given)
    print(json.dumps(told))


main()
