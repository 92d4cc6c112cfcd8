//! The steps of `cargo xtask test`: each is one command, named before it runs.

use std::process::{Command, Stdio};

use anyhow::{Context, bail};

/// Everything that has to hold before a change lands. All in the release profile: one build of the dependencies.
pub(crate) fn test() -> anyhow::Result<()> {
    step("formatting", &["fmt", "--all", "--check"])?;
    let clippy = ["clippy", "--workspace", "--all-targets", "--release", "--", "-D", "warnings"];
    step("clippy, warnings denied", &clippy)?;
    if has_nextest() {
        step("tests", &["nextest", "run", "--workspace", "--release", "--no-fail-fast"])?;
    } else {
        let tests =
            ["test", "--workspace", "--release", "--lib", "--bins", "--tests", "--no-fail-fast"];
        step("tests (cargo-nextest is not installed; cargo test does)", &tests)?;
    }
    step("examples in the documentation", &["test", "--workspace", "--release", "--doc"])?;
    // Documentation warns of broken links; the variable has the same effect as -D warnings for clippy.
    run("documentation, warnings denied", |cargo| {
        cargo
            .args(["doc", "--workspace", "--release", "--no-deps"])
            .env("RUSTDOCFLAGS", "-D warnings")
    })?;
    println!("==> arrows");
    crate::arrows::check()?;
    generate("--check")?;
    println!("==> all steps passed");
    Ok(())
}

/// Writes or checks the files that are made from the registry of measures.
pub(crate) fn generate(mode: &str) -> anyhow::Result<()> {
    let pages = [
        "run",
        "--quiet",
        "--release",
        "-p",
        "consilience-testkit",
        "--example",
        "pages",
        "--",
        mode,
    ];
    step("generated files", &pages)
}

fn step(name: &str, args: &[&str]) -> anyhow::Result<()> {
    run(name, |cargo| cargo.args(args))
}

fn run(name: &str, arrange: impl FnOnce(&mut Command) -> &mut Command) -> anyhow::Result<()> {
    println!("==> {name}");
    let mut cargo = Command::new("cargo");
    let status =
        arrange(&mut cargo).status().with_context(|| format!("cannot start cargo for: {name}"))?;
    if !status.success() {
        bail!("step failed: {name}");
    }
    Ok(())
}

fn has_nextest() -> bool {
    let mut cargo = Command::new("cargo");
    let version = cargo.args(["nextest", "--version"]).stdout(Stdio::null()).stderr(Stdio::null());
    version.status().is_ok_and(|status| status.success())
}
