//! One layer of all networks: read once, then every pair, then all networks together.

use consilience_data::{ActivationSource, ReceptiveField, Representation};
use consilience_statistics::Blocks;
use consilience_units::{
    Holding, MomentsOf, Parameters, Part, Request, analyse_layer, analyse_pair, gather_holding,
};

use super::{Shared, Units};
use crate::compare::dealt;
use crate::footprint::of_process;
use crate::plan::Cost;
use crate::row::SCHEMA;
use crate::run::{digest, side_facts};
use crate::{Error, Excerpt, Growth, Job, Result, Row, Setup, StudySpec, UnitsLayerRow, UnitsRow};

/// One layer of all networks.
#[derive(Debug, Clone)]
pub(super) struct LayerOfNetworks {
    shared: Shared,
    /// Where positions look, one entry a network.
    fields: Vec<Option<ReceptiveField>>,
    parameters: Parameters,
    /// One a pair, and one of all networks.
    keys: Vec<String>,
}

impl LayerOfNetworks {
    pub(super) fn new(
        study: &Units,
        spec: &StudySpec,
        source: &dyn ActivationSource,
        shared: Shared,
    ) -> Self {
        let fields = study.fields(source, &shared);
        let keys = keys(study, spec, source.representations(), &shared, &fields);
        Self { shared, fields, parameters: study.parameters.clone(), keys }
    }

    fn request<'a>(&'a self, source: &'a dyn ActivationSource, blocks: &'a Blocks) -> Request<'a> {
        Request {
            source,
            representations: &self.shared.representations,
            earlier: &self.shared.earlier,
            receptive_fields: &self.fields,
            blocks,
            parameters: &self.parameters,
        }
    }

    /// The most that may be held of the layer within the limit, and its bytes.
    fn holding(&self, request: &Request<'_>, limit: Option<u64>) -> Result<(Holding, u64)> {
        let threads = rayon::current_num_threads();
        let one_pair = Holding { moments: MomentsOf::OnePair, ..Holding::default() };
        let alone = Holding { at_once: 1, ..one_pair };
        let choices = [Holding::default(), one_pair, alone];
        let mut choices = choices.into_iter().map(|holding| {
            (holding, of_process(consilience_units::held(request, holding, threads)))
        });
        let fits = |bytes: u64| limit.is_none_or(|limit| bytes <= limit);
        let mut least = u64::MAX;
        let found = choices.find(|&(_, bytes)| {
            least = least.min(bytes);
            fits(bytes)
        });
        found.ok_or_else(|| Error::LayerMemory {
            layer: self.shared.layer.clone(),
            networks: self.shared.representations.len(),
            needed: least,
            limit: limit.unwrap_or(0),
        })
    }
}

/// Networks whose time tells that of all, at the most.
const FEW: usize = 3;

/// Pairs of the networks of a layer, the first before the second.
fn pairs(n: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..n).flat_map(move |x| (x + 1..n).map(move |y| (x, y)))
}

fn keys(
    study: &Units,
    spec: &StudySpec,
    catalogue: &[Representation],
    shared: &Shared,
    fields: &[Option<ReceptiveField>],
) -> Vec<String> {
    let side = |&r: &usize| format!("{} {}", catalogue[r].id, catalogue[r].digest);
    // Cycles lead through all networks, so each row depends on all of them.
    let sides = shared.representations.iter().chain(shared.earlier.iter().flatten()).map(side);
    let parameters = serde_json::to_string(&study.parameters).expect("parameters are plain data");
    let mut parts = vec![
        SCHEMA.to_string(),
        env!("CARGO_PKG_VERSION").to_owned(),
        spec.seed.to_string(),
        spec.blocks.to_string(),
        "units".to_owned(),
        parameters,
        format!("{fields:?}"),
    ];
    parts.extend(sides);
    let key = |which: String| {
        let parts: Vec<&str> = parts.iter().map(String::as_str).chain([&*which]).collect();
        digest(&parts)
    };
    let n = shared.representations.len();
    let of_pairs = pairs(n).map(|(x, y)| format!("{x} {y}"));
    of_pairs.chain(["all".to_owned()]).map(key).collect()
}

fn part<T>(result: consilience_units::Result<T>) -> Part<Box<T>> {
    match result {
        Ok(found) => Part::Found(Box::new(found)),
        Err(error) => Part::Undefined(error.to_string()),
    }
}

impl Job for LayerOfNetworks {
    fn keys(&self) -> Vec<String> {
        self.keys.clone()
    }

