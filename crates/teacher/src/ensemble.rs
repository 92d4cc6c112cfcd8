//! Students of one teacher, drawn.

use consilience_linalg::{Mat, MatRef, Result, Svd, svd};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};
use serde::{Deserialize, Serialize};

use crate::Student;
use crate::student::Learning;

/// Whether the students of an ensemble see the same inputs. Their noise is always their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Inputs {
    /// The same for all.
    Shared,
    /// Each draws its own.
    Independent,
}

impl std::fmt::Display for Inputs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Shared => "shared",
            Self::Independent => "independent",
        })
    }
}

/// What students learn from: n samples of `y = Xβ + ε`, rows of X and ε standard Gaussian, ‖β‖² = SNR · Var ε = 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setting {
    /// Dimensions of the inputs, p.
    pub dimensions: usize,
    /// Samples, n.
    pub samples: usize,
    /// Whether inputs are shared.
    pub inputs: Inputs,
}

/// Weights of a teacher and of its students.
#[derive(Debug, Clone, PartialEq)]
pub struct Ensemble {
    /// β, of norm 1; of norm 0 where there is noise alone.
    pub teacher: Vec<f64>,
    /// Weights of the students.
    pub students: Vec<Vec<f64>>,
}

impl Ensemble {
    /// Squared distance of each student from the teacher: its generalisation error on isotropic inputs, as a share of ‖β‖².
    #[must_use]
    pub fn errors(&self) -> Vec<f64> {
        let error = |w: &Vec<f64>| w.iter().zip(&self.teacher).map(|(w, b)| (w - b).powi(2)).sum();
        self.students.iter().map(error).collect()
    }

    /// Mean inner product of two different students, and mean squared norm of a student: the alignment of the ensemble is
    /// the first over the second, both averaged over draws.
    ///
    /// # Panics
    /// With fewer than two students.
    #[must_use]
    pub fn products(&self) -> (f64, f64) {
        let (n, mut between) = (self.students.len(), 0.0);
        assert!(n > 1, "{n} students; expected at least 2");
        for (i, a) in self.students.iter().enumerate() {
            between += self.students[i + 1..].iter().map(|b| dot(a, b)).sum::<f64>();
        }
        let own: f64 = self.students.iter().map(|a| dot(a, a)).sum();
        (between / (n * (n - 1) / 2) as f64, own / n as f64)
    }
}

pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// What an ensemble of one kind learnt from one draw.
#[derive(Debug, Clone, PartialEq)]
pub struct Learnt {
    /// From the teacher and noise.
    pub taught: Ensemble,
    /// From the same noise without a teacher, by students with the same parameters: how alike they are is chance.
    pub noise_alone: Ensemble,
}

/// One draw of inputs, noise and teacher, learnt from at each signal-to-noise ratio (above 0) by students of each kind:
/// `out[ratio][kind]`.
///
/// # Errors
/// When a singular value decomposition fails.
pub fn draw(
    setting: &Setting,
    members: usize,
    ratios: &[f64],
    kinds: &[Student],
    rng: &mut impl Rng,
) -> Result<Vec<Vec<Learnt>>> {
    let Setting { dimensions, samples, inputs } = *setting;
    let direction = gaussian(dimensions, rng);
    let norm = dot(&direction, &direction).sqrt();
    let teacher: Vec<f64> = direction.iter().map(|v| v / norm).collect();
    let mut sets: Vec<Seen> = Vec::new();
    for member in 0..members {
        if inputs == Inputs::Shared && member > 0 {
            let noise = gaussian(samples, rng);
            let again = sets[0].with_noise(&noise);
            sets.push(again);
            continue;
        }
        let x = Mat::from_fn(samples, dimensions, |_, _| StandardNormal.sample(rng));
        let noise = gaussian(samples, rng);
        sets.push(Seen::new(svd(x.as_ref())?, &teacher, &noise));
    }
    let of_ratio = |&ratio: &f64| {
        let learning =
            Learning { samples: samples as f64, optimal_penalty: dimensions as f64 / ratio };
        let noise = ratio.sqrt().recip();
        let ensemble = |kind: &Student, signal: f64| Ensemble {
            teacher: teacher.iter().map(|b| signal * b).collect(),
            students: sets.iter().map(|s| s.learn(kind, signal, noise, learning)).collect(),
        };
        let of_kind = |kind: &Student| Learnt {
            taught: ensemble(kind, 1.0),
            noise_alone: ensemble(kind, 0.0),
        };
        kinds.iter().map(of_kind).collect()
    };
    Ok(ratios.iter().map(of_ratio).collect())
}

/// What one student sees, in the basis of its inputs.
struct Seen {
    svd: std::rc::Rc<Svd>,
    /// Vᵀβ.
    teacher: Vec<f64>,
    /// Uᵀε.
    noise: Vec<f64>,
}

