//! Networks made of matrices: what the tests analyse.

use consilience_data::{
    Activations, ArraySource, Precision, RowMajor, StimulusSet, array_representation,
};
use consilience_linalg::Mat;
use consilience_statistics::Blocks;
use consilience_units::{Findings, Layer, Parameters, Request, analyse_pair, gather};

/// One layer of each matrix: rows are positions of stimuli, `per_stimulus` each.
pub(crate) fn source(
    matrices: &[&Mat<f64>],
    per_stimulus: usize,
    precision: Precision,
) -> ArraySource {
    let n_stimuli = matrices[0].nrows() / per_stimulus;
    let mut source = ArraySource::new(StimulusSet::indexed("planted", n_stimuli));
    for (k, matrix) in matrices.iter().enumerate() {
        let cells = (0..matrix.nrows()).flat_map(|i| (0..matrix.ncols()).map(move |j| (i, j)));
        let n_units = matrix.ncols();
        let array = match precision {
            Precision::F64 => {
                Activations::F64(RowMajor { values: cells.map(|at| matrix[at]).collect(), n_units })
            }
            Precision::F32 => {
                let values = cells.map(|at| matrix[at] as f32).collect();
                Activations::F32(RowMajor { values, n_units })
            }
        };
        let mut representation = array_representation(&format!("network-{k}"), &array);
        representation.rows_per_stimulus = per_stimulus;
        source.push(representation, array).expect("finite values");
    }
    source
}

/// Parameters with which tests are quick.
pub(crate) fn quick() -> Parameters {
    Parameters { half_splits: 6, scatter_rows: 20, ..Parameters::default() }
}

/// The layer of these matrices in ten blocks of stimuli.
pub(crate) fn layer(matrices: &[&Mat<f64>], parameters: &Parameters) -> Layer {
    let source = source(matrices, 1, Precision::F64);
    let representations: Vec<usize> = (0..matrices.len()).collect();
    let blocks = Blocks::hashed(
        &(0..matrices[0].nrows()).map(|i| i.to_string()).collect::<Vec<_>>(),
        10.min(matrices[0].nrows()),
        1,
    )
    .expect("blocks");
    let request = Request {
        source: &source,
        representations: &representations,
        earlier: &[],
        receptive_fields: &[],
        blocks: &blocks,
        parameters,
    };
    gather(&request).expect("good data")
}

/// The findings of two matrices.
pub(crate) fn findings(x: &Mat<f64>, y: &Mat<f64>, parameters: &Parameters) -> Findings {
    analyse_pair(&layer(&[x, y], parameters), 0, 1).expect("good data")
}
