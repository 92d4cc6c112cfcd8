"""Clouds of stimuli laid over one another: Procrustes, shape metrics, permutations, transport, Bures. All from the rows."""

import math

import numpy as np
import ot
from scipy.linalg import orthogonal_procrustes
from scipy.optimize import linear_sum_assignment
from scipy.spatial import procrustes as scipy_procrustes

from common import ROW_PAIRS, centred, whole_data_cases


def padded(x, y):
    """The narrower side with zero units."""
    width = max(x.shape[1], y.shape[1])
    return [np.hstack([a, np.zeros((len(a), width - a.shape[1]))]) for a in (x, y)]


def angle(x, y):
    return math.acos(min(1.0, np.sum(x * y) / (np.linalg.norm(x) * np.linalg.norm(y))))


def aligned(x, y):
    """Both centred and padded, x rotated onto y."""
    x, y = padded(centred(x), centred(y))
    return x @ orthogonal_procrustes(x, y)[0], y


def sized(a, size):
    a = centred(a)
    return a / {"unit": np.linalg.norm(a), "per-stimulus": math.sqrt(len(a)), "raw": 1.0}[size]


def aligned_cosine(centre):
    def score(x, y):
        x, y = padded(*((centred(a) for a in (x, y)) if centre else (x, y)))
        x = x @ orthogonal_procrustes(x, y)[0]
        lengths = np.linalg.norm(x, axis=1) * np.linalg.norm(y, axis=1)
        directed = lengths > 0
        return np.mean(np.sum(x * y, axis=1)[directed] / lengths[directed])

    return score


def angular(x, y):
    return angle(*aligned(x, y))


def euclidean(size):
    return lambda x, y: float(np.linalg.norm(np.subtract(*aligned(sized(x, size), sized(y, size)))))


def squared(size):
    return lambda x, y: euclidean(size)(x, y) ** 2


def disparity(x, y):
    return scipy_procrustes(*padded(x, y))[2]


def root(a):
    """The root of the Gram matrix of the centred rows, from their singular vectors."""
    u, s, _ = np.linalg.svd(centred(a), full_matrices=False)
    return (u * s) @ u.T


def fidelity(x, y):
    """tr (K^½ L K^½)^½ is the sum of the singular values of K^½ L^½; all n × n."""
    return np.linalg.svd(root(x) @ root(y), compute_uv=False).sum()


def bures_similarity(x, y):
    return fidelity(x, y) / (np.linalg.norm(centred(x)) * np.linalg.norm(centred(y)))


def bures_distance(size):
    def distance(x, y):
        x, y = sized(x, size), sized(y, size)
        return math.sqrt(np.sum(x**2) + np.sum(y**2) - 2 * fidelity(x, y))

    return distance


def whitened(a, alpha, components):
    """Principal components times (alpha + (1 - alpha) / singular value), scaled to the sum of squares they had."""
    u, s, _ = np.linalg.svd(centred(a), full_matrices=False)
    s = s[:components]
    s = s[s > 1e-10 * s[0]]
    size = alpha * s + 1 - alpha
    return u[:, : len(s)] * size * math.sqrt(np.sum(s**2) / np.sum(size**2))


def shape(alpha=1.0, form="angular", widths="pad"):
    def distance(x, y):
        components = min(x.shape[1], y.shape[1]) if widths == "pca" else None
        x, y = padded(*(whitened(a, alpha, components) for a in (x, y)))
        x = x @ orthogonal_procrustes(x, y)[0]
        return angle(x, y) if form == "angular" else float(np.linalg.norm(x - y))

    return distance


def permuted(form, partners):
    def distance(x, y):
        x, y = padded(centred(x), centred(y))
        if partners == "free":  # a silent partner for everybody
            x, y = (np.hstack([a, np.zeros_like(a)]) for a in (x, y))
        rows, columns = linear_sum_assignment(x.T @ y, maximize=True)
        x, y = x[:, rows], y[:, columns]
        return angle(x, y) if form == "angular" else float(np.linalg.norm(x - y))

    return distance


def soft_matching(normalise):
    def distance(x, y):
        x, y = centred(x).T, centred(y).T
        if normalise == "unit":
            x, y = (a / np.linalg.norm(a, axis=1, keepdims=True) for a in (x, y))
        return math.sqrt(ot.emd2(ot.unif(len(x)), ot.unif(len(y)), ot.dist(x, y), numItermax=10_000_000))

    return distance


