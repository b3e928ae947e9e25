"""What the example clients of the packages share: sessions over DockerGym's REST interface."""

import argparse
import random
import sys
import time

import requests
from joblib import Parallel, delayed
from tqdm import tqdm


class Session:
    """A session that is made on entering and deleted on leaving."""

    def __init__(self, base_url, env_id=None, params=None):
        self.base_url = base_url
        self.request = {"env_id": env_id, "params": params or {}}

    def __enter__(self):
        self.first = _checked(requests.post(f"{self.base_url}/sessions", json=self.request))
        self.address = f"{self.base_url}/sessions/{self.first['session_id']}"
        return self

    def __exit__(self, *failure):
        requests.delete(self.address)

    def step(self, action):
        return _checked(requests.post(f"{self.address}/step", json={"action": action}))


def play(session, commands, steps):
    """Plays random commands, of those that `info[commands]` lists; yields each command with its result."""
    result = session.first
    for _ in range(steps):
        action = random.choice(result["info"].get(commands) or ["look"])
        result = session.step(action)
        yield action, result
        if result["done"]:
            return


def show(session, commands, steps=20):
    """Plays one session and prints it."""
    print(f"session {session.first['session_id']} of {session.first['env_id']}")
    print(session.first["observation"])
    for action, result in play(session, commands, steps):
        text = " ".join(result["observation"].split())
        print(f"> {action}\n  {text[:100]}  [reward {result['reward']:g}, score {result['info'].get('score')}]")
        if result["done"]:
            print("the episode is over")


def play_many(base_url, commands, concurrent, total_jobs, steps=10):
    """Plays many sessions, some at a time; returns how many failed."""
    start = time.perf_counter()
    ended = Parallel(n_jobs=concurrent, backend="threading")(
        delayed(_job)(base_url, commands, steps) for _ in tqdm(range(total_jobs), desc="sessions")
    )
    played = [one for one in ended if isinstance(one, int)]
    print(f"{len(played)} of {total_jobs} sessions, {sum(played)} steps in {time.perf_counter() - start:.1f} s")
    for error in [one for one in ended if isinstance(one, str)][:5]:
        print(f"failed: {error}", file=sys.stderr)
    return total_jobs - len(played)


def arguments(description, concurrent=8, total_jobs=20):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--base-url", default="http://localhost:8000", help="of the server (default: %(default)s)")
    parser.add_argument("--concurrent", type=int, default=concurrent, help="sessions at a time (default: %(default)s)")
    parser.add_argument("--total-jobs", type=int, default=total_jobs, help="sessions in all (default: %(default)s)")
    return parser.parse_args()


def check_health(base_url, start):
    """Prints how the server is; ends the program where there is none, with the command that starts one."""
    try:
        health = _checked(requests.get(f"{base_url}/health", timeout=10))
    except requests.ConnectionError:
        sys.exit(f"there is no server at {base_url}; start it with: {start}")
    print(
        f"server: {health['status']}, {health['active_sessions']} of {health['max_sessions']} sessions, "
        f"{health['available_environments']} environments"
    )


def _job(base_url, commands, steps):
    """The number of steps that were played, or what went wrong."""
    try:
        with Session(base_url) as session:
            return sum(1 for _ in play(session, commands, steps))
    except requests.RequestException as error:
        return str(error)


def _checked(response):
    if not response.ok:
        raise requests.HTTPError(f"{response.status_code} {response.text}", response=response)
    return response.json()
