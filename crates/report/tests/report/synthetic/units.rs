//! Units of three networks that never were: in each pair, unit u of x has unit p(u) of y as its partner, the better the smaller u.

use consilience_data::{Checkpoint, Pooling, StimulusSet, Thumbnails};
use consilience_study::{Row, SideFacts, Table, UnitsLayerRow, UnitsRow};
use consilience_units::{
    Agreement, Cluster, Clusters, Correlations, Cut, Findings, LayerFindings, MatchKind, Matching,
    Merge, NetworkSpectrum, Parameters, Part, PartialMatching, Partner, Prediction,
    PredictionCurve, Quantised, ReceptiveField, Sample, Shares, SideFindings, Subspaces, Summary,
    UnitPath, UnitState, Verdict, VerdictKind,
};

use super::noise;

const NETWORKS: [&str; 3] = ["seed-1", "seed-2", "seed-3"];

/// Stimuli with pictures of 28 × 28 pixels.
const N: usize = 1000;

/// Name, units, where positions look.
const LAYERS: [(&str, usize, Option<ReceptiveField>); 2] = [
    (
        "conv2",
        32,
        Some(ReceptiveField {
            rows: 7,
            columns: 7,
            size: 10,
            stride: 4,
            offset: -3,
            height: 28,
            width: 28,
        }),
    ),
    ("fc1", 512, None),
];

const PENALTIES: [f64; 6] = [0.8, 0.5, 0.3, 0.1, 0.03, 0.0];
const CHOSEN: usize = 3;

/// The stimuli, each a bright bar whose angle and place tell its number.
pub(crate) fn stimuli() -> StimulusSet {
    let pixel = |i: usize, y: usize, x: usize| {
        let angle = i as f64 * 0.37;
        let (dx, dy) = (x as f64 - 13.5, y as f64 - 13.5);
        let off = (dx * angle.cos() + dy * angle.sin() - (i % 11) as f64 + 5.0).abs();
        (255.0 * (1.0 - off / 4.0).max(0.05)) as u8
    };
    let pixels = (0..N)
        .flat_map(|i| (0..28).flat_map(move |y| (0..28).map(move |x| pixel(i, y, x))))
        .collect();
    let classes = ["T-shirt", "Trouser", "Pullover", "Dress"].map(str::to_owned).to_vec();
    StimulusSet {
        labels: Some((0..N).map(|i| (i % 4) as u32).collect()),
        classes,
        thumbnails: Some(Thumbnails { width: 28, height: 28, pixels }),
        ..StimulusSet::indexed("made up", N)
    }
}

/// All rows: three pairs of networks at two layers, one of them without findings, and the layers of all networks.
pub(crate) fn table() -> Table {
    let mut rows = Vec::new();
    for layer in 0..LAYERS.len() {
        for (a, b) in [(0, 1), (0, 2), (1, 2)] {
            rows.push(Row::Units(Box::new(pair(layer, a, b))));
        }
    }
    for layer in 0..LAYERS.len() {
        rows.push(Row::UnitsLayer(Box::new(of_all(layer))));
    }
    Table { rows }
}

fn facts(layer: usize, network: usize) -> SideFacts {
    let (name, n_units, field) = LAYERS[layer];
    SideFacts {
        network: NETWORKS[network].to_owned(),
        checkpoint: "epoch-08".to_owned(),
        layer: name.to_owned(),
        depth: layer + 1,
        pooling: if field.is_some() { Pooling::PositionsAsStimuli } else { Pooling::Flatten },
        when: Checkpoint { step: 1256, epoch: 8.0, accuracy: Some(0.88) },
        n_units,
    }
}

fn n_samples(layer: usize) -> usize {
    LAYERS[layer].2.map_or(N, |field| N * field.rows * field.columns)
}

fn pair(layer: usize, a: usize, b: usize) -> UnitsRow {
    let findings = if (layer, a, b) == (0, 1, 2) {
        let why = "all 32 units of `seed-3` are constant over 1000 stimuli; record more stimuli";
        Part::Undefined(why.to_owned())
    } else {
        Part::Found(Box::new(findings(layer, a + 2 * b)))
    };
    UnitsRow {
        schema: 2,
        key: format!("units {layer} {a} {b}"),
        study: "units".to_owned(),
        x: facts(layer, a),
        y: facts(layer, b),
        n_stimuli: N,
        n_samples: n_samples(layer),
        findings,
    }
}

/// A permutation without a short cycle.
fn partner(u: usize, n: usize) -> usize {
    (u * 5 + 3) % n
}