impl Seen {
    fn new(svd: Svd, teacher: &[f64], noise: &[f64]) -> Self {
        let teacher = project(svd.v.as_ref(), teacher);
        let noise = project(svd.u.as_ref(), noise);
        Self { svd: std::rc::Rc::new(svd), teacher, noise }
    }

    fn with_noise(&self, noise: &[f64]) -> Self {
        Self {
            svd: self.svd.clone(),
            teacher: self.teacher.clone(),
            noise: project(self.svd.u.as_ref(), noise),
        }
    }

    fn learn(&self, kind: &Student, signal: f64, noise: f64, learning: Learning) -> Vec<f64> {
        let Svd { values, v, .. } = &*self.svd;
        let largest = values.first().copied().unwrap_or(0.0);
        let mut weights = vec![0.0; v.nrows()];
        for (i, &s) in values.iter().enumerate() {
            let seen = signal * s * self.teacher[i] + noise * self.noise[i];
            let factor = kind.filter(s, largest, learning) * seen;
            for (w, v) in weights.iter_mut().zip(v.col_as_slice(i)) {
                *w += factor * v;
            }
        }
        weights
    }
}

/// `basisᵀ vector`.
fn project(basis: MatRef<'_, f64>, vector: &[f64]) -> Vec<f64> {
    let column = |j: usize| basis.col(j).iter().zip(vector).map(|(b, v)| b * v).sum();
    (0..basis.ncols()).map(column).collect()
}

pub(crate) fn gaussian(n: usize, rng: &mut impl Rng) -> Vec<f64> {
    (0..n).map(|_| StandardNormal.sample(rng)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    fn one(samples: usize, inputs: Inputs, ratio: f64) -> Learnt {
        let setting = Setting { dimensions: 12, samples, inputs };
        let mut rng = ChaCha8Rng::seed_from_u64(samples as u64);
        let mut drawn =
            draw(&setting, 3, &[ratio], &[Student::MinimumNorm], &mut rng).expect("finite");
        drawn.remove(0).remove(0)
    }

    #[test]
    fn without_noise_enough_samples_give_the_teacher() {
        for inputs in [Inputs::Shared, Inputs::Independent] {
            let clean = one(30, inputs, 1e12).taught;
            assert!(clean.errors().iter().all(|&e| e < 1e-9), "{:?}", clean.errors());
            let (between, own) = clean.products();
            assert!((between / own - 1.0).abs() < 1e-6);
        }
    }

    #[test]
    fn with_few_samples_shared_inputs_leave_the_same_part_of_the_teacher() {
        // 5 of 12 dimensions are seen: noiseless students are the projection of the teacher on them, all the same.
        let shared = one(5, Inputs::Shared, 1e12).taught;
        let (between, own) = shared.products();
        assert!((between / own - 1.0).abs() < 1e-5);
        for (student, error) in shared.students.iter().zip(shared.errors()) {
            // Pythagoras: what is learnt and what is left add up to the teacher.
            assert!((dot(student, student) + error - 1.0).abs() < 1e-4);
        }
        let own_inputs = one(5, Inputs::Independent, 1e12).taught;
        let (between, own) = own_inputs.products();
        assert!(between / own < 0.9);
    }

    #[test]
    fn noise_alone_has_no_teacher() {
        let noise = one(30, Inputs::Shared, 2.0).noise_alone;
        assert!(noise.teacher.iter().all(|&b| b == 0.0));
        let (between, own) = noise.products();
        assert!(between.abs() < 0.8 * own && own > 0.0);
    }

    #[test]
    fn a_stopped_flow_is_the_limit_of_small_steps() {
        // Plain gradient descent on the same problem, 20,000 steps of 1e-4.
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let (n, p, time) = (7, 4, 2.0);
        let x = Mat::<f64>::from_fn(n, p, |_, _| StandardNormal.sample(&mut rng));
        let beta = gaussian(p, &mut rng);
        let noise = gaussian(n, &mut rng);
        let row = |i: usize| (0..p).map(move |j| (i, j));
        let y: Vec<f64> =
            (0..n).map(|i| row(i).map(|at| x[at] * beta[at.1]).sum::<f64>() + noise[i]).collect();
        let (steps, mut w) = (20_000, vec![0.0; p]);
        for _ in 0..steps {
            let residual: Vec<f64> =
                (0..n).map(|i| y[i] - row(i).map(|at| x[at] * w[at.1]).sum::<f64>()).collect();
            for (j, w) in w.iter_mut().enumerate() {
                let slope: f64 = (0..n).map(|i| x[(i, j)] * residual[i]).sum();
                *w += time / f64::from(steps) * slope / n as f64;
            }
        }
        let seen = Seen::new(svd(x.as_ref()).expect("finite"), &beta, &noise);
        let learning = Learning { samples: n as f64, optimal_penalty: 1.0 };
        let flow = seen.learn(&Student::GradientFlow { time }, 1.0, 1.0, learning);
        assert!(w.iter().zip(&flow).all(|(a, b)| (a - b).abs() < 1e-3), "{w:?} {flow:?}");
    }
}
