//! Facts about the API, asked through its router over a real engine in a temporary folder.

mod admin;
mod agreement;
mod audit;
mod bundles;
mod campaigns;
mod description;
mod dispatches;
mod door;
mod duplicates;
mod files;
mod flags;
mod held;
mod imports;
mod inbox;
mod library;
mod life;
mod lights;
mod new_phone;
mod numbers;
mod open_pages;
mod raised;
mod records;
mod referrals;
mod shares;
mod upkeep;
mod world;
