"""Sets one certificate as a PDF. Plain values in, bytes out; knows no database and no page."""

import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import segno

SOURCE = Path(__file__).with_suffix(".typ")
ACCENT = "#3b4fb8"
REGIONS = {"en": "GB", "zh": "CN", "ja": "JP", "de": "DE"}
# Chinese and Japanese write the same character in different forms: the reader's language decides.
FONTS = {
    "zh": ("Noto Sans", "Noto Sans CJK SC", "Noto Sans CJK JP"),
    "ja": ("Noto Sans", "Noto Sans CJK JP", "Noto Sans CJK SC"),
}
OTHER_FONTS = ("Noto Sans", "Noto Sans CJK SC", "Noto Sans CJK JP")


@dataclass(frozen=True, slots=True)
class Signer:
    """An officer whose signature stands under the results."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Page:
    """All that stands on a certificate, in the words of its language. `award` may be empty."""

    lang: str
    title: str
    contest: str
    heading: str
    given_to: str
    team: str
    members: Sequence[str]
    for_entry: str
    entry: str
    award: str
    signers: Sequence[Signer]
    issuer: str
    date: str
    check: str
    code: str
    url: str
    colour: str = ACCENT


def pdf(page: Page) -> bytes:
    """Return the certificate as one page of A4 landscape.

    Takes    texts in any of the languages the two font packages cover (Latin, Chinese, Japanese).
    Returns  a PDF whose title and language are set and whose text can be searched and copied.
    Cost     0.1 s, and once per process 0.3 s more for reading the fonts.
    """
    import typst  # noqa: PLC0415 -- slow import that only the worker needs

    told = {
        **asdict(page),
        "colour": page.colour or ACCENT,
        "region": REGIONS.get(page.lang, ""),
        "fonts": FONTS.get(page.lang, OTHER_FONTS),
        "qr": qr(page.url).decode(),
    }
    made: bytes = typst.compile(  # type: ignore[misc]  # its overloads confuse mypy
        SOURCE,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"certificate": json.dumps(told)},
    )
    return made


def qr(url: str) -> bytes:
    """Return the address as a QR code in SVG, dark on light, with its quiet zone."""
    out = io.BytesIO()
    segno.make(url, error="m", micro=False).save(
        out, kind="svg", scale=4, border=2, dark="#1c2333", light="#ffffff", xmldecl=False
    )
    return out.getvalue()


@cache
def _fonts() -> list[str]:
    """Return the folders of the two font packages, without loading these."""
    specs = [find_spec(name) for name in ("fontpkg_noto_sans", "manimgx_fonts_cjk")]
    return [str(Path(spec.origin).parent) for spec in specs if spec is not None and spec.origin]
