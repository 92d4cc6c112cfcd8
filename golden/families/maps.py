"""Maps that are fitted and scored on different stimuli."""

import numpy as np
from sklearn.linear_model import Ridge

from common import PAIRS, centred, column_correlations, deal, directed_cases, fitted_cases, polar, protocols, without

EXPONENTS = range(-8, 9)


def procrustes(x, y, fit, held):
    rotation = polar(centred(x[fit]).T @ centred(y[fit]))
    return {"units": column_correlations((x[held] - x[fit].mean(axis=0)) @ rotation, y[held])}


def ridge_scale(x, fit):
    return np.sum(centred(x[fit]) ** 2) / x.shape[1]


def ridge_predict(x, y, fit, held, penalty):
    return Ridge(alpha=penalty, solver="svd").fit(x[fit], y[fit]).predict(x[held])


def ridge_choose(x, y, fit, inner):
    """The λ with the smallest squared error summed over the inner folds; of equals the larger."""
    grid = [10.0**k * ridge_scale(x, fit) for k in EXPONENTS]
    errors = [
        sum(np.sum((ridge_predict(x, y, without(fit, held), held, penalty) - y[held]) ** 2) for held in inner)
        for penalty in grid
    ]
    best, second = sorted(errors)[:2]
    assert second - best > 1e-6 * best, "a near tie: the choice would depend on rounding"
    return grid[int(np.argmin(errors))]


def ridge(x, y, fit, held, inner=None, alpha=None):
    penalty = ridge_choose(x, y, fit, inner) if alpha is None else alpha * ridge_scale(x, fit)
    return {"units": column_correlations(ridge_predict(x, y, fit, held, penalty), y[held]), "lambda": float(penalty)}


def ridge_cases(arrays):
    cases = []
    for pair in PAIRS:
        for protocol, fits, helds in protocols(pair, len(arrays[pair[0]])):
            inner = [deal(fit, 5, seed=i) for i, fit in enumerate(fits)]

            def chosen(x, y):
                return [ridge(arrays[x], arrays[y], f, h, inner=i) for f, h, i in zip(fits, helds, inner)]

            def fixed(x, y):
                return [ridge(arrays[x], arrays[y], f, h, alpha=0.1) for f, h in zip(fits, helds)]

            cases += directed_cases("ridge:", pair, protocol, chosen, inner=inner)
            cases += directed_cases("ridge:alpha=0.1,", pair, protocol, fixed)
    return cases


# id: (definition, packages used, cases)
MEASURES = {
    "procrustes": (
        "Both sides centred on the fit rows, Q = UVᵀ from the singular value decomposition of XᵀY there "
        "(vectors of zero singular values dropped); the mean over target units of Pearson r between XQ and Y "
        "on the eval rows.",
        ["numpy", "scikit-learn", "scipy"],
        lambda arrays: fitted_cases("procrustes", procrustes, arrays, directed=True),
    ),
    "ridge": (
        "Ridge regression with intercept fitted on the fit rows, one λ for all targets; the mean over target "
        "units of Pearson r between prediction and target on the eval rows. λ = alpha·s, or else 10^k·s with "
        "k in -8..=8 chosen by the squared error summed over the inner folds; s = the source's centred sum of"
        " squares on the fit rows / its width.",
        ["numpy", "scikit-learn", "scipy"],
        ridge_cases,
    ),
}
# (spec, value on A, value on B): closed-form pairs, six decimals, worked out separately from these files.
KNOWN = [
]
# (peer, pairs, spec, transform, protocol, tolerance, reason): rows of oracle.csv that measure one of these
PEERS = [
]
