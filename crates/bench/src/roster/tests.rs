//! The counts of the source hold for every seed.

use std::collections::{BTreeMap, BTreeSet};

use super::*;

const DIVISIONS: &str = include_str!("../../../../server/data/divisions.csv");

fn count<T>(items: &[T], wanted: impl Fn(&T) -> bool) -> usize {
    items.iter().filter(|item| wanted(item)).count()
}

#[test]
fn totals_are_those_of_the_source_for_every_seed() {
    for seed in [0, 1, 20_200_403, u64::MAX] {
        let roster = Roster::hebei(DIVISIONS, seed, 0).unwrap();
        assert_eq!(roster.groups.len(), 2_052);
        assert_eq!(roster.people.len(), 41_606);
        assert_eq!(count(&roster.groups, |group| group.region == "130123"), 10);
        assert_eq!(
            count(&roster.people, |person| person.region == "130123"),
            360
        );
        assert_eq!(
            count(&roster.people, |person| person.region == "130227"),
            1_129
        );
        let counties: BTreeSet<&str> = roster
            .groups
            .iter()
            .map(|group| group.region.as_str())
            .collect();
        assert_eq!(counties.len(), 168);
    }
}

#[test]
fn every_county_has_every_domain_and_every_group_one_leader() {
    let roster = Roster::hebei(DIVISIONS, 7, 0).unwrap();
    let mut domains: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for group in &roster.groups {
        domains
            .entry(&group.region)
            .or_default()
            .insert(group.domain);
    }
    assert!(domains.values().all(|domains| domains.len() == 7));
    let mut leaders: BTreeMap<&str, usize> = BTreeMap::new();
    for person in &roster.people {
        *leaders.entry(&person.group).or_default() += usize::from(person.leader);
    }
    assert_eq!(leaders.len(), 2_052, "every group has members");
    assert!(leaders.values().all(|count| *count == 1));
    for unique in [
        roster
            .groups
            .iter()
            .map(|group| &group.code)
            .collect::<BTreeSet<_>>()
            .len()
            == 2_052,
        roster
            .groups
            .iter()
            .map(|group| &group.name)
            .collect::<BTreeSet<_>>()
            .len()
            > 2_000,
        roster
            .people
            .iter()
            .map(|person| &person.code)
            .collect::<BTreeSet<_>>()
            .len()
            == 41_606,
    ] {
        assert!(unique);
    }
}

#[test]
fn zhengding_has_five_levels_and_qianxi_four() {
    let roster = Roster::hebei(DIVISIONS, 3, 0).unwrap();
    let levels = |region: &str| -> BTreeSet<&str> {
        let people = roster
            .people
            .iter()
            .filter(|person| person.region == region);
        people.map(|person| person.level).collect()
    };
    let four = BTreeSet::from(["province", "city", "county", "township"]);
    assert_eq!(levels("130227"), four);
    assert_eq!(levels("130123").len(), 5);
}

#[test]
fn experts_come_beside_the_deputies() {
    let roster = Roster::hebei(DIVISIONS, 3, 100).unwrap();
    assert_eq!(
        count(&roster.people, |person| person.member_kind == "deputy"),
        41_606
    );
    assert_eq!(
        count(&roster.people, |person| person.member_kind == "expert"),
        100
    );
}

#[test]
fn same_seed_gives_the_same_text_and_another_seed_another() {
    let one = Roster::hebei(DIVISIONS, 5, 0).unwrap();
    assert_eq!(one, Roster::hebei(DIVISIONS, 5, 0).unwrap());
    assert_ne!(one, Roster::hebei(DIVISIONS, 6, 0).unwrap());
}

#[test]
fn csv_reads_back_with_every_row() {
    let roster = Roster::hebei(DIVISIONS, 5, 3).unwrap();
    let (groups, people) = (roster.groups_csv(), roster.people_csv());
    let rows = |csv: &str, columns: usize| {
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let rows = reader.records().map(|row| row.unwrap().len());
        rows.inspect(|width| assert_eq!(*width, columns)).count()
    };
    assert_eq!(rows(&groups, 5), 2_052);
    assert_eq!(rows(&people, 8), 41_609);
}

#[test]
fn domains_are_those_of_the_definition() {
    let campaign = liandu_core::campaign::hebei().unwrap();
    let defined = campaign.domains.iter();
    let defined: Vec<(&str, &str)> = defined
        .map(|domain| (domain.id.as_str(), domain.name.zh.as_str()))
        .collect();
    assert_eq!(defined, DOMAINS);
}

#[test]
fn other_divisions_are_refused() {
    let refused = Roster::hebei(
        "code,name,level,parent\n130123,正定县,county,130100\n",
        1,
        0,
    );
    assert_eq!(refused, Err(RosterError::Counties(1)));
}
