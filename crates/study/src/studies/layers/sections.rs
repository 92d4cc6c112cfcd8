//! What `layers` shows and says.

use consilience_data::Pooling;
use consilience_inference::{Null, benjamini_hochberg};

use super::{Layers, best, correspondence};
use crate::studies::words;
use crate::summary::likeness_of;
use crate::{
    CellRow, Dot, DotGroup, DotPlot, Figure, HeatCell, HeatMap, Link, Outcome, Quantity, Run,
    Section, SideFacts, SummaryRow, Table, TableFigure, Tone, Verdict,
};

/// The section of the study.
pub(super) fn layers(study: &Layers, table: &Table, run: &Run) -> Section {
    let all: Vec<&SummaryRow> = table.summaries("layers", Quantity::MeanOverPairs).collect();
    let is_positions = |r: &&&SummaryRow| r.pooling == Some(Pooling::PositionsAsStimuli);
    let positions: Vec<&SummaryRow> = all.iter().filter(is_positions).copied().collect();
    let pooled: Vec<&SummaryRow> = all.iter().filter(|r| !is_positions(r)).copied().collect();
    let same: Vec<&SummaryRow> =
        pooled.iter().filter(|r| r.layer_x == r.layer_y).copied().collect();
    let names = LayerNames::of(table);

    let mut verdicts = Vec::new();
    verdicts.extend(convergence(&all, &same, run));
    verdicts.extend(matching(&same, run));
    verdicts.extend(ordering(study, &same));
    verdicts.extend(best::verdict(table, run));
    let (by_depth, of_depth) = correspondence::show(table, run);
    verdicts.extend(by_depth);
    verdicts.extend(failures(table));

    let mut figures = Vec::new();
    if !same.is_empty() {
        let title = "Same layer, independent networks";
        let plot = dots(study, &same, run, &names.both, "layers-same", title);
        figures.push(Figure::DotPlot(plot));
        let title = "Same layer, every measure";
        figures.push(Figure::Table(same_layer_table(&same, run, "layers-table", title)));
    }
    if !positions.is_empty() {
        let title = "Same layer, positions as stimuli";
        let plot = dots(study, &positions, run, &names.both, "layers-positions", title);
        figures.push(Figure::DotPlot(plot));
        let title = "Positions as stimuli, every measure";
        figures.push(Figure::Table(same_layer_table(&positions, run, "positions-table", title)));
    }
    figures.extend(of_depth);
    figures.extend(best::table_figure(table, run).map(Figure::Table));
    figures.extend(
        run.spec.measures.iter().map(|m| Figure::HeatMap(heat_map(m, &pooled, run, &names))),
    );
    let lead = format!(
        "Do independently trained networks learn the same thing, layer by layer? Every layer of one network against every layer of another, {}, one row a stimulus (pooling `{}`){}.",
        checkpoint_words(study),
        study.pooling,
        if positions.is_empty() {
            ""
        } else {
            "; convolutional layers also with every position as a sample, as in Li et al. 2016"
        }
    );
    Section {
        anchor: "layers".into(),
        title: "Where networks converge".into(),
        lead,
        verdicts,
        figures,
    }
}

fn checkpoint_words(study: &Layers) -> String {
    if study.checkpoint == "last" {
        "at the last checkpoint".to_owned()
    } else {
        format!("at checkpoint `{}`", study.checkpoint)
    }
}

/// Names of layers by depth.
struct LayerNames {
    /// Of the first networks.
    x: Vec<String>,
    /// Of the second networks.
    y: Vec<String>,
    /// Of either.
    both: Vec<String>,
}

impl LayerNames {
    fn of(table: &Table) -> Self {
        let names = |sides: &dyn Fn(&CellRow) -> Vec<&SideFacts>| {
            let mut layers: Vec<(usize, String)> = Vec::new();
            for side in table.cells("layers").flat_map(sides) {
                if !layers.iter().any(|(_, name)| *name == side.layer) {
                    layers.push((side.depth, side.layer.clone()));
                }
            }
            layers.sort();
            layers.into_iter().map(|(_, name)| name).collect()
        };
        Self {
            x: names(&|row| vec![&row.x]),
            y: names(&|row| vec![&row.y]),
            both: names(&|row| vec![&row.x, &row.y]),
        }
    }
}

