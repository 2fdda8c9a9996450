"""What is wrong with settings: sentences for an operator, each of which names its variable.

Pure, but for a look at folders and programs that are named.
"""

import ipaddress
import os
import re
import shlex
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping
from difflib import get_close_matches
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from contest.web import tries

Values = Mapping[str, Any]
Check = Callable[[Values], Iterator[str]]
USUAL = (
    "secret",
    "changeme",
    "change-me",
    "password",
    "insecure",
    "default",
    "example",
    "development",
)
TLS = {"require", "verify-ca", "verify-full"}  # as PostgreSQL names it
DIFFERENT = 8  # characters that occur in a secret at least
CHECKS: list[Check] = []


def unknown(given: Collection[str], known: Collection[str]) -> Iterator[str]:
    """Yield a sentence for each variable that means nothing: a misspelt setting is a missing one."""
    for name in sorted(set(given) - set(known)):
        near = get_close_matches(name, known, n=1)
        yield f"CONTEST_{name}: there is no such setting." + (
            f" Is CONTEST_{near[0]} meant?" if near else ""
        )


def faults(values: Values, *, debug: str = "") -> Iterator[str]:
    """Yield what makes no sense together, or is not safe where others can reach it."""
    for check in CHECKS:
        yield from check(values)
    if debug not in {"", "0", "false", "no"} and not _is_local(_base(values).hostname):
        yield "FLASK_DEBUG: shows the program's insides to everybody. Unset it."


def check(function: Check) -> Check:
    CHECKS.append(function)
    return function


@check
def secrets(values: Values) -> Iterator[str]:
    old = [key for key in values["OLD_SECRET_KEYS"].split(",") if key]
    for name, keys in (("SECRET_KEY", [values["SECRET_KEY"]]), ("OLD_SECRET_KEYS", old)):
        if any(_is_guessable(key) for key in keys):
            yield (f"CONTEST_{name}: can be guessed. Take what `openssl rand -hex 32` prints, or leave"
                   " it out: then one is made and kept.")  # fmt: skip
    if any(len(key) < 16 for key in old):
        yield "CONTEST_OLD_SECRET_KEYS: each of them has at least 16 characters."
    if values["SECRET_KEY"] in old:
        yield "CONTEST_OLD_SECRET_KEYS: names the secret of today. Set a new CONTEST_SECRET_KEY."
    if old and not values["SIGNING_KEY"]:
        yield ("CONTEST_SIGNING_KEY: receipts were signed by a key that belongs to the old secret. Start"
               " once more with that and set what `python -m contest receipt seed` prints.")  # fmt: skip
    signing = values["SIGNING_KEY"]
    if signing and (len(signing) != 64 or set(signing.lower()) - set("0123456789abcdef")):
        yield "CONTEST_SIGNING_KEY: has to be 64 hexadecimal digits."


@check
def addresses(values: Values) -> Iterator[str]:
    base = _base(values)
    if base.scheme not in {"http", "https"} or not base.hostname:
        yield "CONTEST_BASE_URL: has to be like https://contest.example.org."
        return
    if base.path or base.query or base.fragment or base.username:
        yield "CONTEST_BASE_URL: ends with the host or its port; nothing stands behind it."
    if base.scheme == "http" and not (_is_local(base.hostname) or values["DEVELOPMENT"]):
        yield "CONTEST_BASE_URL: others can read along without TLS. It has to begin with https://."
    if values["HSTS_SUBDOMAINS"] and (base.scheme == "http" or _ip(base.hostname)):
        yield "CONTEST_HSTS_SUBDOMAINS: is for an https:// name, and for the names below it. Leave it out."
    for host in filter(None, values["HOSTS"].split(",")):
        if "/" in host or host != host.strip() or "*" in host:
            yield "CONTEST_HOSTS: names of hosts with commas between them, like a.example.org,b.example.org."


