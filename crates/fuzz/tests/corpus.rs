//! The inputs that are kept.

use std::path::PathBuf;

/// Above this, `cargo fuzz cmin` or a look at what is of use.
const CORPUS_BYTES_MAX: usize = 300_000;

pub(crate) fn folder(target: &str) -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.join("corpus").join(target)
}

/// Name and content of each, in order of names.
pub(crate) fn of(target: &str) -> Vec<(String, Vec<u8>)> {
    let mut inputs = Vec::new();
    for item in std::fs::read_dir(folder(target)).expect("a corpus") {
        let path = item.expect("a file").path();
        let name = path.file_name().expect("a name").to_string_lossy();
        inputs.push((name.into_owned(), std::fs::read(&path).expect("a file")));
    }
    inputs.sort();
    assert!(!inputs.is_empty(), "{target} has no inputs");
    inputs
}

#[test]
fn corpus_stays_small() {
    let all = liandu_fuzz::TARGETS.iter().flat_map(|(name, _)| of(name));
    let bytes: usize = all.map(|(_, input)| input.len()).sum();
    assert!(bytes <= CORPUS_BYTES_MAX, "{bytes} bytes");
}
