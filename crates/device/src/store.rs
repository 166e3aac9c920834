//! What a device keeps: pairs of bytes, written in batches that are stored whole or not at all.
//!
//! Never stores by itself: the engine names what is to be stored and the driver says when it is
//! durable. Every value says its format; a newer one is not opened, so that an older app cannot
//! destroy it. Every value is checked against its sum: what a disk or a browser has changed by
//! itself is never taken for what somebody wrote.

use liandu_core::id::RecordId;
use liandu_core::record::DefinitionRef;
use minicbor::{Decode, Encode};

/// A key of the store. Keys sort so that what belongs to a record stands together.
pub type Key = Vec<u8>;

/// What one batch does: `None` removes the key.
pub type Puts = Vec<(Key, Option<Vec<u8>>)>;

/// Everything stored, in any order.
pub type Pairs = Vec<(Key, Vec<u8>)>;

/// The format that this version writes: after it the sum of key and body, then the body.
const FORMAT: u8 = 2;
/// The one before, which had no sum.
const FORMAT_PLAIN: u8 = 1;
const SUM_BYTES: usize = 4;

/// Why what is stored cannot be opened. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// A newer version wrote it: update the app.
    #[error("写入此数据的应用版本更新,请更新应用 (written by a newer app: update the app)")]
    Newer,
    /// Not as it was written: `rescue` keeps what is whole.
    #[error("本机数据有损坏 (what is stored here is damaged): {what}")]
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
    /// A part of somebody's envelope for the office, by its short.
    Envelope([u8; 8]),
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
            Slot::Envelope(short) => [&b"e"[..], short].concat(),
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
            (b'e', short) => Some(Slot::Envelope(short.try_into().ok()?)),
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

/// A value as it is stored at a key.
pub(crate) fn encode<T: Encode<()>>(key: &[u8], value: &T) -> Vec<u8> {
    let mut bytes = vec![FORMAT, 0, 0, 0, 0];
    // Writing CBOR to a Vec cannot fail.
    let _ = minicbor::encode(value, &mut bytes);
    let sum = sum(key, bytes.get(1 + SUM_BYTES..).unwrap_or_default());
    for (place, byte) in bytes.iter_mut().skip(1).zip(sum) {
        *place = byte;
    }
    bytes
}

/// The value of those bytes, which were stored at this key.
pub(crate) fn decode<T>(key: &[u8], bytes: &[u8], what: &'static str) -> Result<T, OpenError>
where
    T: for<'b> Decode<'b, ()>,
{
    let body = body(key, bytes)?.ok_or(OpenError::Damaged { what })?;
    minicbor::decode(body).map_err(|_| OpenError::Damaged { what })
}

/// Whether these bytes are what was stored at this key. Of the format before nobody can say.
pub(crate) fn is_whole(key: &[u8], bytes: &[u8]) -> bool {
    bytes.first() == Some(&FORMAT) && matches!(body(key, bytes), Ok(Some(_)))
}

/// None where they are not what was stored; a format byte that only looks newer is damage, too.
fn body<'a>(key: &[u8], bytes: &'a [u8]) -> Result<Option<&'a [u8]>, OpenError> {
    let Some((format, rest)) = bytes.split_first() else {
        return Ok(None);
    };
    let summed = rest
        .split_first_chunk()
        .filter(|(said, body)| **said == sum(key, body))
        .map(|(_, body)| body);
    match (*format, summed) {
        (FORMAT, summed) => Ok(summed),
        (_, Some(_)) => Ok(None),
        (FORMAT_PLAIN, None) => Ok(Some(rest)),
        (format, None) if format > FORMAT => Err(OpenError::Newer),
        (_, None) => Ok(None),
    }
}

/// Of what this version writes; another format has another sum.
fn sum(key: &[u8], body: &[u8]) -> [u8; SUM_BYTES] {
    let begun = crc32c::crc32c_append(crc32c::crc32c(&[FORMAT]), key);
    crc32c::crc32c_append(begun, body).to_be_bytes()
}

/// One batch while it is being put together.
#[derive(Debug, Default)]
pub(crate) struct Batch(Puts);

impl Batch {
    pub(crate) fn put<T: Encode<()>>(&mut self, slot: &Slot, value: &T) {
        let key = slot.key();
        let value = encode(&key, value);
        self.0.push((key, Some(value)));
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
            Slot::Envelope([5; 8]),
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
    fn newer_format_is_not_opened_and_the_one_before_is() {
        assert_eq!(decode::<u8>(b"k", &encode(b"k", &7u8), "x"), Ok(7));
        let newer = [FORMAT + 1, 7, 7, 7, 7, 7];
        assert_eq!(decode::<u8>(b"k", &newer, "x"), Err(OpenError::Newer));
        assert_eq!(decode::<u8>(b"k", &[FORMAT_PLAIN, 7], "x"), Ok(7));
        let damaged = Err(OpenError::Damaged { what: "x" });
        assert_eq!(decode::<u8>(b"k", &[], "x"), damaged);
    }

    #[test]
    fn no_flipped_bit_and_no_other_key_is_taken_for_what_was_stored() {
        let bytes = encode(b"key", &"村东空地");
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(!is_whole(b"key", &flipped), "bit {bit}");
            let read = decode::<String>(b"key", &flipped, "x");
            assert_eq!(read, Err(OpenError::Damaged { what: "x" }), "bit {bit}");
        }
        assert!(is_whole(b"key", &bytes) && !is_whole(b"kez", &bytes));
    }
}
