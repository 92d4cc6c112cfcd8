//! The papers: one file and one line each.

mod li_2016;

use crate::Paper;

/// Every paper that can be reproduced.
pub static PAPERS: &[Paper] = &[li_2016::PAPER];
