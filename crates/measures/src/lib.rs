//! Similarity measures between representations, one file each, and their registry.
