//! What the means over draws of an ensemble are.

use crate::spectrum::mean_over_eigenvalues;
use crate::student::Learning;
use crate::{Inputs, Setting, Student};

/// What theory expects of an ensemble.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Expectation {
    /// Mean inner product of two students over the mean squared norm of one.
    pub alignment: f64,
    /// Mean squared distance from the teacher over ‖β‖².
    pub error: f64,
}

/// What theory expects at a signal-to-noise ratio above 0; `None` for the minimum-norm student at |n − p| ≤ 1, where the means do not exist.
///
/// For the minimum-norm student exact at any size, from the mean of the inverse Wishart distribution. With p dimensions, n
/// samples and ρ the signal-to-noise ratio: alignment 1/(1 + p/(ρ(|n − p| − 1))), times n/p for independent inputs below the
/// threshold; error 1 − n/p + n/((p − n − 1)ρ) below and p/((n − p − 1)ρ) above it. For the others the limit of many
/// dimensions at the ratio p/n: with weights `V f(S) Uᵀ y` and g = s f(s), the mean over the Marchenko–Pastur law of g² is the
/// signal that two students with shared inputs have in common, the square of the mean of g that of independent ones.
#[must_use]
pub fn expected(setting: &Setting, ratio: f64, student: &Student) -> Option<Expectation> {
    let Setting { dimensions, samples, inputs } = *setting;
    let (p, n) = (dimensions as f64, samples as f64);
    let learning = Learning { samples: n, optimal_penalty: p / ratio };
    let (g, g_squared, f_squared) = match student {
        Student::MinimumNorm => {
            let room = (n - p).abs() - 1.0;
            if room <= 0.0 {
                return None;
            }
            let seen = (n / p).min(1.0);
            (seen, seen, seen * p / room)
        }
        Student::Ridge { .. } | Student::OptimalRidge | Student::GradientFlow { .. } => {
            let f = |eigenvalue: f64| {
                let s = (n * eigenvalue).sqrt();
                (s, student.filter(s, s, learning))
            };
            let mean = |of: &dyn Fn(f64, f64) -> f64| {
                mean_over_eigenvalues(p / n, |eigenvalue| {
                    let (s, f) = f(eigenvalue);
                    of(s, f)
                })
            };
            (mean(&|s, f| s * f), mean(&|s, f| (s * f).powi(2)), p * mean(&|_, f| f * f))
        }
    };
    let common = match inputs {
        Inputs::Shared => g_squared,
        Inputs::Independent => g * g,
    };
    let own = g_squared + f_squared / ratio;
    Some(Expectation { alignment: common / own, error: 1.0 - 2.0 * g + own })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    fn setting(samples: usize, inputs: Inputs) -> Setting {
        Setting { dimensions: 100, samples, inputs }
    }

    #[test]
    fn the_minimum_norm_student_has_the_published_curve() {
        let at = |n, ratio| {
            expected(&setting(n, Inputs::Shared), ratio, &Student::MinimumNorm)
                .expect("off the threshold")
        };
        for (n, alignment) in [
            (10, 0.899),
            (25, 0.881),
            (50, 0.831),
            (75, 0.706),
            (90, 0.474),
            (110, 0.474),
            (150, 0.831),
            (200, 0.908),
            (400, 0.968),
            (1000, 0.989),
        ] {
            assert!((at(n, 10.0).alignment - alignment).abs() < 5e-4, "{n}");
        }
        assert!((at(25, 10.0).error - 0.78).abs() < 5e-3);
        assert!((at(150, 10.0).error - 0.20).abs() < 5e-3);
        for n in [99, 100, 101] {
            assert_eq!(expected(&setting(n, Inputs::Shared), 1.0, &Student::MinimumNorm), None);
        }
    }

    #[test]
    fn draws_have_the_expected_means() {
        let ratios = [1.0, 10.0];
        let students = [
            Student::MinimumNorm,
            Student::OptimalRidge,
            Student::Ridge { penalty: 3.0 },
            Student::GradientFlow { time: 2.0 },
        ];
        let draws = 60;
        for inputs in [Inputs::Shared, Inputs::Independent] {
            for n in [25, 75, 150, 400] {
                let setting = setting(n, inputs);
                let mut sums = vec![vec![(0.0, 0.0, 0.0); students.len()]; ratios.len()];
                let mut rng = ChaCha8Rng::seed_from_u64(n as u64);
                for _ in 0..draws {
                    let drawn = draw(&setting, 2, &ratios, &students, &mut rng).expect("finite");
                    for (sums, drawn) in sums.iter_mut().zip(&drawn) {
                        for (sum, learnt) in sums.iter_mut().zip(drawn) {
                            let ensemble = &learnt.taught;
                            let (between, own) = ensemble.products();
                            let error = ensemble.errors().iter().sum::<f64>() / 2.0;
                            *sum = (sum.0 + between, sum.1 + own, sum.2 + error);
                        }
                    }
                }
                for (r, &ratio) in ratios.iter().enumerate() {
                    for (s, student) in students.iter().enumerate() {
                        let place = format!("{inputs} {n} {ratio} {}", student.name());
                        let expected =
                            expected(&setting, ratio, student).expect("off the threshold");
                        let (between, own, error) = sums[r][s];
                        // Sixty draws of a hundred dimensions: the mean errs by a few hundredths.
                        let found = between / own;
                        assert!(
                            (found - expected.alignment).abs() < 0.06,
                            "{place}: {found} {expected:?}"
                        );
                        let found = error / f64::from(draws);
                        assert!(
                            (found / expected.error - 1.0).abs() < 0.12,
                            "{place}: {found} {expected:?}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn the_right_penalty_has_the_least_error_and_no_dip() {
        let at = |n: usize, student: Student| {
            expected(&setting(n, Inputs::Shared), 5.0, &student).expect("a mean")
        };
        for n in [30, 100, 300] {
            let best = at(n, Student::OptimalRidge).error;
            for factor in [0.5, 0.8, 1.25, 2.0] {
                let other = at(n, Student::Ridge { penalty: factor * 20.0 }).error;
                assert!(other > best, "{n} {factor}");
            }
        }
        let curve: Vec<f64> =
            [50, 80, 100, 125, 200].map(|n| at(n, Student::OptimalRidge).alignment).to_vec();
        let dip = curve[2] < 0.9 * curve[0].min(curve[4]);
        assert!(!dip, "{curve:?}");
    }
}
