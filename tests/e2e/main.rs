//! End to end: real processes, real sockets, real files.

#![expect(
    clippy::expect_used,
    reason = "a test that cannot go on must stop with the place"
)]

mod conflict;
mod crash;
mod damage;
mod described;
mod dispatch;
mod files;
mod folder;
mod hostile;
mod impostor;
mod kills;
mod load;
mod local;
mod moves;
mod notices;
mod numbers;
mod office;
mod photo;
mod referral;
mod replay;
mod secure;
mod slow;
mod tour;
mod visits;
