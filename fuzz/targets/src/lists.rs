//! The lists' files, which editors and operators write by hand.

use std::fs;

use tempfile::TempDir;

/// Reads the text behind the first byte as the file that the first byte names: as one of a folder of
/// lists, or as a file of Citizen Lab's.
pub fn lists(bytes: &[u8]) {
    let Some((which, text)) = bytes.split_first() else { return };
    let place = usize::from(*which) % (FILES.len() + 1);
    let Some(name) = FILES.get(place) else {
        let text = String::from_utf8_lossy(text);
        let read = testlists::citizenlab::read(&text);
        assert!(read.is_err() || testlists::citizenlab::sift(&text).is_ok());
        return;
    };
    FOLDER.with(|folder| {
        let (file, kept) = (folder.path().join(name), KEPT.get(place).copied().flatten());
        fs::write(&file, text).expect("the scratch folder takes a file");
        if let Err(error) = testlists::load(folder.path()) {
            assert!(!error.to_string().is_empty());
        }
        match kept {
            Some(kept) => fs::write(&file, kept),
            None => fs::remove_file(&file),
        }
        .expect("the scratch folder takes its file back");
    });
}

/// Every file of a folder; a first byte beyond them means Citizen Lab's.
const FILES: [&str; 13] = [
    "targets/kz.csv",
    "known_good.csv",
    "categories.toml",
    "never.csv",
    "endpoints.toml",
    "resolvers.toml",
    "fingerprints/tls.toml",
    "fingerprints/dns.csv",
    "fingerprints/bogus.csv",
    "fingerprints/http.csv",
    "providers/kz.toml",
    "networks/kz.toml",
    "prefixes/kz.csv",
];

/// What stands in the files that must be there while another one is read.
const KEPT: [Option<&str>; 2] =
    [Some("url,note,source,category,tier,added\n"), Some("url,category,source,note\n")];

thread_local! {
    static FOLDER: TempDir = {
        let folder = tempfile::tempdir().expect("a scratch folder");
        for name in ["targets", "fingerprints", "providers", "networks", "prefixes"] {
            fs::create_dir(folder.path().join(name)).expect("a folder in the scratch folder");
        }
        for (name, kept) in FILES.iter().zip(KEPT.into_iter().flatten()) {
            fs::write(folder.path().join(name), kept).expect("a file in the scratch folder");
        }
        folder
    };
}
