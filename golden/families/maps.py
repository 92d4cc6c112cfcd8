"""Maps that are fitted and scored on different stimuli."""

import functools
import warnings

import numpy as np
from sklearn.cross_decomposition import PLSRegression
from sklearn.linear_model import Ridge, lasso_path
from sklearn.metrics import r2_score

from common import PAIRS, centred, column_correlations, deal, directed_cases, polar, protocols, without

EXPONENTS = range(-8, 9)
SCORES = ("pearson", "r2", "mean-r2")
# Singular values of the source below this fraction of the greatest are null.
NULL_SINGULAR_VALUE = 1e-5
# Scikit-learn's coordinate descent takes hours to choose a penalty where units are more than rows.
NARROW = [pair for pair in PAIRS if pair[0] != "wide_x"]
LASSO_GRID = 10.0 ** (-np.arange(13) / 4)  # descending


def scored(predicted, truth, score):
    if score == "pearson":
        constant = np.ptp(predicted, axis=0) == 0  # no source has a weight: a correlation of 0, by our convention
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return {"units": np.where(constant, 0.0, column_correlations(predicted, truth))}
    if score == "r2":
        return {"score": float(r2_score(truth, predicted, multioutput="variance_weighted"))}
    return {"units": r2_score(truth, predicted, multioutput="raw_values")}


def linear(x, y, fit, held, inner):
    slopes, *_ = np.linalg.lstsq(centred(x[fit]), centred(y[fit]), rcond=NULL_SINGULAR_VALUE)
    return y[fit].mean(axis=0) + (x[held] - x[fit].mean(axis=0)) @ slopes, {}


def procrustes(x, y, fit, held, inner):
    turned = centred(x[fit]) @ polar(centred(x[fit]).T @ centred(y[fit]))
    scale = np.sum(turned * centred(y[fit])) / np.sum(turned**2)
    rotation = polar(centred(x[fit]).T @ centred(y[fit]))
    return y[fit].mean(axis=0) + scale * (x[held] - x[fit].mean(axis=0)) @ rotation, {}


def pls(components, standardise):
    def run(x, y, fit, held, inner):
        # scikit-learn refuses more components than units; n centred rows span n - 1 dimensions.
        most = min(components, x.shape[1], len(fit) - 1)
        model = PLSRegression(most, scale=standardise, tol=1e-28, max_iter=1_000_000)
        return model.fit(x[fit], y[fit]).predict(x[held]), {}

    return run


def ridge_scale(x, fit):
    return np.sum(centred(x[fit]) ** 2) / x.shape[1]


def ridge_predict(x, y, fit, held, penalty):
    """`penalty` is one number, or one for each unit of y."""
    return Ridge(alpha=penalty, solver="svd").fit(x[fit], y[fit]).predict(x[held])


def ridge_choose(x, y, fit, inner, shared):
    """The λ with the smallest squared error summed over the inner folds, for all targets or for each; of equals the larger."""
    grid = np.array([10.0**k * ridge_scale(x, fit) for k in EXPONENTS])

    def errors(penalty):
        held_out = [(ridge_predict(x, y, without(fit, held), held, penalty) - y[held]) ** 2 for held in inner]
        return np.concatenate(held_out).sum(axis=None if shared else 0)

    table = np.array([errors(penalty) for penalty in grid])
    order = np.argsort(table, axis=0)
    for column, (first, following) in zip(np.atleast_2d(table.T), np.atleast_2d(order.T)[:, :2]):
        # Sums of a hundred squares err by 1e-15 or so. Between the smallest penalties the choice shows in no score.
        small = max(grid[first], grid[following]) <= 1e-6 * ridge_scale(x, fit)
        assert small or column[following] - column[first] > 1e-13 * column[first], "a near tie: rounding would choose"
    return grid[order[0]]


def ridge(x, y, fit, held, inner):
    penalty = ridge_choose(x, y, fit, inner, shared=True)
    return ridge_predict(x, y, fit, held, penalty), {"lambda": float(penalty)}


