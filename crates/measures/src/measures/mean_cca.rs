#![doc = include_str!("../../docs/mean-cca.md")]

use consilience_statistics::PairMoments;
use serde::{Deserialize, Serialize};

use crate::caveats::of_canonical;
use crate::correlations::canonical;
use crate::{
    Comparison, Example, Family, Info, Invariance, Measure, Naming, Orientation, Reference, Result,
    SideName, Symmetry, WholeMoments,
};

/// Mean canonical correlation.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeanCca {}

impl Measure for MeanCca {
    const INFO: &'static Info = &Info {
        id: "mean-cca",
        title: "Mean canonical correlation",
        summary: "How strongly directions of one representation correlate with directions of the other, each direction of the smaller space paired with its best one, whatever the variance along them.",
        definition: r"$\frac{1}{\min(r_x, r_y)} \sum_i \rho_i$, the mean of the canonical correlations: the singular values of $(X^\top X)^{-1/2} X^\top Y (Y^\top Y)^{-1/2}$, columns centred, over all stimuli. The inverse roots are over the $r_x$ and $r_y$ directions with variance (eigenvalues above $10^{-12}$ of the largest, or 8 roundings of f32 activations, and no more than $n - 1$). Where $r_x + r_y > n - 1$, as many correlations as the difference are 1 whatever the data; they are set to exactly 1.",
        family: Family::Cca,
        orientation: Orientation::Score,
        range: (0.0, 1.0),
        identity_tolerance: 1e-9,
        complexity: "O(p³ + q³) for triangular factors, or eigendecompositions where ranks are in doubt, shared by all pairs of a representation, and O(p q min(p, q)) for the singular values, shared by all measures of canonical correlations",
        caveats: &[
            "With n < p + q stimuli some correlations, and with n ≤ min(p, q) all, are 1 for any data. Packages then raise, or return 1 or another number in silence; here a warning counts them.",
            "For independent Gaussian representations the mean squared correlation is max(p, q)/(n − 1): use ten or more times as many stimuli as units, or compare with the chance level.",
            "The mean is over the smaller rank. netrep at alpha = 0 divides the sum by the root of the product of the widths (here: shape-distance:alpha=0.0); reducing the wider side to principal components first gives yet another number. The google/svcca code leaves out trailing correlations beyond 98 % of their sum in its `mean`.",
            "A direction of almost no variance counts as much as the first principal component.",
            "From f32 activations a direction with less than a millionth of the largest variance cannot be told from rounding and is left out, with a warning. Where variances span four decades the f32 mean was within 1e-6 of the f64 one, where they span six within 1e-4 (5,000 stimuli, 200 units).",
        ],
        parameters: &[],
        references: &[
            Reference {
                citation: "Hotelling 1936, Relations between two sets of variates",
                link: "https://doi.org/10.1093/biomet/28.3-4.321",
            },
            Reference {
                citation: "Kornblith, Norouzi, Lee & Hinton 2019, Similarity of Neural Network Representations Revisited, table 1",
                link: "https://arxiv.org/abs/1905.00414",
            },
        ],
        examples: &[Example { spec: "mean-cca", what: "all stimuli, all directions" }],
        revision: 1,
    };
    type Statistic = WholeMoments;

    fn symmetry(&self) -> Symmetry {
        Symmetry::Symmetric
    }

    fn invariances(&self, _: SideName) -> &'static [Invariance] {
        &Invariance::ALL
    }

    fn naming(&self) -> Naming {
        Naming { aggregation: "mean over the smaller rank".into(), ..Naming::usual(self) }
    }

    fn compare(&self, moments: &PairMoments) -> Result<Comparison> {
        let found = canonical(Self::INFO.id, moments)?;
        let score = found.correlations.iter().sum::<f64>() / found.correlations.len() as f64;
        let warnings = of_canonical(moments, found);
        Ok(Comparison { warnings, ..Comparison::of_score(score) })
    }
}
