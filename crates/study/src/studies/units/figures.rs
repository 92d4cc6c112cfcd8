//! The figures of `units`: one panel or group a layer.

use consilience_inference::Estimate;
use consilience_units::{Findings, MatchKind, Prediction, VerdictKind};

use super::layer::{Layer, both, mean, summary};
use super::predicted;
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
        Figure::Curves(predicted::unexplained(layers, run)),
        Figure::Curves(predicted::connections(layers, run)),
        Figure::Table(predicted::table(layers, run)),
        Figure::Table(layer_table(layers, run)),
    ];
    all.into_iter().filter(Figure::has_data).collect()
}

/// Pairs, networks and stimuli behind a figure, and how sure its means are.
pub(super) fn behind(layers: &[Layer<'_>], run: &Run) -> String {
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

pub(super) fn curve(name: &str, role: CurveRole, points: Vec<(f64, f64)>) -> Curve {
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

pub(super) fn y_range(facets: &[Facet]) -> (f64, f64) {
    range(facets.iter().flat_map(|f| &f.curves).flat_map(|c| &c.y).copied())
}

pub(super) fn spectra(layers: &[Layer<'_>], run: &Run) -> Curves {
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
