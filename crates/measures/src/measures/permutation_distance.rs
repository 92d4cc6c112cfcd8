#![doc = include_str!("../../docs/permutation-distance.md")]

use std::f64::consts::{FRAC_PI_2, PI};

use consilience_linalg::Mat;
use consilience_solvers::maximum_assignment;
use consilience_statistics::PairMoments;
use serde::{Deserialize, Serialize};

use crate::alignment::{squared, sums_of_squares};
use crate::{
    Comparison, Example, Family, Form, Info, Invariance, Mapping, Measure, Orientation, Parameter,
    Reference, Result, SideName, Symmetry, Warning, WholeMoments,
};

/// Which units have to have a partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Partners {
    /// Every unit of the narrower side has one.
    #[default]
    All,
    /// A unit may be left alone where that is closer.
    Free,
}

/// Distance of two clouds of stimuli after the best one-to-one matching of units.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PermutationDistance {
    /// Angle or Euclidean distance.
    pub form: Form,
    /// Which units have to have a partner.
    pub partners: Partners,
}

impl Measure for PermutationDistance {
    const INFO: &'static Info = &Info {
        id: "permutation-distance",
        title: "Permutation distance",
        summary: "The distance of two clouds of stimuli when the units of one are put into the order that matches those of the other best.",
        definition: r"Columns centred, over all stimuli. The permutation $P$ maximises the sum of matched covariances $t = \sum_{ij} P_{ij} (X^\top Y)_{ij}$. The angular form is $\arccos(t / (\lVert X\rVert_F \lVert Y\rVert_F))$, the Euclidean form $\lVert XP - Y\rVert_F = \sqrt{\lVert X\rVert_F^2 + \lVert Y\rVert_F^2 - 2t}$. Unequal widths: the narrower side gets zero units, so that units without a partner count with all their variance.",
        family: Family::Shape,
        orientation: Orientation::Distance,
        range: (0.0, f64::INFINITY),
        identity_tolerance: 1e-6,
        complexity: "O(min(p, q)² max(p, q)) for the assignment",
        caveats: &[
            "The assignment is on covariances, as in netrep's PermutationMetric: units of large variance decide. `permutation` matches on correlations and is scored on held-out stimuli.",
            "partners=all is netrep, and a metric over representations of one width. Over several widths it is not: a unit may be forced upon a partner that runs against it. partners=free (zero units for both sides) is a metric, and the same wherever all matched covariances are positive.",
            "form=euclidean has the unit of the activations and grows with the root of the number of stimuli, as in netrep. ReSi's permutation Procrustes does not centre.",
            "In sample: the best of many partners is alike by chance. A rotated basis is the chance level that speaks about units.",
        ],
        parameters: &[
            Parameter {
                name: "form",
                default: "angular",
                range: "angular, euclidean",
                purpose: "the angle between the matched clouds, or their Euclidean distance",
            },
            Parameter {
                name: "partners",
                default: "all",
                range: "all, free",
                purpose: "whether every unit of the narrower side has to have a partner",
            },
        ],
        references: &[Reference {
            citation: "Williams, Kunz, Kornblith & Linderman 2021, Generalized Shape Metrics on Neural Representations, section 2 (permutation invariance)",
            link: "https://arxiv.org/abs/2110.14739",
        }],
        examples: &[
            Example { spec: "permutation-distance", what: "angle, every unit has a partner" },
            Example { spec: "permutation-distance:form=euclidean", what: "size and shape" },
            Example {
                spec: "permutation-distance:partners=free",
                what: "angle, a metric over all widths",
            },
            Example {
                spec: "permutation-distance:form=euclidean,partners=free",
                what: "size and shape, a metric over all widths",
            },
        ],
        revision: 1,
    };
    type Statistic = WholeMoments;

    fn symmetry(&self) -> Symmetry {
        Symmetry::Symmetric
    }

    fn invariances(&self, _: SideName) -> &'static [Invariance] {
        use Invariance::{IsotropicScale, Permutation, Shift};
        match self.form {
            Form::Angular => &[Permutation, Shift, IsotropicScale],
            Form::Euclidean => &[Permutation, Shift],
        }
    }

    fn range(&self) -> (f64, f64) {
        match (self.form, self.partners) {
            (Form::Angular, Partners::All) => (0.0, PI),
            (Form::Angular, Partners::Free) => (0.0, FRAC_PI_2),
            (Form::Euclidean, _) => Self::INFO.range,
        }
    }

    fn is_metric(&self) -> bool {
        self.partners == Partners::Free
    }

    fn compare(&self, moments: &PairMoments) -> Result<Comparison> {
        let [x, y] = sums_of_squares(Self::INFO.id, moments)?;
        let matching = self.matching(moments.cross())?;
        let pairs = matching.iter().enumerate();
        let matched = pairs.filter_map(|(i, j)| Some(moments.cross()[(i, (*j)?)]));
        let total: f64 = matched.clone().sum();
        let score = match self.form {
            Form::Angular => (total / (x.sqrt() * y.sqrt())).clamp(-1.0, 1.0).acos(),
            Form::Euclidean => squared(x + y, total).sqrt(),
        };
        let of = moments.x.n_units().max(moments.y.n_units());
        let unmatched = of - matched.count();
        let warnings =
            (unmatched > 0).then_some(Warning::UnitsAlone { unmatched, of }).into_iter().collect();
        let mappings = vec![Mapping::Matching(matching)];
        Ok(Comparison { mappings, warnings, ..Comparison::of_score(score) })
    }
}

impl PermutationDistance {
    /// For each unit of x its partner in y.
    fn matching(&self, cross: &Mat<f64>) -> Result<Vec<Option<usize>>> {
        if self.partners == Partners::All {
            return Ok(maximum_assignment(cross.as_ref())?.column_of_row);
        }
        // Alone is as good as with a partner of covariance 0.
        let gain = Mat::from_fn(cross.nrows(), cross.ncols(), |i, j| cross[(i, j)].max(0.0));
        let matching = maximum_assignment(gain.as_ref())?.column_of_row;
        let chosen = matching.into_iter().enumerate();
        Ok(chosen.map(|(i, j)| j.filter(|&j| cross[(i, j)] > 0.0)).collect())
    }
}
