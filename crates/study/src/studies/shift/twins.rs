//! Stimuli beside their shifted versions, as one source: maps are fitted on some and evaluated on the others.

use consilience_data::{
    ActivationSource, Activations, Representation, Result as DataResult, StimulusSet,
};
use consilience_statistics::{BlockSet, Blocks, MAX_BLOCKS, Split, SplitDesign};

use super::problem;
use crate::Result;

/// First all stimuli of one source, then all of another, in the same order.
pub(super) struct Twins<'a> {
    sources: [&'a dyn ActivationSource; 2],
    stimuli: StimulusSet,
    representations: Vec<Representation>,
    /// For each representation its index in either source.
    parts: Vec<[usize; 2]>,
}

impl<'a> Twins<'a> {
    /// The representations `parts` of both sources, which hold the same stimuli in the same order.
    pub(super) fn new(sources: [&'a dyn ActivationSource; 2], parts: Vec<[usize; 2]>) -> Self {
        let [base, shifted] = sources;
        let twin = |id: &String| format!("{id} shifted");
        let ids = &base.stimuli().ids;
        let stimuli = StimulusSet {
            name: shifted.stimuli().name.clone(),
            ids: ids.iter().cloned().chain(ids.iter().map(twin)).collect(),
            ..StimulusSet::default()
        };
        let of_shifted = |part: &[usize; 2]| shifted.representations()[part[1]].clone();
        Self { sources, stimuli, representations: parts.iter().map(of_shifted).collect(), parts }
    }
}

impl ActivationSource for Twins<'_> {
    fn stimuli(&self) -> &StimulusSet {
        &self.stimuli
    }

    fn representations(&self) -> &[Representation] {
        &self.representations
    }

    fn read(
        &self,
        representation: usize,
        stimuli: &[usize],
        out: &mut Activations,
    ) -> DataResult<()> {
        let n = self.stimuli.len() / 2;
        // Stimuli of one source in a row are read together.
        for run in stimuli.chunk_by(|a, b| (*a < n) == (*b < n)) {
            let side = usize::from(run[0] >= n);
            let own: Vec<usize> = run.iter().map(|s| s - side * n).collect();
            self.sources[side].read(self.parts[representation][side], &own, out)?;
        }
        Ok(())
    }
}

/// Blocks of the stimuli, then the same of their shifted versions.
pub(super) fn twin_blocks(blocks: &Blocks) -> Blocks {
    let n = blocks.n_stimuli();
    let side = |by: usize| {
        let moved = move |b| blocks.members(b).iter().map(|s| s + by).collect::<Vec<_>>();
        (0..blocks.len()).map(moved)
    };
    Blocks::explicit(side(0).chain(side(n)).collect())
}

/// The design with every eval set exchanged for its shifted version; what is fitted, and chosen inside the fit set, stays.
pub(super) fn fitted_in_distribution(design: &SplitDesign, n_blocks: usize) -> SplitDesign {
    let shifted = |set: BlockSet| -> BlockSet { set.iter().map(|b| b + n_blocks).collect() };
    let splits = design.splits().iter();
    SplitDesign::explicit(splits.map(|s| Split { eval: shifted(s.eval), ..s.clone() }).collect())
}

/// The design without each block and its shifted version: both are of the same stimuli.
pub(super) fn without_each_twin(design: &SplitDesign, n_blocks: usize) -> Vec<SplitDesign> {
    let without = (0..n_blocks).map(|b| design.without(b).without(b + n_blocks));
    without.filter(|design| !design.splits().is_empty()).collect()
}

/// Nothing, if so many blocks can stand beside as many others.
pub(super) fn check_blocks(n_blocks: usize) -> Result<()> {
    if 2 * n_blocks <= MAX_BLOCKS {
        return Ok(());
    }
    Err(problem(format!(
        "blocks = {n_blocks}; maps that are applied as fitted take a block of shifted stimuli for each: expected at most {}",
        MAX_BLOCKS / 2
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eval_sets_are_the_shifted_versions_of_what_is_held_out() {
        let blocks = Blocks::contiguous(40, 4).expect("valid");
        let both = twin_blocks(&blocks);
        assert_eq!((both.len(), both.n_stimuli()), (8, 80));
        for b in 0..4 {
            let twin: Vec<usize> = both.members(b).iter().map(|s| s + 40).collect();
            assert_eq!(both.members(b + 4), twin);
        }
        let design = SplitDesign::k_fold(&blocks, 2).expect("valid");
        let shifted = fitted_in_distribution(&design, 4);
        for (split, before) in shifted.splits().iter().zip(design.splits()) {
            assert_eq!((split.fit, &split.inner), (before.fit, &before.inner));
            let held_out: BlockSet = split.eval.iter().map(|b| b - 4).collect();
            assert_eq!(held_out, before.eval);
            assert!(held_out.minus(split.fit) == held_out, "nothing was fitted on it");
        }
        for (b, design) in without_each_twin(&shifted, 4).iter().enumerate() {
            let all = design.all();
            assert!(!all.contains(b) && !all.contains(b + 4) && all.len() == 6);
        }
        assert!(check_blocks(32).is_ok());
        let message = check_blocks(33).expect_err("66 blocks").to_string();
        assert!(message.contains("blocks = 33") && message.contains("at most 32"), "{message}");
    }
}
