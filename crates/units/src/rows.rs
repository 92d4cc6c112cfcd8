//! What is read off the rows while they pass: zeros, the strongest stimuli, and two samples.

use consilience_data::{Activations, RowMajor};
use consilience_linalg::Real;
use rand::seq::index;

use crate::draws::{Purpose, generator};
use crate::{Parameters, TopStimulus};

/// Which rows are kept: indices over all rows (stimulus · rows of a stimulus + position), ascending; the same for all networks.
#[derive(Debug, Clone)]
pub(crate) struct Samples {
    pub(crate) information: Vec<usize>,
    pub(crate) scatter: Vec<usize>,
    pub(crate) rows_per_stimulus: usize,
}

impl Samples {
    /// No rows at all.
    pub(crate) fn none(rows_per_stimulus: usize) -> Self {
        Self { information: Vec::new(), scatter: Vec::new(), rows_per_stimulus }
    }

    pub(crate) fn draw(n_rows: usize, rows_per_stimulus: usize, parameters: &Parameters) -> Self {
        let draw = |wanted: usize, purpose| {
            let rng = &mut generator(parameters.seed, purpose, [0, 0]);
            let mut rows = index::sample(rng, n_rows, wanted.min(n_rows)).into_vec();
            rows.sort_unstable();
            rows
        };
        Self {
            information: draw(parameters.information.rows, Purpose::InformationRows),
            scatter: draw(parameters.scatter_rows, Purpose::ScatterRows),
            rows_per_stimulus,
        }
    }
}

/// What has been seen of the rows of one representation. Independent of the order in which stimuli come.
#[derive(Debug, Clone)]
pub(crate) struct RowFacts {
    /// Rows in which a unit is exactly 0.
    pub(crate) zeros: Vec<u64>,
    /// The strongest stimuli of each unit: value, stimulus, position; the strongest first, of equals the first stimulus.
    top: Vec<Vec<(f64, u32, u32)>>,
    /// What a value has to reach to come into the list of a unit: the weakest of a full list.
    least: Vec<f64>,
    /// Stimuli listed for a unit.
    listed: usize,
    /// Rows × units.
    pub(crate) information: Vec<f32>,
    /// Rows × units.
    pub(crate) scatter: Vec<f32>,
}

impl RowFacts {
    pub(crate) fn new(n_units: usize, samples: &Samples, listed: usize) -> Self {
        Self {
            zeros: vec![0; n_units],
            top: vec![Vec::with_capacity(listed + 1); n_units],
            least: vec![if listed == 0 { f64::INFINITY } else { f64::NEG_INFINITY }; n_units],
            listed,
            information: vec![0.0; samples.information.len() * n_units],
            scatter: vec![0.0; samples.scatter.len() * n_units],
        }
    }

    /// Looks at the rows of some stimuli, which have not been looked at before.
    pub(crate) fn see(&mut self, stimuli: &[usize], rows: &Activations, samples: &Samples) {
        match rows {
            Activations::F32(m) => self.see_rows(stimuli, m, samples),
            Activations::F64(m) => self.see_rows(stimuli, m, samples),
        }
    }

    fn see_rows<T: Real>(&mut self, stimuli: &[usize], m: &RowMajor<T>, samples: &Samples) {
        let per_stimulus = samples.rows_per_stimulus;
        for (&stimulus, rows) in stimuli.iter().zip(m.values.chunks(per_stimulus * m.n_units)) {
            for (position, row) in rows.chunks_exact(m.n_units).enumerate() {
                self.see_row((stimulus as u32, position as u32), row);
            }
            let first = stimulus * per_stimulus;
            let kept = [
                (&samples.information, &mut self.information),
                (&samples.scatter, &mut self.scatter),
            ];
            for (wanted, values) in kept {
                let from = wanted.partition_point(|&row| row < first);
                for (k, &row) in wanted.iter().enumerate().skip(from) {
                    let Some(row) = rows.chunks_exact(m.n_units).nth(row - first) else { break };
                    let kept = &mut values[k * m.n_units..(k + 1) * m.n_units];
                    kept.iter_mut().zip(row).for_each(|(kept, &v)| *kept = v.into() as f32);
                }
            }
        }
    }

