//! When each device was last here, what it said of itself, and how much it still held.
//!
//! A convenience for the office, told by devices: never part of the log, nothing is decided by it,
//! and its file may be deleted. What cannot be kept is forgotten.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use liandu_core::id::DeviceId;
use liandu_core::time::Timestamp;
use rusqlite::{Connection, params};

const SCHEMA: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;
    CREATE TABLE IF NOT EXISTS seen (device BLOB PRIMARY KEY, time INTEGER NOT NULL,
        app TEXT NOT NULL, unsent INTEGER NOT NULL, clock_ahead_ms INTEGER NOT NULL) WITHOUT ROWID;";

/// What a device said when it connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sighting {
    /// When it was last connected, by the server's clock.
    pub(crate) time: Timestamp,
    /// Its app and version.
    pub(crate) app: String,
    /// Edits that it still held when it connected, less those that came since.
    pub(crate) unsent: u64,
    /// How far its clock was ahead, ms.
    pub(crate) clock_ahead_ms: i64,
}

/// All of them.
pub(crate) struct Seen(Mutex<Connection>);

impl Seen {
    /// Those of a file, or none where it cannot be used.
    pub(crate) fn open(path: &Path) -> rusqlite::Result<Seen> {
        let of_file = || -> rusqlite::Result<Connection> {
            let connection = Connection::open(path)?;
            connection.execute_batch(SCHEMA)?;
            Ok(connection)
        };
        let connection = of_file().or_else(|error| {
            tracing::warn!(%error, "when devices were last here is not kept over a restart");
            let connection = Connection::open_in_memory()?;
            connection.execute_batch(SCHEMA)?;
            Ok::<_, rusqlite::Error>(connection)
        })?;
        Ok(Seen(Mutex::new(connection)))
    }

    /// It connected.
    pub(crate) fn came(&self, device: &DeviceId, sighting: &Sighting) {
        let Sighting {
            time,
            app,
            unsent,
            clock_ahead_ms,
        } = sighting;
        let unsent = i64::try_from(*unsent).unwrap_or(i64::MAX);
        self.put(
            "INSERT OR REPLACE INTO seen VALUES (?1, ?2, ?3, ?4, ?5)",
            params![device.0.as_slice(), time.0, app, unsent, clock_ahead_ms],
        );
    }

    /// It left.
    pub(crate) fn left(&self, device: &DeviceId, at: Timestamp) {
        self.put(
            "UPDATE seen SET time = ?2 WHERE device = ?1",
            params![device.0.as_slice(), at.0],
        );
    }

    /// Edits of these devices came, whoever brought them: so many less are to come.
    pub(crate) fn arrived(&self, edits: &BTreeMap<DeviceId, u64>) {
        for (device, count) in edits {
            let count = i64::try_from(*count).unwrap_or(i64::MAX);
            self.put(
                "UPDATE seen SET unsent = max(0, unsent - ?2) WHERE device = ?1 AND unsent > 0",
                params![device.0.as_slice(), count],
            );
        }
    }

    fn put(&self, sql: &str, values: &[&dyn rusqlite::ToSql]) {
        let connection = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // The next connection says it again.
        if let Err(error) = connection.execute(sql, values) {
            tracing::debug!(%error, "a device's visit was not noted");
        }
    }

    /// Every device that was ever here, as far as is known.
    pub(crate) fn all(&self) -> BTreeMap<DeviceId, Sighting> {
        let connection = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        read(&connection).unwrap_or_default()
    }
}

fn read(connection: &Connection) -> rusqlite::Result<BTreeMap<DeviceId, Sighting>> {
    let mut found = BTreeMap::new();
    let mut rows = connection.prepare("SELECT * FROM seen")?;
    let mut rows = rows.query([])?;
    while let Some(row) = rows.next()? {
        let device: Vec<u8> = row.get(0)?;
        let Ok(device) = DeviceId::from_slice(&device) else {
            continue;
        };
        let sighting = Sighting {
            time: Timestamp(row.get(1)?),
            app: row.get(2)?,
            unsent: u64::try_from(row.get::<_, i64>(3)?).unwrap_or(0),
            clock_ahead_ms: row.get(4)?,
        };
        found.insert(device, sighting);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sighting(time: i64) -> Sighting {
        Sighting {
            time: Timestamp(time),
            app: "liandu-field 0.1.0".to_owned(),
            unsent: 3,
            clock_ahead_ms: -5,
        }
    }

    #[test]
    fn last_visit_is_kept_over_a_restart_and_a_broken_file_only_forgets() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("seen.sqlite");
        let device = DeviceId([7; 8]);
        let seen = Seen::open(&path).unwrap();
        seen.came(&device, &sighting(1));
        seen.came(&device, &sighting(2));
        seen.left(&device, Timestamp(9));
        seen.left(&DeviceId([8; 8]), Timestamp(9));
        seen.arrived(&[(device, 1), (DeviceId([8; 8]), 1)].into_iter().collect());
        drop(seen);
        let seen = Seen::open(&path).unwrap();
        let expected = Sighting {
            time: Timestamp(9),
            unsent: 2,
            ..sighting(2)
        };
        assert_eq!(seen.all(), [(device, expected)].into_iter().collect());
        // Others may have brought what it did not know of.
        seen.arrived(&[(device, 5)].into_iter().collect());
        assert_eq!(seen.all()[&device].unsent, 0);
        drop(seen);
        std::fs::write(&path, "no database at all, and longer than a header of one").unwrap();
        let seen = Seen::open(&path).unwrap();
        assert!(seen.all().is_empty());
        seen.came(&device, &sighting(3));
        assert_eq!(seen.all().len(), 1);
    }
}