def ridge_fixed(x, y, fit, held, inner):
    penalty = 0.1 * ridge_scale(x, fit)
    return ridge_predict(x, y, fit, held, penalty), {"lambda": float(penalty)}


def ridge_per_target(x, y, fit, held, inner):
    return ridge_predict(x, y, fit, held, ridge_choose(x, y, fit, inner, shared=False)), {}


@functools.cache
def lasso_slopes(x, y, penalties):
    """Slopes of each target (columns) at each of descending penalties, units standardised over these rows (given as tuples):
    scikit-learn finds which sources have a weight, and the equations of those, whose signs are then known, are solved."""
    x, y = np.array(x), np.array(y)
    a, b = centred(x) / x.std(axis=0), centred(y) / y.std(axis=0)
    gram, cross = a.T @ a / len(a), a.T @ b / len(a)
    slopes = np.zeros((len(penalties), a.shape[1], b.shape[1]))
    for j in range(b.shape[1]):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a gap of 1e-16 is not reached; the conditions are checked below
            _, path, _ = lasso_path(a, b[:, j], alphas=penalties, tol=1e-16, max_iter=20_000)
        for penalty, weights, solved in zip(penalties, path.T, slopes[:, :, j]):
            kept = np.flatnonzero(np.abs(weights) > 1e-9)
            signs = np.sign(weights[kept])
            solved[kept] = np.linalg.solve(gram[np.ix_(kept, kept)], cross[kept, j] - penalty * signs)
            # The conditions of the optimum, which is unique where they hold.
            assert (np.sign(solved[kept]) == signs).all()
            assert (np.delete(np.abs(cross[:, j] - gram @ solved), kept) < penalty + 1e-12).all()
    return slopes * y.std(axis=0) / x.std(axis=0)[:, None]


def lasso_predict(x, y, fit, held, chosen, penalties=tuple(LASSO_GRID)):
    """`chosen` is the index of the penalty of each target."""
    slopes = lasso_slopes(*(tuple(map(tuple, m[fit])) for m in (x, y)), penalties)
    own = slopes[chosen, :, np.arange(y.shape[1])].T
    return y[fit].mean(axis=0) + (x[held] - x[fit].mean(axis=0)) @ own


def lasso_choose(x, y, fit, inner, shared):
    """For each target the index of the λ with the smallest squared error, in units of its variance, over the inner folds; of equals the
    larger."""
    targets = y.shape[1]

    def errors(k):
        folds = [(held, lasso_predict(x, y, without(fit, held), held, [k] * targets)) for held in inner]
        held_out = [(predicted - y[held]) ** 2 / y[fit].var(axis=0) for held, predicted in folds]
        return np.concatenate(held_out).sum(axis=0)

    table = np.array([errors(k) for k in range(len(LASSO_GRID))])
    if shared:
        table = np.repeat(table.sum(axis=1, keepdims=True), targets, axis=1)
    for column in table.T:
        least, following = np.sort(column)[:2]
        assert following - least > 1e-12 * least or np.flatnonzero(column == least).size > 1, "rounding would choose"
    return table.argmin(axis=0)


def lasso(x, y, fit, held, inner):
    return lasso_predict(x, y, fit, held, lasso_choose(x, y, fit, inner, shared=True)), {}


def lasso_fixed(x, y, fit, held, inner):
    return lasso_predict(x, y, fit, held, [0] * y.shape[1], (0.1,)), {}


def lasso_per_target(x, y, fit, held, inner):
    return lasso_predict(x, y, fit, held, lasso_choose(x, y, fit, inner, shared=False)), {}


def map_cases(arrays, variants, scores=SCORES, pairs=PAIRS):
    """Every variant (spec, function, whether it chooses by inner folds) under every score."""
    cases = []
    for pair in pairs:
        for protocol, fits, helds in protocols(pair, len(arrays[pair[0]])):
            inner = [deal(fit, 5, seed=i) for i, fit in enumerate(fits)]
            for spec, function, chooses in variants:
                made = {}  # predictions, made once for all scores

                def run(x, y, score):
                    if (x, y) not in made:
                        a, b = arrays[x], arrays[y]
                        made[x, y] = [function(a, b, f, h, i) for f, h, i in zip(fits, helds, inner)]
                    truth = [arrays[y][h] for h in helds]
                    return [scored(p, t, score) | notes for (p, notes), t in zip(made[x, y], truth)]

                for score in scores:
                    prefix = f"{spec}{'' if score == 'pearson' else f'score={score},'}"
                    optional = {"inner": inner} if chooses else {}
                    cases += directed_cases(prefix, pair, protocol, lambda x, y: run(x, y, score), **optional)
    return cases


