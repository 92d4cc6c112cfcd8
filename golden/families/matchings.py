"""Matchings of units."""

import numpy as np
import ot
from scipy.optimize import linear_sum_assignment

from common import SINGLE, correlations, fitted_cases

MASSES = np.linspace(0, 0.999, 100)


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


def partial_plan(fit_correlations, mass):
    """POT's reduction to a full transport, with the network simplex run to its end."""
    p, q = fit_correlations.shape
    a, b = np.full(p, 1 / p), np.full(q, 1 / q)
    # Sums of a seventh seven times are less than 1, which POT refuses.
    m = min(mass, a.sum(), b.sum())
    return ot.partial.partial_wasserstein(a, b, 1 - fit_correlations, m=m, numItermax=10_000_000)


def bend(fit_correlations):
    """The mass of the grid with the largest second difference of the cost, the middle of its three."""
    costs = [np.sum(partial_plan(fit_correlations, mass) * (1 - fit_correlations)) if mass else 0.0 for mass in MASSES]
    bends = np.abs(np.diff(costs, n=2))
    least, most = np.sort(bends)[-2:]
    assert most - least > 1e-9, "rounding would choose"
    return MASSES[bends.argmax() + 1]


def partial_soft_matching(mass, one_minus_cost):
    def run(x, y, fit, held):
        c, r = correlations(x[fit], y[fit]), correlations(x[held], y[held])
        m = bend(c) if mass is None else mass
        plan = partial_plan(c, m)
        assert abs(plan.sum() - m) < 1e-12
        matched = float(np.sum(plan * r))
        return {"score": 1 - m + matched if one_minus_cost else matched / m}

    return run


def partial_cases(arrays):
    variants = [("", None, False)]
    variants += [(f":mass={mass}", mass, False) for mass in (0.1, 0.5, 0.9, 1.0)]
    variants += [(f":mass={mass},sum=one-minus-cost", mass, True) for mass in (0.1, 0.5, 0.9)]
    runs = [(f"partial-soft-matching{spec}", partial_soft_matching(mass, form)) for spec, mass, form in variants]
    return [case for spec, run in runs for case in fitted_cases(spec, run, arrays, directed=False)]


# id: (definition, packages used, cases)
MEASURES = {
    "partial-soft-matching": (
        "Partial optimal transport plan T of mass m between uniform weights on the units, cost 1 - Pearson r on the fit rows; "
        "the sum of T_ij r_ij with r from the eval rows, divided by m, or for sum=one-minus-cost added to 1 - m. Without a mass "
        "m is that of 100 from 0 to 0.999 at which the cost has the largest second difference.",
        ["numpy", "pot", "scikit-learn"],
        partial_cases,
    ),
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
