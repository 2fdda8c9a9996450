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
