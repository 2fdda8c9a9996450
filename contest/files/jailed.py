"""Opens a stranger's file, in a process of its own with little memory, little time and no network.

Run as a script by `jail`, never imported: it stands alone so that it needs nothing of ours. It
writes one line of JSON; whoever started it believes only what that line may say.
"""

import ctypes
import json
import math
import os
import re
import resource
import socket
import struct
import sys
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

MIB = 1024 * 1024
CPU_SECONDS = {"probe": 5, "look": 10, "render": 30, "plain": 30}
MEMORY = {"probe": 512 * MIB, "look": 512 * MIB, "render": 1536 * MIB, "plain": 1536 * MIB}
FILE_BYTES = {"probe": MIB, "look": MIB, "render": 32 * MIB, "plain": 128 * MIB}
OPEN_FILES = 64
# Pages go before; for the last two nobody waits.
NICE = {"probe": 0, "look": 5, "render": 10, "plain": 10}
NEW_USER, NEW_NETWORK = 0x10000000, 0x40000000
SET_DEATH_SIGNAL, SET_SECCOMP, SET_NO_NEW_PRIVILEGES = 1, 22, 38
KILLED = 9
NEEDS_PASSWORD = 4  # as PDFium says it
NOTHING = (ctypes.c_ulong(0),) * 3
# What no parser needs: talk to anybody, start a program, reach into another process. By machine: its
# name for the kernel, then the numbers of its calls.
FORBIDDEN = {
    "x86_64": (0xC000003E, (
        41, 42, 53,  # socket, connect, socketpair
        56, 57, 58, 59, 322, 435,  # clone, fork, vfork, execve, execveat, clone3
        62, 200, 234, 424, 101, 310, 311,  # kill and its kind, ptrace, memory of other processes
        165, 272, 308, 248, 250, 298, 321, 323, 425,  # mount, unshare, setns, keys, perf, bpf, io_uring
    )),
    "aarch64": (0xC00000B7, (
        198, 203, 199, 220, 221, 281, 435, 129, 130, 131, 424, 117, 270, 271,
        40, 97, 268, 217, 219, 241, 280, 282, 425,
    )),
}  # fmt: skip
HEAD, TAIL = 1024, 2048
MOST_PAGES, LONGEST_SIDE = 5000, 200_000  # of any PDF; a side in points
MOST_PIXELS = 50_000_000
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
MOST_PARTS, MOST_LISTED, MOST_UNPACKED = 5000, 2 * MIB, 512 * MIB  # of an Office file
CONTENTS, LONGEST_PART = "[Content_Types].xml", MIB
CONTENT_TYPE = re.compile(r'ContentType="([^"]{1,200})"')
MACROS = re.compile(r"(^|/)(vbaProject\.bin$|Basic/|Scripts/)")
OUTSIDE = re.compile(r"^[/\\]|(^|[/\\])\.\.([/\\]|$)|^[A-Za-z]:")
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
# What a page is drawn from; and what, wherever it stands, tells of people and programs or leads away.
OF_A_PAGE = {"/Contents", "/Resources", "/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Group"}
TELLING = (
    "/Metadata", "/PieceInfo", "/LastModified", "/AF", "/EF", "/AA", "/A", "/JS", "/F", "/UF", "/Ref", "/OPI",
    "/StructParent", "/StructParents", "/Alternates", "/Measure", "/PtData", "/Usage", "/Annots",
)  # fmt: skip
OF_LAYERS = ("/Order", "/Configs", "/RBGroups", "/AS")
TEXTS_OF_FONTS = {"/Registry", "/Ordering", "/CharSet", "/Panose"}
NEXT_MARK = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
BOXES = {b"jP  ", b"ftyp", b"jp2h", b"jp2c"}
PAGE, THUMB = (1200, 2400), (280, 560)  # at most this wide and this high


