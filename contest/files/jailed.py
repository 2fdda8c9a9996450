"""Opens a stranger's file, in a process of its own with little memory, little time and no network.

Run as a script by `look`, never imported: it stands alone so that it needs nothing of ours. It
writes one line of JSON; whoever started it believes only what that line may say.
"""

import ctypes
import json
import os
import re
import resource
import sys
from pathlib import Path
from typing import Any

MIB = 1024 * 1024
LIMITS = {
    resource.RLIMIT_CPU: 60,
    resource.RLIMIT_AS: 1536 * MIB,
    resource.RLIMIT_FSIZE: 32 * MIB,
    resource.RLIMIT_NOFILE: 64,
    resource.RLIMIT_CORE: 0,
}
NEW_USER, NEW_NETWORK = 0x10000000, 0x40000000
HEAD, TAIL = 1024, 2048
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
CONTENTS, LONGEST_PART = "[Content_Types].xml", MIB
CONTENT_TYPE = re.compile(r'ContentType="([^"]{1,200})"')
MACROS = re.compile(r"(^|/)(vbaProject\.bin$|Basic/|Scripts/)")
OPEN_XML = "application/vnd.openxmlformats-officedocument."
OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
OFFICE = {  # what the file says of its main part -> what the file is
    f"{OPEN_XML}{kind}.main+xml": f"{OPEN_XML}{kind}"
    for kind in ("wordprocessingml.document", "spreadsheetml.sheet",
                 "presentationml.presentation")
} | {
    f"{OPEN_DOCUMENT}{kind}": f"{OPEN_DOCUMENT}{kind}"
    for kind in ("text", "spreadsheet", "presentation")
}  # fmt: skip
PAGE, THUMB = (1200, 2400), (280, 560)  # at most this wide and this high


def lock_up() -> None:
    for what, most in LIMITS.items():
        resource.setrlimit(what, (most, most))
    # Without a network where the system lets us; the limits above hold everywhere.
    ctypes.CDLL(None, use_errno=True).unshare(NEW_USER | NEW_NETWORK)


def look(path: Path) -> dict[str, Any]:
    """Say what the file is by opening it with what reads such files."""
    with path.open("rb") as file:
        head = file.read(HEAD)
        file.seek(max(0, path.stat().st_size - TAIL))
        tail = file.read()
    if b"%PDF-" in head:
        return _pdf(path, tail)
    if head.startswith(b"PK\x03\x04"):
        return _office(path)
    if head.startswith(OLE):  # Word and its kind before 2007, and today's ones with a password
        return {"fault": "old"}
    return _image(path)


def _pdf(path: Path, tail: bytes) -> dict[str, Any]:
    from pypdfium2 import PdfDocument, PdfiumError  # noqa: PLC0415 -- only in the jail

    try:
        document = PdfDocument(path)
        pages = len(document)
        for number in range(pages):
            document[number].get_size()
    except PdfiumError as error:
        return {"fault": "locked" if "assword" in str(error) else "broken"}
    if b"%%EOF" not in tail:
        return {"fault": "cut"}
    return {"type": "application/pdf", "pages": pages} if pages else {"fault": "broken"}


def _office(path: Path) -> dict[str, Any]:
    """Tell an Office or OpenDocument file by what it says of itself; its contents stay packed."""
    import zipfile  # noqa: PLC0415 -- only in the jail

    try:
        with zipfile.ZipFile(path) as packed:
            names = set(packed.namelist())
            if "mimetype" in names:
                kinds = [_part(packed, "mimetype").decode("ascii", "replace").strip()]
            elif CONTENTS in names:
                kinds = CONTENT_TYPE.findall(_part(packed, CONTENTS).decode("utf-8", "replace"))
            else:
                return {"fault": "unknown"}
    except (zipfile.BadZipFile, EOFError, ValueError):
        return {"fault": "broken"}
    if any("macroEnabled" in kind for kind in kinds) or any(MACROS.search(n) for n in names):
        return {"fault": "macros"}
    kind = next((OFFICE[kind] for kind in kinds if kind in OFFICE), None)
    return {"type": kind, "pages": None} if kind else {"fault": "unknown"}


def _part(packed: Any, name: str) -> bytes:
    with packed.open(name) as part:
        found: bytes = part.read(LONGEST_PART + 1)
    if len(found) > LONGEST_PART:
        raise ValueError(name)
    return found


def _image(path: Path) -> dict[str, Any]:
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 -- only in the jail

    try:
        with Image.open(path, formats=("PNG", "JPEG", "WEBP")) as image:
            kind = image.get_format_mimetype()
            image.load()
    except UnidentifiedImageError:
        return {"fault": "unknown"}
    except (OSError, ValueError, Image.DecompressionBombError):
        return {"fault": "broken"}
    return {"type": kind, "pages": 1}


def render(path: Path, folder: Path) -> dict[str, Any]:
    """Draw each page of a PDF twice into the folder: `<page>-page.webp` and `<page>-thumb.webp`."""
    from pypdfium2 import PdfDocument  # noqa: PLC0415 -- only in the jail

    drawn = []
    document = PdfDocument(path)
    for number in range(len(document)):
        page = document[number]
        width, height = page.get_size()
        scale = min(PAGE[0] / width, PAGE[1] / height)
        image = page.render(scale=scale).to_pil().convert("RGB")
        for kind in ("page", "thumb"):
            if kind == "thumb":
                image.thumbnail(THUMB)
            image.save(folder / f"{number + 1}-{kind}.webp", quality=82, method=3)
            drawn.append({"page": number + 1, "kind": kind, "size": list(image.size)})
        page.close()
    return {"drawn": drawn}


if __name__ == "__main__":
    lock_up()
    given = Path(sys.argv[2])
    found = look(given) if sys.argv[1] == "look" else render(given, Path(sys.argv[3]))
    sys.stdout.write(json.dumps(found))
    sys.stdout.flush()
    os._exit(0)  # no goodbyes of libraries that met a hostile file
