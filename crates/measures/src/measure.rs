//! The trait of a measure, and its form without type parameters.

use std::fmt::Debug;

use consilience_statistics::{Evidence, SplitDesign};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{
    Comparison, Detail, Error, Family, Info, Invariance, Naming, Quantity, Reads, Result, Scale,
    SideName, Statistic, Symmetry,
};

/// A measure with its parameters: public fields, `Default`, serde with `deny_unknown_fields`.
pub trait Measure: Default + DeserializeOwned + Serialize + Debug + Send + Sync + 'static {
    /// What is known about it.
    const INFO: &'static Info;
    /// What it reads of the data; nothing else can be reached.
    type Statistic: Statistic;

    /// Checks the parameters. The message says what was found and what is allowed.
    ///
    /// # Errors
    /// The problem in words.
    fn validate(&self) -> std::result::Result<(), String> {
        Ok(())
    }

    /// Whether exchanging x and y changes the score, with these parameters.
    fn symmetry(&self) -> Symmetry;

    /// Changes of one side that leave the score as it is, with these parameters.
    fn invariances(&self, side: SideName) -> &'static [Invariance];

    /// What the score is measured in, with these parameters.
    fn scale(&self) -> Scale {
        Scale::Own
    }

    /// Smallest and largest value, with these parameters.
    fn range(&self) -> (f64, f64) {
        Self::INFO.range
    }

    /// Whether it is a metric over representations of one set of stimuli: symmetric, and d(x, z) ≤ d(x, y) + d(y, z).
    fn is_metric(&self) -> bool {
        false
    }

    /// What exactly the score is, with these parameters: estimator, centring, direction, aggregation.
    fn naming(&self) -> Naming {
        Naming::usual(self)
    }

    /// Whether the score depends on which stimulus of x goes with which of y. What compares one number of each
    /// representation does not: to show the stimuli in another order is no null for it.
    fn reads_pairing(&self) -> bool {
        Self::INFO.family != Family::Descriptor
    }

    /// The mean of the score over all orders of the stimuli of y, the data as they are, where it has a closed form. Rows
    /// count as stimuli.
    fn expected_by_chance(&self, view: <Self::Statistic as Statistic>::View<'_>) -> Option<f64> {
        let _ = view;
        None
    }

    /// The comparison of one view.
    ///
    /// # Errors
    /// When the measure has no value on this input.
    fn compare(&self, view: <Self::Statistic as Statistic>::View<'_>) -> Result<Comparison>;
}

/// A measure with its type forgotten. There is one implementation, for every [`Measure`].
pub trait DynMeasure: Debug + Send + Sync {
    /// What is known about it.
    fn info(&self) -> &'static Info;
    /// What it reads, by its type.
    fn reads(&self) -> Reads;
    /// Canonical spec: the id, and every parameter that is not the default, sorted.
    fn spec(&self) -> String;
    /// See [`Measure::symmetry`].
    fn symmetry(&self) -> Symmetry;
    /// See [`Measure::invariances`].
    fn invariances(&self, side: SideName) -> &'static [Invariance];
    /// See [`Measure::scale`].
    fn scale(&self) -> Scale;
    /// See [`Measure::range`].
    fn range(&self) -> (f64, f64);
    /// See [`Measure::is_metric`].
    fn is_metric(&self) -> bool;
    /// See [`Measure::reads_pairing`].
    fn reads_pairing(&self) -> bool;
    /// See [`Measure::naming`].
    fn naming(&self) -> Naming;
    /// Whether the score depends on the basis of a space of units: only then does a rotated basis say something.
    fn reads_basis(&self) -> bool {
        let invariant = |side| self.invariances(side).contains(&Invariance::Orthogonal);
        !(invariant(SideName::X) && invariant(SideName::Y))
    }
    /// The mean comparison over the splits of a design.
    ///
    /// # Errors
    /// When the measure has no value on this input. A score is never NaN.
    fn evaluate(&self, evidence: &Evidence<'_>, design: &SplitDesign) -> Result<Comparison>;
}

impl<M: Measure> DynMeasure for M {
    fn info(&self) -> &'static Info {
        M::INFO
    }

    fn reads(&self) -> Reads {
        M::Statistic::READS
    }

    fn spec(&self) -> String {
        crate::spec::canonical(self)
    }

    fn symmetry(&self) -> Symmetry {
        Measure::symmetry(self)
    }

    fn invariances(&self, side: SideName) -> &'static [Invariance] {
        Measure::invariances(self, side)
    }

    fn scale(&self) -> Scale {
        Measure::scale(self)
    }

    fn range(&self) -> (f64, f64) {
        Measure::range(self)
    }

    fn is_metric(&self) -> bool {
        Measure::is_metric(self)
    }

    fn reads_pairing(&self) -> bool {
        Measure::reads_pairing(self)
    }

    fn naming(&self) -> Naming {
        Measure::naming(self)
    }

    fn evaluate(&self, evidence: &Evidence<'_>, design: &SplitDesign) -> Result<Comparison> {
        let comparison = M::Statistic::evaluate(evidence, design, |view| {
            let expected = self.expected_by_chance(view);
            let mut comparison = self.compare(view)?;
            let quantity = Quantity::ExpectedByChance;
            comparison.details.extend(expected.map(|value| Detail { quantity, value }));
            Ok(comparison)
        })?;
        if comparison.score.is_finite() {
            return Ok(comparison);
        }
        let reason = format!("the result is {}; the data are degenerate", comparison.score);
        Err(Error::Undefined { id: M::INFO.id, reason })
    }
}