fn of_measure<'a>(rows: &[&'a SummaryRow], measure: &str) -> Vec<&'a SummaryRow> {
    rows.iter().copied().filter(|r| r.measure == measure).collect()
}

/// Which layers converge at all: the most flexible map above shuffled stimuli. q-values are over `all` means.
fn convergence(all: &[&SummaryRow], same: &[&SummaryRow], run: &Run) -> Option<Verdict> {
    let measure = *words::comparable(run).first()?;
    let rows = of_measure(same, measure);
    let above: Vec<&str> =
        rows.iter().filter(|r| words::above_chance(r) == Some(true)).map(|r| &*r.layer_x).collect();
    let best = rows.iter().max_by(|a, b| a.estimate.value.total_cmp(&b.estimate.value))?;
    let worst = rows.iter().min_by(|a, b| a.estimate.value.total_cmp(&b.estimate.value))?;
    let tone = match above.len() {
        n if n == rows.len() => Tone::Holds,
        0 => Tone::Fails,
        _ => Tone::Mixed,
    };
    let null = words::telling_null(measure);
    let discoveries = discoveries(&of_measure(all, measure), &rows, null);
    let level = words::chance_of(best, null)
        .map_or_else(String::new, |c| format!(" (chance {:.2}, p = {:.3})", c.mean, c.p_value));
    let text = format!(
        "Independently trained networks converge in {} of {}{discoveries}: {} of the same layer is highest in `{}`, {}{level}, and lowest in `{}`, {}.",
        above.len(),
        words::count(rows.len(), "layer"),
        words::title(measure).to_lowercase(),
        best.layer_x,
        words::estimate(&best.estimate),
        worst.layer_x,
        words::estimate(&worst.estimate),
    );
    Some(Verdict { tone, text })
}

/// How many rows stand out of their table by their q-value, or that with so few draws none could.
fn discoveries(table: &[&SummaryRow], rows: &[&SummaryRow], null: Null) -> String {
    let q_value = |r: &&SummaryRow| words::chance_of(r, null)?.q_value;
    let q_values: Vec<f64> = rows.iter().filter_map(q_value).collect();
    if q_values.is_empty() {
        return String::new();
    }
    let draws = |r: &&SummaryRow| Some(words::chance_of(r, null)?.draws);
    let least = |draws: usize| 1.0 / (draws + 1) as f64;
    let floors: Vec<f64> = table.iter().filter_map(draws).map(least).collect();
    let can_stand_out = benjamini_hochberg(&floors).into_iter().any(|q| q <= words::LEVEL);
    let found = q_values.iter().filter(|q| **q <= words::LEVEL).count();
    if can_stand_out {
        format!(" ({found} with q ≤ {} over the table)", words::LEVEL)
    } else {
        format!(" (q over the table cannot reach {} with so few draws)", words::LEVEL)
    }
}

/// Whether single units converge: matchings above a rotated basis.
fn matching(same: &[&SummaryRow], run: &Run) -> Vec<Verdict> {
    let matchings =
        words::comparable(run).into_iter().filter(|m| words::telling_null(m) == Null::Rotation);
    matchings
        .filter_map(|measure| {
            let rows = of_measure(same, measure);
            let (above, rest): (Vec<&&SummaryRow>, Vec<&&SummaryRow>) =
                rows.iter().partition(|r| words::above_chance(r) == Some(true));
            let gap = |r: &&&SummaryRow| {
                let level = words::chance_of(r, Null::Rotation).map_or(0.0, |c| c.mean);
                (r.estimate.value - level, level)
            };
            let best = rows.iter().max_by(|a, b| gap(a).0.total_cmp(&gap(b).0))?;
            let tone = match (above.len(), rest.len()) {
                (_, 0) => Tone::Holds,
                (0, _) => Tone::Fails,
                _ => Tone::Mixed,
            };
            let names: Vec<&str> = above.iter().map(|r| &*r.layer_x).collect();
            let meaning = if above.is_empty() {
                ""
            } else {
                ": single units carry what is shared, not only the space they span"
            };
            let text = format!(
                "{} is above a rotated basis, by draws and by its interval over networks, in {} of {} ({}){meaning}. The gap is widest in `{}`: {} against {:.2} after rotation.",
                words::title(measure),
                above.len(),
                words::count(rows.len(), "layer"),
                words::list(&names),
                best.layer_x,
                words::estimate(&best.estimate),
                gap(&best).1,
            );
            Some(Verdict { tone, text })
        })
        .collect()
}

