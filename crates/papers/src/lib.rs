//! Papers that can be reproduced: what to train, what to study, and what their claims come to in the rows of results.
//!
//! A paper is one file under `papers/` and one line in [`PAPERS`]. Its claims are functions of stored rows; nothing is trained
//! and nothing is measured here. [`Judged`] is what they came to: a file beside the rows, and a section of the report.

mod claim;
mod judged;
mod paper;
pub mod papers;

pub use claim::{Claim, Judgement, Measured, Results};
pub use judged::{CLAIMS_FILE, Judged};
pub use paper::{Paper, Specs, find};
pub use papers::PAPERS;
