#![doc = include_str!("../../docs/cknna.md")]

use consilience_statistics::RowPair;
use serde::{Deserialize, Serialize};

use crate::neighbourhood::{
    CENTRE, CLIP, K, NEIGHBOURS, NORMALISE, OF_POSITIONS, OF_TIES, masked_alignment,
};
use crate::{
    Comparison, Direction, Error, Example, Family, Info, Invariance, Measure, Naming,
    Neighbourhood, Orientation, Parameter, Reference, Result, SideName, Symmetry, WholeRows,
};

/// Alignment of the kernels of nearest neighbours, masks by row as published.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Cknna {
    /// Which of the two representations comes first in the definition.
    pub direction: Direction,
    /// Which stimuli are neighbours.
    #[serde(flatten)]
    pub neighbourhood: Neighbourhood,
}

impl Measure for Cknna {
    const INFO: &'static Info = &Info {
        id: "cknna",
        title: "CKNNA",
        summary: "How alike the similarities of stimuli to those neighbours are that they have in both representations.",
        definition: r"$H(x,y) / \sqrt{H(x,x) H(y,y)}$, where $H(x,y)$ is the unbiased criterion of Song et al. of $M \circ K$ and $M \circ L$: $K$ and $L$ hold the cosines (or inner products, unless neighbours are by cosine) of the stimuli, and $M_{ij} = 1$ where $j$ is among the $k$ nearest neighbours of $i$ both in $x$ and in $y$, else 0. $H(A,B)$ is $\operatorname{tr}(AB) + \frac{\mathbf 1^\top A \mathbf 1 \, \mathbf 1^\top B \mathbf 1}{(n-1)(n-2)} - \frac{2}{n-2} \mathbf 1^\top A B \mathbf 1$ up to a factor, of which the last term depends on the order of $A$ and $B$ as they are not symmetric. That is the direction $x$ to $y$; both average the two.",
        family: Family::Neighbours,
        orientation: Orientation::Score,
        range: (-1.0, 1.0),
        identity_tolerance: 1e-12,
        complexity: "O(n² (p + q)) for the lists, once a representation; then O(n k log k)",
        caveats: &[
            "Masks are by row: j may be a neighbour of i and not i of j, so the masked kernels are not symmetric, the criterion is not one of kernels, and exchanging x and y changes it. symmetric-cknna keeps a pair if either is a neighbour of the other.",
            "The published code adds 1e-6 to the denominator, which shows where kernels are small; nothing is added here. There rows are normalised first, so that inner products are cosines; here that is the default.",
            "Not bounded by 1 as the alignment of whole kernels is. A value beyond it is an error here: it comes of k that is large for n, or of neighbours that are hardly ever mutual.",
            OF_TIES,
            OF_POSITIONS,
        ],
        parameters: &[
            Parameter {
                name: "direction",
                default: "both",
                range: "x-to-y, y-to-x, both",
                purpose: "x-to-y as published for (x, y)",
            },
            K,
            NEIGHBOURS,
            CLIP,
            CENTRE,
            NORMALISE,
        ],
        references: &[
            Reference {
                citation: "Huh, Cheung, Wang & Isola 2024, The Platonic Representation Hypothesis, and its code",
                link: "https://arxiv.org/abs/2405.07987",
            },
            Reference {
                citation: "Song, Smola, Gretton, Bedo & Borgwardt 2012, Feature Selection via Dependence Maximization, equation 5",
                link: "https://www.jmlr.org/papers/v13/song12a.html",
            },
        ],
        examples: &[
            Example { spec: "cknna", what: "10 neighbours by cosine" },
            Example { spec: "cknna:centre=true,k=3", what: "cosines of centred rows" },
            Example { spec: "cknna:neighbours=euclidean", what: "by distance" },
            Example {
                spec: "cknna:neighbours=inner-product",
                what: "by inner product of the rows as they are",
            },
            Example {
                spec: "cknna:clip=0.95,neighbours=inner-product,normalise=true",
                what: "the published pipeline",
            },
            Example { spec: "cknna:direction=x-to-y,k=3", what: "one direction" },
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
        self.neighbourhood.invariances_of_products()
    }

    fn naming(&self) -> Naming {
        Naming { estimator: "unbiased criteria (Song), masked".into(), ..Naming::usual(self) }
    }

    fn compare(&self, rows: &RowPair<'_>) -> Result<Comparison> {
        if rows.n_rows() < 4 {
            let (found, expected) = (rows.n_rows(), 4);
            return Err(Error::TooFewSamples { id: Self::INFO.id, found, expected });
        }
        self.direction.average(|forward| {
            let rows = if forward { rows } else { &rows.swapped() };
            let lists = self.neighbourhood.lists(Self::INFO.id, rows)?;
            let [x, y] = lists.sides();
            let x = self.neighbourhood.masked(rows.x, x, false);
            let y = lists.in_rows_of_x(&self.neighbourhood.masked(rows.y, y, false));
            let score = masked_alignment(&x, &y)
                .map_err(|reason| Error::Undefined { id: Self::INFO.id, reason })?;
            Ok(lists.comparison(score))
        })
    }
}