/// Whether the measures come in the order that nested families of maps suggest.
fn ordering(study: &Layers, same: &[&SummaryRow]) -> Option<Verdict> {
    let by_measure: Vec<Vec<&SummaryRow>> =
        study.ordering.iter().map(|m| of_measure(same, m)).collect();
    let mut layers: Vec<&str> = Vec::new();
    for row in by_measure.iter().flatten() {
        if !layers.contains(&&*row.layer_x) {
            layers.push(&row.layer_x);
        }
    }
    let value = |m: usize, layer: &str| {
        by_measure[m].iter().find(|r| r.layer_x == layer).map(|r| r.estimate.value)
    };
    // Layers with a score by every measure; of the others no order can be said.
    let scores = |layer: &&str| (0..by_measure.len()).map(|m| value(m, layer)).collect();
    let complete: Vec<Vec<f64>> = layers.iter().filter_map(scores).collect();
    if complete.is_empty() {
        return None;
    }
    let kept = complete.iter().filter(|scores| scores.windows(2).all(|w| w[0] >= w[1])).count();
    let gaps: Vec<String> = (1..by_measure.len())
        .map(|m| {
            let gaps = complete.iter().map(|scores| scores[m - 1] - scores[m]);
            let mean = gaps.sum::<f64>() / complete.len() as f64;
            format!("`{}` is above `{}` by {mean:.3}", study.ordering[m - 1], study.ordering[m])
        })
        .collect();
    let lacking = match layers.len() - complete.len() {
        0 => String::new(),
        n => format!("; {} without a score by one of them left out", words::count(n, "layer")),
    };
    let tone = match kept {
        n if n == complete.len() => Tone::Holds,
        0 => Tone::Fails,
        _ => Tone::Mixed,
    };
    let text = format!(
        "The order {} holds on held-out stimuli in {kept} of {}; on average over layers {}{lacking}.",
        study.ordering.join(" ≥ "),
        words::count(complete.len(), "layer"),
        gaps.join(", ")
    );
    Some(Verdict { tone, text })
}

fn best_partner<'a>(rows: &[&'a SummaryRow], layer: &str) -> Option<&'a str> {
    let own = rows.iter().copied().filter(|r| r.layer_x == layer);
    let best = own.reduce(|a, b| {
        let (of_a, of_b) = (a.estimate.value, b.estimate.value);
        if likeness_of(&a.measure).better(of_a, of_b) == of_a { a } else { b }
    });
    best.map(|r| &*r.layer_y)
}

/// Cells that could not be computed.
fn failures(table: &Table) -> Option<Verdict> {
    let failed = |r: &&CellRow| matches!(r.outcome, Outcome::Error { .. });
    let rows: Vec<&CellRow> = table.cells("layers").filter(failed).collect();
    let Outcome::Error { message } = &rows.first()?.outcome else { return None };
    let text = format!(
        "{} could not be computed; the first says: {message}",
        words::count(rows.len(), "cell")
    );
    Some(Verdict { tone: Tone::Note, text })
}

