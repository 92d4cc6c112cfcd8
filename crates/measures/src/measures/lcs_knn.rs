#![doc = include_str!("../../docs/lcs-knn.md")]

use consilience_statistics::RowPair;
use serde::{Deserialize, Serialize};

use crate::neighbourhood::{OF_POSITIONS, OF_TIES, PARAMETERS, places};
use crate::{
    Comparison, Example, Family, Info, Invariance, Measure, Naming, Neighbourhood, Orientation,
    Reference, Result, SideName, Symmetry, WholeRows,
};

/// Longest common subsequence of the ordered neighbours.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct LcsKnn(pub Neighbourhood);

impl Measure for LcsKnn {
    const INFO: &'static Info = &Info {
        id: "lcs-knn",
        title: "Common subsequence of neighbours",
        summary: "How many of the nearest neighbours, in the order of nearness, the two lists of a stimulus have in common in the same order.",
        definition: r"$\frac{1}{n k} \sum_i \operatorname{lcs}(N_x(i), N_y(i))$, where the $k$ stimuli nearest to $i$ stand in the order of nearness and $\operatorname{lcs}$ is the length of the longest common subsequence.",
        family: Family::Neighbours,
        orientation: Orientation::Score,
        range: (0.0, 1.0),
        identity_tolerance: 1e-12,
        complexity: "O(n² (p + q)) for the lists, once a representation; then O(n k log k)",
        caveats: &[
            "The published score is the mean length itself, from 0 to k: k times this one. Divided by k it has one range for all k.",
            "At most mutual-knn, which forgets the order.",
            OF_TIES,
            OF_POSITIONS,
        ],
        parameters: PARAMETERS,
        references: &[Reference {
            citation: "Huh, Cheung, Wang & Isola 2024, The Platonic Representation Hypothesis, and its code",
            link: "https://arxiv.org/abs/2405.07987",
        }],
        examples: &[
            Example { spec: "lcs-knn", what: "10 neighbours by cosine" },
            Example { spec: "lcs-knn:centre=true,k=3", what: "cosines of centred rows" },
            Example { spec: "lcs-knn:neighbours=euclidean", what: "by distance" },
            Example {
                spec: "lcs-knn:neighbours=inner-product",
                what: "by inner product of the rows as they are",
            },
            Example {
                spec: "lcs-knn:clip=0.95,neighbours=inner-product,normalise=true",
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
        let k = lists.k() as f64;
        lists.mean(|_, x, y| longest_common(x, y) as f64 / k)
    }
}

/// As no row occurs twice in a list: the longest increasing sequence of places in the second one.
fn longest_common(x: &[u32], y: &[u32]) -> usize {
    // ends[l]: the least place at which a sequence of length l + 1 ends.
    let mut ends: Vec<usize> = Vec::with_capacity(x.len());
    for place in places(x, y).flatten() {
        let length = ends.partition_point(|&end| end < place);
        match ends.get_mut(length) {
            Some(end) => *end = place,
            None => ends.push(place),
        }
    }
    ends.len()
}