SCORED = (
    " Scores on the eval rows: pearson, the mean over target units of Pearson r between prediction and target; r2 and "
    "mean-r2, r2_score weighted by variance and averaged over targets."
)
# id: (definition, packages used, cases)
MEASURES = {
    "lasso": (
        "Each target unit by LASSO with intercept on the fit rows, units standardised there, the objective of scikit-learn. "
        "λ = lambda, or else 10^(-k/4) with k in 0..=12 chosen by the squared error (each target in units of its variance on "
        "the fit rows) summed over the inner folds, for all targets together or for each." + SCORED,
        ["numpy", "scikit-learn", "scipy"],
        lambda arrays: map_cases(arrays, [("lasso:lambda=0.1,", lasso_fixed, False)])
        + map_cases(arrays, [("lasso:", lasso, True)], ("pearson", "r2"), NARROW)
        + map_cases(arrays, [("lasso:penalty=per-target,", lasso_per_target, True)], ("mean-r2",), NARROW),
    ),
    "linear": (
        "Least squares with intercept on the fit rows, the solution of smallest norm; singular values of the centred "
        "source below 1e-5 of the greatest are null." + SCORED,
        ["numpy", "scikit-learn", "scipy"],
        lambda arrays: map_cases(arrays, [("linear:", linear, False)]),
    ),
    "pls": (
        "PLSRegression of scikit-learn (NIPALS) on the fit rows, its inner iteration run to convergence; the components asked "
        "for, or the source's width or the rows less one, whichever is least; standardise is its scale." + SCORED,
        ["numpy", "scikit-learn", "scipy"],
        lambda arrays: map_cases(arrays, [("pls:components=3,", pls(3, False), False)])
        + map_cases(arrays, [("pls:", pls(25, False), False)], ("pearson",))
        + map_cases(arrays, [("pls:components=3,standardise=true,", pls(3, True), False)], ("pearson", "r2")),
    ),
    "procrustes": (
        "Both sides centred on the fit rows, Q = UVᵀ from the singular value decomposition of XᵀY there "
        "(vectors of zero singular values dropped), the prediction sXQ with the scale s of least squares and the means of "
        "the fit rows." + SCORED,
        ["numpy", "scikit-learn", "scipy"],
        lambda arrays: map_cases(arrays, [("procrustes:", procrustes, False)]),
    ),
    "ridge": (
        "Ridge regression with intercept fitted on the fit rows. λ = alpha·s, or else 10^k·s with k in -8..=8 chosen by "
        "the squared error summed over the inner folds, for all targets together or for each; s = the source's centred "
        "sum of squares on the fit rows / its width." + SCORED,
        ["numpy", "scikit-learn", "scipy"],
        lambda arrays: map_cases(arrays, [("ridge:alpha=0.1,", ridge_fixed, False)])
        + map_cases(arrays, [("ridge:", ridge, True)], ("pearson", "r2"))
        + map_cases(arrays, [("ridge:penalty=per-target,", ridge_per_target, True)], ("pearson", "mean-r2")),
    ),
}
# (spec, value on A, value on B): closed-form pairs, six decimals, worked out separately from these files.
KNOWN = [
    ("linear:score=r2,direction=x-to-y", 0.383963, 0.386612),
    ("linear:score=r2,direction=y-to-x", 0.488322, 0.332279),
]
# (peer, pairs, spec, transform, protocol, tolerance, reason): rows of oracle.csv that measure one of these
PEERS = [
    ("resi/linear_regression", "X_Y X_Z", "linear:score=r2,direction=y-to-x", "score", "in-sample", 1e-9, ""),
]
