//! A small writer of SVG: shapes, scales, axes, legends, and drawings made of panels.
//!
//! Text stays text. Colours are classes of `templates/figure.css`, so that a drawing follows the page into dark mode.

mod builder;
mod drawing;
mod legend;
mod scale;

pub use builder::{Anchor, Marker, Svg, escape, text_width};
pub(crate) use drawing::document;
pub use drawing::{Drawing, Panel};
pub use legend::{Key, Swatch};
pub use scale::{Linear, Ticks, spaced};
