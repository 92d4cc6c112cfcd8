//! Measures that fit a linear map to predict units, and score its predictions: what all of them have in common.

use std::fmt::Debug;

use consilience_linalg::Mat;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::chance::of_explained_variance;
use crate::linear_map::score_linear_map;
use crate::map_score::Indifference;
use crate::{
    Comparison, Detail, Directed, Direction, Fold, HeldOutMoments, Info, Invariance, MapScore,
    Measure, Naming, Result, Scale, SideName, Symmetry, Warning,
};

/// A linear map, fitted.
pub(crate) struct Fitted {
    /// Units of the source × units of the target.
    pub(crate) weights: Mat<f64>,
    /// What the fit settled on.
    pub(crate) details: Vec<Detail>,
    /// Caveats of the fit.
    pub(crate) warnings: Vec<Warning>,
}

impl Fitted {
    /// A map about which nothing further is to be said.
    pub(crate) fn of(weights: Mat<f64>) -> Self {
        Self { weights, details: Vec::new(), warnings: Vec::new() }
    }
}

/// A measure that fits a linear map; everything but the fit follows.
pub(crate) trait Predictor:
    Default + DeserializeOwned + Serialize + Debug + Send + Sync + 'static
{
    /// See [`Measure::INFO`].
    const ABOUT: &'static Info;
    /// What the fits of both directions share.
    type Shared;

    /// See [`Measure::validate`].
    fn check(&self) -> std::result::Result<(), String> {
        Ok(())
    }

    fn direction(&self) -> Direction;

    fn map_score(&self) -> MapScore;

    /// What the fit does not notice.
    fn indifference(&self) -> Indifference;

    /// The fit in words, as [`Naming`] has it.
    fn estimator(&self) -> String;

    /// By which share the fit keeps each direction of the source, if that does not depend on the targets.
    fn kept(&self, fold: &Fold<'_>, forward: bool) -> Option<Vec<f64>> {
        let _ = (fold, forward);
        None
    }

    fn shared(&self, fold: &Fold<'_>) -> Result<Self::Shared>;

    fn fit(&self, fold: &Fold<'_>, shared: &Self::Shared, forward: bool) -> Result<Fitted>;
}

impl<P: Predictor> Measure for P {
    const INFO: &'static Info = P::ABOUT;
    type Statistic = HeldOutMoments;

    fn validate(&self) -> std::result::Result<(), String> {
        self.check()
    }

    fn symmetry(&self) -> Symmetry {
        self.direction().symmetry()
    }

    fn invariances(&self, side: SideName) -> &'static [Invariance] {
        self.indifference().invariances(self.direction().role(side), self.map_score())
    }

    fn scale(&self) -> Scale {
        self.map_score().scale()
    }

    fn range(&self) -> (f64, f64) {
        self.map_score().range()
    }

    fn naming(&self) -> Naming {
        Naming { estimator: self.estimator(), ..Naming::usual(self) }
    }

    fn expected_by_chance(&self, fold: Fold<'_>) -> Option<f64> {
        if self.map_score() == MapScore::Pearson || !fold.split.is_in_sample() {
            return None;
        }
        self.direction().mean(|forward| {
            of_explained_variance(fold.fit.n, self.kept(&fold, forward)?.into_iter())
        })
    }

    fn compare(&self, fold: Fold<'_>) -> Result<Comparison> {
        let shared = self.shared(&fold)?;
        self.direction().average(|forward| {
            let Fitted { weights, details, warnings } = self.fit(&fold, &shared, forward)?;
            let (fit, eval) = (Directed::of(fold.fit, forward), Directed::of(fold.eval, forward));
            let score = self.map_score();
            let mut found = score_linear_map(P::ABOUT.id, weights.as_ref(), fit, eval, score)?;
            found.details.extend(details);
            found.warnings.extend(warnings);
            Ok(found)
        })
    }
}
