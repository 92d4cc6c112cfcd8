//! Training inputs that are read and not drawn.

use consilience_data::{ActivationSource, Activations, Representation, RowMajor};

use super::problem;
use crate::Result;

/// A recorded layer whose activations are the inputs of students.
#[derive(Debug, Clone)]
pub(in crate::studies) struct RecordedLayer {
    /// Kind of the study, for errors.
    kind: &'static str,
    /// Index in the catalogue.
    representation: usize,
    /// Which it is, with the digest of its values: what rows depend on.
    pub(in crate::studies) identity: String,
}

impl RecordedLayer {
    /// The layer of the first network that has it, at its last checkpoint.
    pub(in crate::studies) fn find(
        kind: &'static str,
        layer: &str,
        catalogue: &[Representation],
    ) -> Result<Self> {
        let of_layer = |r: &&Representation| r.id.layer == layer;
        let first = catalogue.iter().find(of_layer).ok_or_else(|| {
            let mut known: Vec<&str> = Vec::new();
            for name in catalogue.iter().map(|r| r.id.layer.as_str()) {
                if !known.contains(&name) {
                    known.push(name);
                }
            }
            let known = known.join(", ");
            let advice = "record the stimuli themselves with `record = { input = true }` in the spec of the training";
            problem(kind, format!("no layer `{layer}` is recorded; there are {known}; {advice}"))
        })?;
        let alike = |r: &Representation| {
            r.id.layer == layer
                && r.id.network == first.id.network
                && r.id.pooling == first.id.pooling
        };
        let index = catalogue.iter().rposition(alike).expect("the first of them is one");
        let found = &catalogue[index];
        if found.rows_per_stimulus != 1 {
            let rows = found.rows_per_stimulus;
            return Err(problem(
                kind,
                format!("{} has {rows} rows a stimulus; expected a pooling that has one", found.id),
            ));
        }
        let identity = format!("{} {}", found.id, found.digest);
        Ok(Self { kind, representation: index, identity })
    }

    /// Its units.
    pub(in crate::studies) fn units(&self, source: &dyn ActivationSource) -> usize {
        source.representations()[self.representation].n_units
    }

    /// Nothing, if there are enough stimuli for so many training samples and test stimuli.
    pub(in crate::studies) fn check(
        &self,
        source: &dyn ActivationSource,
        (samples, stimuli): (usize, usize),
    ) -> Result<()> {
        let (n, name) = (source.stimuli().len(), &source.stimuli().name);
        if samples + stimuli <= n {
            return Ok(());
        }
        Err(problem(
            self.kind,
            format!(
                "{samples} training samples and {stimuli} test stimuli; expected at most {n} together, as many as there are in `{name}`"
            ),
        ))
    }

    /// Its rows, stimulus after stimulus.
    pub(in crate::studies) fn read(&self, source: &dyn ActivationSource) -> Result<RowMajor<f64>> {
        let n = source.stimuli().len();
        let of = &source.representations()[self.representation];
        let mut read = Activations::empty(of.precision, of.n_units);
        source.read(self.representation, &(0..n).collect::<Vec<_>>(), &mut read)?;
        Ok(match read {
            Activations::F64(rows) => rows,
            Activations::F32(RowMajor { values, n_units }) => {
                RowMajor { values: values.into_iter().map(f64::from).collect(), n_units }
            }
        })
    }

    /// Labels of the stimuli, with the number of classes.
    pub(in crate::studies) fn classes(
        &self,
        source: &dyn ActivationSource,
    ) -> Result<(Vec<u32>, usize)> {
        let stimuli = source.stimuli();
        let n_classes = stimuli.classes.len();
        match stimuli.labels.clone().filter(|_| n_classes > 1) {
            Some(labels) => Ok((labels, n_classes)),
            None => Err(problem(
                self.kind,
                format!("`{}` has no labels with names of classes", stimuli.name),
            )),
        }
    }
}