    fn steps(&self) -> u64 {
        1 + self.keys.len() as u64
    }

    fn cost(&self, catalogue: &[Representation], n_stimuli: usize, _: usize) -> Cost {
        let rows = |r: &Representation| (n_stimuli * r.rows_per_stimulus) as u64;
        let units = |r: &Representation| r.n_units as u64;
        let mut cost = Cost::default();
        let mut pass = |representations: &[usize]| {
            let all: Vec<&Representation> =
                representations.iter().map(|&r| &catalogue[r]).collect();
            let own: u64 = all.iter().map(|r| rows(r) * units(r) * (units(r) + 1) / 2).sum();
            let between = |(x, y): (usize, usize)| rows(all[x]) * units(all[x]) * units(all[y]);
            let cross: u64 = pairs(all.len()).map(between).sum();
            cost.bytes +=
                all.iter().map(|r| rows(r) * units(r) * r.precision.bytes() as u64).sum::<u64>();
            cost.multiply_adds += own + cross;
        };
        pass(&self.shared.representations);
        // Each random order of the stimuli, and each earlier checkpoint, is a pass of its own.
        for _ in 0..self.parameters.shuffles {
            pass(&self.shared.representations);
        }
        for earlier in &self.shared.earlier {
            pass(earlier);
        }
        cost.representations = self.shared.representations.len()
            + self.shared.earlier.iter().map(Vec::len).sum::<usize>();
        cost
    }

    fn excerpt(&self) -> Excerpt {
        let few = self.shared.representations.len().min(FEW);
        let of_few = |all: &Vec<usize>| all[..few].to_vec();
        let part = Self {
            shared: Shared {
                representations: of_few(&self.shared.representations),
                earlier: self.shared.earlier.iter().map(of_few).collect(),
                ..self.shared.clone()
            },
            fields: self.fields[..few].to_vec(),
            // One a pair, and one of all of them.
            keys: self.keys[..=pairs(few).count()].to_vec(),
            ..self.clone()
        };
        let n_pairs = |job: &Self| pairs(job.shared.representations.len()).count() as f64;
        let times = n_pairs(self) / n_pairs(&part);
        Excerpt { job: Box::new(part), times, growth: Growth::Linear }
    }

    fn held(&self, setup: &Setup<'_>) -> Result<u64> {
        let blocks = dealt(setup.source, setup.spec.blocks, setup.spec.seed)?;
        let (_, bytes) = self.holding(&self.request(setup.source, &blocks), setup.memory)?;
        Ok(bytes)
    }

    fn rows(&self, setup: &Setup<'_>) -> Result<Vec<Row>> {
        let Setup { spec, source, progress, .. } = *setup;
        let catalogue = source.representations();
        let blocks = dealt(source, spec.blocks, spec.seed)?;
        let representations = &self.shared.representations;
        let request = self.request(source, &blocks);
        let (holding, _) = self.holding(&request, setup.memory)?;
        let mut layer = gather_holding(&request, holding)?;
        progress.advance(1);
        let n_stimuli = source.stimuli().len();
        let n_samples = n_stimuli * catalogue[representations[0]].rows_per_stimulus;
        let mut keys = self.keys.iter().cloned();
        let mut key = || keys.next().expect("one a row");
        let mut rows = Vec::with_capacity(self.keys.len());
        for (x, y) in pairs(representations.len()) {
            layer.hold(&request, x, y)?;
            let row = UnitsRow {
                schema: SCHEMA,
                key: key(),
                study: "units".to_owned(),
                x: side_facts(&catalogue[representations[x]]),
                y: side_facts(&catalogue[representations[y]]),
                n_stimuli,
                n_samples,
                findings: part(analyse_pair(&layer, x, y)),
            };
            if let Part::Undefined(why) = &row.findings {
                progress.note(&format!(
                    "units of {} in {} and {}: {why}",
                    self.shared.layer, row.x.network, row.y.network
                ));
            }
            rows.push(Row::Units(Box::new(row)));
            progress.advance(1);
        }
        layer.release();
        rows.push(Row::UnitsLayer(Box::new(UnitsLayerRow {
            schema: SCHEMA,
            key: key(),
            study: "units".to_owned(),
            sides: representations.iter().map(|&r| side_facts(&catalogue[r])).collect(),
            n_stimuli,
            n_samples,
            findings: part(analyse_layer(&layer)),
        })));
        progress.advance(1);
        Ok(rows)
    }
}
