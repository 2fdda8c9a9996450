"""`python -m contest …`: everything an operator does from a shell."""

import hashlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from datetime import timedelta
from pathlib import Path
from types import FrameType

from contest.web.db import begin_writing, db, use_one_sqlite

use_one_sqlite()

import click  # noqa: E402 -- after use_one_sqlite
from flask import Flask  # noqa: E402
from flask.cli import FlaskGroup  # noqa: E402

from config import INSTANCE, Settings, read  # noqa: E402
from contest.demo.script import MOMENTS, NAMES  # noqa: E402

ROOT = Path(__file__).parent.parent
WORKER = [sys.executable, "-m", "contest", "worker"]
SECONDS = 10  # what ends earlier would end again


class Child:
    """A process that is started again when it dies."""

    def __init__(self, command: list[str]) -> None:
        self.command, self.began = command, time.monotonic()
        self.process = self._begin()

    def _begin(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self.command, cwd=ROOT)  # noqa: S603 -- our own commands

    def goes_on(self) -> bool:
        """Say whether it runs, begun again if need be; False when it did not even begin well.

        One that was killed might well have.
        """
        code = self.process.poll()
        if code is not None:
            if code >= 0 and time.monotonic() - self.began < SECONDS:
                return False
            self.process = self._begin()
        return True


def settings(**given: object) -> Settings:
    """Read the settings; an embedded instance makes its own secret once and keeps it."""
    if not {"CONTEST_SECRET_KEY", "CONTEST_SECRET_KEY_FILE"} & os.environ.keys():
        os.environ["CONTEST_SECRET_KEY"] = _own_secret(INSTANCE / "secret")
    for name, value in given.items():
        os.environ[f"CONTEST_{name}"] = str(value)  # the server's own processes read the same
    return read()


