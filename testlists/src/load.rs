//! The one door to the disk, and the lists that are built in.

use std::fs;
use std::path::Path;

use crate::table::File;
use crate::{ListError, Lists, lists};

/// Reads the lists of a folder of the shape that this crate's folder has.
///
/// `targets/*.csv` and `known_good.csv` must be there; what else is missing is empty, except that
/// this repository's categories stand in for a missing `categories.toml`. Hosts of this
/// repository's `never.csv` are refused in every folder.
pub fn load(dir: &Path) -> Result<Lists, ListError> {
    let mut files = Vec::new();
    for name in FILES {
        let path = dir.join(name);
        if path.try_exists().map_err(|source| ListError::Disk { path: path.clone(), source })? {
            files.push(read(&path, name)?);
        }
    }
    for (folder, extension) in FOLDERS {
        for name in names(&dir.join(folder), extension)? {
            files.push(read(&dir.join(folder).join(&name), &format!("{folder}/{name}"))?);
        }
    }
    for needed in ["known_good.csv", "targets/"] {
        if !files.iter().any(|file| file.path.starts_with(needed)) {
            return Err(ListError::file(
                needed,
                format!("nothing there in {}", dir.display()),
                "name the folder that holds targets/, known_good.csv and the other lists",
            ));
        }
    }
    Lists::read(&files)
}

/// Returns the lists of this repository, as they were when the program was built.
pub fn builtin() -> Lists {
    let files: Vec<_> = BUILTIN.iter().map(|(path, text)| File::new(path, text)).collect();
    Lists::read(&files).expect("this repository's lists are read by its tests")
}

fn read(path: &Path, name: &str) -> Result<File<'static>, ListError> {
    let disk = |source| ListError::Disk { path: path.to_owned(), source };
    let bytes = fs::metadata(path).map_err(disk)?.len();
    if usize::try_from(bytes).is_ok_and(|bytes| bytes > lists::bytes_most(name)) {
        return Err(ListError::file(name, format!("the file has {bytes} bytes"), "split it"));
    }
    let text = fs::read_to_string(path).map_err(disk)?;
    Ok(File { path: name.to_owned(), text: text.into() })
}

