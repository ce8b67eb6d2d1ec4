//! Plays every conversation below `transcripts/` with the simulator.

use std::fs;
use std::path::Path;

use modem_sim::transcript;

fn play_all(folder: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("transcripts").join(folder);
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("its entries can be read").path())
        .filter(|path| path.extension().is_some_and(|e| e == "at"))
        .collect();
    files.sort();
    assert!(!files.is_empty());
    let mut failures = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("it can be read");
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let result = transcript::parse(&text)
            .map_err(|e| e.to_string())
            .and_then(|t| transcript::play(&t).map_err(|e| e.to_string()));
        if let Err(error) = result {
            failures.push(format!("{name}: {error}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn ublox() {
    play_all("ublox");
}

#[test]
fn sequans() {
    play_all("sequans");
}
