//! The sources in play for one target: coordinate descent, and exact steps on the support.

use consilience_linalg::Mat;

use super::problem::{Sources, Target};
use super::{LassoOptions, SparseFit};
use crate::error::{Error, Result};
use crate::gram::subtract;
use crate::least_squares::LeastSquares;

/// Sweeps between two exact steps. Sweeps find the support, and a step costs as much as some tens of them.
const SWEEPS: usize = 4;

/// Sources are sent off once they are more than this share of those in play, as one part in so many.
const DISMISS_FROM: usize = 8;

/// Mean square below zero, as a share of the target's variance, at which the moments are taken to be those of no data.
/// Rounding of moments of f32 activations, amplified by the weights of a singular Gram matrix, stays below it.
const INCONSISTENT: f64 = 1e-3;

/// A free step this close to 1 is 1, so that weights whose goal is 0 arrive there.
const WHOLE_STEP: f64 = 1e-9;

/// One target on its way along the path.
pub(crate) struct Working<'a> {
    sources: &'a Sources,
    target: &'a Target,
    /// Products of all sources with the residual of the last fit.
    gradient: Vec<f64>,
    /// The penalty of the last fit; infinite before the first.
    last: f64,
    /// The sources in play, in the order in which they came.
    members: Vec<usize>,
    is_member: Vec<bool>,
    /// Their Gram matrix, column after column.
    gram: Vec<f64>,
    /// Their weights, and their products with the residual.
    weights: Vec<f64>,
    local: Vec<f64>,
}

impl<'a> Working<'a> {
    pub(crate) fn new(sources: &'a Sources, target: &'a Target) -> Self {
        Self {
            sources,
            target,
            gradient: target.cross.clone(),
            last: f64::INFINITY,
            members: Vec::new(),
            is_member: vec![false; sources.len()],
            gram: Vec::new(),
            weights: Vec::new(),
            local: Vec::new(),
        }
    }

    /// The fit at a penalty that is positive and not above the last one.
    pub(crate) fn fit(&mut self, penalty: f64, options: LassoOptions) -> Result<SparseFit> {
        let allowed = options.tolerance * 0.5 * self.target.variance;
        // Sequential strong rule (Tibshirani et al. 2012): a source stays out if its product with the residual cannot reach
        // λ while it changes no faster than the penalty does. That is no proof: what it misses is admitted below.
        let last = self.last.min(largest(&self.gradient)).max(penalty);
        self.dismiss(2.0 * penalty - last);
        self.admit(2.0 * penalty - last);
        let mut iterations = 0;
        let mut gap = self.gap(penalty);
        while gap > allowed && iterations < options.sweeps {
            iterations += self.descend(penalty, 0.5 * allowed, options.sweeps - iterations);
            self.refresh();
            gap = self.gap(penalty);
            self.admit(penalty);
        }
        self.last = penalty;
        self.result(penalty, gap, iterations)
    }

    /// Brings in the sources whose product with the residual exceeds `threshold`.
    fn admit(&mut self, threshold: f64) {
        let before = self.members.len();
        for (i, g) in self.gradient.iter().enumerate() {
            if !self.is_member[i] && g.abs() > threshold && self.sources.diagonal(i) > 0.0 {
                self.is_member[i] = true;
                self.members.push(i);
            }
        }
        let size = self.members.len();
        if size == before {
            return;
        }
        let mut gram = Vec::with_capacity(size * size);
        for (k, &source) in self.members.iter().enumerate() {
            let column = self.sources.column(source);
            let known = if k < before { before } else { 0 };
            gram.extend_from_slice(&self.gram[k.min(before) * before..][..known]);
            gram.extend(self.members[known..].iter().map(|&i| column[i]));
        }
        self.gram = gram;
        self.weights.resize(size, 0.0);
        self.local.extend(self.members[before..].iter().map(|&i| self.gradient[i]));
    }

