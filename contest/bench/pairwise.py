"""What comparing two at a time promises, measured beside Crowd-BT on the same votes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import process_time

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, expit, psi

from contest.bench.bars import Bar, at_least, at_most
from contest.ranking import pairwise
from contest.ranking.pairwise import Belief

Floats = NDArray[np.float64]
Vote = tuple[int, int, int, float]  # left, right, judge, part that left won
Choice = Callable[[int, int, NDArray[np.bool_]], int]

CHECKPOINTS = (60, 120, 180, 240, 360, 480, 600)
SEEDS = 64
DESIGNED = 12
"""The design measures choosing on the first twelve. That tells little, so all are shown beside them."""


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """Entries with a quality, judges with a reliability, and the dice of their votes."""

    quality: Floats
    reliability: Floats
    dice: np.random.Generator

    def vote(self, a: int, b: int, judge: int) -> float:
        """Return 1 where the judge takes `a`, else 0."""
        trust = self.reliability[judge]
        p = float(expit(self.quality[a] - self.quality[b]))
        return float(self.dice.random() < trust * p + (1 - trust) * (1 - p))


def world(seed: int, entries: int = 60, judges: int = 15) -> World:
    """Draw one with mixed judges: some vote at random, some are often wrong, most are careful."""
    r = np.random.default_rng(seed)
    quality = r.normal(size=entries) * 1.5
    u, v = r.random(judges), r.random(judges)
    return World(quality, np.where(u < 0.15, 0.5, np.where(v < 0.4, 0.85, 1.0)), r)


def bars(*, quick: bool) -> Iterator[Bar]:
    """Measure; `quick` leaves out the comparison with Crowd-BT, which takes all its seeds to tell."""
    yield from _shuffle_bars(300 if quick else CHECKPOINTS[-1])
    yield from _speed_bars()
    if not quick:
        yield from _accuracy_bars()


def _accuracy_bars() -> Iterator[Bar]:
    """Each method chooses its pairs in a contest of its own; both read the votes of both."""
    chosen: list[Floats] = []
    active_: list[Floats] = []
    same: list[Floats] = []
    for seed in range(SEEDS):
        (ours, theirs), (ours_there, theirs_there) = (
            (followed(seed, votes, lambda known: fitted(known).strength),
             followed(seed, votes, crowd_strength))
            for votes in (active(seed), crowded(seed))
        )  # fmt: skip
        same += [ours - theirs, ours_there - theirs_there]
        active_.append(ours - followed(seed, by_lot(seed), lambda known: fitted(known).strength))
        chosen.append(ours - theirs_there)
    gain, error = np.mean(same, axis=0), np.std(same, axis=0, ddof=1) / np.sqrt(len(same))
    for checkpoint, figure, its in zip(CHECKPOINTS, gain, error, strict=True):
        yield at_least(f"pairwise after {checkpoint} votes: tau - Crowd-BT's on the same votes",
                       float(figure), -0.003, error=float(its))  # fmt: skip
    each_choosing = "tau - Crowd-BT's, each choosing its pairs, mixed judges"
    for name, differences, bar in (
        (f"{each_choosing}, {DESIGNED} contests", chosen[:DESIGNED], 0.015),
        (f"{each_choosing}, {SEEDS} contests", chosen, -0.003),
        ("tau - that of pairs drawn by lot, mixed judges", active_, 0.010),
    ):
        each = np.mean(differences, axis=1)
        yield at_least(f"pairwise: {name}", float(each.mean()), bar,
                       error=float(each.std(ddof=1) / np.sqrt(len(each))))  # fmt: skip


def _shuffle_bars(count: int) -> Iterator[Bar]:
    votes = active(0, count)
    one = fitted(votes)
    turn = np.random.default_rng(1).permutation(len(votes))
    other = fitted([votes[i] for i in turn])
    moved = float(np.abs(one.strength - other.strength).max())
    yield at_most("pairwise: strengths changed by shuffling the votes", moved, 1e-6, ".1e")
    crowd = crowd_strength(votes), crowd_strength([votes[i] for i in turn])
    agreed = tau(*crowd)
    yield at_most("pairwise: Crowd-BT's tau between the two orders", agreed, 0.99)


def _speed_bars() -> Iterator[Bar]:
    """Take the processor time of what a vote costs on the page: a fit, and the choice of a pair."""
    r = np.random.default_rng(0)
    left, right = r.integers(0, 500, (2, 5000))
    right = np.where(left == right, (right + 1) % 500, right)
    judge, won = r.integers(0, 40, 5000), r.integers(0, 2, 5000)
    free = np.ones(500, dtype=np.bool_)

    def fit(count: int, start: Belief | None = None) -> Belief:
        return pairwise.fit(left[:count], right[:count], judge[:count], won[:count], 500, 40,
                            start=start)  # fmt: skip

    fresh, each, moved = [], [], 0.0
    known = fit(4995)
    for count in range(4996, 5001):
        begun = process_time()
        known = fit(count, known)
        pairwise.next_entry(known, int(left[count - 1]), int(judge[count - 1]), free, known.seen, r)
        each.append(process_time() - begun)
        begun = process_time()
        anew = fit(count)
        fresh.append(process_time() - begun)
        moved = max(moved, float(np.abs(known.joint - anew.joint).max()),
                    float(np.abs(known.strength - anew.strength).max()))  # fmt: skip
    name = "pairwise, 500 entries, 5,000 votes:"
    yield at_most(f"{name} one more vote and the next pair", 1000 * float(np.median(each)), 50,
                  ".1f", "ms")  # fmt: skip
    yield at_most(f"{name} all votes anew", 1000 * float(np.median(fresh)), 250, ".1f", "ms")
    yield at_most(f"{name} belief changed by what was kept", moved, 1e-6, ".1e")


def active(seed: int, count: int = CHECKPOINTS[-1]) -> list[Vote]:
    """Return the votes of a contest in which our own choice of pairs is followed."""
    known: list[Vote] = []
    belief: Belief | None = None
    chooser = np.random.default_rng([seed, 5])

    def choose(a: int, judge: int, may: NDArray[np.bool_]) -> int:
        nonlocal belief
        belief = fitted(known, belief)
        b = pairwise.next_entry(belief, a, judge, may, belief.seen, chooser)
        assert b is not None  # noqa: S101 -- the judge has not seen everything
        return b

    return play(seed, choose, learn=known.append, count=count)


def crowded(seed: int) -> list[Vote]:
    """Return the votes of a contest in which Crowd-BT chooses the pairs."""
    crowd, chooser = CrowdBT(60, 15), np.random.default_rng([seed, 7])

    def choose(a: int, judge: int, may: NDArray[np.bool_]) -> int:
        return crowd.choose(a, judge, may, chooser)

    return play(seed, choose, learn=crowd.learn)


def by_lot(seed: int) -> list[Vote]:
    """Return the votes of a contest in which nobody chooses."""
    chooser = np.random.default_rng([seed, 9])
    return play(seed, lambda _, __, may: int(chooser.choice(np.flatnonzero(may))))


def play(
    seed: int,
    choose: Choice,
    *,
    learn: Callable[[Vote], object] = lambda _: None,
    count: int = CHECKPOINTS[-1],
) -> list[Vote]:
    """Let judges take turns: each gets an entry that was seen least, and one that `choose` names."""
    given, first = world(seed), np.random.default_rng(seed + 999)
    n, m = len(given.quality), len(given.reliability)
    views, seen = np.zeros(n), np.zeros((m, n), dtype=np.bool_)
    votes: list[Vote] = []
    for turn in range(count):
        judge = turn % m
        a = int(np.argmin(views + 0.5 * first.random(n)))
        may = ~seen[judge]
        may[a] = False
        if not may.any():
            seen[judge] = False
            may = np.arange(n) != a
        b = choose(a, judge, may)
        vote = (a, b, judge, given.vote(a, b, judge))
        seen[judge, [a, b]] = True
        views[[a, b]] += 1
        votes.append(vote)
        learn(vote)
    return votes


def fitted(votes: list[Vote], start: Belief | None = None) -> Belief:
    left, right, judge, won = np.array(votes, dtype=np.float64).reshape(-1, 4).T
    return pairwise.fit(left, right, judge, won, 60, 15, start=start)


def followed(seed: int, votes: list[Vote], rate: Callable[[list[Vote]], Floats]) -> Floats:
    """Return Kendall's tau to the truth at each checkpoint."""
    truth = world(seed).quality
    return np.array([tau(rate(votes[:t]), truth) for t in CHECKPOINTS])


