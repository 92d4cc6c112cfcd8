"""One number of each representation, compared."""

import numpy as np
from scipy.linalg import eigvalsh
from scipy.sparse.csgraph import laplacian
from scipy.spatial.distance import cdist
from scipy.special import logsumexp
from sklearn.metrics.pairwise import cosine_similarity

from common import ROW_PAIRS, whole_data_cases


def difference(describe):
    return lambda x, y: abs(describe(x) - describe(y))


def magnitude(a):
    return np.linalg.norm(a.mean(axis=0))


def concentricity(a):
    return cosine_similarity(a, a.mean(axis=0, keepdims=True)).mean()


def uniformity(t=2.0, pairs="all", normalise=False):
    def describe(a):
        if normalise:
            a = a / np.maximum(np.linalg.norm(a, axis=1, keepdims=True), np.finfo(float).tiny)
        squared = cdist(a, a, "sqeuclidean")
        if pairs == "different":
            squared = squared[~np.eye(len(a), dtype=bool)]
        return logsumexp(-t * squared) - np.log(squared.size)

    return describe


def heat_trace(k, temperatures):
    def describe(a):
        squared = cdist(a, a, "sqeuclidean")
        np.fill_diagonal(squared, np.inf)
        joined = np.zeros(squared.shape)
        joined[np.repeat(np.arange(len(a)), k), np.argsort(squared, axis=1)[:, :k].ravel()] = 1
        values = eigvalsh(laplacian(np.maximum(joined, joined.T), normed=True))
        return np.exp(-np.outer(temperatures, values)).mean(axis=1)

    return describe


def intrinsic_distance(k):
    temperatures = np.logspace(-1, 1, 256)
    trace = heat_trace(k, temperatures)
    weights = 1e6 * np.exp(-2 * (temperatures + 1 / temperatures))
    return lambda x, y: (weights * np.abs(trace(x) - trace(y))).max()


def is_decided(a, ks):
    """Whether no row has two others equally near around its k-th neighbour, but for rounding."""
    near = np.sort(cdist(a, a, "sqeuclidean"), axis=1)  # the row itself first
    return all(np.all(near[:, k + 1] - near[:, k] > 1e-9 * near[:, k + 1]) for k in ks)


UNIFORMITIES = {
    "uniformity-difference-distance": uniformity(),
    "uniformity-difference-distance:t=0.01": uniformity(t=0.01),
    "uniformity-difference-distance:pairs=different": uniformity(pairs="different"),
    "uniformity-difference-distance:normalise=true": uniformity(normalise=True),
    "uniformity-difference-distance:normalise=true,pairs=different": uniformity(pairs="different", normalise=True),
}


# id: (definition, packages used, cases)
MEASURES = {
    "magnitude-difference-distance": (
        "Absolute difference of the norms of the mean rows.",
        ["numpy"],
        lambda arrays: whole_data_cases("magnitude-difference-distance", difference(magnitude), arrays, ROW_PAIRS),
    ),
    "concentricity-difference-distance": (
        "Absolute difference of the mean cosines of the rows with the mean row; a row of zeros counts 0.",
        ["numpy", "scikit-learn"],
        lambda arrays: whole_data_cases("concentricity-difference-distance", difference(concentricity), arrays, ROW_PAIRS),
    ),
    "uniformity-difference-distance": (
        "Absolute difference of the logarithms of the mean of exp(-t times the squared distance), over all n² pairs of "
        "rows or over those of two different rows; rows of norm 1 for normalise=true.",
        ["numpy", "scipy"],
        lambda arrays: [
            c
            for spec, describe in UNIFORMITIES.items()
            for c in whole_data_cases(spec, difference(describe), arrays, ROW_PAIRS)
        ],
    ),
    "intrinsic-distance": (
        "Greatest difference of the mean heat kernels of the normalised Laplacians of two graphs of k nearest neighbours, "
        "times 1e6 exp(-2(t + 1/t)), over 256 temperatures t from 0.1 to 10.",
        ["numpy", "scipy"],
        lambda arrays: [
            c
            for k in (5, 10)
            for c in whole_data_cases(
                f"intrinsic-distance:k={k}",
                intrinsic_distance(k),
                arrays,
                [pair for pair in ROW_PAIRS if all(is_decided(arrays[side], (5, 10)) for side in pair)],
            )
        ],
    ),
}
KNOWN = []
# (peer, pairs, spec, transform, protocol, tolerance, reason): rows of oracle.csv that measure one of these
PEERS = [
    (f"resi/{name}_difference", "X_Y X_Z", f"{name}-difference-distance", "score", "in-sample", 1e-9, "")
    for name in ("magnitude", "concentricity", "uniformity")
]
