//! What `units` shows and says.

use std::collections::BTreeSet;

use super::layer::{Layer, layers};
use super::{figures, verdicts};
use crate::studies::words;
use crate::{Row, Run, Section, Table};

/// The sections of the study: one, or with groups of networks one for each pair of groups that has rows, and one of all networks.
pub(super) fn all(table: &Table, run: &Run) -> Vec<Section> {
    let groups = &run.spec.groups;
    let of_pairs = groups.pairs().into_iter().filter_map(|pair| {
        let table = table.between(groups, &pair);
        table.units("units").next()?;
        Some(units(&table, run).between(&pair))
    });
    let mut sections: Vec<Section> = of_pairs.collect();
    if !groups.is_empty() && sections.len() > 1 {
        sections.push(together(table, run));
    }
    sections
}

fn units(table: &Table, run: &Run) -> Section {
    let layers = layers(table);
    Section {
        anchor: "units".into(),
        title: "Unit by unit".into(),
        lead: format!(
            "Which units of one network correspond to which of another, and is it one to one, a few to one, or only all together? {}. Partners are chosen on all rows; what is explained is held out. The explorer below shows every unit.",
            what(&layers, run)
        ),
        verdicts: verdicts::all(&layers, run),
        figures: figures::figures(&layers, run),
    }
}

/// What is of all networks of a layer, whatever their groups.
fn together(table: &Table, run: &Run) -> Section {
    let of_all = table.rows.iter().filter(|row| matches!(row, Row::UnitsLayer(_)));
    let table = Table { rows: of_all.cloned().collect() };
    let layers = layers(&table);
    let mut figure = figures::spectra(&layers, run);
    figure.id.push_str("-all");
    Section {
        anchor: "units-all".into(),
        title: "Unit by unit: all networks together".into(),
        lead: format!(
            "What all networks of a layer have in common, whatever their group. {}.",
            what(&layers, run)
        ),
        verdicts: verdicts::together(&layers),
        figures: vec![crate::Figure::Curves(figure)],
    }
}

/// Layers, networks and stimuli in words.
fn what(layers: &[Layer<'_>], run: &Run) -> String {
    let names: Vec<&str> = layers.iter().map(|layer| layer.name).collect();
    let networks: BTreeSet<&str> = layers.iter().flat_map(Layer::all_networks).collect();
    format!(
        "{} of {} on {} stimuli",
        words::list(&names),
        words::count(networks.len(), "network"),
        run.n_stimuli
    )
}
