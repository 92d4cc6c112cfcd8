//! Uncertainty of scores: jackknife, node bootstrap, nulls.
