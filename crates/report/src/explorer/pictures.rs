//! The stimuli that rows name, with their thumbnails in one sheet.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use consilience_data::StimulusSet;
use consilience_data::store::thumbnail_sheet;
use consilience_study::UnitsRow;
use consilience_units::SideFindings;
use serde::Serialize;

use crate::Result;

/// The stimuli that any unit names.
#[derive(Serialize)]
pub(super) struct Pictures<'a> {
    /// Indices in the set of stimuli, ascending.
    used: Vec<usize>,
    /// Their ids; empty if the stimuli are not known.
    ids: Vec<&'a str>,
    /// Their classes; empty if there are none.
    labels: Vec<u32>,
    /// Names of the classes.
    classes: &'a [String],
    /// Their pictures.
    #[serde(skip_serializing_if = "Option::is_none")]
    sheet: Option<Sheet>,
}

/// One picture a stimulus: number i in row i / columns, column i % columns.
#[derive(Serialize)]
struct Sheet {
    width: usize,
    height: usize,
    columns: usize,
    /// The sheet as PNG, in base64.
    png: String,
}

impl<'a> Pictures<'a> {
    /// The stimuli of all rows. Indices beyond the set have no picture: the rows are then of other stimuli.
    pub(super) fn of(rows: &[&UnitsRow], stimuli: Option<&'a StimulusSet>) -> Result<Self> {
        let n = stimuli.map_or(usize::MAX, StimulusSet::len);
        let all = rows.iter().filter_map(|row| row.findings.found());
        let named = all.flat_map(|f| [&f.x, &f.y]).flat_map(named);
        let used: BTreeSet<usize> = named.filter(|&i| i < n).collect();
        let used: Vec<usize> = used.into_iter().collect();
        let Some(stimuli) = stimuli else {
            return Ok(Self {
                used,
                ids: Vec::new(),
                labels: Vec::new(),
                classes: &[],
                sheet: None,
            });
        };
        let labels = stimuli.labels.iter().flat_map(|labels| used.iter().map(|&i| labels[i]));
        let columns = used.len().isqrt().max(1);
        let sheet = match &stimuli.thumbnails {
            Some(thumbnails) if !used.is_empty() => Some(Sheet {
                width: thumbnails.width,
                height: thumbnails.height,
                columns,
                png: STANDARD.encode(thumbnail_sheet(thumbnails, &used, columns)?),
            }),
            _ => None,
        };
        Ok(Self {
            ids: used.iter().map(|&i| &*stimuli.ids[i]).collect(),
            labels: labels.collect(),
            classes: &stimuli.classes,
            sheet,
            used,
        })
    }
}

fn named(side: &SideFindings) -> impl Iterator<Item = usize> {
    let top = side.top.iter().flatten().map(|(stimulus, ..)| stimulus);
    top.chain(&side.sample.stimuli).map(|&i| i as usize)
}
