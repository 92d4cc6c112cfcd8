//! Activations with noise.

use consilience_data::{
    ActivationSource, Activations, ArraySource, Cached, Representation, RowMajor,
};
use consilience_statistics::UnitSelection;
use rand_distr::{Distribution, StandardNormal};

use super::KIND;
use crate::Result;
use crate::tile::{Selections, generator};

/// Copies of each representation that have noise of their own.
pub(super) const COPIES: usize = 2;

/// A copy of a representation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct NoisyCopy {
    /// Index of the representation.
    pub(super) of: usize,
    /// Which of its [`COPIES`].
    pub(super) number: usize,
}

/// Copies of representations of a source, with noise of one draw at one ratio.
///
/// Draws depend on what a representation is called, on the number of the draw and of the copy, and not on the ratio: along
/// the ratios one and the same noise grows. Units that take no part stay as they are.
pub(super) fn noisy(
    source: &Cached<'_>,
    copies: &[NoisyCopy],
    selections: &Selections,
    (seed, draw): (u64, usize),
    signal_to_noise: f64,
) -> Result<ArraySource> {
    let mut out = ArraySource::new(source.stimuli().clone());
    for copy in copies {
        let representation = &source.representations()[copy.of];
        let values = source.loaded(copy.of).expect("it was loaded");
        let purpose = format!("{KIND} {}", representation.id);
        let rng = &mut generator(seed, &purpose, &[draw, copy.number]);
        let mut noise = || StandardNormal.sample(rng);
        let array = match (&selections[&copy.of], values) {
            (Err(_), values) => values.clone(),
            (Ok(units), Activations::F32(m)) => {
                let add = |v: f32, by: f64| (f64::from(v) + by) as f32;
                Activations::F32(with_noise(m, units, signal_to_noise, &mut noise, add))
            }
            (Ok(units), Activations::F64(m)) => {
                let add = |v: f64, by: f64| v + by;
                Activations::F64(with_noise(m, units, signal_to_noise, &mut noise, add))
            }
        };
        out.push(Representation { digest: String::new(), ..representation.clone() }, array)?;
    }
    Ok(out)
}

/// The selections of [`noisy`] representations: those of what they are copies of.
pub(super) fn selections_of_copies(copies: &[NoisyCopy], selections: &Selections) -> Selections {
    let copies = copies.iter().enumerate();
    copies.map(|(place, copy)| (place, selections[&copy.of].clone())).collect()
}

fn with_noise<T: Copy + Into<f64>>(
    rows: &RowMajor<T>,
    units: &UnitSelection,
    signal_to_noise: f64,
    noise: &mut impl FnMut() -> f64,
    add: impl Fn(T, f64) -> T,
) -> RowMajor<T> {
    let scales: Vec<f64> =
        units.kept.iter().map(|&unit| deviation(rows, unit) / signal_to_noise.sqrt()).collect();
    let mut values = rows.values.clone();
    for row in values.chunks_exact_mut(rows.n_units) {
        for (&unit, scale) in units.kept.iter().zip(&scales) {
            row[unit] = add(row[unit], scale * noise());
        }
    }
    RowMajor { values, n_units: rows.n_units }
}

/// Standard deviation of a unit over all rows.
fn deviation<T: Copy + Into<f64>>(rows: &RowMajor<T>, unit: usize) -> f64 {
    let column = || rows.values.iter().skip(unit).step_by(rows.n_units).map(|&v| v.into());
    let n = rows.n_rows() as f64;
    let mean = column().sum::<f64>() / n;
    (column().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use consilience_data::{StimulusSet, array_representation};

    #[test]
    fn noise_has_the_ratio_that_was_asked_for_and_grows_along_the_ratios() {
        let n = 4000;
        let values: Vec<f64> =
            (0..2 * n).map(|i| f64::from(i % 7) * f64::from(1 + i % 2)).collect();
        let array = Activations::F64(RowMajor { values: values.clone(), n_units: 2 });
        let mut source = ArraySource::new(StimulusSet::indexed("test", n as usize));
        source.push(array_representation("x", &array), array).expect("finite");
        let source = Cached::load(&source, &[0]).expect("loaded");
        let kept = |kept: Vec<usize>, dropped| {
            Selections::from([(0, Ok(UnitSelection { kept, dropped }))])
        };
        let at = |ratio: f64, selections: &Selections, copy: usize| {
            let copies = [0, 1].map(|number| NoisyCopy { of: 0, number });
            let noisy = noisy(&source, &copies, selections, (1, 0), ratio).expect("finite");
            let mut out = Activations::F64(RowMajor { values: Vec::new(), n_units: 2 });
            noisy.read(copy, &(0..n as usize).collect::<Vec<_>>(), &mut out).expect("read");
            let Activations::F64(m) = out else { panic!("double precision") };
            m.values.iter().zip(&values).map(|(noisy, clean)| noisy - clean).collect::<Vec<f64>>()
        };
        let both = kept(vec![0, 1], vec![]);
        let (little, much) = (at(4.0, &both, 0), at(0.25, &both, 0));
        for (a, b) in little.iter().zip(&much) {
            assert!((4.0 * a - b).abs() < 1e-9);
        }
        for unit in 0..2 {
            let rows = |values: &[f64]| RowMajor { values: values.to_vec(), n_units: 2 };
            let ratio = (deviation(&rows(&values), unit) / deviation(&rows(&little), unit)).powi(2);
            // A variance of 4,000 draws errs by 2.2 %.
            assert!((ratio - 4.0).abs() < 0.4, "{ratio}");
        }
        let product: f64 = little.iter().zip(&at(4.0, &both, 1)).map(|(a, b)| a * b).sum();
        let square: f64 = little.iter().map(|a| a * a).sum();
        assert!((product / square).abs() < 0.05, "copies are independent");
        let without_second = at(4.0, &kept(vec![0], vec![1]), 0);
        assert!(without_second.iter().skip(1).step_by(2).all(|v| *v == 0.0));
    }
}
