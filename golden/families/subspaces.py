"""Spaces that units span."""

import numpy as np

from common import PAIRS, whole_data_cases

EPSILONS = (0.5, 0.6, 0.7, 0.8)


def distances(units, span):
    """Of each column of `units` from the span of the columns of `span`, as a share of its length."""
    if span.shape[1] == 0:
        return np.ones(units.shape[1])
    coefficients = np.linalg.lstsq(span, units, rcond=1e-10)[0]
    return np.linalg.norm(units - span @ coefficients, axis=0) / np.linalg.norm(units, axis=0)


def maximum_match(epsilon):
    def score(x, y):
        a, b = x[:, x.any(axis=0)], y[:, y.any(axis=0)]
        while True:
            before = a.shape[1] + b.shape[1]
            for_x, for_y = distances(a, b), distances(b, a)
            # No distance is so near that rounding would decide.
            assert min(np.abs(np.append(for_x, for_y) - epsilon), default=1) > 1e-6
            # Both sides at once, where the definition takes turns: the maximum match is the same.
            a, b = a[:, for_x <= epsilon], b[:, for_y <= epsilon]
            if a.shape[1] + b.shape[1] == before:
                return before / (x.shape[1] + y.shape[1])

    return score


# id: (definition, packages used, cases)
MEASURES = {
    "maximum-match": (
        "Units that are not always zero, as vectors of raw activations; those farther than epsilon of their length from the "
        "span of the other side's remaining units are removed until none is; the share that remains.",
        ["numpy"],
        lambda arrays: [
            case
            for epsilon in EPSILONS
            for case in whole_data_cases(
                f"maximum-match:epsilon={epsilon}", maximum_match(epsilon), arrays, PAIRS
            )
        ],
    ),
}
KNOWN = []
PEERS = []
