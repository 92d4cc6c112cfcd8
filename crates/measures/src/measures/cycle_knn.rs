#![doc = include_str!("../../docs/cycle-knn.md")]

use consilience_statistics::RowPair;
use serde::{Deserialize, Serialize};

use crate::neighbourhood::{CENTRE, CLIP, K, NEIGHBOURS, NORMALISE, OF_POSITIONS, OF_TIES};
use crate::{
    Comparison, Direction, Example, Family, Info, Invariance, Measure, Naming, Neighbourhood,
    Orientation, Parameter, Reference, Result, SideName, Symmetry, WholeRows,
};

/// Stimuli that are found again by way of neighbours in both representations.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct CycleKnn {
    /// Which of the two representations comes first in the definition.
    pub direction: Direction,
    /// Which stimuli are neighbours.
    #[serde(flatten)]
    pub neighbourhood: Neighbourhood,
}

impl Measure for CycleKnn {
    const INFO: &'static Info = &Info {
        id: "cycle-knn",
        title: "Cycle k-nearest neighbours",
        summary: "What share of the stimuli is found again among the neighbours in one representation of its neighbours in the other.",
        definition: r"The share of stimuli $i$ for which there is a $j \in N_y(i)$ with $i \in N_x(j)$; $N_x(i)$ are the $k$ stimuli nearest to $i$ in $x$, $i$ itself left out. That is the direction $x$ to $y$; the other one exchanges $x$ and $y$, and both average the two.",
        family: Family::Neighbours,
        orientation: Orientation::Score,
        range: (0.0, 1.0),
        identity_tolerance: 0.2,
        complexity: "O(n² (p + q)) for the lists, once a representation; then O(n k²)",
        caveats: &[
            "A representation need not score 1 with itself: a stimulus that is no neighbour of any of its neighbours is not found again.",
            "One way back among k² is enough: with k = 10 related representations come close to 1 soon. Read it beside its chance level.",
            OF_TIES,
            OF_POSITIONS,
        ],
        parameters: &[
            Parameter {
                name: "direction",
                default: "both",
                range: "x-to-y, y-to-x, both",
                purpose: "x-to-y: first to the neighbours in y, then to their neighbours in x, as published for (x, y)",
            },
            K,
            NEIGHBOURS,
            CLIP,
            CENTRE,
            NORMALISE,
        ],
        references: &[Reference {
            citation: "Huh, Cheung, Wang & Isola 2024, The Platonic Representation Hypothesis, and its code",
            link: "https://arxiv.org/abs/2405.07987",
        }],
        examples: &[
            Example { spec: "cycle-knn", what: "10 neighbours by cosine" },
            Example { spec: "cycle-knn:centre=true,k=3", what: "cosines of centred rows" },
            Example { spec: "cycle-knn:neighbours=euclidean", what: "by distance" },
            Example {
                spec: "cycle-knn:neighbours=inner-product",
                what: "by inner product of the rows as they are",
            },
            Example {
                spec: "cycle-knn:clip=0.95,neighbours=inner-product,normalise=true",
                what: "the published pipeline",
            },
            Example { spec: "cycle-knn:direction=x-to-y,k=3", what: "one direction" },
        ],
        revision: 1,
    };
    type Statistic = WholeRows;

    fn validate(&self) -> std::result::Result<(), String> {
        self.neighbourhood.validate()
    }

    fn symmetry(&self) -> Symmetry {
        self.direction.symmetry()
    }

    fn invariances(&self, _: SideName) -> &'static [Invariance] {
        self.neighbourhood.invariances()
    }

    fn naming(&self) -> Naming {
        Naming { aggregation: "mean over stimuli".into(), ..Naming::usual(self) }
    }

    fn compare(&self, rows: &RowPair<'_>) -> Result<Comparison> {
        self.direction.average(|forward| {
            let rows = if forward { rows } else { &rows.swapped() };
            let lists = self.neighbourhood.lists(Self::INFO.id, rows)?;
            let found =
                |i: usize, y: &[u32]| y.iter().any(|&j| lists.x(j as usize).contains(&(i as u32)));
            lists.mean(|i, _, y| f64::from(u8::from(found(i, y))))
        })
    }
}
