"""Kernels of the stimuli."""

import math

import numpy as np
from scipy.linalg import eigh
from scipy.spatial.distance import cdist

from common import ROW_PAIRS, SINGLE, centred, whole_data_cases


RBF = "cka-kernel=(rbf-sigma={sigma})-hsic="
CKA, SONG = "cka-kernel=linear-hsic=gretton-", "cka-kernel=linear-hsic=song-score"

def linear_cka(x, y):
    x, y = centred(x), centred(y)
    return np.sum((x.T @ y) ** 2) / (np.linalg.norm(x.T @ x) * np.linalg.norm(y.T @ y))


def debiased_linear_cka(x, y):
    def hsic(k, l):
        n = len(k)
        terms = np.sum(k * l) + k.sum() * l.sum() / ((n - 1) * (n - 2)) - 2 / (n - 2) * (k.sum(axis=0) @ l.sum(axis=0))
        return terms / (n * (n - 3))

    k, l = x @ x.T, y @ y.T
    np.fill_diagonal(k, 0.0)
    np.fill_diagonal(l, 0.0)
    return hsic(k, l) / math.sqrt(hsic(k, k) * hsic(l, l))


def distance_correlation(x, y):
    """By double centring whole distance matrices."""

    def doubly_centred(rows):
        d = cdist(rows, rows)
        return d - d.mean(axis=0) - d.mean(axis=1)[:, None] + d.mean()

    a, b = doubly_centred(x), doubly_centred(y)
    return math.sqrt(np.mean(a * b) / math.sqrt(np.mean(a * a) * np.mean(b * b)))


def lange_linear_cka(x, y):
    def off_diagonal(a):
        a = centred(a)
        k = a @ a.T
        np.fill_diagonal(k, 0.0)
        return k

    k, l = off_diagonal(x), off_diagonal(y)
    return np.sum(k * l) / math.sqrt(np.sum(k * k) * np.sum(l * l))


def riemannian_distance(ridge):
    def distance(x, y):
        def kernel(a):
            a = centred(a)
            k = a @ a.T
            return k * len(k) / np.trace(k) + ridge * np.eye(len(k))

        return math.sqrt(np.sum(np.log(eigh(kernel(y), kernel(x), eigvals_only=True)) ** 2))

    return distance


def rbf_kernel(rows, bandwidth="median", factor=1.0):
    squared = cdist(rows, rows, "sqeuclidean")
    others = squared[~np.eye(len(rows), dtype=bool)]
    unit = {"median": np.median(others), "median-all": np.median(squared), "mean": np.mean(others), "fixed": 1.0}[bandwidth]
    return np.exp(-squared / (2 * factor**2 * unit))


def gretton(k, l):
    """By the projection that takes the mean away."""
    h = np.eye(len(k)) - 1 / len(k)
    return np.trace(k @ h @ l @ h)


def song(k, l):
    n = len(k)
    k, l = k - np.diag(np.diag(k)), l - np.diag(np.diag(l))
    terms = np.trace(k @ l) + k.sum() * l.sum() / ((n - 1) * (n - 2)) - 2 / (n - 2) * (k @ l).sum()
    return terms / (n * (n - 3))


WIDTHS = [{}, {"bandwidth": "median-all", "factor": 0.5}, {"bandwidth": "mean", "factor": 0.7},
          {"bandwidth": "fixed"}, {"factor": 2.5}]


def rbf_cases(id, criterion, arrays):
    found = []
    for options in WIDTHS:
        def score(x, y):
            k, l = rbf_kernel(x, **options), rbf_kernel(y, **options)
            return criterion(k, l) / math.sqrt(criterion(k, k) * criterion(l, l))

        spec = id + (":" if options else "") + ",".join(f"{key}={value}" for key, value in sorted(options.items()))
        # The arrays of 60 units are so far apart that a width of 1 has nothing beside the diagonal.
        pairs = [pair for pair in ROW_PAIRS if options.get("bandwidth") != "fixed" or "wide_x" not in pair]
        found += whole_data_cases(spec, score, arrays, pairs)
    return found


