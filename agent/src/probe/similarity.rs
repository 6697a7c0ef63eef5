//! A hash of a page's text that is close for texts that are close.
//!
//! This is Charikar's simhash ("Similarity Estimation Techniques from Rounding Algorithms", 2002)
//! over the page's visible words, three in a row at a time. Words are runs of letters in lower
//! case; whatever holds a digit is no word, so that dates, counters and addresses, the reader's own
//! among them, neither change the hash nor go into it. Character references are taken as they stand.
//!
//! The hash of three words is the first eight bytes, big-endian, of the SHA-256 of the words with
//! single spaces between them; fewer than three count as one such group. Each bit of the result is
//! that of most groups, 0 where they are even.

use sha2::{Digest as _, Sha256};

use record::Simhash;

/// Hashes the visible words of `body`; none where it has no words.
///
/// One pass over the bytes, of which there are as many as a page may have.
pub fn similarity(body: &[u8]) -> Option<Simhash> {
    let words = words(&visible(&String::from_utf8_lossy(body)));
    if words.is_empty() {
        return None;
    }
    let mut balance = [0_i32; 64];
    for group in words.windows(GROUP.min(words.len())) {
        let digest = Sha256::digest(group.join(" "));
        let bits = digest.iter().take(8).fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        for (place, balance) in balance.iter_mut().enumerate() {
            *balance += if bits >> place & 1 == 1 { 1 } else { -1 };
        }
    }
    let set = balance.iter().enumerate().filter(|(_, balance)| **balance > 0);
    Some(Simhash(set.fold(0, |hash, (place, _)| hash | 1 << place)))
}

/// Returns the text between tags, without comments and without what scripts and styles hold. What
/// is never closed hides the rest, as in browsers.
fn visible(page: &str) -> String {
    let lower = page.to_ascii_lowercase();
    let mut text = String::new();
    let mut at = 0;
    while let Some(rest) = lower.get(at..).filter(|rest| !rest.is_empty()) {
        let tag = rest.find('<').unwrap_or(rest.len());
        text.push_str(rest.get(..tag).unwrap_or_default());
        // A tag ends a word.
        text.push(' ');
        let Some(inside) = rest.get(tag..) else { break };
        let hidden = HIDING.iter().find(|(open, _)| opens(inside, open));
        let end = hidden.map_or(">", |(_, close)| close);
        let Some(length) = inside.find(end) else { break };
        at += tag + length + end.len();
    }
    text
}

/// Returns whether `text` begins with the tag `open` and not with one of a longer name.
fn opens(text: &str, open: &str) -> bool {
    let after = text.strip_prefix(open).map(|rest| rest.chars().next());
    after.is_some_and(|next| open == "<!--" || !next.is_some_and(char::is_alphanumeric))
}

fn words(text: &str) -> Vec<String> {
    let runs = text.split(|letter: char| !letter.is_alphanumeric());
    let words = runs.filter(|run| !run.is_empty() && !run.contains(char::is_numeric));
    words.map(str::to_lowercase).collect()
}

/// What begins something invisible, and what ends it. What follows in the closing tag up to its `>`
/// holds no letters.
const HIDING: &[(&str, &str)] =
    &[("<!--", "-->"), ("<script", "</script"), ("<style", "</style"), ("<template", "</template")];
const GROUP: usize = 3;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_of_one_group_has_the_hash_of_the_group() {
        // printf 'one two three' | sha256sum
        let one = Some(Simhash(0x6899_ee40_4683_a14e));

        for page in [
            "one two three",
            "<p>One,\n<b class=\"four\">TWO</b> 203.0.113.7 three!</p>",
            "<!-- four > five --><style>p { six: 7 }</style>one <SCRIPT async>\"<b>eight\"</script>two three",
            "one two three 2026 h264 <script>never closed four five six",
            "one two<br>three<img alt=\"four",
        ] {
            assert_eq!(similarity(page.as_bytes()), one, "{page}");
        }
    }

    #[test]
    fn the_hashes_of_a_few_pages_stay_as_they_are() {
        for (page, hash) in [
            ("<title>Доступ ограничен</title>", 0x33df_fb89_1a85_9a69),
            (
                "<h1>Access to this site is restricted by order of the court</h1>",
                0x4621_1862_2e88_a787,
            ),
            // Two groups: a bit is set where both have it.
            ("one two three four", 0x0889_4800_4200_a04a),
            ("", 0),
            ("\u{fffd}", 0),
            ("<p>1 2 3</p>", 0),
        ] {
            let expected = (hash != 0).then_some(Simhash(hash));
            assert_eq!(similarity(page.as_bytes()), expected, "{page}");
        }
    }

    #[test]
    fn a_tag_of_a_longer_name_hides_nothing() {
        assert_eq!(similarity(b"<scripture>one two three"), similarity(b"one two three"));
        assert_eq!(similarity(b"\xff<p>one two three"), similarity(b"one two three"));
    }

    #[test]
    fn a_page_of_nothing_but_opening_tags_is_read_in_one_pass() {
        let page = "<!--".repeat(64 << 10);

        assert_eq!(similarity(page.as_bytes()), None);
    }

    proptest! {
        #[test]
        fn one_word_more_or_less_keeps_a_page_close(
            mut words in proptest::collection::vec("[a-z]{4,9}", 500..600),
            place in 0_usize..500,
            other in "[a-z]{4,9}",
        ) {
            let before = similarity(words.join(" ").as_bytes()).unwrap();
            words[place] = other;
            let after = similarity(words.join(" ").as_bytes()).unwrap();

            prop_assert!(before.distance(after) <= 14, "{}", before.distance(after));
        }

        #[test]
        fn pages_that_share_no_words_are_far_apart(
            words in proptest::collection::vec("[a-m]{4,9}", 500..600),
            others in proptest::collection::vec("[n-z]{4,9}", 500..600),
        ) {
            let one = similarity(words.join(" ").as_bytes()).unwrap();
            let other = similarity(others.join(" ").as_bytes()).unwrap();

            prop_assert!(one.distance(other) >= 9, "{}", one.distance(other));
        }
    }
}
