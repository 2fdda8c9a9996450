"""The same figures by the longest way: what the arithmetic of judging is compared with."""

import itertools

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from contest.ranking.model import Variance

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def reml(entry: Ints, judge: Ints, score: Floats) -> tuple[Variance, Floats]:
    """Maximise the restricted likelihood with the full covariance of all scores.

    Returns  the variances, and the value of each entry that has a review, by index.
    Cost     some hundred times reviews cubed.
    """
    of_entry = (entry[:, None] == entry[None, :]).astype(float)
    of_judge = (judge[:, None] == judge[None, :]).astype(float)
    ones = np.ones((len(score), 1))

    def parts(log: Floats) -> tuple[float, Floats, Floats, Floats]:
        a, b, c = np.exp(log)
        inverse = np.linalg.inv(a * of_entry + b * of_judge + c * np.eye(len(score)))
        gram = ones.T @ inverse @ ones
        mu = np.linalg.solve(gram, ones.T @ inverse @ score)
        left = score - mu
        value = np.linalg.slogdet(gram)[1] - np.linalg.slogdet(inverse)[1] + left @ inverse @ left
        return float(value), np.asarray(mu, dtype=np.float64), np.asarray(inverse), left

    found = minimize(
        lambda log: parts(log)[0],
        np.full(3, np.log(score.var() / 3)),
        method="Nelder-Mead",
        options={"xatol": 1e-7, "fatol": 1e-11, "maxiter": 4000},
    )
    _, mu, inverse, left = parts(found.x)
    a, b, c = np.exp(found.x)
    entries = np.unique(entry)
    shrunk = a * (entries[:, None] == entry[None, :]) @ inverse @ left
    return Variance(float(a), float(b), float(c)), mu + shrunk


def alpha(entry: Ints, score: Floats) -> float:
    """Return Krippendorff's alpha from every pair of scores."""
    units = [score[entry == i] for i in np.unique(entry)]
    units = [unit for unit in units if len(unit) > 1]
    every = np.concatenate(units)
    observed = sum(
        sum((a - b) ** 2 for a, b in itertools.permutations(unit, 2)) / (len(unit) - 1)
        for unit in units
    ) / len(every)
    expected = sum((every - x) @ (every - x) for x in every) / (len(every) * (len(every) - 1))
    return float(1 - observed / expected)


def z_scores(entry: Ints, judge: Ints, score: Floats) -> Floats:
    """Return the mean per entry after each judge's scores are brought to mean 0 and sd 1."""
    given = np.maximum(np.bincount(judge), 1)
    mean = np.bincount(judge, score) / given
    spread = np.sqrt(np.bincount(judge, (score - mean[judge]) ** 2) / np.maximum(given - 1, 1))
    standard = (score - mean[judge]) / np.maximum(spread[judge], 1e-9)
    return np.asarray(np.bincount(entry, standard) / np.bincount(entry), dtype=np.float64)
