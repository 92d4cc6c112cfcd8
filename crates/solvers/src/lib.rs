//! Pure algorithms with certificates: assignment, optimal transport.
