//! What a measure returns.

use serde::Serialize;

use crate::{Detail, detail};

/// A score, what it is made of, and what to beware of.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// The score (or distance); finite, within the range of the measure.
    pub score: f64,
    /// The part of each unit, where the score is a mean over units; `None` for a unit that takes no part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_unit: Option<Vec<Option<f64>>>,
    /// The fitted correspondence, one for each fold.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mappings: Vec<Mapping>,
    /// What the fits settled on: a chosen penalty, the number of connections.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<Detail>,
    /// Caveats of this very comparison.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
}

impl Comparison {
    /// A bare score.
    #[must_use]
    pub fn of_score(score: f64) -> Self {
        Self {
            score,
            per_unit: None,
            mappings: Vec::new(),
            details: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// The mean over folds. Warnings are those of all folds, each kind once.
    pub(crate) fn mean(folds: Vec<Self>) -> Self {
        let n = folds.len() as f64;
        let score = folds.iter().map(|f| f.score).sum::<f64>() / n;
        let per_unit = folds.iter().map(|f| f.per_unit.as_deref()).collect::<Option<Vec<_>>>();
        let per_unit = per_unit.map(|folds| mean_per_unit(&folds));
        let details = detail::mean(folds.iter().flat_map(|f| f.details.iter().copied()));
        let mut warnings: Vec<Warning> = Vec::new();
        let mut mappings = Vec::new();
        for fold in folds {
            for warning in fold.warnings {
                if !warnings.iter().any(|w| w.kind() == warning.kind()) {
                    warnings.push(warning);
                }
            }
            mappings.extend(fold.mappings);
        }
        Self { score, per_unit, mappings, details, warnings }
    }
}

/// Mean over the folds in which a unit takes part.
fn mean_per_unit(folds: &[&[Option<f64>]]) -> Vec<Option<f64>> {
    let n_units = folds.first().map_or(0, |f| f.len());
    (0..n_units)
        .map(|u| {
            let values: Vec<f64> = folds.iter().filter_map(|f| f[u]).collect();
            (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
        })
        .collect()
}

/// A correspondence between units.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mapping {
    /// For each unit of x its partner in y.
    Matching(Vec<Option<usize>>),
    /// Units (i of x, j of y) and the mass that goes from one to the other; masses sum to 1, or to the part that is
    /// matched.
    Plan(Vec<(usize, usize, f64)>),
}

/// A caveat with its numbers.
#[derive(Debug, Clone, PartialEq, Serialize, serde::Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Warning {
    /// Units constant over a fit or eval set took no part.
    UnitsDropped {
        /// `x` or `y`.
        side: String,
        /// Units left out.
        dropped: usize,
        /// Units there were.
        of: usize,
    },
    /// The wider side has units without a partner.
    UnitsUnmatched {
        /// Units without a partner.
        unmatched: usize,
        /// Units there were.
        of: usize,
    },
    /// Units without a partner, which count as far from everything.
    UnitsAlone {
        /// Units without a partner, of the wider side.
        unmatched: usize,
        /// Units there were.
        of: usize,
    },
    /// With so few samples representations look far more alike than they would with many.
    FewSamples {
        /// Samples.
        samples: usize,
        /// Units of both sides.
        units: usize,
    },
    /// The units of a side span fewer dimensions than they are: some are combinations of others, or there are more of them
    /// than stimuli.
    DependentUnits {
        /// `x` or `y`.
        side: String,
        /// Dimensions that they span.
        rank: usize,
        /// Units there are.
        of: usize,
    },
    /// There are fewer stimuli than dimensions of x and y together: some canonical correlations are 1 whatever the data.
    CertainCorrelations {
        /// Correlations that are 1 by counting.
        certain: usize,
        /// Correlations there are.
        of: usize,
        /// Stimuli (rows).
        samples: usize,
    },
    /// A prediction is constant over an eval set; its correlation counts as 0.
    ConstantPrediction {
        /// Units whose prediction is constant.
        units: usize,
        /// Units that were predicted.
        of: usize,
    },
    /// A target is constant over an eval set; its share of explained variance counts as 0.
    ConstantTarget {
        /// Units that are constant.
        units: usize,
        /// Units that were predicted.
        of: usize,
    },
    /// The source has fewer independent directions than units, so that many maps fit equally well.
    RankDeficient {
        /// Directions that the fit rests on.
        rank: usize,
        /// Units of the source.
        of: usize,
    },
    /// The data have fewer components than were asked for.
    FewerComponents {
        /// Components that the fit rests on.
        components: usize,
        /// Components asked for.
        asked: usize,
    },
    /// A kernel tells hardly any stimuli from one another: each is similar to itself and to little else.
    NarrowKernel {
        /// `x` or `y`.
        side: String,
        /// Share of the kernel's sum of squares that its diagonal has.
        diagonal: f64,
    },
    /// A kernel is nearly constant.
    FlatKernel {
        /// `x` or `y`.
        side: String,
        /// Mean similarity of two stimuli.
        similarity: f64,
    },
    /// Rows of zeros have no cosine with others, nor neighbours by cosine or inner product.
    WithoutDirection {
        /// `x` or `y`.
        side: String,
        /// Stimuli whose rows are zero.
        stimuli: usize,
        /// Stimuli there were.
        of: usize,
    },
    /// Some stimuli have more nearest neighbours than were asked for, all equally near.
    TiedNeighbours {
        /// `x` or `y`.
        side: String,
        /// Stimuli with such neighbours.
        stimuli: usize,
        /// Stimuli there were.
        of: usize,
    },
}

impl Warning {
    /// The kind, without the numbers.
    #[must_use]
    pub fn kind(&self) -> std::mem::Discriminant<Self> {
        std::mem::discriminant(self)
    }
}

impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::UnitsDropped { side, dropped, of } => write!(
                f,
                "{dropped} of {of} units of {side} are constant over a fit or eval set and take no part"
            ),
            Self::UnitsUnmatched { unmatched, of } => {
                write!(f, "{unmatched} of {of} units have no partner and take no part in the mean")
            }
            Self::UnitsAlone { unmatched, of } => {
                write!(
                    f,
                    "{unmatched} of {of} units have no partner and count with all their variance"
                )
            }
            Self::FewSamples { samples, units } => write!(
                f,
                "{samples} samples for {units} units: part of the likeness is chance; compare it with its chance level"
            ),
            Self::DependentUnits { side, rank, of } => {
                write!(f, "the {of} units of {side} span {rank} dimensions only")
            }
            Self::CertainCorrelations { certain, of, samples } => write!(
                f,
                "{certain} of {of} canonical correlations are 1 whatever the data: x and y together have more dimensions than {samples} stimuli can tell apart"
            ),
            Self::ConstantPrediction { units, of } => {
                write!(
                    f,
                    "{units} of {of} predictions are constant over an eval set; their correlation counts as 0"
                )
            }
            Self::ConstantTarget { units, of } => write!(
                f,
                "{units} of {of} units are constant over an eval set; their explained variance counts as 0"
            ),
            Self::RankDeficient { rank, of } => write!(
                f,
                "the fit rests on {rank} independent directions of {of} units: of all maps that fit equally well the smallest was taken; use more stimuli, or ridge"
            ),
            Self::FewerComponents { components, asked } => write!(
                f,
                "the fit rests on {components} components, not {asked}: units, stimuli or what they covary by are no more"
            ),
            Self::NarrowKernel { side, diagonal } => write!(
                f,
                "the kernel of {side} is nearly the identity ({:.1} % of its sum of squares is its diagonal): two such kernels are alike whatever they are of; use a greater factor",
                100.0 * diagonal
            ),
            Self::FlatKernel { side, similarity } => write!(
                f,
                "the kernel of {side} is nearly constant (mean similarity of two stimuli {similarity:.4}): the score is nearly that of the linear kernel; use a smaller factor"
            ),
            Self::WithoutDirection { side, stimuli, of } => write!(
                f,
                "{stimuli} of {of} stimuli have all zeros in {side}, and so no direction: they take no part"
            ),
            Self::TiedNeighbours { side, stimuli, of } => write!(
                f,
                "{stimuli} of {of} stimuli have further stimuli in {side} as near as their last neighbour; a hash of the ids chose among them"
            ),
        }
    }
}
