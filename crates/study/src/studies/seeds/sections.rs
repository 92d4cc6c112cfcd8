//! What `seeds` shows.

use std::collections::BTreeMap;

use super::{KIND, Seeds, verdicts};
use crate::studies::words;
use crate::{
    Dot, DotGroup, DotPlot, Figure, Quantity, Run, Section, SummaryRow, Table, TableFigure,
};

/// Summaries of the study.
pub(super) struct Found<'a>(pub(super) Vec<&'a SummaryRow>);

impl<'a> Found<'a> {
    fn of(table: &'a Table) -> Self {
        let rows = table.rows.iter().filter_map(|row| match row {
            crate::Row::Summary(row) if row.study == KIND => Some(&**row),
            _ => None,
        });
        Self(rows.collect())
    }

    /// Factors in alphabetical order.
    pub(super) fn factors(&self) -> Vec<&'a str> {
        let names = self.0.iter().filter_map(|r| r.factor.as_deref());
        names.collect::<std::collections::BTreeSet<&str>>().into_iter().collect()
    }

    /// Measures, checkpoints and layers for which there is a mean, in the order of the rows.
    pub(super) fn places(&self) -> Vec<&'a SummaryRow> {
        let means = self.0.iter().filter(|r| r.quantity == Quantity::MeanOverPairs);
        means.copied().collect()
    }

    /// One quantity of one factor at the place of a mean.
    pub(super) fn at(
        &self,
        place: &SummaryRow,
        quantity: Quantity,
        factor: Option<&str>,
    ) -> Option<&'a SummaryRow> {
        self.all_at(place, quantity, factor).next()
    }

    /// One quantity of one factor at the place of a mean, level after level where it is about levels.
    pub(super) fn all_at<'b>(
        &'b self,
        place: &'b SummaryRow,
        quantity: Quantity,
        factor: Option<&'b str>,
    ) -> impl Iterator<Item = &'a SummaryRow> + 'b {
        let wanted = move |r: &&&'a SummaryRow| {
            r.quantity == quantity
                && r.factor.as_deref() == factor
                && r.measure == place.measure
                && r.checkpoint == place.checkpoint
                && r.layer_x == place.layer_x
        };
        self.0.iter().filter(wanted).copied()
    }
}

/// Layer, with the checkpoint where there are several.
pub(super) fn name(study: &Seeds, place: &SummaryRow) -> String {
    if study.selection.checkpoints.len() == 1 && !study.selection.takes_all() {
        place.layer_x.clone()
    } else {
        format!("{} at {}", place.layer_x, place.checkpoint)
    }
}

/// The section of the study.
pub(super) fn seeds(study: &Seeds, table: &Table, run: &Run) -> Section {
    let found = Found::of(table);
    let places = found.places();
    let mut figures = Vec::new();
    for measure in &run.spec.measures {
        let own: Vec<&SummaryRow> =
            places.iter().copied().filter(|p| p.measure == *measure).collect();
        if !own.is_empty() {
            figures.push(shares(study, &found, &own, run));
            figures.push(means(study, &found, &own, run));
        }
    }
    figures.push(Figure::Table(numbers(study, &found, run)));
    figures.push(Figure::Table(levels(study, &found, run)));
    let levels: Vec<String> = study
        .factors
        .iter()
        .map(|(factor, levels)| {
            let names: Vec<&str> = levels.keys().map(String::as_str).collect();
            format!("{factor} ({})", names.join(", "))
        })
        .collect();
    let lead = format!(
        "What do two networks have to have in common to be alike? {} networks that differ in {}; every pair has the same or another level of each factor. A linear model of the score of a pair on these tells how much each factor moves it, and how much of the variance over pairs is lost without it (type-II sums of squares).",
        run.networks.len(),
        levels.join(", ")
    );
    Section {
        anchor: KIND.into(),
        title: "What moves the likeness of two networks".into(),
        lead,
        verdicts: verdicts::all(study, &found, table, run),
        figures,
    }
}

fn caption(study: &Seeds, place: &SummaryRow, run: &Run) -> String {
    format!(
        "{} of {} networks; 95 % intervals by bootstrap over networks ({} draws, of those in which all factors can be told apart); {} stimuli, {} folds; {} permutations of levels among networks that agree in all other factors.",
        words::count(place.n_pairs, "pair"),
        place.n_networks,
        run.spec.bootstrap_draws,
        run.n_stimuli,
        run.spec.folds,
        study.permutations
    )
}

fn id(measure: &str) -> String {
    measure.replace([':', '=', ','], "-")
}

fn shares(study: &Seeds, found: &Found<'_>, places: &[&SummaryRow], run: &Run) -> Figure {
    let group = |place: &&SummaryRow| {
        let dot = |factor: &&str| {
            let row = found.at(place, Quantity::FactorShare, Some(factor))?;
            let chance = row.chance.iter().map(|c| (c.null.to_string(), c.mean)).collect();
            Some(Dot { name: (*factor).to_owned(), estimate: row.estimate.clone(), chance })
        };
        let mut dots: Vec<Dot> = found.factors().iter().filter_map(dot).collect();
        dots.extend(found.at(place, Quantity::FactorsTogether, None).map(|row| Dot {
            name: "all together".to_owned(),
            estimate: row.estimate.clone(),
            chance: Vec::new(),
        }));
        DotGroup { name: name(study, place), dots, links: Vec::new() }
    };
    let measure = &places[0].measure;
    Figure::DotPlot(DotPlot {
        id: format!("{KIND}-shares-{}", id(measure)),
        title: format!("{}: shares of the variance over pairs", words::title(measure)),
        caption: format!(
            "{} A share is never negative, so that intervals of a factor without effect begin near 0 and do not hold it; chance is the mean share of levels that were dealt anew.",
            caption(study, places[0], run)
        ),
        value_label: "share of the variance over pairs".to_owned(),
        range: (0.0, 1.0),
        groups: places.iter().map(group).collect(),
    })
}

