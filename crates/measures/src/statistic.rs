//! What a measure may read: each statistic knows how to make its views from what was gathered and a design.

use consilience_statistics::{BlockSet, Evidence, Pair, PairMoments, RowPair, Split, SplitDesign};

use crate::{Comparison, Direction, Error, Reads, Result};

/// A kind of statistic. Its view is all that a measure of it can reach.
pub trait Statistic {
    /// Name of the kind.
    const READS: Reads;
    /// What the measure sees.
    type View<'a>: Copy;

    /// Makes the views of the design one after the other, and returns the mean of the comparisons.
    ///
    /// # Errors
    /// [`Error::NotGathered`], and whatever the comparison returns.
    fn evaluate(
        evidence: &Evidence<'_>,
        design: &SplitDesign,
        compare: impl FnMut(Self::View<'_>) -> Result<Comparison>,
    ) -> Result<Comparison>;
}

/// Moments over all stimuli of the design.
#[derive(Debug)]
pub struct WholeMoments;

impl Statistic for WholeMoments {
    const READS: Reads = Reads::WholeMoments;
    type View<'a> = &'a PairMoments;

    fn evaluate(
        evidence: &Evidence<'_>,
        design: &SplitDesign,
        mut compare: impl FnMut(Self::View<'_>) -> Result<Comparison>,
    ) -> Result<Comparison> {
        compare(&moments(evidence)?.over(design.all()))
    }
}

/// Moments over a fit set and over an eval set, split after split.
#[derive(Debug)]
pub struct HeldOutMoments;

/// One split: what is fitted on, what is scored on.
#[derive(Debug, Clone, Copy)]
pub struct Fold<'a> {
    /// Moments of the fit set.
    pub fit: &'a PairMoments,
    /// Moments of the eval set; the same as `fit` in sample.
    pub eval: &'a PairMoments,
    /// The pair, for moments of the folds inside the fit set.
    pub pair: &'a Pair<'a>,
    /// The split.
    pub split: &'a Split,
}

impl Fold<'_> {
    /// Fit and eval sets of the folds inside the fit set by which parameters are chosen.
    pub(crate) fn inner(&self) -> impl Iterator<Item = (BlockSet, BlockSet)> + '_ {
        let folds = self.split.inner.iter().map(|&eval| (self.split.fit.minus(eval), eval));
        folds.filter(|(fit, _)| !fit.is_empty())
    }

    /// Computes the eigendecompositions of the source scatters over the fit set and those inside it, side by side.
    ///
    /// Each runs on one thread; they are remembered, so whoever asks for one later finds it.
    pub(crate) fn prepare_inner(&self, direction: Direction) {
        let sets: Vec<BlockSet> =
            self.inner().map(|(fit, _)| fit).chain([self.split.fit]).collect();
        let (x, y) = match direction {
            Direction::Both => (&sets[..], &sets[..]),
            Direction::XToY => (&sets[..], &[][..]),
            Direction::YToX => (&[][..], &sets[..]),
        };
        self.pair.factorise(x, y);
    }
}

impl Statistic for HeldOutMoments {
    const READS: Reads = Reads::HeldOutMoments;
    type View<'a> = Fold<'a>;

    fn evaluate(
        evidence: &Evidence<'_>,
        design: &SplitDesign,
        mut compare: impl FnMut(Self::View<'_>) -> Result<Comparison>,
    ) -> Result<Comparison> {
        let pair = moments(evidence)?;
        let folds = design.splits().iter().map(|split| {
            let fit = pair.over(split.fit);
            if split.is_in_sample() {
                return compare(Fold { fit: &fit, eval: &fit, pair, split });
            }
            compare(Fold { fit: &fit, eval: &pair.over(split.eval), pair, split })
        });
        Ok(Comparison::mean(folds.collect::<Result<Vec<_>>>()?))
    }
}

fn moments<'a>(evidence: &'a Evidence<'a>) -> Result<&'a Pair<'a>> {
    evidence.moments.as_ref().ok_or(Error::NotGathered { statistic: "moments" })
}

/// Rows of all stimuli of the design.
#[derive(Debug)]
pub struct WholeRows;

impl Statistic for WholeRows {
    const READS: Reads = Reads::WholeRows;
    type View<'a> = &'a RowPair<'a>;

    fn evaluate(
        evidence: &Evidence<'_>,
        _: &SplitDesign,
        mut compare: impl FnMut(Self::View<'_>) -> Result<Comparison>,
    ) -> Result<Comparison> {
        compare(evidence.rows.as_ref().ok_or(Error::NotGathered { statistic: "rows" })?)
    }
}
