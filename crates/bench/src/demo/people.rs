//! The roster with the two phones' owners in it, and whose device each hand has.
//!
//! Never adds a person: two made-up names of the made-up roster are replaced by other made-up ones.

use anyhow::{Context, Result};

use crate::demo::seats::{Hand, Owner};
use crate::roster::Roster;

const DIVISIONS: &str = include_str!("../../../../server/data/divisions.csv");
/// The same roster every time.
const SEED: u64 = 20_200_403;

/// The province's roster.
pub(super) fn roster() -> Result<Roster> {
    let mut roster = Roster::hebei(DIVISIONS, SEED, 0)?;
    for hand in Hand::ALL {
        let Some((_, name)) = hand.phone() else {
            continue;
        };
        let code = person(&roster, hand)?;
        let mut people = roster.people.iter_mut();
        people
            .find(|person| person.code == code)
            .context("in the roster")?
            .name = name.to_owned();
    }
    Ok(roster)
}

/// The code of the person whose device a hand has.
pub(super) fn person(roster: &Roster, hand: Hand) -> Result<String> {
    match hand.owner() {
        Owner::Account(user) => Ok(user.to_owned()),
        Owner::Member(group, place) => {
            let mut members = roster.people.iter().filter(|person| person.group == group);
            let member = members.nth(place);
            Ok(member
                .with_context(|| format!("member {place} of {group}"))?
                .code
                .clone())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::demo::seats::{ACCOUNTS, PHONES_GROUP};
    use crate::roster::{DEPUTIES, GROUPS};

    #[test]
    fn roster_keeps_its_size_and_the_phones_belong_to_wang_fang_and_li_qiang() {
        let roster = roster().unwrap();
        assert_eq!(
            (roster.groups.len(), roster.people.len()),
            (GROUPS, DEPUTIES)
        );
        let group: Vec<&str> = roster
            .people
            .iter()
            .filter(|person| person.group == PHONES_GROUP)
            .take(2)
            .map(|person| person.name.as_str())
            .collect();
        assert_eq!(group, ["王芳", "李强"]);
    }

    #[test]
    fn every_hand_has_a_person_of_its_own_in_a_group_of_the_right_domain() {
        let roster = roster().unwrap();
        let people: BTreeSet<String> = Hand::ALL
            .into_iter()
            .map(|hand| person(&roster, hand).unwrap())
            .collect();
        assert_eq!(people.len(), Hand::ALL.len());
        let domain = |code: &str| {
            let group = roster.groups.iter().find(|group| group.code == code);
            group.map(|group| group.domain)
        };
        for (code, expected) in [
            ("g-130227-03", "resources"),
            ("g-130227-04", "realestate"),
            ("g-130227-05", "mining"),
            ("g-130227-06", "groundwater"),
            ("g-131102-04", "realestate"),
            (PHONES_GROUP, "land"),
        ] {
            assert_eq!(domain(code), Some(expected), "{code}");
        }
        let users: BTreeSet<&str> = ACCOUNTS.iter().map(|account| account.user).collect();
        assert_eq!(users.len(), ACCOUNTS.len());
    }
}
