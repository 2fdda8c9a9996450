"""Hands mail to whoever carries it: a mail server, or a folder to look into."""

import contextlib
import os
import smtplib
import ssl
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

SECONDS = 30
LOCAL = frozenset({None, "localhost", "127.0.0.1", "::1"})


def post(url: str, mail: EmailMessage, *, plain_hosts: str = "") -> None:
    """Send one mail to its one recipient.

    `smtp://user:password@host:port` (by STARTTLS, unless the server does not offer it and stands on this
    machine or is named among the plain hosts), `smtps://…`, or `file:///folder`. Raises OSError or
    smtplib.SMTPException when it did not get out.
    """
    where = urlsplit(url)
    match where.scheme:
        case "smtp" | "smtps":
            _by_server(
                where, mail, may_be_plain=where.hostname in {*LOCAL, *plain_hosts.split(",")}
            )
        case "file":
            _into_folder(Path(unquote(where.path)), mail)
        case _:
            raise ValueError(f"MAIL_URL: no mail goes by {where.scheme}://")


def _by_server(where: SplitResult, mail: EmailMessage, *, may_be_plain: bool) -> None:
    host, context = where.hostname or "localhost", ssl.create_default_context()
    server = (
        smtplib.SMTP_SSL(host, where.port or 465, timeout=SECONDS, context=context)
        if where.scheme == "smtps"
        else smtplib.SMTP(host, where.port or 25, timeout=SECONDS)
    )
    with server:
        server.ehlo_or_helo_if_needed()
        is_bare = may_be_plain and not where.password and not server.has_extn("starttls")
        if where.scheme == "smtp" and not is_bare:
            server.starttls(context=context)
        if where.password:
            server.login(unquote(where.username or ""), unquote(where.password))
        server.send_message(mail)


def _into_folder(folder: Path, mail: EmailMessage) -> None:
    """Write the whole mail or nothing; the same mail again replaces itself."""
    folder.mkdir(parents=True, exist_ok=True)
    name = str(mail["Message-ID"]).strip("<>").partition("@")[0]
    part = folder / f".{name}.part"
    with part.open("wb") as file:
        file.write(mail.as_bytes())
        file.flush()
        with contextlib.suppress(OSError):  # a file system without fsync still keeps the file
            os.fsync(file.fileno())
    part.replace(folder / f"{name}.eml")
