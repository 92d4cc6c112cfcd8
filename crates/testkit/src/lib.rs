//! Synthetic data, oracles, golden files and laws (tests only).
