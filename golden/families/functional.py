"""Answers of classifiers."""

import numpy as np
from scipy.spatial.distance import jensenshannon
from scipy.special import softmax
from sklearn.metrics import accuracy_score, cohen_kappa_score

from common import case

SCORES, PROBABILITIES = ("scores_x", "scores_y"), ("probabilities_x", "probabilities_y")
EQUAL_WIDTHS = [SCORES, ("X", "Y"), ("B_x", "B_y")]


def stimuli(arrays, pair):
    """Two rows a stimulus, and the classes, where there are any."""
    if pair not in (SCORES, PROBABILITIES):
        return {}
    return {"labels": arrays["scores_labels"].tolist(), "rows_per_stimulus": 2}


def cases(spec, function, arrays, pairs):
    return [
        case(pair, spec, "in-sample", function(arrays[pair[0]], arrays[pair[1]]), **stimuli(arrays, pair)) for pair in pairs
    ]


def disagreement(x, y):
    return 1 - accuracy_score(x.argmax(axis=1), y.argmax(axis=1))


def divergence(p, q):
    """SciPy returns the root of the divergence."""
    return np.mean(jensenshannon(p, q, base=2, axis=1) ** 2)


def labelled(function):
    """With the answers of both sides, and the class of every row."""

    def of(spec, arrays):
        truth = np.repeat(arrays["scores_labels"], 2)
        return cases(spec, lambda x, y: function(truth, x.argmax(axis=1), y.argmax(axis=1)), arrays, [SCORES, PROBABILITIES])

    return of


# id: (definition, packages used, cases)
MEASURES = {
    "disagreement-distance": (
        "Share of rows whose greatest entry is at different places.",
        ["numpy", "scikit-learn"],
        lambda arrays: cases("disagreement-distance", disagreement, arrays, EQUAL_WIDTHS),
    ),
    "jensen-shannon-distance": (
        "Mean over rows of the Jensen–Shannon divergence in bits, of the softmax of the rows or of the rows themselves.",
        ["numpy", "scipy"],
        lambda arrays: [
            *cases(
                "jensen-shannon-distance",
                lambda x, y: divergence(softmax(x, axis=1), softmax(y, axis=1)),
                arrays,
                [*EQUAL_WIDTHS, PROBABILITIES],
            ),
            *cases("jensen-shannon-distance:scores=probabilities", divergence, arrays, [PROBABILITIES]),
        ],
    ),
    "accuracy-difference-distance": (
        "Absolute difference of the shares of rows whose greatest entry is at the place of the class.",
        ["numpy", "scikit-learn"],
        lambda arrays: labelled(lambda truth, a, b: abs(accuracy_score(truth, a) - accuracy_score(truth, b)))(
            "accuracy-difference-distance", arrays
        ),
    ),
    "error-consistency": (
        "Cohen's κ of two raters: whether the greatest entry of a row is at the place of the class, in x and in y.",
        ["numpy", "scikit-learn"],
        lambda arrays: labelled(lambda truth, a, b: cohen_kappa_score(a == truth, b == truth))("error-consistency", arrays),
    ),
}
KNOWN = []
PEERS = []
