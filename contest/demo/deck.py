"""The decks of the demonstrations, as real PDFs of six pages. Pure: a team in, bytes out."""

import json
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import typst

from contest.demo.cast import TeamCast

SOURCE = """
#let d = json(bytes(sys.inputs.deck))
#set document(title: d.title, author: d.team)
#set page(width: 25.4cm, height: 14.29cm, margin: (x: 1.8cm, y: 1.5cm), fill: rgb("#fbfbfd"))
#set text(font: ("Noto Sans", "Noto Sans CJK SC"), size: 19pt, fill: rgb("#1d2433"))
#let ink = rgb(d.colour)
#let slide(head, body) = {
  pagebreak(weak: true)
  place(top + left, rect(width: 1.2cm, height: 0.18cm, fill: ink))
  v(0.5cm)
  text(size: 30pt, weight: "bold", head)
  v(0.5cm)
  block(width: 92%, body)
  place(bottom + left, text(size: 10pt, fill: rgb("#667085"), [#d.team · Shanghai 2019]))
}
#align(horizon)[
  #text(size: 14pt, fill: ink, weight: "bold", d.team)
  #v(0.2cm)
  #text(size: 38pt, weight: "bold", d.title)
  #v(0.4cm)
  #text(size: 14pt, fill: rgb("#667085"), d.people.join(" · "))
]
#slide("The problem", d.problem)
#slide("How it works", d.solution)
#slide("What it brings", d.benefit)
#slide("Who uses it", [
  #for (i, n) in d.growth.enumerate() [
    #grid(columns: (3.2cm, 1fr), gutter: 0.4cm, align: horizon,
      text(size: 14pt)[#(2019 + i)],
      rect(width: n * 1%, height: 0.75cm, fill: ink.lighten(i * 12%)))
    #v(0.05cm)
  ]
  #text(size: 13pt, fill: rgb("#667085"))[Companies on the network, per cent of the reachable market]
])
#slide("What we ask for", [
  - Four months with an engineer of Hitachi
  - Two companies that try it with real papers
  - A sandbox with data that looks like yours
])
"""
COLOURS = ("#2743a6", "#0f766e", "#9a3412", "#6d28d9", "#be123c", "#3f6212")


@lru_cache(maxsize=1)
def _fonts() -> list[str]:
    found = [find_spec(name) for name in ("manimgx_fonts_cjk", "fontpkg_noto_sans")]
    return [str(Path(spec.origin).parent) for spec in found if spec is not None and spec.origin]


def pdf(team: TeamCast) -> bytes:
    """Return the team's deck: a 16:9 PDF of six pages."""
    number = sum(map(ord, team.name))
    deck = {
        "team": team.name,
        "title": team.title,
        "people": [person.name for person in team.people],
        "problem": team.problem,
        "solution": team.solution,
        "benefit": team.benefit,
        "colour": COLOURS[number % len(COLOURS)],
        "growth": [8 + number % 7, 20 + number % 11, 41 + number % 13, 66 + number % 17],
    }
    made: bytes = typst.compile(  # type: ignore[call-overload]  # its overloads confuse mypy
        SOURCE.encode(),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"deck": json.dumps(deck)},
        format="pdf",
    )
    return made
