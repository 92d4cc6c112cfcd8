//! What is said and shown of the correspondence of layers.

use super::level;
use crate::studies::words;
use crate::{
    Band, CellRow, Curve, CurveRole, Curves, Facet, Figure, Quantity, Run, SummaryRow, Table,
    TableFigure, Tone, Verdict,
};

/// Layers that the longer network has to have for their order to be remarkable: there are only six orders of three.
const LAYERS_TO_TELL: usize = 4;

/// Verdicts and figures about the cells of one row a stimulus; none where no pair of networks is complete.
pub(in super::super) fn show(table: &Table, run: &Run) -> (Vec<Verdict>, Vec<Figure>) {
    let shares = of(table, run, Quantity::HierarchicalCorrespondence);
    if shares.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let ladders = Ladders::of(table);
    let mut verdicts = vec![by_depth(&shares, &ladders)];
    verdicts.extend(directions(table, run));
    let mut figures = vec![
        Figure::Curves(partner_depths(table, run, &ladders)),
        Figure::Table(share_table(&shares, table, run)),
    ];
    figures.extend(asymmetry_table(table, run).map(Figure::Table));
    (verdicts, figures)
}

/// Rows of a quantity in the order of the spec's measures.
fn of<'a>(table: &'a Table, run: &Run, quantity: Quantity) -> Vec<&'a SummaryRow> {
    let mut rows: Vec<&SummaryRow> = table.summaries("layers", quantity).collect();
    rows.sort_by_key(|r| run.spec.measures.iter().position(|m| *m == r.measure));
    rows
}

/// The layers of the first and of the second networks by depth.
struct Ladders {
    x: Vec<String>,
    y: Vec<String>,
}

impl Ladders {
    fn of(table: &Table) -> Self {
        let rows: Vec<&CellRow> = table
            .cells("layers")
            .filter(|r| r.x.pooling != consilience_data::Pooling::PositionsAsStimuli)
            .collect();
        let names = |side: &dyn Fn(&CellRow) -> (usize, String)| {
            let mut layers: Vec<(usize, String)> = Vec::new();
            for (depth, name) in rows.iter().map(|row| side(row)) {
                if layers.iter().all(|(_, known)| *known != name) {
                    layers.push((depth, name));
                }
            }
            layers.sort();
            layers.into_iter().map(|(_, name)| name).collect()
        };
        Self {
            x: names(&|row| (row.x.depth, row.x.layer.clone())),
            y: names(&|row| (row.y.depth, row.y.layer.clone())),
        }
    }

    /// Proportional depth of each layer of a side, 0 to 1.
    fn depths(names: &[String]) -> impl Iterator<Item = (f64, &String)> {
        let last = (names.len() - 1).max(1) as f64;
        names.iter().enumerate().map(move |(i, name)| (i as f64 / last, name))
    }
}

/// Whether the best partner of a layer has the same proportional depth.
fn by_depth(shares: &[&SummaryRow], ladders: &Ladders) -> Verdict {
    let clear = |r: &&&SummaryRow| {
        level(r).is_some_and(|c| {
            let beyond = r.estimate.interval.is_none_or(|[low, _]| low > c.mean);
            c.p_value <= words::LEVEL && beyond
        })
    };
    let above = shares.iter().filter(clear).count();
    let too_few = ladders.x.len().max(ladders.y.len()) < LAYERS_TO_TELL;
    let tone = match above {
        _ if too_few => Tone::Note,
        n if n == shares.len() => Tone::Holds,
        0 => Tone::Fails,
        _ => Tone::Mixed,
    };
    let one = |r: &&SummaryRow| {
        let chance = level(r).map_or(String::new(), |c| {
            format!(" (chance {:.0} %, p = {:.3})", 100.0 * c.mean, c.p_value)
        });
        format!("`{}` {}{chance}", r.measure, words::percent(&r.estimate))
    };
    let told: Vec<String> = shares.iter().map(one).collect();
    let caveat = if too_few { "; too few layers for their order to be remarkable" } else { "" };
    let text = format!(
        "The best partner of a layer in another network is the layer of the same proportional depth more often than if layers had no order, by {above} of {}{caveat}. Share of layers: {}.",
        words::count(shares.len(), "measure"),
        told.join(", ")
    );
    Verdict { tone, text }
}

/// How far measures with a direction see one way only.
fn directions(table: &Table, run: &Run) -> Option<Verdict> {
    let rows = of(table, run, Quantity::Asymmetry);
    let one = |measure: &String| {
        let own: Vec<&&SummaryRow> = rows.iter().filter(|r| r.measure == *measure).collect();
        let widest =
            own.iter().max_by(|a, b| a.estimate.value.abs().total_cmp(&b.estimate.value.abs()))?;
        let ends = |r: &&&&SummaryRow| r.estimate.interval;
        let up = own.iter().filter(|r| ends(r).is_some_and(|[low, _]| low > 0.0)).count();
        let down = own.iter().filter(|r| ends(r).is_some_and(|[_, high]| high < 0.0)).count();
        Some(format!(
            "`{measure}` is higher from the earlier to the later layer in {up} of {} and lower in {down}, most for `{}` and `{}`: {}",
            words::count(own.len(), "pair"),
            widest.layer_x,
            widest.layer_y,
            words::estimate(&widest.estimate)
        ))
    };
    let told: Vec<String> = run.spec.measures.iter().filter_map(one).collect();
    (!told.is_empty()).then(|| Verdict {
        tone: Tone::Note,
        text: format!(
            "Two directions of one pair of layers, by intervals over networks: {}.",
            told.join("; ")
        ),
    })
}

