#![doc = include_str!("../../docs/pwcca.md")]

use consilience_linalg::{Mat, MatRef, Svd, matmul, orthonormal_columns, scaled, svd};
use consilience_statistics::{Canonical, PairMoments, SideMoments, whitened};
use serde::{Deserialize, Serialize};

use crate::caveats::{of_canonical, undefined};
use crate::correlations::canonical;
use crate::{
    Comparison, Example, Family, Info, Invariance, Measure, Naming, Orientation, Parameter,
    Reference, Result, SideName, Symmetry, WholeMoments,
};

/// Whose units weight the canonical directions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weights {
    /// Units of x.
    #[default]
    X,
    /// Units of y.
    Y,
    /// The mean of the two scores.
    Both,
}

/// Which directions are weighted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Variant {
    /// The canonical directions, as the paper has it.
    #[default]
    Paper,
    /// The directions of the published code.
    Google,
}

/// Mean canonical correlation, weighted by how much of a representation each direction accounts for.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pwcca {
    /// Whose units weight the directions.
    pub weights: Weights,
    /// Which directions are weighted.
    pub variant: Variant,
}

/// Correlations nearer to each other than this are equal for all that is known: their directions are arbitrary.
const TIE: f64 = 1e-10;

/// Spread of all correlations up to which the weights play no part.
const EQUAL: f64 = 1e-9;

impl Measure for Pwcca {
    const INFO: &'static Info = &Info {
        id: "pwcca",
        title: "Projection-weighted CCA (PWCCA)",
        summary: "How strongly directions of one representation correlate with directions of the other, directions that account for more of the first one counting for more.",
        definition: r"$\sum_i \alpha_i \rho_i / \sum_i \alpha_i$ over the $\min(r_x, r_y)$ canonical correlations $\rho_i$ (ranks and tolerances as for mean-cca) with $\alpha_i = \sum_j |\langle h_i, x_j\rangle|$: $h_i$ is the canonical variate of $x$ over stimuli, of norm 1, and $x_j$ the centred activations of unit $j$. With weights=y the same from the side of y. variant=google puts in place of the $h_i$ the orthonormalised (Gram–Schmidt, in the order of the $\rho_i$) vectors $X u_i$, where $u_i$ are the left singular vectors of $(X^\top X)^{-1/2} X^\top Y (Y^\top Y)^{-1/2}$.",
        family: Family::Cca,
        orientation: Orientation::Score,
        range: (0.0, 1.0),
        identity_tolerance: 1e-9,
        complexity: "O(p³ + q³) for the eigendecompositions, shared by all pairs of a representation, and O(p q min(p, q)) for the singular value decomposition",
        caveats: &[
            "Not symmetric: the paper weights by the first representation. weights=both is the mean of both ways.",
            "The google/svcca code (copied by ReSi, contrasim and rtd) leaves out the inverse root, adds the means of the units to directions whose sign is arbitrary, and takes the weights of the narrower side (x if equal). Its value therefore depends on the signs that the decomposition happens to return: on (X, Y) of the golden files the choices of sign give 0.7361 to 0.7374, the code 0.73698, and variant=google, which centres, 0.73685.",
            "Where some but not all correlations are equal (fewer stimuli than dimensions of x and y together, or units in common), the directions that belong to them are arbitrary and the weights have no value: an error here, an arbitrary number elsewhere.",
            "sim_metric normalises over all directions of the wider side, also those without a partner.",
        ],
        parameters: &[
            Parameter {
                name: "weights",
                default: "x",
                range: "x, y, both",
                purpose: "whose units weight the directions; both averages the two scores",
            },
            Parameter {
                name: "variant",
                default: "paper",
                range: "paper, google",
                purpose: "canonical variates as in the paper, or the directions of the published code",
            },
        ],
        references: &[Reference {
            citation: "Morcos, Raghu & Bengio 2018, Insights on representational similarity in neural networks with canonical correlation (projection weighting)",
            link: "https://arxiv.org/abs/1806.05759",
        }],
        examples: &[
            Example { spec: "pwcca", what: "weights from x, as in the paper" },
            Example { spec: "pwcca:weights=y", what: "weights from y" },
            Example { spec: "pwcca:weights=both", what: "the mean of both ways" },
            Example { spec: "pwcca:variant=google", what: "directions of the published code" },
        ],
        revision: 1,
    };
    type Statistic = WholeMoments;

    fn symmetry(&self) -> Symmetry {
        if self.weights == Weights::Both { Symmetry::Symmetric } else { Symmetry::Directed }
    }

    fn invariances(&self, side: SideName) -> &'static [Invariance] {
        use Invariance::{IsotropicScale, Permutation, Shift};
        let weights = match self.weights {
            Weights::X => side == SideName::X,
            Weights::Y => side == SideName::Y,
            Weights::Both => true,
        };
        if weights { &[Permutation, Shift, IsotropicScale] } else { &Invariance::ALL }
    }

    fn naming(&self) -> Naming {
        let direction = match self.weights {
            Weights::X => "x → y",
            Weights::Y => "y → x",
            Weights::Both => "mean of x → y and y → x",
        };
        let aggregation = "mean weighted by the units of the first side".into();
        Naming { direction: direction.into(), aggregation, ..Naming::usual(self) }
    }

    fn compare(&self, moments: &PairMoments) -> Result<Comparison> {
        let found = canonical(Self::INFO.id, moments)?;
        let warnings = of_canonical(moments, found);
        let correlations = &found.correlations;
        let (greatest, least) = (correlations[0], correlations[correlations.len() - 1]);
        if greatest - least <= EQUAL {
            let score = f64::midpoint(greatest, least);
            return Ok(Comparison { warnings, ..Comparison::of_score(score) });
        }
        check_ties(found, moments.epsilon)?;
        let sides = moments.eigen()?;
        let turned = moments.cross_in_eigenbases()?.as_ref();
        let Svd { u, v, .. } = svd(whitened(sides, turned, found.ranks).as_ref())?;
        let score = |side: &SideMoments, directions: &Mat<f64>| -> Result<f64> {
            let weights = self.weights_of(side, directions.as_ref())?;
            let total: f64 = weights.iter().sum();
            let sum: f64 = weights.iter().zip(correlations).map(|(w, r)| w * r).sum();
            Ok(sum / total)
        };
        let score = match self.weights {
            Weights::X => score(&moments.x, &u)?,
            Weights::Y => score(&moments.y, &v)?,
            Weights::Both => f64::midpoint(score(&moments.x, &u)?, score(&moments.y, &v)?),
        };
        Ok(Comparison { warnings, ..Comparison::of_score(score) })
    }
}

