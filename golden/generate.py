"""Golden files: scores computed independently of the Rust code, from pinned packages (see README.md).

One function a measure; each takes the arrays of one case and returns the parts of its result. Folds are lists of row
indices. Running this again rewrites the same bytes.
"""

import os

# Fix the kernels, so that the last digits do not depend on the number of cores or on AVX-512. Must precede NumPy.
os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_CORETYPE"] = "Haswell"
os.environ["NPY_DISABLE_CPU_FEATURES"] = "AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL"

import csv
import json
import math
from pathlib import Path

import numpy as np
import ot
import scipy
import sklearn
from scipy.optimize import linear_sum_assignment
from scipy.stats import pearsonr
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold

HERE = Path(__file__).resolve().parent
VERSIONS = {"numpy": np.__version__, "pot": ot.__version__, "scikit-learn": sklearn.__version__, "scipy": scipy.__version__}
DIRECTIONS = ("x-to-y", "y-to-x", "both")
EXPONENTS = range(-8, 9)
# A singular value below this fraction of the greatest counts as zero: its vectors are arbitrary.
RANK_TOLERANCE = 1e-10


# ---------------------------------------------------------------- inputs


def closed_form(p, q, rows=20):
    """Arrays that any language can make from sine and cosine alone."""
    x = [[math.sin(1 + 1.7 * i + 2.3 * j + 0.5 * i * j) for j in range(p)] for i in range(rows)]
    y = [[math.cos(0.4 + 1.1 * i - 0.7 * j + 0.3 * i * j) + 0.5 * x[i][j % p] for j in range(q)] for i in range(rows)]
    return np.array(x), np.array(y)


def noisy_copy():
    """The pair of the CKA paper's demonstration: Y is X plus noise of the same variance."""
    random = np.random.RandomState(1337)
    x = random.randn(100, 10)
    return x, random.randn(100, 10) + x


def wide():
    """More units than rows: 40 rows of 60 and of 50 units that share 6 sources."""
    random = np.random.RandomState(1)
    sources = random.randn(40, 6)
    return tuple(sources @ random.randn(6, width) + random.randn(40, width) for width in (60, 50))


def rectified():
    """Sparse, non-negative units. Each follows one of 12 sources and, more weakly, its own mixture of all of them."""
    random = np.random.RandomState(2)
    sources = random.randn(200, 12)

    def side(which):
        mixture = sources @ random.randn(12, len(which))
        return np.maximum(sources[:, which] + 0.3 * mixture + 0.3 * random.randn(200, len(which)) - 0.5, 0.0)

    return side(np.arange(12)), side(random.permutation(12)[:9])


def write_inputs():
    arrays = {}
    arrays["X"], arrays["Y"] = noisy_copy()
    arrays["A_x"], arrays["A_y"] = closed_form(3, 5)
    arrays["B_x"], arrays["B_y"] = closed_form(4, 4)
    arrays["wide_x"], arrays["wide_y"] = wide()
    arrays["relu_x"], arrays["relu_y"] = rectified()
    (HERE / "inputs").mkdir(exist_ok=True)
    for name, array in arrays.items():
        np.save(HERE / "inputs" / f"{name}.npy", np.ascontiguousarray(array, dtype="<f8"))
    arrays["Z"] = np.load(HERE / "inputs" / "Z.npy")  # kept as a file: a linear image of X plus noise, mean 2
    return arrays


# ---------------------------------------------------------------- shared by the measures


def deal(rows, folds, seed):
    """Lists of held-out rows that partition `rows`, dealt by a fixed permutation."""
    rows = np.asarray(rows)
    splitter = KFold(n_splits=folds, shuffle=True, random_state=seed)
    return [rows[held].tolist() for _, held in splitter.split(rows)]


def without(rows, held):
    return [row for row in rows if row not in set(held)]


def centred(a):
    return a - a.mean(axis=0)


def correlations(x, y):
    return np.corrcoef(x, y, rowvar=False)[: x.shape[1], x.shape[1] :]


def column_correlations(a, b):
    return np.array([pearsonr(a[:, j], b[:, j]).statistic for j in range(a.shape[1])])


