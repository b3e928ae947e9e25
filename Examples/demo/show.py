"""What the demo prints."""

from __future__ import annotations

from collections.abc import Sequence

from play import Result
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table


def console() -> Console:
    """On a terminal as wide as it is, else wide enough for the table."""
    plain = Console()
    return plain if plain.is_terminal else Console(width=120)


def bars(out: Console) -> Progress:
    return Progress(
        TextColumn("{task.description:<24}"), BarColumn(), MofNCompleteColumn(), TextColumn("steps"), TimeElapsedColumn(),
        console=out, disable=not out.is_terminal,
    )  # fmt: skip


def line(result: Result) -> str:
    """One finished environment, where there is no terminal for bars."""
    return f"{result.game.reference}: {result.steps} steps in {result.playing:.1f} s"


def table(results: Sequence[Result]) -> Table:
    """Fits into 80 columns."""
    shown = Table(
        title="A random agent in isolated sessions",
        title_justify="left",
        box=None,
        padding=(0, 2, 0, 0),
        pad_edge=False,
    )
    shown.add_column("environment", no_wrap=True)
    for name in ("ses-\nsions", "epi-\nsodes", "steps", "return", "steps/s", "cold\nstart", "warm\nstart"):
        shown.add_column(name, justify="right", no_wrap=True)
    for result in results:
        warm = result.median_warm
        shown.add_row(
            result.game.reference, str(len(result.sessions)), str(result.episodes), str(result.steps),
            f"{result.mean_return:.1f}", f"{result.rate:,.0f}", duration(result.cold),
            duration(warm) if warm is not None else "–",
        )  # fmt: skip
    return shown


def isolation(results: Sequence[Result]) -> list[str]:
    """Backend and fence of the sessions, said once where it is the same for all."""
    found = {
        result.game.reference: f"backend {_common(result, 'backend')}; isolation in force: {_common(result, 'isolation')}"
        for result in results
    }
    if len(set(found.values())) == 1:
        return list(found.values())[:1]
    return [f"{name}: {text}" for name, text in found.items()]


def duration(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.1f} s"


def _common(result: Result, field: str) -> str:
    return ", ".join(sorted({str(session.get(field, "unknown")) for session in result.sessions}))


LEGEND = (
    "return: mean sum of rewards of an episode. cold start: the first session, which also starts the sandbox and loads "
    "the environment. warm start: median of the others, forked from what is loaded (text/ScienceWorld cannot be "
    "forked: it has a Java machine). All sessions play at the same time."
)


def next_steps(binary: str) -> str:
    return f"""\
Try next:
  {binary} run minigrid/Empty-5x5 --episodes 3
  {binary} doctor
  {binary} serve --port 7878
  curl -X POST localhost:7878/v1/sessions -d '{{"environment":"text/TextWorld","seed":7}}'
  curl localhost:7878/v1/environments
from Python:
  .venv/bin/python -c 'import corral; env = corral.make("ale/Pong"); print(env.reset(seed=1)[1])'
measure it:
  make bench-sessions"""
