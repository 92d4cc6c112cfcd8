//! What one network learns from: its images, and its labels of them.

use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::datasets::{Dataset, Images, Normalisation};
use crate::spec::{Augmentation, Labels, NetworkSeeds, Subset, TrainingSpec};

/// Streams of the generators; initial weights are drawn from stream 0, orders of images from stream 1.
const LABEL_STREAM: u64 = 2;
const SUBSET_STREAM: u64 = 3;
const COMMON_STREAM: u64 = 4;
/// Every step has a stream of its own from here on, so that its augmentation is a function of the seed and the step.
const AUGMENTATION_STREAMS: u64 = 1 << 32;

/// The training images of one network.
#[derive(Debug)]
pub(crate) struct TrainingSet<'a> {
    images: &'a Images,
    /// Which of the images are seen, ascending.
    members: Vec<usize>,
    /// The label that is learned, one a member.
    labels: Vec<u32>,
    /// What a network sees for each 8-bit value, one table a channel.
    tables: Vec<[f32; 256]>,
    augmentation: Augmentation,
    seed: u64,
}

impl<'a> TrainingSet<'a> {
    pub(crate) fn new(dataset: &'a Dataset, training: &TrainingSpec, seeds: NetworkSeeds) -> Self {
        let images = &dataset.train;
        let n_classes = dataset.classes.len();
        let all = labels(images, n_classes, training.labels, seeds.labels.unwrap_or(0));
        let members = members(images, n_classes, training.subset, seeds.subset.unwrap_or(0));
        Self {
            images,
            labels: members.iter().map(|&i| all[i]).collect(),
            members,
            tables: tables(&dataset.normalisation),
            augmentation: training.augmentation,
            seed: seeds.order,
        }
    }

    /// Number of images.
    pub(crate) fn len(&self) -> usize {
        self.members.len()
    }

    /// `n × channels × height × width`, of the chosen members.
    pub(crate) fn shape(&self, n: usize) -> [usize; 4] {
        [n, self.images.channels, self.images.height, self.images.width]
    }

    /// Labels of the chosen members.
    pub(crate) fn labels(&self, chosen: &[usize]) -> Vec<i32> {
        chosen.iter().map(|&i| self.labels[i] as i32).collect()
    }

    /// The chosen members as a network sees them in step `step`: augmented, normalised, channel after channel.
    pub(crate) fn inputs(&self, chosen: &[usize], step: u64) -> Vec<f32> {
        let size = self.images.channels * self.images.height * self.images.width;
        let mut values = Vec::with_capacity(chosen.len() * size);
        let mut rng = generator(self.seed, AUGMENTATION_STREAMS + step);
        for &i in chosen {
            let image = self.images.image(self.members[i]);
            if self.augmentation == Augmentation::default() {
                self.append(image, &mut values);
            } else {
                let Augmentation { shift, flip } = self.augmentation;
                let down = signed(&mut rng, shift);
                let right = signed(&mut rng, shift);
                let mirrored = flip && rng.next_u32() & 1 == 1;
                self.append_moved(image, (down, right), mirrored, &mut values);
            }
        }
        values
    }

    fn append(&self, image: &[u8], out: &mut Vec<f32>) {
        for (channel, table) in self.tables.iter().enumerate() {
            let values = image.iter().skip(channel).step_by(self.images.channels);
            out.extend(values.map(|&v| table[usize::from(v)]));
        }
    }

    fn append_moved(&self, image: &[u8], by: (isize, isize), mirrored: bool, out: &mut Vec<f32>) {
        let Images { channels, height, width, .. } = *self.images;
        let inside = |at: usize, by: isize, side: usize| {
            at.checked_add_signed(-by).filter(|&from| from < side)
        };
        for (channel, table) in self.tables.iter().enumerate() {
            for y in 0..height {
                for x in 0..width {
                    let (y, x) = (inside(y, by.0, height), inside(x, by.1, width));
                    let value = y.zip(x).map_or(0, |(y, x)| {
                        let x = if mirrored { width - 1 - x } else { x };
                        image[(y * width + x) * channels + channel]
                    });
                    out.push(table[usize::from(value)]);
                }
            }
        }
    }
}

