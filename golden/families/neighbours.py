"""Nearest neighbours of the stimuli."""

import numpy as np
from scipy.spatial.distance import cdist
from sklearn.neighbors import NearestNeighbors

from common import DIRECTIONS, ROW_PAIRS, SINGLE, case, centred

RAW = {"k": 10, "neighbours": "cosine", "clip": None, "centre": False, "normalise": False}
PUBLISHED = {"clip": 0.95, "neighbours": "inner-product", "normalise": True}
VARIANTS = [
    {},
    {"k": 3},
    {"centre": True},
    {"neighbours": "euclidean"},
    {"neighbours": "inner-product"},
    PUBLISHED,
    {"k": 19},
]
# Nearness of two neighbours of a stimulus, relative to the greatest, below which their order is a matter of rounding.
TIE = 1e-9


def spec(id, options):
    text = {True: "true", False: "false"}
    pairs = [f"{key}={text.get(value, value)}" for key, value in sorted(options.items())]
    return id + (":" + ",".join(pairs) if pairs else "")


def prepared(rows, clip, centre, normalise):
    if clip is not None:
        limit = np.sort(np.abs(rows), axis=None)[int(clip * rows.size)]
        rows = np.clip(rows, -limit, limit)
    if centre:
        rows = centred(rows)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(lengths > 0, lengths, 1) if normalise else rows


def nearness(rows, neighbours):
    if neighbours == "inner-product":
        return rows @ rows.T
    return -cdist(rows, rows, neighbours)


class Side:
    """Rows after preparation, and the ordered neighbours of each."""

    def __init__(self, rows, k, neighbours, **steps):
        self.rows, self.kind, self.k = prepared(rows, **steps), neighbours, k
        near = nearness(self.rows, neighbours)
        self.without_direction = not self.rows.any(axis=1).all()  # a row of zeros has no cosine
        np.fill_diagonal(near, -np.inf)
        sorted_near = -np.sort(-near, axis=1)[:, : k + 1]
        self.ties = bool(np.any(np.diff(sorted_near[:, : min(k + 1, len(rows) - 1)]) > -TIE * np.abs(sorted_near[:, :1])))
        if neighbours == "inner-product":
            self.lists = np.argsort(-near, axis=1)[:, :k]
        else:
            search = NearestNeighbors(n_neighbors=k, metric=neighbours, algorithm="brute").fit(self.rows)
            self.lists = search.kneighbors(return_distance=False)  # without queries a row is not its own neighbour
        self.mask = np.zeros(near.shape, bool)
        np.put_along_axis(self.mask, self.lists, True, axis=1)

    def cosines(self):
        unit = self.rows / np.linalg.norm(self.rows, axis=1, keepdims=True)
        return unit @ unit.T

    def kernel(self):
        return self.cosines() if self.kind == "cosine" else self.rows @ self.rows.T


def mutual(x, y):
    return np.mean((x.mask & y.mask).sum(axis=1)) / x.k


def jaccard(x, y):
    return np.mean((x.mask & y.mask).sum(axis=1) / (x.mask | y.mask).sum(axis=1))


def rank_similarity(x, y):
    def of(a, b):
        common, in_a, in_b = np.intersect1d(a, b, return_indices=True)
        weights = 2 / ((1 + np.abs(in_a - in_b)) * (in_a + in_b + 2))
        return weights.sum() / (1 / np.arange(1, len(common) + 1)).sum() if len(common) else 0.0

    return np.mean([of(a, b) for a, b in zip(x.lists, y.lists)])


def second_order_cosine(x, y, distances=False):
    a, b = x.cosines(), y.cosines()
    if distances:
        a, b = 1 - a, 1 - b
    either = x.mask | y.mask
    a, b = np.where(either, a, 0), np.where(either, b, 0)
    return np.mean((a * b).sum(axis=1) / np.sqrt((a * a).sum(axis=1) * (b * b).sum(axis=1)))


def cycle(x, y):
    """By paths of two steps, in y first."""
    steps = y.mask.astype(int) @ x.mask.astype(int)
    return np.mean(np.diag(steps) > 0)


def table(a, b, step):
    """The last entry of a table of prefixes, made by `step(equal, diagonal, above, left)` from its margins."""
    margin = step(None, 0, 0, 0)
    row = [margin * j for j in range(len(b) + 1)]
    for i, u in enumerate(a):
        above, row = row, [margin * (i + 1)]
        for j, v in enumerate(b):
            row.append(step(u == v, above[j], above[j + 1], row[j]))
    return row[-1]


def lcs(x, y):
    def step(equal, diagonal, above, left):
        return 0 if equal is None else diagonal + 1 if equal else max(above, left)

    return np.mean([table(a, b, step) for a, b in zip(x.lists, y.lists)]) / x.k


def edit(x, y):
    def step(equal, diagonal, above, left):
        return 1 if equal is None else min(diagonal + (not equal), above + 1, left + 1)

    return 1 - np.mean([table(a, b, step) for a, b in zip(x.lists, y.lists)]) / x.k


def song(k, l):
    """The unbiased criterion of whole matrices, the second transposed in the first term as in the published code."""
    n = len(k)
    k, l = k - np.diag(np.diag(k)), l - np.diag(np.diag(l))
    between = (k @ l).sum()
    return ((k * l.T).sum() + k.sum() * l.sum() / ((n - 1) * (n - 2)) - 2 * between / (n - 2)) / (n * (n - 3))


