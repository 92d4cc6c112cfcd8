//! What is known about a measure: the source of its help, its documentation page, axis labels and laws.

use serde::Serialize;

/// Everything that is known about a measure, as data.
#[derive(Debug, Serialize)]
pub struct Info {
    /// Name in specs, results and reports. Never changes quantity, orientation or estimator.
    pub id: &'static str,
    /// Name in prose.
    pub title: &'static str,
    /// What a score says, in one sentence.
    pub summary: &'static str,
    /// The definition, in words and TeX.
    pub definition: &'static str,
    /// Which kind of question it answers.
    pub family: Family,
    /// Whether more is more alike.
    pub orientation: Orientation,
    /// Smallest and largest value with default parameters.
    pub range: (f64, f64),
    /// Largest distance of the score of a representation with itself from the best value, in sample, with default
    /// parameters (a fixed penalty, for one, shrinks predictions whatever they are of).
    pub identity_tolerance: f64,
    /// Cost in n samples, p and q units, beyond gathering the moments.
    pub complexity: &'static str,
    /// What to beware of, and where other packages differ.
    pub caveats: &'static [&'static str],
    /// The parameters; names and defaults are those of the serialized default.
    pub parameters: &'static [Parameter],
    /// Where the definition comes from.
    pub references: &'static [Reference],
    /// Specs that the laws are run over.
    pub examples: &'static [Example],
    /// Raised whenever a score changes meaning or value; part of the key of a result.
    pub revision: u32,
}

/// What kind of question a measure answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// A map that may mix units is fitted and scored on held-out stimuli.
    Map,
    /// Units are paired; the basis matters, so a rotated basis is its own chance level.
    Matching,
    /// The clouds of stimuli are laid over one another, and what is left between them is measured.
    Shape,
    /// Directions of the two spaces are paired by their correlation.
    Cca,
    /// Kernels of the stimuli are compared.
    Kernel,
    /// Dissimilarities among the stimuli are compared.
    Rsa,
    /// Nearest neighbours among the stimuli are compared.
    Neighbours,
    /// Spaces spanned by units, or the directions of most variance, are compared.
    Subspace,
    /// One number that describes each representation by itself is compared.
    Descriptor,
    /// Class scores are compared: what the networks answer, not how they represent it.
    Functional,
}

impl Family {
    /// All of them, in the order of the catalogue.
    pub const ALL: [Self; 10] = [
        Self::Map,
        Self::Matching,
        Self::Shape,
        Self::Cca,
        Self::Kernel,
        Self::Rsa,
        Self::Neighbours,
        Self::Subspace,
        Self::Descriptor,
        Self::Functional,
    ];

    /// Name in commands.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Map => "map",
            Self::Matching => "matching",
            Self::Shape => "shape",
            Self::Cca => "cca",
            Self::Kernel => "kernel",
            Self::Rsa => "rsa",
            Self::Neighbours => "neighbours",
            Self::Subspace => "subspace",
            Self::Descriptor => "descriptor",
            Self::Functional => "functional",
        }
    }

    /// Name in prose.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Map => "maps",
            Self::Matching => "matchings of units",
            Self::Shape => "shape",
            Self::Cca => "canonical correlations",
            Self::Kernel => "kernels",
            Self::Rsa => "representational similarity analysis",
            Self::Neighbours => "neighbours",
            Self::Subspace => "subspaces",
            Self::Descriptor => "descriptors",
            Self::Functional => "functional similarity",
        }
    }

    /// What is compared.
    #[must_use]
    pub fn question(self) -> &'static str {
        match self {
            Self::Map => "a map that may mix units, fitted and scored on different stimuli",
            Self::Matching => "units are paired; the basis matters",
            Self::Shape => "the clouds of stimuli are laid over one another",
            Self::Cca => "directions of the two spaces are paired by their correlation",
            Self::Kernel => "similarities among stimuli are compared",
            Self::Rsa => "dissimilarities among stimuli are compared",
            Self::Neighbours => "nearest neighbours of stimuli are compared",
            Self::Subspace => "spaces spanned by units or directions are compared",
            Self::Descriptor => "one number that describes each representation is compared",
            Self::Functional => "answers of the networks are compared",
        }
    }
}

