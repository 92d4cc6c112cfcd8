//! What an estimate says, in words: for tooltips, descriptions and data files.

use std::fmt::Write;

use consilience_inference::{Chance, Estimate, Method, Null};

use crate::csv;
use crate::number::{count, fixed, p_value};

/// Heads of the columns that [`fields`] fills.
pub(crate) const FIELDS: [&str; 6] =
    ["value", "standard_error", "low", "high", "interval_method", "replicates"];

/// The estimate in columns of a data file.
pub(crate) fn fields(estimate: &Estimate) -> [String; 6] {
    [
        csv::number(estimate.value),
        csv::optional(estimate.standard_error),
        csv::optional(estimate.interval.map(|i| i[0])),
        csv::optional(estimate.interval.map(|i| i[1])),
        method_id(estimate.method).to_owned(),
        estimate.replicates.to_string(),
    ]
}

/// Name of a method in data files.
fn method_id(method: Method) -> &'static str {
    match method {
        Method::None => "none",
        Method::BlockJackknife => "block-jackknife",
        Method::NodeBootstrap => "node-bootstrap",
        Method::Draws => "draws",
    }
}

/// The interval with its method, as a line of a tooltip.
pub(crate) fn interval(estimate: &Estimate) -> String {
    let Some([low, high]) = estimate.interval else { return "no interval".to_owned() };
    let ends = format!("95 % interval {}", range(low, high));
    let replicates = count(estimate.replicates);
    match estimate.method {
        Method::None => ends,
        Method::BlockJackknife => {
            format!("{ends}\nby jackknife over {replicates} blocks of stimuli")
        }
        Method::NodeBootstrap => {
            format!("{ends}\nby bootstrap over networks, {replicates} replicates")
        }
        Method::Draws => format!("{ends}\nover {replicates} independent draws"),
    }
}

/// Two ends of an interval.
pub(crate) fn range(low: f64, high: f64) -> String {
    format!("{} to {}", fixed(low, 3), fixed(high, 3))
}

/// A chance level, as a line of a tooltip.
pub(crate) fn chance(name: &str, level: f64, p: Option<f64>) -> String {
    let p = p.map(|p| format!(", {}", p_value(p))).unwrap_or_default();
    format!("chance ({name}) {}{p}", fixed(level, 3))
}

/// A chance level with all that follows from it, as a line of a tooltip.
pub(crate) fn standing(c: &Chance) -> String {
    let mut line = chance(&c.null.to_string(), c.mean, Some(c.p_value));
    if let Some(q) = c.q_value {
        let _ = write!(line, ", {}", p_value(q).replacen('p', "q", 1));
    }
    if let Some(calibrated) = c.calibrated {
        let _ = write!(line, ", calibrated {}", fixed(calibrated, 3));
    }
    line
}

/// Heads of the columns that [`standing_fields`] fills, for a null.
pub(crate) fn standing_heads(null: Null) -> [String; 5] {
    ["chance", "threshold", "p", "q", "calibrated"].map(|what| format!("{what}_{null}"))
}

/// A chance level in columns of a data file.
pub(crate) fn standing_fields(chance: Option<&Chance>) -> [String; 5] {
    [
        csv::optional(chance.map(|c| c.mean)),
        csv::optional(chance.map(|c| c.threshold)),
        csv::optional(chance.map(|c| c.p_value)),
        csv::optional(chance.and_then(|c| c.q_value)),
        csv::optional(chance.and_then(|c| c.calibrated)),
    ]
}

/// The first number of a chance level that is not finite, by name.
pub(crate) fn non_finite_chance(c: &Chance) -> Option<&'static str> {
    let numbers = [
        ("chance level", c.mean),
        ("threshold", c.threshold),
        ("p-value", c.p_value),
        ("q-value", c.q_value.unwrap_or(0.0)),
        ("calibrated score", c.calibrated.unwrap_or(0.0)),
    ];
    numbers.into_iter().find(|(_, v)| !v.is_finite()).map(|(name, _)| name)
}

/// The first number of an estimate that is not finite, by name.
pub(crate) fn non_finite(estimate: &Estimate) -> Option<&'static str> {
    let [low, high] = estimate.interval.unwrap_or([0.0, 0.0]);
    let numbers = [
        ("value", estimate.value),
        ("standard error", estimate.standard_error.unwrap_or(0.0)),
        ("lower end", low),
        ("upper end", high),
    ];
    numbers.into_iter().find(|(_, v)| !v.is_finite()).map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_estimate_says_how_sure_it_is() {
        let estimate = Estimate {
            value: 0.5,
            standard_error: Some(0.01),
            interval: Some([0.45, 0.55]),
            method: Method::NodeBootstrap,
            replicates: 2000,
        };
        let text = interval(&estimate);
        assert_eq!(
            text,
            "95 % interval 0.450 to 0.550\nby bootstrap over networks, 2,000 replicates"
        );
        assert_eq!(interval(&Estimate::bare(0.5)), "no interval");
        assert_eq!(chance("rotation", 0.21, Some(0.01)), "chance (rotation) 0.210, p = 0.010");
        let draws: Vec<f64> = (0..19).map(|d| f64::from(d) / 100.0).collect();
        let likeness = consilience_inference::Likeness::score(1.0);
        let level = consilience_inference::chance(Null::Shuffle, 0.59, &draws, likeness);
        let level = Chance { q_value: Some(0.1), ..level.expect("draws") };
        assert_eq!(
            standing(&level),
            "chance (shuffle) 0.090, p = 0.050, q = 0.100, calibrated 0.500"
        );
        assert_eq!(standing_fields(Some(&level))[2..4], ["0.05", "0.1"]);
        assert_eq!(non_finite_chance(&level), None);
        let broken = Chance { calibrated: Some(f64::INFINITY), ..level };
        assert_eq!(non_finite_chance(&broken), Some("calibrated score"));
        assert_eq!(non_finite(&estimate), None);
        assert_eq!(non_finite(&Estimate::bare(f64::NAN)), Some("value"));
    }
}