def masked(x, y, of_x, of_y):
    k, l = x.kernel(), y.kernel()
    own = song(of_x * k, of_x * k), song(of_y * l, of_y * l)
    both = of_x * of_y
    # The masks keep the criteria from being those of kernels: there need be no value.
    return song(both * k, both * l) / np.sqrt(own[0] * own[1]) if min(own) > 0 else np.nan


def cknna(x, y):
    return masked(x, y, x.mask, y.mask)


def symmetric_cknna(x, y):
    return masked(x, y, x.mask | x.mask.T, y.mask | y.mask.T)


def cases(id, function, arrays, directed=False, extra=()):
    found = []
    for options in [*VARIANTS, *extra]:
        of_measure = {key: value for key, value in options.items() if key not in RAW}
        lists = {key: value for key, value in options.items() if key in RAW}
        for pair in ROW_PAIRS:
            x, y = (Side(arrays[name], **(RAW | lists)) for name in pair)
            if x.ties or y.ties or x.without_direction or y.without_direction or x.k >= len(x.rows):
                continue  # what becomes of equally near rows, and of rows of zeros, is our own convention
            arguments = {"distances": True} if of_measure else {}
            scores = [function(x, y, **arguments)]
            if np.isnan(scores[0]) or abs(scores[0]) > 1:
                assert function in (cknna, symmetric_cknna)
                continue
            if directed:
                scores += [function(y, x)]
                scores += [sum(scores) / 2]
                for direction, score in zip(DIRECTIONS, scores):
                    found.append(case(pair, spec(id, options | {"direction": direction}), "in-sample", score))
            else:
                found.append(case(pair, spec(id, options), "in-sample", scores[0]))
    return found


def entry(id, definition, function, **options):
    lists = (
        " Neighbours: the k others with the greatest cosine, the smallest distance or the greatest inner product; pairs of "
        "arrays with equally near ones are left out."
    )
    return definition + lists, ["numpy", "scipy", "scikit-learn"], lambda arrays: cases(id, function, arrays, **options)


MEASURES = {
    "mutual-knn": entry("mutual-knn", "Mean over rows of the number of neighbours in common, over k.", mutual),
    "jaccard-knn": entry("jaccard-knn", "Mean over rows of common neighbours over all neighbours on either side.", jaccard),
    "rank-similarity": entry(
        "rank-similarity",
        "Mean over rows of the sum over common neighbours of 2 / ((1 + |r − s|)(r + s)), with ranks r and s from 1, over the "
        "harmonic number of their count.",
        rank_similarity,
    ),
    "second-order-cosine": entry(
        "second-order-cosine",
        "Mean over rows of the cosine of the two vectors of cosines (or cosine distances) to the neighbours on either side.",
        second_order_cosine,
        extra=[{"of": "distances"}, {"of": "distances", "centre": True}],
    ),
    "cycle-knn": entry(
        "cycle-knn", "Share of rows i that are neighbours in x of a neighbour in y of i (x-to-y).", cycle, directed=True
    ),
    "lcs-knn": entry("lcs-knn", "Mean length of the longest common subsequence of ordered neighbours, over k.", lcs),
    "edit-knn": entry("edit-knn", "One less the mean Levenshtein distance of ordered neighbours over k.", edit),
    "cknna": entry(
        "cknna",
        "HSIC(M∘K, M∘L) / sqrt(HSIC(A∘K, A∘K) HSIC(B∘L, B∘L)), unbiased, whole matrices; A and B mark the neighbours of "
        "each row, M both.",
        cknna,
        directed=True,
    ),
    "symmetric-cknna": entry("symmetric-cknna", "As cknna with A or Aᵀ for A, and likewise B.", symmetric_cknna),
}
# (spec, value on A, value on B): closed-form pairs, six decimals, worked out separately from these files. That of cknna had
# 1e-6 added to its denominator, as the published code does, and is left out.
KNOWN = [
    ("mutual-knn:k=3", 0.283333, 0.20),
    ("jaccard-knn:k=3", 0.18, 0.13),
    ("cycle-knn:direction=x-to-y,k=3", 0.70, 0.60),
    ("lcs-knn:k=3", 0.80 / 3, 0.50 / 3),
    ("edit-knn:k=3", 0.116667, 0.05),
]
INNER = "neighbours=inner-product"
# (peer, pairs, spec, transform, protocol, tolerance, reason): rows of oracle.csv that measure one of these
PEERS = [
    ("platonic/mutual_knn-topk={topk}", "X_Y X_Z", f"mutual-knn:{INNER}", "score", "in-sample", 1e-7, SINGLE),
    ("platonic/cycle_knn-topk={topk}", "X_Y X_Z", f"cycle-knn:direction=x-to-y,{INNER}", "score", "in-sample", 1e-7, SINGLE),
    ("platonic/lcs_knn-topk={topk}", "X_Y X_Z", f"lcs-knn:{INNER}", "ten-times", "in-sample", 1e-7, SINGLE),
    ("platonic/cknna-topk={topk}", "X_Y X_Z", f"cknna:direction=x-to-y,{INNER}", "score", "in-sample", 1e-6,
     f"{SINGLE}; 1e-6 added to the denominator"),
    ("resi/jaccard_similarity", "X_Y X_Z", "jaccard-knn", "score", "in-sample", 1e-9, ""),
    ("llm_repsim/jaccard_similarity", "X_Y X_Z", "jaccard-knn:centre=true", "score", "in-sample", 1e-9, ""),
    ("resi/rank_similarity", "X_Y X_Z", "rank-similarity", "score", "in-sample", 1e-9, ""),
    ("resi/second_order_cosine_similarity", "X_Y X_Z", "second-order-cosine:of=distances", "score", "in-sample", 1e-9, ""),
]
