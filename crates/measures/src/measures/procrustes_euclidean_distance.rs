#![doc = include_str!("../../docs/procrustes-euclidean-distance.md")]

use std::f64::consts::SQRT_2;

use consilience_statistics::PairMoments;
use serde::{Deserialize, Serialize};

use crate::alignment::{comparison, squared_distance};
use crate::{
    Comparison, Example, Family, Info, Invariance, Measure, Orientation, Parameter, Reference,
    Result, SideName, Size, Symmetry, WholeMoments,
};

/// Euclidean distance of two clouds of stimuli after the best rotation.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcrustesEuclideanDistance {
    /// What is done with the sizes of the clouds.
    pub size: Size,
}

impl Measure for ProcrustesEuclideanDistance {
    const INFO: &'static Info = &Info {
        id: "procrustes-euclidean-distance",
        title: "Procrustes Euclidean distance",
        summary: "How far the stimuli of one cloud are from those of the other when it is turned (or reflected) onto it as well as it can be.",
        definition: r"$\min_Q \lVert XQ - Y\rVert_F = \sqrt{\lVert X\rVert_F^2 + \lVert Y\rVert_F^2 - 2\lVert X^\top Y\rVert_*}$ over orthogonal $Q$, columns centred, over all stimuli. With both clouds scaled to norm 1 (the default) that is $\sqrt{2 - 2s}$, $s = \lVert X^\top Y\rVert_* / (\lVert X\rVert_F \lVert Y\rVert_F)$. Unequal widths: the narrower side gets zero units, which leaves the nuclear norm as it is. A metric.",
        family: Family::Shape,
        orientation: Orientation::Distance,
        range: (0.0, f64::INFINITY),
        // The root of a difference of numbers of size 1.
        identity_tolerance: 1e-6,
        complexity: "O(p q min(p, q)) for the singular values, shared by all measures of this alignment",
        caveats: &[
            "size=raw is ReSi's ProcrustesSizeAndShape and netrep's Euclidean form: it has the unit of the activations and grows with the root of the number of stimuli and with the number of units. size=per-stimulus does not grow with the stimuli. size=unit is ReSi's centred and normalised Procrustes, whose page says Ding et al.: theirs is the square.",
            "In sample: with few stimuli for the number of units any two clouds can be turned onto each other. Compare it with its chance level.",
        ],
        parameters: &[Parameter {
            name: "size",
            default: "unit",
            range: "unit, per-stimulus, raw",
            purpose: "each cloud scaled to Frobenius norm 1; divided by the root of the number of stimuli; or as it is",
        }],
        references: &[
            Reference {
                citation: "Schönemann 1966, A generalized solution of the orthogonal Procrustes problem",
                link: "https://doi.org/10.1007/BF02289451",
            },
            Reference {
                citation: "Williams, Kunz, Kornblith & Linderman 2021, Generalized Shape Metrics on Neural Representations, section 2",
                link: "https://arxiv.org/abs/2110.14739",
            },
        ],
        examples: &[
            Example { spec: "procrustes-euclidean-distance", what: "shapes alone" },
            Example {
                spec: "procrustes-euclidean-distance:size=per-stimulus",
                what: "root mean square over stimuli, in the unit of the activations",
            },
            Example {
                spec: "procrustes-euclidean-distance:size=raw",
                what: "size and shape, growing with the number of stimuli",
            },
        ],
        revision: 1,
    };
    type Statistic = WholeMoments;

    fn symmetry(&self) -> Symmetry {
        Symmetry::Symmetric
    }

    fn invariances(&self, _: SideName) -> &'static [Invariance] {
        use Invariance::{IsotropicScale, Orthogonal, Permutation, Shift};
        match self.size {
            Size::Unit => &[Permutation, Shift, IsotropicScale, Orthogonal],
            Size::PerStimulus | Size::Raw => &[Permutation, Shift, Orthogonal],
        }
    }

    fn range(&self) -> (f64, f64) {
        match self.size {
            Size::Unit => (0.0, SQRT_2),
            Size::PerStimulus | Size::Raw => Self::INFO.range,
        }
    }

    fn is_metric(&self) -> bool {
        true
    }

    fn compare(&self, moments: &PairMoments) -> Result<Comparison> {
        let squared = squared_distance(Self::INFO.id, moments, self.size)?;
        Ok(comparison(squared.sqrt(), moments))
    }
}
