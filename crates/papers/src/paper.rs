//! A paper in the registry.

use crate::{Claim, PAPERS, Results};

/// A paper whose claims can be tested here.
#[derive(Debug)]
pub struct Paper {
    /// Name on the command line.
    pub name: &'static str,
    /// Title.
    pub title: &'static str,
    /// Authors, venue, link.
    pub reference: &'static str,
    /// The networks and stimuli that the paper's own numbers are from.
    pub setting: &'static str,
    /// What is trained; `None` if the study needs no networks.
    pub networks: Option<Networks>,
    /// The study, as TOML.
    pub study: &'static str,
    /// The claims, judged from the rows of that study.
    pub claims: fn(&Results<'_>) -> Vec<Claim>,
}

/// Specs of training, as TOML.
#[derive(Debug)]
pub struct Networks {
    /// At the scale of a personal computer.
    pub full: &'static str,
    /// In a few minutes.
    pub quick: &'static str,
}

/// The paper of that name.
///
/// # Errors
/// A sentence with the names that there are.
pub fn find(name: &str) -> Result<&'static Paper, String> {
    PAPERS.iter().find(|paper| paper.name == name).ok_or_else(|| {
        let known: Vec<&str> = PAPERS.iter().map(|paper| paper.name).collect();
        format!("no paper `{name}`; there are {}", known.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_unknown_ones_say_what_there_is() {
        let mut names: Vec<&str> = PAPERS.iter().map(|paper| paper.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), PAPERS.len());
        let message = find("nobody-1900").expect_err("unknown");
        assert!(PAPERS.iter().all(|paper| message.contains(paper.name)), "{message}");
    }

    #[test]
    fn studies_can_be_parsed() {
        for paper in PAPERS {
            let spec = consilience_study::StudySpec::parse(paper.study, paper.name);
            assert!(spec.is_ok(), "{:?}", spec.err());
        }
    }
}
