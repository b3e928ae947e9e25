"""Runs `corral serve` for an app."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from types import TracebackType

from .._program import find_binary, folder_for_sockets, interpreter
from .app import App, create_app
from .config import ServerConfig
from .endpoint import Endpoint

STOP_LIMIT = 30.0
"""Seconds that the server may take to end its sessions and itself."""
LOOPBACK = ("127.0.0.1", "::1", "localhost")
OPENING = (
    "nobody is authenticated; give it keys (CORRAL_KEYS=FILE), or set CORRAL_INSECURE=true if everyone who can reach "
    "it may use it"
)


def run(
    app: App | ServerConfig,
    host: str | None = None,
    port: int | None = None,
    *,
    log_level: str | None = None,
    options: Sequence[str] = (),
) -> None:
    """Serves an app until SIGINT or SIGTERM, then ends the server with all of its sessions.

    Without keys the server listens on loopback only. An app that asks for more (DockerGym's default is `0.0.0.0`) gets
    it where `CORRAL_KEYS`, `CORRAL_INSECURE=true`, corral.yaml or `options` allow it; otherwise a warning and loopback.

    Args:
        app: The app, or the configuration of one without hooks.
        host: Instead of the configuration's.
        port: Instead of the configuration's.
        log_level: `debug`, `info`, `warning`, `error`, `critical`.
        options: Further flags of `corral serve`.

    Raises `errors.Unavailable` where there is no server program, and SystemExit with the server's status when it could
    not start or ended by itself; its log, on standard error, says why. What `on_startup` raises is passed on.
    """
    if isinstance(app, ServerConfig):
        app = create_app(app)
    flags = [*_logging(log_level), *options]
    host = _allowed(host or app.config.host, flags)
    listen = ["--host", host, "--port", str(app.config.port if port is None else port)]
    status = asyncio.run(_serve(app, [*listen, *flags]))
    if status:
        raise SystemExit(status)


async def _serve(app: App, options: list[str]) -> int:
    with _cancelled_by_signals():
        try:
            async with Running(app, options) as server:
                return await server.ended()
        except asyncio.CancelledError:
            return 0


class Running:
    """A `corral serve` for an app, with the endpoint of its hooks beside it, as a scope that leaves nothing."""

    def __init__(self, app: App, options: Sequence[str] = (), on_socket: bool = False) -> None:
        """`on_socket` lets the server listen on `socket` and nowhere else."""
        self.app = app
        self.folder = ""
        self._options = list(options)
        self._on_socket = on_socket
        self._endpoint: Endpoint | None = None
        self._process: asyncio.subprocess.Process | None = None

    @property
    def socket(self) -> str:
        return os.path.join(self.folder, "server")

    async def __aenter__(self) -> Running:
        self.app.config.check()
        binary = find_binary()
        self.folder = folder_for_sockets("corral-dockergym-")
        try:
            flags = ["--exit-with-parent", *interpreter(binary)]
            if self._on_socket:
                flags += ["--unix-socket", self.socket]
            if self.app.hooks is not None:
                path = os.path.join(self.folder, "hooks")
                self._endpoint = Endpoint(self.app)
                await self._endpoint.start(path)
                flags += ["--hook", f"unix:{path}"]
            flags += [*_flags(self.app.config, self.folder), *self._options]
            # A session of its own, so that Ctrl-C in a terminal reaches it once, from here.
            self._process = await asyncio.create_subprocess_exec(
                binary, "serve", *flags, stdin=asyncio.subprocess.PIPE, start_new_session=True
            )
        except BaseException:
            await self._clean()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self._stop()
        finally:
            await self._clean()

    async def ended(self) -> int:
        """Waits until the server ends by itself; its exit status, or the number of the signal that ended it."""
        assert self._process is not None, "the scope was entered"
        return abs(await self._process.wait())

    async def _stop(self) -> None:
        """Lets the server end its running calls, its sessions and itself."""
        if self._process is None or self._process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), STOP_LIMIT)
        except asyncio.TimeoutError:
            self._process.kill()
            await self._process.wait()

    async def _clean(self) -> None:
        try:
            if self._endpoint is not None:
                await self._endpoint.stop()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)


def _flags(config: ServerConfig, folder: str) -> list[str]:
    """The configuration as flags of `corral serve`."""
    flags = ["--docker-image", config.docker_image] if config.docker_image else []
    for volume in config.volumes:
        flags += ["--volume", volume]
    for name, value in config.container_env.items():
        flags += ["--container-env", f"{name}={value}"]
    if config.env_files:
        path = os.path.join(folder, "environments")
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(f"{name}\n" for name in config.env_files)
        flags += ["--env-file-list", path]
    return [
        *flags, "--api-title", config.title, "--api-version", config.version,
        "--container-label", config.container_label, "--max-sessions", str(config.max_sessions),
        "--batch-window-ms", str(config.batch_window_ms), "--idle-timeout", f"{config.idle_timeout_s}s",
        "--command-timeout", f"{round(config.command_timeout_s * 1000)}ms",
        # As one text, since a word of it may be a flag of the server as well.
        "--worker-command", shlex.join(config.worker_command),
    ]  # fmt: skip


def _logging(level: str | None) -> list[str]:
    return ["--log-level", {"critical": "error", "trace": "debug"}.get(level, level)] if level else []


def is_for_loopback_only(flags: Sequence[str] = ()) -> bool:
    """Whether a server of these flags has neither keys nor leave to serve everyone.

    Raises SystemExit, after the program has said why, where the configuration is wrong.
    """
    done = subprocess.run([find_binary(), "config", "--json", *flags], stdout=subprocess.PIPE, check=False)
    if done.returncode:
        raise SystemExit(done.returncode)
    values = json.loads(done.stdout)
    return not (values["insecure"]["value"] or values["keys"]["value"])


def _allowed(host: str, flags: Sequence[str]) -> str:
    """The host, or loopback where the server would refuse to listen there."""
    if host in LOOPBACK or not is_for_loopback_only(flags):
        return host
    print(f"corral.dockergym: the server listens on 127.0.0.1 instead of {host}: {OPENING}", file=sys.stderr)
    return "127.0.0.1"


@contextlib.contextmanager
def _cancelled_by_signals() -> Iterator[None]:
    """Lets SIGINT, SIGTERM and SIGHUP cancel the running task; a second one interrupts whatever runs."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None, "called within a coroutine"
    cancel = task.cancel
    seen: list[int] = []

    def handle(number: int, frame: object) -> None:
        seen.append(number)
        if len(seen) > 1:
            raise KeyboardInterrupt
        loop.call_soon_threadsafe(cancel)

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    for number in numbers:
        if before[number] is not signal.SIG_IGN:
            signal.signal(number, handle)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
