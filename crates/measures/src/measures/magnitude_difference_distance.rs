#![doc = include_str!("../../docs/magnitude-difference-distance.md")]

use consilience_statistics::{PairMoments, SideMoments};
use serde::{Deserialize, Serialize};

use crate::{
    Comparison, Example, Family, Info, Invariance, Measure, Orientation, Reference, Result,
    SideName, Symmetry, WholeMoments,
};

/// Difference of the lengths of the two mean patterns.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MagnitudeDifferenceDistance {}

impl Measure for MagnitudeDifferenceDistance {
    const INFO: &'static Info = &Info {
        id: "magnitude-difference-distance",
        title: "Difference of magnitudes",
        summary: "How far apart the lengths of the mean patterns of the two representations are.",
        definition: r"$\bigl\lvert \lVert \bar x\rVert - \lVert \bar y\rVert \bigr\rvert$ with the means $\bar x = \frac{1}{n} \sum_i x_i$ and $\bar y$ over all stimuli. A metric between magnitudes.",
        family: Family::Descriptor,
        orientation: Orientation::Distance,
        range: (0.0, f64::INFINITY),
        identity_tolerance: 1e-12,
        complexity: "O(p + q)",
        caveats: &[
            "One number of each representation is compared: 0 says that the mean patterns are equally long, not that they are alike, and a shuffle of the stimuli leaves it as it is.",
            "In the units of the activations, and greater for more units of one size: compare values only on one scale and width.",
            "Constant units have a mean too: if they are left out, their part is.",
        ],
        parameters: &[],
        references: &[
            Reference {
                citation: "Wang et al. 2022, Towards Understanding the Instability of Network Embedding (magnitude of embeddings)",
                link: "https://scholar.xjtu.edu.cn/en/publications/towards-understanding-the-instability-of-network-embedding/",
            },
            Reference {
                citation: "Klabunde, Schumacher, Strohmaier & Lemmerich 2023, Similarity of Neural Network Models: A Survey of Functional and Representational Measures",
                link: "https://arxiv.org/abs/2305.06329",
            },
        ],
        examples: &[Example { spec: "magnitude-difference-distance", what: "all stimuli" }],
        revision: 1,
    };
    type Statistic = WholeMoments;

    fn symmetry(&self) -> Symmetry {
        Symmetry::Symmetric
    }

    fn invariances(&self, _: SideName) -> &'static [Invariance] {
        &[Invariance::Permutation, Invariance::Orthogonal]
    }

    fn is_metric(&self) -> bool {
        true
    }

    fn compare(&self, moments: &PairMoments) -> Result<Comparison> {
        Ok(Comparison::of_score((magnitude(&moments.x) - magnitude(&moments.y)).abs()))
    }
}

/// Length of the mean pattern; by the greatest entry first, so that no square overflows or vanishes.
fn magnitude(side: &SideMoments) -> f64 {
    let greatest = side.mean.iter().fold(0.0_f64, |greatest, v| greatest.max(v.abs()));
    if greatest == 0.0 {
        return 0.0;
    }
    let squares: f64 = side.mean.iter().map(|v| (v / greatest).powi(2)).sum();
    greatest * squares.sqrt()
}
