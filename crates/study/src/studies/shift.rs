//! `shift`: the same layer across pairs of networks, on other stimuli than those that they are tested on.
//!
//! The cells of the study are in distribution: on the stimuli of the store. What is on another set is made by a job a set. Maps
//! are fitted anew on the shifted stimuli, or applied as they were fitted in distribution; rows say which. The second takes
//! stimuli that pair up with those of the store. Beside both stand scores on the fit stimuli themselves.

mod along_training;
mod drops;
mod fit_stimuli;
mod job;
mod sections;
mod summaries;
mod twins;

use consilience_data::store::{Origin, RecordedSet};
use consilience_data::{ActivationSource, Representation};
use serde::{Deserialize, Serialize};

use self::fit_stimuli::OnFitStimuli;
use self::job::OnOtherStimuli;
use super::Selection;
use super::selection::Place;
use crate::{
    Cell, Draws, Error, GroupPair, Groups, Job, Result, Run, Section, Study, StudySpec, SummaryRow,
    Table,
};

/// Kind of the study.
const KIND: &str = "shift";

/// The same layer on shifted stimuli.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Shift {
    /// Checkpoints, pooling, layers and pairs of networks.
    #[serde(flatten)]
    pub selection: Selection,
    /// Names of shifts, of sets, or of other data sets; all that were recorded where none is named.
    #[serde(default)]
    pub sets: Vec<String>,
    /// Whether maps are also scored on the very stimuli of the store that they were fitted on.
    #[serde(default = "yes")]
    pub fit_stimuli: bool,
    /// Whether networks of two groups are compared too, and not only those of one.
    #[serde(default)]
    pub across: bool,
    /// Draws for each cell.
    #[serde(default = "draws")]
    pub draws: Draws,
}

fn yes() -> bool {
    true
}
fn draws() -> Draws {
    Draws { shuffle: 19, rotation: 19 }
}

impl Study for Shift {
    fn kind(&self) -> &'static str {
        KIND
    }

    /// The same layer of two networks of one group, and of two groups where these are asked for, in distribution.
    fn design(&self, catalogue: &[Representation], groups: &Groups) -> Result<Vec<Cell>> {
        let mut places = self.selection.places(KIND, catalogue, groups)?;
        places.retain(|place| self.compares(&place.groups));
        let of_place = |place: &Place| {
            let cell = |&(x, y): &(usize, usize)| Cell { x, y, draws: self.draws };
            place.pairs.iter().map(cell).collect::<Vec<_>>()
        };
        let cells: Vec<Cell> = places.iter().flat_map(of_place).collect();
        if cells.is_empty() {
            return Err(problem(
                "no group has two networks with a layer of the same name; expected at least one such pair, or across = true".to_owned(),
            ));
        }
        Ok(cells)
    }

    fn jobs(&self, spec: &StudySpec, source: &dyn ActivationSource) -> Result<Vec<Box<dyn Job>>> {
        let cells = self.design(source.representations(), &spec.groups)?;
        let mut jobs: Vec<Box<dyn Job>> = Vec::new();
        if self.fit_stimuli {
            jobs.push(Box::new(OnFitStimuli::new(&cells, spec, source)?));
        }
        for set in self.chosen(source)? {
            jobs.push(Box::new(OnOtherStimuli::new(set, &cells, spec, source)?));
        }
        Ok(jobs)
    }

    fn summaries(&self, table: &Table, spec: &StudySpec) -> Vec<SummaryRow> {
        summaries::summaries(table, spec)
    }

    fn sections(&self, table: &Table, run: &Run) -> Vec<Section> {
        let groups = &run.spec.groups;
        let scoped = groups.pairs().into_iter().filter(|pair| self.compares(pair));
        let held = scoped
            .map(|pair| (table.between(groups, &pair), pair))
            .filter(|(table, pair)| pair.is_none() || table.cells(KIND).next().is_some());
        held.flat_map(|(table, pair)| {
            let own = sections::shift(self, &table, run).into_iter();
            own.map(|section| section.between(&pair)).collect::<Vec<_>>()
        })
        .collect()
    }
}

impl Shift {
    /// Whether networks of these groups are compared.
    fn compares(&self, groups: &GroupPair) -> bool {
        self.across || groups.as_ref().is_none_or(|[a, b]| a == b)
    }

    /// The sets that were asked for, in the order of the index.
    fn chosen(&self, source: &dyn ActivationSource) -> Result<Vec<RecordedSet>> {
        let all = source.sets()?;
        if all.is_empty() {
            return Err(problem(
                "the networks were recorded on no other stimuli; name some in [stimuli] of the training spec, for instance shifts = \"all\", and train again: the networks stay as they are".to_owned(),
            ));
        }
        let is = |set: &RecordedSet, name: &String| *name == set.name || *name == shift_of(set);
        if let Some(name) = self.sets.iter().find(|name| !all.iter().any(|set| is(set, name))) {
            let mut known: Vec<String> = all.iter().map(shift_of).collect();
            known.dedup();
            return Err(problem(format!(
                "sets names `{name}`, which was not recorded; there are {}",
                known.join(", ")
            )));
        }
        let wanted =
            |set: &RecordedSet| self.sets.is_empty() || self.sets.iter().any(|name| is(set, name));
        Ok(all.into_iter().filter(wanted).collect())
    }
}

/// What made a set: the name of its shift, or of its data set.
fn shift_of(set: &RecordedSet) -> String {
    match &set.origin {
        Origin::Shift { shift, .. } => shift.clone(),
        Origin::Dataset { of, .. } => of.clone(),
    }
}

/// Severity of the shift of a set; 0 for another data set.
fn severity_of(set: &RecordedSet) -> u8 {
    match set.origin {
        Origin::Shift { severity, .. } => severity,
        Origin::Dataset { .. } => 0,
    }
}

fn problem(problem: String) -> Error {
    Error::Spec { place: format!("study `{KIND}`"), problem }
}
