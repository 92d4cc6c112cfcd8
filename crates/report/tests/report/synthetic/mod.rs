//! A run that never happened, with numbers that look like one: five layers, seven measures, thirteen checkpoints.

pub(crate) mod units;

use consilience_inference::{Chance, Estimate, Method, Null};
use consilience_study::{
    Band, Cloud, Curve, CurveRole, Curves, Dot, DotGroup, DotPlot, Facet, Figure, HeatCell,
    HeatMap, Link, NetworkFacts, Point, Points, Run, Scatter, Section, StudySpec, TableFigure,
    Tone, Verdict,
};

/// Layers with their units.
const LAYERS: [(&str, usize); 5] =
    [("conv1", 16), ("conv2", 32), ("conv3", 64), ("fc1", 128), ("logits", 10)];

/// Measures with the score of the best layer and the chance level by rotation, if any.
const MEASURES: [(&str, f64, Option<f64>); 7] = [
    ("ridge", 0.93, None),
    ("procrustes", 0.86, None),
    ("semi-matching", 0.74, Some(0.41)),
    ("soft-matching", 0.67, Some(0.33)),
    ("permutation", 0.66, Some(0.32)),
    ("linear-cka", 0.95, None),
    ("debiased-linear-cka", 0.94, None),
];

const CHECKPOINTS: [&str; 13] =
    ["0", "1", "2", "4", "8", "16", "32", "64", "ep 1", "ep 2", "ep 3", "ep 4", "ep 5"];

/// Specs of the measures.
pub(crate) fn measures() -> Vec<String> {
    MEASURES.iter().map(|m| m.0.to_owned()).collect()
}

/// Title of a measure.
fn title(spec: &str) -> String {
    consilience_measures::find(spec).expect("known").info.title.to_owned()
}

/// Facts of the run.
pub(crate) fn run() -> Run {
    let names: Vec<String> = measures().iter().map(|m| format!("{m:?}")).collect();
    let spec = format!(
        "name = \"demo\"\nactivations = \"activations\"\nmeasures = [{}]\nseed = 7\n\n[[study]]\nkind = \"layers\"\nordering = [\"ridge\", \"procrustes\", \"permutation\"]\n\n[[study]]\nkind = \"training\"\n",
        names.join(", ")
    );
    let network = |seed: usize, accuracy| NetworkFacts {
        name: format!("seed-{seed}"),
        layers: LAYERS.iter().map(|(name, units)| ((*name).to_owned(), *units)).collect(),
        checkpoints: CHECKPOINTS.iter().map(|c| (*c).to_owned()).collect(),
        accuracy: Some(accuracy),
    };
    Run {
        version: "0.1.0".to_owned(),
        spec: StudySpec::parse(&spec, "synthetic.toml").expect("the synthetic study is valid"),
        stimuli: "fashion-mnist-test".to_owned(),
        n_stimuli: 1000,
        stimuli_digest: "6f1c".repeat(16),
        classes: ["T-shirt", "Trouser", "Pullover", "Dress"].map(str::to_owned).to_vec(),
        networks: vec![network(1, 0.883), network(2, 0.879), network(3, 0.891), network(4, 0.886)],
    }
}

/// What the studies would say.
pub(crate) fn sections() -> Vec<Section> {
    vec![layers(), training()]
}

/// A number between −1 and 1 that depends on its place only.
fn noise(a: usize, b: usize, c: usize) -> f64 {
    let x = (a * 127 + b * 311 + c * 743 + 17) as f64;
    2.0 * (x.sin() * 43_758.545_3).fract().abs() - 1.0
}

fn estimate(value: f64, half: f64) -> Estimate {
    Estimate {
        value,
        standard_error: Some(half / 2.0),
        interval: Some([value - half, value + 0.8 * half]),
        method: Method::NodeBootstrap,
        replicates: 2000,
    }
}

fn caption(what: &str) -> String {
    format!(
        "{what}. Means over 6 pairs of 4 networks, 1000 stimuli, 5 folds; 95 % intervals by bootstrap over networks (2000 draws). Chance levels: stimuli shuffled (99 draws), basis of x rotated (99 draws)."
    )
}

