//! One representation as it is to be read: which units, in which order of stimuli.

use consilience_data::{ActivationSource, Activations, Precision, RowMajor};

use crate::Result;

/// One representation as it is to be read.
#[derive(Clone, Copy)]
pub struct Reading<'a> {
    /// Where the activations come from.
    pub source: &'a dyn ActivationSource,
    /// Index of the representation in the source.
    pub representation: usize,
    /// The units to keep, ascending; all of them if `None`.
    pub units: Option<&'a [usize]>,
    /// Row i shows stimulus `order[i]` in place of stimulus i: how a shuffle null breaks the correspondence.
    pub order: Option<&'a [usize]>,
}

impl Reading<'_> {
    pub(crate) fn rows_per_stimulus(&self) -> usize {
        self.source.representations()[self.representation].rows_per_stimulus
    }

    pub(crate) fn n_units(&self) -> usize {
        let all = self.source.representations()[self.representation].n_units;
        self.units.map_or(all, <[usize]>::len)
    }

    /// Units of the source that are not read.
    pub(crate) fn left_out(&self) -> usize {
        self.source.representations()[self.representation].n_units - self.n_units()
    }

    pub(crate) fn name(&self) -> String {
        self.source.representations()[self.representation].id.to_string()
    }

    pub(crate) fn epsilon(&self) -> f64 {
        match self.source.representations()[self.representation].precision {
            Precision::F32 => f64::from(f32::EPSILON),
            Precision::F64 => f64::EPSILON,
        }
    }

    pub(crate) fn buffer(&self) -> Activations {
        let r = &self.source.representations()[self.representation];
        Activations::empty(r.precision, r.n_units)
    }

    /// The chosen units of some stimuli, in the memory of `buffer` where that serves.
    pub(crate) fn read(&self, stimuli: &[usize], mut buffer: Activations) -> Result<Activations> {
        let representation = &self.source.representations()[self.representation];
        if buffer.precision() != representation.precision
            || buffer.n_units() != representation.n_units
        {
            buffer = self.buffer();
        }
        buffer.clear();
        buffer.reserve_rows(stimuli.len() * self.rows_per_stimulus());
        let buffer = &mut buffer;
        match self.order {
            None => self.source.read(self.representation, stimuli, buffer)?,
            Some(order) => {
                let moved: Vec<usize> = stimuli.iter().map(|&s| order[s]).collect();
                self.source.read(self.representation, &moved, buffer)?;
            }
        }
        Ok(match (self.units, &*buffer) {
            (None, _) => std::mem::replace(buffer, Activations::empty(Precision::F32, 0)),
            (Some(units), Activations::F32(m)) => Activations::F32(pick(m, units)),
            (Some(units), Activations::F64(m)) => Activations::F64(pick(m, units)),
        })
    }
}

fn pick<T: Copy>(m: &RowMajor<T>, units: &[usize]) -> RowMajor<T> {
    let mut values = Vec::with_capacity(m.n_rows() * units.len());
    for row in m.values.chunks_exact(m.n_units) {
        values.extend(units.iter().map(|&u| row[u]));
    }
    RowMajor { values, n_units: units.len() }
}
