"""Kernels of the stimuli."""

import math

import numpy as np
from scipy.linalg import eigh
from scipy.spatial.distance import cdist

from common import ROW_PAIRS, SINGLE, centred, whole_data_cases


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
    ("resi/distance_correlation", "X_Y X_Z", "distance-correlation", "score", "in-sample", 1e-9, ""),
    (f"repsim/{CKA.replace('gretton', 'lange')}distance=angular", "X_Y X_Z", "lange-linear-cka", "angular", "in-sample", 1e-9, ""),
    ("ensd/ensd-distance=angular_normalized", "X_Y X_Z", "linear-cka", "angular-share", "in-sample", 1e-9, ""),
]
