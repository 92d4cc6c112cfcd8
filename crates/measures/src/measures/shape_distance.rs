#![doc = include_str!("../../docs/shape-distance.md")]

use std::f64::consts::FRAC_PI_2;

use consilience_linalg::{Eigen, scaled, singular_values};
use consilience_statistics::{Canonical, PairMoments, rank};
use serde::{Deserialize, Serialize};

use crate::alignment::{comparison, squared, sums_of_squares};
use crate::{
    Comparison, Example, Family, Form, Info, Invariance, Measure, Orientation, Parameter,
    Reference, Result, SideName, Symmetry, WholeMoments,
};

/// What becomes of representations of different width.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Widths {
    /// The narrower gets units that are zero.
    #[default]
    Pad,
    /// The wider is reduced to as many principal components as the narrower has units.
    Pca,
}

/// Generalised shape metric: partial whitening, then the best rotation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShapeDistance {
    /// 1: no whitening. 0: full whitening.
    pub alpha: f64,
    /// Angle or Euclidean distance.
    pub form: Form,
    /// What becomes of representations of different width.
    pub widths: Widths,
}

impl Default for ShapeDistance {
    fn default() -> Self {
        Self { alpha: 1.0, form: Form::Angular, widths: Widths::Pad }
    }
}

impl Measure for ShapeDistance {
    const INFO: &'static Info = &Info {
        id: "shape-distance",
        title: "Generalised shape distance",
        summary: "The distance of two clouds of stimuli, whitened as far as alpha says, when one is turned (or reflected) onto the other as well as it can be.",
        definition: r"Centred columns; with $X^\top X = V \Lambda V^\top$, $\tilde X = c_x X V (\alpha I + (1 - \alpha) \Lambda^{-1/2}) V^\top$, where $c_x$ restores the sum of squares of $X$; the same for $Y$. The angular form is $\arccos(\lVert \tilde X^\top \tilde Y\rVert_* / (\lVert \tilde X\rVert_F \lVert \tilde Y\rVert_F))$, the Euclidean form $\min_Q \lVert \tilde X Q - \tilde Y\rVert_F$ over orthogonal $Q$. $\alpha = 1$ is the Procrustes distance; $\alpha = 0$ the arc cosine of $\sum_i \rho_i / \sqrt{r_x r_y}$ with the canonical correlations $\rho_i$ and the ranks $r$. Directions without variance are left out of the whitening (eigenvalues below $10^{-12}$ of the largest, or 8 roundings of f32 activations).",
        family: Family::Shape,
        orientation: Orientation::Distance,
        range: (0.0, f64::INFINITY),
        identity_tolerance: 1e-6,
        complexity: "O(p q min(p, q)) for the singular values; below alpha = 1 also O(p³ + q³) for the eigendecompositions, shared by all pairs of a representation",
        caveats: &[
            "netrep's LinearMetric. Between alpha 0 and 1 the inverse roots of the eigenvalues of $X^\\top X$ are mixed with 1, as there, so that the distance depends on the scale of the activations and on the number of stimuli.",
            "form=euclidean has the unit of the activations and grows with the root of the number of stimuli, as in netrep.",
            "Unequal widths, alpha below 1, form=euclidean: netrep counts the eigenvalues of the zero units in $c_x$, so that its value depends on the width of the partner; here the sum of squares is kept. The angles agree.",
            "widths=pca follows wrongu/repsim and is not a metric over representations of many widths: what is left of one depends on its partner. With widths=pad it is a metric.",
            "Below alpha = 1 with fewer stimuli than units of x and y together, clouds meet in directions that no data could keep apart.",
        ],
        parameters: &[
            Parameter {
                name: "alpha",
                default: "1.0",
                range: "0 to 1",
                purpose: "1 leaves the variances of directions as they are, 0 makes them equal",
            },
            Parameter {
                name: "form",
                default: "angular",
                range: "angular, euclidean",
                purpose: "the angle between the aligned clouds, or their Euclidean distance",
            },
            Parameter {
                name: "widths",
                default: "pad",
                range: "pad, pca",
                purpose: "unequal widths: zero units for the narrower side, or principal components of the wider one",
            },
        ],
        references: &[Reference {
            citation: "Williams, Kunz, Kornblith & Linderman 2021, Generalized Shape Metrics on Neural Representations, section 2",
            link: "https://arxiv.org/abs/2110.14739",
        }],
        examples: &[
            Example { spec: "shape-distance", what: "Procrustes angle" },
            Example { spec: "shape-distance:alpha=0.5", what: "half whitened" },
            Example {
                spec: "shape-distance:alpha=0.0",
                what: "fully whitened: canonical correlations",
            },
            Example { spec: "shape-distance:form=euclidean", what: "size and shape" },
            Example {
                spec: "shape-distance:alpha=0.5,form=euclidean",
                what: "half whitened, sums of squares kept",
            },
            Example {
                spec: "shape-distance:alpha=0.0,form=euclidean",
                what: "fully whitened, sums of squares kept",
            },
            Example {
                spec: "shape-distance:widths=pca",
                what: "Procrustes angle of as many principal components",
            },
            Example {
                spec: "shape-distance:alpha=0.5,form=euclidean,widths=pca",
                what: "half whitened principal components",
            },
            Example {
                spec: "shape-distance:alpha=0.0,widths=pca",
                what: "fully whitened principal components",
            },
        ],
        revision: 1,
    };
    type Statistic = WholeMoments;

    fn symmetry(&self) -> Symmetry {
        Symmetry::Symmetric
    }

    fn invariances(&self, _: SideName) -> &'static [Invariance] {
        use Invariance::{
            InvertibleLinear, IsotropicScale, Orthogonal, Permutation, Shift, UnitScale,
        };
        match (self.form, self.widths) {
            (Form::Angular, Widths::Pad) if self.alpha == 0.0 => {
                &[Permutation, Shift, IsotropicScale, UnitScale, Orthogonal, InvertibleLinear]
            }
            (Form::Angular, _) if self.alpha == 0.0 || self.alpha == 1.0 => {
                &[Permutation, Shift, IsotropicScale, Orthogonal]
            }
            _ => &[Permutation, Shift, Orthogonal],
        }
    }

    fn range(&self) -> (f64, f64) {
        match self.form {
            Form::Angular => (0.0, FRAC_PI_2),
            Form::Euclidean => Self::INFO.range,
        }
    }

    fn is_metric(&self) -> bool {
        self.widths == Widths::Pad
    }

    fn validate(&self) -> std::result::Result<(), String> {
        if (0.0..=1.0).contains(&self.alpha) {
            return Ok(());
        }
        Err(format!("alpha is {}, expected a number from 0 to 1", self.alpha))
    }

    fn compare(&self, moments: &PairMoments) -> Result<Comparison> {
        let Aligned { sums, norms, product } = self.align(moments)?;
        let [x, y] = norms;
        let cosine = (product / (x * y)).min(1.0);
        let score = match self.form {
            Form::Angular => cosine.acos(),
            Form::Euclidean => {
                let [a, b] = sums;
                squared(a + b, (a * b).sqrt() * cosine).sqrt()
            }
        };
        Ok(comparison(score, moments))
    }
}

