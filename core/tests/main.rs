//! The one test binary of core: each module tests a part from outside.

mod golden;
mod protocol;
mod record;
