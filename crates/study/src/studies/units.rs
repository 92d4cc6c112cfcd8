//! `units`: unit by unit, the same layer across all networks, at one checkpoint.

mod figures;
mod job;
mod layer;
mod predicted;
mod sections;
mod verdicts;

use std::collections::BTreeMap;

use consilience_data::{ActivationSource, Pooling, ReceptiveField, Representation, StimulusSet};
use consilience_units::Parameters;
use serde::{Deserialize, Serialize};

use self::job::LayerOfNetworks;
use super::selection;
use crate::{Cell, Error, Groups, Job, Result, Run, Section, Study, StudySpec, SummaryRow, Table};

/// Units of the same layer in all pairs of networks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Units {
    /// Checkpoint to look at: a name, or `last`.
    pub checkpoint: String,
    /// How maps become rows; fully connected layers, which are not pooled, are taken as they are.
    pub pooling: Pooling,
    /// Layers, by name; all that two networks have if there are none.
    pub layers: Vec<String>,
    /// Networks, by name; all if there are none.
    pub networks: Vec<String>,
    /// Whether partners are also looked for at all earlier checkpoints at which every network has the layer. One more pass
    /// over the data each.
    pub history: bool,
    /// Where positions of a convolutional layer look, by its name, in place of what the store says; for stores that do not.
    pub receptive_fields: BTreeMap<String, Look>,
    /// Parameters of the analysis.
    pub parameters: Parameters,
}

impl Default for Units {
    fn default() -> Self {
        Self {
            checkpoint: selection::LAST.to_owned(),
            pooling: Pooling::PositionsAsStimuli,
            layers: Vec::new(),
            networks: Vec::new(),
            history: true,
            receptive_fields: BTreeMap::new(),
            parameters: Parameters::default(),
        }
    }
}

/// What one position of a layer sees, along each side of the image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Look {
    /// Pixels seen.
    pub size: usize,
    /// Pixels between neighbouring positions.
    pub stride: usize,
    /// First pixel seen by the first position; negative where there is padding.
    pub offset: isize,
}

impl Look {
    /// Where the positions of a square map look in the pictures of the stimuli; nothing without pictures, or if positions make
    /// no square.
    fn field(self, rows_per_stimulus: usize, stimuli: &StimulusSet) -> Option<ReceptiveField> {
        let pictures = stimuli.thumbnails.as_ref()?;
        let side = rows_per_stimulus.isqrt();
        (side * side == rows_per_stimulus).then_some(ReceptiveField {
            rows: side,
            columns: side,
            size: self.size,
            stride: self.stride,
            offset: self.offset,
            height: pictures.height,
            width: pictures.width,
        })
    }
}

/// A layer that several networks have: its representations at the checkpoint, and at earlier ones.
#[derive(Debug, Clone)]
struct Shared {
    layer: String,
    representations: Vec<usize>,
    earlier: Vec<Vec<usize>>,
}

impl Units {
    /// The layers that at least two networks have, by depth.
    fn shared(&self, catalogue: &[Representation], groups: &Groups) -> Result<Vec<Shared>> {
        let networks = self.networks(catalogue, groups)?;
        let mut layers: Vec<(usize, Shared)> = Vec::new();
        for network in &networks {
            let checkpoint =
                selection::checkpoint(self.kind(), catalogue, network, &self.checkpoint)?;
            for r in selection::layers(catalogue, network, checkpoint, self.pooling) {
                let layer = &catalogue[r].id.layer;
                match layers.iter_mut().find(|(_, shared)| shared.layer == *layer) {
                    Some((_, shared)) => shared.representations.push(r),
                    None => layers.push((
                        catalogue[r].depth,
                        Shared {
                            layer: layer.clone(),
                            representations: vec![r],
                            earlier: Vec::new(),
                        },
                    )),
                }
            }
        }
        layers.sort_by_key(|(depth, _)| *depth);
        let known: Vec<String> = layers.iter().map(|(_, shared)| shared.layer.clone()).collect();
        for wanted in self.layers.iter().chain(self.receptive_fields.keys()) {
            if !known.contains(wanted) {
                return Err(self.problem(format!(
                    "no layer `{wanted}` with pooling {} (or with a row a stimulus); there are {}",
                    self.pooling,
                    known.join(", ")
                )));
            }
        }
        let is_wanted = |shared: &Shared| {
            shared.representations.len() > 1
                && (self.layers.is_empty() || self.layers.contains(&shared.layer))
        };
        let mut wanted: Vec<Shared> =
            layers.into_iter().map(|(_, shared)| shared).filter(is_wanted).collect();
        if wanted.is_empty() {
            return Err(self.problem(format!(
                "no layer that two networks have among {}; record one, or choose another pooling",
                known.join(", ")
            )));
        }
        for shared in &mut wanted {
            self.check_rows(catalogue, shared)?;
            if self.history {
                shared.earlier = earlier(catalogue, &shared.representations);
            }
        }
        Ok(wanted)
    }

