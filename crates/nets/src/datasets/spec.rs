//! Data sets as specs name them.

use std::fmt::Debug;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{DATASETS, Dataset};
use crate::{Error, Result};

/// Which data set a spec asks for: `dataset = "ID"` for a bundled one, `dataset = { ID = OPTIONS }` for files of the user,
/// where the options are mostly a folder. [`DATASETS`] has the ids.
#[derive(Debug, Clone, PartialEq)]
pub struct DatasetSpec {
    /// Id of an entry of [`DATASETS`].
    pub id: String,
    /// What the entry wants to know; nothing for bundled data.
    pub options: Option<toml::Value>,
}

impl Default for DatasetSpec {
    fn default() -> Self {
        Self { id: DATASETS[0].id.to_owned(), options: None }
    }
}

impl DatasetSpec {
    /// The IDX files of a folder, as of MNIST and its relatives.
    #[must_use]
    pub fn idx(folder: &std::path::Path) -> Self {
        let folder = folder.to_string_lossy().into_owned();
        Self { id: "idx".to_owned(), options: Some(toml::Value::String(folder)) }
    }

    /// Nothing, if the id is known and the options are those of its entry. No file is looked at.
    ///
    /// # Errors
    /// [`Error::Spec`].
    pub fn validate(&self) -> Result<()> {
        self.source().map(drop)
    }

    /// The data set, read and checked.
    ///
    /// # Errors
    /// [`Error::Spec`] as [`Self::validate`]; [`Error::Io`] and [`Error::Format`] for files that are missing or not what
    /// they should be.
    pub fn load(&self) -> Result<Dataset> {
        self.source()?.load()
    }

    fn source(&self) -> Result<Box<dyn Source>> {
        let entry = DATASETS.iter().find(|entry| entry.id == self.id).ok_or_else(|| {
            let known: Vec<_> = DATASETS.iter().map(|entry| entry.usage).collect();
            Error::spec("dataset", &&self.id, format!("one of: {}", known.join(", ")))
        })?;
        let wrong = |found: &str| Error::spec("dataset", &found, entry.usage);
        match (&entry.read, &self.options) {
            (Read::Bundled(load), None) => Ok(Box::new(Bundled(*load))),
            (Read::Bundled(_), Some(_)) => Err(wrong(&format!("{} with options", self.id))),
            (Read::Options(_), None) => Err(wrong(&format!("{} without options", self.id))),
            (Read::Options(read), Some(options)) => {
                read(options).map_err(|e| wrong(&format!("{}: {}", self.id, e.trim_end())))
            }
        }
    }
}

impl Serialize for DatasetSpec {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match &self.options {
            None => serializer.serialize_str(&self.id),
            Some(options) => std::iter::once((&self.id, options))
                .collect::<std::collections::BTreeMap<_, _>>()
                .serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for DatasetSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        match toml::Value::deserialize(deserializer)? {
            toml::Value::String(id) => Ok(Self { id, options: None }),
            toml::Value::Table(table) if table.len() == 1 => {
                let (id, options) = table.into_iter().next().expect("one entry");
                Ok(Self { id, options: Some(options) })
            }
            _ => Err(serde::de::Error::custom("a data set is \"ID\" or { ID = OPTIONS }")),
        }
    }
}

/// Where the images of a data set come from.
pub(super) trait Source: Debug {
    fn load(&self) -> Result<Dataset>;
}

/// A line of the registry.
#[derive(Debug)]
pub struct Entry {
    /// Name in a spec.
    pub id: &'static str,
    /// How it is written in a spec.
    pub usage: &'static str,
    /// One sentence for lists and help.
    pub summary: &'static str,
    read: Read,
}

/// How an entry makes its source.
#[derive(Debug)]
enum Read {
    Bundled(fn() -> Result<Dataset>),
    /// From options, or what is wrong with them.
    Options(fn(&toml::Value) -> std::result::Result<Box<dyn Source>, String>),
}

impl Entry {
    pub(super) const fn bundled(
        id: &'static str,
        usage: &'static str,
        summary: &'static str,
        load: fn() -> Result<Dataset>,
    ) -> Self {
        Self { id, usage, summary, read: Read::Bundled(load) }
    }

    pub(super) const fn of<S>(id: &'static str, usage: &'static str, summary: &'static str) -> Self
    where
        S: Source + DeserializeOwned + 'static,
    {
        Self { id, usage, summary, read: Read::Options(read::<S>) }
    }
}

fn read<S>(options: &toml::Value) -> std::result::Result<Box<dyn Source>, String>
where
    S: Source + DeserializeOwned + 'static,
{
    let source: S = options.clone().try_into().map_err(|e: toml::de::Error| e.to_string())?;
    Ok(Box::new(source))
}

/// Images that are part of the program.
#[derive(Debug)]
struct Bundled(fn() -> Result<Dataset>);

impl Source for Bundled {
    fn load(&self) -> Result<Dataset> {
        (self.0)()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(text: &str) -> DatasetSpec {
        #[derive(Deserialize)]
        struct Outer {
            dataset: DatasetSpec,
        }
        toml::from_str::<Outer>(&format!("dataset = {text}")).expect(text).dataset
    }

    #[test]
    fn ids_are_unique_and_every_usage_is_understood() {
        for (i, entry) in DATASETS.iter().enumerate() {
            assert!(DATASETS[..i].iter().all(|other| other.id != entry.id), "{}", entry.id);
            let named = spec(entry.usage);
            assert_eq!(named.id, entry.id);
            named.validate().unwrap();
            let table = toml::Table::from_iter([(
                "dataset".to_owned(),
                toml::Value::try_from(&named).unwrap(),
            )]);
            let again: DatasetSpec = table["dataset"].clone().try_into().unwrap();
            assert_eq!(again, named);
        }
    }

    #[test]
    fn mistakes_say_what_to_write() {
        let message = |text: &str| spec(text).validate().unwrap_err().to_string();
        for (text, part) in [
            ("'cifar'", "dataset: cifar; expected one of: \"fashion-mnist-small\""),
            ("'mnist'", "mnist without options; expected { mnist = \"DIR\" }"),
            ("{ fashion-mnist-small = 'x' }", "fashion-mnist-small with options; expected \"fash"),
            ("{ mnist = 3 }", "expected { mnist = \"DIR\" }"),
            ("{ images = { folder = 'a', sise = 3 } }", "unknown field `sise`"),
        ] {
            assert!(message(text).contains(part), "{text}: {}", message(text));
        }
    }
}
