//! Names of things: every id is its own type, parsed once at the edge.
//!
//! Never makes an id out of a clock or randomness: bytes are given from outside or derived from
//! a parent by hashing.

use std::fmt;
use std::str::FromStr;

use data_encoding::HEXLOWER;
use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};

/// Why a text or bytes are not an id. The caller shows the text back to whoever gave it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Not the hexadecimal (or UUID) form of the expected length.
    #[error("{what}: expected {bytes} bytes in hexadecimal")]
    NotHex {
        /// Which id was being parsed.
        what: &'static str,
        /// How many bytes it has.
        bytes: usize,
    },
    /// Empty, too long, or with a character outside `A-Z a-z 0-9 _ - .`.
    #[error("{what}: use 1 to 40 of A-Z a-z 0-9 _ - .")]
    NotCode {
        /// Which id was being parsed.
        what: &'static str,
    },
    /// Not 2 to 12 digits.
    #[error("a region code has 2 to 12 digits (GB/T 2260)")]
    NotRegion,
}

/// A newtype of bytes as one CBOR byte string of exactly that length.
macro_rules! cbor_bytes {
    ($name:ident, $len:literal) => {
        impl<C> minicbor::Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                e: &mut minicbor::Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.bytes(&self.0)?;
                Ok(())
            }
        }

        impl<'b, C> minicbor::Decode<'b, C> for $name {
            fn decode(
                d: &mut minicbor::Decoder<'b>,
                ctx: &mut C,
            ) -> Result<Self, minicbor::decode::Error> {
                let bytes: minicbor::bytes::ByteArray<$len> = minicbor::Decode::decode(d, ctx)?;
                Ok($name(bytes.into()))
            }
        }
    };
}
pub(crate) use cbor_bytes;

macro_rules! byte_id {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $len]);

        impl $name {
            /// Number of bytes.
            pub const LEN: usize = $len;

            /// The id with these bytes, or an error when their number is wrong.
            pub fn from_slice(bytes: &[u8]) -> Result<Self, IdError> {
                let array = <[u8; $len]>::try_from(bytes);
                array.map($name).map_err(|_| IdError::NotHex { what: stringify!($name), bytes: $len })
            }

            /// Lower-case hexadecimal.
            pub fn hex(&self) -> String {
                HEXLOWER.encode(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.hex())
            }
        }

        cbor_bytes!($name, $len);
    };
}

macro_rules! hex_text {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.hex())
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let bytes = HEXLOWER
                    .decode(text.to_ascii_lowercase().as_bytes())
                    .map_err(|_| IdError::NotHex {
                        what: stringify!($name),
                        bytes: Self::LEN,
                    })?;
                Self::from_slice(&bytes)
            }
        }
    };
}

byte_id!(
    /// A record: UUIDv7 given from outside, or derived (UUIDv8) from its parent's id.
    RecordId, 16
);
byte_id!(
    /// A device, chosen by the device at enrolment.
    DeviceId, 8
);
byte_id!(
    /// An automerge actor: 8 bytes of the device id, then 8 random bytes per process start.
    Actor, 16
);
byte_id!(
    /// SHA-256 of an automerge change.
    ChangeHash, 32
);
byte_id!(
    /// First 8 bytes of the hash of a scope's canonical text.
    ScopeId, 8
);
byte_id!(
    /// One installation of the server side: seals and keys name it.
    DeploymentId, 16
);
byte_id!(
    /// An event inside a record, chosen by its author.
    EventId, 16
);
byte_id!(
    /// One life of a log; a restored or damaged log gets a new one.
    Epoch, 8
);
hex_text!(DeviceId);
hex_text!(Actor);
hex_text!(ChangeHash);
hex_text!(ScopeId);
hex_text!(DeploymentId);
hex_text!(EventId);
hex_text!(Epoch);

impl RecordId {
    /// The id of a record made from `parent`: the same for everybody who makes "the same" one.
    pub fn derived(parent: &RecordId, kind: &str, key: &str) -> RecordId {
        let mut hash = Sha256::new();
        hash.update(b"liandu-derived-1\0");
        hash.update(parent.0);
        hash.update(kind.as_bytes());
        hash.update([0]);
        hash.update(key.as_bytes());
        let digest = hash.finalize();
        let mut bytes = [0u8; 16];
        for (to, from) in bytes.iter_mut().zip(digest.iter()) {
            *to = *from;
        }
        RecordId(uuid_form(bytes, 8))
    }

    /// The id with these bytes, marked as one that was computed (UUIDv8): 6 bits give way.
    pub(crate) fn v8(bytes: [u8; 16]) -> RecordId {
        RecordId(uuid_form(bytes, 8))
    }

    /// UUIDv7 from a time (ms since 1970) and 10 random bytes, both given from outside.
    pub fn v7(time_ms: u64, random: [u8; 10]) -> RecordId {
        let time = time_ms.to_be_bytes();
        let mut bytes = [0u8; 16];
        let source = time.iter().skip(2).chain(random.iter());
        for (to, from) in bytes.iter_mut().zip(source) {
            *to = *from;
        }
        RecordId(uuid_form(bytes, 7))
    }
}

