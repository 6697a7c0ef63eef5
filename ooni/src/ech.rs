//! The name that an encrypted hello shows in the open.

use base64::Engine as _;

/// Reads the public name of the first configuration of an `ECHConfigList` in base64 (RFC 9849 §4);
/// empty where there is none to be read.
pub(crate) fn public_name(config: &str) -> String {
    let bytes = base64::engine::general_purpose::STANDARD.decode(config).unwrap_or_default();
    read(&bytes).and_then(|name| String::from_utf8(name.to_vec()).ok()).unwrap_or_default()
}

fn read(list: &[u8]) -> Option<&[u8]> {
    // List's length, version and length of the configuration, id and suite of its key.
    let (_, rest) = list.split_at_checked(2 + 2 + 2 + 1 + 2)?;
    let (_key, rest) = vector(rest)?;
    let (_suites, rest) = vector(rest)?;
    let (_longest_name, rest) = rest.split_first()?;
    let (length, rest) = rest.split_first()?;
    rest.get(..usize::from(*length))
}

/// Takes a vector with a length of two bytes off.
fn vector(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_public_name_is_read_and_damage_reads_as_none() {
        let mut list =
            vec![0, 31, 0xfe, 0x0d, 0, 27, 7, 0, 0x20, 0, 2, 1, 2, 0, 4, 0, 1, 0, 1, 0, 10];
        list.extend(b"outer.test");
        let coded = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);

        assert_eq!(public_name(&coded(&list)), "outer.test");
        for end in 0..list.len() {
            assert_eq!(public_name(&coded(list.split_at(end).0)), "", "{end}");
        }
        assert_eq!(public_name("no base64"), "");
    }
}
