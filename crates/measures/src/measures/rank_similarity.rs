#![doc = include_str!("../../docs/rank-similarity.md")]

use consilience_statistics::RowPair;
use serde::{Deserialize, Serialize};

use crate::neighbourhood::{OF_POSITIONS, OF_TIES, PARAMETERS, places};
use crate::{
    Comparison, Example, Family, Info, Invariance, Measure, Naming, Neighbourhood, Orientation,
    Reference, Result, SideName, Symmetry, WholeRows,
};

/// Shared nearest neighbours, weighted by how near they are and how alike in rank.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct RankSimilarity(pub Neighbourhood);

impl Measure for RankSimilarity {
    const INFO: &'static Info = &Info {
        id: "rank-similarity",
        title: "Rank similarity of neighbours",
        summary: "How alike the ranks of the nearest neighbours are that a stimulus has in both representations; near ones count more.",
        definition: r"With $r_x(i,j)$ the rank of $j$ among the neighbours of $i$ in $x$, from 1, and $C_i = N_x(i) \cap N_y(i)$, the score is the mean over $i$ of $\big( \sum_{j \in C_i} \frac{2}{(1 + |r_x(i,j) - r_y(i,j)|)\,(r_x(i,j) + r_y(i,j))} \big) / \sum_{m=1}^{|C_i|} \frac 1 m$, and 0 of a stimulus without common neighbours.",
        family: Family::Neighbours,
        orientation: Orientation::Score,
        range: (0.0, 1.0),
        identity_tolerance: 1e-12,
        complexity: "O(n² (p + q)) for the lists, once a representation; then O(n k log k)",
        caveats: &[
            "Divided by what the common neighbours could reach, not by what k could: a single common neighbour that is the first in both lists gives 1.",
            OF_TIES,
            OF_POSITIONS,
        ],
        parameters: PARAMETERS,
        references: &[
            Reference {
                citation: "Klabunde, Schumacher, Strohmaier & Lemmerich 2023, Similarity of Neural Network Models: A Survey of Functional and Representational Measures",
                link: "https://arxiv.org/abs/2305.06329",
            },
            Reference {
                citation: "Schumacher et al. 2021, The Effects of Randomness on the Stability of Node Embeddings",
                link: "https://arxiv.org/abs/2005.10039",
            },
        ],
        examples: &[
            Example { spec: "rank-similarity", what: "10 neighbours by cosine" },
            Example { spec: "rank-similarity:centre=true,k=3", what: "cosines of centred rows" },
            Example { spec: "rank-similarity:neighbours=euclidean", what: "by distance" },
            Example {
                spec: "rank-similarity:neighbours=inner-product",
                what: "by inner product of the rows as they are",
            },
            Example {
                spec: "rank-similarity:clip=0.95,neighbours=inner-product,normalise=true",
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

    fn compare(&self, rows: &RowPair<'_>) -> Result<Comparison> {
        let lists = self.0.lists(Self::INFO.id, rows)?;
        lists.mean(|_, x, y| of_ranks(x, y))
    }
}

fn of_ranks(x: &[u32], y: &[u32]) -> f64 {
    let (mut sum, mut most, mut common) = (0.0, 0.0, 0);
    for (in_x, in_y) in places(x, y).enumerate() {
        let Some(in_y) = in_y else { continue };
        common += 1;
        most += 1.0 / f64::from(common);
        let (difference, ranks) = (1 + in_x.abs_diff(in_y), in_x + in_y + 2);
        sum += 2.0 / (difference * ranks) as f64;
    }
    if common == 0 { 0.0 } else { sum / most }
}
