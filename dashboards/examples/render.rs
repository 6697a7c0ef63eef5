//! Writes every page of the tests' fixture to a folder, so that a person can look at them:
//! `cargo run -p dashboards --example render -- FOLDER`.

#[path = "../tests/support/fixture.rs"]
mod fixture;

use std::path::PathBuf;
use std::{env, fs};

use dashboards::{Language, SITE_CSS, pages};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(env::args().nth(1).ok_or("name the folder to write to")?);
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("site.css"), SITE_CSS)?;
    for language in Language::ALL {
        let large = fixture::large_matrix(60, 14);
        let large = pages::overview(&fixture::frame(true), &large, language)?;
        let all = fixture::all(language).into_iter().chain([("overview-large", large)]);
        for (name, page) in all {
            // Opened from a folder, the style sheet lies beside the page.
            let page = page.replace("/assets/site.css", "site.css");
            fs::write(folder.join(format!("{name}.{language}.html")), page)?;
        }
    }
    Ok(())
}