/// Which way a value points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Orientation {
    /// More is more alike; the best value is the upper end of the range.
    Score,
    /// Less is more alike; the best value is 0.
    Distance,
}

/// A parameter of a measure.
#[derive(Debug, Serialize)]
pub struct Parameter {
    /// Key in a spec.
    pub name: &'static str,
    /// Value if it is not given, as written in a spec.
    pub default: &'static str,
    /// Values it may take.
    pub range: &'static str,
    /// What it is for.
    pub purpose: &'static str,
}

/// A source.
#[derive(Debug, Serialize)]
pub struct Reference {
    /// Authors, year, title.
    pub citation: &'static str,
    /// DOI or arXiv link.
    pub link: &'static str,
}

/// A spec with a word on what it is.
#[derive(Debug, Serialize)]
pub struct Example {
    /// The spec.
    pub spec: &'static str,
    /// What it computes.
    pub what: &'static str,
}

/// What a measure may read of the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reads {
    /// Moments of fit and eval sets.
    HeldOutMoments,
    /// Moments of all stimuli.
    WholeMoments,
    /// Rows of all stimuli.
    WholeRows,
}

impl Reads {
    /// What is read.
    #[must_use]
    pub fn statistic(self) -> &'static str {
        match self {
            Self::HeldOutMoments => {
                "First and second moments of the fit and the eval stimuli, split after split; the score is the mean over the splits."
            }
            Self::WholeMoments => {
                "First and second moments (and the sums of products of squared row norms) of all stimuli; folds play no part."
            }
            Self::WholeRows => {
                "The activations of all stimuli, row by row; Gram matrices are visited in bands. Folds play no part."
            }
        }
    }

    /// What the score is over.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::HeldOutMoments => "held-out folds; the score is the mean over them",
            Self::WholeMoments | Self::WholeRows => "all stimuli; folds play no part",
        }
    }

    /// Whether folds play a part.
    #[must_use]
    pub fn held_out(self) -> bool {
        self == Self::HeldOutMoments
    }
}

/// What a score is measured in: scores on one scale may be compared with one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scale {
    /// Its own.
    Own,
    /// The mean over units of a Pearson correlation on held-out stimuli.
    HeldOutCorrelation,
}

/// Which representation a fact is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SideName {
    /// The first.
    X,
    /// The second.
    Y,
}

/// Whether exchanging x and y changes the score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Symmetry {
    /// Exchanging x and y leaves the score as it is.
    Symmetric,
    /// It does not.
    Directed,
}

/// A change of one representation that leaves the score as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Invariance {
    /// Units in another order.
    Permutation,
    /// A constant added to each unit.
    Shift,
    /// All units times one positive number.
    IsotropicScale,
    /// Each unit times a positive number of its own.
    UnitScale,
    /// A rotation or reflection of the space of units.
    Orthogonal,
    /// Any invertible linear map of the space of units.
    InvertibleLinear,
}

impl Invariance {
    /// All of them, from the weakest to the strongest.
    pub const ALL: [Self; 6] = [
        Self::Permutation,
        Self::Shift,
        Self::IsotropicScale,
        Self::UnitScale,
        Self::Orthogonal,
        Self::InvertibleLinear,
    ];

    /// One letter, for tables.
    #[must_use]
    pub fn code(self) -> char {
        match self {
            Self::Permutation => 'P',
            Self::Shift => 'T',
            Self::IsotropicScale => 'S',
            Self::UnitScale => 'U',
            Self::Orthogonal => 'O',
            Self::InvertibleLinear => 'L',
        }
    }

    /// Name in prose.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Permutation => "permutation of units",
            Self::Shift => "shift",
            Self::IsotropicScale => "isotropic scale",
            Self::UnitScale => "positive scale of each unit",
            Self::Orthogonal => "orthogonal map",
            Self::InvertibleLinear => "invertible linear map",
        }
    }
}