def lock_up(verb: str) -> None:
    """Give up, for good, whatever reading a file does not need. The limits hold everywhere."""
    os.nice(NICE[verb])
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(SET_DEATH_SIGNAL, ctypes.c_ulong(KILLED), *NOTHING)
    libc.unshare(NEW_USER | NEW_NETWORK)  # where the system lets us
    for what, most in {
        resource.RLIMIT_CPU: CPU_SECONDS[verb],
        resource.RLIMIT_AS: MEMORY[verb],
        resource.RLIMIT_FSIZE: FILE_BYTES[verb],
        resource.RLIMIT_NOFILE: OPEN_FILES,
        resource.RLIMIT_NPROC: 0,
        resource.RLIMIT_CORE: 0,
    }.items():
        resource.setrlimit(what, (most, most))
    if os.uname().machine in FORBIDDEN:
        _forbid(libc, *FORBIDDEN[os.uname().machine])


def _forbid(libc: ctypes.CDLL, machine: int, calls: tuple[int, ...]) -> None:
    """Let the kernel refuse the calls: a filter of steps (operation, skip if so, skip if not, value)."""
    load, equal, at_least, answer = 0x20, 0x15, 0x35, 0x06
    kill, refuse, allow = 0x80000000, 0x00050001, 0x7FFF0000
    last = len(calls)
    program = [
        (load, 0, 0, 4), (equal, 1, 0, machine), (answer, 0, 0, kill),
        (load, 0, 0, 0), (at_least, last + 1, 0, 0x40000000),  # another numbering of the same calls
        *((equal, last - place, 0, call) for place, call in enumerate(calls)),
        (answer, 0, 0, allow), (answer, 0, 0, refuse),
    ]  # fmt: skip
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in program))
    described = struct.pack("HxxxxxxP", len(program), ctypes.addressof(code))
    libc.prctl(SET_NO_NEW_PRIVILEGES, ctypes.c_ulong(1), *NOTHING)
    if libc.prctl(SET_SECCOMP, ctypes.c_ulong(2), described, *NOTHING[1:]):
        raise OSError(ctypes.get_errno(), "the kernel takes no filter")


def probe() -> dict[str, Any]:
    """Say what is still within reach in here."""
    reached = {"files": Path("/etc/passwd").exists(), "network": False, "programs": False}
    with suppress(OSError):
        socket.socket().close()
        reached["network"] = True
    with suppress(OSError):
        if os.fork() == 0:
            os._exit(0)
        reached["programs"] = True
    return reached


def look(path: Path) -> dict[str, Any]:
    """Say what the file is by opening it with what reads such files."""
    with path.open("rb") as file:
        head = file.read(HEAD)
        file.seek(max(0, path.stat().st_size - TAIL))
        tail = file.read()
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"%PDF-"):
        return _pdf(path, tail)
    if head.startswith(b"PK\x03\x04"):
        return _office(path)
    if head.startswith(OLE):  # Word and its kind before 2007, and today's ones with a password
        return {"fault": "old"}
    return _image(path)


def _pdf(path: Path, tail: bytes) -> dict[str, Any]:
    """Ask PDFium without its Python bindings: to import them takes longer than all the rest of a look."""
    pdfium = ctypes.CDLL(str(_beside("pypdfium2_raw") / "libpdfium.so"))
    pdfium.FPDF_LoadDocument.restype = ctypes.c_void_p
    pdfium.FPDF_GetLastError.restype = ctypes.c_ulong
    pdfium.FPDF_InitLibrary()
    document = ctypes.c_void_p(pdfium.FPDF_LoadDocument(os.fsencode(path), None))
    if not document:
        return {"fault": "locked" if pdfium.FPDF_GetLastError() == NEEDS_PASSWORD else "broken"}
    pages = pdfium.FPDF_GetPageCount(document)
    if pages > MOST_PAGES:
        return {"fault": "long"}
    sides: list[float] = []
    for number in range(pages):
        size = (ctypes.c_float * 2)()
        if not pdfium.FPDF_GetPageSizeByIndexF(document, number, size):
            return {"fault": "broken"}
        sides += size
    if b"%%EOF" not in tail:
        return {"fault": "cut"}
    sane = sides and all(math.isfinite(side) and 0 < side < LONGEST_SIDE for side in sides)
    return {"type": "application/pdf", "pages": pages} if sane else {"fault": "broken"}


