"""O4, A15: nothing starts with settings that make no sense or are not safe; a sentence names the key."""

import os
from collections.abc import Mapping
from pathlib import Path

import pysqlite3
import pytest

import config
from contest.upkeep.settings import faults
from contest.web import db as database
from contest.web import tries

SOUND = {
    "SECRET_KEY": "b5f0a3c19e8d47260a1b",
    "BASE_URL": "https://contest.example.org",
    "MAIL_URL": "smtps://user:word@mail.example.org",
    "MAIL_FROM": "Contest <contest@example.org>",
}
OLD = "0f9a8b7c6d5e4f3a2b1c"
SSO = {
    "SSO_ISSUER": "https://login.example.org",
    "SSO_CLIENT_ID": "contest",
    "SSO_CLIENT_SECRET": "x",
}
MUTATIONS: list[tuple[Mapping[str, str | None], str]] = [
    ({"SECRET_KEY": None}, "SECRET_KEY"),
    ({"SECRET_KEY": "short"}, "SECRET_KEY"),
    ({"SECRET_KEY": "changeme-changeme"}, "SECRET_KEY"),  # flaw 75
    ({"SECRET_KEY": "development-secret"}, "SECRET_KEY"),
    ({"SECRET_KEY": "aaaaaaaaaaaaaaaaaaaaaaaa"}, "SECRET_KEY"),
    ({"OLD_SECRET_KEYS": "short", "SIGNING_KEY": "0" * 64}, "OLD_SECRET_KEYS"),
    ({"OLD_SECRET_KEYS": SOUND["SECRET_KEY"], "SIGNING_KEY": "0" * 64}, "OLD_SECRET_KEYS"),
    ({"OLD_SECRET_KEYS": OLD}, "SIGNING_KEY"),
    ({"SIGNING_KEY": "abc"}, "SIGNING_KEY"),
    ({"SIGNING_KEY": "z" * 64}, "SIGNING_KEY"),
    ({"BASE_URL": "http://contest.example.org"}, "BASE_URL"),
    ({"BASE_URL": "contest.example.org"}, "BASE_URL"),
    ({"BASE_URL": "https://contest.example.org/"}, "BASE_URL"),
    ({"BASE_URL": "https://contest.example.org:port"}, "BASE_URL"),
    ({"BASE_URL": "ftp://contest.example.org"}, "BASE_URL"),
    ({"HOSTS": "https://other.example.org"}, "HOSTS"),
    ({"HOSTS": "*.example.org"}, "HOSTS"),
    ({"BASE_URL": "http://localhost:8000", "HSTS_SUBDOMAINS": "true"}, "HSTS_SUBDOMAINS"),
    ({"BASE_URL": "https://192.0.2.7", "HSTS_SUBDOMAINS": "true"}, "HSTS_SUBDOMAINS"),
    ({"DEVELOPMENT": "true"}, "DEVELOPMENT"),
    ({"TESTING": "true"}, "TESTING"),
    ({"CLOCK_SHIFT_SECONDS": "60"}, "CLOCK_SHIFT_SECONDS"),
    ({"DATABASE_URL": "mysql://localhost/contest"}, "DATABASE_URL"),
    ({"DATABASE_URL": "sqlite:///contest.db"}, "DATABASE_URL"),
    ({"DATABASE_URL": "sqlite:////dev/null/contest.db"}, "DATABASE_URL"),
    ({"FILES_URL": "/srv/files"}, "FILES_URL"),
    ({"FILES_URL": "file://srv/files"}, "FILES_URL"),
    ({"FILES_URL": "file:///dev/null/files"}, "FILES_URL"),
    ({"FILES_URL": ""}, "FILES_URL"),
    ({"FILES_URL": "s3://bucket"}, "CHECKPOINTS_URL"),
    ({"CHECKPOINTS_URL": "https://elsewhere.example.org"}, "CHECKPOINTS_URL"),
    ({"FILES_URL": "s3://bucket/x", "CHECKPOINTS_URL": "s3://bucket/x"}, "CHECKPOINTS_URL"),
    ({"MAIL_URL": "mail.example.org"}, "MAIL_URL"),
    ({"DATABASE_URL": "postgresql+psycopg://u:w@db.example.org/c"}, "DATABASE_URL"),
    ({"LIMITS_URL": "redis://:word@cache.example.org"}, "LIMITS_URL"),
    ({"MAIL_FROM": "Contest"}, "MAIL_FROM"),
    ({"CHECKPOINTS_MAIL": "a@example.org,nobody"}, "CHECKPOINTS_MAIL"),
    ({"MAIL_FROM": "Contest <contest@localhost>"}, "MAIL_FROM"),
    ({"LIMITS_URL": "redis://limits.example.org:6379"}, "LIMITS_URL"),
    ({"LIMITS_URL": "memcached://localhost"}, "LIMITS_URL"),
    ({"LIMITS_URL": "memory://"}, "LIMITS_URL"),
    ({"SCAN_COMMAND": "/no/such/scanner --quiet"}, "SCAN_COMMAND"),
    ({"SCAN_COMMAND": "'unclosed"}, "SCAN_COMMAND"),
    ({"MAX_UPLOAD_BYTES": "0"}, "MAX_UPLOAD_BYTES"),
    ({"MAX_UPLOAD_BYTES": "ten"}, "MAX_UPLOAD_BYTES"),
    ({"MAX_UPLOAD_BYTES": "99999999"}, "MAX_CONTENT_LENGTH"),
    ({"PROXIES": "-1"}, "PROXIES"),
    ({"ARRIVAL_HEADER": "X-Request-Start"}, "ARRIVAL_HEADER"),
    ({"PROXIES": "one"}, "PROXIES"),
    ({"SESSION_IDLE_MINUTES": "0"}, "SESSION_IDLE_MINUTES"),
    ({"SESSION_HOURS": "2"}, "SESSION_IDLE_MINUTES"),
    ({"SSO_CLIENT_ID": "contest"}, "SSO_ISSUER"),
    (SSO | {"SSO_ISSUER": "http://login.example.org"}, "SSO_ISSUER"),
    (SSO | {"SSO_ISSUER": "login.example.org"}, "SSO_ISSUER"),
    (SSO | {"SSO_CLIENT_SECRET": ""}, "SSO_CLIENT_SECRET"),
    ({"SECRET_KEY_FILE": "/no/such/file"}, "SECRET_KEY_FILE"),
    ({"BASE_ULR": "https://contest.example.org"}, "BASE_ULR"),
]


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in [name for name in os.environ if name.startswith("CONTEST_")]:
        monkeypatch.delenv(name)
    for name, value in SOUND.items():
        monkeypatch.setenv(f"CONTEST_{name}", value)
    return monkeypatch


