//! The demo, looked at by a real browser.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::counts::Counts;
use crate::{demo, shell};

/// Runs the demo, compares it with the lab's truth, and opens its pages in headless Chromium.
pub(crate) fn demo_in_browser() -> Result<Counts> {
    let out = demo::target_folder()?.join("demo-test");
    // What an earlier run left must not be taken for this one's.
    if out.exists() {
        std::fs::remove_dir_all(&out).context("removing the last run's files")?;
    }
    let mut lab = demo::built_lab()?;
    lab.args(["demo", "--listen", "127.0.0.1:0", "--out"]).arg(&out).stdout(Stdio::piped());
    shell::say("$ netlab demo --listen 127.0.0.1:0");
    let mut served = Served(lab.spawn().context("starting the demo")?);
    let address = served.address()?;

    let mut counts = compared(&out)?;
    installed()?;
    let folder = shell::root().join("dashboards").join("tests-browser");
    let mut browser = shell::command("node", &["check.mjs", &address]);
    browser.current_dir(folder);
    let (status, text) = shell::output(browser)?;
    shell::print(text.trim_end());
    let looked = Counts::read(&text);
    if looked.passed + looked.failed == 0 || (!status.success() && looked.failed == 0) {
        bail!("the browser checks ended with {status} without saying what failed");
    }
    counts.add(looked);
    Ok(counts)
}

/// Counts the cells that agree with the lab's truth.
fn compared(out: &Path) -> Result<Counts> {
    let text = std::fs::read(out.join("comparison.json")).context("reading comparison.json")?;
    let told: serde_json::Value =
        serde_json::from_slice(&text).context("reading comparison.json")?;
    let number = |key: &str| told.get(key).and_then(serde_json::Value::as_u64);
    let (agree, differ) = (number("agree"), number("differ"));
    let (Some(passed), Some(failed)) = (agree, differ) else {
        bail!("comparison.json does not say how many cells agree and differ");
    };
    Ok(Counts { passed, failed, skipped: 0 })
}

/// Installs the browser and the test's packages where they are missing.
fn installed() -> Result<()> {
    let wanted = [("chromium", "chromium"), ("node", "nodejs"), ("npm", "npm")];
    let missing: Vec<&str> = wanted
        .iter()
        .filter(|(program, _)| !shell::has(program))
        .map(|(_, package)| *package)
        .collect();
    if !missing.is_empty() {
        shell::run(shell::command("apt-get", &["update", "--quiet"]))?;
        let mut install =
            shell::command("apt-get", &["install", "--yes", "--quiet", "fonts-dejavu-core"]);
        install.args(missing).env("DEBIAN_FRONTEND", "noninteractive");
        shell::run(install)?;
    }
    let mut packages =
        shell::command("npm", &["ci", "--no-audit", "--no-fund", "--ignore-scripts"]);
    packages.current_dir(shell::root().join("dashboards").join("tests-browser"));
    shell::run(packages)
}

/// A demo that is stopped, with everything in it, when this value goes.
struct Served(Child);

impl Served {
    /// Waits until the demo says where it serves.
    fn address(&mut self) -> Result<String> {
        let stdout = self.0.stdout.take().context("the demo's output is not connected")?;
        for line in BufReader::new(stdout).lines() {
            let line = line.context("reading the demo's output")?;
            shell::say(&line);
            if let Some(address) = line.strip_prefix("serving ") {
                return Ok(address.trim().to_owned());
            }
        }
        bail!("the demo ended without serving its pages")
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // Asked to end, the demo stops its programs itself; killed, its kernel namespaces do.
        let asked = Command::new("kill").arg(self.0.id().to_string()).status();
        if asked.is_err() && self.0.kill().is_err() {
            shell::say("the demo had already ended");
        }
        if self.0.wait().is_err() {
            shell::say("the demo could not be waited for");
        }
    }
}