def unit_mean(folds):
    """Mean over folds of the score of every unit; None where a unit has none."""
    return [None if any(u is None for u in units) else float(np.mean(units)) for units in zip(*folds)]


# ---------------------------------------------------------------- measures


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


def polar(cross):
    """The partial isometry U Vᵀ of `cross`, without the vectors of zero singular values."""
    u, s, vt = np.linalg.svd(cross, full_matrices=False)
    keep = s > RANK_TOLERANCE * s[0]
    return u[:, keep] @ vt[keep]


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


# ---------------------------------------------------------------- cases

PAIRS = [("X", "Y"), ("X", "Z"), ("A_x", "A_y"), ("B_x", "B_y"), ("wide_x", "wide_y"), ("relu_x", "relu_y")]
SPLIT_PAIRS = [("X", "Y"), ("X", "Z"), ("wide_x", "wide_y"), ("relu_x", "relu_y")]


def protocols(pair, rows):
    """(protocol as written, its fits, its evaluations): in-sample, and five folds for the pairs with enough rows."""
    everything = list(range(rows))
    yield "in-sample", [everything], [everything]
    if pair in SPLIT_PAIRS:
        held = deal(everything, 5, seed=42)
        fit = [without(everything, h) for h in held]
        yield {"fit": fit, "eval": held}, fit, held


def case(pair, spec, protocol, score, per_unit=None, **optional):
    x, y = (f"inputs/{name}.npy" for name in pair)
    assert math.isfinite(score)
    fixed = {"x": x, "y": y, "spec": spec, "protocol": protocol, "score": float(score), "per_unit": per_unit}
    return fixed | optional


def whole_data_cases(spec, function, arrays):
    return [case(pair, spec, "in-sample", function(arrays[pair[0]], arrays[pair[1]])) for pair in PAIRS]


def fold_score(result):
    if "score" in result:
        return result["score"]
    return float(np.mean([u for u in result["units"] if u is not None]))


def result_case(pair, spec, protocol, results, **optional):
    """One case from the results of its folds: the score and each unit are means over the folds."""
    per_unit = unit_mean([r["units"] for r in results]) if "units" in results[0] else None
    for key in ("mapping", "lambda"):
        if key in results[0]:
            optional[key] = [r[key] for r in results]
    return case(pair, spec, protocol, np.mean([fold_score(r) for r in results]), per_unit, **optional)


def directed_cases(prefix, pair, protocol, run, **optional):
    """The two directions, and their mean; `run(x, y)` gives the results of the folds."""
    cases = []
    for direction, (x, y) in zip(DIRECTIONS, (pair, pair[::-1])):
        cases.append(result_case(pair, f"{prefix}direction={direction}", protocol, run(x, y), **optional))
    score = (cases[0]["score"] + cases[1]["score"]) / 2
    return [*cases, case(pair, f"{prefix}direction=both", protocol, score, **optional)]


def fitted_cases(id, function, arrays, directed):
    cases = []
    for pair in PAIRS:
        for protocol, fits, helds in protocols(pair, len(arrays[pair[0]])):

            def run(x, y):
                return [function(arrays[x], arrays[y], fit, held) for fit, held in zip(fits, helds)]

            if directed:
                cases += directed_cases(f"{id}:", pair, protocol, run)
            else:
                cases.append(result_case(pair, id, protocol, run(*pair)))
    return cases


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


# ---------------------------------------------------------------- checks against values known beforehand

# For the closed-form pairs A and B, to six decimals, worked out separately from this file.
KNOWN = [
    ("linear-cka", 0.424345, 0.357225),
    ("debiased-linear-cka", 0.307942, 0.200996),
    ("semi-matching:direction=x-to-y", 0.549886, 0.519717),
    ("semi-matching:direction=y-to-x", 0.436733, 0.514345),
    ("permutation", 0.432333, 0.431553),
    ("soft-matching", 0.362794, 0.431553),
]
KNOWN_PLAN_A = [[1 / 5, 0, 1 / 15, 1 / 15, 0], [0, 1 / 5, 0, 2 / 15, 0], [0, 0, 2 / 15, 0, 1 / 5]]
KNOWN_ALIGNMENT = {"A": 0.538756, "B": 0.526591}  # tr(Qᵀ XᵀY) / (‖X‖ ‖Y‖), a check of the rotation
KNOWN_R2 = {"A": (0.383963, 0.488322), "B": (0.386612, 0.332279)}  # least squares, pooled: Y from X, X from Y


