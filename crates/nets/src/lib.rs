//! Data sets, architectures, training and recording of networks.