fn inverse(v: usize, n: usize) -> usize {
    (0..n).find(|&u| partner(u, n) == v).expect("5 and n have no common divisor")
}

fn strength(u: usize, n: usize) -> f64 {
    0.97 - 0.9 * u as f64 / n as f64
}

fn correlation(u: usize, v: usize, n: usize, seed: usize) -> f64 {
    if v == partner(u, n) { strength(u, n) } else { 0.3 * noise(u, v, seed) }
}

fn findings(layer: usize, seed: usize) -> Findings {
    let n = LAYERS[layer].1;
    let all = || 0..n as u32;
    let order_y = (0..n).map(|u| partner(u, n) as u32).collect();
    let within = |u: usize, v: usize| if u == v { 1.0 } else { 0.4 * noise(u + v, u * v, seed) };
    let quantised = |f: &dyn Fn(usize, usize) -> f64| Quantised::of((n, n), (-1.0, 1.0), f);
    let agreement = || Agreement {
        same_partner: 0.75,
        mutual: 0.7,
        best: (0..8).collect(),
        worst: (n as u32 - 8..n as u32).collect(),
    };
    let summary = |kind, off: f64| Summary {
        kind,
        mean: 0.55 - off,
        sorted: (0..n).map(|u| (strength(u, n) - off) as f32).collect(),
        shuffled: vec![0.1 - off / 4.0],
        rotated: vec![0.31 - off, 0.3 - off],
        stability: Some(0.8),
    };
    let kinds = [
        MatchKind::SemiX,
        MatchKind::SemiY,
        MatchKind::OneToOne,
        MatchKind::Soft,
        MatchKind::Partial,
    ];
    Findings {
        parameters: Parameters::default(),
        blocks: 20,
        x: side(layer, seed, true),
        y: side(layer, seed, false),
        correlation: Correlations {
            x: quantised(&within),
            y: quantised(&within),
            between: quantised(&|u, v| correlation(u, v, n, seed)),
            order_x: all().collect(),
            order_y,
            cycles: vec![all().collect()],
        },
        matching: Part::Found(Matching {
            units: (n, n),
            summaries: kinds
                .into_iter()
                .zip([0.0, 0.01, 0.05, 0.06, 0.02])
                .map(|(k, off)| summary(k, off))
                .collect(),
            agreement_x: agreement(),
            agreement_y: agreement(),
            semi_partners_x: (n - 4, 3),
            semi_partners_y: (n - 5, 2),
            matching_gap: 0.0,
            soft_gap: 1e-9,
            partial: PartialMatching {
                masses: vec![0.5, 1.0],
                costs: vec![0.1, 0.6],
                mass: 0.5,
                kept_x: 0.5,
                kept_y: 0.5,
                gap: 0.0,
            },
            through: vec!["seed-3".to_owned()],
            cycle_share: Some(0.5),
            checkpoints: vec![("epoch-04".to_owned(), 0.6)],
        }),
        information: Part::Undefined("rows = 0 leaves mutual information out".to_owned()),
        y_from_x: Part::Found(prediction(n)),
        x_from_y: Part::Found(prediction(n)),
        clusters: Part::Found(clusters(n, &NETWORKS[..2])),
        subspaces: Part::Found(Subspaces {
            cluster_cosines: vec![vec![0.98, 0.91, 0.4]; n / 8],
            chance_cosine: vec![Some(0.5); n / 8],
            epsilon: consilience_units::EpsilonMatch {
                epsilon: 0.5,
                x: vec![0, 1],
                y: vec![3, 8],
                similarity: 2.0 / n as f64,
                curve: vec![(0.2, 0.0), (0.5, 0.1)],
                simple: Vec::new(),
            },
        }),
        shares: Part::Found(Shares {
            x: [0.25, 0.25, 0.25, 0.25],
            y: [0.25, 0.25, 0.25, 0.25],
            rotated: Some([0.02, 0.1, 0.63, 0.25]),
        }),
    }
}

fn prediction(n: usize) -> Prediction {
    let point = |&penalty: &f64| consilience_units::PathPoint {
        paper_penalty: penalty / n as f64,
        paper_loss: 0.25,
        unexplained: 0.4 + 0.5 * penalty,
        held_out: Some(0.45 + 0.5 * penalty),
        connections: 20.0 * (1.0 - penalty),
        alive: n,
    };
    Prediction {
        sources: n,
        targets: n,
        penalties: PENALTIES.to_vec(),
        curve: PredictionCurve { points: PENALTIES.iter().map(point).collect() },
        held_out_error: vec![0.01; PENALTIES.len()],
        best: CHOSEN,
        chosen: CHOSEN,
        sorted_connections: vec![3; n],
        largest_weight_share: Some(0.6),
        negative_share: Some(0.1),
        largest_gap: 1e-9,
        calibration: consilience_units::Calibration {
            controls: Vec::new(),
            distributedness: None,
            block_rotated: None,
            noise: 0.3,
        },
    }
}

