//! What is done with the size of a cloud of stimuli before two are laid over one another.

use serde::{Deserialize, Serialize};

/// What is done with the size of each representation, the root of its centred sum of squares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Size {
    /// It is set to 1, so that shapes alone are compared.
    #[default]
    Unit,
    /// It is divided by √n: a root mean square over stimuli, which does not grow with their number.
    PerStimulus,
    /// It is left as it is, and grows with √n.
    Raw,
}

impl Size {
    /// What each value of a representation is multiplied by.
    pub(crate) fn factor(self, sum_of_squares: f64, samples: usize) -> f64 {
        match self {
            Self::Unit => 1.0 / sum_of_squares.sqrt(),
            Self::PerStimulus => 1.0 / (samples as f64).sqrt(),
            Self::Raw => 1.0,
        }
    }
}

/// How the distance of two aligned clouds is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// The angle between them, as vectors: shapes alone.
    #[default]
    Angular,
    /// Their Euclidean distance: size and shape.
    Euclidean,
}
