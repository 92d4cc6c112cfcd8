"""Canonical correlations and what follows from them. All from the rows."""

import math

import numpy as np
from scipy.linalg import subspace_angles

from common import RANK_TOLERANCE, SINGLE, centred, whole_data_cases


def basis(a, share=1.0):
    """Orthonormal basis of the columns: the fewest left singular vectors that hold a share of the sum of squares."""
    u, s, _ = np.linalg.svd(a, full_matrices=False)
    rank = int(np.sum(s > RANK_TOLERANCE * s[0]))
    held = np.cumsum(s[:rank] ** 2) / np.sum(s[:rank] ** 2)
    kept = rank if share == 1 else int(np.argmax(held >= share)) + 1
    return u[:, :kept]


def correlations(x, y, share=1.0):
    """Cosines of the principal angles between the two spaces."""
    return np.cos(subspace_angles(basis(x, share), basis(y, share)))


def mean_cca(x, y):
    return correlations(centred(x), centred(y)).mean()


def svcca(share):
    return lambda x, y: correlations(centred(x), centred(y), share).mean()


def squares(centre):
    """Sum of the squared correlations, and the two ranks."""

    def parts(x, y):
        x, y = (centred(x), centred(y)) if centre else (x, y)
        return np.sum(correlations(x, y) ** 2), basis(x).shape[1], basis(y).shape[1]

    return parts


def mean_squared_cca(centre):
    def score(x, y):
        total, p, q = squares(centre)(x, y)
        return total / min(p, q)

    return score


def eigenspace_overlap(centre):
    def score(x, y):
        total, p, q = squares(centre)(x, y)
        return total / max(p, q)

    return score


def pwcca(variant="paper"):
    """Weights from x."""

    def score(x, y):
        x, y = centred(x), centred(y)
        bx, by = basis(x), basis(y)
        u, rho, _ = np.linalg.svd(bx.T @ by, full_matrices=False)
        rho = np.minimum(rho, 1.0)
        if rho[0] - rho[-1] < 1e-9:  # the weights play no part
            return rho.mean()
        assert np.min(-np.diff(rho)) > 1e-9, "equal correlations: their directions are arbitrary"
        h = bx @ u
        if variant == "google":
            # bx u = X (XᵀX)^-½ w; the code projects onto the orthonormalised X w.
            w = np.linalg.lstsq(x, h, rcond=RANK_TOLERANCE)[0]
            _, s, vt = np.linalg.svd(x, full_matrices=False)
            h, _ = np.linalg.qr(x @ ((vt.T * s) @ vt @ w))
        weights = np.abs(h.T @ x).sum(axis=1)
        return weights @ rho / weights.sum()

    return score


def smoother(x, penalty):
    """The matrix that ridge regression takes targets to predictions by; the total variance is 1."""
    x = centred(x)
    x = x * math.sqrt(len(x)) / np.linalg.norm(x)
    if penalty == 0:
        u = basis(x)
        return u @ u.T
    return x @ np.linalg.solve(x.T @ x + len(x) * penalty * np.eye(x.shape[1]), x.T)


def gulp(penalty):
    return lambda x, y: np.linalg.norm(smoother(x, penalty) - smoother(y, penalty))


def cases(functions):
    return lambda arrays: [c for spec, function in functions.items() for c in whole_data_cases(spec, function, arrays)]


# weights of pwcca from the other side, and from both
PWCCA = {
    "pwcca:weights=x": pwcca(),
    "pwcca:weights=y": lambda x, y: pwcca()(y, x),
    "pwcca:weights=both": lambda x, y: (pwcca()(x, y) + pwcca()(y, x)) / 2,
    "pwcca:variant=google": pwcca("google"),
    "pwcca:variant=google,weights=y": lambda x, y: pwcca("google")(y, x),
}

