//! The inputs: written once, read by all.

use std::path::{Path, PathBuf};

use consilience::data::formats::npy;
use consilience::data::{Activations, RowMajor};
use consilience::linalg::Mat;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use crate::cases::{N, P};

/// Factors that the two representations have in common.
const FACTORS: usize = 64;
/// Stimuli behind the correlation-like costs.
const STIMULI: usize = 400;

/// Folder of the inputs; they are made if they are not there.
pub(crate) fn folder() -> anyhow::Result<PathBuf> {
    let folder = crate::rounds::scratch().join("inputs");
    if folder.join("done").exists() {
        return Ok(folder);
    }
    std::fs::create_dir_all(&folder)?;
    let rng = &mut ChaCha8Rng::seed_from_u64(20);
    let factors = normal(N, FACTORS, rng);
    for name in ["x", "y"] {
        // Rectified, with means away from 0, as units of networks are.
        let mixing = normal(FACTORS, P, rng);
        let mixed = consilience::linalg::matmul(factors.as_ref(), mixing.as_ref());
        let values = (0..N).flat_map(|i| (0..P).map(move |j| (i, j)));
        let noise = |rng: &mut ChaCha8Rng| -> f64 { StandardNormal.sample(rng) };
        let values =
            values.map(|(i, j)| (mixed[(i, j)] / 8.0 + noise(rng) + 0.5).max(0.0) as f32).collect();
        save(&folder, name, &Activations::F32(RowMajor { values, n_units: P }))?;
    }
    for n in [1000, 4000] {
        save(&folder, &format!("random-{n}"), &uniform(n, n, rng))?;
        save(&folder, &format!("correlation-{n}"), &correlations(n, n, rng))?;
    }
    save(&folder, "correlation-1500", &correlations(1000, 1500, rng))?;
    std::fs::write(folder.join("done"), "")?;
    Ok(folder)
}

/// An input by name.
pub(crate) fn read(name: &str) -> anyhow::Result<Activations> {
    Ok(npy::read(folder()?.join(format!("{name}.npy")))?)
}

fn save(folder: &Path, name: &str, array: &Activations) -> anyhow::Result<()> {
    Ok(npy::write(folder.join(format!("{name}.npy")), array)?)
}

fn normal(n: usize, p: usize, rng: &mut impl Rng) -> Mat<f64> {
    Mat::from_fn(n, p, |_, _| StandardNormal.sample(rng))
}

fn uniform(p: usize, q: usize, rng: &mut impl Rng) -> Activations {
    let values = (0..p * q).map(|_| f64::from(rng.next_u32()) / 4_294_967_296.0).collect();
    Activations::F64(RowMajor { values, n_units: q })
}

/// 1 − Pearson correlation of units that share factors.
fn correlations(p: usize, q: usize, rng: &mut impl Rng) -> Activations {
    let factors = normal(STIMULI, 50, rng);
    let units = |width: usize, rng: &mut _| {
        let mixing = normal(50, width, rng);
        let mut units = consilience::linalg::matmul(factors.as_ref(), mixing.as_ref());
        for j in 0..width {
            let column = units.col_as_slice_mut(j);
            column.iter_mut().for_each(|v| {
                *v += 3.0 * <StandardNormal as Distribution<f64>>::sample(&StandardNormal, rng);
            });
            let mean = column.iter().sum::<f64>() / STIMULI as f64;
            column.iter_mut().for_each(|v| *v -= mean);
            let norm = column.iter().map(|v| v * v).sum::<f64>().sqrt();
            column.iter_mut().for_each(|v| *v /= norm);
        }
        units
    };
    let (x, y) = (units(p, rng), units(q, rng));
    let r = consilience::linalg::matmul_atb(x.as_ref(), y.as_ref());
    let values = (0..p).flat_map(|i| (0..q).map(move |j| (i, j))).map(|(i, j)| 1.0 - r[(i, j)]);
    Activations::F64(RowMajor { values: values.collect(), n_units: q })
}
