"""One case by one peer: `peers.py CASE PEER INPUTS THREADS` prints {"seconds": [...], "processor": ..., "answer": ...}.

Each function loads the arrays, and returns what is timed: from arrays in memory to the answer. Where a package has no
function for a quantity, it is written as a good user of that package would: no n × n matrix where the feature space
will do, products in the precision of the data.
"""

import os
import sys

CASE, PEER, INPUTS, THREADS = sys.argv[1:]
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = THREADS

import json
import time

import numpy as np

BUDGET_SECONDS = 2.0
SLOW_SECONDS = 20.0  # beyond this the first time counts: there is no second one


def load(name):
    return np.load(os.path.join(INPUTS, f"{name}.npy"))


def centred(a):
    return a - a.mean(axis=0)


def length(a):
    """torch.linalg.norm of so many single-precision values is off by 1e-4 to 1e-3; their sum is not."""
    return (a * a).sum() ** 0.5


def with_torch(function, x, y):
    import torch

    torch.set_num_threads(int(THREADS))
    x, y = torch.from_numpy(x), torch.from_numpy(y)
    return lambda: float(function(torch, x, y))


# ---------------------------------------------------------------- linear CKA


def linear_cka(m, x, y):
    """Feature space; `m` is numpy or torch."""
    x, y = x - x.mean(0), y - y.mean(0)
    norm = m.linalg.norm
    return norm(x.T @ y) ** 2 / (norm(x.T @ x) * norm(y.T @ y))


# ---------------------------------------------------------------- other kernels


def song(m, k, l):
    """Unbiased criterion of two Gram matrices with zero diagonals, times n (n − 3)."""
    n = len(k)
    a, b = k.sum(0), l.sum(0)
    return (k * l).sum() + a.sum() * b.sum() / ((n - 1) * (n - 2)) - 2 / (n - 2) * (a @ b)


def debiased(m, x, y):
    x, y = x - x.mean(0), y - y.mean(0)
    grams = [x @ x.T, y @ y.T]
    for gram in grams:
        if m is np:
            np.fill_diagonal(gram, 0)
        else:
            gram.fill_diagonal_(0)
    k, l = grams
    return song(m, k, l) / (song(m, k, k) * song(m, l, l)) ** 0.5


def rbf(m, x, y):
    def kernel(a):
        a = a - a.mean(0)
        norms = (a * a).sum(1)
        d = norms[:, None] + norms[None, :] - 2 * (a @ a.T)
        d = d.clip(0) if m is np else d.clamp_(0)
        if m is np:
            np.fill_diagonal(d, 0)
        else:
            d.fill_diagonal_(0)
        median = np.median(d) if m is np else float(np.median(d.numpy()))
        return m.exp(d * (-1 / (2 * median)))

    def centre(k):
        return k - k.mean(0)[None, :] - k.mean(1)[:, None] + k.mean()

    k, l = centre(kernel(x)), centre(kernel(y))
    return (k * l).sum() / (length(k) * length(l))


# ---------------------------------------------------------------- shape and CCA


def procrustes_scipy(x, y):
    from scipy.linalg import svdvals

    def run():
        a, b = centred(x), centred(y)
        return np.arccos(svdvals(a.T @ b).sum() / (np.linalg.norm(a) * np.linalg.norm(b)))

    return run


def procrustes_torch(m, x, y):
    a, b = x - x.mean(0), y - y.mean(0)
    return m.arccos(m.linalg.svdvals(a.T @ b).sum() / (length(a) * length(b)))


def cca_scipy(x, y):
    from scipy.linalg import qr, svdvals

    def run():
        qs = [qr(centred(a), mode="economic", overwrite_a=True, check_finite=False)[0] for a in (x, y)]
        return svdvals(qs[0].T @ qs[1]).clip(0, 1).mean()

    return run


def cca_numpy(x, y):
    def whiten(a):
        values, vectors = np.linalg.eigh(a.T @ a)
        return vectors / np.sqrt(values)

    def run():
        a, b = centred(x), centred(y)
        r = whiten(a).T @ (a.T @ b) @ whiten(b)
        return np.linalg.svd(r, compute_uv=False).clip(0, 1).mean()

    return run


