//! Canonical correlations of a pair, or an error in the name of a measure.

use consilience_linalg::{Eigen, Mat, add_outer, eigen_symmetric, matmul, matmul_atb};
use consilience_statistics::{Canonical, PairMoments, SideMoments};

use crate::Result;
use crate::alignment::sums_of_squares;
use crate::caveats::undefined;

/// Canonical correlations of the centred rows: at least one.
pub(crate) fn canonical<'a>(id: &'static str, moments: &'a PairMoments) -> Result<&'a Canonical> {
    let _ = sums_of_squares(id, moments)?;
    check(id, moments.canonical()?)
}

/// Canonical correlations of the rows as they are, not centred: from second moments about 0.
pub(crate) fn about_zero(id: &'static str, moments: &PairMoments) -> Result<Canonical> {
    let n = moments.n as f64;
    let eigen = |side: &SideMoments| -> Result<Eigen> {
        let mut second = side.scatter().to_owned();
        add_outer(&mut second, n, &side.mean, &side.mean);
        Ok(eigen_symmetric(second.as_ref())?)
    };
    let (x, y) = (eigen(&moments.x)?, eigen(&moments.y)?);
    let mut cross: Mat<f64> = moments.cross().clone();
    add_outer(&mut cross, n, &moments.x.mean, &moments.y.mean);
    let half = matmul_atb(x.vectors.as_ref(), cross.as_ref());
    let turned = matmul(half.as_ref(), y.vectors.as_ref());
    let found = Canonical::of([&x, &y], turned.as_ref(), moments.n, moments.epsilon)?;
    check(id, &found)?;
    Ok(found)
}

fn check<'a>(id: &'static str, found: &'a Canonical) -> Result<&'a Canonical> {
    if found.correlations.is_empty() {
        let reason = "a representation has no variance; record other stimuli".to_owned();
        return Err(undefined(id, reason));
    }
    Ok(found)
}
