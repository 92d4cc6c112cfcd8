//! Findings of a side, one entry a recorded unit.

use crate::layer::{Layer, Network};
use crate::matching::SideMatching;
use crate::prediction::Predicted;
use crate::{Quantised, Sample, SideFindings, UnitState, Verdict};

/// What is known of the units of one network without any other.
pub(crate) fn alone(layer: &Layer, k: usize) -> SideFindings {
    let network = &layer.networks[k];
    let n_units = network.representation.n_units;
    let state = states(network);
    let n_rows = network.n_rows as f64;
    let mut spectrum: Vec<f32> = network.mean.iter().map(|&m| m as f32).collect();
    spectrum.sort_by(|a, b| b.total_cmp(a));
    let top = |unit: usize| match state[unit] {
        UnitState::Varies => network.facts.top(unit),
        UnitState::Constant | UnitState::Dead => Vec::new(),
    };
    SideFindings {
        n_units,
        mean: network.mean.iter().map(|&m| m as f32).collect(),
        deviation: network.deviation.iter().map(|&d| d as f32).collect(),
        zeros: network.facts.zeros.iter().map(|&zeros| (zeros as f64 / n_rows) as f32).collect(),
        spectrum,
        top: (0..n_units).map(top).collect(),
        receptive_field: network.receptive_field,
        sample: sample(layer, network),
        semi: vec![None; n_units],
        matched: vec![None; n_units],
        candidates: vec![Vec::new(); n_units],
        soft: vec![Vec::new(); n_units],
        partial: vec![Vec::new(); n_units],
        information: Vec::new(),
        cycle: vec![None; n_units],
        checkpoints: vec![None; n_units],
        settled: vec![None; n_units],
        path: vec![None; n_units],
        predictors: vec![Vec::new(); n_units],
        cluster: vec![None; n_units],
        verdict: vec![None; n_units],
        state,
    }
}

/// Whether units vary.
pub(crate) fn states(network: &Network) -> Vec<UnitState> {
    let n_rows = network.n_rows as u64;
    let mut state: Vec<UnitState> = network
        .facts
        .zeros
        .iter()
        .map(|&zeros| if zeros == n_rows { UnitState::Dead } else { UnitState::Constant })
        .collect();
    network.varying.iter().for_each(|&unit| state[unit] = UnitState::Varies);
    state
}

fn sample(layer: &Layer, network: &Network) -> Sample {
    let (rows, per_stimulus) = (&layer.samples.scatter, layer.samples.rows_per_stimulus);
    let (values, p) = (&network.facts.scatter, network.representation.n_units);
    let of = |unit: usize| values.iter().skip(unit).step_by(p.max(1)).copied();
    let low: Vec<f32> = (0..p).map(|unit| of(unit).fold(f32::INFINITY, f32::min)).collect();
    let high: Vec<f32> = (0..p).map(|unit| of(unit).fold(f32::NEG_INFINITY, f32::max)).collect();
    let scaled = |unit: usize, row: usize| {
        let width = f64::from(high[unit]) - f64::from(low[unit]);
        let above = f64::from(values[row * p + unit]) - f64::from(low[unit]);
        if width > 0.0 { above / width } else { 0.0 }
    };
    let values = Quantised::of((p, rows.len()), (0.0, 1.0), scaled);
    // Without rows there is no smallest value; infinities would not be numbers in a row of results.
    let finite = |v: Vec<f32>| if rows.is_empty() { vec![0.0; p] } else { v };
    Sample {
        stimuli: rows.iter().map(|&row| (row / per_stimulus) as u32).collect(),
        positions: rows.iter().map(|&row| (row % per_stimulus) as u32).collect(),
        low: finite(low),
        high: finite(high),
        values,
    }
}

impl SideFindings {
    /// Fills in what the matchings say of the varying units.
    pub(crate) fn set_matching(&mut self, varying: &[usize], found: SideMatching) {
        place(&mut self.semi, varying, found.semi);
        place(&mut self.matched, varying, found.matched);
        place(&mut self.candidates, varying, found.candidates);
        place(&mut self.soft, varying, found.soft);
        place(&mut self.partial, varying, found.partial);
        place(&mut self.cycle, varying, found.cycle);
        place(&mut self.checkpoints, varying, found.checkpoints);
        place(&mut self.settled, varying, found.settled);
    }

    /// Fills in the best partners by mutual information.
    pub(crate) fn set_information(
        &mut self,
        varying: &[usize],
        others: &[usize],
        best: &[(usize, f64)],
    ) {
        self.information = vec![None; self.n_units];
        let named = best.iter().map(|&(j, nats)| Some((others[j] as u32, nats as f32))).collect();
        place(&mut self.information, varying, named);
    }

    /// Fills in how the units are predicted from those of the other side.
    pub(crate) fn set_paths(&mut self, varying: &[usize], others: &[usize], found: &Predicted) {
        place(&mut self.path, varying, found.paths.iter().cloned().map(Some).collect());
        let named = |weights: &Vec<(usize, f64)>| {
            weights.iter().map(|&(i, weight)| (others[i] as u32, weight as f32)).collect()
        };
        place(&mut self.predictors, varying, found.predictors.iter().map(named).collect());
    }

    /// Fills in the verdicts.
    pub(crate) fn set_verdicts(&mut self, varying: &[usize], verdicts: Vec<Verdict>) {
        place(&mut self.verdict, varying, verdicts.into_iter().map(Some).collect());
    }
}

/// Puts the values of the varying units in the places of these units.
pub(crate) fn place<T>(list: &mut [T], varying: &[usize], values: Vec<T>) {
    varying.iter().zip(values).for_each(|(&unit, value)| list[unit] = value);
}
