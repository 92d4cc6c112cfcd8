//! A value with its uncertainty.

use serde::{Deserialize, Serialize};

/// How an interval was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// No interval was asked for, or there is too little to make one of.
    None,
    /// Delete-a-block jackknife over stimuli, Student's t.
    BlockJackknife,
    /// Percentile bootstrap over networks; pairs that share a network move together.
    NodeBootstrap,
    /// Independent draws of everything; delete-a-draw jackknife, Student's t.
    Draws,
}

/// A value with its standard error and 95 % interval.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Estimate {
    /// The value.
    pub value: f64,
    /// Its standard error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standard_error: Option<f64>,
    /// Lower and upper end of the 95 % interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<[f64; 2]>,
    /// How the interval was made.
    pub method: Method,
    /// Replicates behind it.
    pub replicates: usize,
}

impl Estimate {
    /// A value without an interval.
    #[must_use]
    pub fn bare(value: f64) -> Self {
        Self { value, standard_error: None, interval: None, method: Method::None, replicates: 0 }
    }
}
