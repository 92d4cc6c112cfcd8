#![doc = include_str!("../../docs/jensen-shannon-distance.md")]

use std::sync::Arc;

use consilience_statistics::{RowPair, RowSet};
use serde::{Deserialize, Serialize};

use crate::classes::check_classes;
use crate::{
    Comparison, Error, Example, Family, Info, Invariance, Measure, Orientation, Parameter,
    Reference, Result, SideName, Symmetry, WholeRows,
};

/// Probabilities of half precision sum to 1 within about this.
const SUM_TOLERANCE: f64 = 1e-3;

/// Mean Jensen–Shannon divergence of the class probabilities.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JensenShannonDistance {
    /// What the rows are.
    pub scores: Scores,
}

/// What rows of class scores are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scores {
    /// Scores whose softmax are the probabilities.
    #[default]
    Logits,
    /// Probabilities.
    Probabilities,
}

impl Measure for JensenShannonDistance {
    const INFO: &'static Info = &Info {
        id: "jensen-shannon-distance",
        title: "Jensen–Shannon divergence of the answers",
        summary: "How different the class probabilities are that the two networks give to a stimulus, in bits.",
        definition: r"The mean over rows of $\frac{1}{2} \sum_k p_k \log_2 \frac{p_k}{m_k} + \frac{1}{2} \sum_k q_k \log_2 \frac{q_k}{m_k}$ with $m = (p + q) / 2$, where $p$ and $q$ are the class probabilities of the two networks: the softmax of the rows, or the rows themselves. It is the mean divergence, not its root.",
        family: Family::Functional,
        orientation: Orientation::Distance,
        range: (0.0, 1.0),
        identity_tolerance: 1e-12,
        complexity: "O(n p)",
        caveats: &[
            "The divergence is no metric; the root of it is, and some packages return that, or natural logarithms (0.693 of these bits).",
            "Logits are not rescaled: a network that is more sure of the same answers is at a distance.",
            "Probabilities are divided by their sum, which has to be 1 within 0.001.",
        ],
        parameters: &[Parameter {
            name: "scores",
            default: "logits",
            range: "logits, probabilities",
            purpose: "whether the softmax of the rows is taken, or the rows are probabilities already",
        }],
        references: &[
            Reference {
                citation: "Lin 1991, Divergence measures based on the Shannon entropy, equation 4.1 with equal weights",
                link: "https://doi.org/10.1109/18.61115",
            },
            Reference {
                citation: "Klabunde et al. 2024, ReSi: A Comprehensive Benchmark for Representational Similarity Measures, test 2",
                link: "https://arxiv.org/abs/2408.00531",
            },
        ],
        examples: &[
            Example { spec: "jensen-shannon-distance", what: "softmax of the rows" },
            Example {
                spec: "jensen-shannon-distance:scores=probabilities",
                what: "rows as they are",
            },
        ],
        revision: 1,
    };
    type Statistic = WholeRows;

    fn symmetry(&self) -> Symmetry {
        Symmetry::Symmetric
    }

    fn invariances(&self, _: SideName) -> &'static [Invariance] {
        &[]
    }

    fn compare(&self, rows: &RowPair<'_>) -> Result<Comparison> {
        check_classes(Self::INFO.id, rows)?;
        let (x, y) = (self.probabilities(rows.x)?, self.probabilities(rows.y)?);
        let divergences = (0..rows.n_rows()).map(|i| divergence(&x[i], &y[rows.partner(i)]));
        Ok(Comparison::of_score(divergences.sum::<f64>() / rows.n_rows() as f64))
    }
}

impl JensenShannonDistance {
    fn probabilities(&self, rows: &RowSet) -> Result<Arc<Vec<Vec<f64>>>> {
        let each = |of_row: fn(Vec<f64>) -> Vec<f64>| {
            move |rows: &RowSet| (0..rows.n_rows()).map(|i| of_row(rows.row(i))).collect()
        };
        if self.scores == Scores::Logits {
            return Ok(rows.remember("softmax", each(softmax)));
        }
        for row in 0..rows.n_rows() {
            if let Some(found) = problem(&rows.row(row)) {
                let name = rows.name().to_owned();
                return Err(Error::NeedsProbabilities { id: Self::INFO.id, name, row, found });
            }
        }
        Ok(rows.remember("probabilities", each(shares)))
    }
}

/// What keeps a row from being probabilities.
fn problem(row: &[f64]) -> Option<String> {
    let sum: f64 = row.iter().sum();
    if let Some((class, value)) = row.iter().enumerate().find(|(_, v)| **v < 0.0) {
        return Some(format!("holds {value} for class {class}"));
    }
    ((sum - 1.0).abs() > SUM_TOLERANCE).then(|| format!("sums to {sum}"))
}

/// Less the greatest score first, so that no exponential overflows.
fn softmax(scores: Vec<f64>) -> Vec<f64> {
    let greatest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    shares(scores.into_iter().map(|s| (s - greatest).exp()).collect())
}

fn shares(mut values: Vec<f64>) -> Vec<f64> {
    let sum: f64 = values.iter().sum();
    values.iter_mut().for_each(|v| *v /= sum);
    values
}

fn divergence(p: &[f64], q: &[f64]) -> f64 {
    // p log₂(p / m); an impossible class adds nothing.
    let part = |p: f64, q: f64| if p > 0.0 { p * (2.0 * p / (p + q)).log2() } else { 0.0 };
    let bits: f64 = p.iter().zip(q).map(|(&p, &q)| part(p, q) + part(q, p)).sum();
    (bits / 2.0).clamp(0.0, 1.0)
}
