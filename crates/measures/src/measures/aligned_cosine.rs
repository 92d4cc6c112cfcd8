#![doc = include_str!("../../docs/aligned-cosine.md")]

use std::sync::Arc;

use consilience_linalg::matmul;
use consilience_statistics::{Preparation, RowPair, RowSet};
use serde::{Deserialize, Serialize};

use crate::alignment::rotation;
use crate::caveats::undefined;
use crate::{
    Comparison, Example, Family, Info, Invariance, Measure, Naming, Orientation, Parameter,
    Reference, Result, SideName, Symmetry, Warning, WholeRows,
};

/// Mean cosine of the two rows of a stimulus after the best rotation.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlignedCosine {
    /// Whether the mean of each unit is subtracted first.
    pub centre: bool,
}

impl Measure for AlignedCosine {
    const INFO: &'static Info = &Info {
        id: "aligned-cosine",
        title: "Aligned cosine similarity",
        summary: "How alike the directions of the two patterns of a stimulus are, once one representation is turned (or reflected) onto the other.",
        definition: r"With $X^\top Y = U \Sigma V^\top$ and $Q = U V^\top$, the orthogonal map of least squares, the score is $\frac{1}{n} \sum_i \langle x_i Q, y_i\rangle / (\lVert x_i\rVert \, \lVert y_i\rVert)$. Singular values below $10^{-10}$ of the largest, or 8 roundings of f32 activations, are left out of $Q$, and those beyond the number of stimuli: what the data does not determine adds nothing. Unequal widths: the narrower side gets zero units, which changes neither products nor lengths. A stimulus whose pattern is all zeros on either side takes no part.",
        family: Family::Shape,
        orientation: Orientation::Score,
        range: (-1.0, 1.0),
        identity_tolerance: 1e-9,
        complexity: "O(n p q) and O(p q min(p, q)) for the singular value decomposition",
        caveats: &[
            "Not centred by default, as in the source and in ReSi: where units are mostly positive, patterns point the same way before anything is aligned, and the score is high for any two representations. Read it beside its chance level, or use centre=true.",
            "The rotation minimises squared error over all stimuli, so that patterns of great length decide about it; in the score each stimulus counts the same.",
            "In sample: with few stimuli for the number of units any two representations can be turned onto each other.",
        ],
        parameters: &[Parameter {
            name: "centre",
            default: "false",
            range: "true, false",
            purpose: "the mean of each unit is subtracted first (llm_repsim: true; ReSi: false)",
        }],
        references: &[
            Reference {
                citation: "Hamilton, Leskovec & Jurafsky 2016, Diachronic Word Embeddings Reveal Statistical Laws of Semantic Change, section 2.3",
                link: "https://arxiv.org/abs/1605.09096",
            },
            Reference {
                citation: "Klabunde, Schumacher, Strohmaier & Lemmerich 2023, Similarity of Neural Network Models: A Survey of Functional and Representational Measures",
                link: "https://arxiv.org/abs/2305.06329",
            },
        ],
        examples: &[
            Example { spec: "aligned-cosine", what: "patterns as they are" },
            Example { spec: "aligned-cosine:centre=true", what: "patterns about their mean" },
        ],
        revision: 1,
    };
    type Statistic = WholeRows;

    fn symmetry(&self) -> Symmetry {
        Symmetry::Symmetric
    }

    fn invariances(&self, _: SideName) -> &'static [Invariance] {
        use Invariance::{IsotropicScale, Orthogonal, Permutation, Shift};
        if self.centre {
            &[Permutation, Shift, IsotropicScale, Orthogonal]
        } else {
            &[Permutation, IsotropicScale, Orthogonal]
        }
    }

    fn naming(&self) -> Naming {
        Naming { aggregation: "mean over stimuli".into(), ..Naming::usual(self) }
    }

    fn compare(&self, rows: &RowPair<'_>) -> Result<Comparison> {
        let id = Self::INFO.id;
        let steps = Preparation { centre: self.centre, ..Preparation::default() };
        let [x, y] = [rows.x, rows.y].map(|side| side.prepared(&steps));
        for side in [&x, &y] {
            if !side.products_within_range() {
                return Err(undefined(id, crate::out_of_range(side)));
            }
        }
        let silent = [silent(&x), silent(&y)];
        let y = rows.aligned(&y);
        let epsilon = x.epsilon().max(y.epsilon());
        let dimensions = x.n_rows() - usize::from(self.centre);
        let rotation = rotation(x.products_of_units(&y).as_ref(), epsilon, dimensions)?;
        let (x_norms, y_norms) = (x.squared_norms(), y.squared_norms());
        let bands = x.map_bands(|band| {
            let turned = matmul(x.in_f64(band.clone()).view(), rotation.as_ref());
            let partners = y.in_f64(band.clone());
            let (mut sum, mut count) = (0.0, 0_usize);
            for (row, i) in band.enumerate() {
                let lengths = (x_norms[i] * y_norms[i]).sqrt();
                if lengths > 0.0 {
                    let pattern = turned.row(row).iter().zip(partners.view().row(row).iter());
                    let product: f64 = pattern.map(|(a, b)| a * b).sum();
                    sum += (product / lengths).clamp(-1.0, 1.0);
                    count += 1;
                }
            }
            (sum, count)
        });
        let (sum, count) = bands.iter().fold((0.0, 0), |(s, n), band| (s + band.0, n + band.1));
        if count == 0 {
            let reason = "no stimulus has a direction in both representations".to_owned();
            return Err(undefined(id, reason));
        }
        let mut comparison = Comparison::of_score(sum / count as f64);
        for (side, stimuli) in ["x", "y"].into_iter().zip(silent).filter(|(_, n)| *n > 0) {
            let (side, of) = (side.to_owned(), x.n_rows());
            comparison.warnings.push(Warning::WithoutDirection { side, stimuli, of });
        }
        Ok(comparison)
    }
}

/// Number of rows of zeros.
fn silent(rows: &Arc<RowSet>) -> usize {
    rows.squared_norms().iter().filter(|norm| **norm == 0.0).count()
}
