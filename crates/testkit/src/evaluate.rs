//! Arrays in, comparison out: the path that a study takes, without files.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use consilience_data::{
    Activations, ArraySource, Checkpoint, Pooling, Precision, Representation, RepresentationId,
    RowMajor, StimulusSet,
};
use consilience_linalg::Mat;
use consilience_measures::{Comparison, Reads, Result, parse};
use consilience_statistics::{
    BlockSet, Blocks, Cross, Evidence, Pair, Reading, RowPair, RowSet, Side, Split, SplitDesign,
    UnitPolicy, gather_cross, gather_marginal, select_units, shuffled_rows,
};

/// A representation as a bare array.
#[derive(Debug, Clone)]
pub struct Recording {
    /// Ids of the stimuli.
    pub ids: Vec<String>,
    /// Rows of one stimulus.
    pub rows_per_stimulus: usize,
    /// Class of each stimulus.
    pub labels: Option<Vec<u32>>,
    /// Precision that the values are stored and multiplied in.
    pub precision: Precision,
    /// The values, rows × units.
    pub values: Mat<f64>,
}

impl Recording {
    /// f64, one row a stimulus, stimuli named by their index.
    #[must_use]
    pub fn new(values: &Mat<f64>) -> Self {
        Self::of_positions(values, 1)
    }

    /// f64, so many rows a stimulus, stimuli named by their index.
    #[must_use]
    pub fn of_positions(values: &Mat<f64>, rows_per_stimulus: usize) -> Self {
        let ids = (0..values.nrows() / rows_per_stimulus).map(|i| i.to_string()).collect();
        let (labels, precision) = (None, Precision::F64);
        Self { ids, rows_per_stimulus, labels, precision, values: values.clone() }
    }

    /// The same, of stimuli with classes.
    #[must_use]
    pub fn labelled(self, labels: Option<&[u32]>) -> Self {
        Self { labels: labels.map(<[u32]>::to_vec), ..self }
    }

    /// The same, rounded to f32.
    #[must_use]
    pub fn in_f32(self) -> Self {
        Self { precision: Precision::F32, ..self }
    }

    /// The source of this one representation. Ids that occur twice and values that are not finite are refused.
    ///
    /// # Errors
    /// Those of [`StimulusSet::validate`] and [`ArraySource::push`].
    pub fn source(&self, name: &str) -> consilience_statistics::Result<ArraySource> {
        let (rows, n_units) = (self.values.nrows(), self.values.ncols());
        let stimuli = StimulusSet {
            name: "synthetic".into(),
            ids: self.ids.clone(),
            labels: self.labels.clone(),
            ..StimulusSet::default()
        };
        stimuli.validate()?;
        let values = (0..rows).flat_map(|i| (0..n_units).map(move |j| self.values[(i, j)]));
        let array = match self.precision {
            Precision::F32 => {
                Activations::F32(RowMajor { values: values.map(|v| v as f32).collect(), n_units })
            }
            Precision::F64 => Activations::F64(RowMajor { values: values.collect(), n_units }),
        };
        let id = RepresentationId {
            network: name.into(),
            checkpoint: "synthetic".into(),
            layer: "units".into(),
            pooling: Pooling::Flatten,
        };
        let representation = Representation {
            id,
            depth: 0,
            n_units,
            rows_per_stimulus: self.rows_per_stimulus,
            precision: self.precision,
            digest: String::new(),
            checkpoint: Checkpoint::default(),
        };
        let mut source = ArraySource::new(stimuli);
        source.push(representation, array)?;
        Ok(source)
    }
}

/// Blocks of stimuli, and which of them are fitted on and scored on.
#[derive(Debug, Clone)]
pub struct Protocol {
    /// Name in failures.
    pub name: String,
    /// The blocks.
    pub blocks: Blocks,
    /// The splits.
    pub design: SplitDesign,
}

impl Protocol {
    /// Fit and eval set are all stimuli, in blocks by the hash of their ids.
    ///
    /// # Errors
    /// Those of [`Blocks::hashed`].
    pub fn in_sample(ids: &[String], n_blocks: usize) -> Result<Self> {
        let blocks = Blocks::hashed(ids, n_blocks, 1)?;
        let design = SplitDesign::in_sample(&blocks);
        Ok(Self { name: "in-sample".into(), blocks, design })
    }

