#![doc = include_str!("../../docs/soft-matching-distance.md")]

use consilience_linalg::Mat;
use consilience_solvers::uniform_transport;
use consilience_statistics::{PairMoments, SideMoments};
use serde::{Deserialize, Serialize};

use crate::alignment::{squared, sums_of_squares};
use crate::{
    Comparison, Example, Family, Info, Invariance, Mapping, Measure, Orientation, Parameter,
    Reference, Result, SideName, Symmetry, WholeMoments,
};

/// What tuning curves are scaled to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Normalise {
    /// Each is left as it is.
    #[default]
    None,
    /// Each is scaled to norm 1.
    Unit,
}

/// Optimal transport between the tuning curves of two representations.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SoftMatchingDistance {
    /// What tuning curves are scaled to.
    pub normalise: Normalise,
}

impl Measure for SoftMatchingDistance {
    const INFO: &'static Info = &Info {
        id: "soft-matching-distance",
        title: "Soft-matching distance",
        summary: "How far the tuning curves of one representation have to be moved to become those of the other, every unit counted once.",
        definition: r"$\sqrt{\min_T \sum_{ij} T_{ij} \lVert x_i - y_j\rVert^2}$ over plans $T \ge 0$ with $\sum_j T_{ij} = 1/p$ and $\sum_i T_{ij} = 1/q$; $x_i$, $y_j$ are the centred columns (tuning curves) over all stimuli: the 2-Wasserstein distance of two uniform sets of points. With $p = q$ it is the Euclidean permutation distance over $\sqrt p$. A metric.",
        family: Family::Shape,
        orientation: Orientation::Distance,
        range: (0.0, f64::INFINITY),
        identity_tolerance: 1e-5,
        complexity: "about O((p + q) p q) for the network simplex",
        caveats: &[
            "normalise=none has the unit of the activations and grows with the root of the number of stimuli. normalise=unit is $\\sqrt{2 - 2\\sum_{ij} T_{ij} r_{ij}}$ with the correlations $r$.",
            "Not `soft-matching`, which is the transported correlation on held-out stimuli and no metric.",
            "In sample: the best of many partners is alike by chance. A rotated basis is the chance level that speaks about units.",
        ],
        parameters: &[Parameter {
            name: "normalise",
            default: "none",
            range: "none, unit",
            purpose: "tuning curves as they are, or each scaled to norm 1",
        }],
        references: &[Reference {
            citation: "Khosla & Williams 2024, Soft Matching Distance: A metric on neural representations that captures single-neuron tuning",
            link: "https://arxiv.org/abs/2311.09466",
        }],
        examples: &[
            Example { spec: "soft-matching-distance", what: "centred tuning curves" },
            Example {
                spec: "soft-matching-distance:normalise=unit",
                what: "centred tuning curves of norm 1",
            },
        ],
        revision: 1,
    };
    type Statistic = WholeMoments;

    fn symmetry(&self) -> Symmetry {
        Symmetry::Symmetric
    }

    fn invariances(&self, _: SideName) -> &'static [Invariance] {
        use Invariance::{IsotropicScale, Permutation, Shift, UnitScale};
        match self.normalise {
            Normalise::None => &[Permutation, Shift],
            Normalise::Unit => &[Permutation, Shift, IsotropicScale, UnitScale],
        }
    }

    fn range(&self) -> (f64, f64) {
        match self.normalise {
            Normalise::None => Self::INFO.range,
            Normalise::Unit => (0.0, 2.0),
        }
    }

    fn is_metric(&self) -> bool {
        true
    }

    fn compare(&self, moments: &PairMoments) -> Result<Comparison> {
        let _ = sums_of_squares(Self::INFO.id, moments)?;
        let [x, y] = [&moments.x, &moments.y].map(|side| self.squares(side));
        let products = match self.normalise {
            Normalise::None => moments.cross(),
            Normalise::Unit => moments.correlation(),
        };
        let cost = Mat::from_fn(x.len(), y.len(), |i, j| squared(x[i] + y[j], products[(i, j)]));
        let plan = uniform_transport(cost.as_ref())?.entries;
        let score = plan.iter().map(|&(i, j, mass)| mass * cost[(i, j)]).sum::<f64>().sqrt();
        Ok(Comparison { mappings: vec![Mapping::Plan(plan)], ..Comparison::of_score(score) })
    }
}

impl SoftMatchingDistance {
    /// Sum of squares of each tuning curve; a constant unit has none.
    fn squares(&self, side: &SideMoments) -> Vec<f64> {
        let of_unit = |unit| match self.normalise {
            _ if side.constant[unit] => 0.0,
            Normalise::None => side.scatter()[(unit, unit)],
            Normalise::Unit => 1.0,
        };
        (0..side.n_units()).map(of_unit).collect()
    }
}
