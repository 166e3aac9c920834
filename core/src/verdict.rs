//! What the server decided about an edit, with a reason that a person can read.
//!
//! Never changes once given: a verdict is kept in the log and replay does not judge again.

use std::fmt;

use minicbor::{Decode, Encode};

/// Given once per edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(flat)]
pub enum Verdict {
    /// It counts.
    #[n(0)]
    Accepted,
    /// It does not count; kept whole in quarantine.
    #[n(1)]
    Refused(#[n(0)] Reason),
    /// Not understood yet: stored, not shown, judged again when the definition or software comes.
    #[n(2)]
    Held(#[n(0)] Reason),
    /// Another change is known under the same actor and number: offer it again under a fresh
    /// actor.
    #[n(3)]
    Forked,
}

impl Verdict {
    /// The word in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Accepted => "accepted",
            Verdict::Refused(_) => "refused",
            Verdict::Held(_) => "held",
            Verdict::Forked => "forked",
        }
    }

    /// Why, when there is a reason.
    pub fn reason(self) -> Option<Reason> {
        match self {
            Verdict::Refused(reason) | Verdict::Held(reason) => Some(reason),
            Verdict::Forked => Some(Reason::SameNumber),
            Verdict::Accepted => None,
        }
    }
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $n:literal $name:ident $zh:literal $en:literal;)*) => {
        /// Why an edit does not count (yet). Numbers are frozen.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
        #[cbor(index_only)]
        pub enum Reason {
            $($(#[$doc])* #[n($n)] $name,)*
        }

        impl Reason {
            /// Every reason.
            pub const ALL: &'static [Reason] = &[$(Reason::$name),*];

            /// Its number on the wire and in the log.
            pub fn code(self) -> u16 {
                match self { $(Reason::$name => $n),* }
            }

            /// What to tell the person, in Chinese.
            pub fn zh(self) -> &'static str {
                match self { $(Reason::$name => $zh),* }
            }

            /// What to tell the person, in English.
            pub fn en(self) -> &'static str {
                match self { $(Reason::$name => $en),* }
            }
        }
    };
}

reasons! {
    /// Bytes that are not one legal change.
    1 Malformed "内容损坏,无法读取" "the edit cannot be read";
    /// Something above a limit.
    2 TooBig "内容超过允许的大小" "the edit is larger than allowed";
    /// An operation that no edit makes.
    3 IllegalOperation "包含不允许的操作" "the edit does something no edit may do";
    /// The actor is not this device's.
    4 ForeignActor "写入者与设备不符" "the author is not this device";
    /// No valid seal covers it.
    5 NotSealed "缺少有效的设备签名" "no valid signature of the device";
    /// The actor's previous change is not among its ancestors.
    6 BrokenChain "与本设备上一次修改不相连" "does not follow this device's previous edit";
    /// Builds on an edit that was refused.
    7 OnRefused "基于一条被退回的修改" "builds on an edit that was refused";
    /// Role, relation or state does not allow it.
    8 NotAllowed "您的角色或该记录的状态不允许此操作" "your role or the record's state does not allow it";
    /// Not a member of the record's group, or another region.
    9 OutOfScope "该记录不属于您的小组或地区" "the record is outside your group or region";
    /// The field, question or collection is not in the definition.
    10 UnknownField "方案中没有这一项" "the form has no such field";
    /// The value does not fit the field.
    11 BadValue "填写的内容不符合该项要求" "the value does not fit the field";
    /// The field has an open conflict; decide it first.
    12 ResolveFirst "该项有两种写法,请先核定" "the field has two values: resolve first";
    /// One of the four settled things is missing.
    13 FourThings "定人、定事、定标、定时缺一不可" "person, matter, standard and deadline are all needed";
    /// The event is not allowed in the state the author saw.
    14 WrongState "当前状态不能进行此操作" "not possible in the record's state";
    /// The same person did the work and reviews it.
    15 OwnReview "不能复核自己办理的事项" "you cannot review your own work";
    /// A reason or another part the event needs is missing.
    16 EventIncomplete "操作缺少必填内容" "the act lacks something required";
    /// The record was erased.
    17 Erased "该记录已依法删除" "the record was erased";
    /// The device was revoked: kept in escrow.
    18 Revoked "设备已停用,内容暂存待核" "the device was revoked; kept until the office decides";
    /// Membership was lost longer ago than the days of grace.
    19 LostMembership "您已不在该小组" "you are no longer in the group";
    /// A kind, field, event or definition version this server does not know yet.
    20 NewerDefinition "服务器尚不认识此版本的内容,已暂存" "newer than the server; kept until it is updated";
    /// A newer app wrote something this server cannot read yet.
    21 NewerFormat "由更新版本的应用写入,已暂存" "written by a newer app; kept until the server is updated";
    /// Builds on an edit that is held.
    22 OnHeld "基于一条暂存的修改" "builds on an edit that is held";
    /// The device is unknown here but holds a signed enrolment.
    23 UnknownDevice "设备登记待恢复,内容已暂存" "the device's enrolment is being restored; kept";
    /// A different change is known under the same actor and number.
    24 SameNumber "编号重复,设备会自动重新提交" "same number as another edit; the device offers it again";
    /// A first push without a scope, or with another than the record's.
    25 WrongScope "记录的归属不一致" "the record belongs to another scope";
    /// The first edit of a record is not a creation.
    26 NotCreated "记录尚未建立" "the record does not exist yet";
    /// An ancestor that nobody sent.
    27 MissingAncestor "缺少之前的修改,请重新同步" "an earlier edit is missing; sync again";
}

/// Chinese first.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.zh(), self.en())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_have_distinct_numbers_and_both_languages() {
        let codes: std::collections::BTreeSet<u16> =
            Reason::ALL.iter().map(|reason| reason.code()).collect();
        assert_eq!(codes.len(), Reason::ALL.len());
        for reason in Reason::ALL {
            assert!(
                !reason.zh().is_ascii() && reason.en().is_ascii(),
                "{reason:?}"
            );
            let bytes = minicbor::to_vec(Verdict::Refused(*reason)).unwrap();
            assert_eq!(
                minicbor::decode::<Verdict>(&bytes).unwrap(),
                Verdict::Refused(*reason)
            );
        }
    }
}
