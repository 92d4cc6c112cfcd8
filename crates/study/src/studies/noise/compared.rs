//! What is scored at every ratio: pairs of networks, and two noisy copies of each.

use super::noisy::NoisyCopy;
use crate::{Cell, Draws};

/// What is scored at every ratio.
#[derive(Debug, Clone, Copy)]
pub(super) enum Compared {
    /// Two representations, each with noise of its own.
    Pair(usize, usize),
    /// Two noisy copies of one.
    Copies(usize),
}

impl Compared {
    pub(super) fn is_pair(self) -> bool {
        matches!(self, Self::Pair(..))
    }

    pub(super) fn copies(self) -> [NoisyCopy; 2] {
        match self {
            Self::Pair(x, y) => [x, y].map(|of| NoisyCopy { of, number: 0 }),
            Self::Copies(of) => [0, 1].map(|number| NoisyCopy { of, number }),
        }
    }

    /// The cell of it, each copy at its place. Chance levels are those of pairs.
    pub(super) fn cell(self, place: impl Fn(NoisyCopy) -> usize, draws: Draws) -> Cell {
        let [x, y] = self.copies().map(place);
        let none = Draws { shuffle: 0, rotation: 0 };
        Cell { x, y, draws: if self.is_pair() { draws } else { none } }
    }
}
