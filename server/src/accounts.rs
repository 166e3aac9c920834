//! Signing in: passwords, sessions and how often somebody may try.
//!
//! Never reads a clock or makes randomness: both are given. Accounts themselves are in the log;
//! what somebody may do is core's policy.

pub mod password;
pub mod session;
pub mod throttle;