    fn networks<'a>(
        &self,
        catalogue: &'a [Representation],
        groups: &Groups,
    ) -> Result<Vec<&'a str>> {
        // The order of pairs, and its error where there is only one network.
        selection::pairs(self.kind(), catalogue, groups)?;
        let mut known = selection::networks(catalogue);
        known.sort_by_key(|name| groups.place(name));
        if let Some(name) = self.networks.iter().find(|name| !known.contains(&name.as_str())) {
            return Err(
                self.problem(format!("no network `{name}`; there are {}", known.join(", ")))
            );
        }
        known.retain(|name| self.networks.is_empty() || self.networks.iter().any(|n| n == name));
        if known.len() < 2 {
            return Err(self.problem(format!(
                "networks = {:?}; expected at least 2 to compare",
                self.networks
            )));
        }
        Ok(known)
    }

    /// Rows have to pair up.
    fn check_rows(&self, catalogue: &[Representation], shared: &Shared) -> Result<()> {
        let rows = |r: usize| catalogue[r].rows_per_stimulus;
        let first = shared.representations[0];
        match shared.representations.iter().find(|&&r| rows(r) != rows(first)) {
            None => Ok(()),
            Some(&r) => Err(self.problem(format!(
                "{} has {} rows a stimulus, {} has {}; expected the same; leave out the layer, or use pooling = \"spatial-mean\" or \"centre\"",
                catalogue[first].id, rows(first), catalogue[r].id, rows(r)
            ))),
        }
    }

    /// Where the positions of each representation look: as the study says, else as the store does.
    fn fields(
        &self,
        source: &dyn ActivationSource,
        shared: &Shared,
    ) -> Vec<Option<ReceptiveField>> {
        let look = self.receptive_fields.get(&shared.layer);
        let field = |&r: &usize| match look {
            Some(look) => {
                look.field(source.representations()[r].rows_per_stimulus, source.stimuli())
            }
            // Without pictures there is nothing to look at.
            None => source.receptive_field(r).filter(|_| source.stimuli().thumbnails.is_some()),
        };
        shared.representations.iter().map(field).collect()
    }

    fn problem(&self, problem: String) -> Error {
        Error::Spec { place: format!("study `{}`", self.kind()), problem }
    }
}

/// The same representations at each earlier checkpoint at which all networks have them, in the order of the first network.
fn earlier(catalogue: &[Representation], representations: &[usize]) -> Vec<Vec<usize>> {
    let first = &catalogue[representations[0]];
    let before = selection::checkpoints(catalogue, &first.id.network)
        .into_iter()
        .take_while(|checkpoint| *checkpoint != first.id.checkpoint);
    let at = |checkpoint: &str, r: usize| {
        let now = &catalogue[r];
        catalogue.iter().position(|then| {
            then.id.checkpoint == checkpoint
                && then.id.network == now.id.network
                && then.id.layer == now.id.layer
                && then.id.pooling == now.id.pooling
                && then.n_units == now.n_units
        })
    };
    before
        .filter_map(|checkpoint| representations.iter().map(|&r| at(checkpoint, r)).collect())
        .collect()
}

