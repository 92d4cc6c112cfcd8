//! What exactly a number is: the things in which numbers of one name differ between packages.

use serde::Serialize;

use crate::{Family, Invariance, Measure, Scale, SideName, Statistic, Symmetry, entry};

/// What exactly a number is, in words short enough for a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Naming {
    /// How the quantity is estimated from finitely many stimuli.
    pub estimator: String,
    /// What is subtracted first.
    pub centring: String,
    /// Which representation is predicted or matched from which.
    pub direction: String,
    /// What the number is a mean or sum of.
    pub aggregation: String,
}

impl Naming {
    /// What follows from what the measure says of itself: its family and scale, its invariance to shifts, its symmetry
    /// and its parameters `direction` and `score`. Measures that know more replace single fields.
    pub(crate) fn usual<M: Measure>(measure: &M) -> Self {
        let held_out = M::Statistic::READS.held_out();
        Self {
            estimator: estimator(M::INFO.family, held_out).to_owned(),
            centring: centring(measure).to_owned(),
            direction: direction(measure).to_owned(),
            aggregation: aggregation(measure, held_out).to_owned(),
        }
    }
}

fn estimator(family: Family, held_out: bool) -> &'static str {
    match (family, held_out) {
        (Family::Map, true) => "fitted map",
        (Family::Matching, true) => "fitted matching",
        (_, true) => "fitted",
        (_, false) => "plug-in",
    }
}

fn centring<M: Measure>(measure: &M) -> &'static str {
    let shift = |side| measure.invariances(side).contains(&Invariance::Shift);
    match (shift(SideName::X), shift(SideName::Y)) {
        (true, true) => "mean of each unit",
        (true, false) => "mean of each unit of x",
        (false, true) => "mean of each unit of y",
        (false, false) => "none",
    }
}

fn direction<M: Measure>(measure: &M) -> &'static str {
    match parameter(measure, "direction").as_deref() {
        Some("x-to-y") => "x → y",
        Some("y-to-x") => "y → x",
        Some("both") => "mean of x → y and y → x",
        _ if measure.symmetry() == Symmetry::Symmetric => "symmetric",
        _ => "x → y",
    }
}

fn aggregation<M: Measure>(measure: &M, held_out: bool) -> &'static str {
    match (parameter(measure, "score").as_deref(), measure.scale(), held_out) {
        (Some("pearson"), ..) => "mean over units of Pearson's r, then over folds",
        (Some("r2"), ..) => "explained variance of all units together, mean over folds",
        (Some("mean-r2"), ..) => "mean over units of explained variance, then over folds",
        (_, Scale::HeldOutCorrelation, _) => "mean over units, then over folds",
        (_, Scale::Own, true) => "mean over folds",
        (_, Scale::Own, false) => "one number for all stimuli",
    }
}

/// A parameter that is a word.
fn parameter<M: Measure>(measure: &M, name: &str) -> Option<String> {
    Some(entry::parameters(measure).get(name)?.as_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use crate::parse;

    #[test]
    fn names_follow_the_parameters() {
        let direction = |spec: &str| parse(spec).expect(spec).naming().direction;
        assert_eq!(direction("semi-matching"), "mean of x → y and y → x");
        assert_eq!(direction("semi-matching:direction=x-to-y"), "x → y");
        assert_eq!(direction("ridge:direction=y-to-x"), "y → x");
        assert_eq!(direction("linear-cka"), "symmetric");
        let aggregation = |spec: &str| parse(spec).expect(spec).naming().aggregation;
        assert!(aggregation("linear:score=r2").starts_with("explained variance of all units"));
        let estimator = |spec: &str| parse(spec).expect(spec).naming().estimator;
        assert_ne!(estimator("linear-cka"), estimator("debiased-linear-cka"));
        assert_ne!(estimator("ridge"), estimator("ridge:alpha=0.1"));
    }
}
