//! The Marchenko–Pastur law: eigenvalues of `XᵀX/n` for Gaussian inputs, in the limit of many dimensions.

/// Nodes of the quadrature. The integrand is smooth in the angle; doubling the nodes changes no digit that is tested.
const NODES: usize = 2000;

/// Mean of `h(eigenvalue)` over all p eigenvalues of `XᵀX/n`, zeros included, for `aspect` = p/n.
///
/// With λ = 1 + γ + 2√γ cos θ the density √((b − λ)(λ − a))/(2πγλ) on [a, b] = [(1 − √γ)², (1 + √γ)²] becomes 4γ sin²θ/(2πγλ) dθ,
/// which the midpoint rule integrates.
pub(crate) fn mean_over_eigenvalues(aspect: f64, h: impl Fn(f64) -> f64) -> f64 {
    let root = aspect.sqrt();
    let width = std::f64::consts::PI / NODES as f64;
    let node = |i: usize| {
        let theta = (i as f64 + 0.5) * width;
        let eigenvalue = 1.0 + aspect + 2.0 * root * theta.cos();
        let density = 2.0 * theta.sin().powi(2) / (std::f64::consts::PI * eigenvalue);
        h(eigenvalue) * density * width
    };
    let positive: f64 = (0..NODES).map(node).sum();
    let zeros = 1.0 - 1.0 / aspect;
    if zeros > 0.0 { positive + zeros * h(0.0) } else { positive }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_those_of_the_law() {
        for aspect in [0.05_f64, 0.5, 0.99, 1.0, 1.5, 10.0] {
            let mass = mean_over_eigenvalues(aspect, |_| 1.0);
            assert!((mass - 1.0).abs() < 1e-3, "{aspect}: {mass}");
            let mean = mean_over_eigenvalues(aspect, |l| l);
            assert!((mean - 1.0).abs() < 1e-10, "{aspect}: {mean}");
            let second = mean_over_eigenvalues(aspect, |l| l * l);
            assert!((second - 1.0 - aspect).abs() < 1e-10, "{aspect}: {second}");
        }
        // Mean of 1/λ is 1/(1 − γ) below the threshold (Silverstein 1995; the limit of the inverse Wishart mean).
        let inverse = mean_over_eigenvalues(0.5, |l| 1.0 / l);
        assert!((inverse - 2.0).abs() < 1e-10, "{inverse}");
    }
}
