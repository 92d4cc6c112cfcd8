//! Layers of two groups of networks against how alike two trainings of one network are.

use std::collections::BTreeMap;

use consilience_inference::{Ceiling, PairValue, TwoKinds, seed_ceiling};

use crate::studies::words;
use crate::summary::{generator, groups, likeness_of, summary, summary_key, value};
use crate::{
    CellRow, Figure, GroupPair, HeatCell, HeatMap, Quantity, Run, Section, StudySpec, SummaryRow,
    Table, TableFigure, Tone, Verdict,
};

/// Measure, then the layers.
type Key = (String, String, String);

/// For every pair of groups, pair of layers and measure: the seed-to-seed ceiling, and the share of it that is reached.
///
/// `pooled` are cells with a row a stimulus. Groups of one network have no second training, and no ceiling.
pub(super) fn ceilings(pooled: &[&CellRow], spec: &StudySpec) -> Vec<SummaryRow> {
    let key = |row: &CellRow| (row.measure.clone(), row.x.layer.clone(), row.y.layer.clone());
    let of = |pair: GroupPair| {
        let rows = pooled.iter().copied().filter(move |row| spec.groups.of(row) == pair);
        groups(rows, key)
    };
    let mut out = Vec::new();
    for pair in spec.groups.pairs() {
        let Some([a, b]) = &pair else { continue };
        if a == b || spec.groups.size(a) < 2 || spec.groups.size(b) < 2 {
            continue;
        }
        let within = [a, b].map(|group| {
            let all = of(Some([group.clone(), group.clone()]));
            all.into_iter().collect::<BTreeMap<Key, Vec<&CellRow>>>()
        });
        for ((measure, x, y), between) in of(pair.clone()) {
            let own = |side: usize, layer: &String| {
                within[side].get(&(measure.clone(), layer.clone(), layer.clone()))
            };
            if let (Some(of_x), Some(of_y)) = (own(0, &x), own(1, &y)) {
                out.extend(rows([of_x, of_y], &between, spec));
            }
        }
    }
    out
}

fn rows(within: [&Vec<&CellRow>; 2], between: &[&CellRow], spec: &StudySpec) -> Vec<SummaryRow> {
    let values = |rows: &[&CellRow]| -> Vec<PairValue> {
        let member = |network: &str| spec.groups.member(network);
        let networks = |row: &CellRow| (member(&row.x.network), member(&row.y.network));
        rows.iter().map(|r| PairValue { networks: networks(r), value: value(r) }).collect()
    };
    let Some([a, b]) = spec.groups.of(between[0]) else { return Vec::new() };
    let (of_x, of_y, across) = (values(within[0]), values(within[1]), values(between));
    let kinds = TwoKinds {
        n_networks: [spec.groups.size(&a), spec.groups.size(&b)],
        within: [&of_x, &of_y],
        between: &across,
    };
    let all: Vec<&CellRow> = between.iter().chain(within[0]).chain(within[1]).copied().collect();
    let seed = summary_key(Quantity::SeedCeiling, &all);
    let found = seed_ceiling(&kinds, spec.bootstrap_draws, &generator(spec, &seed));
    let Some(Ceiling { ceiling, share, .. }) = found else { return Vec::new() };
    let row = |(quantity, estimate)| {
        summary(quantity, summary_key(quantity, &all), between, spec, estimate)
    };
    [(Quantity::SeedCeiling, ceiling), (Quantity::ShareOfSeedCeiling, share)].map(row).into()
}

/// The section; `None` without two groups of two networks.
pub(super) fn section(table: &Table, run: &Run) -> Option<Section> {
    let shares: Vec<&SummaryRow> =
        table.summaries("layers", Quantity::ShareOfSeedCeiling).collect();
    if shares.is_empty() {
        return None;
    }
    let mut verdicts = Vec::new();
    let mut figures = Vec::new();
    for pair in run.spec.groups.pairs() {
        let own: Vec<&SummaryRow> = shares.iter().copied().filter(|r| r.groups == pair).collect();
        let Some([a, b]) = pair.as_ref().filter(|_| !own.is_empty()) else { continue };
        verdicts.push(verdict((a, b), &own, run));
        figures.push(Figure::Table(best_table((a, b), &own, table, run)));
        let of_measure = |m: &String| own.iter().copied().filter(|r| r.measure == *m).collect();
        let maps = run.spec.measures.iter().map(|m| (m, of_measure(m)));
        let maps = maps.filter(|(_, rows): &(_, Vec<&SummaryRow>)| !rows.is_empty());
        figures.extend(maps.map(|(m, rows)| Figure::HeatMap(heat_map((a, b), m, &rows, run))));
    }
    Some(Section {
        anchor: "seed-ceiling".to_owned(),
        title: "Against the seed-to-seed ceiling".to_owned(),
        lead: "Are networks of different groups as alike as two trainings of one network? The mean score of a pair of layers between two groups, divided by the seed-to-seed ceiling: the geometric mean of how alike each of the two layers is to itself in another training.".to_owned(),
        verdicts,
        figures,
    })
}

/// For each measure the pair of layers that comes nearest to its ceiling.
fn nearest<'a>(rows: &[&'a SummaryRow], run: &Run) -> Vec<&'a SummaryRow> {
    let best = |measure: &String| {
        let towards = likeness_of(measure);
        let own = rows.iter().copied().filter(|r| r.measure == *measure);
        own.reduce(|a, b| {
            let (of_a, of_b) = (a.estimate.value, b.estimate.value);
            if towards.better(of_a, of_b) == of_a { a } else { b }
        })
    };
    run.spec.measures.iter().filter_map(best).collect()
}