def _own_secret(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    return path.read_text().strip()


def migrate(url: str) -> None:
    """Bring the database to the newest schema, the job engine's tables included."""
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    from alembic import command  # noqa: PLC0415 -- slow import
    from alembic.config import Config  # noqa: PLC0415 -- slow import

    from contest.jobs import engine  # noqa: PLC0415 -- slow import

    config = Config(ROOT / "alembic.ini")
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    command.upgrade(config, "head")
    engine.prepare(url)


def _create(configured: Settings | None = None) -> Flask:
    from contest.app import create_app  # noqa: PLC0415 -- slow import

    return create_app(configured or settings())


cli = FlaskGroup(
    create_app=_create,
    add_default_commands=False,
    add_version_option=False,
    help="Contest runs innovation contests from call to pilot.",
)


@cli.command(name="migrate", with_appcontext=False)
def migrate_command() -> None:
    """Bring the database to the newest schema."""
    migrate(settings().DATABASE_URL)


@cli.command(with_appcontext=False)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--processes", default=2, show_default=True, help="Web processes.")
@click.option("--without-worker", is_flag=True, help="Workers run elsewhere.")
@click.option(
    "--development", is_flag=True, help="Mail viewer at /-mail, components at /-components."
)
def serve(host: str, port: int, processes: int, without_worker: bool, development: bool) -> None:
    """Serve the site, with a worker beside it, until told to stop."""
    more = {"DEVELOPMENT": True} if development else {}
    configured = settings(**more)
    migrate(configured.DATABASE_URL)
    wait(start(host, port, processes, worker=not without_worker))


@cli.command(with_appcontext=False)
@click.argument("name", type=click.Choice(NAMES))
@click.option("--at", "moment", type=click.Choice(MOMENTS), default="judging", show_default=True)
@click.option("--serve", "serves", is_flag=True, help="Serve it and print a sign-in link per role.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--afresh", is_flag=True, help="Build it again even if it stands.")
def demo(name: str, moment: str, serves: bool, host: str, port: int, afresh: bool) -> None:
    """Build the demonstration NAME as it stands at a moment."""
    folder = INSTANCE / f"demo-{name}-{moment}"
    if afresh or not _stands(folder):
        _build(name, moment, folder)
    built = json.loads((folder / "built").read_text())
    configured = _demo_settings(folder, host, port, built["shift"])
    children = start(host, port, 1, worker=True) if serves else []
    if children:
        _until_it_listens(host, port, children[0])
    _introduce(configured, f"{name}, {moment}", built["faces"])
    if children:
        wait(children)


def _introduce(configured: Settings, title: str, faces: list[dict[str, str]]) -> None:
    """Print the address and a sign-in link per role, without loading what the servers load just now."""
    from contest.accounts import links  # noqa: PLC0415 -- slow import
    from contest.core import clock  # noqa: PLC0415 -- slow import

    signer = Flask(__name__)
    signer.config.from_object(configured)
    clock.shift(timedelta(seconds=configured.CLOCK_SHIFT_SECONDS))
    base = configured.BASE_URL
    click.echo(f"\n  {base}   {title}\n")
    with signer.app_context():
        for face in faces:
            address = f"{base}/enter/{links.entrance(uuid.UUID(face['user_id']))}"
            click.echo(f"  {face['role']:<16} {face['name']:<22} {address}")
    click.echo(f"\n  {'mail':<39} {base}/-mail\n")


def _stands(folder: Path) -> bool:
    """Say whether a demonstration was built whole, with the schema of today and its faces."""
    built = folder / "built"
    known = json.loads(built.read_text()) if built.exists() else {}
    return isinstance(known, dict) and known.get("schema") == _schema() and "faces" in known


def _schema() -> str:
    versions = sorted((ROOT / "migrations" / "versions").glob("*.py"))
    return hashlib.sha256(b"".join(v.read_bytes() for v in versions)).hexdigest()


def _demo_settings(folder: Path, host: str, port: int, seconds: float) -> Settings:
    return settings(
        DATABASE_URL=f"sqlite:///{folder}/contest.db",
        FILES_URL=f"file://{folder}/files",
        MAIL_URL=f"file://{folder}/mail",
        BASE_URL=f"http://{host}:{port}",
        DEVELOPMENT=True,
        CLOCK_SHIFT_SECONDS=seconds,
    )


def _build(name: str, moment: str, folder: Path) -> None:
    """Build into a folder beside it and rename, so that half a demonstration is never served."""
    from contest.core import clock  # noqa: PLC0415 -- slow import
    from contest.demo import build  # noqa: PLC0415 -- slow import
    from contest.entries import receipt  # noqa: PLC0415 -- slow import

    began = time.monotonic()
    fresh = folder.with_name(f".{folder.name}.new")
    for old in (fresh, folder):
        shutil.rmtree(old, ignore_errors=True)
    fresh.mkdir(parents=True)
    configured = _demo_settings(fresh, "127.0.0.1", 8000, 0)
    migrate(configured.DATABASE_URL)
    app = _create(configured)
    with app.app_context():
        with db.session.begin():
            begin_writing()
            stands_at = build.build(
                db.session(), name, moment, store=app.extensions["files"], key=receipt.signing_key(
                    configured.SIGNING_KEY, configured.SECRET_KEY),
            )  # fmt: skip
        faces = [
            {"role": face.role, "name": face.name, "user_id": str(face.user_id)}
            for face in build.faces(db.session(), name)
        ]
        shift = (stands_at - clock.now()).total_seconds()
        built = {"shift": shift, "schema": _schema(), "faces": faces}
        (fresh / "built").write_text(json.dumps(built))
        db.session.remove()
        db.engine.dispose()
    fresh.rename(folder)
    click.echo(f"Built in {time.monotonic() - began:.1f} s.")


def _check_free(host: str, port: int) -> None:
    """Refuse a port that is taken: web processes share theirs, so they would join a stranger's."""
    with socket.socket() as probe:
        # What others said before to a server that is gone does not keep the next one from starting.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"Something listens on {host}:{port} already ({error.strerror}). Stop it, or choose --port."
            ) from None


def start(host: str, port: int, processes: int, *, worker: bool) -> list[Child]:
    """Start the web server and perhaps a worker; they read the settings from the environment.

    The server starts again by itself those of its processes that die.
    """
    _check_free(host, port)
    web = [
        *(sys.executable, "-m", "contest.served", "--host", host),
        *("--port", str(port), "--processes", str(processes)),
    ]
    return [Child(web), *([Child(WORKER)] if worker else [])]


def _until_it_listens(host: str, port: int, web: Child) -> None:
    """Wait until the server takes connections, so that nobody follows an address that refuses them."""
    while web.goes_on():
        try:
            socket.create_connection((host, port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return


def wait(children: list[Child]) -> None:
    """Wait until a signal comes, then end them gracefully; what ends by itself meanwhile is replaced."""
    stopped = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while not stopped.wait(0.2) and all(child.goes_on() for child in children):
        pass
    for child in children:
        child.process.terminate()
    for child in children:
        child.process.wait(timeout=40)
    sys.exit(0 if stopped.is_set() else 1)


if __name__ == "__main__":
    cli(prog_name="python -m contest")