def tau(found: Floats, truth: Floats) -> float:
    """Return what Kendall's tau is on average when the lot orders entries that were found equal.

    That is tau-a. Tau-b, which is usual, rewards whoever tells nobody apart: after 60 votes on pairs
    of our choice Crowd-BT puts 60 entries on four places.
    """
    shown = np.round(found, 9)
    same = np.sign(shown[:, None] - shown) * np.sign(truth[:, None] - truth)
    return float(same.sum() / (len(truth) * (len(truth) - 1)))


def crowd_strength(votes: list[Vote]) -> Floats:
    crowd = CrowdBT(60, 15)
    for vote in votes:
        crowd.learn(vote)
    return crowd.mu.copy()


class CrowdBT:
    """The online method of Chen, Bennett, Collins-Thompson and Horvitz (2013), to compare with.

    Its constants are those of Gavel, which judges hackathons by it; GAMMA weighs what a pair says of
    the judge against what it says of the two.
    """

    GAMMA, KAPPA, EPSILON = 0.1, 1e-4, 0.25

    def __init__(self, entries: int, judges: int) -> None:
        self.mu, self.variance = np.zeros(entries), np.ones(entries)
        self.alpha, self.beta = np.full(judges, 10.0), np.ones(judges)

    def learn(self, vote: Vote) -> None:
        a, b, j, won = vote
        w, l_ = (a, b) if won else (b, a)
        new = self._updated(self.alpha[j], self.beta[j], self.mu[w], self.variance[w],
                            self.mu[l_], self.variance[l_])  # fmt: skip
        self.alpha[j], self.beta[j] = new[0], new[1]
        self.mu[w], self.variance[w], self.mu[l_], self.variance[l_] = new[2:6]

    def choose(self, at: int, judge: int, may: NDArray[np.bool_], draw: np.random.Generator) -> int:
        choices = np.flatnonzero(may)
        if draw.random() < self.EPSILON:
            return int(draw.choice(choices))
        gains = [self._gain(at, int(b), judge) for b in choices]
        return int(choices[np.argmax(gains)])

    def _gain(self, a: int, b: int, j: int) -> float:
        alpha, beta = self.alpha[j], self.beta[j]
        one = self._updated(alpha, beta, self.mu[a], self.variance[a], self.mu[b], self.variance[b])
        two = self._updated(alpha, beta, self.mu[b], self.variance[b], self.mu[a], self.variance[a])
        return float(
            one[6] * self._moved(alpha, beta, a, b, one)
            + (1 - one[6]) * self._moved(alpha, beta, b, a, two)
        )

    def _moved(self, alpha: float, beta: float, w: int, l_: int, new: list[float]) -> float:
        before = (self.mu[w], self.variance[w]), (self.mu[l_], self.variance[l_])
        after = (new[2], new[3]), (new[4], new[5])
        far = sum(
            np.log(np.sqrt(s0 / s1)) + (s1 + (m1 - m0) ** 2) / (2 * s0) - 0.5
            for (m0, s0), (m1, s1) in zip(before, after, strict=True)
        )
        judged = betaln(alpha, beta) - betaln(new[0], new[1])
        judged += (new[0] - alpha) * psi(new[0]) + (new[1] - beta) * psi(new[1])
        judged += (alpha - new[0] + beta - new[1]) * psi(new[0] + new[1])
        return float(far + self.GAMMA * judged)

    def _updated(
        self, alpha: float, beta: float, mu_w: float, var_w: float, mu_l: float, var_l: float
    ) -> list[float]:
        """Return the judge's two, the winner's two, the loser's two numbers, and the chance of it."""
        p = float(expit(mu_w - mu_l))
        q = 1 - p
        odds = alpha * p / (alpha * p + beta * q)
        step = odds - p
        shrink = odds * (1 - odds) - p * q
        chance = p + 0.5 * (var_w + var_l) * p * q * (q - p)
        total = alpha + beta
        c = (chance * alpha + (1 - chance) * beta) / total
        mean = (chance * (alpha + 1) * alpha + (1 - chance) * alpha * beta) / (
            c * (total + 1) * total
        )
        square = (
            chance * (alpha + 2) * (alpha + 1) * alpha + (1 - chance) * (alpha + 1) * alpha * beta
        ) / (c * (total + 2) * (total + 1) * total)
        variance = square - mean**2
        return [
            (mean - square) * mean / variance,
            (mean - square) * (1 - mean) / variance,
            mu_w + var_w * step,
            var_w * max(1 + var_w * shrink, self.KAPPA),
            mu_l - var_l * step,
            var_l * max(1 + var_l * shrink, self.KAPPA),
            c,
        ]