/// Clusters of eight units of each network: those whose indices follow one another, and their partners.
fn clusters(n: usize, networks: &[&str]) -> Clusters {
    let k = n / 8;
    let cluster = |c: usize| Cluster {
        sizes: vec![8; networks.len()],
        within: Some(0.4 - c as f64 / 1000.0),
        between: Some(0.35 - c as f64 / 1000.0),
        purity: 0.05,
    };
    let members = |i: usize| {
        let of = |unit: usize| if i == 0 { unit } else { inverse(unit, n) };
        (0..n).map(|unit| Some((of(unit) / 8) as u32)).collect()
    };
    let merge = |m: usize| Merge {
        first: if m == 0 { 0 } else { (k + m - 1) as u32 },
        second: m as u32 + 1,
        correlation: 0.6 - 0.5 * m as f64 / k as f64,
    };
    Clusters {
        networks: networks.iter().map(|&name| name.to_owned()).collect(),
        clusters: (0..k).map(cluster).collect(),
        members: (0..networks.len()).map(members).collect(),
        eigenvalues: (0..k).map(|i| i as f32 / k as f32).collect(),
        given: false,
        cut: Cut {
            weight_between_clusters: 0.3,
            purity: 0.05,
            shared_units: 0.97,
            shared_correlation: 0.31,
            null_shared_correlation: vec![0.12, 0.1, 0.11],
            null_purity: vec![0.6, 0.62, 0.58],
            null_shared_units: vec![0.4, 0.42, 0.41],
        },
        tree: (0..k - 1).map(merge).collect(),
        order: (0..k as u32).collect(),
    }
}

/// One side of a pair: where its units stand among the planted pairs.
#[derive(Clone, Copy)]
struct Planted {
    n: usize,
    positions: usize,
    seed: usize,
    is_x: bool,
}

impl Planted {
    fn is_dead(self, unit: usize) -> bool {
        self.is_x && unit + 1 == self.n
    }

    /// Index of the pair that a unit belongs to.
    fn place(self, unit: usize) -> usize {
        if self.is_x { unit } else { inverse(unit, self.n) }
    }

    fn other(self, unit: usize) -> usize {
        if self.is_x { partner(unit, self.n) } else { self.place(unit) }
    }

    fn r(self, unit: usize) -> f64 {
        strength(self.place(unit), self.n)
    }

    fn partner(self, unit: usize) -> Option<Partner> {
        (!self.is_dead(unit)).then(|| Partner {
            unit: self.other(unit) as u32,
            r: self.r(unit) as f32,
            margin: Some((self.r(unit) - 0.3) as f32),
            stability: Some((1.0 - self.place(unit) as f64 / self.n as f64) as f32),
            tie: false,
        })
    }

    fn top(self, unit: usize) -> Vec<(u32, u32, f32)> {
        let one = |j: usize| {
            let stimulus = (self.place(unit) * 31 + j * 97 + self.seed) % N;
            (stimulus as u32, ((unit + j * 13) % self.positions) as u32, 5.0 - j as f32 / 2.0)
        };
        (0..8).map(one).collect()
    }

    fn candidates(self, unit: usize) -> Vec<(u32, f32)> {
        let other = self.other(unit);
        let rival = |j: usize| (((other + j * 7) % self.n) as u32, 0.29 - 0.02 * j as f32);
        std::iter::once((other as u32, self.r(unit) as f32)).chain((1..5).map(rival)).collect()
    }

    fn activation(self, unit: usize, row: usize) -> f64 {
        let own = f64::midpoint(noise(self.place(unit), row, self.seed), 1.0);
        let share = 0.2 * self.place(unit) as f64 / self.n as f64;
        (own + share * noise(unit, row, usize::from(self.is_x))).clamp(0.0, 1.0)
    }

    fn verdict(self, unit: usize) -> Option<Verdict> {
        let kind = match 4 * self.place(unit) / self.n {
            0 => VerdictKind::OneToOne,
            1 => VerdictKind::FewToOne,
            2 => VerdictKind::SharedSubspace,
            _ => VerdictKind::Idiosyncratic,
        };
        let explained = self.r(unit) as f32;
        (!self.is_dead(unit)).then_some(Verdict {
            kind,
            explained,
            by_few: explained * 0.9,
            few: 3,
            by_one: explained * explained,
            chance_r: Some(0.12),
            rotated_r: Some(0.4),
        })
    }

