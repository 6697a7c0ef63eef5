//! The help texts, compared with what is kept beside this file.

use std::path::Path;

use crate::person::program;

#[test]
fn the_help_is_the_one_that_is_kept() {
    let mut text = String::new();
    for command in [
        "",
        "consent",
        "consent show",
        "consent accept",
        "consent withdraw",
        "run",
        "watch",
        "list",
        "show",
        "export",
        "queue",
        "queue list",
        "queue send",
        "network",
        "lists",
        "lists show",
        "lists update",
        "lists import",
        "keys",
        "keys control",
        "control",
    ] {
        let output = program().args(command.split_whitespace()).arg("--help").output().unwrap();
        assert!(output.status.success(), "{command}");
        let help = String::from_utf8(output.stdout).unwrap();
        text.push_str(
            &format!("$ qoljetim {command} --help\n{help}\n").replace("  --help", " --help"),
        );
    }
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/commands/help.txt");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&kept, &text).unwrap();
    }

    let wanted = std::fs::read_to_string(&kept).unwrap_or_default();

    assert!(text == wanted, "the help has changed; BLESS=1 keeps the new one:\n{text}");
}

#[test]
fn wrong_usage_has_its_own_code() {
    for arguments in [
        &["rum"][..],
        &[],
        &["run", "--rounds", "many"],
        &["run", "--rounds", "0"],
        &["--lang", "fr", "list"],
    ] {
        let output = program().args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty());
    }
}
