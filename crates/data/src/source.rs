//! Where activations come from.

use crate::store::RecordedSet;
use crate::{
    Activations, Checkpoint, Error, Pooling, ReceptiveField, Representation, RepresentationId,
    Result, StimulusSet,
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

    /// Where the positions of a representation look, if its rows are positions of maps and this is known.
    fn receptive_field(&self, _representation: usize) -> Option<ReceptiveField> {
        None
    }

    /// Other sets of stimuli that the same networks were recorded on; none unless the source says so.
    ///
    /// # Errors
    /// When the index of the sets cannot be read.
    fn sets(&self) -> Result<Vec<RecordedSet>> {
        Ok(Vec::new())
    }

    /// What the networks said about one of [`Self::sets`], by its name: a source of its own, with its own stimuli.
    ///
    /// # Errors
    /// [`Error::UnknownSet`] if there is no such set, and when it cannot be read.
    fn on(&self, set: &str) -> Result<Box<dyn ActivationSource + '_>> {
        Err(unknown_set(set, &self.sets()?))
    }
}

/// The error of asking for a set that a source does not have.
pub(crate) fn unknown_set(set: &str, known: &[RecordedSet]) -> Error {
    let names = known.iter().map(|set| set.name.clone()).collect();
    Error::UnknownSet { set: set.to_owned(), known: names }
}

/// A borrowed source is a source.
impl<S: ActivationSource + ?Sized> ActivationSource for &S {
    fn stimuli(&self) -> &StimulusSet {
        (**self).stimuli()
    }

    fn representations(&self) -> &[Representation] {
        (**self).representations()
    }

    fn read(&self, representation: usize, stimuli: &[usize], out: &mut Activations) -> Result<()> {
        (**self).read(representation, stimuli, out)
    }

    fn receptive_field(&self, representation: usize) -> Option<ReceptiveField> {
        (**self).receptive_field(representation)
    }

    fn sets(&self) -> Result<Vec<RecordedSet>> {
        (**self).sets()
    }

    fn on(&self, set: &str) -> Result<Box<dyn ActivationSource + '_>> {
        (**self).on(set)
    }
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
    sets: Vec<(RecordedSet, ArraySource)>,
}

impl ArraySource {
    /// A source without representations.
    #[must_use]
    pub fn new(stimuli: StimulusSet) -> Self {
        Self { stimuli, representations: Vec::new(), arrays: Vec::new(), sets: Vec::new() }
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

    /// Adds what the same networks said about another set of stimuli.
    pub fn push_set(&mut self, set: RecordedSet, source: Self) {
        self.sets.push((set, source));
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

    fn sets(&self) -> Result<Vec<RecordedSet>> {
        Ok(self.sets.iter().map(|(set, _)| set.clone()).collect())
    }

    fn on(&self, set: &str) -> Result<Box<dyn ActivationSource + '_>> {
        match self.sets.iter().find(|(recorded, _)| recorded.name == set) {
            Some((_, source)) => Ok(Box::new(source)),
            None => Err(unknown_set(set, &self.sets()?)),
        }
    }
}
