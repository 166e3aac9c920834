//! The engine against a small stand-in for the office: stories of phones with bad networks, crashes
//! and colleagues. The real keeper is met in the workspace's own tests.

mod crash;
mod office;
mod phone;
mod story;
