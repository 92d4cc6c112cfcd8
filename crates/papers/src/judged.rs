//! The judged claims of a paper: beside the results as a file, and in the report as a section.

use std::path::Path;

use consilience_data::write_atomically;
use consilience_study::{Figure, Run, Section, Table, TableFigure, Tone, Verdict};
use serde::{Deserialize, Serialize};

use crate::{Claim, Judgement, Measured, Paper, Results, find};

/// File of the judged claims, beside the results.
pub const CLAIMS_FILE: &str = "claims.json";

/// The claims of a paper, judged from the rows of a folder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judged {
    /// Name of the paper.
    pub paper: String,
    /// Its claims, in its order.
    pub claims: Vec<Claim>,
}

impl Judged {
    /// The claims of a paper, from the rows in `folder`; they are written beside them as [`CLAIMS_FILE`].
    ///
    /// # Errors
    /// A sentence, if the folder holds no results of this version or cannot be written.
    ///
    /// # Panics
    /// Never: claims are plain data.
    pub fn from_rows(paper: &Paper, folder: &Path) -> Result<Self, String> {
        let table = Table::read(folder).map_err(|e| e.to_string())?;
        let run = Run::read(folder).map_err(|e| e.to_string())?;
        let claims = (paper.claims)(&Results { table: &table, run: &run });
        let judged = Self { paper: paper.name.to_owned(), claims };
        let text = serde_json::to_string_pretty(&judged).expect("claims are plain data") + "\n";
        let path = folder.join(CLAIMS_FILE);
        write_atomically(&path, text.as_bytes()).map_err(|e| e.to_string())?;
        Ok(judged)
    }

    /// The claims in `folder`, judged again from its rows; `None` if no claims are there.
    ///
    /// # Errors
    /// As [`Self::from_rows`], and for a file that is none of this version or names an unknown paper.
    pub fn again(folder: &Path) -> Result<Option<Self>, String> {
        let path = folder.join(CLAIMS_FILE);
        if !path.is_file() {
            return Ok(None);
        }
        let text = std::fs::read_to_string(&path)
            .map_err(|e| format!("cannot read {}: {e}", path.display()))?;
        let found: Self = serde_json::from_str(&text).map_err(|e| {
            let advice = "remove it to have a report without claims";
            format!("{} holds no judged claims of this version: {e}; {advice}", path.display())
        })?;
        Self::from_rows(find(&found.paper)?, folder).map(Some)
    }

    /// The claims as a section of the report.
    ///
    /// # Errors
    /// A sentence, if no paper is of that name.
    pub fn section(&self) -> Result<Section, String> {
        find(&self.paper).map(|paper| self.of(paper))
    }

    fn of(&self, paper: &Paper) -> Section {
        let mut figures = vec![Figure::Table(self.table(paper))];
        if self.claims.iter().any(|claim| !claim.values.is_empty()) {
            figures.push(Figure::Table(self.values()));
        }
        Section {
            anchor: "claims".to_owned(),
            title: "The claims of the paper".to_owned(),
            lead: format!(
                "{}: {}. Its numbers are from {}; those found here are from the networks and stimuli of this report.",
                paper.reference, paper.title, paper.setting
            ),
            verdicts: self.claims.iter().map(verdict).collect(),
            figures,
        }
    }

    fn table(&self, paper: &Paper) -> TableFigure {
        // The number comes first: the first column of a table is a name, and is never broken.
        let columns = ["claim", "verdict", "what it says", "the paper", "here", "judged by"];
        let row = |(i, claim): (usize, &Claim)| {
            let why = claim.reason.as_ref().map_or_else(String::new, |why| format!(". {why}"));
            vec![
                (i + 1).to_string(),
                claim.judgement.to_string(),
                claim.claim.clone(),
                claim.paper.clone(),
                format!("{}{why}", claim.here),
                claim.criterion.clone(),
            ]
        };
        TableFigure {
            id: "claims".to_owned(),
            title: "Claims, numbers and verdicts".to_owned(),
            caption: format!(
                "What {} claims, what was found here, and what had to be found. Verdicts follow from the stored rows alone.",
                paper.name
            ),
            columns: columns.map(str::to_owned).to_vec(),
            rows: self.claims.iter().enumerate().map(row).collect(),
        }
    }