    fn path(self, unit: usize) -> Option<UnitPath> {
        (!self.is_dead(unit)).then(|| UnitPath {
            unexplained: PENALTIES.map(|p| (0.3 + 0.5 * p) as f32).to_vec(),
            held_out: PENALTIES.map(|p| (0.35 + 0.5 * p) as f32).to_vec(),
            connections: vec![0, 1, 3, 5 + (unit % 9) as u32, 40, self.n as u32],
        })
    }

    fn predictors(self, unit: usize) -> Vec<(u32, f32)> {
        let weight = |(j, w): (usize, f32)| (((self.other(unit) + 7 * j) % self.n) as u32, w);
        [0.6, -0.2, 0.1].into_iter().enumerate().map(weight).collect()
    }
}

fn side(layer: usize, seed: usize, is_x: bool) -> SideFindings {
    let (_, n, receptive_field) = LAYERS[layer];
    let positions = receptive_field.map_or(1, |field| field.rows * field.columns);
    let p = Planted { n, positions, seed, is_x };
    let each = |f: &dyn Fn(usize) -> f64| (0..n).map(|unit| f(unit) as f32).collect::<Vec<f32>>();
    let mean = |unit: usize| if p.is_dead(unit) { 0.0 } else { 10.0 / (1.0 + unit as f64) };
    let state = |unit| if p.is_dead(unit) { UnitState::Dead } else { UnitState::Varies };
    let all = |unit: usize| vec![(p.other(unit) as u32, 1.0)];
    let half = |unit: usize| if p.place(unit) < n / 2 { all(unit) } else { Vec::new() };
    let rows = 200;
    SideFindings {
        n_units: n,
        state: (0..n).map(state).collect(),
        mean: each(&mean),
        deviation: each(&|_| 1.25),
        zeros: each(&|unit| if p.is_dead(unit) { 1.0 } else { 0.4 }),
        spectrum: each(&mean),
        top: (0..n).map(|unit| p.top(unit)).collect(),
        receptive_field,
        sample: Sample {
            stimuli: (0..rows as u32).map(|i| i * 5).collect(),
            positions: (0..rows).map(|i| (i % positions) as u32).collect(),
            low: vec![0.0; n],
            high: vec![7.5; n],
            values: Quantised::of((n, rows), (0.0, 1.0), |unit, row| p.activation(unit, row)),
        },
        semi: (0..n).map(|unit| p.partner(unit)).collect(),
        matched: (0..n).map(|unit| p.partner(unit)).collect(),
        candidates: (0..n).map(|unit| p.candidates(unit)).collect(),
        soft: (0..n).map(all).collect(),
        partial: (0..n).map(half).collect(),
        information: vec![None; n],
        cycle: vec![Some(1.0); n],
        checkpoints: vec![Some(0.5); n],
        settled: vec![Some("epoch-04".to_owned()); n],
        path: (0..n).map(|unit| p.path(unit)).collect(),
        predictors: (0..n).map(|unit| p.predictors(unit)).collect(),
        cluster: (0..n).map(|unit| Some((p.place(unit) / 8) as u32)).collect(),
        verdict: (0..n).map(|unit| p.verdict(unit)).collect(),
    }
}

fn of_all(layer: usize) -> UnitsLayerRow {
    let n = LAYERS[layer].1;
    let spectrum = |network: &str| NetworkSpectrum {
        network: network.to_owned(),
        means: (0..n).map(|unit| 10.0 / (1.0 + unit as f32)).collect(),
        range: Some(n as f64),
        dead: 1,
        constant: 0,
    };
    UnitsLayerRow {
        schema: 2,
        key: format!("layer {layer}"),
        study: "units".to_owned(),
        sides: (0..NETWORKS.len()).map(|network| facts(layer, network)).collect(),
        n_stimuli: N,
        n_samples: n_samples(layer),
        findings: Part::Found(Box::new(LayerFindings {
            spectra: NETWORKS.map(spectrum).to_vec(),
            spectra_difference: Some(0.05),
            partners_difference: Some(0.3),
            index_difference: Some(0.8),
            partners_rank_correlation: Some(0.4),
            cycles: Vec::new(),
            cliques: None,
            clusters: Part::Found(clusters(n, &NETWORKS)),
        })),
    }
}