def cases(functions):
    return lambda arrays: [c for spec, function in functions.items() for c in whole_data_cases(spec, function, arrays)]


SIZES = ("unit", "per-stimulus", "raw")
SHAPES = {
    "shape-distance": shape(),
    "shape-distance:alpha=0.5": shape(alpha=0.5),
    "shape-distance:alpha=0.0": shape(alpha=0.0),
    "shape-distance:form=euclidean": shape(form="euclidean"),
    "shape-distance:alpha=0.5,form=euclidean": shape(alpha=0.5, form="euclidean"),
    "shape-distance:alpha=0.0,form=euclidean": shape(alpha=0.0, form="euclidean"),
    "shape-distance:widths=pca": shape(widths="pca"),
    "shape-distance:form=euclidean,widths=pca": shape(form="euclidean", widths="pca"),
    "shape-distance:alpha=0.5,widths=pca": shape(alpha=0.5, widths="pca"),
    "shape-distance:alpha=0.0,widths=pca": shape(alpha=0.0, widths="pca"),
}
PERMUTATIONS = {
    "permutation-distance": permuted("angular", "all"),
    "permutation-distance:form=euclidean": permuted("euclidean", "all"),
    "permutation-distance:partners=free": permuted("angular", "free"),
    "permutation-distance:form=euclidean,partners=free": permuted("euclidean", "free"),
}


