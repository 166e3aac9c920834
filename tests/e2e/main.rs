//! End to end: real processes, real sockets, real files.

mod conflict;
mod crash;
mod hostile;
mod office;
mod replay;
mod tour;
