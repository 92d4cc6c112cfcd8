"""Dissimilarities of the stimuli. rsatoolbox is loaded when it is needed: it takes a while."""

import math
from importlib.metadata import version

import numpy as np
from scipy.spatial.distance import pdist, squareform
from scipy.stats import kendalltau, pearsonr, spearmanr

from common import ROW_PAIRS, VERSIONS, case, whole_data_cases

SCORES = ("scores_x", "scores_y")
VERSIONS["rsatoolbox"] = version("rsatoolbox")


def noise_precision(rows, repeats):
    """Inverse of the shrunk covariance, about the mean row of each stimulus if it has several."""
    from rsatoolbox.data import Dataset
    from rsatoolbox.data.noise import prec_from_residuals, prec_from_unbalanced

    if repeats == 1:
        return prec_from_residuals(rows.copy())
    stimuli = Dataset(rows.copy(), obs_descriptors={"stimulus": np.repeat(np.arange(0.0, len(rows) // repeats), repeats)})
    return prec_from_unbalanced(stimuli, "stimulus")


def crossnobis(rows, repeats):
    from rsatoolbox.data import Dataset
    from rsatoolbox.rdm import calc_rdm_crossnobis

    n = len(rows) // repeats
    described = {"stimulus": np.repeat(np.arange(0.0, n), repeats), "repeat": np.tile(np.arange(0.0, repeats), n)}
    stimuli = Dataset(rows.copy(), obs_descriptors=described)
    noise = noise_precision(rows, repeats)
    return calc_rdm_crossnobis(stimuli, "stimulus", noise=noise, cv_descriptor="repeat").dissimilarities[0]


def dissimilarities(kind, rows, repeats=1):
    if kind == "crossnobis":
        return crossnobis(rows, repeats)
    if kind == "mahalanobis":
        return pdist(rows, "mahalanobis", VI=noise_precision(rows, repeats)) ** 2
    return pdist(rows, {"squared-euclidean": "sqeuclidean"}.get(kind, kind))


def tau_a(d, e):
    """From τ-b, whose denominator is without ties."""
    pairs = len(d) * (len(d) - 1) / 2
    untied = [pairs - sum(n * (n - 1) / 2 for n in np.unique(v, return_counts=True)[1]) for v in (d, e)]
    return kendalltau(d, e).statistic * math.sqrt(untied[0] * untied[1]) / pairs


def toolbox(method):
    def compare(d, e):
        from rsatoolbox.rdm import RDMs, compare

        return compare(RDMs(d[None]), RDMs(e[None]), method=method).item()

    return compare


COMPARATORS = {
    "spearman": lambda d, e: spearmanr(d, e).statistic,
    "pearson": lambda d, e: pearsonr(d, e).statistic,
    "kendall-a": tau_a,
    "kendall-b": lambda d, e: kendalltau(d, e).statistic,
    "rho-a": toolbox("rho-a"),
    "cosine": lambda d, e: d @ e / math.sqrt((d @ d) * (e @ e)),
    "whitened-cosine": toolbox("cosine_cov"),
    "whitened-pearson": toolbox("corr_cov"),
}


def spec(rdm, compare):
    parts = [f"compare={compare}"] if compare != "spearman" else []
    parts += [f"rdm={rdm}"] if rdm != "correlation" else []
    return "rsa" + ":" * bool(parts) + ",".join(parts)


def rsa(arrays):
    """Every comparator of one kind, every kind with one comparator, on all pairs; repeats where a pair has them."""
    cases = []
    wanted = [("correlation", compare) for compare in COMPARATORS]
    wanted += [(rdm, "spearman") for rdm in ("euclidean", "cosine", "mahalanobis")]
    wanted += [("squared-euclidean", compare) for compare in ("pearson", "whitened-cosine", "cosine", "whitened-pearson")]
    wanted += [("mahalanobis", "whitened-pearson"), ("euclidean", "pearson"), ("cosine", "pearson")]
    wanted += [("euclidean", "kendall-b"), ("euclidean", "kendall-a"), ("euclidean", "rho-a")]
    silent = {pair for pair in ROW_PAIRS if any(np.any(np.ptp(arrays[side], axis=1) == 0) for side in pair)}
    for rdm, compare in wanted:
        for pair in ROW_PAIRS:
            if pair in silent and rdm in ("correlation", "cosine"):
                continue
            x, y = (dissimilarities(rdm, arrays[side]) for side in pair)
            cases.append(case(pair, spec(rdm, compare), "in-sample", COMPARATORS[compare](x, y)))
    for rdm, compare in [("mahalanobis", "pearson"), ("crossnobis", "pearson"), ("crossnobis", "whitened-cosine"),
                         ("crossnobis", "spearman"), ("correlation", "spearman")]:
        x, y = (dissimilarities(rdm, arrays[side], repeats=2) for side in SCORES)
        cases.append(case(SCORES, spec(rdm, compare), "in-sample", COMPARATORS[compare](x, y), rows_per_stimulus=2))
    return cases


def norm_of_difference(norm):
    def distance(x, y):
        difference = pdist(x) - pdist(y)
        if norm == "pairs":
            return np.linalg.norm(difference)
        return np.linalg.norm(squareform(difference, checks=False), {"frobenius": "fro", "spectral": 2}[norm])

    return distance


# id: (definition, packages used, cases)
MEASURES = {
    "rsa": (
        "Comparison of the dissimilarities of all pairs of rows (crossnobis: of stimuli, whose rows are repeats): pdist; "
        "covariances shrunk towards their diagonal, crossnobis, ρ_a and whitened comparisons by rsatoolbox, the other "
        "comparisons by SciPy.",
        ["numpy", "scipy", "rsatoolbox"],
        rsa,
    ),
    "rsm-norm-difference-distance": (
        "Norm of the difference of the two tables of Euclidean distances of rows: Euclidean with each pair of rows once "
        "(pairs), Frobenius, or spectral.",
        ["numpy", "scipy"],
        lambda arrays: [
            c
            for norm in ("pairs", "frobenius", "spectral")
            for c in whole_data_cases(f"rsm-norm-difference-distance:norm={norm}", norm_of_difference(norm), arrays, ROW_PAIRS)
        ],
    ),
}
# (spec, value on A, value on B)
KNOWN = [
    ("rsa:compare=pearson", 0.058956, 0.162801),
    ("rsa", 0.022093, 0.167951),
    ("rsa:compare=kendall-b", 0.016207, 0.112002),
    ("rsa:compare=whitened-cosine,rdm=squared-euclidean", 0.424345, 0.357225),
]
BOTH = "X_Y X_Z"
TOOLBOX = {
    "pearson": "pearson", "spearman": "spearman", "tau_a": "kendall-a", "tau_b": "kendall-b", "kendall": "kendall-b",
    "rho_a": "rho-a", "cosine": "cosine", "cosine_cov": "whitened-cosine", "corr_cov": "whitened-pearson",
}


def rows_of(peer, rdm, compare):
    return (f"{peer}", BOTH, spec(rdm, compare), "score", "in-sample", 1e-9, "")


# (peer, pairs, spec, transform, protocol, tolerance, reason)
PEERS = [
    ("llm_repsim/rsm_norm_difference", BOTH, "rsm-norm-difference-distance:norm=pairs", "score", "in-sample", 1e-9, ""),
    ("resi/rsa-rdm=euclidean-compare=euclidean", BOTH, "rsm-norm-difference-distance:norm=pairs", "score", "in-sample", 1e-9,
     ""),
    ("resi/rsm_norm_difference", BOTH, "rsm-norm-difference-distance:norm=spectral", "score", "in-sample", 1e-9, ""),
    *(rows_of(f"rsatoolbox/rsa-rdm=correlation-compare={theirs}", "correlation", ours) for theirs, ours in TOOLBOX.items()),
    # Squared Euclidean over the number of units; without a noise model its mahalanobis is the same.
    *(
        rows_of(f"rsatoolbox/rsa-rdm={rdm}-compare={theirs}", *ours)
        for rdm in ("squared_euclidean", "mahalanobis")
        for theirs, ours in {
            "pearson": ("squared-euclidean", "pearson"), "spearman": ("euclidean", "spearman"),
            "tau_a": ("euclidean", "kendall-a"), "tau_b": ("euclidean", "kendall-b"),
            "kendall": ("euclidean", "kendall-b"), "rho_a": ("euclidean", "rho-a"),
            "cosine": ("squared-euclidean", "cosine"), "cosine_cov": ("squared-euclidean", "whitened-cosine"),
            "corr_cov": ("squared-euclidean", "whitened-pearson"),
        }.items()
    ),
    *(rows_of(f"{peer}/rsa-rdm=correlation-compare=spearman", "correlation", "spearman")
      for peer in ("brainscore", "resi", "thingsvision")),
    *(rows_of(f"{peer}/rsa-rdm=correlation-compare=pearson", "correlation", "pearson")
      for peer in ("mouse_vision", "nnsrm_neurips18", "thingsvision")),
    rows_of("neuroaimetrics/rsa-rdm=correlation-compare=kendall", "correlation", "kendall-b"),
    rows_of("resi/rsa-rdm=euclidean-compare=spearman", "euclidean", "spearman"),
    *(rows_of(f"thingsvision/rsa-rdm={rdm}-compare={compare}", rdm, compare)
      for rdm in ("euclidean", "cosine") for compare in ("spearman", "pearson")),
    # A decreasing function of the distance: the same ranks.
    rows_of("thingsvision/rsa-rdm=gaussian-compare=spearman", "euclidean", "spearman"),
]
