"""A life cycle as data: which verb leads from which states to which."""

import enum
from collections.abc import Mapping
from typing import Generic, TypeVar

from contest.core.decisions import ALLOW, Decision, deny, require
from contest.core.text import N_

S = TypeVar("S", bound=enum.StrEnum)


class Life(Generic[S]):
    """The states of one thing. `moves` maps a verb to the states it leaves and the one it enters."""

    def __init__(self, moves: Mapping[str, tuple[frozenset[S], S]]) -> None:
        self.moves = moves

    def can(self, state: S, verb: str) -> Decision:
        """Say whether `verb` leads on from `state`; a guard of the model's own comes on top."""
        sources, _ = self.moves[verb]
        if state in sources:
            return ALLOW
        return deny(N_("This is not possible while the state is “%(state)s”."), state=state)

    def next(self, state: S, verb: str) -> S:
        """Return the state that `verb` leads to; raise DomainError when it does not lead on."""
        require(self.can(state, verb))
        return self.moves[verb][1]