impl Study for Units {
    fn kind(&self) -> &'static str {
        "units"
    }

    fn uses_measures(&self) -> bool {
        false
    }

    fn shows_stimuli(&self) -> bool {
        true
    }

    fn design(&self, _: &[Representation], _: &Groups) -> Result<Vec<Cell>> {
        Ok(Vec::new())
    }

    fn jobs(&self, spec: &StudySpec, source: &dyn ActivationSource) -> Result<Vec<Box<dyn Job>>> {
        let catalogue = source.representations();
        let shared = self.shared(catalogue, &spec.groups)?;
        let job = |shared: Shared| -> Box<dyn Job> {
            Box::new(LayerOfNetworks::new(self, spec, source, shared))
        };
        Ok(shared.into_iter().map(job).collect())
    }

    fn summaries(&self, _: &Table, _: &StudySpec) -> Vec<SummaryRow> {
        Vec::new()
    }

    fn sections(&self, table: &Table, run: &Run) -> Vec<Section> {
        sections::all(table, run)
    }
}

#[cfg(test)]
mod tests {
    use consilience_data::{Activations, ArraySource, Precision, Thumbnails, array_representation};

    use super::*;

    /// Four positions of two pictures, of which the source knows where they look.
    struct Knowing(ArraySource);

    const KNOWN: ReceptiveField =
        ReceptiveField { rows: 1, columns: 4, size: 3, stride: 1, offset: -1, height: 2, width: 8 };

    impl ActivationSource for Knowing {
        fn stimuli(&self) -> &StimulusSet {
            self.0.stimuli()
        }

        fn representations(&self) -> &[Representation] {
            self.0.representations()
        }

        fn read(
            &self,
            r: usize,
            s: &[usize],
            out: &mut Activations,
        ) -> consilience_data::Result<()> {
            self.0.read(r, s, out)
        }

        fn receptive_field(&self, _: usize) -> Option<ReceptiveField> {
            Some(KNOWN)
        }
    }

    #[test]
    fn positions_look_where_the_study_says_else_where_the_store_does() {
        let fields = |units: &Units, thumbnails: Option<Thumbnails>| {
            let stimuli = StimulusSet { thumbnails, ..StimulusSet::indexed("two", 2) };
            let mut array = Activations::empty(Precision::F32, 1);
            if let Activations::F32(rows) = &mut array {
                rows.values = vec![0.0; 8];
            }
            let mut representation = array_representation("net", &array);
            representation.rows_per_stimulus = 4;
            let mut source = ArraySource::new(stimuli);
            source.push(representation, array).expect("finite");
            let shared =
                Shared { layer: "conv1".into(), representations: vec![0], earlier: Vec::new() };
            units.fields(&Knowing(source), &shared)[0]
        };
        let pictures = || Some(Thumbnails { width: 8, height: 2, pixels: vec![0; 32] });
        let mut units = Units::default();
        assert_eq!(fields(&units, pictures()), Some(KNOWN));
        assert_eq!(fields(&units, None), None, "no pictures to look at");
        let look = Look { size: 5, stride: 2, offset: 0 };
        units.receptive_fields.insert("conv1".into(), look);
        let said = fields(&units, pictures()).expect("2 × 2 positions");
        assert_eq!((said.rows, said.columns, said.size, said.stride), (2, 2, 5, 2));
    }

    #[test]
    fn positions_of_a_square_map_look_into_pictures() {
        let look = Look { size: 8, stride: 2, offset: -3 };
        let pixels = vec![0; 2 * 28 * 28];
        let thumbnails = Some(Thumbnails { width: 28, height: 28, pixels });
        let stimuli = StimulusSet { thumbnails, ..StimulusSet::indexed("two", 2) };
        let field = look.field(196, &stimuli).expect("14 × 14 positions");
        assert_eq!((field.rows, field.columns, field.height, field.width), (14, 14, 28, 28));
        assert_eq!((field.size, field.stride, field.offset), (8, 2, -3));
        assert_eq!(look.field(195, &stimuli), None, "no square");
        assert_eq!(look.field(196, &StimulusSet::indexed("no pictures", 2)), None);
    }
}