pub(crate) fn generator(seed: u64, stream: u64) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(stream);
    rng
}

/// Uniform in −most..=most. The bias of a remainder of 32 bits is below 1e-7 for any image that fits memory.
fn signed(rng: &mut impl Rng, most: usize) -> isize {
    (rng.next_u32() as usize % (2 * most + 1)) as isize - most as isize
}

/// Uniform in [0, 1) from the upper 53 bits of a draw.
fn uniform(rng: &mut impl Rng) -> f64 {
    (rng.next_u64() >> 11) as f64 / 2_f64.powi(53)
}

fn tables(normalisation: &Normalisation) -> Vec<[f32; 256]> {
    (0..normalisation.mean.len()).map(|channel| normalisation.table(channel)).collect()
}

/// The label that is learned for every training image, whether it is seen or not: networks of equal label seeds agree
/// about every image that both see.
fn labels(images: &Images, n_classes: usize, which: Labels, seed: u64) -> Vec<u32> {
    let mut labels = images.labels.clone();
    let mut rng = generator(seed, LABEL_STREAM);
    match which {
        Labels::True => {}
        Labels::Shuffled => labels.shuffle(&mut rng),
        Labels::Noise(probability) => {
            for label in &mut labels {
                // Both draws are always made, so that a higher probability keeps the labels that a lower one replaced.
                let (flips, other) = (uniform(&mut rng) < probability, rng.next_u32());
                if flips && n_classes > 1 {
                    *label = (*label + 1 + other % (n_classes as u32 - 1)) % n_classes as u32;
                }
            }
        }
    }
    labels
}

/// Indices of the images that are seen, ascending: of each class the same share, at least one.
fn members(images: &Images, n_classes: usize, subset: Subset, seed: u64) -> Vec<usize> {
    if !subset.is_proper() {
        return (0..images.len()).collect();
    }
    let mut common = generator(subset.common_seed, COMMON_STREAM);
    let mut own = generator(seed, SUBSET_STREAM);
    let mut members = Vec::new();
    for class in 0..n_classes as u32 {
        let mut of_class: Vec<usize> =
            (0..images.len()).filter(|&i| images.labels[i] == class).collect();
        if of_class.is_empty() {
            continue;
        }
        let n = ((of_class.len() as f64 * subset.share).round() as usize).max(1);
        of_class.shuffle(&mut common);
        let mut others = of_class.split_off((n as f64 * subset.common).round() as usize);
        others.sort_unstable();
        others.shuffle(&mut own);
        others.truncate(n - of_class.len());
        members.extend(of_class);
        members.extend(others);
    }
    members.sort_unstable();
    members
}

#[cfg(test)]
mod tests {
    use super::*;

    fn images() -> Images {
        let labels: Vec<u32> = (0..600).map(|i| i % 3).collect();
        let ids = (0..600).map(|i| i.to_string()).collect();
        let pixels = (0..600 * 6).map(|i| (i % 6) as u8 + 1).collect();
        Images { ids, pixels, channels: 1, height: 2, width: 3, labels }
    }

    fn dataset() -> Dataset {
        Dataset {
            name: "counted".into(),
            classes: ["a", "b", "c"].map(String::from).to_vec(),
            train: images(),
            test: images(),
            normalisation: Normalisation { mean: vec![0.0], deviation: vec![1.0 / 255.0] },
        }
    }

    fn seeds(seed: u64) -> NetworkSeeds {
        NetworkSeeds { initialisation: seed, order: seed, labels: Some(seed), subset: Some(seed) }
    }

    fn set(training: &TrainingSpec, seed: u64) -> (Vec<usize>, Vec<u32>) {
        let dataset = dataset();
        let set = TrainingSet::new(&dataset, training, seeds(seed));
        (set.members, set.labels)
    }

