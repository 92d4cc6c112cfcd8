//! A claim of a paper, and how it stands in the results of a study.

use consilience_inference::Estimate;
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
            Self::NotReproduced => "not reproduced here",
            Self::CannotBeJudged => "cannot be judged here",
        })
    }
}

/// A number that a claim was judged by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measured {
    /// What was measured, and where: `procrustes, conv1`.
    pub what: String,
    /// The value with its interval.
    pub estimate: Estimate,
    /// What it is a mean over, with their number: `6 pairs of 4 networks`.
    pub over: String,
    /// Its chance level, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chance: Option<f64>,
}

/// A claim, judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// What the paper says.
    pub claim: String,
    /// Its own numbers, from its own networks and images (see [`crate::Paper::setting`]).
    pub paper: String,
    /// What was found here, in a sentence with its numbers.
    pub here: String,
    /// The numbers behind it, one by one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Measured>,
    /// What has to be found for it to count as reproduced, or what is missing.
    pub criterion: String,
    /// How it stands.
    pub judgement: Judgement,
    /// Why it stands so, where that is known: of a claim that does not hold, the difference of the settings that explains it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Claim {
    /// A claim that was tested.
    #[must_use]
    pub fn tested(claim: &str, paper: &str, here: String, criterion: &str, holds: bool) -> Self {
        let judgement = if holds { Judgement::Reproduced } else { Judgement::NotReproduced };
        let (claim, paper, criterion) = (claim.to_owned(), paper.to_owned(), criterion.to_owned());
        Self { claim, paper, here, values: Vec::new(), criterion, judgement, reason: None }
    }

    /// A claim that these results cannot test; `missing` says what it would take.
    #[must_use]
    pub fn untested(claim: &str, paper: &str, here: String, missing: &str) -> Self {
        let judgement = Judgement::CannotBeJudged;
        Self { judgement, ..Self::tested(claim, paper, here, missing, false) }
    }

    /// The claim with the numbers that it was judged by.
    #[must_use]
    pub fn from_values(self, values: Vec<Measured>) -> Self {
        Self { values, ..self }
    }

    /// The claim with the reason why it stands as it does.
    #[must_use]
    pub fn because(self, reason: &str) -> Self {
        Self { reason: Some(reason.to_owned()), ..self }
    }
}