/// Sets version and variant bits (RFC 9562).
fn uuid_form(bytes: [u8; 16], version: u8) -> [u8; 16] {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = bytes;
    [
        a,
        b,
        c,
        d,
        e,
        f,
        (g & 0x0f) | (version << 4),
        h,
        (i & 0x3f) | 0x80,
        j,
        k,
        l,
        m,
        n,
        o,
        p,
    ]
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl FromStr for RecordId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let hex: String = text.chars().filter(|c| *c != '-').collect();
        let bytes = HEXLOWER
            .decode(hex.to_ascii_lowercase().as_bytes())
            .map_err(|_| IdError::NotHex {
                what: "RecordId",
                bytes: 16,
            })?;
        Self::from_slice(&bytes)
    }
}

impl Actor {
    /// The actor of one process start of a device.
    pub fn of(device: &DeviceId, random: [u8; 8]) -> Actor {
        let mut bytes = [0u8; 16];
        for (to, from) in bytes.iter_mut().zip(device.0.iter().chain(random.iter())) {
            *to = *from;
        }
        Actor(bytes)
    }

    /// The device whose actor this is.
    pub fn device(&self) -> DeviceId {
        let [a, b, c, d, e, f, g, h, ..] = self.0;
        DeviceId([a, b, c, d, e, f, g, h])
    }
}

macro_rules! code_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
        #[cbor(transparent)]
        pub struct $name(#[n(0)] String);

        impl $name {
            /// Parses 1 to 40 of `A-Z a-z 0-9 _ - .`.
            pub fn new(text: &str) -> Result<Self, IdError> {
                if is_code(text) { Ok($name(text.to_owned())) } else {
                    Err(IdError::NotCode { what: stringify!($name) })
                }
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                $name::new(text)
            }
        }
    };
}

impl StateId {
    /// Stands for a state without a word.
    pub(crate) fn unnamed() -> StateId {
        StateId("-".to_owned())
    }
}

fn is_code(text: &str) -> bool {
    let legal = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    (1..=40).contains(&text.len()) && text.bytes().all(legal)
}

code_id!(
    /// A person, by the office's own code (from the roster).
    PersonId
);
code_id!(
    /// A group of representatives, by the office's own code.
    GroupId
);
code_id!(
    /// A department or other unit that problems are handed to.
    UnitId
);
code_id!(
    /// A field of a kind, as the campaign definition names it.
    FieldId
);
code_id!(
    /// A checklist question.
    QuestionId
);
code_id!(
    /// One of the campaign's domains.
    DomainId
);
code_id!(
    /// A collection of a kind: people, photos, questions and answers, quantities.
    CollectionId
);
code_id!(
    /// An item of a collection, chosen by its author.
    ItemId
);
code_id!(
    /// A campaign.
    CampaignId
);
code_id!(
    /// Something that happens to a record: `transfer`, `close`. Unknown ones are held.
    EventKind
);
code_id!(
    /// A state of a record: `found`, `transferred`.
    StateId
);

/// An administrative division by its GB/T 2260 code: 6 digits to county, 9 to township, 12 to
/// village.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct RegionCode(#[n(0)] String);

impl RegionCode {
    /// Parses 2 to 12 digits.
    pub fn new(text: &str) -> Result<Self, IdError> {
        let legal = (2..=12).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        if legal {
            Ok(RegionCode(text.to_owned()))
        } else {
            Err(IdError::NotRegion)
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What every code of the subtree starts with: `13` for 130000, `1301` for 130100.
    pub fn prefix(&self) -> &str {
        let mut text = self.0.as_str();
        if text.len() == 6 {
            while let Some(shorter) = text.strip_suffix("00") {
                text = shorter;
            }
        }
        text
    }

    /// Whether `other` is this region or lies in its subtree.
    pub fn contains(&self, other: &RegionCode) -> bool {
        other.0.starts_with(self.prefix())
    }
}

impl fmt::Debug for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RegionCode({})", self.0)
    }
}

impl fmt::Display for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for RegionCode {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        RegionCode::new(text)
    }
}

/// A place in the log: 1 is the first entry, 0 is before it. Never renumbered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Position(#[n(0)] pub u64);

impl Position {
    /// The place after this one.
    pub fn next(self) -> Position {
        Position(self.0.saturating_add(1))
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn region_contains_its_subtree_and_nothing_else() {
        let code = |text| RegionCode::new(text).unwrap();
        assert!(code("130000").contains(&code("130502")));
        assert!(code("130500").contains(&code("130502001")));
        assert!(code("130502").contains(&code("130502")));
        assert!(!code("130502").contains(&code("130500")));
        assert!(
            !code("130502").contains(&code("130702")),
            "the other 桥东区"
        );
        assert!(RegionCode::new("13a").is_err());
    }

    #[test]
    fn derived_id_is_a_uuid_v8_and_same_for_everybody() {
        let parent = RecordId::v7(1_592_524_800_000, [7; 10]);
        let one = RecordId::derived(&parent, "problem", "1");
        assert_eq!(one, RecordId::derived(&parent, "problem", "1"));
        assert_ne!(one, RecordId::derived(&parent, "problem", "2"));
        assert_eq!(one.to_string().as_bytes()[14], b'8');
        assert_eq!(one.to_string().parse::<RecordId>().unwrap(), one);
        assert_eq!(parent.to_string().as_bytes()[14], b'7');
    }

    #[test]
    fn codes_refuse_what_could_break_a_key() {
        assert!(FieldId::new("found_at").is_ok());
        for bad in ["", "a/b", "a b", "中", &"x".repeat(41)] {
            assert!(FieldId::new(bad).is_err(), "{bad}");
        }
    }
}
