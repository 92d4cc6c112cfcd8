//! How a student learns: what it makes of each singular value of its inputs.

use serde::{Deserialize, Serialize};

/// A linear student with weights `V f(S) Uᵀ y`, for inputs `X = U S Vᵀ` and targets `y`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Student {
    /// The smallest weights of least error, `f(s) = 1/s`: where gradient descent from zero ends.
    MinimumNorm,
    /// The weights of least `‖y − Xb‖² + λ‖b‖²`, `f(s) = s/(s² + λ)`.
    Ridge {
        /// λ, above 0.
        penalty: f64,
    },
    /// Ridge with the number of dimensions over the signal-to-noise ratio as λ: that of least expected error where the teacher's
    /// weights are of norm 1 and point in any direction as likely. On recorded inputs, which are scaled to a mean square of 1, their
    /// norm is 1 on average only.
    OptimalRidge,
    /// Gradient flow from zero on `‖y − Xb‖²/(2n)`, stopped: `f(s) = (1 − exp(−t s²/n))/s`.
    GradientFlow {
        /// t, above 0.
        time: f64,
    },
}

/// Singular values below this share of the largest are those of directions without data.
const NULL: f64 = 1e-10;

impl Student {
    /// Nothing, if its parameter is a positive number.
    ///
    /// # Errors
    /// The problem in words.
    pub fn validate(&self) -> Result<(), String> {
        let (name, value) = match *self {
            Self::MinimumNorm | Self::OptimalRidge => return Ok(()),
            Self::Ridge { penalty } => ("penalty", penalty),
            Self::GradientFlow { time } => ("time", time),
        };
        if value.is_finite() && value > 0.0 {
            return Ok(());
        }
        Err(format!("{name} {value}; expected a number above 0"))
    }

    /// Name in tables: `minimum-norm`, `ridge 10`.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::MinimumNorm => "minimum-norm".to_owned(),
            Self::Ridge { penalty } => format!("ridge {penalty}"),
            Self::OptimalRidge => "optimal-ridge".to_owned(),
            Self::GradientFlow { time } => format!("gradient-flow {time}"),
        }
    }

    /// `f(s)` where `s` is a singular value of inputs whose largest one is `largest`.
    #[must_use]
    pub(crate) fn filter(&self, s: f64, largest: f64, learning: Learning) -> f64 {
        match *self {
            Self::MinimumNorm if s > NULL * largest => 1.0 / s,
            Self::Ridge { penalty } => s / (s * s + penalty),
            Self::OptimalRidge => s / (s * s + learning.optimal_penalty),
            Self::GradientFlow { time } if s > 0.0 => {
                -(-time * s * s / learning.samples).exp_m1() / s
            }
            Self::MinimumNorm | Self::GradientFlow { .. } => 0.0,
        }
    }
}

/// What a filter needs to know of the task.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Learning {
    /// n.
    pub(crate) samples: f64,
    /// p / SNR.
    pub(crate) optimal_penalty: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_those_of_the_textbook() {
        let learning = Learning { samples: 4.0, optimal_penalty: 5.0 };
        let at = |student: Student, s: f64| student.filter(s, 10.0, learning);
        assert_eq!(at(Student::MinimumNorm, 2.0), 0.5);
        assert_eq!(at(Student::MinimumNorm, 1e-10), 0.0);
        assert_eq!(at(Student::Ridge { penalty: 6.0 }, 2.0), 0.2);
        assert_eq!(at(Student::OptimalRidge, 5.0), 1.0 / 6.0);
        let flow = at(Student::GradientFlow { time: 3.0 }, 2.0);
        assert!((flow - (1.0 - (-3.0_f64).exp()) / 2.0).abs() < 1e-15);
        assert_eq!(at(Student::GradientFlow { time: 3.0 }, 0.0), 0.0);
        // At the end of time it is the minimum-norm student.
        assert_eq!(at(Student::GradientFlow { time: 1e6 }, 2.0), 0.5);
    }

    #[test]
    fn parameters_are_positive_numbers() {
        assert!(Student::OptimalRidge.validate().is_ok());
        for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(Student::Ridge { penalty: bad }.validate().is_err());
            assert!(Student::GradientFlow { time: bad }.validate().is_err());
        }
    }
}