    fn values(&self) -> TableFigure {
        let columns = ["claim", "what", "value", "95 % interval", "chance", "over"];
        let of_claim = |(i, claim): (usize, &Claim)| {
            let line = move |value: &Measured| {
                let Measured { what, estimate, over, chance } = value;
                let ends = estimate.interval;
                let missing = || "–".to_owned();
                vec![
                    (i + 1).to_string(),
                    what.clone(),
                    number(estimate.value),
                    ends.map_or_else(missing, |[a, b]| format!("{} to {}", number(a), number(b))),
                    chance.map_or_else(missing, number),
                    over.clone(),
                ]
            };
            claim.values.iter().map(line).collect::<Vec<_>>()
        };
        TableFigure {
            id: "claims-values".to_owned(),
            title: "The numbers behind the verdicts".to_owned(),
            caption: "Claims are numbered as above. Intervals are those of the study's rows; a dash stands where there is none.".to_owned(),
            columns: columns.map(str::to_owned).to_vec(),
            rows: self.claims.iter().enumerate().flat_map(of_claim).collect(),
        }
    }
}

fn verdict(claim: &Claim) -> Verdict {
    let tone = match claim.judgement {
        Judgement::Reproduced => Tone::Holds,
        Judgement::NotReproduced => Tone::Fails,
        Judgement::CannotBeJudged => Tone::Note,
    };
    let why = claim.reason.as_ref().map_or_else(String::new, |why| format!(" {why}"));
    let text = format!("{} — {}: {}.{why}", claim.claim, claim.judgement, claim.here);
    Verdict { tone, text }
}

/// A number with three digits, and a minus that is one.
fn number(value: f64) -> String {
    format!("{value:.3}").replace('-', "\u{2212}")
}

#[cfg(test)]
mod tests {
    use consilience_inference::{Estimate, Method};

    use super::*;
    use crate::Specs;

    fn claims(_: &Results<'_>) -> Vec<Claim> {
        Vec::new()
    }

    fn judged() -> (Paper, Judged) {
        let specs = Specs { networks: &[], study: "" };
        let paper = Paper {
            name: "nobody-1900",
            title: "On nothing",
            reference: "Nobody 1900",
            setting: "no networks",
            full: specs,
            quick: specs,
            claims,
        };
        let interval = Some([-0.25, 0.75]);
        let estimate = Estimate {
            interval,
            method: Method::NodeBootstrap,
            replicates: 9,
            ..Estimate::bare(-0.125)
        };
        let over = "6 pairs of 4 networks".to_owned();
        let value = Measured { what: "gap".into(), estimate, over, chance: Some(0.0) };
        let tested = |holds| Claim::tested("A", "0.5", "found 0.1".into(), "above 0", holds);
        let claims = vec![
            tested(true),
            tested(false).from_values(vec![value]).because("Too few networks."),
            Claim::untested("B", "–", "nothing was found".into(), "another study"),
        ];
        (paper, Judged { paper: "nobody-1900".into(), claims })
    }

    #[test]
    fn every_claim_is_a_verdict_and_a_line_with_its_numbers() {
        let (paper, judged) = judged();
        let section = judged.of(&paper);
        let tones: Vec<Tone> = section.verdicts.iter().map(|v| v.tone).collect();
        assert_eq!(tones, [Tone::Holds, Tone::Fails, Tone::Note]);
        assert_eq!(
            section.verdicts[1].text,
            "A — not reproduced here: found 0.1. Too few networks."
        );
        let [Figure::Table(claims), Figure::Table(values)] = section.figures.as_slice() else {
            panic!("{:?}", section.figures)
        };
        assert_eq!(claims.rows.len(), 3);
        assert_eq!(claims.rows[1][1], "not reproduced here");
        assert_eq!(claims.rows[1][4], "found 0.1. Too few networks.");
        let line = [
            "2",
            "gap",
            "\u{2212}0.125",
            "\u{2212}0.250 to 0.750",
            "0.000",
            "6 pairs of 4 networks",
        ];
        assert_eq!(values.rows, [line.map(str::to_owned)]);
    }

    #[test]
    fn a_folder_without_claims_has_none_and_a_file_of_another_version_says_what_to_do() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(Judged::again(folder.path()), Ok(None));
        std::fs::write(folder.path().join(CLAIMS_FILE), "[]").expect("written");
        let message = Judged::again(folder.path()).expect_err("another version");
        assert!(message.contains("claims.json") && message.contains("remove it"), "{message}");
    }
}
