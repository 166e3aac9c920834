//! The numbers of problems that people say on the phone, as a device asks for them.
//!
//! Never part of a record: the number is derived from the log, by the office's tables.

use minicbor::{Decode, Encode};

use crate::id::{CampaignId, RecordId, RegionCode};
use crate::limits::NUMBERS_MAX;
use crate::protocol::codec::list;
use crate::record::number::Number;

/// Problems whose numbers the device lacks.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct WantNumbers {
    /// Which.
    #[cbor(n(1), decode_with = "list::<_, _, NUMBERS_MAX>")]
    pub records: Vec<RecordId>,
}

/// Those that have one, of those that were asked for.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Numbers {
    /// The numbers.
    #[cbor(n(1), decode_with = "list::<_, _, NUMBERS_MAX>")]
    pub numbers: Vec<Numbered>,
}

/// A problem's number.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Numbered {
    /// Which problem.
    #[n(1)]
    pub record: RecordId,
    /// The county it was born in.
    #[n(2)]
    pub county: RegionCode,
    /// The campaign.
    #[n(3)]
    pub campaign: CampaignId,
    /// The n-th of both.
    #[n(4)]
    pub n: u64,
}

impl From<Numbered> for Number {
    fn from(numbered: Numbered) -> Number {
        Number {
            county: numbered.county,
            campaign: numbered.campaign,
            n: numbered.n,
        }
    }
}
