//! Representations kept in memory while many studies read them in any order.

use crate::store::RecordedSet;
use crate::{ActivationSource, Activations, ReceptiveField, Representation, Result, StimulusSet};

/// A source with some of its representations held in memory; the others are read from it as before.
///
/// Indices, representations and stimuli are those of the wrapped source.
pub struct Cached<'a> {
    source: &'a dyn ActivationSource,
    /// One a representation of the source.
    loaded: Vec<Option<Activations>>,
}

impl<'a> Cached<'a> {
    /// The source with the given representations loaded, each read once, all stimuli in order.
    ///
    /// # Errors
    /// Those of the source's `read`.
    ///
    /// # Panics
    /// If there is no such representation.
    pub fn load(source: &'a dyn ActivationSource, representations: &[usize]) -> Result<Self> {
        let all: Vec<usize> = (0..source.stimuli().len()).collect();
        let mut loaded = vec![None; source.representations().len()];
        for &index in representations {
            if loaded[index].is_none() {
                let Representation { precision, n_units, .. } = source.representations()[index];
                let mut array = Activations::empty(precision, n_units);
                source.read(index, &all, &mut array)?;
                loaded[index] = Some(array);
            }
        }
        Ok(Self { source, loaded })
    }

    /// All rows of a representation, in the order of the stimuli, if it was loaded.
    #[must_use]
    pub fn loaded(&self, representation: usize) -> Option<&Activations> {
        self.loaded[representation].as_ref()
    }
}

impl ActivationSource for Cached<'_> {
    fn stimuli(&self) -> &StimulusSet {
        self.source.stimuli()
    }

    fn representations(&self) -> &[Representation] {
        self.source.representations()
    }

    fn read(&self, representation: usize, stimuli: &[usize], out: &mut Activations) -> Result<()> {
        let Some(array) = &self.loaded[representation] else {
            return self.source.read(representation, stimuli, out);
        };
        let rows = self.representations()[representation].rows_per_stimulus;
        for &s in stimuli {
            array.append_rows_to(s * rows..(s + 1) * rows, out);
        }
        Ok(())
    }

    fn receptive_field(&self, representation: usize) -> Option<ReceptiveField> {
        self.source.receptive_field(representation)
    }

    fn sets(&self) -> Result<Vec<RecordedSet>> {
        self.source.sets()
    }

    fn on(&self, set: &str) -> Result<Box<dyn ActivationSource + '_>> {
        self.source.on(set)
    }
}
