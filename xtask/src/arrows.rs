//! The arrows between crates: which may depend on which, and what must not be in the tree of the light ones.

use std::collections::BTreeMap;
use std::process::Command;

use anyhow::{Context, bail};
use serde_json::Value;

/// Every allowed dependency between our crates. `ARCHITECTURE.md` explains them.
const ALLOWED: &[(&str, &[&str])] = &[
    ("linalg", &[]),
    ("data", &["linalg"]),
    ("statistics", &["linalg", "data"]),
    ("solvers", &["linalg"]),
    ("measures", &["linalg", "statistics", "solvers"]),
    ("units", &["linalg", "data", "statistics", "solvers"]),
    ("inference", &[]),
    ("teacher", &["linalg"]),
    ("study", &["measures", "units", "statistics", "inference", "data", "teacher"]),
    ("report", &["study", "measures", "units", "inference", "data"]),
    ("papers", &["study", "units", "inference", "data"]),
    ("nets", &["data"]),
    (
        "consilience",
        &[
            "linalg",
            "data",
            "statistics",
            "solvers",
            "measures",
            "units",
            "inference",
            "study",
            "report",
            "papers",
        ],
    ),
    ("cli", &["consilience", "nets"]),
    ("testkit", &["linalg", "data", "statistics", "measures"]),
    ("peers", &["consilience"]),
];

/// A crate that trains networks, and a crate whose tree must stay free of it.
const HEAVY: &str = "burn";
const LIGHT: &str = "consilience";

/// Checks the arrows of the workspace.
pub(crate) fn check() -> anyhow::Result<()> {
    let problems = forbidden(&metadata()?)?;
    if !problems.is_empty() {
        bail!("forbidden arrows (see ARCHITECTURE.md):\n{}", problems.join("\n"));
    }
    let tree = cargo(&["tree", "-p", LIGHT, "-e", "normal", "--prefix", "none"])?;
    if let Some(line) = tree.lines().find(|line| line.split(' ').next() == Some(HEAVY)) {
        bail!("the tree of `{LIGHT}` holds {line}; heavy crates belong to leaf crates");
    }
    println!("arrows: {} crates, as allowed", ALLOWED.len());
    Ok(())
}

fn metadata() -> anyhow::Result<Value> {
    let text = cargo(&["metadata", "--format-version", "1", "--no-deps"])?;
    serde_json::from_str(&text).context("cargo metadata is not JSON")
}

fn cargo(args: &[&str]) -> anyhow::Result<String> {
    let output = Command::new("cargo").args(args).output().context("cannot start cargo")?;
    if !output.status.success() {
        bail!("cargo {} failed: {}", args.join(" "), String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// Arrows that [`ALLOWED`] does not have, in words. Development dependencies may also point at `testkit`.
fn forbidden(metadata: &Value) -> anyhow::Result<Vec<String>> {
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.iter().copied().collect();
    let mut problems = Vec::new();
    for package in metadata["packages"].as_array().context("no packages in the metadata")? {
        let name = short(package["name"].as_str().context("a package without a name")?);
        if name == "xtask" {
            continue;
        }
        let Some(own) = allowed.get(name) else {
            problems.push(format!("{name}: not in the list of crates"));
            continue;
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            if dependency["path"].is_null() {
                continue;
            }
            let to = short(dependency["name"].as_str().unwrap_or_default());
            let is_development = dependency["kind"] == "dev";
            let allowed = own.contains(&to) || (is_development && to == "testkit");
            if !allowed {
                problems.push(format!("{name} → {to}"));
            }
        }
    }
    Ok(problems)
}

fn short(package: &str) -> &str {
    package.strip_prefix("consilience-").unwrap_or(package)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn package(name: &str, to: &str, kind: Option<&str>) -> Value {
        json!({ "packages": [{
            "name": name,
            "dependencies": [{ "name": to, "kind": kind, "path": "somewhere" }],
        }] })
    }

    #[test]
    fn only_listed_arrows_are_allowed() {
        let count = |name, to, kind| forbidden(&package(name, to, kind)).expect("packages").len();
        assert_eq!(count("consilience-data", "consilience-linalg", None), 0);
        assert_eq!(count("consilience-measures", "consilience-data", None), 1);
        assert_eq!(count("consilience-study", "consilience-testkit", Some("dev")), 0);
        assert_eq!(count("consilience-study", "consilience-testkit", None), 1);
        assert_eq!(count("consilience-unheard-of", "consilience-linalg", None), 1);
    }

    #[test]
    fn the_workspace_keeps_to_them() {
        assert_eq!(forbidden(&metadata().expect("cargo")).expect("packages"), Vec::<String>::new());
    }
}