# ---------------------------------------------------------------- ridge


def mean_correlation(prediction, y):
    p, t = centred(prediction), centred(y)
    return float(((p * t).sum(0) / np.sqrt((p * p).sum(0) * (t * t).sum(0))).mean())


def grid(x):
    """Our grid: 10^k times the mean sum of squares of a unit."""
    return np.float64((centred(x).astype(np.float64) ** 2).sum()) / x.shape[1] * 10.0 ** np.arange(-8, 9)


def ridge_himalaya(x, y):
    from himalaya.ridge import RidgeCV
    from sklearn.model_selection import KFold

    def run():
        model = RidgeCV(alphas=grid(x), cv=KFold(5, shuffle=True, random_state=1), fit_intercept=True, solver_params={"local_alpha": False})
        model.fit(x, y)
        return mean_correlation(model.predict(x), y)

    return run


def ridge_sklearn(x, y):
    from sklearn.linear_model import RidgeCV

    return lambda: mean_correlation(RidgeCV(alphas=grid(x)).fit(x, y).predict(x), y)


# ---------------------------------------------------------------- neighbours and RSA


def mutual(a, b):
    return float(np.mean([len(set(i) & set(j)) / len(i) for i, j in zip(a, b)]))


def knn_torch(m, x, y):
    def neighbours(a):
        a = a / m.linalg.norm(a, dim=1, keepdim=True)
        gram = (a @ a.T).fill_diagonal_(-np.inf)
        return gram.topk(10, dim=1).indices.numpy()

    return mutual(neighbours(x), neighbours(y))


def knn_sklearn(x, y):
    from sklearn.neighbors import NearestNeighbors

    def neighbours(a):
        return NearestNeighbors(n_neighbors=10, metric="cosine", algorithm="brute").fit(a).kneighbors(return_distance=False)

    return lambda: mutual(neighbours(x), neighbours(y))


def rsa_rsatoolbox(x, y):
    from rsatoolbox.data import Dataset
    from rsatoolbox.rdm import calc_rdm, compare

    def run():
        rdms = [calc_rdm(Dataset(a), method="correlation") for a in (x, y)]
        return compare(rdms[0], rdms[1], method="spearman").item()

    return run


def rsa_scipy(x, y):
    from scipy.stats import spearmanr

    def run():
        above = np.triu_indices(len(x), 1)
        return spearmanr(*(1 - np.corrcoef(a)[above] for a in (x, y))).statistic

    return run


# ---------------------------------------------------------------- nulls


def null_torch(m, x, y):
    """Only what a shuffle changes: the cross-product."""
    x, y = x - x.mean(0), y - y.mean(0)
    scale = m.linalg.norm(x.T @ x) * m.linalg.norm(y.T @ y)
    observed = float(m.linalg.norm(x.T @ y) ** 2 / scale)
    draws = [float(m.linalg.norm(x.T @ y[m.randperm(len(y))]) ** 2 / scale) for _ in range(200)]
    return sorted([*draws, observed])[int(np.ceil(0.95 * 201)) - 1]


def null_calibrated(x, y):
    import calibrated_similarity
    import torch

    torch.set_num_threads(int(THREADS))
    a, b = torch.from_numpy(x), torch.from_numpy(y)
    return lambda: float(calibrated_similarity.calibrate(a, b, lambda u, v: linear_cka(torch, u, v), K=200)[2])


# ---------------------------------------------------------------- solvers


def assignment_scipy(cost):
    from scipy.optimize import linear_sum_assignment

    return lambda: float(cost[linear_sum_assignment(cost)].sum())


def assignment_lap(cost):
    import lap

    return lambda: float(lap.lapjv(cost)[0])


def transport_pot(cost):
    import ot

    p, q = cost.shape
    return lambda: float(ot.emd2(np.full(p, 1 / p), np.full(q, 1 / q), cost, numItermax=10**8))


