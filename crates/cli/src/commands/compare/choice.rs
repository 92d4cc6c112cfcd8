//! Which measures to run.

use consilience::measures::packages::{Package, Quantity};
use consilience::measures::{DynMeasure, MEASURES, parse};

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
        return Ok(Choice { measures, like: Some(package) });
    }
    let is_all = args.measures.contains(&MeasureArg::All)
        || (args.measures.is_empty() && args.families.is_empty());
    for entry in MEASURES.iter().filter(|e| is_all || args.families.contains(&e.info.family)) {
        measures.push((Wanted::AmongOthers, parse(entry.info.id)?));
    }
    for measure in &args.measures {
        let MeasureArg::Spec(spec) = measure else { continue };
        match measures.iter_mut().find(|(_, known)| known.spec() == *spec) {
            Some((wanted, _)) => *wanted = Wanted::ByName,
            None => measures.push((Wanted::ByName, parse(spec)?)),
        }
    }
    Ok(Choice { measures, like: None })
}