fn heat_map(m: usize) -> HeatMap {
    let (spec, best, rotation) = MEASURES[m];
    let cell = |i: usize, j: usize| {
        let distance = i.abs_diff(j) as f64;
        let value = best - 0.03 * i as f64 - 0.13 * distance + 0.02 * noise(m, i, j);
        let level = |null, mean: f64| Chance {
            null,
            draws: 99,
            mean,
            standard_deviation: 0.01,
            threshold: mean + 0.02,
            p_value: 0.01,
            q_value: Some(0.0125),
            calibrated: (null == Null::Shuffle)
                .then_some((value - mean - 0.02) / (1.0 - mean - 0.02)),
        };
        let mut chance = vec![level(Null::Shuffle, 0.004 * noise(i, j, m))];
        chance.extend(rotation.map(|r| level(Null::Rotation, r - 0.05 * distance)));
        Some(HeatCell { estimate: estimate(value, 0.02), chance, n_pairs: 6, best_in_row: i == j })
    };
    let names: Vec<String> = LAYERS.iter().map(|(name, _)| (*name).to_owned()).collect();
    HeatMap {
        id: format!("layers-{spec}"),
        title: title(spec),
        caption: caption(&format!("`{spec}` of every layer with every layer")),
        y_label: "layer of the first network".to_owned(),
        x_label: "layer of the second network".to_owned(),
        value_label: title(spec),
        range: (0.0, 1.0),
        cells: (0..5).map(|i| (0..5).map(|j| cell(i, j)).collect()).collect(),
        rows: names.clone(),
        columns: names,
    }
}

fn layers() -> Section {
    let say = |tone, text: &str| Verdict { tone, text: text.to_owned() };
    let mut figures: Vec<Figure> =
        (0..MEASURES.len()).map(|m| Figure::HeatMap(heat_map(m))).collect();
    figures.push(Figure::DotPlot(ordering()));
    figures.push(Figure::Scatter(scatter()));
    figures.push(Figure::Table(table()));
    Section {
        anchor: "layers".to_owned(),
        title: "Layers".to_owned(),
        lead: "Which layers of one network correspond to which layers of another, at the last checkpoint, over all 6 pairs of 4 networks.".to_owned(),
        verdicts: vec![
            say(Tone::Holds, "All 5 layers are more alike across networks than chance by every measure (p ≤ 0.01, 99 draws); the least alike is `logits`, `permutation` 0.54 [0.51, 0.56] where a rotated basis gives 0.32."),
            say(Tone::Holds, "Layers correspond at equal depth: in 35 of 35 rows the best partner of a layer is the layer of the same name."),
            say(Tone::Mixed, "Linear ≥ Procrustes ≥ one-to-one holds in 4 of 5 layers: at `logits` `procrustes` is 0.03 below `permutation`."),
            say(Tone::Fails, "One-to-one matching does not account for all that is shared: in `conv3` `ridge` is 0.27 [0.24, 0.29] above `permutation`."),
            say(Tone::Note, "Semi-matching may use a unit several times; it says nothing about how many different features are shared."),
        ],
        figures,
    }
}

fn ordering() -> DotPlot {
    let order = ["ridge", "procrustes", "soft-matching", "permutation"];
    let group = |l: usize| {
        let dots: Vec<Dot> = order
            .iter()
            .map(|name| {
                let m = MEASURES.iter().position(|m| m.0 == *name).expect("known");
                let (_, best, rotation) = MEASURES[m];
                let shift = if l == 4 && *name == "procrustes" { -0.22 } else { 0.0 };
                let mut chance = vec![("shuffle".to_owned(), 0.003 * noise(l, m, 1))];
                chance.extend(rotation.map(|r| ("rotation".to_owned(), r - 0.02 * l as f64)));
                Dot {
                    name: title(name),
                    estimate: estimate(
                        best - 0.03 * l as f64 + shift + 0.02 * noise(m, l, l),
                        0.025,
                    ),
                    chance,
                }
            })
            .collect();
        let link = |upper: usize, lower: usize| Link {
            upper,
            lower,
            gap: dots[upper].estimate.value - dots[lower].estimate.value,
        };
        let links = vec![link(0, 1), link(1, 2), link(2, 3)];
        DotGroup { name: LAYERS[l].0.to_owned(), links, dots }
    };
    DotPlot {
        id: "layers-ordering".to_owned(),
        title: "The ordering of nested maps, layer by layer".to_owned(),
        caption: caption("Held-out mean correlation of the same layer of two networks"),
        value_label: "mean Pearson r on held-out stimuli".to_owned(),
        range: (-0.05, 1.0),
        groups: (0..5).map(group).collect(),
    }
}

