#![doc = include_str!("../../docs/edit-knn.md")]

use consilience_statistics::RowPair;
use serde::{Deserialize, Serialize};

use crate::neighbourhood::{OF_POSITIONS, OF_TIES, PARAMETERS};
use crate::{
    Comparison, Example, Family, Info, Invariance, Measure, Naming, Neighbourhood, Orientation,
    Reference, Result, SideName, Symmetry, WholeRows,
};

/// Edit distance of the ordered neighbours, as a similarity.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct EditKnn(pub Neighbourhood);

impl Measure for EditKnn {
    const INFO: &'static Info = &Info {
        id: "edit-knn",
        title: "Edit similarity of neighbours",
        summary: "How few insertions, deletions and replacements turn the ordered neighbours of a stimulus in one representation into those in the other.",
        definition: r"$1 - \frac{1}{n k} \sum_i \operatorname{lev}(N_x(i), N_y(i))$, where the $k$ stimuli nearest to $i$ stand in the order of nearness and $\operatorname{lev}$ is the Levenshtein distance (each insertion, deletion and replacement costs 1).",
        family: Family::Neighbours,
        orientation: Orientation::Score,
        range: (0.0, 1.0),
        identity_tolerance: 1e-12,
        complexity: "O(n² (p + q)) for the lists, once a representation; then O(n k²)",
        caveats: &[
            "A replacement costs as much as a deletion: neighbours that moved by one place cost two edits at most, and lists without a common neighbour score 0.",
            OF_TIES,
            OF_POSITIONS,
        ],
        parameters: PARAMETERS,
        references: &[Reference {
            citation: "Huh, Cheung, Wang & Isola 2024, The Platonic Representation Hypothesis, and its code",
            link: "https://arxiv.org/abs/2405.07987",
        }],
        examples: &[
            Example { spec: "edit-knn", what: "10 neighbours by cosine" },
            Example { spec: "edit-knn:centre=true,k=3", what: "cosines of centred rows" },
            Example { spec: "edit-knn:neighbours=euclidean", what: "by distance" },
            Example {
                spec: "edit-knn:neighbours=inner-product",
                what: "by inner product of the rows as they are",
            },
            Example {
                spec: "edit-knn:clip=0.95,neighbours=inner-product,normalise=true",
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
        lists.mean(|_, x, y| 1.0 - edits(x, y) as f64 / k)
    }
}

/// Levenshtein distance.
fn edits(x: &[u32], y: &[u32]) -> usize {
    let mut row: Vec<usize> = (0..=y.len()).collect();
    for (i, a) in x.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, b) in y.iter().enumerate() {
            let replaced = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[y.len()]
}
