"""A PostgreSQL server that keeps what it says it keeps, unlike that of the other tests, and may crash."""

import os
import subprocess
from functools import cache
from pathlib import Path

import psycopg

from tests import servers


@cache
def programs() -> Path:
    return servers.postgres_programs(servers.new_home()) / "bin"


class Cluster:
    """A server with its data in `home`, a folder that is its own."""

    def __init__(self, home: Path) -> None:
        self.home, self.port = home, servers.free_port()
        self.data = home / "data"
        self.address = f"postgres@{servers.HOST}:{self.port}"

    def make(self) -> None:
        """Make an empty server that is not yet running."""
        if servers.NOBODY:
            os.chown(self.home, servers.NOBODY, servers.NOBODY)
        self._run("initdb", "--pgdata", self.data, "--username=postgres", "--auth=trust",
                  "--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8",
                  "--wal-segsize=1", "--data-checksums")  # fmt: skip

    def start(self, **more: str) -> None:
        options = {"listen_addresses": servers.HOST, "port": self.port, "unix_socket_directories": "",
                   "shared_buffers": "32MB", "max_wal_size": "32MB", "min_wal_size": "4MB",
                   **more}  # fmt: skip
        servers.serve(
            [programs() / "postgres", "-D", self.data,
             *(f"--{name}={value}" for name, value in options.items())],
            servers.new_home(),
            ready=lambda: psycopg.connect(f"postgresql://{self.address}/postgres").close(),
            stop="QUIT",
        )  # fmt: skip

    def crash(self) -> None:
        """End it at once, as if it had been killed."""
        self._run("pg_ctl", "stop", "--pgdata", self.data, "--mode=immediate")

    def new_database(self, name: str) -> str:
        with psycopg.connect(
            f"postgresql://{self.address}/postgres", autocommit=True
        ) as connection:
            connection.execute(f'create database "{name}"'.encode())
        return self.url(name)

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://{self.address}/{name}"

    def _run(self, program: str, *words: str | Path) -> None:
        subprocess.run(
            [programs() / program, *words], check=True, capture_output=True,
            user=servers.NOBODY, group=servers.NOBODY, extra_groups=servers.NO_GROUPS, cwd="/",
        )  # fmt: skip
