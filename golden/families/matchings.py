"""Matchings of units."""

import numpy as np
import ot
from scipy.optimize import linear_sum_assignment

from common import SINGLE, correlations, fitted_cases


def permutation(x, y, fit, held):
    rows, columns = linear_sum_assignment(correlations(x[fit], y[fit]), maximize=True)
    r = correlations(x[held], y[held])
    partner = dict(zip(rows.tolist(), columns.tolist()))
    units = [float(r[i, partner[i]]) if i in partner else None for i in range(x.shape[1])]
    return {"units": units, "mapping": [partner.get(i) for i in range(x.shape[1])]}


def semi_matching(x, y, fit, held):
    partner = correlations(x[fit], y[fit]).argmax(axis=1)
    r = correlations(x[held], y[held])
    return {"units": r[np.arange(len(partner)), partner], "mapping": partner.tolist()}


def soft_matching(x, y, fit, held):
    p, q = x.shape[1], y.shape[1]
    cost = 1 - correlations(x[fit], y[fit])
    plan, log = ot.emd(np.full(p, 1 / p), np.full(q, 1 / q), cost, numItermax=10_000_000, log=True)
    assert log["warning"] is None
    # The dual certifies the optimum.
    assert (log["u"][:, None] + log["v"] <= cost + 1e-12).all()
    assert abs(log["u"].mean() + log["v"].mean() - np.sum(plan * cost)) < 1e-12
    score = float(np.sum(plan * correlations(x[held], y[held])))
    if fit != held:  # the plans of folds would be most of the file
        return {"score": score}
    return {"score": score, "mapping": [[int(i), int(j), float(plan[i, j])] for i, j in np.argwhere(plan > 1e-12)]}


# id: (definition, packages used, cases)
MEASURES = {
    "permutation": (
        "One-to-one assignment of min(p,q) units that maximises the sum of Pearson r on the fit rows; the "
        "mean of the assigned pairs' Pearson r on the eval rows.",
        ["numpy", "scikit-learn", "scipy"],
        lambda arrays: fitted_cases("permutation", permutation, arrays, directed=False),
    ),
    "semi-matching": (
        "Each source unit takes the target unit of greatest signed Pearson r on the fit rows; the mean over "
        "source units of that pair's Pearson r on the eval rows.",
        ["numpy", "scikit-learn"],
        lambda arrays: fitted_cases("semi-matching", semi_matching, arrays, directed=True),
    ),
    "soft-matching": (
        "Optimal transport plan T between uniform weights on the units, cost 1 - Pearson r on the fit rows; "
        "the sum of T_ij r_ij with r from the eval rows.",
        ["numpy", "pot", "scikit-learn"],
        lambda arrays: fitted_cases("soft-matching", soft_matching, arrays, directed=False),
    ),
}
# (spec, value on A, value on B): closed-form pairs, six decimals, worked out separately from these files.
KNOWN = [
    ("semi-matching:direction=x-to-y", 0.549886, 0.519717),
    ("semi-matching:direction=y-to-x", 0.436733, 0.514345),
    ("permutation", 0.432333, 0.431553),
    ("soft-matching", 0.362794, 0.431553),
]
# (peer, pairs, spec, transform, protocol, tolerance, reason): rows of oracle.csv that measure one of these
PEERS = [
    ("resi/hard_correlation_match", "X_Y X_Z", "permutation", "score", "in-sample", 1e-9, ""),
    ("resi/soft_correlation_match", "X_Y X_Z", "semi-matching:direction=both", "score", "in-sample", 1e-9, ""),
    ("mouse_vision/correlation", "X_Y X_Z", "semi-matching:direction=y-to-x", "score", "in-sample", 1e-9, ""),
    ("neuroaimetrics/pairwisematching", "X_Y X_Z", "semi-matching:direction=y-to-x", "score", "5-fold", 1e-6, SINGLE),
    ("neuroaimetrics/soft_correlation_match", "X_Y X_Z", "soft-matching", "score", "in-sample", 1e-6,
     f"correlations {SINGLE}"),
]
