//! Labelled images to train on, and to be the stimuli. To add a data set: its file, and its line in [`DATASETS`].

mod arrays;
mod bundled;
mod cifar;
mod dataset;
mod digits;
mod files;
pub(crate) mod fit;
mod idx;
mod idx_folder;
mod image_folder;
mod images;
mod normalisation;
mod spec;
pub(crate) mod thumbnails;

pub use bundled::fashion_mnist_small;
pub use dataset::Dataset;
pub use digits::digits;
pub use idx_folder::from_idx_folder;
pub use images::{Images, Pictures};
pub use normalisation::Normalisation;
pub use spec::{DatasetSpec, Entry};

/// Every data set; the order is that of the documentation, the first is the default.
pub static DATASETS: &[Entry] = &[
    Entry::bundled(
        "fashion-mnist-small",
        "\"fashion-mnist-small\"",
        "bundled: 500 training and 100 test images of each class of Fashion-MNIST, 28 × 28, grey",
        fashion_mnist_small,
    ),
    Entry::bundled(
        "digits",
        "\"digits\"",
        "bundled: handwritten digits of UCI, 8 × 8, grey, 797 training and 1,000 test images",
        digits,
    ),
    Entry::of::<idx_folder::FashionMnist>(
        "fashion-mnist",
        "{ fashion-mnist = \"DIR\" }",
        "the four IDX files of Fashion-MNIST",
    ),
    Entry::of::<idx_folder::Mnist>("mnist", "{ mnist = \"DIR\" }", "the four IDX files of MNIST"),
    Entry::of::<idx_folder::Idx>(
        "idx",
        "{ idx = \"DIR\" }",
        "four IDX files named as those of MNIST, with classes of any kind",
    ),
    Entry::of::<cifar::Cifar10>(
        "cifar-10",
        "{ cifar-10 = \"DIR\" }",
        "the binary version of CIFAR-10, 32 × 32, colour",
    ),
    Entry::of::<cifar::Cifar100>(
        "cifar-100",
        "{ cifar-100 = { folder = \"DIR\", labels = \"fine\" } }",
        "the binary version of CIFAR-100, 32 × 32, colour; labels are \"fine\" (100) or \"coarse\" (20)",
    ),
    Entry::of::<image_folder::ImageFolder>(
        "images",
        "{ images = { folder = \"DIR\", size = 64, colours = \"rgb\" } }",
        "PNG and JPEG files in DIR/train/CLASS and DIR/test/CLASS, resized and cropped to squares",
    ),
    Entry::of::<arrays::Arrays>(
        "arrays",
        "{ arrays = { folder = \"DIR\" } }",
        "arrays of bytes and labels in .npy files",
    ),
];
