"""Every setting an operator can change, read once at start-up from `CONTEST_<NAME>`."""

import os
from collections.abc import Iterator
from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from contest.upkeep import settings

MIB = 1024 * 1024
INSTANCE = Path(__file__).parent / "instance"
PREFIX, FROM_FILE, OF_TESTS = "CONTEST_", "_FILE", "CONTEST_TEST_"


class Settings(BaseSettings):
    """One attribute per environment variable; the scheme of a URL picks the backend."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    SECRET_KEY: str = Field(min_length=16)
    OLD_SECRET_KEYS: str = (
        ""  # what was the secret before, the newest first, with commas: still read
    )
    BASE_URL: str = "http://127.0.0.1:8000"  # links in mail; the Host header is never trusted
    HOSTS: str = ""  # further names, with commas, by which the site may be asked
    HSTS_SUBDOMAINS: bool = False  # browsers ask the names below this one by https only, too
    PLAIN_HOSTS: str = ""  # hosts, with commas, that may be talked to without TLS
    DATABASE_URL: str = f"sqlite:///{INSTANCE}/contest.db"  # or postgresql+psycopg://…
    FILES_URL: str = f"file://{INSTANCE}/files"  # or s3://bucket/prefix
    MAIL_URL: str = f"file://{INSTANCE}/mail"  # or smtp://user:password@host:587
    MAIL_FROM: str = "Contest <contest@localhost>"
    LIMITS_URL: str = ""  # or redis://host:6379; a file of this machine if empty
    CHECKPOINTS_URL: str = (
        ""  # file:// or s3://, best on another machine; beside the files if empty
    )
    CHECKPOINTS_MAIL: str = ""  # addresses, with commas, that get each hour's signatures too
    SIGNING_KEY: str = (
        ""  # Ed25519 seed for receipts, 64 hex digits; derived from SECRET_KEY if empty
    )
    ADVISORIES: str = ""  # a folder or ZIP of OSV records, for `make audit`
    SCAN_COMMAND: str = ""  # a program that gets a file's path; exit code 1 means infected
    MAX_UPLOAD_BYTES: int = Field(default=30 * MIB, gt=0)
    PLACE_UPLOAD_BYTES: int = Field(default=1024 * MIB, gt=0)  # sent to one entry or case
    MAX_CONTENT_LENGTH: int = Field(default=31 * MIB, gt=0)
    MAX_FORM_MEMORY_SIZE: int = Field(default=1 * MIB, gt=0)
    KEPT_PAGES_BYTES: int = Field(default=64 * MIB, ge=0)  # finished public pages, per web process
    ARRIVAL_HEADER: str = ""  # in which our own proxy says when a request came, as X-Request-Start
    PROXIES: int = Field(default=0, ge=0, le=10)  # how many reverse proxies of ours stand in front
    SESSION_IDLE_MINUTES: int = Field(default=12 * 60, ge=15)  # so long a session may lie unused
    SESSION_HOURS: int = Field(default=14 * 24, ge=1)  # so long it lasts at most
    ADMIN_SESSION_IDLE_MINUTES: int = Field(default=60, ge=15)  # the same for administrators
    ADMIN_SESSION_HOURS: int = Field(default=12, ge=1)
    PROOF_MINUTES: int = Field(default=30, ge=5)  # so long a proof of who sits there counts
    SSO_ISSUER: str = ""  # a provider of OpenID Connect: https://login.example.org
    SSO_CLIENT_ID: str = ""
    SSO_CLIENT_SECRET: str = ""
    SSO_NAME: str = "Single sign-on"  # what people call it
    DEVELOPMENT: bool = False  # mail viewer, component page, demo sign-in links
    CLOCK_SHIFT_SECONDS: float = 0  # a demonstration lives at its own time
    TESTING: bool = False

    @property
    def SQLALCHEMY_DATABASE_URI(self) -> str:  # noqa: N802 -- Flask-SQLAlchemy's name
        return self.DATABASE_URL


class BadSettings(SystemExit):
    """What cannot be started with: a sentence per fault, each names its variable."""


def read() -> Settings:
    """Return what the environment says; raise BadSettings where it makes no sense or is not safe.

    `CONTEST_X_FILE` names a file that has the value of `CONTEST_X`. No value is ever shown.
    """
    faults = [*_from_files(), *settings.unknown(_given(), Settings.model_fields)]
    try:
        found = Settings()  # type: ignore[call-arg]  # required ones come from the environment
    except ValidationError as error:
        faults += [f"{PREFIX}{each['loc'][0]}: {each['msg']}." for each in error.errors()]
    else:
        faults += settings.faults(found.model_dump(), debug=os.environ.get("FLASK_DEBUG", ""))
    if faults:
        raise BadSettings("\n".join(faults))
    return found


def _given() -> list[str]:
    return [
        name.removeprefix(PREFIX)
        for name in os.environ
        if name.startswith(PREFIX) and not name.startswith(OF_TESTS)
    ]


def _from_files() -> Iterator[str]:
    """Take values from the files that are named; yield a fault for each that cannot be read."""
    for name in [PREFIX + each for each in _given() if each.endswith(FROM_FILE)]:
        path = Path(os.environ.pop(name))
        try:
            os.environ[name.removesuffix(FROM_FILE)] = path.read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            yield f"{name}: {path} cannot be read ({type(error).__name__})."
