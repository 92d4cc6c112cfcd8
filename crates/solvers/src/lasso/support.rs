//! Exact steps on the sources that have a weight.

use consilience_linalg::{Mat, vectorised};

use super::working::Working;
use crate::gram::subtract;
use crate::least_squares::LeastSquares;

/// A free step this close to 1 is 1, so that the goal is met exactly.
const WHOLE_STEP: f64 = 1e-9;

/// Slope below which the objective counts as level along a dependence, as a share of the penalty times the length of the move.
const LEVEL: f64 = 1e-12;

impl Working<'_> {
    /// The minimum over the support, down to the signs; weights that pass zero may leave it.
    pub(super) fn settle(&mut self, penalty: f64) {
        // Each step but the last takes a weight away or turns signs over; should rounding go round in circles, it ends.
        for _ in 0..=2 * self.members.len() {
            if self.exact_step(penalty) {
                break;
            }
        }
    }

    /// Moves towards the minimum over the support with its signs held, as far as the objective falls on that line, on which
    /// weights may pass zero; whether it got there. If sources of the support determine one another, moves along their
    /// dependence instead, until one of them has lost its weight.
    pub(super) fn exact_step(&mut self, penalty: f64) -> bool {
        let pivoted = if self.follow() { None } else { Some(self.pivoted()) };
        let support: Vec<usize> = match &pivoted {
            None => self.room.factor.sources().iter().map(|&i| self.place[i]).collect(),
            Some((support, ..)) => support.clone(),
        };
        let signed = |k: usize| penalty.copysign(self.weights[k]);
        let slope = |direction: &[f64]| -> f64 {
            let pairs = support.iter().zip(direction);
            pairs.map(|(&k, d)| (self.local[k] - signed(k)) * d).sum()
        };
        let dependence =
            pivoted.as_ref().and_then(|(_, gram, squares)| squares.dependence(gram.as_ref()));
        if let Some(mut direction) = dependence {
            if slope(&direction) < 0.0 {
                direction.iter_mut().for_each(|d| *d = -*d);
            }
            let slope = slope(&direction);
            let length: f64 = direction.iter().map(|d| d.abs()).sum();
            // On the level any way is as good, as far as the next weight that vanishes.
            let slope = if slope <= LEVEL * penalty * length { f64::MIN_POSITIVE } else { slope };
            self.go(penalty, &support, &direction, slope, true);
            return false;
        }
        let right: Vec<f64> =
            support.iter().map(|&k| self.target.cross[self.members[k]] - signed(k)).collect();
        let mut direction = match &pivoted {
            None => self.room.factor.solve(&right),
            Some((.., squares)) => squares.solve(&right),
        };
        direction.iter_mut().zip(&support).for_each(|(d, &k)| *d -= self.weights[k]);
        let slope = slope(&direction);
        self.go(penalty, &support, &direction, slope, false)
    }

    /// Makes the factor that of the support; whether it could.
    fn follow(&mut self) -> bool {
        let Self { members, place, weights, room, .. } = self;
        let has_weight =
            |&i: &usize| place.get(i).is_some_and(|&k| weights.get(k).is_some_and(|w| *w != 0.0));
        room.factor.retain(|i| has_weight(&i));
        let mut is_there = vec![false; members.len()];
        room.factor.sources().iter().for_each(|&i| is_there[place[i]] = true);
        let new = (0..members.len()).filter(|&k| weights[k] != 0.0 && !is_there[k]);
        let new: Vec<usize> = new.map(|k| members[k]).collect();
        room.factor.add(&new, self.sources)
    }

    /// The support, its Gram matrix, and that factorised as far as its sources do not determine one another.
    fn pivoted(&self) -> (Vec<usize>, Mat<f64>, LeastSquares) {
        let support: Vec<usize> =
            (0..self.members.len()).filter(|&k| self.weights[k] != 0.0).collect();
        let entry = |i: usize, j: usize| self.room.gram.column(support[j])[support[i]];
        let gram = Mat::from_fn(support.len(), support.len(), entry);
        let squares = LeastSquares::pivoted(gram.as_ref());
        (support, gram, squares)
    }

    /// Moves as far as the objective falls, from where it falls with `slope`; whether it was a whole step without a sign
    /// turned over.
    fn go(
        &mut self,
        penalty: f64,
        support: &[usize],
        direction: &[f64],
        slope: f64,
        is_flat: bool,
    ) -> bool {
        let size = self.members.len();
        // Products of the members with the direction, negated.
        let mut change = vec![0.0; size];
        vectorised(|| {
            for (&k, d) in support.iter().zip(direction) {
                subtract(&mut change, *d, self.room.gram.column(k));
            }
        });
        let pairs = || support.iter().zip(direction);
        let curvature: f64 = -pairs().map(|(&k, d)| change[k] * d).sum::<f64>();
        let curvature = if is_flat { 0.0 } else { curvature };
        let kinks: Vec<(f64, f64, usize)> = pairs()
            .map(|(&k, d)| (-self.weights[k] / d, 2.0 * penalty * d.abs(), k))
            .filter(|kink| kink.0 > 0.0 && kink.0.is_finite())
            .collect();
        let first = kinks.iter().map(|kink| kink.0).fold(f64::INFINITY, f64::min);
        let (step, stop) = lowest(slope, curvature, kinks);
        for (&k, d) in support.iter().zip(direction) {
            self.weights[k] += step * d;
        }
        subtract(&mut self.local, -step, &change);
        if let Some(k) = stop {
            // The kink is where this weight vanishes, but for rounding.
            let rest = std::mem::take(&mut self.weights[k]);
            subtract(&mut self.local, -rest, self.room.gram.column(k));
        }
        stop.is_none() && step <= first
    }
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