    /// Sends off the sources without a weight whose product with the residual does not exceed `threshold`, if they are many.
    fn dismiss(&mut self, threshold: f64) {
        let stays: Vec<usize> = (0..self.members.len())
            .filter(|&k| self.weights[k] != 0.0 || self.local[k].abs() > threshold)
            .collect();
        let size = self.members.len();
        if size - stays.len() <= size / DISMISS_FROM {
            return;
        }
        let gram = stays.iter().flat_map(|&k| {
            let column = &self.gram[k * size..][..size];
            stays.iter().map(|&i| column[i])
        });
        self.gram = gram.collect();
        self.members.iter().for_each(|&i| self.is_member[i] = false);
        self.members = stays.iter().map(|&k| self.members[k]).collect();
        self.members.iter().for_each(|&i| self.is_member[i] = true);
        self.weights = stays.iter().map(|&k| self.weights[k]).collect();
        self.local = stays.iter().map(|&k| self.local[k]).collect();
    }

    /// Lowers the objective over the members until it is within `allowed` of their optimum; how many sweeps it took, at
    /// least one and at most about `limit`.
    fn descend(&mut self, penalty: f64, allowed: f64, limit: usize) -> usize {
        let mut sweeps = 0;
        loop {
            for _ in 0..SWEEPS {
                self.sweep(penalty);
            }
            sweeps += SWEEPS;
            // Always, so that weights are exact, and not only as good as their gap, wherever the support was found.
            self.exact_step(penalty);
            if sweeps >= limit || self.local_gap(penalty) <= allowed {
                return sweeps;
            }
        }
    }

    /// One pass of coordinate descent over the members.
    fn sweep(&mut self, penalty: f64) {
        let size = self.members.len();
        for k in 0..size {
            let column = &self.gram[k * size..][..size];
            let old = self.weights[k];
            let alone = self.local[k] + column[k] * old;
            let new = (alone.abs() - penalty).max(0.0).copysign(alone) / column[k];
            if new != old {
                self.weights[k] = new;
                subtract(&mut self.local, new - old, column);
            }
        }
    }

    /// Moves towards the minimum over the support with its signs held, as far as the objective falls on that line, on which
    /// weights may pass zero.
    fn exact_step(&mut self, penalty: f64) {
        let size = self.members.len();
        let support: Vec<usize> = (0..size).filter(|&k| self.weights[k] != 0.0).collect();
        if support.is_empty() {
            return;
        }
        let entry = |i: usize, j: usize| self.gram[support[j] * size + support[i]];
        let gram = Mat::from_fn(support.len(), support.len(), entry);
        let squares = LeastSquares::new(gram.as_ref());
        let signed = |k: usize| penalty.copysign(self.weights[k]);
        let right: Vec<f64> =
            support.iter().map(|&k| self.target.cross[self.members[k]] - signed(k)).collect();
        let mut direction = squares.solve(&right);
        direction.iter_mut().zip(&support).for_each(|(d, &k)| *d -= self.weights[k]);
        // Products of the members with the direction, negated.
        let mut change = vec![0.0; size];
        for (&k, d) in support.iter().zip(&direction) {
            subtract(&mut change, *d, &self.gram[k * size..][..size]);
        }
        let pairs = || support.iter().zip(&direction);
        let slope: f64 = pairs().map(|(&k, d)| (self.local[k] - signed(k)) * d).sum();
        let curvature: f64 = -pairs().map(|(&k, d)| change[k] * d).sum::<f64>();
        let kinks = pairs().map(|(&k, d)| (-self.weights[k] / d, 2.0 * penalty * d.abs(), k));
        let (step, stop) = lowest(slope, curvature, kinks.filter(|kink| kink.0 > 0.0).collect());
        for (&k, d) in support.iter().zip(&direction) {
            self.weights[k] += step * d;
        }
        subtract(&mut self.local, -step, &change);
        if let Some(k) = stop {
            // The kink is where this weight vanishes, but for rounding.
            let rest = std::mem::take(&mut self.weights[k]);
            subtract(&mut self.local, -rest, &self.gram[k * size..][..size]);
        }
    }

