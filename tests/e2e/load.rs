//! The load workloads in small: each verifies its result before it has figures.

use liandu_bench::load;
use liandu_bench::process::bin_dir;

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
