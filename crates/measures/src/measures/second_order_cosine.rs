#![doc = include_str!("../../docs/second-order-cosine.md")]

use std::sync::Arc;

use consilience_statistics::{PairTable, RowPair, RowSet};
use serde::{Deserialize, Serialize};

use crate::neighbourhood::{
    CENTRE, CLIP, K, NEIGHBOURS, NORMALISE, OF_POSITIONS, OF_TIES, Prepared,
};
use crate::{
    Comparison, Example, Family, Info, Invariance, Measure, Naming, Neighbourhood, Orientation,
    Parameter, Reference, Result, SideName, Symmetry, WholeRows,
};

/// What the vectors hold of which the cosine is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Of {
    /// Cosines of the stimulus with its neighbours.
    #[default]
    Similarities,
    /// One less those cosines.
    Distances,
}

/// Cosine of the similarities that a stimulus has to its neighbours in the two representations.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct SecondOrderCosine {
    /// What the vectors hold.
    pub of: Of,
    /// Which stimuli are neighbours.
    #[serde(flatten)]
    pub neighbourhood: Neighbourhood,
}

impl Measure for SecondOrderCosine {
    const INFO: &'static Info = &Info {
        id: "second-order-cosine",
        title: "Second-order cosine similarity",
        summary: "How alike, up to a factor, the similarities of a stimulus to its nearest neighbours are in the two representations.",
        definition: r"For each stimulus $i$ with $U_i = N_x(i) \cup N_y(i)$, the neighbours in either representation: the cosine of the vectors $(\cos(x_i, x_j))_{j \in U_i}$ and $(\cos(y_i, y_j))_{j \in U_i}$. The score is the mean over $i$. With of=distances the vectors hold $1 - \cos$. A stimulus of which a vector is all zeros counts 0.",
        family: Family::Neighbours,
        orientation: Orientation::Score,
        range: (-1.0, 1.0),
        identity_tolerance: 1e-12,
        complexity: "O(n² (p + q)) for the lists, once a representation; then O(n k log k), or O(n k (p + q)) beyond the size of the table of all cosines that is held",
        caveats: &[
            "The vectors are not centred: where all cosines are positive the score is near 1 for any two representations. Read it beside its chance level.",
            "Schumacher et al. compare cosine similarities; ReSi compares cosine distances under the same name (of=distances).",
            "Which stimuli are neighbours follows the parameter neighbours; the similarities that are compared are cosines always.",
            OF_TIES,
            OF_POSITIONS,
        ],
        parameters: &[
            Parameter {
                name: "of",
                default: "similarities",
                range: "similarities, distances",
                purpose: "what the vectors hold: cosines, or one less cosines",
            },
            K,
            NEIGHBOURS,
            CLIP,
            CENTRE,
            NORMALISE,
        ],
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
            Example { spec: "second-order-cosine", what: "10 neighbours by cosine" },
            Example { spec: "second-order-cosine:of=distances", what: "as in ReSi" },
            Example {
                spec: "second-order-cosine:centre=true,k=3",
                what: "cosines of centred rows",
            },
            Example { spec: "second-order-cosine:neighbours=euclidean", what: "by distance" },
            Example {
                spec: "second-order-cosine:neighbours=inner-product",
                what: "by inner product of the rows as they are",
            },
            Example {
                spec: "second-order-cosine:clip=0.95,neighbours=inner-product,normalise=true",
                what: "the published pipeline",
            },
        ],
        revision: 1,
    };
    type Statistic = WholeRows;

    fn validate(&self) -> std::result::Result<(), String> {
        self.neighbourhood.validate()
    }

    fn symmetry(&self) -> Symmetry {
        Symmetry::Symmetric
    }

    fn invariances(&self, _: SideName) -> &'static [Invariance] {
        self.neighbourhood.invariances_of_products()
    }

    fn naming(&self) -> Naming {
        Naming { aggregation: "mean over stimuli".into(), ..Naming::usual(self) }
    }

    fn compare(&self, rows: &RowPair<'_>) -> Result<Comparison> {
        let lists = self.neighbourhood.lists(Self::INFO.id, rows)?;
        let x = Cosines::of(self.neighbourhood.prepared(rows.x));
        let y = Cosines::of(self.neighbourhood.prepared(rows.y));
        let value = |cosine: f64| match self.of {
            Of::Similarities => cosine,
            Of::Distances => 1.0 - cosine,
        };
        lists.mean(|i, of_x, of_y| {
            let mut union = [of_x, of_y].concat();
            union.sort_unstable();
            union.dedup();
            let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
            for j in union.into_iter().map(|j| j as usize) {
                let a = value(x.get(i, j));
                let b = value(y.get(rows.partner(i), rows.partner(j)));
                xx += a * a;
                yy += b * b;
                xy += a * b;
            }
            let lengths = (xx * yy).sqrt();
            if lengths > 0.0 { (xy / lengths).clamp(-1.0, 1.0) } else { 0.0 }
        })
    }
}

/// Cosines of the rows of one side: from a table of all products, if that is small enough to be held.
struct Cosines<'a> {
    rows: Prepared<'a>,
    norms: Arc<Vec<f64>>,
    table: Option<Arc<PairTable>>,
}

impl<'a> Cosines<'a> {
    fn of(rows: Prepared<'a>) -> Self {
        let table = rows
            .may_hold_pairs()
            .then(|| rows.remember("table of products", RowSet::product_table));
        Self { norms: rows.squared_norms(), table, rows }
    }

    fn get(&self, i: usize, j: usize) -> f64 {
        let lengths = (self.norms[i] * self.norms[j]).sqrt();
        let product = self.table.as_ref().map_or_else(|| self.rows.product(i, j), |t| t.get(i, j));
        if lengths > 0.0 { (product / lengths).clamp(-1.0, 1.0) } else { 0.0 }
    }
}
