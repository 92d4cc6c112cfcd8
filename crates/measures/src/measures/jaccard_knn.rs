#![doc = include_str!("../../docs/jaccard-knn.md")]

use consilience_statistics::RowPair;
use serde::{Deserialize, Serialize};

use crate::chance::in_common_by_chance;
use crate::neighbourhood::{OF_POSITIONS, OF_TIES, PARAMETERS, common};
use crate::{
    Comparison, Example, Family, Info, Invariance, Measure, Naming, Neighbourhood, Orientation,
    Reference, Result, SideName, Symmetry, WholeRows,
};

/// Nearest neighbours in common, over all that either representation has.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct JaccardKnn(pub Neighbourhood);

impl Measure for JaccardKnn {
    const INFO: &'static Info = &Info {
        id: "jaccard-knn",
        title: "Jaccard similarity of neighbours",
        summary: "How many nearest neighbours of a stimulus are shared, out of all it has in either representation.",
        definition: r"$\frac{1}{n} \sum_i |N_x(i) \cap N_y(i)| \, / \, |N_x(i) \cup N_y(i)|$ with $N_x(i)$ the $k$ stimuli nearest to $i$ in $x$, $i$ itself left out.",
        family: Family::Neighbours,
        orientation: Orientation::Score,
        range: (0.0, 1.0),
        identity_tolerance: 1e-12,
        complexity: "O(n² (p + q)) for the lists, once a representation; then O(n k log k)",
        caveats: &[
            "Of a stimulus with m neighbours in common it is m / (2k − m), mutual-knn is m / k: the mean of one does not follow from that of the other.",
            "ReSi takes cosines of rows as they are, other packages centre units first (centre=true). ReSi leaves out the first neighbour found in place of the stimulus itself, which is another one where rows are equal.",
            OF_TIES,
            OF_POSITIONS,
        ],
        parameters: PARAMETERS,
        references: &[
            Reference {
                citation: "Schumacher et al. 2021, The Effects of Randomness on the Stability of Node Embeddings",
                link: "https://arxiv.org/abs/2005.10039",
            },
            Reference {
                citation: "Klabunde, Schumacher, Strohmaier & Lemmerich 2023, Similarity of Neural Network Models: A Survey of Functional and Representational Measures",
                link: "https://arxiv.org/abs/2305.06329",
            },
        ],
        examples: &[
            Example { spec: "jaccard-knn", what: "10 neighbours by cosine" },
            Example { spec: "jaccard-knn:centre=true,k=3", what: "cosines of centred rows" },
            Example { spec: "jaccard-knn:neighbours=euclidean", what: "by distance" },
            Example {
                spec: "jaccard-knn:neighbours=inner-product",
                what: "by inner product of the rows as they are",
            },
            Example {
                spec: "jaccard-knn:clip=0.95,neighbours=inner-product,normalise=true",
                what: "the published pipeline",
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
        Naming { aggregation: "mean over stimuli".into(), ..Naming::usual(self) }
    }

    fn expected_by_chance(&self, rows: &RowPair<'_>) -> Option<f64> {
        let (n, k) = (rows.n_rows(), self.0.k);
        (k < n).then(|| {
            let of = |(m, p): (usize, f64)| p * m as f64 / (2 * k - m) as f64;
            in_common_by_chance(n - 1, k).enumerate().map(of).sum()
        })
    }

    fn compare(&self, rows: &RowPair<'_>) -> Result<Comparison> {
        let lists = self.0.lists(Self::INFO.id, rows)?;
        let k = lists.k();
        lists.mean(|_, x, y| {
            let common = common(x, y);
            common as f64 / (2 * k - common) as f64
        })
    }
}
