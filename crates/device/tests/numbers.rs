//! What people say on the phone: the code at once, the number after the receipt.

use liandu_device::Filter;

use crate::office::Office;
use crate::phone::Phone;
use crate::story::two;

#[test]
fn number_comes_after_the_receipt_is_kept_offline_found_and_no_part_of_the_record() {
    let (mut office, mut a, mut b) = two();
    let record = a.create("违建");
    assert!(a.engine.number(&record).is_none());
    office.numbers = Some([(record, 12)].into_iter().collect());
    a.sync(&mut office);
    b.sync(&mut office);
    for phone in [&mut a, &mut b] {
        assert_eq!(
            phone.engine.number(&record).unwrap().to_string(),
            "130123-12"
        );
        phone.restart();
        assert_eq!(phone.engine.find("130123-12"), [record]);
        assert!(phone.engine.find("12").contains(&record));
        assert_eq!(phone.engine.find("130124-12"), []);
        let view = phone.engine.record(record).unwrap();
        let line = &phone.engine.list(&Filter::default())[0];
        let said = [view.number, line.number.clone()];
        assert_eq!(said.map(|number| number.unwrap().n), [12, 12]);
    }
    assert_eq!(a.engine.saved(record), b.engine.saved(record));
    let asked = office.numbers_asked;
    a.set(record, "title", "再改");
    a.sync(&mut office);
    assert_eq!(
        office.numbers_asked, asked,
        "a number stays in one life of the log"
    );
}

#[test]
fn what_has_no_number_yet_is_asked_for_again_when_it_moves_and_on_the_next_connection() {
    let (mut office, mut a, _) = two();
    office.numbers = Some(Default::default());
    let record = a.create("违建");
    a.sync(&mut office);
    let asked = office.numbers_asked;
    assert!(asked >= 1 && a.engine.number(&record).is_none());
    a.set(record, "title", "再改");
    a.sync(&mut office);
    assert_eq!(office.numbers_asked, asked + 1);
    office.numbers = Some([(record, 3)].into_iter().collect());
    a.hang_up();
    a.sync(&mut office);
    assert_eq!(a.engine.number(&record).unwrap().n, 3);
}

#[test]
fn office_from_before_there_were_numbers_holds_up_nothing() {
    let mut office = Office::new();
    let mut phone = Phone::enrolled(&mut office, "p-a", 1);
    let record = phone.create("违建");
    phone.sync(&mut office);
    let kept = phone.set(record, "title", "再改");
    phone.sync(&mut office);
    assert!(phone.engine.all_at_office() && phone.engine.number(&record).is_none());
    assert_eq!(phone.status(record, kept.number).as_str(), "at-office");
    assert_eq!(office.numbers_asked, 1, "one question on a connection");
}

#[test]
fn numbers_of_a_restored_office_take_the_place_of_those_it_forgot() {
    let (mut office, mut a, mut b) = two();
    let record = a.create("违建");
    office.numbers = Some([(record, 12)].into_iter().collect());
    a.sync(&mut office);
    b.sync(&mut office);
    assert_eq!(b.engine.number(&record).unwrap().n, 12);
    a.hang_up();
    b.hang_up();
    office.lose_everything();
    office.numbers = Some([(record, 7)].into_iter().collect());
    a.sync(&mut office);
    b.sync(&mut office);
    for phone in [&mut a, &mut b] {
        phone.restart();
        assert_eq!(phone.engine.number(&record).unwrap().n, 7);
    }
}