fn dots(
    study: &Layers,
    rows: &[&SummaryRow],
    run: &Run,
    names: &[String],
    id: &str,
    title: &str,
) -> DotPlot {
    let measures = words::comparable(run);
    let group = |name: &String| {
        let of_layer =
            |m: &&str| rows.iter().copied().find(|r| r.layer_x == *name && r.measure == **m);
        let present: Vec<&SummaryRow> = measures.iter().filter_map(of_layer).collect();
        let place = |spec: &String| present.iter().position(|r| r.measure == *spec);
        let links = study.ordering.windows(2).filter_map(|pair| {
            let (upper, lower) = (place(&pair[0])?, place(&pair[1])?);
            let gap = present[upper].estimate.value - present[lower].estimate.value;
            Some(Link { upper, lower, gap })
        });
        let dot = |r: &&SummaryRow| Dot {
            name: words::title(&r.measure),
            estimate: r.estimate.clone(),
            chance: r.chance.iter().map(|c| (c.null.to_string(), c.mean)).collect(),
        };
        let dots: Vec<Dot> = present.iter().map(dot).collect();
        (!dots.is_empty()).then(|| DotGroup { name: name.clone(), dots, links: links.collect() })
    };
    let shown: Vec<&SummaryRow> =
        rows.iter().copied().filter(|r| measures.contains(&&*r.measure)).collect();
    DotPlot {
        id: id.to_owned(),
        title: title.to_owned(),
        caption: words::caption(run, &shown),
        value_label: "mean Pearson r on held-out stimuli".to_owned(),
        range: (0.0, 1.0),
        groups: names.iter().filter_map(group).collect(),
    }
}

fn same_layer_table(rows: &[&SummaryRow], run: &Run, id: &str, title: &str) -> TableFigure {
    let level = |r: &SummaryRow, null: Null| {
        let number = |value: Option<f64>| value.map_or("–".to_owned(), words::number);
        let chance = words::chance_of(r, null);
        [
            number(chance.map(|c| c.mean)),
            number(chance.map(|c| c.p_value)),
            number(chance.and_then(|c| c.q_value)),
            number(chance.and_then(|c| c.calibrated)),
        ]
    };
    let line = |r: &&SummaryRow| {
        let mut line = vec![
            r.layer_x.clone(),
            r.measure.clone(),
            words::number(r.estimate.value),
            words::interval(&r.estimate),
        ];
        line.extend(level(r, Null::Shuffle));
        line.extend(level(r, Null::Rotation));
        line
    };
    let mut sorted = rows.to_vec();
    let place = |r: &SummaryRow| run.spec.measures.iter().position(|m| *m == r.measure);
    sorted.sort_by_key(|r| (rows.iter().position(|o| o.layer_x == r.layer_x), place(r)));
    let columns = [
        "layer",
        "measure",
        "score",
        "95 % interval",
        "shuffled stimuli",
        "p",
        "q",
        "calibrated",
        "rotated basis",
        "p",
        "q",
        "calibrated",
    ];
    TableFigure {
        id: id.to_owned(),
        title: title.to_owned(),
        caption: words::caption(run, rows),
        columns: columns.map(str::to_owned).to_vec(),
        rows: sorted.iter().map(line).collect(),
    }
}

fn heat_map(measure: &str, pooled: &[&SummaryRow], run: &Run, names: &LayerNames) -> HeatMap {
    let rows = of_measure(pooled, measure);
    let cell = |x: &String, y: &String| {
        let r = rows.iter().find(|r| r.layer_x == *x && r.layer_y == *y)?;
        Some(HeatCell {
            estimate: r.estimate.clone(),
            chance: r.chance.clone(),
            n_pairs: r.n_pairs,
            best_in_row: best_partner(&rows, x) == Some(&**y),
        })
    };
    HeatMap {
        id: format!("layers-{}", measure.replace([':', '=', ','], "-")),
        title: words::title(measure),
        caption: format!(
            "{} The best partner of each row is outlined.",
            words::caption(run, &rows)
        ),
        y_label: "layer of the first network".to_owned(),
        x_label: "layer of the second network".to_owned(),
        value_label: words::title(measure),
        range: words::axis(measure, rows.iter().map(|r| r.estimate.value)),
        cells: names.x.iter().map(|x| names.y.iter().map(|y| cell(x, y)).collect()).collect(),
        rows: names.x.clone(),
        columns: names.y.clone(),
    }
}
