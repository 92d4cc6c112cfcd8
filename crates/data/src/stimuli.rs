//! Stimuli: the inputs that every network sees, with their ids, labels and thumbnails.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{Error, Result};

/// The stimuli of a set of representations.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StimulusSet {
    /// Name, for instance `fashion-mnist-small/test`.
    pub name: String,
    /// One id a stimulus; no id occurs twice.
    pub ids: Vec<String>,
    /// One class index a stimulus, if there are classes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labels: Option<Vec<u32>>,
    /// Names of the classes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<String>,
    /// Small pictures of the stimuli; kept in a file of its own beside the ids.
    #[serde(skip)]
    pub thumbnails: Option<Thumbnails>,
}

/// Equal-sized 8-bit grey pictures, one a stimulus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thumbnails {
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
    /// `n * height * width` values, picture after picture, row after row.
    pub pixels: Vec<u8>,
}

impl StimulusSet {
    /// Stimuli that have no other name than their index, as for bare arrays.
    #[must_use]
    pub fn indexed(name: &str, n: usize) -> Self {
        Self { name: name.into(), ids: (0..n).map(|i| i.to_string()).collect(), ..Self::default() }
    }

    /// Number of stimuli.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is no stimulus.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Nothing, if the set is consistent.
    ///
    /// # Errors
    /// [`Error::Format`] if an id occurs twice, there is not one label an id, a label has no class name although there are
    /// class names, or the thumbnails are not one picture an id.
    pub fn validate(&self) -> Result<()> {
        let wrong = |found: String, expected: String, advice: &str| {
            let path = format!("stimuli '{}'", self.name).into();
            Err(Error::Format { path, found, expected, advice: advice.into() })
        };
        let n = self.len();
        let mut first_use = BTreeMap::new();
        for (index, id) in self.ids.iter().enumerate() {
            if let Some(first) = first_use.insert(id, index) {
                let found = format!("id '{id}' at index {first} and again at index {index}");
                let advice = "remove the duplicate, or give the stimuli different ids";
                return wrong(found, "every id once".into(), advice);
            }
        }
        if let Some(labels) = &self.labels {
            if labels.len() != n {
                let found = format!("{} labels", labels.len());
                return wrong(found, format!("{n}, one an id"), "give one label a stimulus");
            }
            let classes = self.classes.len();
            let nameless = labels.iter().position(|&label| label as usize >= classes);
            if let Some(index) = nameless.filter(|_| classes > 0) {
                let found = format!("label {} at index {index}", labels[index]);
                let expected = format!("labels below {classes}, the number of class names");
                return wrong(found, expected, "name every class, or none");
            }
        }
        if let Some(Thumbnails { width, height, pixels }) = &self.thumbnails {
            let expected = width.checked_mul(*height).and_then(|size| size.checked_mul(n));
            if expected != Some(pixels.len()) || (n > 0 && pixels.is_empty()) {
                let found = format!("thumbnails of {} bytes", pixels.len());
                let expected = format!("{n} × {height} × {width} bytes, at least one pixel each");
                return wrong(found, expected, "give one thumbnail of the same size a stimulus");
            }
        }
        Ok(())
    }

    /// What first distinguishes two sets of stimuli; nothing if rows of both mean the same, stimulus by stimulus.
    ///
    /// Ids count, and labels and class names where both have them. The name of the set and the thumbnails do not.
    #[must_use]
    pub fn first_difference(&self, other: &Self) -> Option<String> {
        let index = self.ids.iter().zip(&other.ids).position(|(a, b)| a != b);
        if let Some(i) = index {
            return Some(format!("index {i} is '{}' and '{}'", self.ids[i], other.ids[i]));
        }
        if self.len() != other.len() {
            return Some(format!(
                "{} and {} stimuli, the same up to index {}",
                self.len(),
                other.len(),
                self.len().min(other.len())
            ));
        }
        if let (Some(a), Some(b)) = (&self.labels, &other.labels)
            && let Some(i) = a.iter().zip(b).position(|(a, b)| a != b)
        {
            let id = &self.ids[i];
            return Some(format!("index {i} ('{id}') has label {} and {}", a[i], b[i]));
        }
        if self.classes.is_empty() || other.classes.is_empty() || self.classes == other.classes {
            return None;
        }
        Some(format!("the classes are {:?} and {:?}", self.classes, other.classes))
    }

    /// sha256 over the ids in order, hexadecimal. Two sources with the same digest have the same rows.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for id in &self.ids {
            hash.update((id.len() as u64).to_le_bytes());
            hash.update(id.as_bytes());
        }
        hexadecimal(hash)
    }
}

/// A finished sha256 as 64 hexadecimal digits: how digests are written everywhere.
#[must_use]
pub fn hexadecimal(hash: Sha256) -> String {
    hash.finalize().iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set() -> StimulusSet {
        StimulusSet {
            labels: Some(vec![0, 1, 0]),
            classes: vec!["cat".into(), "dog".into()],
            thumbnails: Some(Thumbnails { width: 2, height: 1, pixels: vec![0; 6] }),
            ..StimulusSet::indexed("three", 3)
        }
    }

    #[test]
    fn inconsistent_sets_are_refused_by_name() {
        set().validate().unwrap();
        StimulusSet::default().validate().unwrap();
        let cases: [(&dyn Fn(&mut StimulusSet), &str); 5] = [
            (&|s| s.ids[2] = "0".into(), "id '0' at index 0 and again at index 2"),
            (&|s| s.labels = Some(vec![0, 1]), "2 labels; expected 3"),
            (&|s| s.classes.truncate(1), "label 1 at index 1; expected labels below 1"),
            (&|s| s.ids.truncate(2), "3 labels; expected 2"),
            (
                &|s| s.thumbnails.as_mut().unwrap().height = 2,
                "thumbnails of 6 bytes; expected 3 × 2 × 2",
            ),
        ];
        for (change, words) in cases {
            let mut bad = set();
            change(&mut bad);
            let message = bad.validate().unwrap_err().to_string();
            assert!(message.contains(words) && message.contains("stimuli 'three'"), "{message}");
        }
    }

    #[test]
    fn the_first_difference_is_named() {
        let bare = StimulusSet::indexed("other name", 3);
        assert_eq!(set().first_difference(&set()), None);
        assert_eq!(set().first_difference(&bare), None);
        let cases: [(&dyn Fn(&mut StimulusSet), &str); 4] = [
            (&|s| s.ids[1] = "one".into(), "index 1 is '1' and 'one'"),
            (&|s| s.ids.truncate(2), "3 and 2 stimuli, the same up to index 2"),
            (&|s| s.labels = Some(vec![0, 1, 1]), "index 2 ('2') has label 0 and 1"),
            (&|s| s.classes[1] = "fox".into(), "the classes are"),
        ];
        for (change, words) in cases {
            let mut other = set();
            change(&mut other);
            let found = set().first_difference(&other).unwrap();
            assert!(found.contains(words), "{found}");
        }
    }
}
