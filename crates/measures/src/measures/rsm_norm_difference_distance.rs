#![doc = include_str!("../../docs/rsm-norm-difference-distance.md")]

use std::sync::Arc;

use consilience_linalg::{Mat, eigenvalues_symmetric};
use consilience_statistics::{Preparation, RowPair, RowSet};
use serde::{Deserialize, Serialize};

use crate::caveats::undefined;
use crate::{
    Comparison, Error, Example, Family, Info, Invariance, Measure, Orientation, Parameter,
    Reference, Result, SideName, Symmetry, WholeRows,
};

/// The norm by which two tables of distances are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TableNorm {
    /// Euclidean, over pairs of stimuli, each once.
    #[default]
    Pairs,
    /// Euclidean, over all entries of the table.
    Frobenius,
    /// The greatest absolute eigenvalue.
    Spectral,
}

/// Norm of the difference of two tables of Euclidean distances among the stimuli.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RsmNormDifferenceDistance {
    /// The norm.
    pub norm: TableNorm,
}

impl Measure for RsmNormDifferenceDistance {
    const INFO: &'static Info = &Info {
        id: "rsm-norm-difference-distance",
        title: "Norm of the difference of similarity matrices",
        summary: "How far the distances among stimuli in one representation are from those in the other, in the units of the activations.",
        definition: r"With $D_{ij} = \lVert x_i - x_j\rVert - \lVert y_i - y_j\rVert$: $(\sum_{i<j} D_{ij}^2)^{1/2}$. With norm=frobenius the sum is over all $i$, $j$, which is $\sqrt 2$ times as much; with norm=spectral it is $\max_k \lvert\lambda_k(D)\rvert$, the greatest absolute eigenvalue. A metric.",
        family: Family::Rsa,
        orientation: Orientation::Distance,
        range: (0.0, f64::INFINITY),
        identity_tolerance: 1e-12,
        complexity: "O(n² (p + q)); memory of a band of 256 rows a thread. norm=spectral: O(n³) on one thread, and n² values",
        caveats: &[
            "Grows with the size of the activations and, by the root of the number of pairs, with the number of stimuli: compare values only between pairs of representations on one scale and on the same stimuli. `rsa:rdm=euclidean` compares the same distances up to scale.",
            "Packages differ: llm_repsim takes each pair once, which is the default here; ReSi means to, and computes the spectral norm of the whole table.",
            "Distances are those of f32 products where both sides are f32: two stimuli that are nearly the same may be apart by 1e-4 of their length.",
        ],
        parameters: &[Parameter {
            name: "norm",
            default: "pairs",
            range: "pairs, frobenius, spectral",
            purpose: "Euclidean norm with each pair of stimuli once, which counts each distance once; of all entries of the table; or the spectral norm",
        }],
        references: &[
            Reference {
                citation: "Yin & Shen 2018, On the Dimensionality of Word Embedding (norm of the difference of two matrices of inner products)",
                link: "https://arxiv.org/abs/1812.04224",
            },
            Reference {
                citation: "Klabunde, Schumacher, Strohmaier & Lemmerich 2023, Similarity of Neural Network Models: A Survey of Functional and Representational Measures",
                link: "https://arxiv.org/abs/2305.06329",
            },
        ],
        examples: &[
            Example { spec: "rsm-norm-difference-distance", what: "each pair of stimuli once" },
            Example {
                spec: "rsm-norm-difference-distance:norm=frobenius",
                what: "Frobenius norm of the table",
            },
            Example { spec: "rsm-norm-difference-distance:norm=spectral", what: "as in ReSi" },
        ],
        revision: 1,
    };
    type Statistic = WholeRows;

    fn symmetry(&self) -> Symmetry {
        Symmetry::Symmetric
    }

    fn invariances(&self, _: SideName) -> &'static [Invariance] {
        use Invariance::{Orthogonal, Permutation, Shift};
        &[Permutation, Shift, Orthogonal]
    }

    fn is_metric(&self) -> bool {
        true
    }

    fn compare(&self, rows: &RowPair<'_>) -> Result<Comparison> {
        let id = Self::INFO.id;
        let [x, y] = [rows.x, rows.y].map(|side| side.prepared(&Preparation::centred()));
        for side in [&x, &y] {
            if !side.products_within_range() {
                return Err(undefined(id, crate::out_of_range(side)));
            }
        }
        let y = rows.aligned(&y);
        let score = match self.norm {
            TableNorm::Pairs => squares_below(&x, &y).sqrt(),
            TableNorm::Frobenius => (2.0 * squares_below(&x, &y)).sqrt(),
            TableNorm::Spectral => spectral_norm(&x, &y)?,
        };
        Ok(Comparison::of_score(score))
    }
}

/// Σ D² over the pairs of two rows.
fn squares_below(x: &RowSet, y: &RowSet) -> f64 {
    let bands = x.map_bands(|band| {
        let columns = band.start..x.n_rows();
        let a = x.squared_distances(band.clone(), columns.clone());
        let b = y.squared_distances(band, columns);
        let mut sum = 0.0;
        for j in 0..a.ncols() {
            let below = a.col_as_slice(j)[j..].iter().zip(&b.col_as_slice(j)[j..]);
            sum += below.map(|(a, b)| (a.sqrt() - b.sqrt()).powi(2)).sum::<f64>();
        }
        sum
    });
    bands.iter().sum()
}

fn spectral_norm(x: &Arc<RowSet>, y: &RowSet) -> Result<f64> {
    let (id, found) = (RsmNormDifferenceDistance::INFO.id, x.n_rows());
    let most = x.most_remembered::<f64>().isqrt();
    if found > most {
        return Err(Error::TooManyRows { id, found, most });
    }
    let bands = x.map_bands(|band| {
        let columns = band.start..found;
        let a = x.squared_distances(band.clone(), columns.clone());
        let b = y.squared_distances(band, columns);
        Mat::from_fn(a.nrows(), a.ncols(), |i, j| a[(i, j)].sqrt() - b[(i, j)].sqrt())
    });
    let mut table = Mat::zeros(found, found);
    let mut start = 0;
    for band in bands {
        let width = band.ncols();
        table.as_mut().submatrix_mut(start, start, found - start, width).copy_from(&band);
        start += width;
    }
    // The lower triangle is all that is read.
    let values = eigenvalues_symmetric(table.as_ref())?;
    Ok(values.iter().fold(0.0, |greatest, value| value.abs().max(greatest)))
}
