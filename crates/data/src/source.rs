//! Where activations come from.

use crate::{
    Activations, Checkpoint, Error, Pooling, Representation, RepresentationId, Result, StimulusSet,
};

/// Produces activations of known representations on one stimulus set, for any list of stimuli.
///
/// Arrays in memory, the activation store and networks implement it; statistics and studies know nothing else.
pub trait ActivationSource: Sync {
    /// The stimuli, in the order of the source's indices.
    fn stimuli(&self) -> &StimulusSet;

    /// Every representation that can be read; order is part of the contract (networks, checkpoints, depth, pooling).
    fn representations(&self) -> &[Representation];

    /// Appends to `out` the rows of the given stimuli: for each stimulus in turn its `rows_per_stimulus` rows.
    ///
    /// `representation` is an index into [`Self::representations`]; `out` has its precision and width.
    ///
    /// # Errors
    /// When a file cannot be read, or a value is NaN or infinite.
    fn read(&self, representation: usize, stimuli: &[usize], out: &mut Activations) -> Result<()>;
}

/// What is known about a bare array, one row a stimulus: a name, its shape and the digest of its values.
#[must_use]
pub fn array_representation(name: &str, array: &Activations) -> Representation {
    let id = RepresentationId {
        network: name.to_owned(),
        checkpoint: String::new(),
        layer: String::new(),
        pooling: Pooling::Flatten,
    };
    Representation {
        id,
        depth: 0,
        n_units: array.n_units(),
        rows_per_stimulus: 1,
        precision: array.precision(),
        digest: array.digest(),
        checkpoint: Checkpoint::default(),
    }
}

/// Representations held in memory.
#[derive(Debug, Clone)]
pub struct ArraySource {
    stimuli: StimulusSet,
    representations: Vec<Representation>,
    arrays: Vec<Activations>,
}

impl ArraySource {
    /// A source without representations.
    #[must_use]
    pub fn new(stimuli: StimulusSet) -> Self {
        Self { stimuli, representations: Vec::new(), arrays: Vec::new() }
    }

    /// Adds a representation; its index is the number of those added before.
    ///
    /// # Errors
    /// [`Error::NonFinite`] for a NaN or infinite value, [`Error::Format`] if the rows do not fit the stimuli.
    pub fn push(&mut self, representation: Representation, array: Activations) -> Result<()> {
        let expected = self.stimuli.len() * representation.rows_per_stimulus;
        if array.n_rows() != expected || array.n_units() != representation.n_units {
            return Err(Error::Format {
                path: representation.id.to_string().into(),
                found: format!("{} rows × {} units", array.n_rows(), array.n_units()),
                expected: format!("{expected} rows × {} units", representation.n_units),
                advice: "give one row (or one block of rows) for each stimulus".into(),
            });
        }
        if let Some((row, unit, value)) = array.first_non_finite() {
            let representation = representation.id.to_string();
            return Err(Error::NonFinite { representation, row, unit, value });
        }
        self.representations.push(representation);
        self.arrays.push(array);
        Ok(())
    }
}

impl ActivationSource for ArraySource {
    fn stimuli(&self) -> &StimulusSet {
        &self.stimuli
    }

    fn representations(&self) -> &[Representation] {
        &self.representations
    }

    fn read(&self, representation: usize, stimuli: &[usize], out: &mut Activations) -> Result<()> {
        let rows = self.representations[representation].rows_per_stimulus;
        for &s in stimuli {
            self.arrays[representation].append_rows_to(s * rows..(s + 1) * rows, out);
        }
        Ok(())
    }
}
