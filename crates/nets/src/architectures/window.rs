//! What a position of a map sees of the image, carried from layer to layer.

use consilience_data::ReceptiveField;

use super::Task;

/// A square of pixels that moves with the position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    size: usize,
    stride: usize,
    offset: isize,
}

impl Window {
    /// The window of a pixel.
    pub(super) const PIXEL: Self = Self { size: 1, stride: 1, offset: 0 };

    /// The window behind a convolution or a pooling over squares of `side` positions.
    pub(super) fn behind(self, side: usize, stride: usize, padding: usize) -> Self {
        Self {
            size: self.size + (side - 1) * self.stride,
            stride: self.stride * stride,
            offset: self.offset - (padding * self.stride).cast_signed(),
        }
    }

    /// What the positions of a map see.
    pub(super) fn field(self, (rows, columns): (usize, usize), task: Task) -> ReceptiveField {
        let Self { size, stride, offset } = self;
        let Task { height, width, .. } = task;
        ReceptiveField { rows, columns, size, stride, offset, height, width }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use burn::tensor::{Device, Tensor};

    use crate::architectures::{Architecture, Pass, Task};
    use crate::weights::{Weights, floats};

    /// Lights one pixel of a black image after the other: with weights that are all positive, it reaches the positions that see
    /// it, and no others.
    pub(in crate::architectures) fn fields_are_what_positions_depend_on(
        architecture: &dyn Architecture,
        task: Task,
    ) {
        let device = Device::flex();
        let parameters = architecture.parameters(task).unwrap();
        let mut weights = Weights::draw(parameters.clone(), 1, &device);
        for kernel in parameters.iter().filter(|parameter| parameter.shape.len() == 4) {
            weights.set(&kernel.name, &vec![0.1; kernel.shape.iter().product()]);
        }
        let pixels = task.height * task.width;
        let outputs = |bright: Option<usize>| -> Vec<Vec<f32>> {
            let value = |i| if Some(i) == bright { 1.0 } else { 0.0 };
            let values: Vec<f32> = (0..pixels).map(value).collect();
            let image = Tensor::<1>::from_data(values.as_slice(), &device);
            let image = image.reshape([1, 1, task.height, task.width]);
            let outputs = architecture.forward(&mut Pass::recording(&weights), image);
            outputs.iter().map(floats).collect()
        };
        let black = outputs(None);
        let layers = architecture.layers(task).unwrap();
        assert!(layers[0].field.is_some());
        for pixel in 0..pixels {
            let lit = outputs(Some(pixel));
            for (at, layer) in layers.iter().enumerate() {
                let Some(field) = layer.field else { continue };
                assert_eq!((field.rows, field.columns), (layer.height, layer.width));
                assert_eq!((field.height, field.width), (task.height, task.width));
                let sees = |position: usize, pixel: usize| {
                    let first = field.offset + (field.stride * position).cast_signed();
                    (first..first + field.size.cast_signed()).contains(&pixel.cast_signed())
                };
                for position in 0..field.rows * field.columns {
                    let expected = sees(position / field.columns, pixel / task.width)
                        && sees(position % field.columns, pixel % task.width);
                    let found = lit[at][position] != black[at][position];
                    assert_eq!(found, expected, "{}: {position} and pixel {pixel}", layer.name);
                }
            }
        }
    }
}