# id: (definition, packages used, cases)
MEASURES = {
    "procrustes-angular-distance": (
        "The angle between X and Y, as vectors, after the orthogonal map of X that brings it nearest to Y; both "
        "centred, the narrower padded with zero units.",
        ["numpy", "scipy"],
        cases({"procrustes-angular-distance": angular}),
    ),
    "procrustes-euclidean-distance": (
        "The least Frobenius distance of XQ and Y over orthogonal Q; both centred, padded with zero units, and "
        "scaled to Frobenius norm 1 (size=unit), divided by the root of the number of rows (per-stimulus), or "
        "as they are (raw).",
        ["numpy", "scipy"],
        cases({f"procrustes-euclidean-distance:size={size}": euclidean(size) for size in SIZES}),
    ),
    "procrustes-squared-distance": (
        "The square of the least Frobenius distance of XQ and Y over orthogonal Q; both centred, padded with "
        "zero units and sized as for procrustes-euclidean-distance.",
        ["numpy", "scipy"],
        cases({f"procrustes-squared-distance:size={size}": squared(size) for size in SIZES}),
    ),
    "procrustes-disparity-distance": (
        "The disparity of scipy.spatial.procrustes, the narrower side padded with zero units.",
        ["numpy", "scipy"],
        cases({"procrustes-disparity-distance": disparity}),
    ),
    "shape-distance": (
        "Each side's centred rows U S (as many principal components as the narrower has units for widths=pca) "
        "become U (alpha S + 1 - alpha) times the factor that restores the sum of squares; then the angle or the "
        "Frobenius distance after the best orthogonal map.",
        ["numpy", "scipy"],
        cases(SHAPES),
    ),
    "permutation-distance": (
        "The angle or the Frobenius distance after the order of units that maximises the sum of matched products "
        "of centred columns; the narrower side padded with zero units, with partners=free both sides.",
        ["numpy", "scipy"],
        cases(PERMUTATIONS),
    ),
    "soft-matching-distance": (
        "The root of the optimal transport cost between the centred columns, uniform weights, squared Euclidean "
        "cost; columns of norm 1 for normalise=unit.",
        ["numpy", "pot"],
        cases({f"soft-matching-distance:normalise={n}": soft_matching(n) for n in ("none", "unit")}),
    ),
    "aligned-cosine": (
        "Mean over rows of the cosine of XQ and Y with the orthogonal Q that brings X nearest to Y; the narrower padded "
        "with zero units, columns centred for centre=true, rows of zeros left out.",
        ["numpy", "scipy"],
        lambda arrays: [
            c
            for spec, centre in (("aligned-cosine", False), ("aligned-cosine:centre=true", True))
            for c in whole_data_cases(spec, aligned_cosine(centre), arrays, ROW_PAIRS)
        ],
    ),
    "bures-similarity": (
        "tr (K^½ L K^½)^½ / sqrt(tr K tr L) for the n × n Gram matrices of centred rows.",
        ["numpy"],
        cases({"bures-similarity": bures_similarity}),
    ),
    "bures-distance": (
        "sqrt(tr K + tr L - 2 tr (K^½ L K^½)^½) for the n × n Gram matrices of centred rows, of trace 1 "
        "(size=unit), divided by the number of rows (per-stimulus), or as they are (raw).",
        ["numpy"],
        cases({f"bures-distance:size={size}": bures_distance(size) for size in SIZES}),
    ),
}
# (spec, value on A, value on B): closed-form pairs, six decimals, worked out separately from these files.
KNOWN = [
    ("procrustes-squared-distance:size=raw", 40.335761, 43.744516),
    ("procrustes-squared-distance:size=unit", 0.922489, 0.946818),
    ("bures-similarity", 0.538756, 0.526591),
    ("procrustes-angular-distance", 1.001837, 1.016211),
    ("shape-distance", 1.001837, 1.016211),
    ("shape-distance:form=euclidean", 6.351044, 6.613964),
    ("shape-distance:alpha=0.5", 1.008939, 1.018623),
    ("shape-distance:alpha=0.0", 1.042280, 1.033847),
    # netrep's 6.363294 and 6.324745 on A, of unequal widths, count the padding in the scale; ours do not.
    ("shape-distance:alpha=0.5,form=euclidean", 6.389118, 6.628237),
    ("shape-distance:alpha=0.0,form=euclidean", 6.567105, 6.718120),
    ("soft-matching-distance:normalise=none", 3.596683, 3.622218),
]
SHAPE_METRIC = "shape_metric-alpha={alpha}-distance"
ROOTS = "roots of eigenvalues at the level of rounding in the n × n matrices"
# (peer, pairs, spec, transform, protocol, tolerance, reason): rows of oracle.csv that measure one of these
PEERS = [
    (f"netrep/{SHAPE_METRIC}=angular", "X_Y X_Z", "shape-distance", "score", "in-sample", 1e-9, ""),
    (f"netrep/{SHAPE_METRIC}=angular", "X_Y X_Z", "procrustes-angular-distance", "score", "in-sample", 1e-9, ""),
    (f"netrep/{SHAPE_METRIC}=euclidean", "X_Y X_Z", "shape-distance:form=euclidean", "score", "in-sample", 1e-9, ""),
    (f"repsim/{SHAPE_METRIC}=angular", "X_Y X_Z", "shape-distance:widths=pca", "score", "in-sample", 1e-9, ""),
    (f"repsim/{SHAPE_METRIC}=euclidean", "X_Y X_Z", "shape-distance:form=euclidean,widths=pca", "score", "in-sample", 1e-9, ""),
    ("resi/orthogonal_angular_shape_metric_centered", "X_Y X_Z", "procrustes-angular-distance", "score", "in-sample", 1e-9, ""),
    ("resi/orthogonal_procrustes_centered_and_normalized", "X_Y X_Z", "procrustes-euclidean-distance:size=unit", "score",
     "in-sample", 1e-9, ""),
    *((f"{peer}/procrustes-distance=euclidean", "X_Y X_Z", "procrustes-euclidean-distance:size=raw", "score", "in-sample",
       1e-9, "") for peer in ("resi", "llm_repsim")),
    *((f"{peer}/procrustes-distance=squared_euclidean", "X_Y X_Z", "procrustes-squared-distance:size=raw", "score",
       "in-sample", 1e-9, "") for peer in ("sim_metric", "survey_measures")),
    ("netrep/permutation_metric-distance=angular", "X_Y X_Z", "permutation-distance", "score", "in-sample", 1e-9, ""),
    ("netrep/permutation_metric-distance=euclidean", "X_Y X_Z", "permutation-distance:form=euclidean", "score", "in-sample",
     1e-9, ""),
    ("resi/aligned_cosine_similarity", "X_Y X_Z", "aligned-cosine", "score", "in-sample", 1e-9, ""),
    ("llm_repsim/aligned_cossim", "X_Y X_Z", "aligned-cosine:centre=true", "score", "in-sample", 1e-9, ""),
    ("nn_similarity_index/nbs-score", "X_Y X_Z", "bures-similarity", "score", "in-sample", 1e-7, ROOTS),
    ("nn_similarity_index/bures_distance", "X_Y X_Z", "bures-distance:size=raw", "score", "in-sample", 1e-5, ROOTS),
    *((f"rsatoolbox/rsa-rdm={rdm}-compare=bures", "X_Y X_Z", "bures-similarity", "score", "in-sample", 1e-7, ROOTS)
      for rdm in ("mahalanobis", "squared_euclidean")),
]