    /// Cross-validation over folds of blocks by the hash of the ids.
    ///
    /// # Errors
    /// Those of [`Blocks::hashed`] and [`SplitDesign::k_fold`].
    pub fn k_fold(ids: &[String], n_blocks: usize, folds: usize) -> Result<Self> {
        let blocks = Blocks::hashed(ids, n_blocks, 1)?;
        let design = SplitDesign::k_fold(&blocks, folds)?;
        Ok(Self { name: format!("{folds}-fold"), blocks, design })
    }

    /// The protocols that the laws are run under: in sample, and five folds of ten blocks.
    ///
    /// # Panics
    /// If there are fewer than ten stimuli.
    #[must_use]
    pub fn usual(ids: &[String]) -> Vec<Self> {
        let n_blocks = 10;
        vec![
            Self::in_sample(ids, n_blocks).expect("ten stimuli"),
            Self::k_fold(ids, n_blocks, 5).expect("ten stimuli"),
        ]
    }

    /// One split, given by its rows. Inside the fit rows, `inner` lists the folds; an empty list is no fold.
    ///
    /// The eval rows are the fit rows, or apart from them.
    #[must_use]
    pub fn of_rows(fit: &[usize], eval: &[usize], inner: &[Vec<usize>]) -> Self {
        let mut members = if inner.is_empty() { vec![fit.to_vec()] } else { inner.to_vec() };
        let n_fit = members.len();
        let fit_set = BlockSet::first(n_fit);
        let eval_set = if fit == eval {
            fit_set
        } else {
            members.push(eval.to_vec());
            [n_fit].into_iter().collect()
        };
        let inner = (0..inner.len()).map(|b| [b].into_iter().collect()).collect();
        for m in &mut members {
            m.sort_unstable();
        }
        Self {
            name: "rows".into(),
            blocks: Blocks::explicit(members),
            design: SplitDesign::explicit(vec![Split { fit: fit_set, eval: eval_set, inner }]),
        }
    }

    /// The stimuli of a set of blocks.
    #[must_use]
    pub fn members(&self, set: BlockSet) -> Vec<usize> {
        set.iter().flat_map(|b| self.blocks.members(b).to_vec()).collect()
    }
}

/// What measures read of a pair.
#[derive(Debug)]
pub struct Gathered {
    /// First representation.
    pub x: Side,
    /// Second representation.
    pub y: Side,
    /// Between them.
    pub cross: Arc<Cross>,
    recordings: [Recording; 2],
    units: [Option<Vec<usize>>; 2],
    blocks: Blocks,
    rows: Mutex<BTreeMap<BlockSet, Arc<[RowSet; 2]>>>,
}

impl Gathered {
    /// The moments.
    #[must_use]
    pub fn pair(&self) -> Pair<'_> {
        Pair::new(&self.x, &self.y, &self.cross, &[])
    }

    /// The rows of a design, both sides, read once: what is derived of them is shared by the specs, as in a study.
    ///
    /// # Errors
    /// Those of [`RowSet::read`].
    ///
    /// # Panics
    /// If another thread panicked while it read them.
    pub fn rows(&self, design: &SplitDesign) -> Result<Arc<[RowSet; 2]>> {
        let mut memory = self.rows.lock().expect("no thread panicked");
        if let Some(found) = memory.get(&design.all()) {
            return Ok(found.clone());
        }
        let read = |side: usize| {
            let source = self.recordings[side].source(["x", "y"][side])?;
            let units = self.units[side].as_deref();
            let reading = Reading { source: &source, representation: 0, units, order: None };
            RowSet::read(&reading, &self.blocks, design.all())
        };
        let rows = Arc::new([read(0)?, read(1)?]);
        memory.insert(design.all(), rows.clone());
        Ok(rows)
    }

    /// The comparison by the measure of a spec.
    ///
    /// # Errors
    /// Those of [`parse`] and of the measure.
    pub fn evaluate(&self, spec: &str, design: &SplitDesign) -> Result<Comparison> {
        let measure = parse(spec)?;
        if measure.reads() != Reads::WholeRows {
            let evidence = Evidence { moments: Some(self.pair()), rows: None };
            return measure.evaluate(&evidence, design);
        }
        let rows = self.rows(design)?;
        let [x, y] = &*rows;
        measure.evaluate(&Evidence { moments: None, rows: Some(RowPair::new(x, y)) }, design)
    }
}

