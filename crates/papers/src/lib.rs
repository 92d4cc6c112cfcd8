//! Papers that can be reproduced: what to train, what to study, and what their claims come to in the rows of results.
//!
//! A paper is one file under `papers/` and one line in [`PAPERS`]. Its claims are functions of stored rows; nothing is trained
//! and nothing is measured here.

mod claim;
mod paper;
pub mod papers;

pub use claim::{Claim, Judgement, Results};
pub use paper::{Networks, Paper, find};
pub use papers::PAPERS;
