//! How the maps of a convolutional layer become rows of units.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::RowMajor;

/// How the maps of a layer become rows. Part of a representation's identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pooling {
    /// Every value is a unit (fully connected layers; `channels × height × width` units otherwise).
    Flatten,
    /// A unit is a channel; its value is the mean over positions.
    SpatialMean,
    /// A unit is a channel; its value is the one at (height / 2, width / 2), as in the code of Kapoor's group.
    Centre,
    /// A unit is a channel; each position of each stimulus is a row (Li et al. 2016).
    PositionsAsStimuli,
}

impl fmt::Display for Pooling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Flatten => "flatten",
            Self::SpatialMean => "spatial-mean",
            Self::Centre => "centre",
            Self::PositionsAsStimuli => "positions-as-stimuli",
        })
    }
}

/// Maps of one layer for some stimuli: `n × channels × height × width`, row-major; a fully connected layer has 1 × 1 maps.
#[derive(Debug, Clone, Copy)]
pub struct Maps<'a> {
    /// The values.
    pub values: &'a [f32],
    /// Channels.
    pub channels: usize,
    /// Height of a map.
    pub height: usize,
    /// Width of a map.
    pub width: usize,
}

/// Rows of units from maps: see [`Pooling`]. Means are summed in f64.
///
/// # Panics
/// If the number of values is not a multiple of the size of one stimulus.
#[must_use]
pub fn pool(maps: Maps<'_>, pooling: Pooling) -> RowMajor<f32> {
    let Maps { values, channels, height, width } = maps;
    let positions = height * width;
    assert_eq!(values.len() % (channels * positions), 0, "values are not whole stimuli");
    let channel = |c: usize, stimulus: &[f32]| -> f32 {
        let map = &stimulus[c * positions..(c + 1) * positions];
        match pooling {
            Pooling::Centre => map[(height / 2) * width + width / 2],
            _ => (map.iter().map(|&v| f64::from(v)).sum::<f64>() / positions as f64) as f32,
        }
    };
    let stimuli = values.chunks_exact(channels * positions);
    match pooling {
        Pooling::Flatten => RowMajor { values: values.to_vec(), n_units: channels * positions },
        Pooling::SpatialMean | Pooling::Centre => RowMajor {
            values: stimuli.flat_map(|s| (0..channels).map(move |c| channel(c, s))).collect(),
            n_units: channels,
        },
        Pooling::PositionsAsStimuli => RowMajor {
            values: stimuli
                .flat_map(|s| {
                    (0..positions)
                        .flat_map(move |i| (0..channels).map(move |c| s[c * positions + i]))
                })
                .collect(),
            n_units: channels,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn maps() -> Vec<f32> {
        (0..2 * 3 * 2 * 2).map(|v| v as f32).collect()
    }

    fn pooled(pooling: Pooling) -> RowMajor<f32> {
        pool(Maps { values: &maps(), channels: 3, height: 2, width: 2 }, pooling)
    }

    #[test]
    fn each_pooling_has_its_rows_and_units() {
        assert_eq!(pooled(Pooling::SpatialMean).values, [1.5, 5.5, 9.5, 13.5, 17.5, 21.5]);
        assert_eq!(pooled(Pooling::Centre).values, [3.0, 7.0, 11.0, 15.0, 19.0, 23.0]);
        assert_eq!(pooled(Pooling::Flatten).values, maps());
        let positions = pooled(Pooling::PositionsAsStimuli);
        assert_eq!((positions.n_rows(), positions.n_units), (8, 3));
        assert_eq!(positions.values[..6], [0.0, 4.0, 8.0, 1.0, 5.0, 9.0]);
    }

    #[test]
    fn spatial_mean_is_the_mean_of_the_positions() {
        let positions = pooled(Pooling::PositionsAsStimuli);
        let mean = pooled(Pooling::SpatialMean);
        for (stimulus, rows) in positions.values.chunks(4 * 3).enumerate() {
            for c in 0..3 {
                let sum: f32 = (0..4).map(|i| rows[i * 3 + c]).sum();
                assert_eq!(mean.values[stimulus * 3 + c], sum / 4.0);
            }
        }
    }
}
