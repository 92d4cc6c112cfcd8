//! Two-layer ReLU networks.

use consilience_linalg::{Mat, MatRef, matmul};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

/// A network with one hidden layer of rectified units, `F(x) = Vᵀ max(0, Wᵀ(x, 1))`: a bias in every hidden unit, none in the
/// outputs.
#[derive(Debug, Clone, PartialEq)]
pub struct ReluNetwork {
    /// W, (dimensions + 1) × units; the last row holds the biases.
    pub first: Mat<f64>,
    /// V, units × outputs.
    pub second: Mat<f64>,
}

/// Sizes of a [`ReluNetwork`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Dimensions of the inputs, p.
    pub dimensions: usize,
    /// Hidden units, h.
    pub units: usize,
    /// Outputs, K.
    pub outputs: usize,
}

impl Size {
    /// Number of weights, h(p + 1) + hK.
    #[must_use]
    pub fn parameters(&self) -> usize {
        self.units * (self.dimensions + 1 + self.outputs)
    }

    /// Number of samples at which there are as many numbers to fit as weights, (h(p + 1) + hK)/K: the interpolation threshold
    /// by counting. Where training stops finding a fit is a question of the training, and has to be measured.
    #[must_use]
    pub fn threshold(&self) -> f64 {
        self.parameters() as f64 / self.outputs as f64
    }
}

impl ReluNetwork {
    /// A network with independent Gaussian weights of deviation `scale` over the root of the number of inputs to a unit.
    #[must_use]
    pub fn draw(size: Size, scale: f64, rng: &mut impl Rng) -> Self {
        let Size { dimensions, units, outputs } = size;
        let mut gaussian = |rows: usize, columns: usize| {
            let deviation = scale / (rows as f64).sqrt();
            Mat::from_fn(rows, columns, |_, _| {
                let standard: f64 = StandardNormal.sample(rng);
                deviation * standard
            })
        };
        Self { first: gaussian(dimensions + 1, units), second: gaussian(units, outputs) }
    }

    /// What the hidden units say, stimuli × units, of inputs whose last column are ones (stimuli × (dimensions + 1)).
    #[must_use]
    pub fn hidden(&self, inputs: MatRef<'_, f64>) -> Mat<f64> {
        let mut hidden = matmul(inputs, self.first.as_ref());
        for j in 0..hidden.ncols() {
            hidden.col_as_slice_mut(j).iter_mut().for_each(|v| *v = v.max(0.0));
        }
        hidden
    }

    /// What the network says, stimuli × outputs, of the same inputs.
    #[must_use]
    pub fn outputs(&self, inputs: MatRef<'_, f64>) -> Mat<f64> {
        matmul(self.hidden(inputs).as_ref(), self.second.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_the_formula_says() {
        let network = ReluNetwork {
            first: Mat::from_fn(3, 2, |i, j| [[1.0, -1.0], [2.0, 0.5], [-1.0, 3.0]][i][j]),
            second: Mat::from_fn(2, 1, |u, _| [2.0, -1.0][u]),
        };
        let inputs = Mat::from_fn(2, 3, |i, j| [[1.0, 1.0, 1.0], [-1.0, 0.0, 1.0]][i][j]);
        let hidden = network.hidden(inputs.as_ref());
        // Units: x + 2y − 1 and −x + y/2 + 3, rectified.
        assert_eq!([hidden[(0, 0)], hidden[(0, 1)]], [2.0, 2.5]);
        assert_eq!([hidden[(1, 0)], hidden[(1, 1)]], [0.0, 4.0]);
        let outputs = network.outputs(inputs.as_ref());
        assert_eq!([outputs[(0, 0)], outputs[(1, 0)]], [1.5, -4.0]);
    }

    #[test]
    fn weights_are_counted() {
        let regression = Size { dimensions: 10, units: 8, outputs: 1 };
        assert_eq!((regression.parameters(), regression.threshold()), (96, 96.0));
        let classes = Size { dimensions: 64, units: 10, outputs: 10 };
        assert_eq!((classes.parameters(), classes.threshold()), (750, 75.0));
    }
}
