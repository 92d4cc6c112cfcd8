//! Which part of a picture a position of a map sees.

use serde::{Deserialize, Serialize};

/// Where positions look. Position k of a stimulus is row `k / columns`, column `k % columns` of the grid; it sees the pixels
/// `offset + stride · row … + size` of the image, less what lies outside, and as many along the other side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceptiveField {
    /// Rows of positions.
    pub rows: usize,
    /// Columns of positions.
    pub columns: usize,
    /// Pixels seen by one position, along each side.
    pub size: usize,
    /// Pixels between neighbouring positions.
    pub stride: usize,
    /// First pixel seen by the first position; negative where there is padding.
    pub offset: isize,
    /// Height of the image in pixels.
    pub height: usize,
    /// Width of the image in pixels.
    pub width: usize,
}
