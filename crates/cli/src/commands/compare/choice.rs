//! Which measures to run.

use consilience::measures::packages::{Package, Quantity};
use consilience::measures::{DynMeasure, Family, MEASURES, parse};

use crate::args::{Compare, MeasureArg};

/// How a measure came to be run.
#[derive(Debug, Clone, Copy)]
pub(super) enum Wanted {
    /// It was named: that it has no value is a failure.
    ByName,
    /// It is one of many: that it does not apply is a remark.
    AmongOthers,
    /// It reproduces a quantity of a package.
    AsIn(&'static Package, &'static Quantity),
}

impl PartialEq for Wanted {
    /// The same kind of wish.
    fn eq(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

/// What to run.
pub(super) struct Choice {
    pub(super) measures: Vec<(Wanted, Box<dyn DynMeasure>)>,
    /// Measures that are not run, as their units would have to be what nobody said they are.
    pub(super) unsaid: Vec<Box<dyn DynMeasure>>,
    /// The package to reproduce.
    pub(super) like: Option<&'static Package>,
}

/// The measures of the command line in the order of the catalogue, those with parameters after it; each once.
pub(super) fn choose(args: &Compare) -> anyhow::Result<Choice> {
    let mut measures: Vec<(Wanted, Box<dyn DynMeasure>)> = Vec::new();
    if let Some(package) = args.like {
        for quantity in package.quantities {
            measures.push((Wanted::AsIn(package, quantity), parse(quantity.spec)?));
        }
        return Ok(Choice { measures, unsaid: Vec::new(), like: Some(package) });
    }
    let is_all = args.measures.contains(&MeasureArg::All)
        || (args.measures.is_empty() && args.families.is_empty());
    let mut unsaid = Vec::new();
    for entry in MEASURES {
        let is_of_family = args.families.contains(&entry.info.family);
        if is_all && !is_of_family && entry.info.family == Family::Functional {
            unsaid.push(parse(entry.info.id)?);
        } else if is_all || is_of_family {
            measures.push((Wanted::AmongOthers, parse(entry.info.id)?));
        }
    }
    for measure in &args.measures {
        let MeasureArg::Spec(spec) = measure else { continue };
        match measures.iter_mut().find(|(_, known)| known.spec() == *spec) {
            Some((wanted, _)) => *wanted = Wanted::ByName,
            None => measures.push((Wanted::ByName, parse(spec)?)),
        }
    }
    unsaid.retain(|m| measures.iter().all(|(_, known)| known.spec() != m.spec()));
    Ok(Choice { measures, unsaid, like: None })
}