/// Lists the files of a folder by name; a folder that is not there has none.
fn names(folder: &Path, extension: &str) -> Result<Vec<String>, ListError> {
    let disk = |source| ListError::Disk { path: folder.to_owned(), source };
    if !folder.try_exists().map_err(disk)? {
        return Ok(Vec::new());
    }
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(disk)? {
        let name = entry.map_err(disk)?.file_name();
        let hidden = name.to_string_lossy().starts_with('.');
        if !hidden && Path::new(&name).extension().is_some_and(|found| found == extension) {
            names.push(name.to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// This repository's categories.
pub(crate) const CATEGORIES: &str = include_str!("../categories.toml");

/// This repository's list of hosts that are never tested.
pub(crate) const NEVER: &str = include_str!("../never.csv");

const FILES: [&str; 10] = [
    "endpoints.toml",
    "categories.toml",
    "never.csv",
    "known_good.csv",
    "resolvers.toml",
    "fingerprints/tls.toml",
    "fingerprints/dns.csv",
    "fingerprints/bogus.csv",
    "fingerprints/content_networks.csv",
    "fingerprints/http.csv",
];

const FOLDERS: [(&str, &str); 4] =
    [("targets", "csv"), ("providers", "toml"), ("networks", "toml"), ("prefixes", "csv")];

const BUILTIN: [(&str, &str); 15] = [
    ("endpoints.toml", include_str!("../endpoints.toml")),
    ("categories.toml", CATEGORIES),
    ("never.csv", NEVER),
    ("known_good.csv", include_str!("../known_good.csv")),
    ("resolvers.toml", include_str!("../resolvers.toml")),
    ("fingerprints/tls.toml", include_str!("../fingerprints/tls.toml")),
    ("fingerprints/dns.csv", include_str!("../fingerprints/dns.csv")),
    ("fingerprints/bogus.csv", include_str!("../fingerprints/bogus.csv")),
    ("fingerprints/content_networks.csv", include_str!("../fingerprints/content_networks.csv")),
    ("fingerprints/http.csv", include_str!("../fingerprints/http.csv")),
    ("targets/global.csv", include_str!("../targets/global.csv")),
    ("targets/kz.csv", include_str!("../targets/kz.csv")),
    ("providers/kz.toml", include_str!("../providers/kz.toml")),
    ("networks/kz.toml", include_str!("../networks/kz.toml")),
    ("prefixes/kz.csv", include_str!("../prefixes/kz.csv")),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_folder_is_enough_and_keeps_our_refusals() {
        let folder = folder(&[("targets/a.csv", TARGETS), ("known_good.csv", CONTROLS)]);

        let lists = load(folder.path()).unwrap();

        assert_eq!((lists.targets.len(), lists.known_good.len()), (1, 1));
        assert_eq!(lists.categories, builtin().categories);
        assert!(lists.never(&"www.kavkazcenter.com".parse().unwrap()));
        assert!(lists.resolvers.is_empty() && lists.prefixes.is_empty());
    }

    #[test]
    fn files_that_are_no_lists_are_passed_over() {
        let folder = folder(&[
            ("targets/a.csv", TARGETS),
            ("targets/.a.csv.swp", "x"),
            ("targets/.b.csv", "x"),
            ("targets/notes.txt", "x"),
            ("known_good.csv", CONTROLS),
        ]);

        assert_eq!(load(folder.path()).unwrap().targets.len(), 1);
    }

    #[test]
    fn a_folder_without_targets_or_controls_is_refused() {
        for (file, text, missing) in [
            ("known_good.csv", CONTROLS, "targets/: nothing there in"),
            ("targets/a.csv", TARGETS, "known_good.csv: nothing there in"),
        ] {
            let folder = folder(&[(file, text)]);
            let error = load(folder.path()).unwrap_err().to_string();
            assert!(error.starts_with(missing), "{error}");
        }
    }

    #[test]
    fn a_target_that_stands_in_two_files_is_refused() {
        let folder = folder(&[
            ("targets/a.csv", TARGETS),
            ("targets/b.csv", TARGETS),
            ("known_good.csv", CONTROLS),
        ]);

        let error = load(folder.path()).unwrap_err().to_string();

        assert_eq!(
            error,
            "targets/b.csv, line 2: https://a.test/ stands in targets/a.csv, line 2 already; \
             remove one of the two"
        );
    }

    #[test]
    fn a_host_that_is_never_tested_is_refused_in_every_folder() {
        let targets = TARGETS.replace("a.test", "kavkazcenter.com");
        let folder = folder(&[("targets/a.csv", &targets), ("known_good.csv", CONTROLS)]);

        let error = load(folder.path()).unwrap_err().to_string();

        assert!(error.contains("kavkazcenter.com is never tested"), "{error}");
    }

    #[test]
    fn too_many_targets_and_too_long_files_are_refused() {
        let rows = (0..5_001).map(|n| format!("https://a{n}.test/,n,s,news,everyday,2026-11-23\n"));
        let many = format!("url,note,source,category,tier,added\n{}", rows.collect::<String>());
        let long = "#".repeat(2 * 1024 * 1024 + 1);
        for (text, part) in
            [(&many, "there are 5001 targets"), (&long, "the file has 2097153 bytes")]
        {
            let folder = folder(&[("targets/a.csv", text), ("known_good.csv", CONTROLS)]);
            let error = load(folder.path()).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
    }

    #[test]
    fn a_file_that_is_no_text_is_told_by_its_path() {
        let folder = folder(&[("targets/a.csv", TARGETS), ("known_good.csv", CONTROLS)]);
        fs::write(folder.path().join("known_good.csv"), [0xff, 0xfe]).unwrap();

        let error = load(folder.path()).unwrap_err();

        assert!(matches!(&error, ListError::Disk { path, .. } if path.ends_with("known_good.csv")));
    }

    const TARGETS: &str =
        "url,note,source,category,tier,added\nhttps://a.test/,n,s,news,everyday,2026-11-23\n";
    const CONTROLS: &str = "url,category,source,note\nhttps://good.test/,reference,s,n\n";

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        dir
    }
}
