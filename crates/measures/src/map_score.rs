//! What fitted maps are scored by, and what a score then does not notice.

use serde::{Deserialize, Serialize};

use crate::{Invariance, Parameter, Role, Scale};

/// What a fitted map is scored by, over the eval stimuli.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MapScore {
    /// Mean over target units of the Pearson correlation of prediction and target.
    #[default]
    Pearson,
    /// Share of the variance of all target units together that is explained: 1 − ΣSSE / ΣSST, both over all units.
    R2,
    /// Mean over target units of the share of variance that is explained.
    MeanR2,
}

impl MapScore {
    /// Smallest and largest value. A prediction may be arbitrarily worse than the mean.
    #[must_use]
    pub fn range(self) -> (f64, f64) {
        if self == Self::Pearson { (-1.0, 1.0) } else { (f64::NEG_INFINITY, 1.0) }
    }

    /// Only correlations may be compared with those of matchings.
    #[must_use]
    pub fn scale(self) -> Scale {
        if self == Self::Pearson { Scale::HeldOutCorrelation } else { Scale::Own }
    }
}

/// Documentation of the parameter, the same for every map.
pub(crate) const PARAMETER: Parameter = Parameter {
    name: "score",
    default: "pearson",
    range: "pearson, r2, mean-r2",
    purpose: "pearson: mean correlation over target units; r2: explained variance of all target units together; mean-r2: mean over target units of explained variance",
};
/// What the two shares of explained variance are, exactly; a caveat of every map.
pub(crate) const CAVEAT: &str = "Explained variance (`r2`, `mean-r2`) is $1 - \\mathrm{SSE}/\\mathrm{SST}$ over the eval stimuli, where predictions carry the means of the *fit* stimuli as their intercept and SST is about the mean of the *eval* stimuli (as r2_score of scikit-learn: variance_weighted, uniform_average). Held out it can be far below 0; a unit that is constant over an eval set counts as 0 in the mean.";

/// What the fit of a map is indifferent to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Indifference {
    /// Of the source: to a rotation ([`Invariance::Orthogonal`]), or to the scale of each unit ([`Invariance::UnitScale`]).
    pub(crate) source: Invariance,
    /// Each target is fitted as if it were alone, so that its scale plays no part.
    pub(crate) each_target_alone: bool,
    /// A rotation of the targets rotates the predictions.
    pub(crate) target_basis: bool,
}

impl Indifference {
    /// What the score of such a fit does not notice of the side that plays this part.
    pub(crate) fn invariances(self, role: Role, score: MapScore) -> &'static [Invariance] {
        use Invariance::{IsotropicScale, Orthogonal, Permutation, Shift, UnitScale};
        // Pooled variance has no basis but has scales; a mean over units has a basis but no scales.
        let target = match score {
            MapScore::R2 => self.target_basis.then_some(Orthogonal),
            MapScore::Pearson | MapScore::MeanR2 => self.each_target_alone.then_some(UnitScale),
        };
        let further = match role {
            Role::Source => Some(self.source),
            Role::Target => target,
            Role::Both => target.filter(|t| *t == self.source),
        };
        match further {
            Some(Orthogonal) => &[Permutation, Shift, IsotropicScale, Orthogonal],
            Some(UnitScale) => &[Permutation, Shift, IsotropicScale, UnitScale],
            _ => &[Permutation, Shift, IsotropicScale],
        }
    }
}
