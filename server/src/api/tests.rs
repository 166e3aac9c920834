//! Facts about the API, asked through its router over a real engine in a temporary folder.

mod admin;
mod agreement;
mod audit;
mod description;
mod dispatches;
mod door;
mod duplicates;
mod files;
mod flags;
mod held;
mod imports;
mod inbox;
mod life;
mod lights;
mod new_phone;
mod numbers;
mod open_pages;
mod plans;
mod raised;
mod records;
mod referrals;
mod upkeep;
mod world;
