//! What the runs have given, as it is committed.
//!
//! Each run of a stack has a file in `nal-tests/results`, which is a column of `docs/conformance.md`.
//! With `WRITE=1` in the environment a run writes its file and the document; otherwise it fails when
//! they are not what they would be.
#![allow(dead_code, reason = "each test uses a part of it")]
#![allow(missing_docs, missing_debug_implementations, unreachable_pub)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use nal_tests::{Outcome, Records};

/// Runs of one program write one after the other.
static TURN: Mutex<()> = Mutex::new(());

/// The traits of a table, in the order of the document: their name in the files and a title.
const TABLES: &[(&str, &str)] =
    &[("nb", "embedded-nal 0.9"), ("async", "embedded-nal-async 0.9"), ("edge", "edge-nal 0.7")];

const HEAD: &str = "\
# Conformance

What the cases of [`nal-tests`](../nal-tests) find on each stack; `./ci.sh conformance --write` writes this file, and the
tests fail when it is not what they find. A column with a modem's name is cellular-nal on that modem, simulated.
*M*: the documentation of the traits demands it; *S*: it recommends it; *C*: a published client breaks without it; *I*:
left to the stack, so that no outcome is wrong.

**yes**: it holds; with a number where many small operations are to be few large ones for the hardware: so many commands
the modem got in that case, from connect to close. **no**: it does not, and the reason is below the table. **-**: not
tried, because the stack or its surroundings lack what the case needs.
";

/// Compares the outcomes of a run with the committed ones, or writes them. `place` orders the columns.
pub fn check(traits: &str, place: u32, stack: &str, records: &Records) {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let root = root();
    let file = root.join(format!("nal-tests/results/{traits}-{place:02}-{}.tsv", stack.replace(' ', "_")));
    let document = root.join("docs/conformance.md");
    if std::env::var_os("WRITE").is_some() {
        fs::create_dir_all(root.join("nal-tests/results")).expect("the directory can be made");
        fs::write(&file, column(records)).expect("the file can be written");
        fs::write(&document, assemble(&root)).expect("the file can be written");
    }
    let committed = fs::read_to_string(&file).unwrap_or_default();
    assert!(committed == column(records), "{} is not what the run gave: WRITE=1 writes it", file.display());
    let committed = fs::read_to_string(&document).unwrap_or_default();
    assert!(committed == assemble(&root), "docs/conformance.md is out of date: WRITE=1 writes it");
}

fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = here.ancestors().find(|at| at.join("nal-tests/Cargo.toml").is_file());
    root.expect("this is a package of the workspace").to_owned()
}

/// A line for each case: id, level, title, mark and note.
fn column(records: &Records) -> String {
    let mut column = String::new();
    for entry in records.entries() {
        let (mut mark, note) = match *entry.outcome {
            Outcome::Pass | Outcome::Mended { .. } => (String::from("yes"), String::new()),
            Outcome::Fail(_) => ("no".into(), "not known why".into()),
            Outcome::Skip { what, reason: None } => ("-".into(), format!("needs {what}")),
            Outcome::Skip { what, reason: Some(reason) } => ("-".into(), format!("needs {what}: {reason}")),
            Outcome::Deviation { known, .. } => ("no".into(), known.into()),
        };
        let case = entry.case;
        if let Some(count) = entry.figures.transactions.filter(|_| case.is_counted() && mark == "yes") {
            let _ = write!(mark, ", {count}");
        }
        let _ = writeln!(column, "{}\t{}\t{}\t{mark}\t{note}", case.id, case.level, case.title);
    }
    column
}

fn assemble(root: &Path) -> String {
    let mut text = String::from(HEAD);
    for (traits, title) in TABLES {
        let columns = columns(root, traits);
        if !columns.is_empty() {
            table(&mut text, title, &columns);
        }
    }
    text
}

/// A stack and its lines.
struct Column {
    stack: String,
    lines: Vec<Line>,
}

struct Line {
    id: String,
    level: String,
    title: String,
    mark: String,
    note: String,
}

/// The columns of a table by their place.
fn columns(root: &Path, traits: &str) -> Vec<Column> {
    let files = fs::read_dir(root.join("nal-tests/results")).into_iter().flatten();
    let mut files: Vec<PathBuf> = files.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.sort();
    let mut columns = Vec::new();
    for file in files {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let mut parts = name.splitn(3, '-');
        if parts.next() != Some(traits) {
            continue;
        }
        let stack = parts.nth(1).unwrap_or_default().replace('_', " ");
        let text = fs::read_to_string(&file).unwrap_or_default();
        let lines = text.lines().filter_map(|line| {
            let mut parts = line.split('\t').map(str::to_owned);
            let [id, level, title, mark, note] = std::array::from_fn(|_| parts.next());
            Some(Line { id: id?, level: level?, title: title?, mark: mark?, note: note? })
        });
        columns.push(Column { stack, lines: lines.collect() });
    }
    columns
}

fn table(text: &mut String, title: &str, columns: &[Column]) {
    let _ = write!(text, "\n## {title}\n\n| Case | | What has to hold |");
    for Column { stack, .. } in columns {
        let _ = write!(text, " {stack} |");
    }
    let _ = writeln!(text, "\n|---|---|---|{}", "---|".repeat(columns.len()));
    let mut cases: Vec<&Line> = Vec::new();
    for line in columns.iter().flat_map(|column| &column.lines) {
        if !cases.iter().any(|known| known.id == line.id) {
            cases.push(line);
        }
    }
    let mut notes = String::new();
    for case in cases {
        let _ = write!(text, "| {} | {} | {} |", case.id, case.level, case.title.replace('|', "\\|"));
        let mut reasons: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
        for Column { stack, lines } in columns {
            let line = lines.iter().find(|line| line.id == case.id);
            let mark = match line.map_or("", |line| &line.mark) {
                "no" => "**no**",
                mark => mark,
            };
            let _ = write!(text, " {mark} |");
            if let Some(line) = line.filter(|line| !line.note.is_empty()) {
                reasons.entry((&line.mark, &line.note)).or_default().push(stack);
            }
        }
        text.push('\n');
        for ((_, note), stacks) in reasons {
            let _ = writeln!(notes, "- {} on {}: {note}", case.id, stacks.join(", "));
        }
    }
    text.push('\n');
    text.push_str(&notes);
}
