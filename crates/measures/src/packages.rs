//! Other packages of the field, and the specs that reproduce what they compute by default.

mod table;

use serde::Serialize;

pub use table::PACKAGES;

/// A package of the field.
#[derive(Debug, Serialize)]
pub struct Package {
    /// Its name, in lower case.
    pub name: &'static str,
    /// Version, commit or date of what was read or run.
    pub version: &'static str,
    /// Where it is.
    pub link: &'static str,
    /// What its numbers are scored on.
    pub protocol: Protocol,
    /// Orders of the stimuli that it draws by default for a chance level; 0 where it draws none.
    pub shuffles: usize,
    /// What it computes, as far as there is a spec for it.
    pub quantities: &'static [Quantity],
}

/// What the numbers of a package are scored on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// The stimuli that maps were fitted on.
    InSample,
    /// So many folds of a cross-validation.
    Folds(usize),
}

/// A quantity of a package.
#[derive(Debug, Serialize)]
pub struct Quantity {
    /// What it is called there.
    pub name: &'static str,
    /// The spec that reproduces it.
    pub spec: &'static str,
    /// What the package does with that number before it returns it.
    pub transform: Transform,
    /// What to know about it, and where it still differs; empty where there is nothing.
    pub note: &'static str,
    /// Names of `golden/oracle.csv` whose numbers this reproduces; empty where that file has none.
    pub oracle: &'static [&'static str],
}

/// What a package does with a number before it returns it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Transform {
    /// Nothing.
    Identity,
    /// The arc cosine: an angle.
    ArcCosine,
    /// One minus the number.
    OneMinus,
    /// Its square.
    Square,
    /// So many times the number.
    Times(u32),
    /// The share of the way from the threshold of shuffled stimuli to the best value.
    Calibrated,
}

impl Transform {
    /// The number as the package returns it; `calibrated` is the calibrated score under shuffled stimuli, if there is one.
    #[must_use]
    pub fn apply(self, value: f64, calibrated: Option<f64>) -> Option<f64> {
        match self {
            Self::Identity => Some(value),
            // Rounding may pass the ends of a score by a few units in the last place.
            Self::ArcCosine => Some(value.clamp(-1.0, 1.0).acos()),
            Self::OneMinus => Some(1.0 - value),
            Self::Square => Some(value * value),
            Self::Times(factor) => Some(f64::from(factor) * value),
            Self::Calibrated => calibrated,
        }
    }

    /// What was done, with `s` for the number.
    #[must_use]
    pub fn formula(self) -> String {
        match self {
            Self::Identity => "s".to_owned(),
            Self::ArcCosine => "arccos s".to_owned(),
            Self::OneMinus => "1 − s".to_owned(),
            Self::Square => "s²".to_owned(),
            Self::Times(factor) => format!("{factor} s"),
            Self::Calibrated => "(s − τ) / (1 − τ)".to_owned(),
        }
    }
}

/// The package of a name.
#[must_use]
pub fn package(name: &str) -> Option<&'static Package> {
    PACKAGES.iter().find(|package| package.name == name)
}
