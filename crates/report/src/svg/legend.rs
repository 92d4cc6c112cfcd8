//! Legends: what a colour, a marker or a dash means.

use super::builder::{Anchor, Marker, Svg, text_width};

/// Font size of a legend.
const SIZE: f64 = 12.0;
/// Width and height of a sample.
const SAMPLE: (f64, f64) = (28.0, 14.0);

/// What a sample shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Swatch {
    /// A line that ends in a marker: class of the colour, shape.
    Line(String, Marker),
    /// A line of a class without a marker.
    Plain(&'static str),
    /// A band around a line.
    Band,
    /// A point with its interval.
    Interval,
    /// A tick of a class.
    Tick(&'static str),
    /// A bracket.
    Bracket,
}

/// A line of the legend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The sample.
    pub swatch: Swatch,
    /// What it means.
    pub label: String,
}

impl Key {
    /// A line of the legend.
    #[must_use]
    pub fn new(swatch: Swatch, label: impl Into<String>) -> Self {
        Self { swatch, label: label.into() }
    }

    /// The sample as an image of its own, for a legend in HTML.
    pub(crate) fn html(&self) -> String {
        let mut svg = Svg::new();
        self.sample(&mut svg);
        let (w, h) = SAMPLE;
        format!(
            r#"<li><svg class="swatch" viewBox="0 0 {w} {h}" width="{w}" height="{h}" aria-hidden="true">{}</svg>{}</li>"#,
            svg.finish(),
            super::escape(&self.label)
        )
    }

    fn width(&self) -> f64 {
        SAMPLE.0 + 6.0 + text_width(&self.label, SIZE) + 18.0
    }

    fn sample(&self, svg: &mut Svg) {
        let (w, h) = SAMPLE;
        let (from, to) = ((1.0, h / 2.0), (w - 1.0, h / 2.0));
        match &self.swatch {
            Swatch::Line(class, marker) => {
                svg.line(&format!("curve {class}"), from, to);
                svg.marker(&format!("point {class}"), *marker, (w / 2.0, h / 2.0), 4.0);
            }
            Swatch::Plain(class) => svg.line(class, from, to),
            Swatch::Band => {
                svg.rect("band neutral", [1.0, 2.0, w - 2.0, h - 4.0]);
                svg.line("curve neutral", from, to);
            }
            Swatch::Interval => {
                svg.line("interval neutral", (3.0, h / 2.0), (w - 3.0, h / 2.0));
                svg.marker("point neutral", Marker::Circle, (w / 2.0, h / 2.0), 4.0);
            }
            Swatch::Tick(class) => svg.line(class, (w / 2.0, 1.0), (w / 2.0, h - 1.0)),
            Swatch::Bracket => {
                svg.polyline("bracket", &[(10.0, 1.5), (15.0, 1.5), (15.0, 12.5), (10.0, 12.5)]);
            }
        }
    }
}

/// Draws a legend in lines of at most `width`; returns its height.
pub(crate) fn strip(svg: &mut Svg, keys: &[Key], width: f64) -> f64 {
    let (mut x, mut y) = (0.0, 0.0);
    for key in keys {
        if x > 0.0 && x + key.width() > width {
            (x, y) = (0.0, y + 20.0);
        }
        svg.shifted((x, y), |svg| {
            key.sample(svg);
            svg.text("legend", Anchor::Start, (SAMPLE.0 + 6.0, 11.0), &key.label);
        });
        x += key.width();
    }
    if keys.is_empty() { 0.0 } else { y + 20.0 }
}