/// A pair whose second side is shown in another order.
#[derive(Debug)]
pub struct Shuffled<'a> {
    pair: &'a Gathered,
    order: Vec<usize>,
    y: Side,
    cross: Arc<Cross>,
}

impl Gathered {
    /// The pair with stimulus `order[s]` of y in place of stimulus s, as the shuffle null has it.
    ///
    /// # Errors
    /// As [`gather`].
    pub fn shuffled(&self, order: &[usize]) -> Result<Shuffled<'_>> {
        let [x, y] = &self.recordings;
        let (x, y) = (x.source("x")?, y.source("y")?);
        let [x_units, y_units] = [0, 1].map(|side| self.units[side].as_deref());
        let x = Reading { source: &x, representation: 0, units: x_units, order: None };
        let y = Reading { source: &y, representation: 0, units: y_units, order: Some(order) };
        let cross = Arc::new(gather_cross(&x, &y, &self.blocks)?);
        let y = Side::new(Arc::new(gather_marginal(&y, &self.blocks)?), &[]);
        Ok(Shuffled { pair: self, order: order.to_vec(), y, cross })
    }
}

impl Shuffled<'_> {
    /// The comparison by the measure of a spec.
    ///
    /// # Errors
    /// Those of [`parse`] and of the measure.
    pub fn evaluate(&self, spec: &str, design: &SplitDesign) -> Result<Comparison> {
        let measure = parse(spec)?;
        if measure.reads() != Reads::WholeRows {
            let pair = Pair::new(&self.pair.x, &self.y, &self.cross, &[]);
            return measure.evaluate(&Evidence { moments: Some(pair), rows: None }, design);
        }
        let rows = self.pair.rows(design)?;
        let [x, y] = &*rows;
        let order = shuffled_rows(y, &self.order);
        let rows = Some(RowPair::shuffled(x, y, &order));
        measure.evaluate(&Evidence { moments: None, rows }, design)
    }
}

/// Moments of a pair with all units, whether they vary or not.
///
/// # Errors
/// When the stimuli differ or a value is not finite.
pub fn gather(x: &Recording, y: &Recording, blocks: &Blocks) -> Result<Gathered> {
    gather_units(x, y, blocks, None, None)
}

fn gather_units(
    x: &Recording,
    y: &Recording,
    blocks: &Blocks,
    x_units: Option<&[usize]>,
    y_units: Option<&[usize]>,
) -> Result<Gathered> {
    let recordings = [x.clone(), y.clone()];
    let (x, y) = (x.source("x")?, y.source("y")?);
    let x = Reading { source: &x, representation: 0, units: x_units, order: None };
    let y = Reading { source: &y, representation: 0, units: y_units, order: None };
    // First what is between them: it is here that different stimuli are noticed.
    let cross = Arc::new(gather_cross(&x, &y, blocks)?);
    let side = |reading| gather_marginal(reading, blocks).map(|m| Side::new(Arc::new(m), &[]));
    let units = [x_units, y_units].map(|units| units.map(<[usize]>::to_vec));
    let (x, y, blocks) = (side(&x)?, side(&y)?, blocks.clone());
    Ok(Gathered { x, y, cross, recordings, units, blocks, rows: Mutex::default() })
}

/// Moments of the units of a pair that can be compared under a protocol.
///
/// # Errors
/// As [`gather`] and [`select_units`].
pub fn gather_selected(
    x: &Recording,
    y: &Recording,
    protocol: &Protocol,
    policy: UnitPolicy,
) -> Result<Gathered> {
    let all = gather(x, y, &protocol.blocks)?;
    let designs = std::slice::from_ref(&protocol.design);
    let x_kept = select_units(all.x.marginal(), designs, policy)?;
    let y_kept = select_units(all.y.marginal(), designs, policy)?;
    if x_kept.dropped.is_empty() && y_kept.dropped.is_empty() {
        return Ok(all);
    }
    gather_units(x, y, &protocol.blocks, Some(&x_kept.kept), Some(&y_kept.kept))
}
