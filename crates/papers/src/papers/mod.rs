//! The papers: one file and one line each.

use crate::Paper;

/// Every paper that can be reproduced.
pub static PAPERS: &[Paper] = &[];
