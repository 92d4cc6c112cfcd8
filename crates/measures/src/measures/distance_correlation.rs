#![doc = include_str!("../../docs/distance-correlation.md")]

use std::sync::Arc;

use consilience_statistics::{Preparation, RowPair, RowSet};
use serde::{Deserialize, Serialize};

use crate::{
    Comparison, Error, Example, Family, Info, Invariance, Measure, Orientation, Reference, Result,
    SideName, Symmetry, WholeRows,
};

/// Distance correlation of the rows.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DistanceCorrelation {}

impl Measure for DistanceCorrelation {
    const INFO: &'static Info = &Info {
        id: "distance-correlation",
        title: "Distance correlation",
        summary: "How alike the distances among stimuli are in the two representations, any dependence counted.",
        definition: r"With $a_{ij} = \lVert x_i - x_j\rVert$, $b_{ij} = \lVert y_i - y_j\rVert$ and $A$, $B$ the same less their row and column means plus their mean, $V^2(x,y) = \frac{1}{n^2} \sum_{ij} A_{ij} B_{ij}$ and the score is $\sqrt{V^2(x,y) / \sqrt{V^2(x,x) V^2(y,y)}}$. Distances are visited in bands: $n^2 V^2 = \sum_{ij} a_{ij} b_{ij} + \frac{1}{n^2} a_{\cdot\cdot} b_{\cdot\cdot} - \frac{2}{n} \sum_i a_{i\cdot} b_{i\cdot}$.",
        family: Family::Kernel,
        orientation: Orientation::Score,
        range: (0.0, 1.0),
        identity_tolerance: 1e-9,
        complexity: "O(n² (p + q)); memory of a band of 256 rows a thread",
        caveats: &[
            "The biased estimator, as in the paper's definition 5: it is above 0 for independent representations, the more so the more units there are. Read it beside its chance level.",
            "Some packages return the square of it.",
        ],
        parameters: &[],
        references: &[Reference {
            citation: "Székely, Rizzo & Bakirov 2007, Measuring and testing dependence by correlation of distances, definitions 4 and 5",
            link: "https://doi.org/10.1214/009053607000000505",
        }],
        examples: &[Example {
            spec: "distance-correlation",
            what: "all stimuli, Euclidean distances",
        }],
        revision: 1,
    };
    type Statistic = WholeRows;

    fn symmetry(&self) -> Symmetry {
        Symmetry::Symmetric
    }

    fn invariances(&self, _: SideName) -> &'static [Invariance] {
        use Invariance::{IsotropicScale, Orthogonal, Permutation, Shift};
        &[Permutation, Shift, IsotropicScale, Orthogonal]
    }

    fn compare(&self, rows: &RowPair<'_>) -> Result<Comparison> {
        let (x, y) = (centred(rows.x), centred(rows.y));
        let (own_x, own_y) = (distances(&x), distances(&y));
        let n = x.n_rows() as f64;
        let sums = (0..x.n_rows()).map(|i| own_x.sums[i] * own_y.sums[rows.partner(i)]);
        let totals = own_x.total() * own_y.total();
        let between =
            products(&x, &rows.aligned(&y)) + totals / (n * n) - 2.0 / n * sums.sum::<f64>();
        let (xx, yy) = (own_x.variance(n), own_y.variance(n));
        if xx <= 0.0 || yy <= 0.0 {
            let reason = "all stimuli are equally far from one another, or the same".to_owned();
            return Err(Error::Undefined { id: Self::INFO.id, reason });
        }
        let ratio = between.max(0.0) / (xx.sqrt() * yy.sqrt());
        Ok(Comparison::of_score(ratio.sqrt().min(1.0)))
    }
}

fn centred(rows: &RowSet) -> Arc<RowSet> {
    rows.prepared(&Preparation::centred())
}

/// What one side's distances add up to.
struct Distances {
    /// Sum over each row.
    sums: Vec<f64>,
    /// Sum of all squares.
    squares: f64,
}

impl Distances {
    fn total(&self) -> f64 {
        self.sums.iter().sum()
    }

    /// Distance variance, times n².
    fn variance(&self, n: f64) -> f64 {
        let rows: f64 = self.sums.iter().map(|s| s * s).sum();
        self.squares + self.total() * self.total() / (n * n) - 2.0 / n * rows
    }
}

fn distances(rows: &RowSet) -> Arc<Distances> {
    rows.remember("sums of distances", |rows| {
        let bands = rows.map_bands(|band| {
            let squared = rows.squared_distances(band, 0..rows.n_rows());
            let columns = (0..squared.ncols()).map(|j| squared.col_as_slice(j));
            let sums =
                |column: &[f64]| column.iter().fold((0.0, 0.0), |(a, b), d| (a + d.sqrt(), b + d));
            columns.map(sums).collect::<Vec<(f64, f64)>>()
        });
        let each: Vec<(f64, f64)> = bands.into_iter().flatten().collect();
        let squares = each.iter().map(|s| s.1).sum();
        Distances { sums: each.into_iter().map(|s| s.0).collect(), squares }
    })
}

/// Σ a b over all pairs of rows: the pairs below the diagonal, twice.
fn products(x: &RowSet, y: &RowSet) -> f64 {
    let bands = x.map_bands(|band| {
        let columns = band.start..x.n_rows();
        let a = x.squared_distances(band.clone(), columns.clone());
        let b = y.squared_distances(band, columns);
        let mut sum = 0.0;
        for j in 0..a.ncols() {
            let below = a.col_as_slice(j)[j..].iter().zip(&b.col_as_slice(j)[j..]);
            sum += below.map(|(a, b)| (a * b).sqrt()).sum::<f64>();
        }
        sum
    });
    2.0 * bands.iter().sum::<f64>()
}