def _beside(package: str) -> Path:
    """Return where a package lies, without importing it."""
    return next(found for place in sys.path if (found := Path(place) / package).is_dir())


def _office(path: Path) -> dict[str, Any]:
    """Tell an Office or OpenDocument file by what it says of itself; its contents stay packed."""
    import zipfile  # noqa: PLC0415 -- only in the jail

    try:
        if not _is_short(path):
            return {"fault": "broken"}
        with zipfile.ZipFile(path) as packed:
            names = set(packed.namelist())
            unpacked = sum(part.file_size for part in packed.infolist())
            if unpacked > MOST_UNPACKED or any(OUTSIDE.search(name) for name in names):
                return {"fault": "broken"}
            if "mimetype" in names:
                kinds = [_part(packed, "mimetype").decode("ascii", "replace").strip()]
            elif CONTENTS in names:
                kinds = CONTENT_TYPE.findall(_part(packed, CONTENTS).decode("utf-8", "replace"))
            else:
                return {"fault": "unknown"}
    except (
        zipfile.BadZipFile,
        EOFError,
        ValueError,
        NotImplementedError,
        RuntimeError,
        zlib.error,
    ):
        return {"fault": "broken"}
    if any("macroEnabled" in kind for kind in kinds) or any(MACROS.search(n) for n in names):
        return {"fault": "macros"}
    kind = next((OFFICE[kind] for kind in kinds if kind in OFFICE), None)
    return {"type": kind, "pages": None} if kind else {"fault": "unknown"}


