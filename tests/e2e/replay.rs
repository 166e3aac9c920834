//! Real requests through real devices, and back through the office.

use std::path::PathBuf;

use liandu_bench::process::bin_dir;
use liandu_bench::replay::Replay;

#[tokio::test]
async fn thousand_real_requests_come_back_as_they_were_with_every_forbidden_edit_in_quarantine() {
    let csv = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data/la311-1000.csv");
    let replay = Replay {
        csv,
        devices: 20,
        seed: 7,
        forbidden_percent: 5,
    };
    let outcome = replay.run(&bin_dir().unwrap()).await.unwrap();
    assert_eq!(outcome.records, 1_000);
    assert!(
        outcome.quarantined > 0 && outcome.open_conflicts > 0,
        "{outcome:?}"
    );
    assert!(outcome.verified);
}
