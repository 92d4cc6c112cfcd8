//! Plain loops, compiled for the vectors that the processor has.

use crate::Real;

/// What `work` returns, its loops compiled for the widest vector instructions that this processor has (programs are built for
/// the oldest one of the architecture).
///
/// The result is the same to the last bit: these are the same operations in the same order, and none are fused. The closure,
/// and every function that it calls, has to be `#[inline(always)]`: what is not inlined is compiled as ever.
#[inline]
pub fn vectorised<R>(work: impl FnOnce() -> R) -> R {
    pulp::Arch::new().dispatch(work)
}

/// Sum of the squares in f64, in eight interleaved sums: a fixed order that vector instructions can follow.
#[must_use]
pub fn sum_of_squares<T: Real>(values: &[T]) -> f64 {
    vectorised(
        #[inline(always)]
        || {
            let mut sums = [0.0; 8];
            let lanes = values.chunks_exact(8);
            let rest: f64 = lanes.remainder().iter().map(|&v| v.into() * v.into()).sum();
            for values in lanes {
                for (sum, &value) in sums.iter_mut().zip(values) {
                    let value: f64 = value.into();
                    *sum += value * value;
                }
            }
            sums.iter().sum::<f64>() + rest
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squares_are_summed_whatever_the_length() {
        for n in [0, 1, 7, 8, 9, 64, 67] {
            let values: Vec<f32> = (0..n).map(|i| i as f32 - 3.0).collect();
            let expected: f64 = (0..n).map(|i| (f64::from(i) - 3.0).powi(2)).sum();
            assert_eq!(sum_of_squares(&values), expected);
        }
    }
}
