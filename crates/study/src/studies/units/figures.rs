//! The figures of `units`: one panel or group a layer.

use consilience_inference::Estimate;
use consilience_units::{
    Control, Findings, MatchKind, PathPoint, Prediction, PredictionCurve, VerdictKind,
};

use super::layer::{Layer, both, mean, summary};
use crate::studies::words;
use crate::{Curve, CurveRole, Curves, Dot, DotGroup, DotPlot, Facet, Figure, Run, TableFigure};

/// Points of a sorted curve, at the most: the explorer has all units.
const POINTS: usize = 33;

/// Means that are shown, as a share of the largest: what is smaller is silent for all stimuli but a few.
const LEAST_MEAN: f32 = 1e-3;

/// Kinds of matchings that are shown, with their names.
const MATCHINGS: [(MatchKind, &str); 3] = [
    (MatchKind::SemiX, "first choice"),
    (MatchKind::OneToOne, "one to one"),
    (MatchKind::Soft, "soft"),
];

/// Verdicts, in the order of shares.
pub(super) const VERDICTS: [(VerdictKind, &str); 4] = [
    (VerdictKind::OneToOne, "one to one"),
    (VerdictKind::FewToOne, "few to one"),
    (VerdictKind::SharedSubspace, "shared subspace"),
    (VerdictKind::Idiosyncratic, "idiosyncratic"),
];

