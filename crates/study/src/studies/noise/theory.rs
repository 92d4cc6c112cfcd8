//! What noise is expected to make of scores.

use std::sync::Arc;

use consilience_data::ActivationSource;
use consilience_statistics::{
    BlockSet, Blocks, Centred, Pair, Reading, Side, UnitSelection, noisy_norms,
};
use serde::{Deserialize, Serialize};

use crate::Result;

/// What is expected of a score when noise is added to both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Attenuation {
    /// The score is a mean correlation of matched units: with ratio s it becomes s / (1 + s) of what it is without noise.
    MatchedUnits,
    /// The score is ‖XᵀY‖² / (‖XᵀX‖ ‖YᵀY‖): each norm becomes its expectation (see [`noisy_norms`]).
    LinearKernels,
}

impl Attenuation {
    /// What a pair is expected to score at each ratio, from its score without noise or from its moments.
    pub(super) fn of(
        self,
        source: &dyn ActivationSource,
        pair: [(usize, &UnitSelection); 2],
        without_noise: f64,
        ratios: &[f64],
    ) -> Result<Vec<f64>> {
        if self == Self::MatchedUnits {
            return Ok(ratios.iter().map(|s| without_noise * reliability(*s)).collect());
        }
        let blocks = Blocks::contiguous(source.stimuli().len(), 1)?;
        let read = |(representation, units): (usize, &UnitSelection)| {
            let units = (!units.dropped.is_empty()).then_some(&*units.kept);
            let reading = Reading { source, representation, units, order: None };
            Centred::read(&reading, &blocks)
        };
        let [x, y] = pair;
        let (x, y) = (read(x)?, read(y)?);
        let cross = Arc::new(x.cross(&y));
        let side = |rows: &Centred| Side::new(Arc::new(rows.marginal()), &[]);
        let (x, y) = (side(&x), side(&y));
        let moments = Pair::new(&x, &y, &cross, &[]).over(BlockSet::first(1));
        let at = |ratio: &f64| {
            let norms = noisy_norms(&moments, *ratio);
            norms.cross / (norms.x * norms.y).sqrt()
        };
        Ok(ratios.iter().map(at).collect())
    }

    /// What the score of two noisy copies of one representation is expected to be, where that does not depend on it.
    pub(super) fn reliability(self, ratio: f64) -> Option<f64> {
        (self == Self::MatchedUnits).then(|| reliability(ratio))
    }
}

/// Share of the variance of a noisy unit that is signal: the correlation of two noisy copies of it.
fn reliability(signal_to_noise: f64) -> f64 {
    signal_to_noise / (1.0 + signal_to_noise)
}
