//! Colours: series by name, values by a scale. Both can be told apart with any common colour vision.

use std::collections::BTreeSet;

/// Number of series colours: those of Okabe & Ito, tuned for light and dark ground in `theme.rs`.
const SERIES: usize = 8;

/// Viridis (Smith & van der Walt), every eighth: perceptually uniform, readable in grey and with any colour vision.
const SCALE: [[f64; 3]; 9] = [
    [68.0, 1.0, 84.0],
    [71.0, 45.0, 123.0],
    [59.0, 82.0, 139.0],
    [44.0, 114.0, 142.0],
    [33.0, 145.0, 140.0],
    [40.0, 174.0, 128.0],
    [94.0, 201.0, 98.0],
    [173.0, 220.0, 48.0],
    [253.0, 231.0, 37.0],
];

/// Colours and markers of named series: the same name looks the same in every figure of a report.
#[derive(Debug, Clone, Default)]
pub struct Palette {
    names: Vec<String>,
}

impl Palette {
    /// Colours for names, in the order of the alphabet.
    #[must_use]
    pub fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let names: BTreeSet<&str> = names.into_iter().collect();
        Self { names: names.into_iter().map(str::to_owned).collect() }
    }

    /// Place of a name; names that are unknown share the last place.
    #[must_use]
    pub fn index(&self, name: &str) -> usize {
        self.names.binary_search_by(|n| n.as_str().cmp(name)).unwrap_or(self.names.len())
    }

    /// Class of a name in the style sheet: `s0` to `s7`, then around again.
    #[must_use]
    pub fn class(&self, name: &str) -> String {
        format!("s{}", self.index(name) % SERIES)
    }
}

/// Colour of a position on the scale, 0 to 1, as red, green and blue.
fn colour(position: f64) -> [f64; 3] {
    let place = position.clamp(0.0, 1.0) * (SCALE.len() - 1) as f64;
    let below = (place.floor() as usize).min(SCALE.len() - 2);
    let share = place - below as f64;
    std::array::from_fn(|c| SCALE[below][c] + share * (SCALE[below + 1][c] - SCALE[below][c]))
}

/// Colour of a position on the scale, 0 to 1, as `#rrggbb`.
#[must_use]
pub fn sequential(position: f64) -> String {
    let [r, g, b] = colour(position).map(|c| c.round() as u8);
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// Class of text on a position of the scale: whichever of dark and light has the larger contrast.
#[must_use]
pub fn text_on(position: f64) -> &'static str {
    let linear = colour(position).map(|c| {
        let c = c / 255.0;
        if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    });
    let luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
    // Contrast ratio of WCAG 2 with white, and with black.
    if 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 { "on-dark" } else { "on-light" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_their_colour_by_the_alphabet() {
        let palette = Palette::of(["ridge", "linear-cka", "ridge"]);
        assert_eq!(palette.class("linear-cka"), "s0");
        assert_eq!(palette.class("ridge"), "s1");
        assert_eq!(palette.class("unknown"), "s2");
    }

    #[test]
    fn the_scale_meets_its_anchors_and_grows_lighter() {
        assert_eq!(sequential(0.0), "#440154");
        assert_eq!(sequential(1.0), "#fde725");
        assert_eq!(sequential(-3.0), sequential(0.0));
        assert_eq!(sequential(0.5), "#21918c");
        assert_eq!(text_on(0.0), "on-dark");
        assert_eq!(text_on(1.0), "on-light");
        let luminance = |t| {
            let [r, g, b] = colour(t);
            0.2126 * r + 0.7152 * g + 0.0722 * b
        };
        assert!(
            (0..64).all(|i| luminance(f64::from(i) / 64.0) < luminance(f64::from(i + 1) / 64.0))
        );
    }
}
