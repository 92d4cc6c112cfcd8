"""What the families share: inputs, protocols, cases. Fixes the kernels before NumPy is loaded."""

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
from scipy.special import softmax
from scipy.stats import pearsonr
from sklearn.model_selection import KFold

HERE = Path(__file__).resolve().parent
VERSIONS = {"numpy": np.__version__, "pot": ot.__version__, "scikit-learn": sklearn.__version__, "scipy": scipy.__version__}
DIRECTIONS = ("x-to-y", "y-to-x", "both")
# A singular value below this fraction of the greatest counts as zero: its vectors are arbitrary.
RANK_TOLERANCE = 1e-10


SINGLE = "computed in single precision"


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


def long():
    """Enough rows for two bands of a Gram matrix, four sources in common, means away from 0."""
    random = np.random.RandomState(3)
    sources = random.randn(300, 4)
    return tuple(sources @ random.randn(4, width) + random.randn(300, width) + 1 for width in (6, 5))


def classifiers():
    """Scores of two classifiers: 45 stimuli of 8 classes, shown twice; they err on the same stimuli more often than not."""
    random = np.random.RandomState(4)
    labels = random.randint(0, 8, 45)
    pattern = random.randn(45, 8) + 2 * np.eye(8)[labels]

    def side(gain):
        return gain * np.repeat(pattern, 2, axis=0) + 0.7 * random.randn(90, 8) + 0.3 * random.randn(8)

    return side(1.0), side(0.7), labels


def write_inputs():
    arrays = {}
    arrays["X"], arrays["Y"] = noisy_copy()
    arrays["A_x"], arrays["A_y"] = closed_form(3, 5)
    arrays["B_x"], arrays["B_y"] = closed_form(4, 4)
    arrays["wide_x"], arrays["wide_y"] = wide()
    arrays["relu_x"], arrays["relu_y"] = rectified()
    arrays["long_x"], arrays["long_y"] = long()
    arrays["scores_x"], arrays["scores_y"], labels = classifiers()
    for side in "xy":
        arrays[f"probabilities_{side}"] = softmax(arrays[f"scores_{side}"], axis=1)
    (HERE / "inputs").mkdir(exist_ok=True)
    for name, array in arrays.items():
        np.save(HERE / "inputs" / f"{name}.npy", np.ascontiguousarray(array, dtype="<f8"))
    arrays["Z"] = np.load(HERE / "inputs" / "Z.npy")  # kept as a file: a linear image of X plus noise, mean 2
    arrays["scores_labels"] = labels  # written into the cases
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


def polar(cross):
    """The partial isometry U Vᵀ of `cross`, without the vectors of zero singular values."""
    u, s, vt = np.linalg.svd(cross, full_matrices=False)
    keep = s > RANK_TOLERANCE * s[0]
    return u[:, keep] @ vt[keep]


# ---------------------------------------------------------------- cases

PAIRS = [("X", "Y"), ("X", "Z"), ("A_x", "A_y"), ("B_x", "B_y"), ("wide_x", "wide_y"), ("relu_x", "relu_y")]
ROW_PAIRS = [*PAIRS, ("long_x", "long_y")]  # for measures that read rows
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


def whole_data_cases(spec, function, arrays, pairs=PAIRS):
    return [case(pair, spec, "in-sample", function(arrays[pair[0]], arrays[pair[1]])) for pair in pairs]


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


def find(files, x, y, spec, in_sample=True):
    [found] = [
        c
        for c in files[spec.split(":")[0]]["cases"]
        if (c["x"], c["y"], c["spec"]) == (f"inputs/{x}.npy", f"inputs/{y}.npy", spec)
        and (c["protocol"] == "in-sample") == in_sample
    ]
    return found


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
