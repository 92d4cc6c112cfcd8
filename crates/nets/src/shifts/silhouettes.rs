//! `silhouettes`: a black shape on white.

use rand_chacha::ChaCha8Rng;

use super::Picture;
use super::shift::{Info, Needs, Shift};
use crate::datasets::Pictures;

/// Levels of luminance among which the threshold is looked for.
const LEVELS: usize = 256;

#[derive(Debug)]
pub(super) struct Silhouettes;

impl Shift for Silhouettes {
    const INFO: Info = Info {
        id: "silhouettes",
        definition: "every value becomes (1 - s) times itself plus s times a drawing: the luminance is cut in two by Otsu's \
                     threshold, the side that most of the border is on is the ground and white, the other is black",
        unit: "share of the drawing",
        strengths: [0.2, 0.4, 0.6, 0.8, 1.0],
        needs: Needs::Anything,
        is_random: false,
        reads_set: false,
        source: "after the silhouettes of Geirhos et al. 2019, which people drew; the threshold (Otsu 1979) is our choice",
    };

    fn new(_: &Pictures) -> Self {
        Self
    }

    fn apply(&self, set: &Pictures, i: usize, strength: f64, _: &mut ChaCha8Rng) -> Picture {
        let picture = Picture::of(set, i);
        let levels: Vec<usize> = picture.luminance().iter().map(|&v| level(v)).collect();
        let threshold = otsu(&levels);
        let &Pictures { height, width, .. } = set;
        let on_border = |k: usize| {
            let (y, x) = (k / width, k % width);
            y == 0 || x == 0 || y + 1 == height || x + 1 == width
        };
        let (mut bright, mut all) = (0, 0);
        for (_, &level) in levels.iter().enumerate().filter(|(k, _)| on_border(*k)) {
            bright += usize::from(level > threshold);
            all += 1;
        }
        let ground_is_bright = 2 * bright > all;
        let white = |level: usize| (level > threshold) == ground_is_bright;
        let drawing: Vec<f64> = levels.iter().map(|&l| if white(l) { 1.0 } else { 0.0 }).collect();
        picture.mixed(&drawing, strength)
    }
}

fn level(luminance: f64) -> usize {
    (luminance.clamp(0.0, 1.0) * (LEVELS - 1) as f64).round() as usize
}

/// The largest level of the darker class, where the variance between the two classes is largest (the first of equals). The
/// highest level, so that everything is dark, if all levels are equal.
fn otsu(levels: &[usize]) -> usize {
    let mut counts = [0.0; LEVELS];
    levels.iter().for_each(|&level| counts[level] += 1.0);
    let n = levels.len() as f64;
    let total: f64 = counts.iter().enumerate().map(|(level, count)| level as f64 * count).sum();
    let (mut below, mut sum, mut best) = (0.0, 0.0, (0.0, LEVELS - 1));
    for (level, count) in counts.iter().enumerate() {
        below += count;
        sum += level as f64 * count;
        if below > 0.0 && below < n {
            let difference = sum / below - (total - sum) / (n - below);
            let between = below * (n - below) * difference * difference;
            if between > best.0 {
                best = (between, level);
            }
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_threshold_parts_two_heaps() {
        assert_eq!(otsu(&[10, 12, 11, 200, 202, 11]), 12);
        assert_eq!(otsu(&[7; 5]), LEVELS - 1, "one heap cannot be parted");
    }
}