fn verdict(groups: (&str, &str), rows: &[&SummaryRow], run: &Run) -> Verdict {
    let best = nearest(rows, run);
    // A share that may be 1: its interval holds it, or it is beyond.
    let reaches = |r: &&&SummaryRow| {
        let towards = likeness_of(&r.measure);
        let ends = r.estimate.interval.unwrap_or([r.estimate.value; 2]);
        let end = ends.into_iter().reduce(|a, b| towards.better(a, b)).unwrap_or_default();
        towards.better(end, 1.0) == end
    };
    let reached = best.iter().filter(reaches).count();
    let tone = match reached {
        _ if best.iter().any(|r| r.estimate.interval.is_none()) => Tone::Note,
        n if n == best.len() => Tone::Holds,
        0 => Tone::Fails,
        _ => Tone::Mixed,
    };
    let one = |r: &&SummaryRow| {
        format!(
            "`{}` {} (`{}` with `{}`)",
            r.measure,
            words::percent(&r.estimate),
            r.layer_x,
            r.layer_y
        )
    };
    let told: Vec<String> = best.iter().map(one).collect();
    let text = format!(
        "Some pair of layers of `{}` and `{}` is as alike as two trainings of one network by {reached} of {}; the nearest to the ceiling are {}.",
        groups.0,
        groups.1,
        words::count(best.len(), "measure"),
        told.join(", ")
    );
    Verdict { tone, text }
}

fn best_table(
    groups: (&str, &str),
    shares: &[&SummaryRow],
    table: &Table,
    run: &Run,
) -> TableFigure {
    let same = |a: &SummaryRow, b: &SummaryRow| {
        (&a.groups, &a.measure, &a.layer_x, &a.layer_y)
            == (&b.groups, &b.measure, &b.layer_x, &b.layer_y)
    };
    let find = |quantity, share: &SummaryRow| {
        let mut rows = table.summaries("layers", quantity);
        rows.find(|r| same(r, share) && r.pooling == share.pooling)
            .map_or("–".to_owned(), |r| words::number(r.estimate.value))
    };
    let line = |share: &SummaryRow| {
        vec![
            share.layer_x.clone(),
            share.layer_y.clone(),
            share.measure.clone(),
            find(Quantity::MeanOverPairs, share),
            find(Quantity::SeedCeiling, share),
            words::number(share.estimate.value),
            words::interval(&share.estimate),
        ]
    };
    let mut layers: Vec<&str> = Vec::new();
    for row in shares {
        if !layers.contains(&&*row.layer_x) {
            layers.push(&row.layer_x);
        }
    }
    // Each layer of the first group with its partner that is nearest to the ceiling.
    let of_layer = |layer: &str| {
        let own: Vec<&SummaryRow> = shares.iter().copied().filter(|r| r.layer_x == layer).collect();
        nearest(&own, run)
    };
    let rows = layers.iter().flat_map(|layer| of_layer(layer)).map(line).collect();
    let columns = [
        format!("layer of {}", groups.0),
        format!("nearest of {}", groups.1),
        "measure".to_owned(),
        "score".to_owned(),
        "ceiling".to_owned(),
        "share".to_owned(),
        "95 % interval".to_owned(),
    ];
    TableFigure {
        id: format!("seed-ceiling-{}-{}", groups.0, groups.1),
        title: format!("{} and {}: share of the seed-to-seed ceiling", groups.0, groups.1),
        caption: words::caption_with(run, shares, OF_SCORES),
        columns: columns.to_vec(),
        rows,
    }
}

/// What chance is of a share of the ceiling.
const OF_SCORES: &str = "Shares are of scores as they are; what chance makes of these stands beside them in the figures of scores.";

fn heat_map(groups: (&str, &str), measure: &str, shares: &[&SummaryRow], run: &Run) -> HeatMap {
    let names = |layer: fn(&SummaryRow) -> &String| {
        let mut names: Vec<String> = Vec::new();
        for row in shares {
            if !names.contains(layer(row)) {
                names.push(layer(row).clone());
            }
        }
        names
    };
    let (rows, columns) = (names(|r| &r.layer_x), names(|r| &r.layer_y));
    let towards = likeness_of(measure);
    let cell = |x: &String, y: &String| {
        let row = shares.iter().find(|r| r.layer_x == *x && r.layer_y == *y)?;
        let of_row = shares.iter().filter(|r| r.layer_x == *x).map(|r| r.estimate.value);
        let best = of_row.reduce(|a, b| towards.better(a, b));
        Some(HeatCell {
            estimate: row.estimate.clone(),
            chance: Vec::new(),
            n_pairs: row.n_pairs,
            best_in_row: best == Some(row.estimate.value),
        })
    };
    let largest = shares.iter().map(|r| r.estimate.value).fold(1.0, f64::max);
    HeatMap {
        id: format!(
            "seed-ceiling-{}-{}-{}",
            groups.0,
            groups.1,
            measure.replace([':', '=', ','], "-")
        ),
        title: words::title(measure),
        caption: format!(
            "Share of the seed-to-seed ceiling. {}",
            words::caption_with(run, shares, OF_SCORES)
        ),
        y_label: format!("layer of {}", groups.0),
        x_label: format!("layer of {}", groups.1),
        value_label: format!("{}, share of the ceiling", words::title(measure)),
        range: (0.0, largest),
        cells: rows.iter().map(|x| columns.iter().map(|y| cell(x, y)).collect()).collect(),
        rows,
        columns,
    }
}
