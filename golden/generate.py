"""Golden files: scores computed independently of the Rust code, from pinned packages (see README.md).

`families/<name>.py` has one function a measure; each takes the arrays of one case and returns the parts of its result. Folds
are lists of row indices. Running this again rewrites the same bytes. Names of measures limit what is computed and written.
"""

import csv
import importlib
import math
import sys

from common import HERE, VERSIONS, centred, find, polar, write, write_inputs, write_measure

import numpy as np  # after common, which fixes the kernels

FAMILIES = [importlib.import_module(f"families.{path.stem}") for path in sorted((HERE / "families").glob("*.py"))]
KNOWN_PLAN_A = [[1 / 5, 0, 1 / 15, 1 / 15, 0], [0, 1 / 5, 0, 2 / 15, 0], [0, 0, 2 / 15, 0, 1 / 5]]
KNOWN_ALIGNMENT = {"A": 0.538756, "B": 0.526591}  # tr(Qᵀ XᵀY) / (‖X‖ ‖Y‖), a check of the rotation
TRANSFORMS = {
    "score": lambda s: s,
    "one-minus-score": lambda s: 1 - s,
    "angular": math.acos,
    "angular-share": lambda s: math.acos(s) / (math.pi / 2),
    "negative-log": lambda s: -math.log(s),
    "square": lambda s: s * s,
    "ten-times": lambda s: 10 * s,
}


def check_known(arrays, files):
    def close(got, want):
        assert abs(got - want) < 5.5e-7, (got, want)

    x, y = arrays["A_x"], arrays["A_y"]
    np.testing.assert_allclose(x[0], [0.841471, -0.157746, -0.631267], atol=5.5e-7)
    np.testing.assert_allclose(y[0], [1.341796, 0.876464, 0.224669, 0.291891, -0.816267], atol=5.5e-7)
    for spec, *values in [known for family in FAMILIES for known in family.KNOWN]:
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


def map_peers(files):
    """oracle_map.csv: the rows of oracle.csv that measure one of ours, each with the difference found."""
    with open(HERE / "oracle.csv", newline="", encoding="utf-8") as source:
        oracle = {row[0]: row[1:3] for row in list(csv.reader(source))[1:]}
    with open(HERE / "oracle_unmapped.csv", newline="", encoding="utf-8") as source:
        unmapped = {row[0] for row in list(csv.reader(source))[1:]}
    mapped = {f"measure/{peer[0]}" for family in FAMILIES for peer in family.PEERS}
    assert mapped.isdisjoint(unmapped), mapped & unmapped
    assert mapped | unmapped == set(oracle), set(oracle) ^ (mapped | unmapped)
    # Twelve decimals, so that rounding in the last place does not change the file.
    lines = ["peer,pair,spec,transform,protocol,difference,tolerance,reason"]
    for peer, pairs, spec, transform, protocol, tolerance, reason in [peer for family in FAMILIES for peer in family.PEERS]:
        peer = f"measure/{peer}"
        for pair in pairs.split():
            value = float(oracle[peer][("X_Y", "X_Z").index(pair)])
            score = find(files, *pair.split("_"), spec, protocol == "in-sample")["score"]
            difference = abs(TRANSFORMS[transform](score) - value)
            assert difference <= tolerance, (peer, pair, difference)
            quoted = f'"{spec}"' if "," in spec else spec
            lines.append(f"{peer},{pair},{quoted},{transform},{protocol},{difference:.12f},{tolerance:g},{reason}")
    write(HERE / "oracle_map.csv", "\n".join(lines) + "\n")


def main():
    arrays = write_inputs()
    chosen = sys.argv[1:]
    files = {
        id: {"measure": id, "made_by": {p: VERSIONS[p] for p in uses}, "definition": definition, "cases": cases(arrays)}
        for family in FAMILIES
        for id, (definition, uses, cases) in family.MEASURES.items()
        if not chosen or id in chosen
    }
    for id, content in files.items():
        write_measure(id, content)
    if not chosen:
        check_known(arrays, files)
        map_peers(files)


if __name__ == "__main__":
    main()
