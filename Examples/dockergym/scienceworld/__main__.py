"""Serves ScienceWorld."""

import argparse
import os

from corral.dockergym import ServerConfig, run

from .app import create_scienceworld_app


def main():
    env_package_dir = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser(description="ScienceWorld over DockerGym's REST interface")
    parser.add_argument("--docker-image", default="scienceworld:latest", help='"" runs workers without Docker')
    parser.add_argument("--max-sessions", type=int, default=64)
    parser.add_argument("--batch-window-ms", type=int, default=50)
    parser.add_argument("--idle-timeout", type=int, default=120, help="seconds")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    arguments = parser.parse_args()
    server_config = ServerConfig(
        docker_image=arguments.docker_image,
        worker_command=["python", "-u", "/app/scienceworld_env/worker.py"],
        volumes=[f"{env_package_dir}:/app/scienceworld_env:ro"],
        container_label="scienceworld-session",
        container_env={"JDK_JAVA_OPTIONS": "-Xmx1g -XX:+UseSerialGC -XX:ActiveProcessorCount=1 -XX:-UsePerfData"},
        max_sessions=arguments.max_sessions,
        batch_window_ms=arguments.batch_window_ms,
        idle_timeout_s=arguments.idle_timeout,
        host=arguments.host,
        port=arguments.port,
        title="ScienceWorld API",
    )
    run(create_scienceworld_app(server_config), host=arguments.host, port=arguments.port)


if __name__ == "__main__":
    main()
