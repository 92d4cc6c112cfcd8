//! The sources, their targets, and what has to hold of both.

use consilience_linalg::{Mat, MatRef};

use crate::error::{Error, Result};
use crate::gram::{self, SLACK};

/// The second moments of the sources, columns contiguous.
pub(crate) struct Sources {
    gram: Mat<f64>,
}

/// A target as the sources see it.
pub(crate) struct Target {
    pub(crate) index: usize,
    /// Its products with the sources.
    pub(crate) cross: Vec<f64>,
    /// Its own square.
    pub(crate) variance: f64,
}

impl Sources {
    pub(crate) fn new(gram: MatRef<'_, f64>) -> Result<Self> {
        gram::check(gram)?;
        Ok(Self { gram: gram.to_owned() })
    }

    pub(crate) fn targets(&self, cross: MatRef<'_, f64>, variances: &[f64]) -> Result<Vec<Target>> {
        let (rows, columns) = (cross.nrows(), cross.ncols());
        if rows != self.len() || columns != variances.len() {
            let expected = (self.len(), variances.len());
            return Err(Error::CrossShape {
                rows,
                columns,
                sources: expected.0,
                targets: expected.1,
            });
        }
        let target = |(target, &variance): (usize, &f64)| {
            if !(variance >= 0.0 && variance.is_finite()) {
                return Err(Error::TargetVariance { target, value: variance });
            }
            let cross: Vec<f64> = cross.col(target).iter().copied().collect();
            for (unit, &value) in cross.iter().enumerate() {
                let limit = SLACK * (self.diagonal(unit) * variance).sqrt();
                if value.is_nan() || value.abs() > limit {
                    return Err(Error::CrossProduct { unit, target, value, limit });
                }
            }
            Ok(Target { index: target, cross, variance })
        };
        variances.iter().enumerate().map(target).collect()
    }

    pub(crate) fn len(&self) -> usize {
        self.gram.ncols()
    }

    pub(crate) fn diagonal(&self, i: usize) -> f64 {
        self.gram[(i, i)]
    }

    /// Products of all sources with source `i`.
    pub(crate) fn column(&self, i: usize) -> &[f64] {
        self.gram.col_as_slice(i)
    }

    /// `c − S w`: the products of the sources with what these weights leave unpredicted.
    pub(crate) fn gradient(&self, target: &Target, weights: &[f64]) -> Vec<f64> {
        let mut gradient = target.cross.clone();
        for (i, &w) in weights.iter().enumerate().filter(|(_, w)| **w != 0.0) {
            gram::subtract(&mut gradient, w, self.column(i));
        }
        gradient
    }
}

impl Target {
    /// `v − wᵀc − wᵀg` for the gradient g of the weights: the mean square of what they leave, at least 0.
    pub(crate) fn residual(&self, weights: &[f64], gradient: &[f64]) -> f64 {
        let pairs = weights.iter().zip(self.cross.iter().zip(gradient));
        let explained: f64 = pairs.map(|(w, (c, g))| w * (c + g)).sum();
        (self.variance - explained).max(0.0)
    }
}

pub(crate) fn check_penalties(penalties: &[f64]) -> Result<()> {
    let mut above = f64::INFINITY;
    for (index, &value) in penalties.iter().enumerate() {
        if !(value >= 0.0 && value.is_finite() && value <= above) {
            return Err(Error::Penalty { index, value });
        }
        above = value;
    }
    Ok(())
}