/// Best partner against proportional depth, a panel a measure.
fn partner_depths(table: &Table, run: &Run, ladders: &Ladders) -> Curves {
    let rows = of(table, run, Quantity::BestPartnerDepth);
    let curve = |name: &str, measure: &str, names: &[String], of_x: bool| {
        let found = Ladders::depths(names).filter_map(|(depth, layer)| {
            let own = |r: &&&SummaryRow| {
                r.measure == measure && *(if of_x { &r.layer_x } else { &r.layer_y }) == *layer
            };
            Some((depth, &rows.iter().find(own)?.estimate))
        });
        let (x, estimates): (Vec<f64>, Vec<_>) = found.unzip();
        let ends: Option<Vec<[f64; 2]>> = estimates.iter().map(|e| e.interval).collect();
        Curve {
            name: name.to_owned(),
            role: CurveRole::Score,
            x,
            y: estimates.iter().map(|e| e.value).collect(),
            band: ends.map(|ends| Band {
                low: ends.iter().map(|e| e[0]).collect(),
                high: ends.iter().map(|e| e[1]).collect(),
            }),
        }
    };
    let facet = |measure: &String| {
        let curves = vec![
            curve("layers of the first network", measure, &ladders.x, true),
            curve("layers of the second network", measure, &ladders.y, false),
            Curve {
                name: "the same proportional depth".to_owned(),
                role: CurveRole::Reference,
                x: vec![0.0, 1.0],
                y: vec![0.0, 1.0],
                band: None,
            },
            Curve {
                name: "depths dealt at random".to_owned(),
                role: CurveRole::Chance,
                x: vec![0.0, 1.0],
                y: vec![0.5, 0.5],
                band: None,
            },
        ];
        Facet { title: words::title(measure), curves }
    };
    let known = |m: &&String| rows.iter().any(|r| r.measure == **m);
    Curves {
        id: "layers-depth".to_owned(),
        title: "Best partner against proportional depth".to_owned(),
        caption: format!(
            "Proportional depth: 0 for the first compared layer of a network, 1 for the last. The best partner of a layer in each other network, its depth averaged. {}",
            words::caption_with(
                run,
                &rows,
                "Dashed: depths dealt to the layers at random, which makes 0.5 of every layer."
            )
        ),
        x_label: "proportional depth of the layer".to_owned(),
        y_label: "proportional depth of its best partner".to_owned(),
        y_range: (0.0, 1.0),
        x_ticks: [0.0, 0.25, 0.5, 0.75, 1.0].map(|x| (x, x.to_string())).to_vec(),
        mark: None,
        facets: run.spec.measures.iter().filter(known).map(facet).collect(),
    }
}

/// The shares, over both sides and from each.
fn share_table(shares: &[&SummaryRow], table: &Table, run: &Run) -> TableFigure {
    let sides = [Quantity::CorrespondenceFromX, Quantity::CorrespondenceFromY]
        .map(|quantity| of(table, run, quantity));
    let line = |r: &&SummaryRow| {
        let side = |rows: &[&SummaryRow]| {
            let own = rows.iter().find(|other| other.measure == r.measure);
            own.map_or("–".to_owned(), |own| words::percent(&own.estimate))
        };
        let chance = level(r);
        let number = |value: Option<f64>| value.map_or("–".to_owned(), words::number);
        vec![
            r.measure.clone(),
            words::percent(&r.estimate),
            number(chance.map(|c| c.mean)),
            number(chance.map(|c| c.p_value)),
            side(&sides[0]),
            side(&sides[1]),
            r.n_pairs.to_string(),
        ]
    };
    let columns = [
        "measure",
        "layers with the best partner at the same depth",
        "chance",
        "p",
        "of the first network",
        "of the second network",
        "pairs of networks",
    ];
    let draws = shares.iter().find_map(|r| level(r)).map_or(0, |c| c.draws);
    TableFigure {
        id: "layers-correspondence".to_owned(),
        title: "Correspondence of layers by depth".to_owned(),
        caption: format!(
            "Share of layers whose best partner in another network is the one nearest in proportional depth, over both directions and from either side. Chance: depths dealt to the layers in random order, one order for all pairs of a draw ({draws} draws), so that a layer that is everyone's best partner gains nothing. {}",
            words::caption_with(run, shares, "")
        ),
        columns: columns.map(str::to_owned).to_vec(),
        rows: shares.iter().map(line).collect(),
    }
}

/// Differences between the two directions of pairs of layers.
fn asymmetry_table(table: &Table, run: &Run) -> Option<TableFigure> {
    let rows = of(table, run, Quantity::Asymmetry);
    let line = |r: &&SummaryRow| {
        vec![
            r.measure.clone(),
            r.layer_x.clone(),
            r.layer_y.clone(),
            words::number(r.estimate.value),
            words::interval(&r.estimate),
        ]
    };
    let columns = ["measure", "earlier layer", "later layer", "difference", "95 % interval"];
    (!rows.is_empty()).then(|| TableFigure {
        id: "layers-asymmetry".to_owned(),
        title: "Earlier to later less later to earlier".to_owned(),
        caption: format!(
            "The score from the earlier layer (x) to the later one (y), less the score from the later to the earlier. {}",
            words::caption_with(run, &rows, "Without an asymmetry it is 0; no chance level was drawn.")
        ),
        columns: columns.map(str::to_owned).to_vec(),
        rows: rows.iter().map(line).collect(),
    })
}
