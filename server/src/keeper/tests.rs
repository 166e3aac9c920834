//! The keeper on a simulated disk: what is answered is there, and nothing else is answered.

mod authority;
mod erasing;
mod feeds;
mod kept;
mod mending;
mod promise;
mod world;
