//! The sections of the vendors' documents that have use-case tables about the SIM card, registration, PDP contexts,
//! sockets, listening, data mode, DNS, ping and short messages: the driver's transcripts cite each of them, but for those
//! that show what the driver does not say at all.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

struct Document {
    /// How the names of its transcripts begin.
    name: &'static str,
    /// How they cite it.
    title: &'static str,
    sections: &'static [&'static str],
    /// What the driver does not say, and why.
    not_wanted: &'static [(&'static str, &'static str)],
}

const DOCUMENTS: [Document; 5] = [
    Document {
        name: "ryz014",
        title: "RYZ014 use cases",
        sections: &[
            "2.1.2.1", "2.1.2.6", "2.1.3", "2.3.2.1", "2.3.2.2", "2.3.2.3", "2.3.2.4", "2.3.2.5", "2.3.2.6",
            "2.3.3.1", "2.3.3.2", "2.3.3.3", "2.3.3.4", "2.3.3.5", "3.2.2", "3.2.3", "3.2.4", "3.3", "3.4.1",
            "4.2.1", "4.2.2", "4.2.3", "4.2.4", "4.2.5", "4.2.6", "4.2.7", "4.2.8", "4.3", "6.1.3",
            "6.1.4.1", "6.1.4.2", "6.2.2", "6.2.3", "6.3.2", "7.1.2.1", "7.1.2.2", "7.1.2.3", "7.2.2.1",
            "7.2.2.2", "7.3.2.1", "7.3.2.2", "7.3.2.3", "9.2.3",
        ],
        not_wanted: &[
            ("2.3.2.7", "the choice of an operator is left to the modem"),
            ("6.1.2", "datagrams have no borders in online mode"),
            ("6.2.4", "data are sent raw"),
            ("6.7.3.2", "MQTT is the client's"),
            ("6.7.3.3", "MQTT is the client's"),
        ],
    },
    Document {
        name: "fota",
        title: "RYZ014 FOTA",
        sections: &["4.3.1.2", "4.3.3", "4.5.2", "4.7.1", "6.3.3"],
        not_wanted: &[("4.3.1.3", "a restoration point is the manufacturer's")],
    },
    Document {
        name: "cassiopeia",
        title: "Cassiopeia use cases",
        sections: &["1.2.2", "1.2.4", "2.3.2", "3.1.2", "3.1.3"],
        not_wanted: &[("3.1.4", "data are sent raw")],
    },
    Document {
        name: "lena_r8",
        title: "LENA-R8 application development",
        sections: &[
            "7.2.1",
            "7.2.2",
            "8.1.1",
            "9.1.2",
            "9.2.1",
            "9.2.2",
            "9.2.3",
            "9.2.4",
            "9.2.5",
            "9.3.1.1",
            "9.3.2.2.1",
            "9.3.2.2.2",
            "9.3.2.2.3",
            "9.3.2.2.4",
            "11.2.1.3.1",
            "11.2.2",
        ],
        not_wanted: &[
            ("7.2.1.1", "the default bearer is the operator's"),
            ("8.1.2", "the identity is asked for where the modem is not named"),
            ("9.1.1", "as in the SARA/LEXI document: see 3.3 there"),
            ("9.1.3", "as in the SARA/LEXI document: see 3.3 there"),
            ("11.1.1", "what is installed is a file of the modem"),
            ("11.2.1.1.3", "FTP is the client's"),
            ("11.2.1.2.3", "HTTP is the client's"),
            ("8.2", "its countermeasures are the user's, but for that of a lost context: see 8.1.1"),
        ],
    },
    Document {
        name: "sara_lexi",
        title: "SARA/LEXI internet applications",
        sections: &[
            "2.3", "2.3.1", "2.4.1", "2.4.1.1", "2.4.2", "3.1", "3.2", "3.3", "3.4.1.1", "5.11", "7.12.2",
            "5.1", "5.2", "5.3.1", "5.3.3", "5.4", "5.5", "5.6", "5.7", "5.8", "5.9", "5.10", "9.1.1",
            "9.1.2", "9.1.3", "9.1.4", "A.1.1",
        ],
        not_wanted: &[
            ("2.3.2", "sockets use the first context in any case"),
            ("3.4.1.2", "session data are kept in RAM, not encrypted by the modem"),
            ("5.3.2", "the binary mode takes any byte"),
        ],
    },
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn transcripts() -> Vec<PathBuf> {
    ["sequans", "ublox"]
        .into_iter()
        .flat_map(|vendor| fs::read_dir(root().join("tests/transcripts").join(vendor)).expect("it is there"))
        .map(|entry| entry.expect("it can be read").path())
        .collect()
}

/// The sections that a transcript cites at its beginning.
fn cited(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).expect("it can be read");
    let head: Vec<&str> = text.lines().map_while(|line| line.strip_prefix("# ")).collect();
    let is_end = |c: char| !c.is_ascii_alphanumeric() && c != '.';
    let sections = head.join(" ");
    let sections = sections.split('§').skip(1).filter_map(|rest| rest.split(is_end).next());
    sections.map(|section| section.trim_end_matches('.').to_owned()).collect()
}

#[test]
fn every_use_case_table_is_spoken_or_not_wanted() {
    let mut missing = Vec::new();
    for document in &DOCUMENTS {
        let mut spoken = BTreeSet::new();
        for path in transcripts() {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            if let Some(rest) = name.strip_prefix(document.name) {
                let cited = cited(&path);
                let named = |section: &String| {
                    rest.starts_with(&format!("_{}_", section.to_lowercase().replace('.', "_")))
                };
                assert!(cited.iter().any(named), "{name} is not named after what it cites: {cited:?}");
                spoken.extend(cited);
            }
        }
        let missed = document.sections.iter().filter(|&&section| !spoken.contains(section));
        missing.extend(missed.map(|section| format!("{} §{section}", document.title)));
        for (section, why) in document.not_wanted {
            assert!(!document.sections.contains(section), "{} §{section}: {why}", document.title);
        }
    }
    assert!(missing.is_empty(), "no transcript cites {missing:#?}");
}

#[test]
fn every_transcript_has_a_test() {
    let tests: String = DOCUMENTS
        .iter()
        .map(|document| {
            format!("tests/documents/the_driver_speaks_as_the_{}_document_says.rs", document.name)
        })
        .chain(["tests/documents/the_driver_sends_and_reads_messages_as_the_ryz014_document_says.rs".into()])
        .map(|path| fs::read_to_string(root().join(path)).expect("there is one for each document"))
        .collect();
    for path in transcripts() {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let begins = DOCUMENTS.iter().any(|document| name.starts_with(document.name));
        assert!(tests.contains(&format!("\"{name}\"")), "{name} has no test");
        assert!(begins || cited(&path).is_empty(), "{name} cites a section and is not named after it");
    }
}