def _is_short(path: Path) -> bool:
    """Say whether the list of parts is as short as an Office file's, before it is read into memory."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 65_557))
        end = file.read()
    place = end.rfind(b"PK\x05\x06")
    if place < 0 or len(end) < place + 22:
        return False
    parts, length = struct.unpack("<HI", end[place + 10 : place + 16])
    return bool(parts <= MOST_PARTS and length <= MOST_LISTED)


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
            if image.width * image.height > MOST_PIXELS:
                return {"fault": "large"}
            image.load()
    except UnidentifiedImageError:
        return {"fault": "unknown"}
    except Image.DecompressionBombError:
        return {"fault": "large"}
    except (OSError, ValueError):
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


def plain(path: Path, folder: Path) -> dict[str, Any]:
    """Write `plain.pdf` into the folder: pages that show the same, and nothing that says whose they are.

    A page takes along only what it is drawn from. Of that, what programs note about themselves and
    their users goes: their dictionaries and dates, every text that no font needs, and what cameras
    and editors write into pictures. What the page itself says stays.
    """
    from pypdf import PdfReader, PdfWriter  # noqa: PLC0415 -- only in the jail
    from pypdf.generic import NameObject  # noqa: PLC0415

    writer = PdfWriter()
    writer.metadata = None
    reader = PdfReader(_flat(path, folder), strict=False)
    for page in reader.pages:
        bare = writer.add_blank_page(1, 1)
        for key in sorted(OF_A_PAGE & page.keys()):
            bare[NameObject(key)] = page.raw_get(key).clone(writer, False, TELLING)
    if layers := reader.root_object.get("/OCProperties"):
        shown = layers.get_object().clone(writer, False, (*TELLING, *OF_LAYERS))
        writer.root_object[NameObject("/OCProperties")] = shown
    for thing in writer._objects:  # noqa: SLF001 -- there is no other way to all of them
        _bare(thing)
    writer.write(folder / "plain.pdf")
    return {"pages": len(writer.pages)}


def _flat(path: Path, folder: Path) -> Path:
    """Return the PDF with what was written onto its pages drawn into them, if that can be done."""
    from pypdfium2 import PdfDocument, PdfiumError, raw  # noqa: PLC0415 -- only in the jail

    try:
        document = PdfDocument(path)
        for page in document:
            raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY)
            page.close()
        document.save(folder / "flat.pdf")
    except PdfiumError:
        return path
    return folder / "flat.pdf"


def _bare(thing: Any) -> None:
    """Take out of a dictionary, and of what stands inside it, what tells of people and programs."""
    if isinstance(thing, list):
        for each in thing:
            _bare(each)
    if not isinstance(thing, dict):
        return
    for key, value in list(thing.items()):
        if key in TELLING or (isinstance(value, str | bytes) and not _is_needed(key, value)):
            del thing[key]
        else:
            _bare(value)
    if hasattr(thing, "_data"):
        _bare_picture(thing)


def _is_needed(key: str, value: str | bytes) -> bool:
    """Say whether a name (which tells a reader what to do) or a text is needed to draw the page."""
    from pypdf.generic import NameObject  # noqa: PLC0415 -- only in the jail

    return isinstance(value, NameObject) or key in TEXTS_OF_FONTS


def _bare_picture(stream: Any) -> None:
    filters = stream.get("/Filter", [])
    filters = [str(each) for each in (filters if isinstance(filters, list) else [filters])]
    data = stream._data  # noqa: SLF001 -- as it is packed
    if len(filters) == 2 and filters[0] == "/FlateDecode":
        from pypdf.generic import NameObject  # noqa: PLC0415 -- only in the jail

        data, filters = zlib.decompress(data), filters[1:]
        stream[NameObject("/Filter")] = NameObject(filters[0])
        stream.pop("/DecodeParms", None)
    if filters == ["/DCTDecode"]:
        data = bare_jpeg(data)
    elif filters == ["/JPXDecode"]:
        data = bare_jpx(data)
    stream._data = data  # noqa: SLF001


def bare_jpeg(data: bytes) -> bytes:
    """Return a JPEG without comments and notes of cameras and programs, and nothing after its end."""
    kept, place = [data[:2]], 2
    while place + 4 <= len(data) and data[place] == 0xFF:
        kind, length = data[place + 1], int.from_bytes(data[place + 2 : place + 4], "big")
        if kind == 0xD9:
            break
        end = place + 2 + length
        if kind == 0xDA:  # the picture itself, up to the next mark that is none of its own
            found = NEXT_MARK.search(data, end)
            end = found.start() if found else len(data)
        is_profile = kind == 0xE2 and data[place + 4 :].startswith(b"ICC_PROFILE\0")
        if is_profile or kind in {0xE0, 0xEE} or not (0xE0 <= kind <= 0xEF or kind == 0xFE):
            kept.append(data[place:end])
        place = end
    return b"".join([*kept, b"\xff\xd9"])


def bare_jpx(data: bytes) -> bytes:
    """Return a JPEG 2000 picture with no other boxes than those that draw it."""
    kept, place = [], 0
    while place + 8 <= len(data) and not data.startswith(b"\xff\x4f"):  # that is one without boxes
        length, kind = int.from_bytes(data[place : place + 4], "big"), data[place + 4 : place + 8]
        if length == 1:
            length = int.from_bytes(data[place + 8 : place + 16], "big")
        end = place + length if length >= 8 else len(data)
        if kind in BOXES:
            kept.append(data[place:end])
        place = end
    return b"".join(kept) or data


if __name__ == "__main__":
    asked, given = sys.argv[1], Path(sys.argv[2])
    lock_up(asked)
    match asked:
        case "probe":
            told = probe()
        case "look":
            told = look(given)
        case "render":
            told = render(given, Path(sys.argv[3]))
        case "plain":
            told = plain(given, Path(sys.argv[3]))
        case _:
            raise SystemExit(2)
    sys.stdout.write(json.dumps(told))
    sys.stdout.flush()
    os._exit(0)  # no goodbyes of libraries that met a hostile file