    fn see_row<T: Real>(&mut self, at: (u32, u32), row: &[T]) {
        let zero = T::from_f64(0.0);
        for (zeros, &value) in self.zeros.iter_mut().zip(row) {
            *zeros += u64::from(value == zero);
        }
        for (unit, (&value, least)) in row.iter().zip(&mut self.least).enumerate() {
            let value: f64 = value.into();
            if value >= *least {
                let top = &mut self.top[unit];
                insert(top, (value, at.0, at.1), self.listed);
                if let Some(&(weakest, _, _)) = top.last().filter(|_| top.len() == self.listed) {
                    *least = weakest;
                }
            }
        }
    }

    /// The strongest stimuli of a unit.
    pub(crate) fn top(&self, unit: usize) -> Vec<TopStimulus> {
        self.top[unit].iter().map(|&(value, stimulus, at)| (stimulus, at, value as f32)).collect()
    }
}

/// Puts a stimulus in its place; a stimulus stands in the list once, at its strongest position.
fn insert(top: &mut Vec<(f64, u32, u32)>, new: (f64, u32, u32), listed: usize) {
    if let Some(own) = top.iter().position(|&(_, stimulus, _)| stimulus == new.1) {
        if new.0 <= top[own].0 {
            return;
        }
        top.remove(own);
    }
    let before = |old: &(f64, u32, u32)| old.0 > new.0 || old.0 == new.0 && old.1 < new.1;
    let place = top.partition_point(before);
    if place < listed {
        top.insert(place, new);
        top.truncate(listed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(information: usize) -> Parameters {
        let mut parameters =
            Parameters { top_stimuli: 3, scatter_rows: 5, ..Parameters::default() };
        parameters.information.rows = information;
        parameters
    }

    /// 6 stimuli of 2 positions, 2 units; the second is tied everywhere.
    fn values() -> RowMajor<f32> {
        let first = [0.0, 1.0, 5.0, 2.0, 0.0, 0.0, 5.0, 9.0, 3.0, 0.0, 1.0, 2.0];
        RowMajor { values: first.iter().flat_map(|&v| [v, 4.0]).collect(), n_units: 2 }
    }

    fn seen(order: &[usize], chunk: usize) -> (RowFacts, Samples) {
        let samples = Samples::draw(12, 2, &parameters(7));
        let mut facts = RowFacts::new(2, &samples, 3);
        let all = values();
        for stimuli in order.chunks(chunk) {
            let rows = stimuli.iter().flat_map(|s| &all.values[s * 4..s * 4 + 4]).copied();
            let rows = RowMajor { values: rows.collect(), n_units: 2 };
            facts.see(stimuli, &Activations::F32(rows), &samples);
        }
        (facts, samples)
    }

    #[test]
    fn a_stimulus_is_listed_once_at_its_strongest_position_and_ties_in_order() {
        let (facts, samples) = seen(&[0, 1, 2, 3, 4, 5], 6);
        assert_eq!(facts.top(0), [(3, 1, 9.0), (1, 0, 5.0), (4, 0, 3.0)]);
        assert_eq!(facts.top(1), [(0, 0, 4.0), (1, 0, 4.0), (2, 0, 4.0)]);
        assert_eq!(facts.zeros, [4, 0]);
        let all = values();
        for (k, &row) in samples.information.iter().enumerate() {
            assert_eq!(facts.information[2 * k..2 * k + 2], all.values[2 * row..2 * row + 2]);
        }
        assert_eq!((samples.information.len(), samples.scatter.len()), (7, 5));
    }

    #[test]
    fn neither_order_nor_chunks_matter() {
        let (expected, _) = seen(&[0, 1, 2, 3, 4, 5], 6);
        for (order, chunk) in [([5, 4, 3, 2, 1, 0], 1), ([3, 0, 5, 1, 4, 2], 4)] {
            let (found, _) = seen(&order, chunk);
            assert_eq!((found.top(0), found.top(1)), (expected.top(0), expected.top(1)));
            assert_eq!(found.information, expected.information);
            assert_eq!(found.scatter, expected.scatter);
        }
    }

    #[test]
    fn a_sample_of_more_rows_than_there_are_is_all_rows() {
        let samples = Samples::draw(12, 2, &parameters(100));
        assert_eq!(samples.information, (0..12).collect::<Vec<_>>());
    }
}
