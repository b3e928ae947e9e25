"""Monte-Carlo tree search on a live environment: each node of the tree is a session that was forked from its parent's.

    python Examples/search/search.py minigrid/Empty-5x5 --seconds 1 2 4 --plot search.svg

The same search without forks begins a new session for each node and repeats the actions that lead to it.
"""

import argparse
import math
import random
import time

import corral

DEPTH = 40  # actions of one rollout at most
EXPLORATION = 1.0


class Node:
    """A state of the environment: the actions that lead to it, what they brought, and a session that is there."""

    def __init__(self, session, actions, reward, over, moves):
        self.session = session
        self.actions = actions
        self.reward = reward
        self.over = over
        self.moves = list(moves)
        self.untried = list(moves)
        self.children = []
        self.visits = 0
        self.value = 0.0

    def best(self):
        """The child that is worth another look (UCT)."""
        scale = EXPLORATION * math.sqrt(math.log(self.visits))
        return max(self.children, key=lambda child: child.value / child.visits + scale / math.sqrt(child.visits))


class Search:
    """Searches for the best sum of rewards that a start of the environment allows.

    Args:
        forks: Whether nodes are forks; else each is a new session that repeats the actions.
    """

    def __init__(self, client, environment, seed, params=None, forks=True):
        self.client = client
        self.environment, self.seed, self.params = environment, seed, params
        self.forks = forks
        self.random = random.Random(seed)
        self.steps = 0
        self.best = (-math.inf, [])
        session = self.begin()
        self.root = Node(session, [], 0.0, False, self.moves(session, session.initial.info))

    def begin(self):
        return self.client.sessions.create(self.environment, params=self.params, seed=self.seed)

    def moves(self, session, info):
        """The actions that make sense now, in an order of the search's own."""
        commands = info.get("admissible_commands")
        found = sorted(commands) if commands is not None else list(range(min(int(session.action_space.n), 3)))
        self.random.shuffle(found)
        return found

    def run(self, seconds):
        """Searches for so long; returns the best sum of rewards."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.iterate()
        return self.best[0]

    def iterate(self):
        path = [self.root]
        while not path[-1].untried and path[-1].children:
            path.append(path[-1].best())
        node = path[-1]
        if node.untried and not node.over:
            node = self.expand(node)
            path.append(node)
        total = node.reward if node.over else self.rollout(node)
        for node in path:
            node.visits += 1
            node.value += total

    def copy(self, node):
        """A session in the state of a node, which its caller may step and has to close."""
        if self.forks:
            return node.session.fork()[0]
        session = self.begin()
        for action in node.actions:
            session.step(action)
            self.steps += 1
        return session

    def expand(self, node):
        action = node.untried.pop()
        session = self.copy(node)
        result = session.step(action)
        self.steps += 1
        over = result.terminated or result.truncated
        child = Node(
            session if self.forks else None, [*node.actions, action], node.reward + (result.reward or 0.0), over,
            [] if over else self.moves(session, result.info),
        )  # fmt: skip
        self.note(child.reward, child.actions)
        if not self.forks:
            session.close()
        node.children.append(child)
        return child

    def rollout(self, node):
        """Plays on at random; returns the sum of rewards from the start."""
        session = self.copy(node)
        total, actions, moves = node.reward, list(node.actions), node.moves
        try:
            for _ in range(DEPTH):
                if not moves:
                    break
                action = self.random.choice(moves)
                result = session.step(action)
                self.steps += 1
                actions.append(action)
                total += result.reward or 0.0
                self.note(total, actions)
                if result.terminated or result.truncated:
                    break
                moves = self.moves(session, result.info)
        finally:
            session.close()
        return total

    def note(self, total, actions):
        if total > self.best[0]:
            self.best = (total, list(actions))

    def close(self):
        self.root.session.close(branches=True)


def measure(client, arguments, forks):
    """The best sum of rewards after each budget, of one search that goes on."""
    search = Search(client, arguments.environment, arguments.seed, arguments.params, forks)
    found, spent = [], 0.0
    try:
        for seconds in sorted(arguments.seconds):
            best = search.run(seconds - spent)
            spent = seconds
            found.append((seconds, best, search.root.visits))
    finally:
        search.close()
    return found


def plot(curves, path):
    """Return against budget, as SVG."""
    most = max(seconds for curve in curves.values() for seconds, _, _ in curve)
    values = [best for curve in curves.values() for _, best, _ in curve if best > -math.inf] or [0.0]
    low, high = min([0.0, *values]), max(values) or 1.0
    lines = []
    for (name, curve), color in zip(curves.items(), ("#0b6", "#c33")):
        points = [
            "%.1f,%.1f" % (50 + 520 * seconds / most, 260 - 220 * (max(best, low) - low) / ((high - low) or 1.0))
            for seconds, best, _ in curve
        ]
        x, y = points[-1].split(",")
        lines.append('<polyline fill="none" stroke="%s" stroke-width="2" points="%s"/>' % (color, " ".join(points)))
        lines.append('<text x="%s" y="%s" fill="%s">%s</text>' % (x, y, color, name))
    with open(path, "w", encoding="utf-8") as file:
        file.write(
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 300" font-family="sans-serif" font-size="12">'
            '<path d="M50 40V260H570" fill="none" stroke="#888"/>'
            '<text x="270" y="285">seconds, up to %g</text><text x="5" y="45">%.3g</text><text x="5" y="262">%.3g</text>'
            "%s</svg>\n" % (most, high, low, "".join(lines))
        )


def parameter(text):
    name, _, value = text.partition("=")
    return name, int(value)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("environment")
    parser.add_argument("--seconds", type=float, nargs="+", default=[1, 2, 4, 8], help="the budgets")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--param", type=parameter, action="append", default=[], metavar="NAME=NUMBER")
    parser.add_argument("--plot", metavar="FILE.svg")
    arguments = parser.parse_args()
    arguments.params = dict(arguments.param) or None
    with corral.connect() as client:
        curves = {name: measure(client, arguments, name == "forks") for name in ("forks", "replay")}
    print("%-8s %8s %10s %12s" % ("search", "seconds", "return", "simulations"))
    for name, curve in curves.items():
        for seconds, best, visits in curve:
            print("%-8s %8.1f %10.3f %12d" % (name, seconds, best, visits))
    if arguments.plot:
        plot(curves, arguments.plot)


if __name__ == "__main__":
    main()
