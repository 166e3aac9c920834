//! Numbers of problems for a device: from the office's tables, for what its scopes hold.
//!
//! Never waits long for the tables: what they do not have yet the device asks for again.

use std::collections::BTreeSet;
use std::time::Duration;

use liandu_core::id::{Position, RecordId, ScopeId};
use liandu_core::light::Lights;
use liandu_core::protocol::message::Numbered;
use liandu_core::protocol::session::Input;
use liandu_core::record::scope::Scope;

use super::{Connection, End};
use crate::tables::TablesError;
use crate::tables::follow::reached;
use crate::tables::query::Readers;
use crate::tables::read::number_of;

/// How long the tables may take to take in what the device was just given receipts for.
const TABLES_MS: u64 = 2_000;

impl Connection {
    pub(super) async fn read_numbers(&mut self, records: Vec<RecordId>) -> Result<(), End> {
        let Some((readers, progress)) = self.sockets.tables.clone() else {
            self.tell(Input::Numbers(Vec::new()));
            return Ok(());
        };
        let scopes: BTreeSet<ScopeId> = self.scopes.iter().map(Scope::id).collect();
        let handle = self.handle();
        let mine = handle.read(move |keeper| {
            let mine = |record: &RecordId| {
                let scope = keeper.scope_of(record);
                scope.is_some_and(|scope| scopes.contains(&scope.id()))
            };
            let mine: Vec<RecordId> = records.into_iter().filter(mine).collect();
            (mine, keeper.position())
        });
        let (mine, position): (Vec<RecordId>, Position) = mine.await?;
        let wait = Duration::from_millis(TABLES_MS);
        // Behind or not: what they have is given.
        let _reached = tokio::time::timeout(wait, reached(&progress, position)).await;
        let one_of_few = self.sockets.telling.clone().acquire_owned().await;
        let found = tokio::task::spawn_blocking(move || {
            let _held_to_the_end = one_of_few;
            numbers(&readers, &mine)
        })
        .await;
        let numbers = match found {
            Ok(Ok(numbers)) => numbers,
            Ok(Err(error)) => {
                tracing::error!(%error, "numbers cannot be read");
                Vec::new()
            }
            Err(_) => return Err(End::Lost),
        };
        self.tell(Input::Numbers(numbers));
        Ok(())
    }
}

fn numbers(readers: &Readers, records: &[RecordId]) -> Result<Vec<Numbered>, TablesError> {
    readers.read(Lights::default(), |snapshot| {
        let mut numbers = Vec::new();
        for record in records {
            numbers.extend(number_of(snapshot, record)?.map(|number| Numbered {
                record: *record,
                county: number.county,
                campaign: number.campaign,
                n: number.n,
            }));
        }
        Ok(numbers)
    })
}
