//! What can be chosen, with the choices that were made where a paper leaves them open.

use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// All parameters of the analysis of a pair.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Parameters {
    /// What a partner is chosen by.
    pub correlation: Sign,
    /// Seed of resamplings, rotations, samples and clusters.
    pub seed: u64,
    /// Random halves of the blocks over which the stability of a match is measured.
    pub half_splits: usize,
    /// Random orders of the stimuli of y: what correlations are by chance. One more pass over the data each.
    pub shuffles: usize,
    /// Random rotations of y: what correlations are if the axes mean nothing. From moments.
    pub rotations: usize,
    /// Candidates listed for a unit beside its partner.
    pub candidates: usize,
    /// Stimuli listed for a unit.
    pub top_stimuli: usize,
    /// Rows kept for scatter plots, drawn at random.
    pub scatter_rows: usize,
    /// Masses tried for the partial matching.
    pub partial_masses: usize,
    /// Largest relative distance, above 0 and below 1, at which a unit lies in the span of the other network's units (Wang et
    /// al. 2018).
    pub epsilon: f64,
    /// Sparse prediction.
    pub prediction: PredictionParameters,
    /// Clusters of units.
    pub clusters: ClusterParameters,
    /// Mutual information.
    pub information: InformationParameters,
    /// Verdicts on units.
    pub verdicts: VerdictParameters,
}

impl Default for Parameters {
    fn default() -> Self {
        Self {
            correlation: Sign::Signed,
            seed: 1,
            half_splits: 20,
            shuffles: 1,
            rotations: 19,
            candidates: 5,
            top_stimuli: 8,
            scatter_rows: 200,
            partial_masses: 20,
            epsilon: 0.5,
            prediction: PredictionParameters::default(),
            clusters: ClusterParameters::default(),
            information: InformationParameters::default(),
            verdicts: VerdictParameters::default(),
        }
    }
}

/// Nothing, if every parameter is in its range.
///
/// # Errors
/// [`Error::Parameter`] with the first that is not.
pub(crate) fn check(parameters: &Parameters) -> Result<()> {
    let Parameters { prediction, clusters, verdicts, .. } = parameters;
    let share = |value: f64| (0.0..=1.0).contains(&value);
    let falling = prediction.penalties.windows(2).all(|w| w[0] > w[1]);
    let penalties = !prediction.penalties.is_empty()
        && falling
        && prediction.penalties.iter().all(|p| *p >= 0.0 && p.is_finite());
    let checks = [
        ("candidates", parameters.candidates > 0, parameters.candidates.to_string(), "at least 1"),
        (
            "partial-masses",
            parameters.partial_masses > 0,
            parameters.partial_masses.to_string(),
            "at least 1",
        ),
        (
            "epsilon",
            parameters.epsilon > 0.0 && parameters.epsilon < 1.0,
            parameters.epsilon.to_string(),
            "above 0 and below 1",
        ),
        (
            "penalties",
            penalties,
            format!("{:?}", prediction.penalties),
            "at least one, falling, none below 0",
        ),
        ("folds", prediction.folds >= 2, prediction.folds.to_string(), "at least 2"),
        (
            "rotated-together",
            prediction.rotated_together > 0,
            prediction.rotated_together.to_string(),
            "at least 1",
        ),
        (
            "number of clusters",
            clusters.number != Some(0),
            format!("{:?}", clusters.number),
            "at least 1",
        ),
        (
            "share of clusters",
            clusters
                .share
                .is_none_or(|share| share > 0.0 && share <= 1.0 && clusters.number.is_none()),
            format!("{:?}, with the number {:?}", clusters.share, clusters.number),
            "above 0 to 1, without a number",
        ),
        (
            "largest-share",
            share(clusters.largest_share),
            clusters.largest_share.to_string(),
            "0 to 1",
        ),
        (
            "threshold",
            (0.0..1.0).contains(&clusters.threshold),
            clusters.threshold.to_string(),
            "0 to below 1: a negative correlation is no edge",
        ),
        ("explained", share(verdicts.explained), verdicts.explained.to_string(), "0 to 1"),
        ("share", share(verdicts.share), verdicts.share.to_string(), "0 to 1"),
        ("few", verdicts.few > 0, verdicts.few.to_string(), "at least 1"),
        ("stability", share(verdicts.stability), verdicts.stability.to_string(), "0 to 1"),
    ];
    match checks.into_iter().find(|(_, good, _, _)| !good) {
        Some((name, _, found, expected)) => Err(Error::Parameter { name, found, expected }),
        None => Ok(()),
    }
}

/// What a partner is chosen by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sign {
    /// The correlation: an inverted copy is no partner (Li et al. 2016).
    #[default]
    Signed,
    /// The magnitude of the correlation.
    Absolute,
}

/// Parameters of sparse prediction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct PredictionParameters {
    /// Penalties λ_eff of ½ E(z_y − wᵀ z_x)² + λ_eff ‖w‖₁ on standardised units, descending; the last may be 0.
    pub penalties: Vec<f64>,
    /// Folds by which the penalty is chosen.
    pub folds: usize,
    /// Units that are turned together in the block-rotated control.
    pub rotated_together: usize,
}

impl Default for PredictionParameters {
    fn default() -> Self {
        let penalties = vec![
            0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.25, 0.2, 0.15, 0.1, 0.07, 0.05, 0.03, 0.02, 0.01,
            0.0,
        ];
        Self { penalties, folds: 5, rotated_together: 4 }
    }
}

/// Parameters of the clusters of units.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ClusterParameters {
    /// Number of clusters, the same at every layer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<usize>,
    /// Number of clusters as a share of all units that vary, for layers of different widths: 0.2 is a cluster for every five
    /// units. If neither it nor `number` is given, the largest gap between eigenvalues decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
    /// Largest number that the gap may choose, as a share of the units.
    pub largest_share: f64,
    /// Correlations up to this one are no edge. The paper's threshold was not found; 0 drops negative ones.
    pub threshold: f64,
    /// Draws of the null in which the units of y lose their correspondence with those of x.
    pub null_draws: usize,
}

impl Default for ClusterParameters {
    fn default() -> Self {
        Self { number: None, share: None, largest_share: 0.25, threshold: 0.0, null_draws: 3 }
    }
}

/// Parameters of mutual information.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct InformationParameters {
    /// Rows it is estimated on, drawn at random; 0 leaves it out.
    pub rows: usize,
    /// Bins and bias.
    pub estimator: InformationEstimator,
}

impl Default for InformationParameters {
    fn default() -> Self {
        Self { rows: 100_000, estimator: InformationEstimator::MillerMadow }
    }
}

/// Bins of a unit and correction of the bias. Both are in nats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InformationEstimator {
    /// A bin for zeros and ten quantile bins; the bias of each of the three entropies after Miller (1955): bins that are
    /// not empty, less one, over 2n.
    #[default]
    MillerMadow,
    /// As in the code of Li et al.: a bin for zeros and nine quantile bins; the number of all cells over 2n ln 2, which
    /// subtracts bits from nats, is taken off.
    Paper,
}

/// Where verdicts on units draw their lines. Shares of variance are held out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct VerdictParameters {
    /// Share of a unit's variance that all units of the other network together must explain.
    pub explained: f64,
    /// Share of that which one unit, or a few, must explain alone.
    pub share: f64,
    /// How many units are a few.
    pub few: usize,
    /// Share of half-splits in which a partner must be found again.
    pub stability: f64,
}

impl Default for VerdictParameters {
    fn default() -> Self {
        Self { explained: 0.5, share: 0.8, few: 4, stability: 0.8 }
    }
}
