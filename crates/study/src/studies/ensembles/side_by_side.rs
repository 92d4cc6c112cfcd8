//! How many draws of ensembles are made side by side, and what they hold.

use consilience_data::{Progress, Representation};
use rayon::prelude::*;

use super::scores::{Scoring, hidden_layer};
use crate::footprint::{BASE_BYTES, Footprint, with_reserve};
use crate::job::{Excerpt, Job};
use crate::{Error, Growth, Result, Setup};

/// What decides how many bytes one draw takes.
pub(crate) struct OneDraw<'a> {
    /// Kind of the study, for errors.
    pub(crate) kind: &'static str,
    pub(crate) scoring: Scoring<'a>,
    /// Ensembles, those of noise alone among them.
    pub(crate) ensembles: usize,
    pub(crate) stimuli: usize,
    /// Units of a hidden layer.
    pub(crate) hidden: usize,
    /// Numbers that are held beside hidden layers and what is made of them: inputs, their decompositions, weights, outputs.
    pub(crate) numbers: usize,
    /// Numbers that are held once for all draws.
    pub(crate) shared_numbers: usize,
}

/// Draws that are made side by side.
pub(crate) struct SideBySide {
    /// As many as there are threads for, if no limit says how many.
    at_once: Option<usize>,
    /// Bytes held at once, at the most.
    pub(crate) held: u64,
}

impl SideBySide {
    /// As many as there are threads, or as few as it takes to keep within the limit.
    ///
    /// # Errors
    /// [`Error::DrawMemory`] where a single draw takes more.
    pub(crate) fn within(one: &OneDraw<'_>, setup: &Setup<'_>) -> Result<Self> {
        let each = one.bytes()?;
        let shared = BASE_BYTES + with_reserve(8 * one.shared_numbers as u64);
        let held = |draws: usize| shared + draws as u64 * each;
        let fits = |draws: &usize| setup.memory.is_none_or(|limit| held(*draws) <= limit);
        match (1..=rayon::current_num_threads()).rev().find(fits) {
            Some(draws) => Ok(Self { at_once: setup.memory.map(|_| draws), held: held(draws) }),
            None => Err(Error::DrawMemory {
                study: one.kind,
                needed: held(1),
                limit: setup.memory.unwrap_or(0),
            }),
        }
    }

    /// What each of so many draws says, in their order.
    pub(crate) fn all<T: Send>(
        &self,
        n_draws: usize,
        progress: &dyn Progress,
        one_draw: impl Fn(usize) -> Result<T> + Sync + Send,
    ) -> Result<Vec<T>> {
        let said = |number| {
            let said = one_draw(number);
            progress.advance(1);
            said
        };
        let at_once = self.at_once.unwrap_or(n_draws).max(1);
        let mut all = Vec::with_capacity(n_draws);
        for first in (0..n_draws).step_by(at_once) {
            let draws = (first..(first + at_once).min(n_draws)).into_par_iter();
            all.extend(draws.map(said).collect::<Result<Vec<T>>>()?);
        }
        Ok(all)
    }
}

impl OneDraw<'_> {
    fn bytes(&self) -> Result<u64> {
        let layer = |student| hidden_layer(format!("student {student}"), self.hidden);
        let catalogue: Vec<Representation> =
            (0..self.ensembles * self.scoring.members).map(layer).collect();
        let (blocks, design) = self.scoring.design(self.stimuli)?;
        let designs = (&blocks, &design, &[][..]);
        let footprint = Footprint::new(&catalogue, self.stimuli, designs, self.scoring.measures)?;
        let scored = footprint.beside_the_process(&self.scoring.cells(self.ensembles));
        let layers = catalogue.len() * self.stimuli * self.hidden;
        Ok(with_reserve(8 * (layers + self.numbers) as u64) + scored)
    }
}

/// How many draws a part of a job makes: two a thread, which is no fewer than a mean over draws takes.
pub(crate) fn few_draws(all: usize) -> usize {
    all.min(2 * rayon::current_num_threads())
}

/// A part of a job of draws, whose time depends on no stimuli of the source.
pub(crate) fn excerpt(whole: &dyn Job, part: impl Job + 'static) -> Excerpt {
    Excerpt::of(whole, part, Growth::None)
}
