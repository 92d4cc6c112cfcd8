//! The sources in play for one target, and coordinate descent on them.

use consilience_linalg::vectorised;

use super::factor::Factor;
use super::problem::{Sources, Target};
use super::square::Square;
use super::{LassoOptions, SparseFit};
use crate::error::{Error, Result};
use crate::gram::subtract;

/// Most sweeps before an exact step, which costs as much as some tens of them: they end as soon as one leaves the support as it
/// is.
const SWEEPS: usize = 16;

/// Exact steps until sources are admitted one at a time. Without near dependence two or three are enough.
const ROUNDS: usize = 4;

/// Sources are sent off once they are more than this share of those in play, as one part in so many.
const DISMISS_FROM: usize = 8;

/// Mean square below zero, as a share of the target's variance, at which the moments are taken to be those of no data.
/// Rounding of moments of f32 activations, amplified by the weights of a singular Gram matrix, stays below it.
const INCONSISTENT: f64 = 1e-3;

/// What is not in play has this place among the members.
const OUT: usize = usize::MAX;

/// Memory that one target after another makes use of.
#[derive(Default)]
pub(crate) struct Room {
    /// The Gram matrix of the sources in play.
    pub(super) gram: Square,
    /// The factor of that of the sources that had a weight at the last exact step.
    pub(super) factor: Factor,
}

/// One target on its way along the path.
pub(crate) struct Working<'a> {
    pub(super) sources: &'a Sources,
    pub(super) target: &'a Target,
    /// Products of all sources with the residual of the last fit.
    gradient: Vec<f64>,
    /// The penalty of the last fit; infinite before the first.
    last: f64,
    /// The sources in play, in the order in which they came.
    pub(super) members: Vec<usize>,
    /// Where a source is among them.
    pub(super) place: Vec<usize>,
    pub(super) room: &'a mut Room,
    /// Their weights, and their products with the residual.
    pub(super) weights: Vec<f64>,
    pub(super) local: Vec<f64>,
}

impl<'a> Working<'a> {
    pub(crate) fn new(sources: &'a Sources, target: &'a Target, room: &'a mut Room) -> Self {
        room.gram.clear();
        room.factor.clear();
        Self {
            sources,
            target,
            gradient: target.cross.clone(),
            last: f64::INFINITY,
            members: Vec::new(),
            place: vec![OUT; sources.len()],
            room,
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
            if self.place[i] == OUT && g.abs() > threshold && self.sources.diagonal(i) > 0.0 {
                self.place[i] = self.members.len();
                self.members.push(i);
            }
        }
        let size = self.members.len();
        if size == before {
            return;
        }
        self.room.gram.grow(size);
        for (k, &source) in self.members.iter().enumerate() {
            let known = if k < before { before } else { 0 };
            let column = self.sources.column(source);
            let new = self.room.gram.column_mut(k)[known..].iter_mut().zip(&self.members[known..]);
            new.for_each(|(entry, &i)| *entry = column[i]);
        }
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
        self.room.gram.keep(&stays);
        self.members.iter().for_each(|&i| self.place[i] = OUT);
        self.members = stays.iter().map(|&k| self.members[k]).collect();
        self.members.iter().enumerate().for_each(|(k, &i)| self.place[i] = k);
        self.weights = stays.iter().map(|&k| self.weights[k]).collect();
        self.local = stays.iter().map(|&k| self.local[k]).collect();
    }

    /// Lowers the objective over the members until it is within `allowed` of their optimum; how many sweeps it took, at
    /// least one and at most about `limit`.
    fn descend(&mut self, penalty: f64, allowed: f64, limit: usize) -> usize {
        let mut sweeps = 0;
        for _ in 0..ROUNDS {
            for _ in 0..SWEEPS {
                let before = self.support();
                self.sweep(penalty);
                sweeps += 1;
                if self.support() == before {
                    break;
                }
            }
            // Always, so that weights are exact, and not only as good as their gap, wherever the support was found.
            self.exact_step(penalty);
            if sweeps >= limit || self.local_gap(penalty) <= allowed {
                return sweeps;
            }
        }
        // Where sources all but determine one another, sweeps go back and forth for thousands of rounds. One source at a time
        // is certain to end: no support is met twice, as the objective falls from one to the next.
        while sweeps < limit {
            self.settle(penalty);
            if self.local_gap(penalty) <= allowed || !self.admit_steepest(penalty) {
                break;
            }
            sweeps += 1;
        }
        sweeps
    }

    /// Gives a weight to the member without one whose product with the residual exceeds the penalty most, if there is one.
    fn admit_steepest(&mut self, penalty: f64) -> bool {
        let excess = |k: usize| {
            if self.weights[k] == 0.0 { self.local[k].abs() - penalty } else { 0.0 }
        };
        let steepest = (0..self.members.len()).fold(None, |best, k| match best {
            Some(b) if excess(k) <= excess(b) => best,
            _ if excess(k) > 0.0 => Some(k),
            _ => best,
        });
        steepest.inspect(|&k| self.minimise_along(k, penalty)).is_some()
    }

    /// Which members have a weight.
    fn support(&self) -> Vec<bool> {
        self.weights.iter().map(|w| *w != 0.0).collect()
    }

    /// One pass of coordinate descent over the members.
    fn sweep(&mut self, penalty: f64) {
        vectorised(|| (0..self.members.len()).for_each(|k| self.minimise_along(k, penalty)));
    }

    /// The best weight of one member, the others held.
    #[expect(clippy::inline_always, reason = "a sweep is vectorised as a whole")]
    #[inline(always)]
    fn minimise_along(&mut self, k: usize, penalty: f64) {
        let column = self.room.gram.column(k);
        let old = self.weights[k];
        let alone = self.local[k] + column[k] * old;
        let new = (alone.abs() - penalty).max(0.0).copysign(alone) / column[k];
        if new != old {
            self.weights[k] = new;
            subtract(&mut self.local, new - old, column);
        }
    }

    /// Products of all sources with the residual, computed anew.
    fn refresh(&mut self) {
        self.gradient.copy_from_slice(&self.target.cross);
        let weights = self.members.iter().zip(&self.weights).filter(|(_, w)| **w != 0.0);
        vectorised(|| {
            weights.for_each(|(&i, &w)| subtract(&mut self.gradient, w, self.sources.column(i)));
        });
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

/// The largest magnitude.
fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |largest, v| if v.abs() > largest { v.abs() } else { largest })
}