def find(files, x, y, spec, in_sample=True):
    [found] = [
        c
        for c in files[spec.split(":")[0]]["cases"]
        if (c["x"], c["y"], c["spec"]) == (f"inputs/{x}.npy", f"inputs/{y}.npy", spec)
        and (c["protocol"] == "in-sample") == in_sample
    ]
    return found


def check_known(arrays, files):
    def close(got, want):
        assert abs(got - want) < 5.5e-7, (got, want)

    x, y = arrays["A_x"], arrays["A_y"]
    np.testing.assert_allclose(x[0], [0.841471, -0.157746, -0.631267], atol=5.5e-7)
    np.testing.assert_allclose(y[0], [1.341796, 0.876464, 0.224669, 0.291891, -0.816267], atol=5.5e-7)
    for spec, *values in KNOWN:
        for pair, value in zip("AB", values):
            close(find(files, f"{pair}_x", f"{pair}_y", spec)["score"], value)
    plan = np.zeros((3, 5))
    for i, j, mass in find(files, "A_x", "A_y", "soft-matching")["mapping"][0]:
        plan[i, j] = mass
    np.testing.assert_allclose(plan, KNOWN_PLAN_A, atol=1e-12)
    for pair in "AB":
        x, y = centred(arrays[f"{pair}_x"]), centred(arrays[f"{pair}_y"])
        aligned = np.sum(polar(x.T @ y) * (x.T @ y)) / (np.linalg.norm(x) * np.linalg.norm(y))
        close(aligned, KNOWN_ALIGNMENT[pair])
        every = list(range(20))
        for (a, b), r2 in zip(((x, y), (y, x)), KNOWN_R2[pair]):
            close(1 - np.sum((b - ridge_predict(a, b, every, every, 1e-12)) ** 2) / np.sum(b**2), r2)


# ---------------------------------------------------------------- peers

TRANSFORMS = {
    "score": lambda s: s,
    "one-minus-score": lambda s: 1 - s,
    "angular": math.acos,
    "negative-log": lambda s: -math.log(s),
}
SINGLE = "computed in single precision"
CKA, SONG = "cka-kernel=linear-hsic=gretton-", "cka-kernel=linear-hsic=song-score"
# (peer, pairs, spec, transform, protocol, tolerance, reason)
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
    ("resi/hard_correlation_match", "X_Y X_Z", "permutation", "score", "in-sample", 1e-9, ""),
    ("resi/soft_correlation_match", "X_Y X_Z", "semi-matching:direction=both", "score", "in-sample", 1e-9, ""),
    ("mouse_vision/correlation", "X_Y X_Z", "semi-matching:direction=y-to-x", "score", "in-sample", 1e-9, ""),
    ("neuroaimetrics/pairwisematching", "X_Y X_Z", "semi-matching:direction=y-to-x", "score", "5-fold", 1e-6, SINGLE),
    ("neuroaimetrics/soft_correlation_match", "X_Y X_Z", "soft-matching", "score", "in-sample", 1e-6,
     f"correlations {SINGLE}"),
]


def map_peers(files):
    """oracle_map.csv: the rows of oracle.csv that measure one of ours, each with the difference found."""
    with open(HERE / "oracle.csv", newline="", encoding="utf-8") as source:
        oracle = {row[0]: row[1:3] for row in list(csv.reader(source))[1:]}
    # Twelve decimals, so that rounding in the last place does not change the file.
    lines = ["peer,pair,spec,transform,protocol,difference,tolerance,reason"]
    for peer, pairs, spec, transform, protocol, tolerance, reason in PEERS:
        peer = f"measure/{peer}"
        for pair in pairs.split():
            value = float(oracle[peer][("X_Y", "X_Z").index(pair)])
            score = find(files, *pair.split("_"), spec, protocol == "in-sample")["score"]
            difference = abs(TRANSFORMS[transform](score) - value)
            assert difference <= tolerance, (peer, pair, difference)
            lines.append(f"{peer},{pair},{spec},{transform},{protocol},{difference:.12f},{tolerance:g},{reason}")
    write(HERE / "oracle_map.csv", "\n".join(lines) + "\n")


