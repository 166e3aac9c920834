//! How Chinese words sound, for search: whole syllables and first letters.
//!
//! Never shown: one reading of each character, the most common one.

use pinyin::ToPinyin;

/// `东康庄` -> `dongkangzhuang dkz`: each run of Chinese characters as syllables and as first
/// letters. None when there is no run of two.
pub(crate) fn sound(text: &str) -> Option<String> {
    let mut words = Vec::new();
    let (mut whole, mut firsts, mut run) = (String::new(), String::new(), 0);
    let mut close = |whole: &mut String, firsts: &mut String, run: &mut u32| {
        if *run > 1 {
            words.push(std::mem::take(whole));
            words.push(std::mem::take(firsts));
        }
        whole.clear();
        firsts.clear();
        *run = 0;
    };
    for c in text.chars() {
        match c.to_pinyin() {
            Some(syllable) => {
                whole.push_str(syllable.plain());
                firsts.push_str(syllable.first_letter());
                run += 1;
            }
            None => close(&mut whole, &mut firsts, &mut run),
        }
    }
    close(&mut whole, &mut firsts, &mut run);
    (!words.is_empty()).then(|| words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn villages_are_found_by_syllables_and_first_letters() {
        for (text, expected) in [
            ("东康庄", Some("dongkangzhuang dkz")),
            (
                "赵家圈镇2号井旁",
                Some("zhaojiaquanzhen zjqz haojingpang hjp"),
            ),
            ("野头村(北)", Some("yetoucun ytc")),
            ("No. 7", None),
            ("井", None),
        ] {
            assert_eq!(sound(text).as_deref(), expected, "{text}");
        }
    }
}
