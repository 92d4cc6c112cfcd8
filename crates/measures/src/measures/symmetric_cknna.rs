#![doc = include_str!("../../docs/symmetric-cknna.md")]

use consilience_statistics::RowPair;
use serde::{Deserialize, Serialize};

use crate::neighbourhood::{OF_POSITIONS, OF_TIES, PARAMETERS, masked_alignment};
use crate::{
    Comparison, Error, Example, Family, Info, Invariance, Measure, Naming, Neighbourhood,
    Orientation, Reference, Result, SideName, Symmetry, WholeRows,
};

/// Alignment of the kernels of nearest neighbours, masks made symmetric.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct SymmetricCknna(pub Neighbourhood);

impl Measure for SymmetricCknna {
    const INFO: &'static Info = &Info {
        id: "symmetric-cknna",
        title: "CKNNA with symmetric masks",
        summary: "How alike the similarities are of stimuli that are neighbours, one of the other, in both representations.",
        definition: r"As cknna, but with $M_{ij} = 1$ where $j$ is among the $k$ nearest neighbours of $i$ or $i$ among those of $j$, in $x$ and likewise in $y$: the masked kernels are symmetric, and so is the score.",
        family: Family::Neighbours,
        orientation: Orientation::Score,
        range: (-1.0, 1.0),
        identity_tolerance: 1e-12,
        complexity: "O(n² (p + q)) for the lists, once a representation; then O(n k log k)",
        caveats: &[
            "Our choice among the ways to make the masks symmetric: a pair stays if either is a neighbour of the other, so that every stimulus keeps at least k neighbours in each mask. No package computes it under that name.",
            "Not bounded by 1 as the alignment of whole kernels is. A value beyond it is an error here: it comes of k that is large for n.",
            OF_TIES,
            OF_POSITIONS,
        ],
        parameters: PARAMETERS,
        references: &[Reference {
            citation: "Huh, Cheung, Wang & Isola 2024, The Platonic Representation Hypothesis, and its code",
            link: "https://arxiv.org/abs/2405.07987",
        }],
        examples: &[
            Example { spec: "symmetric-cknna", what: "10 neighbours by cosine" },
            Example { spec: "symmetric-cknna:centre=true,k=3", what: "cosines of centred rows" },
            Example { spec: "symmetric-cknna:neighbours=euclidean", what: "by distance" },
            Example {
                spec: "symmetric-cknna:neighbours=inner-product",
                what: "by inner product of the rows as they are",
            },
            Example {
                spec: "symmetric-cknna:clip=0.95,neighbours=inner-product,normalise=true",
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
        self.0.invariances_of_products()
    }

    fn naming(&self) -> Naming {
        Naming { estimator: "unbiased criteria (Song), masked".into(), ..Naming::usual(self) }
    }

    fn compare(&self, rows: &RowPair<'_>) -> Result<Comparison> {
        if rows.n_rows() < 4 {
            let (found, expected) = (rows.n_rows(), 4);
            return Err(Error::TooFewSamples { id: Self::INFO.id, found, expected });
        }
        let lists = self.0.lists(Self::INFO.id, rows)?;
        let [x, y] = lists.sides();
        let x = self.0.masked(rows.x, x, true);
        let y = lists.in_rows_of_x(&self.0.masked(rows.y, y, true));
        let score = masked_alignment(&x, &y)
            .map_err(|reason| Error::Undefined { id: Self::INFO.id, reason })?;
        Ok(lists.comparison(score))
    }
}
