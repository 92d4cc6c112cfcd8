//! Activations, stimuli, representations, and the files they live in.
