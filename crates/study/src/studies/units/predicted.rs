//! The figures of sparse prediction: how much few units leave unexplained, beside copies whose code is known.

use consilience_units::{Control, PathPoint, Prediction, PredictionCurve};

use super::figures::{behind, curve, y_range};
use super::layer::{Layer, mean};
use crate::studies::words;
use crate::{Curve, CurveRole, Curves, Facet, Run, TableFigure};

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

pub(super) fn unexplained(layers: &[Layer<'_>], run: &Run) -> Curves {
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

pub(super) fn connections(layers: &[Layer<'_>], run: &Run) -> Curves {
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

pub(super) fn table(layers: &[Layer<'_>], run: &Run) -> TableFigure {
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
