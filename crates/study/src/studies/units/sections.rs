//! What `units` shows and says.

use super::layer::layers;
use super::{figures, verdicts};
use crate::studies::words;
use crate::{Run, Section, Table};

/// The section of the study.
pub(super) fn units(table: &Table, run: &Run) -> Section {
    let layers = layers(table);
    let names: Vec<&str> = layers.iter().map(|layer| layer.name).collect();
    Section {
        anchor: "units".into(),
        title: "Unit by unit".into(),
        lead: format!(
            "Which units of one network correspond to which of another, and is it one to one, a few to one, or only all together? {} of {} on {} stimuli. Partners are chosen on all rows; what is explained is held out. The explorer below shows every unit.",
            words::list(&names),
            words::count(run.networks.len(), "network"),
            run.n_stimuli
        ),
        verdicts: verdicts::all(&layers, run),
        figures: figures::figures(&layers, run),
    }
}
