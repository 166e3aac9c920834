//! Repair, the server's side: digests per scope, heads per record, then feeds and wants.
//!
//! Never holds more than one page of heads and the wants of that page.

use std::collections::BTreeSet;

use super::{Compared, Odd, Output, Phase, Session};
use crate::id::{Position, ScopeId};
use crate::limits::FEED_WINDOW_FRAMES;
use crate::protocol::message::{
    Cursor, Differ, Digests, HeadsPage, RecordHeads, Want, WantAuthority,
};
use crate::protocol::packed::Packed;

/// Where a repair stands.
#[derive(Debug)]
pub(super) struct Repair {
    /// The log's end when it began: the device's cursor when it is over.
    at: Cursor,
    /// Asked the host which scopes differ.
    asked: bool,
    /// Scopes not yet compared to their end; none before the digests.
    left: Option<BTreeSet<ScopeId>>,
    page: Option<HeadsPage>,
    /// The host is comparing.
    comparing: bool,
    want: Vec<RecordHeads>,
}

impl Repair {
    pub(super) fn new(at: Cursor) -> Repair {
        Repair {
            at,
            asked: false,
            left: None,
            page: None,
            comparing: false,
            want: Vec::new(),
        }
    }
}

impl Session {
    /// Positions of two lives of the log say nothing about each other: both give all they have.
    pub(super) fn exchange_authority(&mut self, device: Position, here: Position) {
        let after = Position(0);
        if here > after {
            self.outputs.push_back(Output::ReadAuthority { after });
        }
        if device > after {
            self.tell(WantAuthority { after }.into());
        }
    }

    pub(super) fn compare_authority(&mut self, device: Position, here: Position) {
        if device < here {
            self.outputs
                .push_back(Output::ReadAuthority { after: device });
        }
        if device > here {
            self.tell(WantAuthority { after: here }.into());
        }
    }

    pub(super) fn digests(&mut self, digests: Digests) {
        match &mut self.phase {
            Phase::Repairing(repair) if !repair.asked => {
                repair.asked = true;
                let known = digests.digests.into_iter();
                let known = known
                    .filter(|digest| self.scopes.contains(&digest.scope))
                    .collect();
                self.outputs.push_back(Output::Digests(known));
            }
            Phase::Repairing(_)
            | Phase::New
            | Phase::Challenged(_)
            | Phase::LookingUp(..)
            | Phase::Reading(_)
            | Phase::Live
            | Phase::Escrow
            | Phase::Enrolling
            | Phase::Closed => self.strike(Odd::OutOfTurn("Digests")),
        }
    }

    pub(super) fn differing(&mut self, scopes: Vec<ScopeId>) {
        let Phase::Repairing(repair) = &mut self.phase else {
            return;
        };
        repair.left = Some(scopes.iter().copied().collect());
        self.say(Differ { scopes });
        self.finish_repair();
    }

    pub(super) fn heads(&mut self, page: HeadsPage) {
        let Phase::Repairing(repair) = &mut self.phase else {
            return self.strike(Odd::OutOfTurn("Heads"));
        };
        let differs = repair
            .left
            .as_ref()
            .is_some_and(|left| left.contains(&page.scope));
        let ordered = page.records.is_sorted_by(|a, b| a.record < b.record);
        if !differs || !ordered || repair.page.is_some() {
            return self.strike(Odd::OutOfTurn("Heads"));
        }
        repair.page = Some(page);
        self.compare_on();
    }

    /// Asks for the next part of the page, if the device has acknowledged enough.
    pub(super) fn compare_on(&mut self) {
        let open = self.feeds_sent.saturating_sub(self.feeds_got) < u64::from(FEED_WINDOW_FRAMES);
        let Phase::Repairing(repair) = &mut self.phase else {
            return;
        };
        if let (Some(page), true, false) = (&repair.page, open, repair.comparing) {
            repair.comparing = true;
            self.outputs.push_back(Output::Compare(page.clone()));
        }
    }

    pub(super) fn compared(&mut self, compared: Compared) {
        let Phase::Repairing(repair) = &mut self.phase else {
            return;
        };
        if !std::mem::take(&mut repair.comparing) {
            return;
        }
        repair.want.extend(compared.want);
        let done = match (&mut repair.page, compared.covered_to) {
            (Some(page), Some(to)) => {
                page.after = Some(to);
                page.records.retain(|heads| heads.record > to);
                None
            }
            (Some(_), None) => repair.page.take(),
            (None, _) => return,
        };
        compared
            .bodies
            .into_iter()
            .for_each(|updates| self.send_feed(updates, None, true));
        match done {
            Some(page) => self.page_done(&page),
            None => self.compare_on(),
        }
    }

    fn page_done(&mut self, page: &HeadsPage) {
        let Phase::Repairing(repair) = &mut self.phase else {
            return;
        };
        let records = std::mem::take(&mut repair.want);
        if let (None, Some(left)) = (page.to, &mut repair.left) {
            left.remove(&page.scope);
        }
        self.say(Want {
            page: page.page,
            records,
        });
        self.finish_repair();
    }

    /// Everything was compared: the device is where the log was when the repair began.
    fn finish_repair(&mut self) {
        let Phase::Repairing(repair) = &self.phase else {
            return;
        };
        if !repair.left.as_ref().is_some_and(BTreeSet::is_empty) {
            return;
        }
        let at = repair.at;
        self.phase = Phase::Live;
        self.read_to = at.position;
        self.follow(Vec::new());
        if let Ok(nothing) = Packed::pack::<u8>(&[]) {
            let more = self.read_to < self.log_end;
            self.send_feed(nothing, Some(at), more);
        }
        self.read_on();
    }
}
