//! The one test binary of core: each module tests a part from outside.

mod protocol;
mod record;
