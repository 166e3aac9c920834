//! Writes the JavaScript that loads a wasm file: `bind FILE.wasm FOLDER`. An example and no part
//! of `cargo xtask` itself, so that nobody waits for its dependencies who does not need it.

use anyhow::{Context, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [wasm, folder] = words.as_slice() else {
        bail!("用法 usage: bind FILE.wasm FOLDER");
    };
    let mut bindgen = Bindgen::new();
    bindgen.input_path(wasm).web(true)?.typescript(false);
    bindgen
        .remove_name_section(true)
        .remove_producers_section(true);
    bindgen
        .generate(folder)
        .with_context(|| format!("{wasm}: 不能生成 cannot be bound"))
}
