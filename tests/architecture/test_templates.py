import re
from pathlib import Path

from flask import Flask

ROOT = Path("templates")
TEMPLATES = {str(p.relative_to(ROOT)): p.read_text() for p in ROOT.rglob("*.*") if p.is_file()}
CODE = "\n".join(p.read_text() for p in Path("contest").rglob("*.py"))
IMPORTS = re.compile(
    r'{%-?\s*from\s+"[^"]+"\s+import\s+(.*?)\s*(?:with context\s*)?-?%}', re.DOTALL
)


def test_every_template_compiles(app: Flask) -> None:
    assert len(TEMPLATES) > 100
    for name in TEMPLATES:
        app.jinja_env.get_template(name)


def test_every_template_is_used() -> None:
    def is_used(name: str) -> bool:
        if name.startswith("mail/"):
            return f'"{Path(name).stem}"' in CODE or f"mail/{Path(name).name}" in CODE
        # A view may name its page after its own words: "teams/" + "show.html".
        return f'"{name}"' in CODE + everything or f'"{Path(name).name}"' in CODE

    everything = "\n".join(TEMPLATES.values())
    assert [name for name in TEMPLATES if not is_used(name)] == []


def test_no_template_imports_what_it_does_not_use() -> None:
    unused = [
        (name, word)
        for name, text in TEMPLATES.items()
        for found in IMPORTS.finditer(text)
        for word in (w.split(" as ")[-1].strip() for w in found[1].split(","))
        if len(re.findall(rf"\b{word}\b", IMPORTS.sub("", text))) == 0
    ]
    assert unused == []


def test_only_texts_of_ours_are_taken_for_marks() -> None:
    """flaw-114: what people write is escaped, whatever it goes through."""
    trusted = re.compile(r"""[^'"\s]\s*\|\s*safe\b""")
    assert [name for name, text in TEMPLATES.items() if trusted.search(text)] == []
    assert [name for name, text in TEMPLATES.items() if "autoescape false" in text] == []


# What shows no button to sign out: pages for visitors, which lead to the desk, what hangs on a wall,
# and the mailbox of development.
WITHOUT_SIGN_OUT = {
    *("contests/show.html", "entries/receipt.html", "home/public.html", "home/series.html"),
    *("results/certificate.html", "results/gallery.html", "results/gallery_entry.html"),
    *("results/log.html", "results/show.html", "pitchday/projector.html"),
    *("messages/letter.html", "messages/mailbox.html"),
}


def _layout(name: str) -> str:
    """Return the layout that a template extends in the end; "" for a part of a page."""
    extended = re.search(r'extends "([^"]+)', TEMPLATES[name])
    if extended is None or name.startswith("layouts/"):
        return name if name.startswith("layouts/") else ""
    return _layout(extended[1])


def test_every_page_behind_the_door_has_a_button_to_sign_out() -> None:
    offer = {n for n, t in TEMPLATES.items() if n.startswith("layouts/") and "sign_out" in t}
    assert offer == {"layouts/focus.html", "layouts/page.html"}
    pages = {n: _layout(n) for n in TEMPLATES if _layout(n) and not n.startswith("layouts/")}
    assert {n for n, layout in pages.items() if layout not in offer} == WITHOUT_SIGN_OUT