# id: (definition, packages used, cases)
MEASURES = {
    "mean-cca": (
        "Mean cosine of the principal angles between the spaces of the centred columns, over the smaller rank.",
        ["numpy", "scipy"],
        cases({"mean-cca": mean_cca}),
    ),
    "mean-squared-cca": (
        "Mean squared cosine of the principal angles between the spaces of the columns, centred or not, over the "
        "smaller rank.",
        ["numpy", "scipy"],
        cases({"mean-squared-cca": mean_squared_cca(True), "mean-squared-cca:centre=false": mean_squared_cca(False)}),
    ),
    "svcca": (
        "Mean cosine of the principal angles between the first principal components of each side, the fewest that "
        "hold the share of the variance, over the smaller number.",
        ["numpy", "scipy"],
        cases({f"svcca:variance={share}": svcca(share) for share in (0.99, 0.8, 1.0)}),
    ),
    "pwcca": (
        "Canonical correlations weighted by the sums of absolute products of the canonical variates of x (norm 1) "
        "with the centred units of x; variant=google: of the orthonormalised X w, with X (XᵀX)^-½ w the variates.",
        ["numpy"],
        cases(PWCCA),
    ),
    "eigenspace-overlap": (
        "Sum of squared cosines of the principal angles between the spaces of the columns, centred or not, over the "
        "larger rank.",
        ["numpy", "scipy"],
        cases({"eigenspace-overlap": eigenspace_overlap(True), "eigenspace-overlap:centre=false": eigenspace_overlap(False)}),
    ),
    "gulp-distance": (
        "Frobenius distance of the n × n smoothers of ridge regression, inputs centred with a total variance of 1.",
        ["numpy"],
        cases({f"gulp-distance:lambda={penalty}": gulp(penalty) for penalty in (0.0, 0.01, 1.0)}),
    ),
}
# (spec, value on A, value on B): closed-form pairs, six decimals, worked out separately from these files.
KNOWN = [
    ("mean-cca", 0.650987, 0.511517),
    ("mean-squared-cca", 0.494136, 0.335716),
    ("pwcca:weights=x", 0.640781, 0.486730),
]
SIGNS = "adds the means of units to directions of arbitrary sign; ours centres"
# (peer, pairs, spec, transform, protocol, tolerance, reason): rows of oracle.csv that measure one of these
PEERS = [
    *((f"{peer}/cca-score", "X_Y X_Z", "mean-cca", "score", "in-sample", 1e-9, "")
      for peer in ("contrasim", "sim_metric", "svcca")),
    *((f"{peer}/cca-squared_score", "X_Y X_Z", "mean-squared-cca", "score", "in-sample", 1e-9, "")
      for peer in ("contrasim", "drfrankenstein", "representation_similarity", "sim_metric", "svcca")),
    ("contrasim/svcca-score", "X_Y X_Z", "svcca:variance=1.0", "score", "in-sample", 1e-9, ""),
    ("platonic/svcca-dim={dim}-score", "X_Y", "svcca:variance=1.0", "score", "in-sample", 1e-6,
     f"{SINGLE}; keeps ten components, which are all of both"),
    ("sim_metric/pwcca-distance=one_minus_score", "X_Y X_Z", "pwcca:weights=x", "one-minus-score", "in-sample", 1e-9, ""),
    *((f"{peer}/pwcca-score", "X_Y", "pwcca:variant=google", "score", "in-sample", 2e-4, SIGNS)
      for peer in ("contrasim", "resi", "rtd", "svcca")),
    *((f"{peer}/pwcca-score", "X_Z", "pwcca:variant=google", "score", "in-sample", 2e-3, SIGNS)
      for peer in ("contrasim", "resi", "rtd", "svcca")),
    ("resi/eigenspace_overlap_score", "X_Y X_Z", "eigenspace-overlap:centre=false", "score", "in-sample", 1e-9, ""),
    ("resi/gulp", "X_Y X_Z", "gulp-distance:lambda=0.0", "square", "in-sample", 1e-9, ""),
]
