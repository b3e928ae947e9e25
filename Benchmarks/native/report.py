"""The figures as a table and a plot."""

from __future__ import annotations

from pathlib import Path

OURS = "Corral, float32"
VECTOR = "Gymnasium, NumPy vector"
Medians = dict[tuple[str, int, str], float]


def write(folder: Path, medians: Medians, instructions: dict[str, float], facts: list[str]) -> None:
    parts = ["# Native environments", "", *facts, "", *_cartpole(medians), "", *_others(medians, instructions)]
    parts += ["", "![Steps per second of CartPole by number of rows](native.svg)"]
    (folder / "native.md").write_text("\n".join(parts) + "\n")
    _plot(folder, medians)


def update_instructions(folder: Path, instructions: dict[str, float]) -> None:
    """Writes the last column of the table of all environments anew."""
    page = folder / "native.md"
    lines = page.read_text().splitlines()
    for place, line in enumerate(lines):
        cells = line.split(" | ")
        name = cells[0].removeprefix("| ")
        if len(cells) == 7 and name in instructions:
            lines[place] = " | ".join([*cells[:-1], f"{instructions[name]:.1f} |"])
    page.write_text("\n".join(lines) + "\n")


def _cartpole(medians: Medians) -> list[str]:
    """Millions of steps per second by rows, and how many times each peer's figure ours is."""
    rows = sorted({rows for environment, rows, _ in medians if environment == "CartPole-v1"})
    systems = list(dict.fromkeys(system for environment, _, system in medians if environment == "CartPole-v1"))
    lines = [
        "## CartPole-v1, millions of steps per second",
        "",
        "| system | " + " | ".join(f"{n:,}" for n in rows) + " |",
    ]
    lines.append("|---|" + "---:|" * len(rows))
    for system in systems:
        cells = [_cell(medians.get(("CartPole-v1", n, system))) for n in rows]
        lines.append(f"| {system} | " + " | ".join(cells) + " |")
    lines += ["", f"How many times as fast {OURS} is, seen from Python", ""]
    lines += ["| peer | " + " | ".join(f"{n:,}" for n in rows) + " |", "|---|" + "---:|" * len(rows)]
    for system in systems:
        if not system.startswith("Corral"):
            ratios = [_ratio(medians, "CartPole-v1", n, system) for n in rows]
            lines.append(f"| {system} | " + " | ".join(ratios) + " |")
    return lines


def _others(medians: Medians, instructions: dict[str, float]) -> list[str]:
    names = list(dict.fromkeys(environment for environment, rows, _ in medians if rows == 4096))
    lines = [
        "## All of classic control, 4,096 rows", "",
        "| environment | Corral, float32, M/s | inside Swift, M/s | Corral, float64, M/s | EnvPool, best, M/s | times EnvPool "
        "| instructions for a step |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]  # fmt: skip
    for name in names:
        pools = [medians.get((name, 4096, system)) for system in ("EnvPool, 1 thread", "EnvPool, 2 threads")]
        pool = max((one for one in pools if one), default=None)
        ours = medians.get((name, 4096, OURS))
        cells = [
            _cell(ours), _cell(medians.get((name, 4096, "Corral, inside Swift"))),
            _cell(medians.get((name, 4096, "Corral, float64"))), _cell(pool),
            f"{ours / pool:,.0f}" if ours and pool else "–",
            f"{instructions[name]:.1f}" if name in instructions else "–",
        ]  # fmt: skip
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return lines


def _cell(rate: float | None) -> str:
    return "–" if rate is None else f"{rate / 1e6:,.3g}" if rate < 1e9 else f"{rate / 1e6:,.0f}"


def _ratio(medians: Medians, environment: str, rows: int, system: str) -> str:
    ours, theirs = medians.get((environment, rows, OURS)), medians.get((environment, rows, system))
    return f"{ours / theirs:,.3g}" if ours and theirs else "–"


def _plot(folder: Path, medians: Medians) -> None:
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams["svg.hashsalt"] = "corral"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(9, 5), layout="constrained")
    systems = list(dict.fromkeys(system for environment, _, system in medians if environment == "CartPole-v1"))
    for system in systems:
        points = sorted(
            (n, rate) for (name, n, one), rate in medians.items() if name == "CartPole-v1" and one == system
        )
        style = "-" if system.startswith("Corral") else "--"
        axes.plot(*zip(*points), style, marker="o", markersize=4, label=system)
    axes.set(xscale="log", yscale="log", xlabel="rows", ylabel="steps per second", title="CartPole-v1, one process")
    axes.grid(alpha=0.3)
    figure.legend(loc="outside right upper", fontsize="small")
    for kind in ("svg", "png"):
        figure.savefig(folder / f"native.{kind}", dpi=150, metadata={"Date": None} if kind == "svg" else None)
    pyplot.close(figure)