@check
def development(values: Values) -> Iterator[str]:
    host = _base(values).hostname
    if values["DEVELOPMENT"] and not (_is_local(host) or _is_private(host)):
        yield "CONTEST_DEVELOPMENT: shows everybody's mail to everybody. Never on a public host."
    if values["CLOCK_SHIFT_SECONDS"] and not values["DEVELOPMENT"]:
        yield "CONTEST_CLOCK_SHIFT_SECONDS: is for demonstrations; deadlines would be wrong."
    if values["TESTING"]:
        yield "CONTEST_TESTING: is for the tests of Contest itself."


@check
def places(values: Values) -> Iterator[str]:
    database = values["DATABASE_URL"]
    if database.startswith("sqlite:"):
        path = database.removeprefix("sqlite:///")
        if not path.startswith("/"):
            yield "CONTEST_DATABASE_URL: name the file from the root, as in sqlite:////srv/contest.db."
        else:
            yield from _folder("DATABASE_URL", Path(path).parent)
    elif not database.startswith("postgresql+psycopg://"):
        yield "CONTEST_DATABASE_URL: begins with sqlite:/// or postgresql+psycopg://."
    for name, schemes in (("FILES_URL", ("file", "s3")), ("CHECKPOINTS_URL", ("file", "s3")),
                          ("MAIL_URL", ("file", "smtp", "smtps")),
                          ("LIMITS_URL", ("file", "redis", "rediss"))):  # fmt: skip
        yield from _place(name, values[name], schemes)
    files = urlsplit(values["FILES_URL"])
    if files.scheme == "s3" and not files.path.strip("/") and not values["CHECKPOINTS_URL"]:
        yield "CONTEST_CHECKPOINTS_URL: CONTEST_FILES_URL takes a whole bucket; name another place."
    if values["CHECKPOINTS_URL"] and values["CHECKPOINTS_URL"] == values["FILES_URL"]:
        yield "CONTEST_CHECKPOINTS_URL: has to be another place than CONTEST_FILES_URL."


@check
def limits(values: Values) -> Iterator[str]:
    where = urlsplit(values["LIMITS_URL"] or tries.beside(values["DATABASE_URL"]))
    if not values["LIMITS_URL"] and not values["DATABASE_URL"].startswith("sqlite:"):
        # Without a place that they share each process would count for itself, and let more through.
        yield from _folder("LIMITS_URL", Path(where.path).parent)
    if where.scheme in {"redis", "rediss"} and not where.password and not _is_local(where.hostname):
        yield "CONTEST_LIMITS_URL: that Redis asks nobody for a password. Set one and name it here."
    if values["ARRIVAL_HEADER"] and not values["PROXIES"]:
        yield "CONTEST_ARRIVAL_HEADER: without a proxy of yours (CONTEST_PROXIES) anybody could write it."
    if values["MAX_CONTENT_LENGTH"] < values["MAX_UPLOAD_BYTES"]:
        yield "CONTEST_MAX_CONTENT_LENGTH: is less than CONTEST_MAX_UPLOAD_BYTES, the largest file."
    for kind in ("", "ADMIN_"):
        if values[f"{kind}SESSION_IDLE_MINUTES"] > 60 * values[f"{kind}SESSION_HOURS"]:
            yield f"CONTEST_{kind}SESSION_IDLE_MINUTES: is more than CONTEST_{kind}SESSION_HOURS."


@check
def connections(values: Values) -> Iterator[str]:
    """What goes to another machine goes by TLS, unless the operator vouches for the way there."""
    plain = set(values["PLAIN_HOSTS"].split(","))
    for name in ("DATABASE_URL", "LIMITS_URL"):
        where = _split(values[name])
        host = where.hostname
        if not host or _is_local(host) or host in plain:
            continue
        if where.scheme.startswith("postgresql") and not TLS & set(
            parse_qs(where.query).get("sslmode", [])
        ):
            yield (f"CONTEST_{name}: others could read along. Add ?sslmode=verify-full (or require), or name"
                   " the host in CONTEST_PLAIN_HOSTS if the way there is your own.")  # fmt: skip
        if where.scheme == "redis":
            yield (f"CONTEST_{name}: others could read along. It has to begin with rediss://, or name the"
                   " host in CONTEST_PLAIN_HOSTS if the way there is your own.")  # fmt: skip


