//! The exponential function, many values at a time.

/// 1.5 · 2⁵²: a number added to it is rounded to an integer, which is in its lowest bits.
const ROUNDING: f64 = 6_755_399_441_055_744.0;

/// ln 2 in two parts. Products of the first with an integer of this size are exact.
const LN_2: [f64; 2] = [6.931_471_803_691_238e-1, 1.908_214_929_270_587_7e-10];

/// Taylor coefficients of (eʳ − 1 − r) / r², up to r¹³: what is left out is below a rounding for |r| ≤ ln 2 / 2.
const TAYLOR: [f64; 12] = [
    1.0 / 2.0,
    1.0 / 6.0,
    1.0 / 24.0,
    1.0 / 120.0,
    1.0 / 720.0,
    1.0 / 5_040.0,
    1.0 / 40_320.0,
    1.0 / 362_880.0,
    1.0 / 3_628_800.0,
    1.0 / 39_916_800.0,
    1.0 / 479_001_600.0,
    1.0 / 6_227_020_800.0,
];

/// Least power: further down eˣ is no longer a normal number, and 0 to any sum of similarities.
const LEAST: f64 = -700.0;

/// `eˣ − c` for x ≤ 0, where c is 0 or 1; with c = 1 small x keep their digits. To some 3 roundings; below −700 it is that of −700.
///
/// Without branches and calls, so that loops become vector instructions; the bytes are the same on every processor.
#[expect(clippy::inline_always, reason = "loops over it are vectorised as a whole")]
#[inline(always)]
pub(super) fn exponential_less(c: f64, x: f64) -> f64 {
    let x = if x > LEAST { x } else { LEAST };
    let shifted = x * std::f64::consts::LOG2_E + ROUNDING;
    let k = shifted - ROUNDING;
    let r = x - k * LN_2[0] - k * LN_2[1];
    let tail = TAYLOR.iter().rev().fold(0.0, |sum, coefficient| sum * r + coefficient);
    let less_one = r + r * r * tail;
    // 2ᵏ, whose exponent is k + 1023.
    let power = f64::from_bits((shifted.to_bits() << 52).wrapping_add(1023 << 52));
    power * less_one + (power - c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_the_library_says() {
        for i in 0..200_000 {
            let x = -(f64::from(i) / 2e4).powi(3);
            let (plain, less_one) = (exponential_less(0.0, x), exponential_less(1.0, x));
            if x > LEAST {
                assert!((plain - x.exp()).abs() <= 1e-15 * x.exp(), "{x}");
            }
            assert!((less_one - x.exp_m1()).abs() <= 1e-15 * x.exp_m1().abs(), "{x}");
        }
        assert_eq!([exponential_less(0.0, 0.0), exponential_less(1.0, 0.0)], [1.0, 0.0]);
        assert_eq!(exponential_less(1.0, -1e-300), -1e-300);
        assert!(exponential_less(0.0, f64::NEG_INFINITY) < 1e-303);
    }
}