/// All figures that have something to show.
pub(super) fn figures(layers: &[Layer<'_>], run: &Run) -> Vec<Figure> {
    let all = [
        Figure::DotPlot(matchings(layers, run)),
        Figure::DotPlot(shares(layers, run)),
        Figure::Curves(sorted(layers, run)),
        Figure::Curves(spectra(layers, run)),
        Figure::Curves(unexplained(layers, run)),
        Figure::Curves(connections(layers, run)),
        Figure::Table(prediction_table(layers, run)),
        Figure::Table(layer_table(layers, run)),
    ];
    all.into_iter().filter(has_data).collect()
}

fn has_data(figure: &Figure) -> bool {
    match figure {
        Figure::DotPlot(plot) => plot.groups.iter().any(|group| !group.dots.is_empty()),
        Figure::Curves(curves) => curves.facets.iter().any(|facet| !facet.curves.is_empty()),
        Figure::Table(table) => !table.rows.is_empty(),
        Figure::HeatMap(map) => !map.rows.is_empty(),
    }
}

/// Pairs, networks and stimuli behind a figure, and how sure its means are.
fn behind(layers: &[Layer<'_>], run: &Run) -> String {
    let pairs = layers.iter().map(|l| l.pairs.len()).max().unwrap_or(0);
    let networks = layers.iter().map(|l| l.networks().len()).max().unwrap_or(0);
    let samples: Vec<String> = layers
        .iter()
        .filter_map(|l| Some(format!("{} {}", l.name, l.pairs.first()?.0.n_samples)))
        .collect();
    format!(
        "Means over {} of {}, {} stimuli (rows: {})",
        words::count(pairs, "pair"),
        words::count(networks, "network"),
        run.n_stimuli,
        samples.join(", ")
    )
}

fn intervals(layers: &[Layer<'_>], run: &Run) -> String {
    if layers.iter().any(|l| l.networks().len() > 2) {
        format!("95 % intervals by bootstrap over networks ({} draws)", run.spec.bootstrap_draws)
    } else {
        "no interval over networks (it takes three)".to_owned()
    }
}

/// How many draws chance levels are means of.
fn chance_words(layers: &[Layer<'_>]) -> String {
    let parameters = layers.iter().flat_map(|l| &l.pairs).map(|(_, f)| &f.parameters).next();
    let Some(p) = parameters else { return "No chance level was drawn.".to_owned() };
    format!(
        "Chance levels: stimuli of y in random order ({}), y rotated at random ({})",
        words::count(p.shuffles, "draw"),
        words::count(p.rotations, "draw")
    )
}

/// Mean correlation of partners, beside chance.
fn matchings(layers: &[Layer<'_>], run: &Run) -> DotPlot {
    let group = |layer: &Layer<'_>| {
        let dot = |(kind, name): &(MatchKind, &str)| {
            let estimate = layer.mean(run, name, |f| Some(summary(f, *kind)?.mean))?;
            let level = |draws: fn(&consilience_units::Summary) -> &[f64]| {
                layer.plain_mean(|f| mean(draws(summary(f, *kind)?).iter().copied()))
            };
            let levels = [("shuffle", level(|s| &s.shuffled)), ("rotation", level(|s| &s.rotated))];
            let chance = levels.into_iter().filter_map(|(n, l)| Some((n.to_owned(), l?))).collect();
            Some(Dot { name: (*name).to_owned(), estimate, chance })
        };
        let dots = MATCHINGS.iter().filter_map(dot).collect();
        DotGroup { name: layer.name.to_owned(), dots, links: Vec::new() }
    };
    let groups: Vec<DotGroup> = layers.iter().map(group).collect();
    DotPlot {
        id: "units-matching".into(),
        title: "How well units find a partner".into(),
        caption: format!(
            "{}; {}. Correlation over all rows of a unit of x with its first choice in y (semi-matching), with its partner in the one-to-one matching of largest sum, and with its soft partners. The largest of many correlations is high by chance. {}.",
            behind(layers, run),
            intervals(layers, run),
            chance_words(layers)
        ),
        value_label: "mean correlation of partners".into(),
        range: range(groups.iter().flat_map(|g| &g.dots).flat_map(values)),
        groups,
    }
}

fn values(dot: &Dot) -> Vec<f64> {
    let ends = dot.estimate.interval.unwrap_or([dot.estimate.value; 2]);
    dot.chance.iter().map(|(_, level)| *level).chain(ends).chain([dot.estimate.value]).collect()
}

/// 0 to 1, further below where the values are.
fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((0.0, 1.0), |(low, high): (f64, f64), v| (low.min(v), high.max(v)))
}

/// The share of one verdict among the units of both sides of a pair.
pub(super) fn share(findings: &Findings, verdict: usize) -> Option<f64> {
    let shares = findings.shares.found()?;
    both(Some(shares.x[verdict]), Some(shares.y[verdict]))
}

fn shares(layers: &[Layer<'_>], run: &Run) -> DotPlot {
    let group = |layer: &Layer<'_>| {
        let dot = |(place, (_, name)): (usize, &(VerdictKind, &str))| {
            let estimate = layer.mean(run, &format!("share {name}"), |f| share(f, place))?;
            let rotated = layer.plain_mean(|f| Some(f.shares.found()?.rotated?[place]));
            let chance = rotated.map(|level| ("rotation".to_owned(), level)).into_iter().collect();
            Some(Dot { name: (*name).to_owned(), estimate, chance })
        };
        let dots = VERDICTS.iter().enumerate().filter_map(dot).collect();
        DotGroup { name: layer.name.to_owned(), dots, links: Vec::new() }
    };
    DotPlot {
        id: "units-verdicts".into(),
        title: "What becomes of the units of a layer".into(),
        caption: format!(
            "{}; {}. Share of each verdict among the units that vary, mean of both directions. Chance level: the same shares of the units of x when y is rotated at random, so that its axes mean nothing.",
            behind(layers, run),
            intervals(layers, run)
        ),
        value_label: "share of units".into(),
        range: (0.0, 1.0),
        groups: layers.iter().map(group).collect(),
    }
}

/// Ranks at which a sorted list of `n` is shown.
fn ranks(n: usize) -> Vec<usize> {
    let points = POINTS.min(n);
    (0..points).map(|i| if points == 1 { 0 } else { i * (n - 1) / (points - 1) }).collect()
}

fn curve(name: &str, role: CurveRole, points: Vec<(f64, f64)>) -> Curve {
    let (x, y) = points.into_iter().unzip();
    Curve { name: name.to_owned(), role, x, y, band: None }
}

/// Mean of sorted lists, rank by rank, along the share of units; lists of other lengths than the first are left out.
fn sorted_mean<'a>(name: &str, lists: impl Iterator<Item = &'a [f32]>) -> Option<Curve> {
    let lists: Vec<&[f32]> = lists.filter(|list| !list.is_empty()).collect();
    let n = lists.first()?.len();
    let lists: Vec<&[f32]> = lists.into_iter().filter(|list| list.len() == n).collect();
    let at = |rank: usize| {
        let sum: f64 = lists.iter().map(|list| f64::from(list[rank])).sum();
        (along(rank, n), sum / lists.len() as f64)
    };
    Some(curve(name, CurveRole::Score, ranks(n).into_iter().map(at).collect()))
}

fn along(rank: usize, n: usize) -> f64 {
    if n > 1 { rank as f64 / (n - 1) as f64 } else { 0.0 }
}

/// Ticks of an axis of ranks.
fn rank_ticks() -> Vec<(f64, String)> {
    [(0.0, "best"), (0.5, "half"), (1.0, "worst")].map(|(x, t)| (x, t.to_owned())).to_vec()
}

fn sorted(layers: &[Layer<'_>], run: &Run) -> Curves {
    let facet = |layer: &Layer<'_>| {
        let measured = MATCHINGS.iter().filter_map(|(kind, name)| {
            let lists = layer.pairs.iter().filter_map(|(_, f)| Some(&*summary(f, *kind)?.sorted));
            sorted_mean(name, lists)
        });
        let level = |name: &str, kind: MatchKind, null: &str| {
            let mean = layer.plain_mean(|f| mean(summary(f, kind)?.rotated.iter().copied()))?;
            let name = format!("{name} · {null}");
            Some(curve(&name, CurveRole::Chance, vec![(0.0, mean), (1.0, mean)]))
        };
        let levels = MATCHINGS.iter().filter_map(|(kind, name)| level(name, *kind, "rotation"));
        Facet { title: layer.name.to_owned(), curves: measured.chain(levels).collect() }
    };
    let facets: Vec<Facet> = layers.iter().map(facet).collect();
    Curves {
        id: "units-sorted".into(),
        title: "Units by the correlation with their partner".into(),
        caption: format!(
            "{}, rank by rank and without an interval, at {POINTS} ranks at the most. Where the first choice lies above the partner of the one-to-one matching, several units want the same one. Chance: the mean over units with y rotated at random, a level and not a curve. {}.",
            behind(layers, run),
            chance_words(layers)
        ),
        x_label: "units of x, sorted".into(),
        y_label: "correlation with the partner".into(),
        y_range: y_range(&facets),
        x_ticks: rank_ticks(),
        mark: None,
        facets,
    }
}

fn y_range(facets: &[Facet]) -> (f64, f64) {
    range(facets.iter().flat_map(|f| &f.curves).flat_map(|c| &c.y).copied())
}

fn spectra(layers: &[Layer<'_>], run: &Run) -> Curves {
    let facet = |layer: &Layer<'_>| {
        let spectra = layer.all.map_or(&[][..], |all| &all.spectra);
        let of_network = |s: &consilience_units::NetworkSpectrum| {
            let least = s.means.first().map_or(0.0, |largest| largest * LEAST_MEAN);
            let positive = s.means.iter().take_while(|m| **m > least.max(0.0)).count();
            let point =
                |rank: usize| (along(rank, s.means.len()), f64::from(s.means[rank]).log10());
            curve(&s.network, CurveRole::Score, ranks(positive).into_iter().map(point).collect())
        };
        let curves = spectra.iter().map(of_network).filter(|c| !c.x.is_empty()).collect();
        Facet { title: layer.name.to_owned(), curves }
    };
    let facets: Vec<Facet> = layers.iter().map(facet).collect();
    let all = || facets.iter().flat_map(|f| &f.curves).flat_map(|c| &c.y).copied();
    let low = all().fold(f64::INFINITY, f64::min).floor();
    let high = all().fold(f64::NEG_INFINITY, f64::max).ceil();
    let is_range = low.is_finite() && high > low;
    Curves {
        id: "units-spectra".into(),
        title: "Spectra of mean activations".into(),
        caption: format!(
            "Mean activation of each unit over {} stimuli, sorted, one curve a network, at {POINTS} ranks at the most; units whose mean is below a thousandth of the largest are left out, so a curve that ends early has silent units. No interval and no chance level: whether the spectra agree while their order does not is a verdict above.",
            run.n_stimuli
        ),
        x_label: "units, sorted".into(),
        y_label: "log₁₀ of the mean activation".into(),
        y_range: if is_range { (low, high) } else { (-1.0, 1.0) },
        x_ticks: [(0.0, "largest"), (1.0, "smallest")].map(|(x, t)| (x, t.to_owned())).to_vec(),
        mark: None,
        facets,
    }
}

/// Both directions of every pair of a layer that share the penalties of the first.
fn predictions<'a>(layer: &'a Layer<'_>) -> Vec<&'a Prediction> {
    let all = layer.pairs.iter().flat_map(|(_, f)| [f.y_from_x.found(), f.x_from_y.found()]);
    let mut all: Vec<&Prediction> = all.flatten().collect();
    if let Some(first) = all.first().copied() {
        all.retain(|p| p.penalties == first.penalties);
    }
    all
}

/// Mean over predictions of a number of each point, along the penalties from large to small.
fn along_penalties(
    name: &str,
    curves: &[&PredictionCurve],
    value: impl Fn(usize, &PathPoint) -> Option<f64>,
) -> Option<Curve> {
    let n = curves.first()?.points.len();
    let point = |i: usize| {
        let each =
            curves.iter().enumerate().filter_map(|(c, curve)| value(c, curve.points.get(i)?));
        Some((i as f64, mean(each)?))
    };
    let points: Vec<(f64, f64)> = (0..n).filter_map(point).collect();
    (!points.is_empty()).then(|| curve(name, CurveRole::Score, points))
}

fn penalty_ticks(layers: &[Layer<'_>]) -> Vec<(f64, String)> {
    let penalties = layers.iter().flat_map(predictions).map(|p| &p.penalties).next();
    let penalties = penalties.map_or(&[][..], Vec::as_slice);
    let every = penalties.len().div_ceil(6).max(1);
    let ticks =
        penalties.iter().enumerate().filter(|(i, _)| i % every == 0 || i + 1 == penalties.len());
    ticks.map(|(i, penalty)| (i as f64, penalty.to_string())).collect()
}

const CONTROLS: [(Control, &str); 3] = [
    (Control::Permuted, "permuted copy"),
    (Control::BlockRotated, "block-rotated copy"),
    (Control::Rotated, "rotated copy"),
];

/// The layer's curve and those of its controls.
fn with_controls(
    layer: &Layer<'_>,
    own: &[(&str, fn(&PathPoint) -> Option<f64>)],
    of_control: impl Fn(&Prediction, &PathPoint) -> Option<f64>,
    scale: impl Fn(&Prediction) -> f64,
) -> Facet {
    let all = predictions(layer);
    let curves: Vec<&PredictionCurve> = all.iter().map(|p| &p.curve).collect();
    let measured = own.iter().filter_map(|(name, value)| {
        along_penalties(name, &curves, |c, point| Some(value(point)? / scale(all[c])))
    });
    let controls = CONTROLS.iter().filter_map(|(control, name)| {
        let of = |p: &&'_ Prediction| p.calibration.controls.iter().any(|c| c.control == *control);
        let having: Vec<&Prediction> = all.iter().filter(|p| of(p)).copied().collect();
        let curves: Vec<&PredictionCurve> = having
            .iter()
            .flat_map(|p| p.calibration.controls.iter().filter(|c| c.control == *control))
            .map(|c| &c.curve)
            .collect();
        along_penalties(name, &curves, |c, point| {
            Some(of_control(having[c], point)? / scale(having[c]))
        })
    });
    Facet { title: layer.name.to_owned(), curves: measured.chain(controls).collect() }
}

fn unexplained(layers: &[Layer<'_>], run: &Run) -> Curves {
    let facet = |layer: &Layer<'_>| {
        with_controls(
            layer,
            &[("held out", |p| p.held_out), ("in sample", |p| Some(p.unexplained))],
            |_, p| Some(p.unexplained),
            |_| 1.0,
        )
    };
    prediction_curves(
        layers,
        run,
        "unexplained",
        "Variance that few units leave unexplained",
        "unexplained fraction of variance",
        facet,
    )
}

fn connections(layers: &[Layer<'_>], run: &Run) -> Curves {
    let facet = |layer: &Layer<'_>| {
        let sources = |p: &Prediction| p.sources.max(1) as f64;
        with_controls(
            layer,
            &[("the networks", |p| Some(p.connections))],
            |_, p| Some(p.connections),
            sources,
        )
    };
    prediction_curves(
        layers,
        run,
        "connections",
        "Units that it takes to predict one",
        "connections, share of the sources",
        facet,
    )
}

fn prediction_curves(
    layers: &[Layer<'_>],
    run: &Run,
    id: &str,
    title: &str,
    y_label: &str,
    facet: impl Fn(&Layer<'_>) -> Facet,
) -> Curves {
    let facets: Vec<Facet> = layers.iter().map(facet).collect();
    Curves {
        id: format!("units-{id}"),
        title: title.to_owned(),
        caption: format!(
            "{}, over both directions and all targets, without an interval. Each standardised unit is predicted from the units of the other network with an L1 penalty. The controls are copies of the sources with as much noise as the real targets have: with the units in another order (a local code), turned in small groups, and all turned together (a distributed code); they are fitted and scored in sample and stand in place of a chance level.",
            behind(layers, run)
        ),
        x_label: "penalty λ on standardised units".into(),
        y_label: y_label.to_owned(),
        y_range: y_range(&facets),
        x_ticks: penalty_ticks(layers),
        mark: None,
        facets,
    }
}

/// Columns of the paper's Table 1 for each layer: its loss, and beside it what the loss does not tell.
const PREDICTED: [(&str, fn(&PathPoint) -> Option<f64>); 3] = [
    ("loss", |p| Some(p.paper_loss)),
    ("held out", |p| p.held_out),
    ("connections", |p| Some(p.connections)),
];

fn prediction_table(layers: &[Layer<'_>], run: &Run) -> TableFigure {
    let predicted: Vec<(&str, Vec<&Prediction>)> = layers
        .iter()
        .map(|layer| (layer.name, predictions(layer)))
        .filter(|(_, all)| !all.is_empty())
        .collect();
    let penalties = predicted.first().map_or(&[][..], |(_, all)| &all[0].penalties);
    let row = |(i, penalty): (usize, &f64)| {
        let cell = |(all, value): (&Vec<&Prediction>, fn(&PathPoint) -> Option<f64>)| {
            let at = all.iter().filter(|p| p.penalties.get(i) == Some(penalty));
            mean(at.filter_map(|p| value(&p.curve.points[i]))).map_or("–".to_owned(), words::number)
        };
        let cells =
            predicted.iter().flat_map(|(_, all)| PREDICTED.map(|(_, value)| cell((all, value))));
        std::iter::once(penalty.to_string()).chain(cells).collect()
    };
    let heads =
        predicted.iter().flat_map(|(name, _)| PREDICTED.map(|(what, _)| format!("{name}: {what}")));
    let targets: Vec<String> =
        predicted.iter().map(|(name, all)| format!("{name} {}", all[0].targets)).collect();
    TableFigure {
        id: "units-prediction".into(),
        title: "Sparse prediction along the penalties".into(),
        caption: format!(
            "{}, over both directions and all targets, without an interval. The loss is that of the paper, half of the unexplained fraction on the rows fitted on (of an exact solution here); held out is the unexplained fraction on other blocks of stimuli. λ is on standardised units; the paper's is λ / C with C targets ({}). Chance: no connection, all unexplained.",
            behind(layers, run),
            targets.join(", ")
        ),
        columns: std::iter::once("λ".to_owned()).chain(heads).collect(),
        rows: penalties.iter().enumerate().map(row).collect(),
    }
}

fn layer_table(layers: &[Layer<'_>], run: &Run) -> TableFigure {
    let row = |layer: &Layer<'_>| {
        let mean = |what: &str, value: &dyn Fn(&Findings) -> Option<f64>| {
            layer.mean(run, what, value).map_or("–".to_owned(), |e: Estimate| words::estimate(&e))
        };
        let agreement = |value: fn(&consilience_units::Agreement) -> f64| {
            move |f: &Findings| {
                let m = f.matching.found()?;
                both(Some(value(&m.agreement_x)), Some(value(&m.agreement_y)))
            }
        };
        let stability = |f: &Findings| summary(f, MatchKind::OneToOne)?.stability;
        let cycle = layer.of_all(|all| {
            let share = self::mean(all.cycles.iter().map(|t| t.share))?;
            let chance = self::mean(all.cycles.iter().map(|t| t.chance))?;
            Some(format!("{share:.2} (chance {chance:.2})"))
        });
        let clusters = layer.of_all(|all| {
            let clusters = all.clusters.found()?;
            let null = self::mean(clusters.cut.null_shared_units.iter().copied());
            let null = null.map_or(String::new(), |n| format!(" (chance {n:.2})"));
            Some(format!("{:.2}{null} in {}", clusters.cut.shared_units, clusters.clusters.len()))
        });
        let distributed = |f: &Findings| {
            let of = |p: Option<&Prediction>| p?.calibration.distributedness;
            both(of(f.y_from_x.found()), of(f.x_from_y.found()))
        };
        vec![
            layer.name.to_owned(),
            layer.pairs.first().map_or("–".to_owned(), |(row, _)| row.x.n_units.to_string()),
            mean("same partner", &agreement(|a| a.same_partner)),
            mean("mutual", &agreement(|a| a.mutual)),
            mean("stability", &stability),
            cycle.unwrap_or("–".to_owned()),
            clusters.unwrap_or("–".to_owned()),
            mean("information", &|f| Some(f.information.found()?.same_partner_x)),
            mean("epsilon", &|f| Some(f.subspaces.found()?.epsilon.similarity)),
            mean("distributedness", &distributed),
        ]
    };
    let head = [
        "layer",
        "units",
        "same partner",
        "mutual",
        "stability",
        "come back over a third network",
        "in clusters of all networks",
        "same partner by information",
        "ε-match",
        "distributedness",
    ];
    TableFigure {
        id: "units-layers".into(),
        title: "The layers in numbers".into(),
        caption: format!(
            "{}; {}. Same partner: units whose first choice is their partner one to one; mutual: units that are the first choice of their first choice; stability: half-splits of the stimuli that find the same partner. Distributedness places the curve of unexplained variance between the permuted copy (0) and the rotated copy (1). Chance of coming back is one in the number of units; that of clusters loses the correspondence of the networks.",
            behind(layers, run),
            intervals(layers, run)
        ),
        columns: head.map(str::to_owned).to_vec(),
        rows: layers.iter().map(row).collect(),
    }
}
