"""What people see and type in a terminal."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time

import pytest

from .conftest import BINARY, HERE


class Terminal:
    """A command with a terminal of 80 x 24 around it."""

    def __init__(self, variables, *words):
        self.main, side = pty.openpty()
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.text = ""
        self.process = subprocess.Popen(
            [BINARY, *words], stdin=side, stdout=side, stderr=side, start_new_session=True,
            env={**variables, "CORRAL_ENVIRONMENTS": str(HERE / "environments")},
        )  # fmt: skip
        os.close(side)

    def wait_for(self, text, seconds=30):
        deadline = time.monotonic() + seconds
        while text not in self.text:
            assert time.monotonic() < deadline, f"{text!r} did not come:\n{self.text}"
            if select.select([self.main], [], [], 0.1)[0] and not self._read():
                assert text in self.text, f"{text!r} did not come:\n{self.text}"

    def type(self, line):
        self.text = ""
        os.write(self.main, line.encode() + b"\n")

    def end(self):
        while self._read():
            pass
        os.close(self.main)
        return self.process.wait(30)

    def _read(self):
        try:
            part = os.read(self.main, 65536)
        except OSError:
            return False
        self.text += part.decode(errors="replace")
        return bool(part)


@pytest.fixture
def terminal(variables):
    return lambda *words: Terminal(variables, *words)


def test_a_bar_shows_how_far_a_run_is(terminal):
    screen = terminal("run", "toys/Duo", "-n", "300")
    screen.wait_for("toys/Duo@1.0.0 ")
    screen.wait_for("/300 episodes")
    assert screen.end() == 0
    assert "steps/s\x1b[K" in screen.text and "mean 3, from 3 to 3" in screen.text


def test_no_bar_where_the_report_goes_elsewhere(toys):
    assert toys("run", "toys/Duo", "-n", 300).stderr == ""


def test_a_human_plays_a_text_game(terminal):
    screen = terminal("run", "toys/Words", "--agent", "human")
    screen.wait_for("A lamp is here.")
    screen.wait_for("> ")
    screen.type(":h")
    screen.wait_for("Possible now: look, take lamp")
    screen.type("look")
    screen.wait_for("You look.")
    screen.type("take lamp")
    screen.wait_for("Taken.")
    assert screen.end() == 0 and "terminated" in screen.text


def test_a_human_is_told_what_is_no_action(terminal):
    screen = terminal("run", "toys/Turns", "--agent", "human")
    screen.wait_for("action 0 to 3 > ")
    screen.type("left")
    screen.wait_for("that is no value")
    screen.type("9")
    screen.wait_for("9 is above the upper bound 3")
    screen.type("2")
    screen.wait_for("action 0 to 3 > ")
    screen.type(":q")
    assert screen.end() == 0 and "quit" in screen.text


def test_each_agent_of_a_human_is_asked(terminal):
    screen = terminal("run", "toys/Duo", "--agent", "human", "--max-steps", "1")
    screen.wait_for("left action 0 to 1 > ")
    screen.type("1")
    screen.wait_for("right action 0 to 4 > ")
    screen.type("4")
    assert screen.end() == 0 and "step limit" in screen.text


def test_pictures_are_drawn_over_each_other(variables):
    plain = {name: value for name, value in variables.items() if name != "COLORTERM"}
    screen = Terminal(plain, "run", "toys/Lamp", "--render", "--fps", "1000")
    assert screen.end() == 0
    red, black = "\x1b[38;5;196;48;5;16m", "\x1b[38;5;16;48;5;16m"
    assert f"{red}▀{black}▀\x1b[0m\x1b[K\r\n" in screen.text
    assert screen.text.count("\x1b[2A\r") == 3


def test_a_picture_has_all_colours_where_the_terminal_says_so(terminal):
    screen = terminal("run", "toys/Lamp", "--render", "--fps", "1000")
    assert screen.end() == 0 and "\x1b[38;2;255;0;0;48;2;0;0;0m▀" in screen.text


def test_the_pace_of_frames_is_kept(terminal):
    start = time.monotonic()
    assert terminal("run", "toys/Lamp", "--render", "--fps", "2").end() == 0
    assert time.monotonic() - start > 1.5


def test_control_c_stops_a_human_too(terminal):
    screen = terminal("run", "toys/Words", "--agent", "human")
    screen.wait_for("A lamp is here.")
    screen.process.send_signal(2)
    assert screen.end() == 130 and "stopped" in screen.text
