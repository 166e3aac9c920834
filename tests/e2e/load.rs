//! The load workloads in small: each verifies its result before it has figures.

use liandu_bench::process::bin_dir;
use liandu_bench::{ledger, load};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_load_workload_reads_back_what_it_did() {
    let bin = bin_dir().expect("the built programs");
    let all = [
        load::storm(&bin, 6, 2, 3, false).await,
        load::storm(&bin, 4, 2, 3, true).await,
        load::cold(&bin, 15).await,
        load::warm(&bin, 15, 3).await,
        load::contend(&bin, 4, 5).await,
        load::idle(&bin, 8).await,
    ];
    for figures in all {
        let figures = figures.expect("verified");
        assert!(figures.verified, "{figures:?}");
        assert!(figures.workload == "idle" || figures.bytes_up > 0);
    }
}

#[test]
fn every_answer_of_a_full_ledger_is_that_of_sql_by_hand() {
    let bin = bin_dir().expect("the built programs");
    let desk = ledger::office(&bin, 3_000, 2).expect("verified");
    assert!(desk.verified && desk.questions == 2 * desk.worst_ms.len());
    assert!(desk.p99_ms > 0.0 && desk.sql_p99_ms > 0.0);
}
