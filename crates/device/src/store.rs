//! What a device keeps: pairs of bytes, written in batches that are stored whole or not at all.
//!
//! Never stores by itself: the engine names what is to be stored and the driver says when it is
//! durable. Every value says its format; a newer one is not opened, so that an older app cannot
//! destroy it.

use liandu_core::id::RecordId;
use liandu_core::record::DefinitionRef;
use minicbor::{Decode, Encode};

/// A key of the store. Keys sort so that what belongs to a record stands together.
pub type Key = Vec<u8>;

/// What one batch does: `None` removes the key.
pub type Puts = Vec<(Key, Option<Vec<u8>>)>;

/// Everything stored, in any order.
pub type Pairs = Vec<(Key, Vec<u8>)>;

/// The format that this version writes.
const FORMAT: u8 = 1;

/// Why what is stored cannot be opened. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// A newer version wrote it: update the app.
    #[error("写入此数据的应用版本更新,请更新应用 (written by a newer app: update the app)")]
    Newer,
    /// Not readable: keep the folder, ask for help.
    #[error("本机数据无法读取 (what is stored here cannot be read): {what}")]
    Damaged {
        /// Which sort of value.
        what: &'static str,
    },
}

/// Where a value stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Slot {
    /// Who this device is.
    Identity,
    /// How far it is in sync.
    Place,
    /// Edits sent and not answered when it was written.
    Sent,
    /// Receipts for colleagues.
    Sheets,
    /// What a user interface keeps for itself.
    Note(String),
    /// A campaign definition's JSON.
    Definition(DefinitionRef),
    /// Signed authority statements, by the position of the last.
    Statements(u64),
    /// A record's kind, scope, stamps and seals.
    Header(RecordId),
    /// Admitted changes as they came.
    Admitted(RecordId, u32),
    /// An edit made on this device, by its number.
    Own(RecordId, u64),
    /// Changes of colleagues that no server has receipted.
    Carried(RecordId),
}

impl Slot {
    pub(crate) fn key(&self) -> Key {
        match self {
            Slot::Identity => b"i".to_vec(),
            Slot::Place => b"p".to_vec(),
            Slot::Sent => b"s".to_vec(),
            Slot::Sheets => b"t".to_vec(),
            Slot::Note(name) => [b"n", name.as_bytes()].concat(),
            Slot::Definition(name) => format!("d{}@{}", name.campaign, name.version).into_bytes(),
            Slot::Statements(position) => [&b"a"[..], &position.to_be_bytes()].concat(),
            Slot::Header(id) => [&b"r"[..], &id.0, b"h"].concat(),
            Slot::Admitted(id, part) => [&b"r"[..], &id.0, b"a", &part.to_be_bytes()].concat(),
            Slot::Own(id, number) => [&b"r"[..], &id.0, b"o", &number.to_be_bytes()].concat(),
            Slot::Carried(id) => [&b"r"[..], &id.0, b"c"].concat(),
        }
    }

    pub(crate) fn parse(key: &[u8]) -> Option<Slot> {
        let (sort, rest) = key.split_first()?;
        match (sort, rest) {
            (b'i', []) => Some(Slot::Identity),
            (b'p', []) => Some(Slot::Place),
            (b's', []) => Some(Slot::Sent),
            (b't', []) => Some(Slot::Sheets),
            (b'n', name) => Some(Slot::Note(String::from_utf8(name.to_vec()).ok()?)),
            (b'd', name) => {
                let (campaign, version) = std::str::from_utf8(name).ok()?.rsplit_once('@')?;
                Some(Slot::Definition(DefinitionRef {
                    campaign: campaign.parse().ok()?,
                    version: version.parse().ok()?,
                }))
            }
            (b'a', position) => Some(Slot::Statements(u64::from_be_bytes(
                position.try_into().ok()?,
            ))),
            (b'r', rest) => of_record(rest),
            _ => None,
        }
    }
}

fn of_record(rest: &[u8]) -> Option<Slot> {
    let (id, rest) = rest.split_at_checked(RecordId::LEN)?;
    let id = RecordId::from_slice(id).ok()?;
    let (sort, number) = rest.split_first()?;
    match (sort, number) {
        (b'h', []) => Some(Slot::Header(id)),
        (b'c', []) => Some(Slot::Carried(id)),
        (b'a', part) => Some(Slot::Admitted(
            id,
            u32::from_be_bytes(part.try_into().ok()?),
        )),
        (b'o', number) => Some(Slot::Own(id, u64::from_be_bytes(number.try_into().ok()?))),
        _ => None,
    }
}

/// A value with its format before it.
pub(crate) fn encode<T: Encode<()>>(value: &T) -> Vec<u8> {
    let mut bytes = vec![FORMAT];
    // Writing CBOR to a Vec cannot fail.
    let _ = minicbor::encode(value, &mut bytes);
    bytes
}

/// The value of those bytes.
pub(crate) fn decode<T>(bytes: &[u8], what: &'static str) -> Result<T, OpenError>
where
    T: for<'b> Decode<'b, ()>,
{
    match bytes.split_first() {
        Some((&FORMAT, body)) => minicbor::decode(body).map_err(|_| OpenError::Damaged { what }),
        Some((format, _)) if *format > FORMAT => Err(OpenError::Newer),
        Some(_) | None => Err(OpenError::Damaged { what }),
    }
}

/// One batch while it is being put together.
#[derive(Debug, Default)]
pub(crate) struct Batch(Puts);

impl Batch {
    pub(crate) fn put<T: Encode<()>>(&mut self, slot: &Slot, value: &T) {
        self.0.push((slot.key(), Some(encode(value))));
    }

    pub(crate) fn remove(&mut self, slot: &Slot) {
        self.0.push((slot.key(), None));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn into_puts(self) -> Puts {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_reads_back() {
        let id = RecordId([7; 16]);
        let name = DefinitionRef {
            campaign: "hebei-6plus1".parse().unwrap(),
            version: 2,
        };
        for slot in [
            Slot::Identity,
            Slot::Place,
            Slot::Sent,
            Slot::Sheets,
            Slot::Note("看过".to_owned()),
            Slot::Definition(name),
            Slot::Statements(9),
            Slot::Header(id),
            Slot::Admitted(id, 3),
            Slot::Own(id, 4),
            Slot::Carried(id),
        ] {
            assert_eq!(Slot::parse(&slot.key()), Some(slot));
        }
        assert_eq!(Slot::parse(b"?"), None);
        assert_eq!(Slot::parse(b""), None);
    }

    #[test]
    fn newer_format_is_not_opened() {
        let mut bytes = encode(&7u8);
        assert_eq!(decode::<u8>(&bytes, "x"), Ok(7));
        bytes[0] = FORMAT + 1;
        assert_eq!(decode::<u8>(&bytes, "x"), Err(OpenError::Newer));
        assert_eq!(
            decode::<u8>(&[], "x"),
            Err(OpenError::Damaged { what: "x" })
        );
    }
}
