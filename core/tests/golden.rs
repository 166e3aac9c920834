//! Golden files: bytes that were once released. Never rewritten; a missing one is written only
//! when `LIANDU_GOLDEN=add` asks for it.

use std::path::PathBuf;

use data_encoding::HEXLOWER;

/// What `tests/golden/<folder>/<name>.hex` holds; `bytes` is what a missing one would get.
#[expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    reason = "the one place where core's outside tests read files and the environment"
)]
pub(crate) fn released(folder: &str, name: &str, bytes: &[u8]) -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(folder);
    let path = folder.join(format!("{name}.hex"));
    if !path.exists() && std::env::var("LIANDU_GOLDEN").as_deref() == Ok("add") {
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(&path, HEXLOWER.encode(bytes) + "\n").unwrap();
    }
    let text = std::fs::read_to_string(&path);
    let text = text.unwrap_or_else(|_| panic!("{name}: no golden file; LIANDU_GOLDEN=add adds it"));
    HEXLOWER.decode(text.trim().as_bytes()).unwrap()
}

/// These bytes are the released ones.
pub(crate) fn assert_frozen(folder: &str, name: &str, bytes: &[u8]) {
    let released = released(folder, name, bytes);
    assert_eq!(
        HEXLOWER.encode(&released),
        HEXLOWER.encode(bytes),
        "{name} is frozen"
    );
}
