//! Names that nobody filters, to set against a target's name.

use sha2::{Digest as _, Sha256};

use record::{Host, Seed};

/// Makes the neutral name for one slot of a block on `host`.
///
/// It has the target's byte length, number of labels and top-level label, so that a handshake with
/// it differs in nothing but letters; those follow from seed and slot. It is never the target's
/// name, and neighbouring slots have different names, so that one unlucky name cannot decide a
/// block. Consonants only: hardly anybody's name.
pub fn neutral(host: &Host, seed: &Seed, slot: u8) -> Host {
    let name = host.as_str();
    let kept = name.rfind('.').unwrap_or(name.len());
    let mut letters = Letters::new(host, seed, slot);
    let mut made = String::with_capacity(name.len());
    for (at, byte) in name.bytes().enumerate() {
        let letter = match byte {
            _ if at >= kept => char::from(byte),
            b'.' => '.',
            _ if at == 0 => first_letter(byte, host, seed, slot),
            _ => letters.next(),
        };
        made.push(letter);
    }
    made.parse().expect("letters in place of letters are a host name")
}

/// Draws a letter other than the target's own; the next slot gets the next one.
fn first_letter(own: u8, host: &Host, seed: &Seed, slot: u8) -> char {
    let pool: Vec<u8> = CONSONANTS.iter().copied().filter(|letter| *letter != own).collect();
    let drawn = usize::from(digest(host, seed, "first", 0, 0)[0]);
    char::from(pool[(drawn + usize::from(slot)) % pool.len()])
}

/// An endless row of letters.
struct Letters<'a> {
    of: (&'a Host, &'a Seed, u8),
    block: u8,
    drawn: Vec<u8>,
}

impl<'a> Letters<'a> {
    fn new(host: &'a Host, seed: &'a Seed, slot: u8) -> Self {
        Self { of: (host, seed, slot), block: 0, drawn: Vec::new() }
    }

    fn next(&mut self) -> char {
        let (host, seed, slot) = self.of;
        while self.drawn.is_empty() {
            self.drawn = digest(host, seed, "rest", slot, self.block).to_vec();
            self.block = self.block.wrapping_add(1);
        }
        let byte = self.drawn.pop().unwrap_or_default();
        char::from(CONSONANTS[usize::from(byte) % CONSONANTS.len()])
    }
}

fn digest(host: &Host, seed: &Seed, what: &str, slot: u8, block: u8) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in [b"qoljetim neutral".as_slice(), &seed.0.0, what.as_bytes(), &[slot, block]] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.update(host.as_str());
    hash.finalize().into()
}

const CONSONANTS: &[u8] = b"bcdfghjkmnpqrstvwxz";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use record::Digest;

    use super::*;

    #[test]
    fn a_neutral_name_differs_in_letters_only() {
        let host: Host = "www.news-site1.com.test".parse().unwrap();
        let seed = Seed(Digest([7; 32]));

        for slot in 0..6 {
            let name = neutral(&host, &seed, slot);
            let lengths = |host: &Host| host.as_str().split('.').map(str::len).collect::<Vec<_>>();

            assert_eq!(lengths(&name), lengths(&host));
            assert!(name.as_str().ends_with(".test"));
            assert_ne!(name, host);
            assert_eq!(name, neutral(&host, &seed, slot));
        }
    }

    #[test]
    fn even_one_letter_gives_six_different_names() {
        for host in ["t.me", "b.test", "xn--e1afmkfd.test", "localhost"] {
            let host: Host = host.parse().unwrap();
            let seed = Seed(Digest([3; 32]));

            let names: BTreeSet<Host> = (0..6).map(|slot| neutral(&host, &seed, slot)).collect();

            assert_eq!(names.len(), 6, "{names:?}");
            assert!(!names.contains(&host));
        }
    }

    #[test]
    fn another_seed_gives_another_name() {
        let host: Host = "news.test".parse().unwrap();

        let one = neutral(&host, &Seed(Digest([1; 32])), 0);

        assert_ne!(one, neutral(&host, &Seed(Digest([2; 32])), 0));
    }
}