def row_key(id):
    """FNV-1a of the id from a seeded start, then the finaliser of SplitMix64 twice: the order in which rows are dealt."""
    full = (1 << 64) - 1

    def scrambled(h):
        h = ((h ^ (h >> 30)) * 0xBF58476D1CE4E5B9) & full
        h = ((h ^ (h >> 27)) * 0x94D049BB133111EB) & full
        return h ^ (h >> 31)

    h = 0xCBF29CE484222325 ^ ((0x726F7773 * 0x9E3779B97F4A7C15) & full)
    for byte in id.encode():
        h = ((h ^ byte) * 0x100000001B3) & full
    return scrambled(scrambled(h))


def minibatch_cases(arrays):
    found = []
    for batch in (256, 16, 8):
        def score(x, y):
            order = sorted(range(len(x)), key=lambda row: row_key(str(row)))
            batches = [order[b :: -(-len(x) // batch)] for b in range(-(-len(x) // batch))]
            kernels = [(x[b] @ x[b].T, y[b] @ y[b].T) for b in batches]
            xy, xx, yy = (sum(song(*pair) for pair in pairs) for pairs in (
                kernels, [(k, k) for k, _ in kernels], [(l, l) for _, l in kernels]))
            return xy / math.sqrt(xx * yy)

        found += whole_data_cases(f"minibatch-cka:batch={batch}", score, arrays, ROW_PAIRS)
    return found


# id: (definition, packages used, cases)
MEASURES = {
    "linear-cka": (
        "‖XᵀY‖² / (‖XᵀX‖ ‖YᵀY‖), Frobenius norms, columns centred (biased HSIC).",
        ["numpy"],
        lambda arrays: whole_data_cases("linear-cka", linear_cka, arrays),
    ),
    "debiased-linear-cka": (
        "HSIC(K,L) / sqrt(HSIC(K,K) HSIC(L,L)) with the unbiased estimator of Song et al. (2012) on the "
        "linear Gram matrices K = XXᵀ, L = YYᵀ, rows not normalised.",
        ["numpy"],
        lambda arrays: whole_data_cases("debiased-linear-cka", debiased_linear_cka, arrays),
    ),
    "rbf-cka": (
        "tr(KHLH) / sqrt(tr(KHKH) tr(LHLH)) with Gaussian kernels exp(−d² / 2σ²) and the centring matrix H.",
        ["numpy", "scipy"],
        lambda arrays: rbf_cases("rbf-cka", gretton, arrays),
    ),
    "debiased-rbf-cka": (
        "HSIC(K,L) / sqrt(HSIC(K,K) HSIC(L,L)) with the unbiased estimator of Song et al. (2012) on Gaussian kernels.",
        ["numpy", "scipy"],
        lambda arrays: rbf_cases("debiased-rbf-cka", song, arrays),
    ),
    "minibatch-cka": (
        "Sums over batches of the unbiased HSIC of Song et al. (2012) of the linear kernels, then the ratio; rows are dealt "
        "to batches in the order of a hash of their ids.",
        ["numpy"],
        minibatch_cases,
    ),
    "distance-correlation": (
        "Root of the ratio of distance covariance to the root of the product of the distance variances, doubly centred "
        "Euclidean distance matrices (biased).",
        ["numpy", "scipy"],
        lambda arrays: whole_data_cases("distance-correlation", distance_correlation, arrays, ROW_PAIRS),
    ),
    "lange-linear-cka": (
        "Cosine of the two linear Gram matrices of centred rows, their diagonals set to zero after centring.",
        ["numpy"],
        lambda arrays: whole_data_cases("lange-linear-cka", lange_linear_cka, arrays),
    ),
    "riemannian-distance": (
        "Root of the sum of squared logarithms of the generalised eigenvalues of the two n × n Gram matrices of "
        "centred rows, each scaled to a mean diagonal of 1, plus ridge times the identity.",
        ["numpy", "scipy"],
        lambda arrays: [
            c
            for ridge in (0.1, 1.0)
            for c in whole_data_cases(f"riemannian-distance:ridge={ridge}", riemannian_distance(ridge), arrays)
        ],
    ),
}
# (spec, value on A, value on B): closed-form pairs, six decimals, worked out separately from these files.
KNOWN = [
    ("linear-cka", 0.424345, 0.357225),
    ("debiased-linear-cka", 0.307942, 0.200996),
]
# (peer, pairs, spec, transform, protocol, tolerance, reason): rows of oracle.csv that measure one of these
PEERS = [
    *((f"{peer}/{CKA}score", "X_Y X_Z", "linear-cka", "score", "in-sample", 1e-9, "")
      for peer in ("brainscore", "contrasim", "correcting_cka_alignment", "drfrankenstein",
                   "implicitdeclaration_similarity", "llm_repsim", "neuroaimetrics", "nn_similarity_index",
                   "representation_similarity", "resi", "rtd", "thingsvision")),
    ("xrsa_awes/feature_space_linear_cka", "X_Y X_Z", "linear-cka", "score", "in-sample", 1e-9, ""),
    *((f"rsatoolbox/rsa-rdm={rdm}-compare=cosine_cov", "X_Y X_Z", "linear-cka", "score", "in-sample", 1e-9, "")
      for rdm in ("mahalanobis", "squared_euclidean")),
    *((f"{peer}/{CKA}distance=angular", "X_Y X_Z", "linear-cka", "angular", "in-sample", 1e-9, "")
      for peer in ("netrep", "repsim")),
    (f"sim_metric/{CKA}distance=one_minus_score", "X_Y X_Z", "linear-cka", "one-minus-score", "in-sample", 1e-9, ""),
    (f"fsd/{CKA}score-negative_log", "X_Y X_Z", "linear-cka", "negative-log", "in-sample", 1e-6, SINGLE),
    (f"platonic/{CKA}score", "X_Y X_Z", "linear-cka", "score", "in-sample", 1e-6,
     f"{SINGLE}; 1e-6 added to the denominator"),
    ("stir/linear_CKA", "X_Y X_Z", "linear-cka", "score", "in-sample", 1e-6, SINGLE),
    (f"unsupervised_analysis/{CKA}score", "X_Y X_Z", "linear-cka", "score", "in-sample", 1e-6, SINGLE),
    *((f"{peer}/{SONG}", "X_Y X_Z", "debiased-linear-cka", "score", "in-sample", 1e-9, "")
      for peer in ("contrasim", "correcting_cka_alignment", "representation_similarity", "thingsvision")),
    ("xrsa_awes/feature_space_linear_cka-debiased_True", "X_Y X_Z", "debiased-linear-cka", "score", "in-sample", 1e-9, ""),
    (f"platonic/{SONG}", "X_Y X_Z", "debiased-linear-cka", "score", "in-sample", 1e-6,
     f"{SINGLE}; 1e-6 added to the denominator"),
    (f"thingsvision/{RBF}gretton-score", "X_Y X_Z", "rbf-cka:bandwidth=fixed", "score", "in-sample", 1e-9, ""),
    ("stir/kernel_CKA", "X_Y X_Z", "rbf-cka:bandwidth=fixed", "score", "in-sample", 1e-6, SINGLE),
    (f"platonic/{RBF}gretton-score", "X_Y X_Z", "rbf-cka:bandwidth=fixed", "score", "in-sample", 1e-6,
     f"{SINGLE}; 1e-6 added to the denominator"),
    (f"repsim/{RBF}gretton-distance=angular", "X_Y X_Z", "rbf-cka:bandwidth=fixed", "angular", "in-sample", 1e-9, ""),
    (f"thingsvision/{RBF}song-score", "X_Y X_Z", "debiased-rbf-cka:bandwidth=fixed", "score", "in-sample", 1e-9, ""),
    ("resi/distance_correlation", "X_Y X_Z", "distance-correlation", "score", "in-sample", 1e-9, ""),
    (f"repsim/{CKA.replace('gretton', 'lange')}distance=angular", "X_Y X_Z", "lange-linear-cka", "angular", "in-sample", 1e-9, ""),
    ("ensd/ensd-distance=angular_normalized", "X_Y X_Z", "linear-cka", "angular-share", "in-sample", 1e-9, ""),
]