/// Two whitened clouds after the best rotation.
struct Aligned {
    /// Sums of squares that the whitened clouds are given.
    sums: [f64; 2],
    /// Norms of the whitened clouds before that.
    norms: [f64; 2],
    /// Their greatest inner product.
    product: f64,
}

impl ShapeDistance {
    fn align(&self, moments: &PairMoments) -> Result<Aligned> {
        let sums = sums_of_squares(Self::INFO.id, moments)?;
        let (p, q) = (moments.x.n_units(), moments.y.n_units());
        let reduces = self.widths == Widths::Pca && p != q;
        if self.alpha == 1.0 && !reduces {
            return Ok(Aligned {
                sums,
                norms: sums.map(f64::sqrt),
                product: moments.nuclear_norm()?,
            });
        }
        let sides = moments.eigen()?;
        let cross = moments.cross_in_eigenbases()?.as_ref();
        let most = if reduces { p.min(q) } else { p.max(q) };
        let most = most.min(moments.dimensions());
        let kept = sides.map(|side| rank(side, most, moments.epsilon));
        let [x, y] = [0, 1].map(|i| self.whiten(sides[i], kept[i]));
        let product = if self.alpha > 0.0 {
            let leading = cross.submatrix(p - kept[0], q - kept[1], kept[0], kept[1]);
            singular_values(scaled(leading, &x.factors, &y.factors).as_ref())?.iter().sum()
        } else if reduces {
            // These know which correlations are exactly 1.
            let found = Canonical::of_leading(sides, cross, kept, moments.dimensions())?;
            found.correlations.iter().sum()
        } else {
            moments.canonical()?.correlations.iter().sum()
        };
        Ok(Aligned { sums: [x.sum, y.sum], norms: [x.norm, y.norm], product })
    }

    /// The first principal components of a side.
    fn whiten(&self, side: &Eigen, components: usize) -> Whitened {
        let values = &side.values[side.values.len() - components..];
        let factor = |value: &f64| self.alpha + (1.0 - self.alpha) / value.sqrt();
        let factors: Vec<f64> = values.iter().map(factor).collect();
        let squares = values.iter().map(|v| (self.alpha * v.sqrt() + 1.0 - self.alpha).powi(2));
        Whitened { norm: squares.sum::<f64>().sqrt(), sum: values.iter().sum(), factors }
    }
}

struct Whitened {
    /// What each principal component is multiplied by.
    factors: Vec<f64>,
    /// Norm after that.
    norm: f64,
    /// Sum of squares before.
    sum: f64,
}
