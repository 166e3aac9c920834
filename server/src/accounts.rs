//! Signing in: passwords, invitations, new phones, sessions and how often somebody may try.
//!
//! Never reads a clock. Accounts themselves are in the log;
//! what somebody may do is core's policy.

pub mod invitation;
pub(crate) mod new_phones;
pub mod password;
pub mod session;
pub mod throttle;
pub mod tries;
pub(crate) mod typed_codes;
