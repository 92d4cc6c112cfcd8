//! `edges`: a line drawing.

use rand_chacha::ChaCha8Rng;

use super::Picture;
use super::picture::mirrored;
use super::shift::{Info, Needs, Shift};
use crate::datasets::Pictures;

#[derive(Debug)]
pub(super) struct Edges;

impl Shift for Edges {
    const INFO: Info = Info {
        id: "edges",
        definition: "every value becomes (1 - s) times itself plus s times (1 - E), where E is the size of the gradient of the \
                     luminance (Sobel), divided by its largest value in the picture: dark lines on white",
        unit: "share of the drawing",
        strengths: [0.2, 0.4, 0.6, 0.8, 1.0],
        needs: Needs::Anything,
        is_random: false,
        reads_set: false,
        source: "after the edges of Geirhos et al. 2019, who detect them by Canny's method; the gradient is our choice",
    };

    fn new(_: &Pictures) -> Self {
        Self
    }

    fn apply(&self, set: &Pictures, i: usize, strength: f64, _: &mut ChaCha8Rng) -> Picture {
        let picture = Picture::of(set, i);
        let gradient = gradient(&picture.luminance(), set.height, set.width);
        let largest = gradient.iter().copied().fold(0.0, f64::max);
        let scale = if largest > 0.0 { 1.0 / largest } else { 0.0 };
        let drawing: Vec<f64> = gradient.iter().map(|v| 1.0 - v * scale).collect();
        picture.mixed(&drawing, strength)
    }
}

/// Size of the gradient by Sobel's operator.
fn gradient(plane: &[f64], height: usize, width: usize) -> Vec<f64> {
    let mut out = Vec::with_capacity(plane.len());
    for y in 0..height as i64 {
        for x in 0..width as i64 {
            let at = |dy: i64, dx: i64| {
                plane[mirrored(y + dy, height) * width + mirrored(x + dx, width)]
            };
            let across = |d: i64| at(-1, d) + 2.0 * at(0, d) + at(1, d);
            let down = |d: i64| at(d, -1) + 2.0 * at(d, 0) + at(d, 1);
            out.push((across(1) - across(-1)).hypot(down(1) - down(-1)));
        }
    }
    out
}
