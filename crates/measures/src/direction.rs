//! Which representation is predicted from which.

use consilience_linalg::MatRef;
use consilience_statistics::{PairMoments, SideMoments};
use serde::{Deserialize, Serialize};

use crate::{Comparison, Parameter, Result, SideName, Symmetry};

/// Documentation of the parameter, the same for every map.
pub(crate) const PARAMETER: Parameter = Parameter {
    name: "direction",
    default: "both",
    range: "x-to-y, y-to-x, both",
    purpose: "which representation is predicted from which; both averages the two",
};

/// Which representation is predicted from which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Predict y from x; the mean is over units of y (for semi-matching, over units of x).
    XToY,
    /// Predict x from y.
    YToX,
    /// The mean of the two.
    #[default]
    Both,
}

impl Direction {
    /// Both directions together are symmetric.
    #[must_use]
    pub fn symmetry(self) -> Symmetry {
        if self == Self::Both { Symmetry::Symmetric } else { Symmetry::Directed }
    }

    /// The part that a side plays.
    pub(crate) fn role(self, side: SideName) -> Role {
        match (self, side) {
            (Self::Both, _) => Role::Both,
            (Self::XToY, SideName::X) | (Self::YToX, SideName::Y) => Role::Source,
            _ => Role::Target,
        }
    }

    /// The value of a direction, or the mean of those of both.
    pub(crate) fn mean(self, mut value: impl FnMut(bool) -> Option<f64>) -> Option<f64> {
        match self {
            Self::XToY => value(true),
            Self::YToX => value(false),
            Self::Both => Some(f64::midpoint(value(true)?, value(false)?)),
        }
    }

    /// Runs a directed comparison in the directions asked for, and averages the scores.
    ///
    /// The parts of single units are kept where there is one direction only.
    pub(crate) fn average(
        self,
        mut compare: impl FnMut(bool) -> Result<Comparison>,
    ) -> Result<Comparison> {
        match self {
            Self::XToY => compare(true),
            Self::YToX => compare(false),
            Self::Both => {
                // Units of two different sides, of two different numbers: only the scores can be averaged.
                let of_score = |found| Comparison { per_unit: None, mappings: Vec::new(), ..found };
                let (there, back) = (of_score(compare(true)?), of_score(compare(false)?));
                Ok(Comparison::mean(vec![there, back]))
            }
        }
    }
}

/// The part that a representation plays in a prediction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// It is predicted from.
    Source,
    /// It is predicted.
    Target,
    /// First the one, then the other.
    Both,
}

/// Moments of a pair seen in one direction: `source` predicts `target`.
#[derive(Debug, Clone, Copy)]
pub struct Directed<'a> {
    /// What is predicted from.
    pub source: &'a SideMoments,
    /// What is predicted.
    pub target: &'a SideMoments,
    /// Σ source targetᵀ.
    pub cross: MatRef<'a, f64>,
}

impl<'a> Directed<'a> {
    /// x predicts y if `forward`, else y predicts x.
    #[must_use]
    pub fn of(moments: &'a PairMoments, forward: bool) -> Self {
        let cross = moments.cross().as_ref();
        if forward {
            Self { source: &moments.x, target: &moments.y, cross }
        } else {
            Self { source: &moments.y, target: &moments.x, cross: cross.transpose() }
        }
    }
}
