//! What can be wrong with a study.

use std::path::PathBuf;

/// Result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// What can be wrong with a study or its folder of results.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Activations could not be read, or a file not written.
    #[error(transparent)]
    Data(#[from] consilience_data::Error),
    /// Statistics could not be gathered.
    #[error(transparent)]
    Statistics(#[from] consilience_statistics::Error),
    /// A measure or its spec is wrong.
    #[error(transparent)]
    Measures(#[from] consilience_measures::Error),
    /// Units could not be read or compared.
    #[error(transparent)]
    Units(#[from] consilience_units::Error),
    /// A file of results could not be read or written.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// "read", "write", "create".
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A file is not what its name promises.
    #[error("{} does not hold results of this version: {problem}; run the study anew with another --out", path.display())]
    NotResults {
        /// The file.
        path: PathBuf,
        /// What was found.
        problem: String,
    },
    /// The folder holds results of something else.
    #[error("{} holds results of another study ({difference}); give another --out, or delete that folder", path.display())]
    OtherStudy {
        /// The folder.
        path: PathBuf,
        /// What differs.
        difference: String,
    },
    /// Two representations cannot be compared within the memory allowed.
    #[error("comparing {x} with {y} takes {} MiB at once, where {} MiB are allowed; allow that much with --memory, or use fewer --threads, fewer blocks, fewer stimuli or layers with fewer units", needed.div_ceil(1 << 20), limit >> 20)]
    Memory {
        /// First representation.
        x: String,
        /// Second representation.
        y: String,
        /// Bytes that are needed.
        needed: u64,
        /// Bytes that are allowed.
        limit: u64,
    },
    /// The units of a layer cannot be analysed within the memory allowed.
    #[error("the units of {layer} in {networks} networks take {} MiB at once, where {} MiB are allowed; allow that much with --memory, or name fewer networks (networks = [...]), leave the layer out (layers = [...]), or use fewer --threads, blocks or rows of information", needed.div_ceil(1 << 20), limit >> 20)]
    LayerMemory {
        /// The layer.
        layer: String,
        /// Networks that have it.
        networks: usize,
        /// Bytes that are needed.
        needed: u64,
        /// Bytes that are allowed.
        limit: u64,
    },
    /// A draw of ensembles cannot be made within the memory allowed.
    #[error("one draw of the ensembles of study `{study}` takes {} MiB at once, where {} MiB are allowed; allow that much with --memory, or give fewer ratios, members, hidden units or stimuli", needed.div_ceil(1 << 20), limit >> 20)]
    DrawMemory {
        /// Kind of the study.
        study: &'static str,
        /// Bytes that are needed.
        needed: u64,
        /// Bytes that are allowed.
        limit: u64,
    },
    /// The spec of a study is wrong.
    #[error("{place}: {problem}")]
    Spec {
        /// File or part of the spec.
        place: String,
        /// What was found, expected, and what to do.
        problem: String,
    },
}

impl Error {
    /// Wraps an operating system error with what was being done to which path.
    pub(crate) fn io(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }
}