fn scatter() -> Scatter {
    let point = |l: usize, m: usize, i: usize| {
        let x = 0.1 * i as f64;
        let value = (0.2 + 0.15 * l as f64) * x + 0.02 * noise(l, m, i);
        Point { name: format!("blur-{i}"), x, estimate: estimate(value, 0.03) }
    };
    let cloud = |l: usize| {
        let of = |m: usize| Points {
            name: title(MEASURES[m].0),
            points: (0..7).map(|i| point(l, m, i)).collect(),
        };
        Cloud { title: LAYERS[l].0.to_owned(), series: (0..2).map(of).collect() }
    };
    Scatter {
        id: "layers-drops".to_owned(),
        title: "Drop of a layer and loss of accuracy".to_owned(),
        caption: caption("One point a set of stimuli"),
        x_label: "loss of accuracy".to_owned(),
        y_label: "relative drop".to_owned(),
        x_range: (0.0, 0.6),
        y_range: (-0.05, 0.6),
        facets: (0..5).map(cloud).collect(),
    }
}

fn table() -> TableFigure {
    let mut columns = vec!["layer".to_owned()];
    columns.extend(measures());
    let row = |l: usize| {
        let mut row = vec![LAYERS[l].0.to_owned()];
        row.extend(MEASURES.iter().map(|(_, best, _)| format!("{:.2}", best - 0.03 * l as f64)));
        row
    };
    TableFigure {
        id: "layers-table".to_owned(),
        title: "Same layer, all measures".to_owned(),
        caption: caption("Scores of the same layer of two networks"),
        columns,
        rows: (0..5).map(row).collect(),
    }
}

fn rise(t: usize, start: f64, end: f64, rate: f64) -> f64 {
    end - (end - start) * (-rate * t as f64).exp()
}

fn facet(l: usize) -> Facet {
    let x: Vec<f64> = (0..CHECKPOINTS.len()).map(|t| t as f64).collect();
    let mut curves = Vec::new();
    for (m, (spec, best, rotation)) in MEASURES.iter().enumerate() {
        let end = best - 0.03 * l as f64;
        let y: Vec<f64> = (0..x.len())
            .map(|t| rise(t, 0.35 * end, end, 0.38 + 0.05 * l as f64) + 0.012 * noise(t, m, l))
            .collect();
        let band = Band {
            low: y.iter().map(|v| v - 0.025).collect(),
            high: y.iter().map(|v| v + 0.02).collect(),
        };
        let curve =
            |name: String, role, y: Vec<f64>, band| Curve { name, role, x: x.clone(), y, band };
        let level = rotation.unwrap_or(0.0);
        let chance = (0..x.len()).map(|t| level + 0.008 * noise(t, m, 9)).collect();
        curves.push(curve(title(spec), CurveRole::Score, y, Some(band)));
        let null = if rotation.is_some() { "rotation" } else { "shuffle" };
        curves.push(curve(format!("{} · {null}", title(spec)), CurveRole::Chance, chance, None));
    }
    let accuracy = (0..x.len()).map(|t| rise(t, 0.1, 0.885, 0.45)).collect();
    curves.push(Curve {
        name: "accuracy of the networks".to_owned(),
        role: CurveRole::Accuracy,
        x,
        y: accuracy,
        band: None,
    });
    Facet { title: LAYERS[l].0.to_owned(), curves }
}

fn training() -> Section {
    let say = |tone, text: &str| Verdict { tone, text: text.to_owned() };
    let ticks = CHECKPOINTS.iter().enumerate().map(|(t, name)| (t as f64, (*name).to_owned()));
    Section {
        anchor: "training".to_owned(),
        title: "Training".to_owned(),
        lead: "When in training the same layers of different networks become alike, and how that compares with what they can do.".to_owned(),
        verdicts: vec![
            say(Tone::Holds, "Most of the alignment is there after epoch 1: 93 % [91, 95] of the final score of `ridge`, averaged over layers; of the final accuracy it is 91 % [90, 92]."),
            say(Tone::Mixed, "Before training, `conv1` already has 35 % [31, 39] of its final score, deeper layers less."),
        ],
        figures: vec![Figure::Curves(Curves {
            id: "training-curves".to_owned(),
            title: "Alignment of the same layer along training".to_owned(),
            caption: caption("Score of the same layer of two networks at every checkpoint, with the accuracy of the networks on the same axis"),
            x_label: "step, then epoch".to_owned(),
            y_label: "score · accuracy".to_owned(),
            y_range: (-0.05, 1.0),
            x_ticks: ticks.collect(),
            mark: Some((8.0, "end of epoch 1".to_owned())),
            facets: (0..5).map(facet).collect(),
        })],
    }
}
