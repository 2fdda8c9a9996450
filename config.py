"""Every setting an operator can change, read once at start-up from `CONTEST_<NAME>`."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

MIB = 1024 * 1024
INSTANCE = Path(__file__).parent / "instance"


class Settings(BaseSettings):
    """One attribute per environment variable; the scheme of a URL picks the backend."""

    model_config = SettingsConfigDict(env_prefix="CONTEST_", frozen=True, extra="forbid")

    SECRET_KEY: str = Field(min_length=16)
    BASE_URL: str = "http://127.0.0.1:8000"  # links in mail; the Host header is never trusted
    DATABASE_URL: str = f"sqlite:///{INSTANCE}/contest.db"  # or postgresql+psycopg://…
    FILES_URL: str = f"file://{INSTANCE}/files"  # or s3://bucket/prefix
    MAIL_URL: str = f"file://{INSTANCE}/mail"  # or smtp://user:password@host:587
    MAIL_FROM: str = "Contest <contest@localhost>"
    LIMITS_URL: str = ""  # or redis://host:6379; beside an SQLite database if empty
    OLD_SECRET_KEYS: str = (
        ""  # what was the secret before, the newest first, with commas: still read
    )
    CHECKPOINTS_URL: str = (
        ""  # file:// or s3://, best on another machine; beside the files if empty
    )
    SIGNING_KEY: str = (
        ""  # Ed25519 seed for receipts, 64 hex digits; derived from SECRET_KEY if empty
    )
    SCAN_COMMAND: str = ""  # a program that gets a file's path; exit code 1 means infected
    MAX_UPLOAD_BYTES: int = 30 * MIB
    MAX_CONTENT_LENGTH: int = 31 * MIB
    MAX_FORM_MEMORY_SIZE: int = 1 * MIB
    KEPT_PAGES_BYTES: int = 64 * MIB  # finished public pages in the memory of each web process
    ARRIVAL_HEADER: str = ""  # in which our own proxy says when a request came, as X-Request-Start
    PROXIES: int = 0  # how many reverse proxies of ours stand in front
    DEVELOPMENT: bool = False  # mail viewer, component page, demo sign-in links
    CLOCK_SHIFT_SECONDS: float = 0  # a demonstration lives at its own time
    TESTING: bool = False

    @property
    def SQLALCHEMY_DATABASE_URI(self) -> str:  # noqa: N802 -- Flask-SQLAlchemy's name
        return self.DATABASE_URL
