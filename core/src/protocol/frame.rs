//! One WebSocket binary message: CBOR array `[type, body]`.
//!
//! Never panics on any bytes and never fails on a type it does not know: that is reported as an
//! oddity and ignored.

use minicbor::{Decode, Decoder, Encode, Encoder};

use super::message::{
    Answers, Authority, Busy, Carried, Carry, Challenge, Close, Definition, Differ, Digests, Enrol,
    Enrolled, Feed, Follow, Got, HeadsPage, Hello, Numbers, Push, Scopes, Verdicts, Want,
    WantAuthority, WantDefinitions, WantNumbers, Welcome,
};
use crate::limits::FRAME_BYTES_MAX;

/// Why bytes are not a frame. The receiver counts a strike and goes on.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// Longer than a frame may be.
    #[error("a frame of {bytes} bytes is longer than allowed")]
    TooLong {
        /// How long.
        bytes: usize,
    },
    /// Not a legal message of its type.
    #[error("not a legal message")]
    Malformed(#[from] minicbor::decode::Error),
    /// Bytes follow the message.
    #[error("bytes follow the message")]
    Trailing,
}

/// Why a message cannot be sent. The caller puts less into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a frame of {bytes} bytes is longer than allowed")]
pub struct FrameTooLong {
    /// How long it would be.
    pub bytes: usize,
}

/// A message, or the type number of one that this version does not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decoded<M> {
    /// Known.
    Message(M),
    /// To be ignored.
    Unknown(u8),
}

macro_rules! direction {
    ($(#[$doc:meta])* $name:ident { $($n:literal $variant:ident($body:ty),)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum $name {
            $(
                #[doc = concat!("Type ", stringify!($n), ".")]
                $variant($body),
            )*
        }

        impl $name {
            /// Number and name of every type.
            pub const TYPES: &'static [(u8, &'static str)] =
                &[$(($n, stringify!($variant))),*];

            /// Its number on the wire.
            pub fn type_number(&self) -> u8 {
                match self { $($name::$variant(_) => $n),* }
            }

            /// Its name.
            pub fn type_name(&self) -> &'static str {
                match self { $($name::$variant(_) => stringify!($variant)),* }
            }

            /// The bytes of one frame.
            pub fn encode(&self) -> Result<Vec<u8>, FrameTooLong> {
                let bytes = match self { $($name::$variant(body) => framed($n, body)),* };
                let length = bytes.len();
                if length > FRAME_BYTES_MAX {
                    return Err(FrameTooLong { bytes: length });
                }
                Ok(bytes)
            }

            /// Reads one frame.
            pub fn decode(frame: &[u8]) -> Result<Decoded<$name>, DecodeError> {
                let (number, mut decoder) = opened(frame)?;
                let message = match number {
                    $($n => $name::$variant(body(&mut decoder)?),)*
                    other => return Ok(Decoded::Unknown(other)),
                };
                if decoder.position() == frame.len() {
                    Ok(Decoded::Message(message))
                } else {
                    Err(DecodeError::Trailing)
                }
            }
        }

        $(
            impl From<$body> for $name {
                fn from(body: $body) -> $name {
                    $name::$variant(body)
                }
            }
        )*
    };
}

direction! {
    /// What a server sends: odd numbers.
    ToDevice {
        1 Challenge(Challenge),
        3 Welcome(Welcome),
        5 Verdicts(Verdicts),
        7 Busy(Busy),
        9 Feed(Feed),
        11 Definition(Definition),
        13 Authority(Authority),
        15 Scopes(Scopes),
        17 Differ(Differ),
        19 Want(Want),
        21 Enrolled(Enrolled),
        23 Close(Close),
        25 WantAuthority(WantAuthority),
        27 Answers(Answers),
        29 Carried(Carried),
        31 Numbers(Numbers),
    }
}

direction! {
    /// What a device sends: even numbers.
    #[expect(
        clippy::large_enum_variant,
        reason = "one frame at a time is decoded, taken apart and dropped"
    )]
    ToServer {
        2 Hello(Hello),
        4 Push(Push),
        6 Got(Got),
        8 WantDefinitions(WantDefinitions),
        10 Follow(Follow),
        12 Digests(Digests),
        14 Heads(HeadsPage),
        16 Enrol(Enrol),
        18 Authority(Authority),
        20 Carry(Carry),
        22 WantNumbers(WantNumbers),
    }
}

fn framed<T: Encode<()>>(number: u8, body: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes);
    // Writing to a Vec cannot fail.
    let _ = encoder
        .array(2)
        .and_then(|e| e.u8(number))
        .and_then(|e| e.encode(body));
    bytes
}

fn opened(frame: &[u8]) -> Result<(u8, Decoder<'_>), DecodeError> {
    if frame.len() > FRAME_BYTES_MAX {
        return Err(DecodeError::TooLong { bytes: frame.len() });
    }
    let mut decoder = Decoder::new(frame);
    if decoder.array()? != Some(2) {
        let error = minicbor::decode::Error::message("a frame has 2 parts");
        return Err(DecodeError::Malformed(error));
    }
    let number = decoder.u8()?;
    Ok((number, decoder))
}

fn body<'b, T: Decode<'b, ()>>(decoder: &mut Decoder<'b>) -> Result<T, DecodeError> {
    Ok(decoder.decode()?)
}
