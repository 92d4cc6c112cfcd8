//! One HTML report from stored results.
