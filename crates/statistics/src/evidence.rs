//! All that was gathered of two representations under one condition: what measures are evaluated on.

use crate::{Pair, RowPair};

/// What was gathered of two representations. A statistic that no measure of a cell reads need not be there.
#[derive(Debug, Default)]
pub struct Evidence<'a> {
    /// Moments in blocks.
    pub moments: Option<Pair<'a>>,
    /// Rows of all blocks of the design.
    pub rows: Option<RowPair<'a>>,
}