    /// Products of all sources with the residual, computed anew.
    fn refresh(&mut self) {
        self.gradient.copy_from_slice(&self.target.cross);
        for (&i, &w) in self.members.iter().zip(&self.weights).filter(|(_, w)| **w != 0.0) {
            subtract(&mut self.gradient, w, self.sources.column(i));
        }
        for (l, &i) in self.local.iter_mut().zip(&self.members) {
            *l = self.gradient[i];
        }
    }

    /// The gap among all sources, by the gradient of the last `refresh`.
    fn gap(&self, penalty: f64) -> f64 {
        duality_gap(penalty, self.residual(), largest(&self.gradient), &self.weights, &self.local)
    }

    /// The gap as if the members were all sources.
    fn local_gap(&self, penalty: f64) -> f64 {
        duality_gap(penalty, self.residual(), largest(&self.local), &self.weights, &self.local)
    }

    fn residual(&self) -> f64 {
        let explained = (0..self.members.len())
            .map(|k| self.weights[k] * (self.target.cross[self.members[k]] + self.local[k]));
        self.target.variance - explained.sum::<f64>()
    }

    fn result(&self, penalty: f64, gap: f64, iterations: usize) -> Result<SparseFit> {
        let (residual, target) = (self.residual(), self.target);
        if residual.is_nan() || residual < -INCONSISTENT * target.variance {
            return Err(Error::Indefinite { target: target.index, residual, penalty });
        }
        let residual = residual.max(0.0);
        let all = self.members.iter().copied().zip(self.weights.iter().copied());
        let mut weights: Vec<(usize, f64)> = all.filter(|(_, w)| *w != 0.0).collect();
        weights.sort_unstable_by_key(|&(source, _)| source);
        let magnitudes: f64 = weights.iter().map(|(_, w)| w.abs()).sum();
        let objective = 0.5 * residual + penalty * magnitudes;
        Ok(SparseFit { penalty, weights, objective, residual, gap, iterations })
    }
}

/// Objective less the bound of the residual, scaled into the dual: no term of it is negative, so nothing cancels.
fn duality_gap(
    penalty: f64,
    residual: f64,
    largest: f64,
    weights: &[f64],
    gradient: &[f64],
) -> f64 {
    let scale = if largest > penalty { penalty / largest } else { 1.0 };
    let term = |(w, g): (&f64, &f64)| penalty * w.abs() - scale * w * g;
    let slack: f64 = weights.iter().zip(gradient).map(term).sum();
    0.5 * residual.max(0.0) * (1.0 - scale).powi(2) + slack.max(0.0)
}

/// Where a convex function is lowest that falls with `slope` at 0, is curved by `curvature`, and whose derivative jumps at
/// kinks `(where, jump, index)`; and the kink, if it is at one.
fn lowest(slope: f64, curvature: f64, mut kinks: Vec<(f64, f64, usize)>) -> (f64, Option<usize>) {
    if slope <= 0.0 {
        return (0.0, None);
    }
    let free = |slope: f64| {
        let step = slope / curvature.max(0.0);
        if (step - 1.0).abs() < WHOLE_STEP { 1.0 } else { step }
    };
    kinks.sort_unstable_by(|x, y| x.0.total_cmp(&y.0).then(x.2.cmp(&y.2)));
    let mut slope = slope;
    for (at, jump, index) in kinks {
        let step = free(slope);
        if step < at {
            return (step, None);
        }
        slope -= jump;
        if at * curvature >= slope {
            return (at, Some(index));
        }
    }
    let step = free(slope);
    if step.is_finite() { (step, None) } else { (0.0, None) }
}

/// The largest magnitude.
fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |largest, v| if v.abs() > largest { v.abs() } else { largest })
}