# ---------------------------------------------------------------- files

DEFINITIONS = {
    "linear-cka": "‖XᵀY‖² / (‖XᵀX‖ ‖YᵀY‖), Frobenius norms, columns centred (biased HSIC).",
    "debiased-linear-cka": "HSIC(K,L) / sqrt(HSIC(K,K) HSIC(L,L)) with the unbiased estimator of Song et al. (2012) on "
    "the linear Gram matrices K = XXᵀ, L = YYᵀ, rows not normalised.",
    "procrustes": "Both sides centred on the fit rows, Q = UVᵀ from the singular value decomposition of XᵀY there "
    "(vectors of zero singular values dropped); the mean over target units of Pearson r between XQ and Y on the eval rows.",
    "ridge": "Ridge regression with intercept fitted on the fit rows, one λ for all targets; the mean over target units "
    "of Pearson r between prediction and target on the eval rows. λ = alpha·s, or else 10^k·s with k in -8..=8 chosen by "
    "the squared error summed over the inner folds; s = the source's centred sum of squares on the fit rows / its width.",
    "permutation": "One-to-one assignment of min(p,q) units that maximises the sum of Pearson r on the fit rows; the mean "
    "of the assigned pairs' Pearson r on the eval rows.",
    "semi-matching": "Each source unit takes the target unit of greatest signed Pearson r on the fit rows; the mean over "
    "source units of that pair's Pearson r on the eval rows.",
    "soft-matching": "Optimal transport plan T between uniform weights on the units, cost 1 - Pearson r on the fit rows; "
    "the sum of T_ij r_ij with r from the eval rows.",
}
USES = {
    "linear-cka": ["numpy"],
    "debiased-linear-cka": ["numpy"],
    "procrustes": ["numpy", "scikit-learn", "scipy"],
    "ridge": ["numpy", "scikit-learn", "scipy"],
    "permutation": ["numpy", "scikit-learn", "scipy"],
    "semi-matching": ["numpy", "scikit-learn"],
    "soft-matching": ["numpy", "pot", "scikit-learn"],
}


def write(path, text):
    path.write_text(text, encoding="utf-8", newline="\n")


def write_measure(id, content):
    """Sorted keys, one case a line."""
    dump = lambda value: json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    parts = [
        '"cases":[\n' + ",\n".join(dump(c) for c in content["cases"]) + "\n]",
        *(f'"{key}":{dump(content[key])}' for key in ("definition", "made_by", "measure")),
    ]
    write(HERE / f"{id}.json", "{\n" + ",\n".join(parts) + "\n}\n")


def main():
    arrays = write_inputs()
    cases = {
        "linear-cka": whole_data_cases("linear-cka", linear_cka, arrays),
        "debiased-linear-cka": whole_data_cases("debiased-linear-cka", debiased_linear_cka, arrays),
        "procrustes": fitted_cases("procrustes", procrustes, arrays, directed=True),
        "ridge": ridge_cases(arrays),
        "permutation": fitted_cases("permutation", permutation, arrays, directed=False),
        "semi-matching": fitted_cases("semi-matching", semi_matching, arrays, directed=True),
        "soft-matching": fitted_cases("soft-matching", soft_matching, arrays, directed=False),
    }
    files = {
        id: {"measure": id, "made_by": {p: VERSIONS[p] for p in USES[id]}, "definition": DEFINITIONS[id], "cases": c}
        for id, c in cases.items()
    }
    check_known(arrays, files)
    for id, content in files.items():
        write_measure(id, content)
    map_peers(files)


if __name__ == "__main__":
    main()
