//! Neighbour lists of two representations, side by side.

mod lists;
mod sparse;

use std::ops::Deref;
use std::sync::Arc;

use consilience_statistics::{Nearness, Preparation, RowPair, RowSet};
use serde::{Deserialize, Serialize};

pub(crate) use self::lists::{Lists, common, places};
pub(crate) use self::sparse::masked_alignment;
use crate::{Error, Invariance, Parameter, Result};

/// What makes a stimulus near.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Near {
    /// A great cosine of the rows.
    #[default]
    Cosine,
    /// A small Euclidean distance.
    Euclidean,
    /// A great inner product.
    InnerProduct,
}

/// Which stimuli are neighbours: parameters that all measures of neighbours share.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Neighbourhood {
    /// Neighbours of each stimulus.
    pub k: usize,
    /// What makes a stimulus near.
    pub neighbours: Near,
    /// Quantile of all absolute values beyond which values are cut, before anything else.
    pub clip: Option<f64>,
    /// Whether the mean of each unit is subtracted.
    pub centre: bool,
    /// Whether each row is divided by its length, after that.
    pub normalise: bool,
}

impl Default for Neighbourhood {
    fn default() -> Self {
        Self { k: 10, neighbours: Near::Cosine, clip: None, centre: false, normalise: false }
    }
}

pub(crate) const K: Parameter = Parameter {
    name: "k",
    default: "10",
    range: "1 to the number of stimuli less one",
    purpose: "neighbours of each stimulus",
};
pub(crate) const NEIGHBOURS: Parameter = Parameter {
    name: "neighbours",
    default: "cosine",
    range: "cosine, euclidean, inner-product",
    purpose: "what makes a stimulus near; cosine is what the published pipelines amount to (inner products of normalised rows), and lengths of rows play no part in it",
};
pub(crate) const CLIP: Parameter = Parameter {
    name: "clip",
    default: "null",
    range: "null, or a quantile between 0 and 1",
    purpose: "first, values beyond this quantile of all absolute values are set to it (Huh et al. 2024: 0.95)",
};
pub(crate) const CENTRE: Parameter = Parameter {
    name: "centre",
    default: "false",
    range: "true, false",
    purpose: "then, the mean of each unit is subtracted; it changes cosines and inner products",
};
pub(crate) const NORMALISE: Parameter = Parameter {
    name: "normalise",
    default: "false",
    range: "true, false",
    purpose: "then, each row is divided by its length (Huh et al. 2024: true); cosines do so anyway",
};

/// The parameters, for measures that have no other.
pub(crate) const PARAMETERS: &[Parameter] = &[K, NEIGHBOURS, CLIP, CENTRE, NORMALISE];

/// Caveats of neighbour lists, which all measures of them repeat.
pub(crate) const OF_TIES: &str = "Of stimuli that are equally near, a hash of the ids of all of them together decides: the order of files plays no part, and representations that leave the same choice choose alike, others independently. A stimulus of zeros has no cosine or inner product that tells others apart, and takes no part in the mean. Warnings count both.";
pub(crate) const OF_POSITIONS: &str = "Where positions or repeats of a stimulus are rows, those of the same stimulus may be neighbours.";

impl Neighbourhood {
    pub(crate) fn validate(&self) -> std::result::Result<(), String> {
        if self.k == 0 {
            return Err("k is 0, it has to be at least 1".to_owned());
        }
        match self.clip {
            Some(q) if !(0.0 < q && q < 1.0) => {
                Err(format!("clip is {q}, it has to be null or between 0 and 1"))
            }
            _ => Ok(()),
        }
    }

    /// Invariances of what depends on the lists alone.
    pub(crate) fn invariances(&self) -> &'static [Invariance] {
        let of_distances = self.neighbours == Near::Euclidean && !self.normalise;
        self.invariances_with(of_distances || self.centre)
    }

    /// Invariances of what depends on the lists and on inner products or cosines too.
    pub(crate) fn invariances_of_products(&self) -> &'static [Invariance] {
        self.invariances_with(self.centre)
    }

    fn invariances_with(&self, shift: bool) -> &'static [Invariance] {
        use Invariance::{IsotropicScale, Orthogonal, Permutation, Shift};
        match (self.clip, shift) {
            (Some(_), _) => &[Permutation, IsotropicScale],
            (None, true) => &[Permutation, Shift, IsotropicScale, Orthogonal],
            (None, false) => &[Permutation, IsotropicScale, Orthogonal],
        }
    }

    /// The neighbour lists of a pair.
    pub(crate) fn lists(&self, id: &'static str, rows: &RowPair<'_>) -> Result<Lists> {
        if self.k >= rows.n_rows() {
            return Err(Error::TooFewSamples { id, found: rows.n_rows(), expected: self.k + 1 });
        }
        let of_side = |side: &RowSet| {
            let prepared = self.prepared(side);
            let undefined = |reason: String| Error::Undefined { id, reason };
            if !prepared.products_within_range() {
                return Err(undefined(crate::out_of_range(side)));
            }
            if prepared.n_units() == 1 && (self.neighbours == Near::Cosine || self.normalise) {
                let reason = format!(
                    "{} has one unit, and its cosines are signs; use neighbours=euclidean",
                    side.name()
                );
                return Err(undefined(reason));
            }
            let lists = prepared.neighbours(self.k, self.nearness());
            if lists.different() == 1 {
                let reason = format!("all stimuli have the same values in {}", side.name());
                return Err(undefined(reason));
            }
            Ok(lists)
        };
        Ok(Lists::new(id, of_side(rows.x)?, of_side(rows.y)?, rows))
    }

    fn nearness(&self) -> Nearness {
        match self.neighbours {
            Near::Cosine => Nearness::Cosine,
            Near::Euclidean => Nearness::Euclidean,
            Near::InnerProduct => Nearness::InnerProduct,
        }
    }

    /// The rows after clipping, centring and normalising.
    pub(crate) fn prepared<'a>(&self, rows: &'a RowSet) -> Prepared<'a> {
        let Self { clip, centre, normalise, .. } = *self;
        let steps = Preparation { clip, centre, normalise };
        if steps == Preparation::default() {
            return Prepared::AsTheyAre(rows);
        }
        Prepared::Changed(rows.prepared(&steps))
    }
}

/// Rows after preparation, or as they are if there was none.
pub(crate) enum Prepared<'a> {
    AsTheyAre(&'a RowSet),
    Changed(Arc<RowSet>),
}

impl Deref for Prepared<'_> {
    type Target = RowSet;

    fn deref(&self) -> &RowSet {
        match self {
            Self::AsTheyAre(rows) => rows,
            Self::Changed(rows) => rows,
        }
    }
}
