//! Who a record belongs to: region, group and audience; the unit of ordering, access and download.
//!
//! Never part of the document: the first entry of the log sets it, only a move changes it.

use std::fmt;
use std::str::FromStr;

use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};

use crate::id::{GroupId, IdError, RegionCode, ScopeId};

/// Who may download the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Audience {
    /// The group's members and the offices above.
    #[n(1)]
    Group,
    /// Offices of the region only.
    #[n(2)]
    Office,
    /// A resident's name and phone: only those who must call back.
    #[n(3)]
    Contact,
    /// A referral to discipline inspection: the office that makes it and the unit it goes to. No
    /// device follows it, so none brings it back to a server that lost it.
    #[n(4)]
    Referral,
}

impl Audience {
    /// Every audience.
    pub const ALL: [Audience; 4] = [
        Audience::Group,
        Audience::Office,
        Audience::Contact,
        Audience::Referral,
    ];

    /// The word in a scope's text.
    pub fn as_str(self) -> &'static str {
        match self {
            Audience::Group => "group",
            Audience::Office => "office",
            Audience::Contact => "contact",
            Audience::Referral => "referral",
        }
    }
}

/// Region, group and audience.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(map)]
pub struct Scope {
    /// The region the record belongs to: of a referral, that of the office that makes it.
    #[n(1)]
    pub region: RegionCode,
    /// The group, none for an office's own records; of a referral, the unit it goes to.
    #[n(2)]
    pub group: Option<GroupId>,
    /// Who may download it.
    #[n(3)]
    pub audience: Audience,
}

impl Scope {
    /// First 8 bytes of SHA-256 of the canonical text.
    pub fn id(&self) -> ScopeId {
        let digest = Sha256::digest(self.to_string().as_bytes());
        let mut bytes = [0u8; 8];
        for (to, from) in bytes.iter_mut().zip(digest.iter()) {
            *to = *from;
        }
        ScopeId(bytes)
    }
}

/// `130123/g-17/group`; `-` stands for no group.
impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let group = self.group.as_ref().map_or("-", GroupId::as_str);
        write!(f, "{}/{}/{}", self.region, group, self.audience.as_str())
    }
}

/// Why a text is not a scope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScopeError {
    /// Not three parts divided by `/`, or an unknown audience.
    #[error("a scope is REGION/GROUP/group|office|contact|referral, with - for no group")]
    Form,
    /// A part is not an id.
    #[error(transparent)]
    Id(#[from] IdError),
}

impl FromStr for Scope {
    type Err = ScopeError;

    fn from_str(text: &str) -> Result<Self, ScopeError> {
        let mut parts = text.split('/');
        let (Some(region), Some(group), Some(audience), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(ScopeError::Form);
        };
        let audience = Audience::ALL
            .into_iter()
            .find(|a| a.as_str() == audience)
            .ok_or(ScopeError::Form)?;
        let group = if group == "-" {
            None
        } else {
            Some(GroupId::new(group)?)
        };
        Ok(Scope {
            region: RegionCode::new(region)?,
            group,
            audience,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scope_text_is_its_identity() {
        let scope: Scope = "130123/g-17/group".parse().unwrap();
        assert_eq!(scope.to_string(), "130123/g-17/group");
        assert_eq!(
            scope.id().hex(),
            "130123/g-17/group".parse::<Scope>().unwrap().id().hex()
        );
        assert_ne!(
            scope.id(),
            "130123/g-17/office".parse::<Scope>().unwrap().id()
        );
        assert!("130123/g 17/group".parse::<Scope>().is_err());
        assert!("130123/-/group".parse::<Scope>().unwrap().group.is_none());
    }
}
