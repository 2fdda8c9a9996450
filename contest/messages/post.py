"""Hands mail to whoever carries it: a mail server, or a folder to look into."""

import contextlib
import os
import smtplib
import ssl
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

SECONDS = 30


def post(url: str, mail: EmailMessage) -> None:
    """Send one mail to its one recipient.

    `smtp://user:password@host:port` (encrypted when the server offers it, always with a password),
    `smtps://…`, or `file:///folder`. Raises OSError or smtplib.SMTPException when it did not get out.
    """
    where = urlsplit(url)
    match where.scheme:
        case "smtp" | "smtps":
            _by_server(where, mail)
        case "file":
            _into_folder(Path(unquote(where.path)), mail)
        case _:
            raise ValueError(f"MAIL_URL: no mail goes by {where.scheme}://")


def _by_server(where: SplitResult, mail: EmailMessage) -> None:
    host, context = where.hostname or "localhost", ssl.create_default_context()
    server = (
        smtplib.SMTP_SSL(host, where.port or 465, timeout=SECONDS, context=context)
        if where.scheme == "smtps"
        else smtplib.SMTP(host, where.port or 25, timeout=SECONDS)
    )
    with server:
        server.ehlo_or_helo_if_needed()
        if where.scheme == "smtp" and (server.has_extn("starttls") or where.password):
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
