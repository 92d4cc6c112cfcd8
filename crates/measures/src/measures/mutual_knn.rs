#![doc = include_str!("../../docs/mutual-knn.md")]

use consilience_statistics::RowPair;
use serde::{Deserialize, Serialize};

use crate::neighbourhood::{OF_POSITIONS, OF_TIES, PARAMETERS, common};
use crate::{
    Comparison, Example, Family, Info, Invariance, Measure, Naming, Neighbourhood, Orientation,
    Reference, Result, SideName, Symmetry, WholeRows,
};

/// Share of the nearest neighbours that the two representations have in common.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct MutualKnn(pub Neighbourhood);

impl Measure for MutualKnn {
    const INFO: &'static Info = &Info {
        id: "mutual-knn",
        title: "Mutual k-nearest neighbours",
        summary: "What share of the nearest neighbours of a stimulus are its neighbours in the other representation too.",
        definition: r"With $N_x(i)$ the $k$ stimuli nearest to $i$ in $x$, $i$ itself left out, the score is $\frac{1}{n} \sum_i |N_x(i) \cap N_y(i)| / k$. For unrelated representations its expectation is $k / (n - 1)$, exactly so over all shuffles of the stimuli.",
        family: Family::Neighbours,
        orientation: Orientation::Score,
        range: (0.0, 1.0),
        identity_tolerance: 1e-12,
        complexity: "O(n² (p + q)) for the lists, once a representation; then O(n k log k)",
        caveats: &[
            "Its chance level is k / (n − 1), and its value falls as stimuli are added: compare scores of one n and one k.",
            "Also called overlap. ReSi and others divide by the union instead: jaccard-knn.",
            "The published pipeline clips values at a quantile, normalises rows and then takes inner products: clip=0.95,neighbours=inner-product,normalise=true (there the quantile is over all layers of a network at once, here over the rows of one representation). Its score of two networks is the maximum over all pairs of their layers, which grows with their number; here a score is of one pair.",
            OF_TIES,
            OF_POSITIONS,
        ],
        parameters: PARAMETERS,
        references: &[
            Reference {
                citation: "Huh, Cheung, Wang & Isola 2024, The Platonic Representation Hypothesis, and its code",
                link: "https://arxiv.org/abs/2405.07987",
            },
            Reference {
                citation: "Klabunde, Schumacher, Strohmaier & Lemmerich 2023, Similarity of Neural Network Models: A Survey of Functional and Representational Measures",
                link: "https://arxiv.org/abs/2305.06329",
            },
        ],
        examples: &[
            Example { spec: "mutual-knn", what: "10 neighbours by cosine" },
            Example { spec: "mutual-knn:centre=true,k=3", what: "cosines of centred rows" },
            Example { spec: "mutual-knn:neighbours=euclidean", what: "by distance" },
            Example {
                spec: "mutual-knn:neighbours=inner-product",
                what: "by inner product of the rows as they are",
            },
            Example {
                spec: "mutual-knn:clip=0.95,neighbours=inner-product,normalise=true",
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
        // Of the n − 1 others any is as likely as any other to be one of the k.
        (self.0.k < rows.n_rows()).then(|| self.0.k as f64 / (rows.n_rows() as f64 - 1.0))
    }

    fn compare(&self, rows: &RowPair<'_>) -> Result<Comparison> {
        let lists = self.0.lists(Self::INFO.id, rows)?;
        let k = lists.k() as f64;
        lists.mean(|_, x, y| common(x, y) as f64 / k)
    }
}
