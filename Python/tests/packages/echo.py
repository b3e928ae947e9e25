"""A package as DockerGym's guide describes it, with DockerGym's own imports."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parents[3]

FILES = {
    "__init__.py": "",
    "app.py": """
        import random

        from dockergym.app import Hooks, create_app
        from dockergym.config import ServerConfig


        class EchoHooks(Hooks):
            def __init__(self, server_config: ServerConfig, levels: str):
                self.server_config = server_config
                self.levels = levels

            async def on_startup(self, app) -> None:
                if self.levels == "missing":
                    raise RuntimeError("no levels")
                self.server_config.env_files = [os.path.join(self.levels, name) for name in os.listdir(self.levels)]
                app.state.levels = len(self.server_config.env_files)

            async def on_shutdown(self, app) -> None:
                print("shut down with", app.state.levels, "levels", flush=True)

            async def on_create_session(self, env_id, params: dict) -> dict:
                if params.get("stuck"):
                    await asyncio.Event().wait()
                if env_id is None:
                    env_id = random.choice(self.server_config.env_files)
                return {"env_id": env_id, "file": self.server_config.translate_path(env_id), "loud": params["loud"]}


        def create_echo_app(server_config: ServerConfig, levels: str):
            return create_app(server_config, hooks=EchoHooks(server_config, levels))
        """,
    "__main__.py": """
        import argparse
        import os

        import uvicorn

        from dockergym.config import ServerConfig
        from .app import create_echo_app


        def main():
            parser = argparse.ArgumentParser()
            parser.add_argument("--docker-image", default="echo:latest")
            parser.add_argument("--max-sessions", type=int, default=64)
            parser.add_argument("--host", default="0.0.0.0")
            parser.add_argument("--port", type=int, default=8000)
            parser.add_argument("--levels", required=True)
            args = parser.parse_args()
            env_package_dir = os.path.dirname(os.path.abspath(__file__))
            server_config = ServerConfig(
                docker_image=args.docker_image,
                worker_command=["python", "-u", "/app/echo_env/worker.py"],
                volumes=[f"{env_package_dir}:/app/echo_env:ro", f"{args.levels}:/data/levels:ro"],
                container_label="echo-session",
                container_env={"GREETING": "hello"},
                max_sessions=args.max_sessions,
                host=args.host,
                port=args.port,
                title="Echo API",
            )
            app = create_echo_app(server_config, args.levels)
            uvicorn.run(app, host=server_config.host, port=server_config.port)


        if __name__ == "__main__":
            main()
        """,
    "worker.py": """
        import os

        from dockergym.worker import BaseWorker


        class EchoWorker(BaseWorker):
            def init_env(self, env_id, params):
                with open(params["file"]) as file:
                    text = file.read()
                self.loud = params["loud"]
                return os.environ["GREETING"] + " " + text, 0.0, False, {"level": os.path.basename(env_id)}

            def step_env(self, action):
                return action.upper() if self.loud else action, 0.5, action == "bye", {"length": len(action)}


        if __name__ == "__main__":
            EchoWorker().run()
        """,
}


class Package:
    """The package in a folder of its own, with its imports changed, and the server that its `__main__` starts.

    Args:
        uvicorn: What `import uvicorn` is changed to; without it uvicorn itself serves the app.
    """

    def __init__(self, folder, binary, uvicorn=None):
        self.folder = folder
        self.temporary = folder / "temporary"
        self.levels = folder / "levels"
        self.process = None
        for place in (folder / "echo", self.temporary, self.levels):
            place.mkdir()
        for name, text in FILES.items():
            text = re.sub(r"^from dockergym", "from corral.dockergym", _dedented(text), flags=re.MULTILINE)
            if uvicorn:
                text = text.replace("import uvicorn", uvicorn)
            if name == "app.py":
                text = "import asyncio\nimport os\n" + text
            (folder / "echo" / name).write_text(text)
        for name in ("cave", "house"):
            (self.levels / name).write_text(f"from the {name}")
        for place in (folder, *folder.parents):  # sandboxes and the worker's user have to reach the files
            if place.stat().st_uid == os.getuid() and place != Path("/"):
                place.chmod(place.stat().st_mode | 0o055)
        self.variables = {
            **{name: value for name, value in os.environ.items() if not name.startswith("CORRAL_")},
            "CORRAL_BIN": binary,
            "CORRAL_DATA": str(folder / "data"),
            "PYTHONPATH": str(ROOT / "Python"),
            "TMPDIR": str(self.temporary),
        }

    def start(self, *arguments, image="", port=None, **variables):
        """Starts the server; returns its address as soon as it answers, or None when it ended."""
        self.port = port or free_port()
        self.log = open(self.folder / "log", "ab+")
        command = [sys.executable, "-m", "echo", "--docker-image", image, "--port", str(self.port)]
        self.process = subprocess.Popen(
            [*command, "--levels", str(self.levels), *arguments], cwd=self.folder, env={**self.variables, **variables},
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
        )  # fmt: skip
        address = f"http://127.0.0.1:{self.port}"
        while self.process.poll() is None:
            try:
                requests.get(f"{address}/health", timeout=10)
                return address
            except requests.ConnectionError:
                time.sleep(0.02)
        return None

    def said(self):
        return (self.folder / "log").read_text()

    def stop(self, number=signal.SIGTERM):
        """Ends the server by a signal; returns its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        finally:
            self.log.close()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _dedented(text):
    return "\n".join(line[8:] for line in text.splitlines()[1:]) + "\n"