@pytest.mark.parametrize(
    ("changed", "key"), MUTATIONS, ids=[f"O4-{n}-{key}" for n, (_, key) in enumerate(MUTATIONS, 1)]
)
def test_a_bad_setting_stops_the_start_with_its_name(
    environment: pytest.MonkeyPatch, changed: Mapping[str, str | None], key: str
) -> None:
    for name, value in changed.items():
        if value is None:
            environment.delenv(f"CONTEST_{name}")
        else:
            environment.setenv(f"CONTEST_{name}", value)

    with pytest.raises(config.BadSettings) as refused:
        config.read()

    sentences = str(refused.value).splitlines()
    assert f"CONTEST_{key}" in {sentence.partition(":")[0] for sentence in sentences}
    assert all(sentence.endswith((".", "?")) for sentence in sentences)
    assert refused.value.code not in {0, None}
    secrets = [value for name, value in changed.items() if "KEY" in name and value]
    assert not [value for value in secrets if value in str(refused.value) and "/" not in value]


@pytest.mark.parametrize("value", ["1", "true"])
def test_the_debugger_is_refused_where_others_reach_it(
    environment: pytest.MonkeyPatch, value: str
) -> None:
    environment.setenv("FLASK_DEBUG", value)

    with pytest.raises(config.BadSettings, match="FLASK_DEBUG"):
        config.read()


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"BASE_URL": "http://127.0.0.1:8000", "DEVELOPMENT": "true"},
        {"BASE_URL": "http://192.168.1.7:8000", "DEVELOPMENT": "true", "CLOCK_SHIFT_SECONDS": "9"},
        {"LIMITS_URL": "rediss://:word@limits.example.org", "PROXIES": "2"},
        {"LIMITS_URL": "redis://127.0.0.1:6379"},
        {
            "FILES_URL": "s3://bucket/files",
            "DATABASE_URL": "postgresql+psycopg://u:p@db/contest",
            "PLAIN_HOSTS": "db,cache",
            "LIMITS_URL": "redis://:word@cache",
        },
        {"DATABASE_URL": "postgresql+psycopg://u:p@db/contest?sslmode=verify-full"},
        {"OLD_SECRET_KEYS": OLD, "SIGNING_KEY": "0" * 64, "HOSTS": "a.example,b.example"},
        SSO | {"SSO_ISSUER": "http://127.0.0.1:9000/realm"},
    ],
)
def test_sound_settings_are_read(
    environment: pytest.MonkeyPatch, changed: dict[str, str], tmp_path: Path
) -> None:
    environment.setenv("CONTEST_DATABASE_URL", f"sqlite:///{tmp_path}/new/contest.db")
    for name, value in changed.items():
        environment.setenv(f"CONTEST_{name}", value)

    assert SOUND["SECRET_KEY"] == config.read().SECRET_KEY


def test_a_secret_comes_from_a_file_too(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """O5."""
    (tmp_path / "secret").write_text(f"{OLD}\n")
    environment.delenv("CONTEST_SECRET_KEY")
    environment.setenv("CONTEST_SECRET_KEY_FILE", str(tmp_path / "secret"))

    assert config.read().SECRET_KEY == OLD


@pytest.mark.parametrize("version", [(3, 7, 0), (3, 40, 1), (3, 51, 2)])
def test_an_sqlite_that_damages_write_ahead_logs_is_refused(
    monkeypatch: pytest.MonkeyPatch, version: tuple[int, int, int]
) -> None:
    """D16."""
    monkeypatch.setattr(pysqlite3.dbapi2, "sqlite_version_info", version)

    with pytest.raises(RuntimeError, match=r"SQLite .* is too old"):
        database.use_one_sqlite()


def test_limits_are_never_counted_by_each_process_for_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A1: on PostgreSQL, too, the processes of a machine count together, or the start is refused."""
    (tmp_path / "file").touch()
    given = config.Settings(
        SECRET_KEY="0123456789abcdef-and-more", DATABASE_URL="postgresql+psycopg:///c"
    )
    monkeypatch.setattr(tries, "INSTANCE", tmp_path)
    assert not [told for told in faults(given.model_dump()) if "LIMITS_URL" in told]
    monkeypatch.setattr(tries, "INSTANCE", tmp_path / "file")
    assert [told for told in faults(given.model_dump()) if "LIMITS_URL" in told]
