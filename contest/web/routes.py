"""What stands in addresses, and rules that learn late how to write them.

Werkzeug compiles two functions for every rule as soon as a program is made, and that is most of the
time it takes to make one: each process pays for hundreds of addresses, few of which it ever writes.
"""

from collections.abc import Callable
from typing import Any

from werkzeug.routing import BaseConverter, IntegerConverter, Rule


class Slug(BaseConverter):
    """A short name in an address."""

    regex = "[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?"


class Number(IntegerConverter):
    """A whole number in an address; none is larger than what a table holds."""

    regex = "[0-9]{1,9}"


class LateRule(Rule):
    """A rule that compiles what writes its address when that is first asked for."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compiled = super()._compile_builder
        name = "_build_unknown" if append_unknown else "_build"

        def late(rule: LateRule, **values: Any) -> tuple[str, str]:
            builder = compiled(append_unknown).__get__(rule)
            setattr(rule, name, builder)
            written: tuple[str, str] = builder(**values)
            return written

        return late
