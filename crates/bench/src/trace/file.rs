//! A recorded session of several people writing one text concurrently, in the format of
//! josephg/editing-traces (`concurrent_traces`), plain or gzipped.
//!
//! Never trusts the file: parents come before children and writers follow themselves, or it is an
//! error that names the transaction.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use flate2::read::GzDecoder;
use serde::Deserialize;

/// The whole session.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Trace {
    /// What everybody ends with.
    pub(super) end_content: String,
    /// Writers.
    pub(super) num_agents: usize,
    /// In an order in which parents come before children.
    pub(super) txns: Vec<Txn>,
}

/// One act of one writer.
#[derive(Debug, Deserialize)]
pub(super) struct Txn {
    /// What the writer had seen.
    pub(super) parents: Vec<usize>,
    /// Who.
    pub(super) agent: usize,
    /// Place, code points taken out, text put in; in order.
    pub(super) patches: Vec<(u64, u64, String)>,
}

/// Reads and checks a trace.
pub(super) fn read(path: &Path) -> Result<Trace> {
    let open = || File::open(path).with_context(|| format!("open {}", path.display()));
    let mut text = String::new();
    if path.extension().is_some_and(|extension| extension == "gz") {
        GzDecoder::new(BufReader::new(open()?)).read_to_string(&mut text)?;
    } else {
        open()?.read_to_string(&mut text)?;
    }
    let trace: Trace = serde_json::from_str(&text).context("a concurrent editing trace")?;
    for (index, txn) in trace.txns.iter().enumerate() {
        ensure!(
            txn.agent < trace.num_agents,
            "transaction {index}: unknown writer {}",
            txn.agent
        );
        let before = txn.parents.iter().all(|parent| *parent < index);
        ensure!(before, "transaction {index}: a parent comes after it");
    }
    Ok(trace)
}