def moments(x, y):
    """Correlations within and between, in double precision."""
    a, b = (centred(m.astype(np.float64)) for m in (x, y))
    a, b = (m / np.sqrt((m * m).mean(0)) for m in (a, b))
    return a.T @ a / len(a), a.T @ b / len(a), a, b


LAMBDAS = np.geomspace(0.5, 0.005, 20)


def lasso_sklearn(x, y):
    """4 of the 1,024 targets; the time is that of all of them."""
    from sklearn.linear_model import lasso_path

    gram, cross, a, b = moments(x, y)
    n = len(a)

    def run():
        total = 0.0
        for t in range(4):
            _, weights, _ = lasso_path(a, b[:, t], alphas=LAMBDAS, precompute=gram * n, Xy=cross[:, t] * n, tol=1e-6, max_iter=100_000)
            total += objective(gram, cross[:, t], weights)
        return total

    run.times = 256
    return run


def lasso_celer(x, y):
    """4 of the 1,024 targets, from the rows; its tolerance is a share of the variance, ours of half of it."""
    from celer import celer_path

    gram, cross, a, b = moments(x, y)
    a = np.asfortranarray(a)

    def run():
        total = 0.0
        for t in range(4):
            _, weights, _ = celer_path(a, np.ascontiguousarray(b[:, t]), "lasso", alphas=LAMBDAS, tol=5e-7, max_iter=100)
            total += objective(gram, cross[:, t], weights)
        return total

    run.times = 256
    return run


def objective(gram, cross, weights):
    w = weights
    fit = 0.5 * np.einsum("il,ij,jl->l", w, gram, w) - cross @ w + 0.5
    return float((fit + LAMBDAS * np.abs(w).sum(0)).sum())


# ---------------------------------------------------------------- run


def work():
    if CASE.startswith("assignment"):
        name = "correlation" if CASE.endswith("correlation") else "random"
        cost = load(f"{name}-{CASE.split('-')[1]}")
        return {"scipy": assignment_scipy, "lap": assignment_lap}[PEER](cost)
    if CASE == "transport":
        return transport_pot(load("correlation-1500"))
    x, y = load("x"), load("y")
    if CASE == "rsa":
        x, y = x[:2000], y[:2000]
    in_torch = {
        "linear-cka": linear_cka,
        "debiased-cka": debiased,
        "rbf-cka": rbf,
        "procrustes": procrustes_torch,
        "mutual-knn": knn_torch,
        "null": null_torch,
    }
    if PEER == "torch":
        return with_torch(in_torch[CASE], x, y)
    if PEER == "numpy" and CASE != "cca":
        return lambda: float(in_torch[CASE](np, x, y))
    functions = {
        ("procrustes", "scipy"): procrustes_scipy,
        ("cca", "scipy"): cca_scipy,
        ("cca", "numpy"): cca_numpy,
        ("ridge", "himalaya"): ridge_himalaya,
        ("ridge", "sklearn"): ridge_sklearn,
        ("mutual-knn", "sklearn"): knn_sklearn,
        ("rsa", "rsatoolbox"): rsa_rsatoolbox,
        ("rsa", "scipy"): rsa_scipy,
        ("null", "calibrated"): null_calibrated,
        ("lasso-path", "sklearn"): lasso_sklearn,
        ("lasso-path", "celer"): lasso_celer,
    }
    return functions[CASE, PEER](x, y)


def main():
    run = work()
    times = getattr(run, "times", 1)
    start, before = time.perf_counter(), time.process_time()
    answer = run()
    seconds = [(time.perf_counter() - start) * times]
    if seconds[0] <= SLOW_SECONDS:
        seconds, before = [], time.process_time()
        while not seconds or sum(seconds) < BUDGET_SECONDS:
            start = time.perf_counter()
            run()
            seconds.append((time.perf_counter() - start) * times)
    processor = (time.process_time() - before) * times / len(seconds)
    print(json.dumps({"seconds": seconds, "processor": processor, "answer": float(answer)}))


main()
