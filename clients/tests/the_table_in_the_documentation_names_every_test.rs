//! `docs/clients.md` names the test of each thing that it says, and no other.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The names of tests in this package's files.
fn tests(directory: &Path) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(directory).expect("there are tests") {
        let text = fs::read_to_string(entry.expect("it is there").path()).expect("it is text");
        for after in text.split("#[test]\nfn ").skip(1) {
            names.extend(after.split('(').next().map(str::to_owned));
        }
    }
    names
}

#[test]
fn the_table_in_the_documentation_names_every_test() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut tests = tests(&package.join("tests"));
    tests.remove("the_table_in_the_documentation_names_every_test");
    let page = fs::read_to_string(package.join("../docs/clients.md")).expect("there is the page");
    let in_code: BTreeSet<_> = page.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    let missing: Vec<_> = tests.difference(&in_code).collect();
    assert!(missing.is_empty(), "docs/clients.md does not name {missing:#?}");
    let is_sentence = |name: &str| name.matches('_').count() > 2 && !name.contains(char::is_uppercase);
    let names = in_code.iter().filter(|name| is_sentence(name));
    let gone: Vec<_> = names.filter(|&name| !tests.contains(name)).collect();
    assert!(gone.is_empty(), "docs/clients.md names {gone:#?}, which are no tests");
}
