//! A claim of a paper, and how it stands in the results of a study.

use consilience_study::{Run, Table};
use serde::{Deserialize, Serialize};

/// What claims are judged from.
#[derive(Debug, Clone, Copy)]
pub struct Results<'a> {
    /// The rows.
    pub table: &'a Table,
    /// What they were made of.
    pub run: &'a Run,
}

/// How a claim stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Judgement {
    /// It holds here too.
    Reproduced,
    /// It does not hold here.
    NotReproduced,
    /// The results do not hold what it takes.
    CannotBeJudged,
}

impl std::fmt::Display for Judgement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Reproduced => "reproduced",
            Self::NotReproduced => "not reproduced",
            Self::CannotBeJudged => "cannot be judged here",
        })
    }
}

/// A claim, judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// What the paper says.
    pub claim: String,
    /// Its own numbers, from its own networks and images (see [`crate::Paper::setting`]).
    pub paper: String,
    /// The numbers found here.
    pub here: String,
    /// What has to be found for it to count as reproduced, or what is missing.
    pub criterion: String,
    /// How it stands.
    pub judgement: Judgement,
}

impl Claim {
    /// A claim that was tested.
    #[must_use]
    pub fn tested(claim: &str, paper: &str, here: String, criterion: &str, holds: bool) -> Self {
        let judgement = if holds { Judgement::Reproduced } else { Judgement::NotReproduced };
        let (claim, paper, criterion) = (claim.to_owned(), paper.to_owned(), criterion.to_owned());
        Self { claim, paper, here, criterion, judgement }
    }

    /// A claim that these results cannot test; `missing` says what it would take.
    #[must_use]
    pub fn untested(claim: &str, paper: &str, here: String, missing: &str) -> Self {
        let (claim, paper, criterion) = (claim.to_owned(), paper.to_owned(), missing.to_owned());
        Self { claim, paper, here, criterion, judgement: Judgement::CannotBeJudged }
    }
}
