#![doc = include_str!("../../docs/concentricity-difference-distance.md")]

use std::sync::Arc;

use consilience_statistics::{RowPair, RowSet};
use serde::{Deserialize, Serialize};

use crate::caveats::undefined;
use crate::{
    Comparison, Example, Family, Info, Invariance, Measure, Orientation, Reference, Result,
    SideName, Symmetry, WholeRows,
};

/// A mean pattern shorter than this many roundings of the longest pattern has no direction.
const ROUNDINGS: f64 = 16.0;

/// Difference of the mean cosines of the patterns with their mean.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConcentricityDifferenceDistance {}

impl Measure for ConcentricityDifferenceDistance {
    const INFO: &'static Info = &Info {
        id: "concentricity-difference-distance",
        title: "Difference of concentricities",
        summary: "How much more closely the patterns of one representation lie about the direction of their mean than those of the other.",
        definition: r"$\lvert c(X) - c(Y)\rvert$ with $c(X) = \frac{1}{n} \sum_i \cos(x_i, \bar x)$, the mean cosine of the patterns with their mean $\bar x = \frac{1}{n} \sum_i x_i$. A pattern of zeros has no direction and counts 0. A metric between concentricities.",
        family: Family::Descriptor,
        orientation: Orientation::Distance,
        range: (0.0, 2.0),
        identity_tolerance: 1e-12,
        complexity: "O(n (p + q))",
        caveats: &[
            "One number of each representation is compared: 0 says that both are equally concentrated, not that they are alike, and a shuffle of the stimuli leaves it as it is.",
            "It speaks of the mean: a unit that is always active raises it. Undefined for centred representations, whose mean has no direction.",
            "Constant units are part of every pattern: if they are left out, their part is.",
        ],
        parameters: &[],
        references: &[
            Reference {
                citation: "Wang et al. 2022, Towards Understanding the Instability of Network Embedding (concentricity of embeddings)",
                link: "https://scholar.xjtu.edu.cn/en/publications/towards-understanding-the-instability-of-network-embedding/",
            },
            Reference {
                citation: "Klabunde, Schumacher, Strohmaier & Lemmerich 2023, Similarity of Neural Network Models: A Survey of Functional and Representational Measures",
                link: "https://arxiv.org/abs/2305.06329",
            },
        ],
        examples: &[Example { spec: "concentricity-difference-distance", what: "all stimuli" }],
        revision: 1,
    };
    type Statistic = WholeRows;

    fn symmetry(&self) -> Symmetry {
        Symmetry::Symmetric
    }

    fn invariances(&self, _: SideName) -> &'static [Invariance] {
        use Invariance::{IsotropicScale, Orthogonal, Permutation};
        &[Permutation, IsotropicScale, Orthogonal]
    }

    fn is_metric(&self) -> bool {
        true
    }

    fn compare(&self, rows: &RowPair<'_>) -> Result<Comparison> {
        Ok(Comparison::of_score((concentricity(rows.x)? - concentricity(rows.y)?).abs()))
    }
}

/// Mean cosine of the rows with their mean, remembered.
fn concentricity(rows: &RowSet) -> Result<f64> {
    let id = ConcentricityDifferenceDistance::INFO.id;
    let found: Arc<std::result::Result<f64, String>> = rows.remember("concentricity", mean_cosine);
    found.as_ref().clone().map_err(|reason| undefined(id, reason))
}

fn mean_cosine(rows: &RowSet) -> std::result::Result<f64, String> {
    if !rows.products_within_range() {
        return Err(crate::out_of_range(rows));
    }
    let n = rows.n_rows() as f64;
    let sums = rows.map_bands(|band| {
        let mut sum = vec![0.0; rows.n_units()];
        for row in rows.in_f64(band).values.chunks_exact(rows.n_units()) {
            sum.iter_mut().zip(row).for_each(|(s, v)| *s += v / n);
        }
        sum
    });
    let mut mean = vec![0.0; rows.n_units()];
    for band in sums {
        mean.iter_mut().zip(band).for_each(|(m, s)| *m += s);
    }
    let norms = rows.squared_norms();
    let longest = norms.iter().copied().fold(0.0, f64::max).sqrt();
    let length = mean.iter().map(|m| m * m).sum::<f64>().sqrt();
    if length <= ROUNDINGS * rows.epsilon() * longest {
        return Err(format!(
            "the mean pattern of {} is 0 and has no direction; give activations that are not centred",
            rows.name()
        ));
    }
    let cosines = rows.map_bands(|band| {
        let wide = rows.in_f64(band.clone());
        let patterns = wide.values.chunks_exact(rows.n_units()).zip(&norms[band]);
        let cosine = |(row, norm): (&[f64], &f64)| {
            let product: f64 = row.iter().zip(&mean).map(|(v, m)| v * m).sum();
            if *norm > 0.0 { (product / (norm.sqrt() * length)).clamp(-1.0, 1.0) } else { 0.0 }
        };
        patterns.map(cosine).sum::<f64>()
    });
    Ok(cosines.iter().sum::<f64>() / n)
}
