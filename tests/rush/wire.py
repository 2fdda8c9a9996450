"""As much of HTTP as the rush speaks: one request a connection, lengths told beforehand."""

import asyncio
import uuid
from dataclasses import dataclass

from tests import servers

Headers = dict[str, str]


@dataclass(frozen=True, slots=True)
class Head:
    """The first lines of a request."""

    line: str
    headers: Headers

    def text(self, *more: str) -> bytes:
        named = [f"{name}: {value}" for name, value in self.headers.items()]
        return "\r\n".join([self.line, *named, *more, "", ""]).encode("latin-1")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and as it came."""

    status: int
    headers: Headers
    body: bytes
    raw: bytes


async def read_request(reader: asyncio.StreamReader) -> tuple[Head, bytes]:
    head = _parsed(await reader.readuntil(b"\r\n\r\n"))
    return head, await reader.readexactly(int(head.headers.get("content-length", "0")))


async def read_answer(reader: asyncio.StreamReader) -> Answer:
    """Read an answer whole; EOFError when it breaks off."""
    raw = await reader.readuntil(b"\r\n\r\n")
    head = _parsed(raw)
    if head.headers.get("transfer-encoding") == "chunked":
        body = b""
        while size := int((line := await reader.readuntil(b"\r\n")).strip(), 16):
            chunk = await reader.readexactly(size + 2)
            body, raw = body + chunk[:-2], raw + line + chunk
        raw += line + await reader.readuntil(b"\r\n")
    else:
        body = await reader.readexactly(int(head.headers.get("content-length", "0")))
        raw += body
    return Answer(int(head.line.split()[1]), head.headers, body, raw)


async def ask(
    port: int, method: str, path: str, headers: Headers, body: bytes = b"", *, seconds: float = 60
) -> Answer:
    """Send one request and read its answer; OSError, EOFError or TimeoutError when none came."""
    named = {
        "Host": servers.HOST, "Connection": "close", "Content-Length": str(len(body)), **headers,
    }  # fmt: skip
    head = Head(f"{method} {path} HTTP/1.1", named).text()
    async with asyncio.timeout(seconds):
        reader, writer = await asyncio.open_connection(servers.HOST, port)
        try:
            writer.write(head + body)
            await writer.drain()
            return await read_answer(reader)
        finally:
            writer.close()


def form(fields: dict[str, str], files: dict[str, bytes]) -> tuple[Headers, bytes]:
    """Return a form as a browser packs it when it carries files."""
    edge = uuid.uuid4().hex
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    for name, data in files.items():
        told = f'Content-Disposition: form-data; name="{name}"; filename="deck.pdf"'
        parts.append(f"--{edge}\r\n{told}\r\nContent-Type: application/pdf\r\n\r\n".encode())
        parts += [data, b"\r\n"]
    body = b"".join([*parts, f"--{edge}--\r\n".encode()])
    return {"Content-Type": f"multipart/form-data; boundary={edge}"}, body


def _parsed(raw: bytes) -> Head:
    line, *rest = raw.decode("latin-1").strip().split("\r\n")
    pairs = (named.partition(":") for named in rest)
    return Head(line, {name.strip().lower(): value.strip() for name, _, value in pairs})
