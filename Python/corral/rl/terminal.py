"""Pictures of an environment in a terminal, at the environment's own pace."""

from __future__ import annotations

import shutil
import sys
import time
from typing import Any

__all__ = ["Screen", "half_blocks"]


class Screen:
    """Shows the first of some environments, and waits so that a step takes as long as it does in the simulation.

    Draws nothing where the output is no terminal or the environment gives no pictures.
    """

    def __init__(self, envs: Any) -> None:
        self.envs = envs
        description = getattr(envs, "description", None) or {}
        configuration = description.get("configuration") or {}
        cfg = getattr(getattr(envs, "env", None), "cfg", None)
        seconds = configuration.get("control_dt") or getattr(cfg, "ctrl_dt", None)
        self.seconds = float(seconds) if seconds else 1 / float(envs.metadata.get("render_fps") or 30)
        self.draws = sys.stdout.isatty() and envs.render_mode == "rgb_array"
        self._next = time.monotonic()

    def show(self) -> None:
        if self.draws:
            size = shutil.get_terminal_size()
            frame = self.envs.render()[0]
            sys.stdout.write("\x1b[H\x1b[J" + half_blocks(frame, size.columns, size.lines - 2) + "\n")
            sys.stdout.flush()
        self._next += self.seconds
        wait = self._next - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        else:
            self._next = time.monotonic()


def half_blocks(frame: Any, columns: int, lines: int) -> str:
    """A picture uint8[height, width, 3] as text: each character is two pixels, one above the other."""
    height, width = frame.shape[:2]
    scale = max(width / max(columns, 1), height / max(2 * lines, 1), 1.0)
    across, down = int(width / scale), int(height / scale) // 2 * 2
    small = frame[[int(row * scale) for row in range(down)]][:, [int(column * scale) for column in range(across)]]
    rows = []
    for upper, lower in zip(small[::2], small[1::2]):
        cells = (
            f"\x1b[38;2;{a[0]};{a[1]};{a[2]};48;2;{b[0]};{b[1]};{b[2]}m▀"
            for a, b in zip(upper.tolist(), lower.tolist())
        )
        rows.append("".join(cells) + "\x1b[0m")
    return "\n".join(rows)
