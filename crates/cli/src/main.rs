//! The command line of consilience.

fn main() {}
