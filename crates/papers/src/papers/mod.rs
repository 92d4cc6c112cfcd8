//! The papers: one file and one line each.

mod kapoor_2025;
mod li_2016;
mod umar_laio_2026;

use crate::Paper;

/// Every paper that can be reproduced.
pub static PAPERS: &[Paper] = &[kapoor_2025::PAPER, li_2016::PAPER, umar_laio_2026::PAPER];

#[cfg(test)]
mod tests {
    use consilience_study::{Run, StudySpec, Table};

    use super::PAPERS;
    use crate::{Judgement, Results};

    #[test]
    fn no_claim_is_judged_from_nothing() {
        for paper in PAPERS {
            let spec = StudySpec::parse(paper.full.study, paper.name).expect("a study");
            let run = Run {
                version: String::new(),
                spec,
                stimuli: String::new(),
                n_stimuli: 0,
                stimuli_digest: String::new(),
                classes: Vec::new(),
                networks: Vec::new(),
            };
            let claims = (paper.claims)(&Results { table: &Table::default(), run: &run });
            assert!(!claims.is_empty(), "{}", paper.name);
            for claim in claims {
                assert_eq!(claim.judgement, Judgement::CannotBeJudged, "{claim:?}");
            }
        }
    }
}
