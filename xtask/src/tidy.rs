//! Checks the habits that the compiler does not: size, layering, names, words that are for ever.

mod documents;
mod frozen;
mod layers;
mod locales;
mod scenarios;
mod sources;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};

use crate::counts::Counts;
use crate::shell;

/// Runs all checks and prints what is wrong.
pub(crate) fn run() -> Result<ExitCode> {
    let counts = counted()?;
    shell::say(&format!("tidy: {}", counts.line()));
    Ok(if counts.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs all checks and counts them.
pub(crate) fn counted() -> Result<Counts> {
    let tree = Tree::read(&shell::root())?;
    let checks: [(&str, Check); 6] = [
        ("layers", layers::check),
        ("sources", sources::check),
        ("frozen words and files", frozen::check),
        ("locales", locales::check),
        ("documents", documents::check),
        ("scenarios", scenarios::check),
    ];
    let mut counts = Counts::default();
    for (name, check) in checks {
        let complaints = check(&tree).with_context(|| format!("checking {name}"))?;
        for complaint in &complaints {
            shell::say(&format!("tidy: {name}: {complaint}"));
        }
        counts.add(Counts::one(complaints.is_empty()));
    }
    Ok(counts)
}

/// Freezes words and files that are new; never thaws one.
pub(crate) fn bless() -> Result<()> {
    frozen::bless(&Tree::read(&shell::root())?)
}

/// One check: what it complains about.
type Check = fn(&Tree) -> Result<Vec<String>>;

/// The files that git knows, or would take, with their texts.
struct Tree {
    root: PathBuf,
    files: Vec<(String, String)>,
}

impl Tree {
    fn read(root: &Path) -> Result<Self> {
        let mut list =
            shell::command("git", &["ls-files", "--cached", "--others", "--exclude-standard"]);
        let output = list.output().context("asking git for the files")?;
        let mut files = Vec::new();
        for path in String::from_utf8_lossy(&output.stdout).lines() {
            // Pictures and deleted files have no text to check.
            if let Ok(text) = std::fs::read_to_string(root.join(path)) {
                files.push((path.to_owned(), text));
            }
        }
        files.sort();
        Ok(Self { root: root.to_path_buf(), files })
    }

    /// Returns the files whose names end in `ending`.
    fn ending<'a>(&'a self, ending: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> + 'a {
        let files = self.files.iter().filter(move |(path, _)| path.ends_with(ending));
        files.map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// Returns the text of one file.
    fn text(&self, path: &str) -> Option<&str> {
        self.files.iter().find(|(found, _)| found == path).map(|(_, text)| text.as_str())
    }
}
