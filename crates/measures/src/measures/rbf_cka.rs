#![doc = include_str!("../../docs/rbf-cka.md")]

use consilience_statistics::RowPair;
use serde::{Deserialize, Serialize};

use crate::kernel::{Estimator, PARAMETERS};
use crate::{
    Comparison, Example, Family, Info, Invariance, Measure, Naming, Orientation, Rbf, Reference,
    Result, SideName, Symmetry, WholeRows,
};

/// Centred alignment of Gaussian kernels, biased estimator.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct RbfCka(pub Rbf);

impl Measure for RbfCka {
    const INFO: &'static Info = &Info {
        id: "rbf-cka",
        title: "RBF CKA (biased)",
        summary: "How alike the similarities among stimuli are in the two representations, by Gaussian kernels of their distances.",
        definition: r"With $K_{ij} = \exp(-\lVert x_i - x_j\rVert^2 / 2\sigma_x^2)$ and likewise $L$ of $y$, the score is $\operatorname{tr}(K H L H) / \sqrt{\operatorname{tr}(K H K H) \operatorname{tr}(L H L H)}$, where $H = I - \frac 1 n \mathbf 1 \mathbf 1^\top$. Each representation has a width of its own: $\sigma$ is the parameter factor times the root of the median squared distance of two stimuli (or as the parameter bandwidth says).",
        family: Family::Kernel,
        orientation: Orientation::Score,
        range: (0.0, 1.0),
        identity_tolerance: 1e-9,
        complexity: "O(n² (p + q)); memory of n² values a side up to 512 MiB, of a band of 256 rows a thread beyond",
        caveats: &[
            "The biased estimator (Gretton's), as published: it is above 0 for independent representations, the more so the narrower the kernel. Use debiased-rbf-cka, or read it beside its chance level.",
            "Of the width: Kornblith et al. take a fraction of the median over all n² squared distances, the zeros of the diagonal included (bandwidth=median-all); thingsvision, Brain-Score and the PyPI package repsim leave those zeros out (median), the first two further zeros too, which only equal rows have; repsim's `rbf_mean` is bandwidth=mean,factor=0.7071; others take σ = 1 whatever the scale (fixed).",
            "A narrow kernel is nearly the identity, and any two such kernels are alike: a fixed σ = 1 gave 0.987 for the demonstration pair of Kornblith et al., where a width of half the median gives 0.655. A warning says so; a kernel that is the identity up to rounding is an error. A wide kernel gives the score of the linear one; that is a warning too.",
            "Some packages return the arc cosine; some add 1e-6 to the denominator, which spoils narrow kernels.",
        ],
        parameters: PARAMETERS,
        references: &[Reference {
            citation: "Kornblith, Norouzi, Lee & Hinton 2019, Similarity of Neural Network Representations Revisited, section 3 and its demonstration",
            link: "https://arxiv.org/abs/1905.00414",
        }],
        examples: &[
            Example { spec: "rbf-cka", what: "width by the median distance" },
            Example {
                spec: "rbf-cka:bandwidth=median-all,factor=0.5",
                what: "width 0.5 by the median of all entries: the demonstration of Kornblith et al.",
            },
            Example {
                spec: "rbf-cka:bandwidth=mean,factor=0.7",
                what: "width by the mean distance",
            },
            Example {
                spec: "rbf-cka:bandwidth=fixed,factor=1000.0",
                what: "width 1000 in the units of the activations",
            },
        ],
        revision: 1,
    };
    type Statistic = WholeRows;

    fn validate(&self) -> std::result::Result<(), String> {
        self.0.validate()
    }

    fn symmetry(&self) -> Symmetry {
        Symmetry::Symmetric
    }

    fn invariances(&self, _: SideName) -> &'static [Invariance] {
        self.0.invariances()
    }

    fn naming(&self) -> Naming {
        Naming { estimator: "biased criteria (Gretton)".into(), ..Naming::usual(self) }
    }

    fn expected_by_chance(&self, rows: &RowPair<'_>) -> Option<f64> {
        self.0.expected_biased(rows)
    }

    fn compare(&self, rows: &RowPair<'_>) -> Result<Comparison> {
        self.0.alignment(Self::INFO.id, rows, Estimator::Biased)
    }
}
