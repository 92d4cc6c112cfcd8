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
    /// At the scale of a personal computer.
    pub full: Specs,
    /// In a few minutes.
    pub quick: Specs,
    /// The claims, judged from the rows of either study.
    pub claims: fn(&Results<'_>) -> Vec<Claim>,
}

/// What is trained and what is studied, as TOML.
#[derive(Debug, Clone, Copy)]
pub struct Specs {
    /// Specs of training: their networks, of different names, are recorded into one store, so they share data set and
    /// stimuli. None where the study makes its data itself.
    pub networks: &'static [&'static str],
    /// The study.
    pub study: &'static str,
}

impl Paper {
    /// The specs of the full reproduction, or of the quick one.
    #[must_use]
    pub fn specs(&self, quick: bool) -> Specs {
        if quick { self.quick } else { self.full }
    }
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
    fn studies_can_be_parsed_and_read_activations_only_if_networks_are_trained() {
        for paper in PAPERS {
            for specs in [paper.full, paper.quick] {
                let spec = consilience_study::StudySpec::parse(specs.study, paper.name)
                    .expect("a study that can be parsed");
                let reads = spec.reads_activations().expect("known studies");
                assert_eq!(reads, !specs.networks.is_empty(), "{}", paper.name);
            }
        }
    }
}
