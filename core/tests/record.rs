//! Records: conflicts, births, admission and order.

mod admission;
mod births;
mod conflicts;
mod order;
mod world;