fn means(study: &Seeds, found: &Found<'_>, places: &[&SummaryRow], run: &Run) -> Figure {
    let group = |place: &&SummaryRow| {
        let dot = |factor: &str, quantity: Quantity, word: &str| {
            let row = found.at(place, quantity, Some(factor))?;
            let chance = row.chance.iter().map(|c| (c.null.to_string(), c.mean)).collect();
            Some(Dot { name: format!("{word} {factor}"), estimate: row.estimate.clone(), chance })
        };
        let both = |factor: &&str| {
            [
                dot(factor, Quantity::MeanOfSameLevel, "same"),
                dot(factor, Quantity::MeanOfDifferentLevels, "different"),
            ]
        };
        let dots = found.factors().iter().flat_map(both).flatten().collect();
        DotGroup { name: name(study, place), dots, links: Vec::new() }
    };
    let groups: Vec<DotGroup> = places.iter().map(group).collect();
    let values = groups.iter().flat_map(|g| &g.dots).flat_map(|d| {
        let [low, high] = d.estimate.interval.unwrap_or([d.estimate.value; 2]);
        [low, high, d.estimate.value]
    });
    let measure = &places[0].measure;
    Figure::DotPlot(DotPlot {
        id: format!("{KIND}-means-{}", id(measure)),
        title: format!("{}: pairs with the same and with different levels", words::title(measure)),
        caption: format!("Plain means over pairs. {}", caption(study, places[0], run)),
        value_label: words::title(measure),
        range: words::axis(measure, values),
        groups,
    })
}

fn numbers(study: &Seeds, found: &Found<'_>, run: &Run) -> TableFigure {
    let dash = || "–".to_owned();
    let mut rows = Vec::new();
    for place in found.places() {
        let together = found.at(place, Quantity::FactorsTogether, None);
        for factor in found.factors() {
            let text = |quantity| {
                let row = found.at(place, quantity, Some(factor));
                row.map_or_else(dash, |r| words::estimate(&r.estimate))
            };
            let share = found.at(place, Quantity::FactorShare, Some(factor));
            let level = share.and_then(|r| r.chance.first());
            rows.push(vec![
                place.measure.clone(),
                name(study, place),
                factor.to_owned(),
                text(Quantity::MeanOfSameLevel),
                text(Quantity::MeanOfDifferentLevels),
                text(Quantity::FactorEffect),
                share.map_or_else(dash, |r| words::percent(&r.estimate)),
                level.map_or_else(dash, |c| words::number(c.p_value)),
                level.and_then(|c| c.q_value).map_or_else(dash, words::number),
                together.map_or_else(dash, |r| words::percent(&r.estimate)),
            ]);
        }
    }
    let columns = [
        "measure",
        "layer",
        "factor",
        "same",
        "different",
        "effect",
        "share",
        "p",
        "q",
        "all together",
    ];
    let counts: BTreeMap<&str, usize> =
        found.places().iter().map(|p| (&*p.layer_x, p.n_pairs)).collect();
    TableFigure {
        id: format!("{KIND}-numbers"),
        title: "Factors by measure and layer".to_owned(),
        caption: format!(
            "*Same* and *different* are means over pairs, *effect* is the difference with the other factors held, *share* what of the variance over pairs is lost without the factor. 95 % intervals by bootstrap over {} networks ({} draws); p against {} permutations of levels, q over all layers and factors of a measure. {} pairs at the most.",
            run.networks.len(),
            run.spec.bootstrap_draws,
            study.permutations,
            counts.values().max().copied().unwrap_or(0)
        ),
        columns: columns.map(str::to_owned).to_vec(),
        rows,
    }
}

fn levels(study: &Seeds, found: &Found<'_>, run: &Run) -> TableFigure {
    let dash = || "–".to_owned();
    let mut rows = Vec::new();
    for place in found.places() {
        for factor in found.factors() {
            let spread = found.at(place, Quantity::LevelSpread, Some(factor));
            let level = spread.and_then(|r| r.chance.first());
            for within in found.all_at(place, Quantity::MeanWithinLevel, Some(factor)) {
                let effect = found
                    .all_at(place, Quantity::LevelEffect, Some(factor))
                    .find(|r| r.level == within.level);
                rows.push(vec![
                    place.measure.clone(),
                    name(study, place),
                    factor.to_owned(),
                    within.level.clone().unwrap_or_default(),
                    within.n_pairs.to_string(),
                    words::estimate(&within.estimate),
                    effect.map_or_else(dash, |r| words::estimate(&r.estimate)),
                    spread.map_or_else(dash, |r| words::estimate(&r.estimate)),
                    level.map_or_else(dash, |c| words::number(c.p_value)),
                    level.and_then(|c| c.q_value).map_or_else(dash, words::number),
                ]);
            }
        }
    }
    let columns =
        ["measure", "layer", "factor", "level", "pairs", "within", "effect", "spread", "p", "q"];
    TableFigure {
        id: format!("{KIND}-levels"),
        title: "Levels by measure and layer".to_owned(),
        caption: format!(
            "*Within* is the mean over pairs whose networks both have the level, *effect* how much more alike these are than networks of different levels with the other factors held, *spread* the greatest effect of a level less the smallest: above 0, networks of one level are more alike among themselves than those of another. 95 % intervals by bootstrap over {} networks ({} draws); p of the spread against {} permutations of levels.",
            run.networks.len(),
            run.spec.bootstrap_draws,
            study.permutations
        ),
        columns: columns.map(str::to_owned).to_vec(),
        rows,
    }
}