    #[test]
    fn noise_replaces_its_share_of_the_labels_by_others() {
        let noisy = |probability, seed| {
            set(
                &TrainingSpec { labels: Labels::Noise(probability), ..TrainingSpec::default() },
                seed,
            )
            .1
        };
        let truth = images().labels;
        let wrong = |labels: &[u32]| labels.iter().zip(&truth).filter(|(a, b)| a != b).count();
        let found = wrong(&noisy(0.3, 1));
        // 180 expected, standard deviation 11.2.
        assert!((135..=225).contains(&found), "{found}");
        assert_eq!(wrong(&noisy(1.0, 1)), 600, "a replaced label is never the true one");
        assert_ne!(noisy(0.3, 1), noisy(0.3, 2));
        let (low, high) = (noisy(0.2, 5), noisy(0.4, 5));
        let kept = (0..600).filter(|&i| low[i] != truth[i]).all(|i| low[i] == high[i]);
        assert!(kept, "more noise keeps what less noise replaced");
    }

    #[test]
    fn shuffled_labels_keep_the_size_of_every_class() {
        let training = TrainingSpec { labels: Labels::Shuffled, ..TrainingSpec::default() };
        let labels = set(&training, 3).1;
        let count = |class| labels.iter().filter(|&&label| label == class).count();
        assert_eq!([count(0), count(1), count(2)], [200; 3]);
        let same = labels.iter().zip(&images().labels).filter(|(a, b)| a == b).count();
        assert!((130..=270).contains(&same), "a third by chance: {same}");
    }

    #[test]
    fn subsets_have_their_share_of_every_class_and_their_common_part() {
        let of = |share, common, seed| {
            let subset = Subset { share, common, common_seed: 0 };
            set(&TrainingSpec { subset, ..TrainingSpec::default() }, seed).0
        };
        let shared = |a: &[usize], b: &[usize]| a.iter().filter(|i| b.contains(i)).count();
        let (a, b) = (of(0.25, 0.0, 1), of(0.25, 0.0, 2));
        assert_eq!(a.len(), 150);
        assert!((0..3).all(|class| a.iter().filter(|&&i| i % 3 == class).count() == 50));
        assert_eq!(a, of(0.25, 0.0, 1));
        // A quarter of a quarter by chance: 37.5, standard deviation about 5.
        assert!((15..=60).contains(&shared(&a, &b)), "{}", shared(&a, &b));
        let (a, b) = (of(0.25, 0.8, 1), of(0.25, 0.8, 2));
        assert!(shared(&a, &b) >= 120, "{}", shared(&a, &b));
        assert_ne!(a, b);
        assert_eq!(of(0.25, 1.0, 1), of(0.25, 1.0, 2));
        assert_eq!(of(1.0, 0.0, 1).len(), 600);
    }

    #[test]
    fn images_move_and_flip_with_black_coming_in() {
        let dataset = dataset();
        let training = |shift, flip| TrainingSpec {
            augmentation: Augmentation { shift, flip },
            ..TrainingSpec::default()
        };
        let seen = |shift, flip| -> Vec<Vec<u8>> {
            let training = training(shift, flip);
            let set = TrainingSet::new(&dataset, &training, seeds(1));
            let chosen: Vec<usize> = (0..200).collect();
            let values = set.inputs(&chosen, 7);
            assert_eq!(values, set.inputs(&chosen, 7), "a function of the step");
            values.chunks(6).map(|image| image.iter().map(|v| v.round() as u8).collect()).collect()
        };
        let distinct = |mut seen: Vec<Vec<u8>>| {
            seen.sort();
            seen.dedup();
            seen
        };
        assert_eq!(distinct(seen(0, false)), [[1, 2, 3, 4, 5, 6]]);
        assert_eq!(distinct(seen(0, true)), [[1, 2, 3, 4, 5, 6], [3, 2, 1, 6, 5, 4]]);
        let moved = distinct(seen(1, false));
        assert_eq!(moved.len(), 9);
        assert!(moved.contains(&vec![0, 0, 0, 0, 1, 2]) && moved.contains(&vec![5, 6, 0, 0, 0, 0]));
    }
}