impl Pwcca {
    /// `αᵢ = Σⱼ |⟨hᵢ, xⱼ⟩|`, where `directions` are the singular vectors in the leading eigenvectors of the side.
    ///
    /// With the rows `X = W Λ^½ Vᵀ` of the side, `W` orthonormal, a canonical variate is `W u` and its products with the units
    /// are `uᵀ Λ^½ Vᵀ`.
    fn weights_of(&self, side: &SideMoments, directions: MatRef<'_, f64>) -> Result<Vec<f64>> {
        let eigen = side.eigen()?;
        let (p, rank, kept) = (eigen.values.len(), directions.nrows(), directions.ncols());
        let roots: Vec<f64> = eigen.values[p - rank..].iter().map(|v| v.sqrt()).collect();
        let variates = match self.variant {
            Variant::Paper => directions.to_owned(),
            Variant::Google => {
                let unwhitened = scaled(directions, &roots, &vec![1.0; kept]);
                orthonormal_columns(unwhitened.as_ref())?
            }
        };
        let vectors = eigen.vectors.as_ref().subcols(p - rank, rank);
        let units = scaled(vectors, &vec![1.0; p], &roots);
        let products = matmul(units.as_ref(), variates.as_ref());
        Ok((0..kept).map(|i| products.col(i).iter().map(|v| v.abs()).sum()).collect())
    }
}

/// An error where the directions of equal correlations are arbitrary.
fn check_ties(found: &Canonical, epsilon: f64) -> Result<()> {
    let near = TIE.max(8.0 * epsilon);
    let tied = found.correlations.windows(2).filter(|pair| pair[0] - pair[1] <= near).count();
    if tied == 0 {
        return Ok(());
    }
    let reason = format!(
        "{} of {} canonical correlations are equal to their neighbour ({} are 1 by counting), so that their directions and weights are arbitrary; use more stimuli, or mean-cca",
        tied,
        found.correlations.len(),
        found.certain
    );
    Err(undefined(Pwcca::INFO.id, reason))
}