@check
def mail(values: Values) -> Iterator[str]:
    address = parseaddr(values["MAIL_FROM"])[1]
    if not all(address.rpartition("@")) or "\n" in values["MAIL_FROM"]:
        yield "CONTEST_MAIL_FROM: has to be like Contest <contest@example.org>."
    elif address.endswith("@localhost") and not values["MAIL_URL"].startswith("file:"):
        yield "CONTEST_MAIL_FROM: nobody can answer to localhost. Name an address of yours."
    for each in filter(None, values["CHECKPOINTS_MAIL"].split(",")):
        if parseaddr(each)[1] != each or not all(each.rpartition("@")) or "\n" in each:
            yield "CONTEST_CHECKPOINTS_MAIL: addresses, with commas, like a@example.org,b@example.com."


@check
def programs(values: Values) -> Iterator[str]:
    try:
        words = shlex.split(values["SCAN_COMMAND"])
    except ValueError:
        words = [values["SCAN_COMMAND"]]
    if words and shutil.which(words[0]) is None:
        yield "CONTEST_SCAN_COMMAND: there is no such program."


@check
def single_sign_on(values: Values) -> Iterator[str]:
    issuer = urlsplit(values["SSO_ISSUER"])
    if not values["SSO_ISSUER"]:
        if values["SSO_CLIENT_ID"] or values["SSO_CLIENT_SECRET"]:
            yield "CONTEST_SSO_ISSUER: has to be set, too: the provider's address."
        return
    if not issuer.hostname or issuer.query or issuer.fragment:
        yield "CONTEST_SSO_ISSUER: has to be like https://login.example.org."
    elif issuer.scheme != "https" and not _is_local(issuer.hostname):
        yield "CONTEST_SSO_ISSUER: has to begin with https://."
    for name in ("SSO_CLIENT_ID", "SSO_CLIENT_SECRET", "SSO_NAME"):
        if not values[name].strip():
            yield f"CONTEST_{name}: has to be set, too, for CONTEST_SSO_ISSUER."


def _base(values: Values) -> SplitResult:
    return _split(values["BASE_URL"])


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 -- reading it finds a port that is none
    except ValueError:
        return urlsplit("")
    return parts


def _place(name: str, url: str, schemes: Collection[str]) -> Iterator[str]:
    parts = _split(url)
    if not url:
        if name in {"FILES_URL", "MAIL_URL"}:
            yield f"CONTEST_{name}: has to be set."
    elif parts.scheme not in schemes:
        yield f"CONTEST_{name}: begins with " + " or ".join(f"{s}://" for s in schemes) + "."
    elif parts.scheme == "file":
        if parts.netloc or not parts.path.startswith("/"):
            yield f"CONTEST_{name}: name the folder from the root, as in file:///srv/contest."
        else:
            path = Path(unquote(parts.path))
            yield from _folder(name, path.parent if name == "LIMITS_URL" else path)
    elif not parts.hostname:
        yield f"CONTEST_{name}: names no host or bucket."


def _folder(name: str, folder: Path) -> Iterator[str]:
    """Yield a fault unless files can be written there, or the folder can be made."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    if not folder.is_dir():
        yield f"CONTEST_{name}: {folder} is not a folder."
    elif not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield f"CONTEST_{name}: {folder} cannot be written to by this user."


def _is_guessable(key: str) -> bool:
    rest = re.sub("|".join(USUAL), "", key.casefold())
    return len(set(key)) < DIFFERENT or not rest.strip("-_.0123456789! ")


def _is_local(host: str | None) -> bool:
    if host in {"localhost", None}:
        return host is not None
    ip = _ip(str(host))
    return ip is not None and (ip.is_loopback or ip.is_unspecified)


def _is_private(host: str | None) -> bool:
    ip = _ip(host or "")
    return ip is not None and ip.is_private


def _ip(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
