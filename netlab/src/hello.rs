//! The names that a client sends in the clear: in a TLS ClientHello and in an HTTP request.

pub mod quic;

/// What the first bytes of a flow say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opening {
    /// They name a server.
    Named(String),
    /// They are complete and name none.
    Nameless,
    /// More bytes are needed.
    Unfinished,
    /// They are something else.
    Foreign,
}

impl Opening {
    /// Returns whether more bytes cannot change the answer.
    pub fn is_final(&self) -> bool {
        *self != Self::Unfinished
    }
}

/// Reads the server's name (SNI, RFC 6066) from the first bytes of a TLS flow.
///
/// Tolerant, as inspecting boxes are: a broken extension ends the search, nothing more.
pub fn tls(bytes: &[u8]) -> Opening {
    first_message(bytes, |hello| server_name(hello).map_or(Opening::Nameless, Opening::Named))
}

/// Reads the first bytes of a TLS flow like [`tls`], but takes a ClientHello for nameless that
/// carries no encrypted one (ECH, RFC 9849).
pub fn encrypted(bytes: &[u8]) -> Opening {
    first_message(bytes, |hello| match extension(hello, ENCRYPTED_HELLO) {
        Some(_) => Opening::Named(server_name(hello).unwrap_or_default()),
        None => Opening::Nameless,
    })
}

/// Reads the handshake message that a ClientHello is, as QUIC carries it too, without records.
pub fn message(bytes: &[u8]) -> Option<Opening> {
    whole_hello(bytes, &|hello| server_name(hello).map_or(Opening::Nameless, Opening::Named))
}

/// Joins the records of the first handshake message and reads it once it is whole.
fn first_message(bytes: &[u8], read: impl Fn(&[u8]) -> Opening) -> Opening {
    let mut message = Vec::new();
    let mut rest = bytes;
    // A ClientHello may be spread over several records.
    while let Some((&[kind, major, _, high, low], after)) = rest.split_first_chunk::<5>() {
        if kind != HANDSHAKE || major != 3 {
            return Opening::Foreign;
        }
        let length = usize::from(u16::from_be_bytes([high, low]));
        message.extend_from_slice(after.get(..length.min(after.len())).unwrap_or_default());
        rest = after.get(length..).unwrap_or_default();
        if let Some(opening) = whole_hello(&message, &read) {
            return opening;
        }
    }
    let record = [HANDSHAKE, 3];
    let begins = bytes.iter().zip(record).all(|(byte, wanted)| *byte == wanted);
    if begins && bytes.len() < MOST_BYTES { Opening::Unfinished } else { Opening::Foreign }
}

/// Reads the Host field from the first bytes of an HTTP/1 flow, without its port.
pub fn http(bytes: &[u8]) -> Opening {
    let known = |method: &&[u8]| {
        let common = bytes.len().min(method.len());
        bytes.get(..common) == method.get(..common)
    };
    if !METHODS.iter().any(known) {
        return Opening::Foreign;
    }
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
    let head = bytes.get(..end.map_or(bytes.len(), |end| end + 2)).unwrap_or_default();
    let whole_lines = head.rsplitn(2, |byte| *byte == b'\n').last().unwrap_or_default();
    for line in whole_lines.split(|byte| *byte == b'\n').skip(1) {
        let Ok(line) = std::str::from_utf8(line) else { continue };
        let Some((field, value)) = line.split_once(':') else { continue };
        if field.trim().eq_ignore_ascii_case("host") {
            let value = value.trim();
            let host = value.rsplit_once(':').map_or(value, |(host, _)| host);
            return Opening::Named(host.trim_end_matches('.').to_ascii_lowercase());
        }
    }
    match end {
        Some(_) => Opening::Nameless,
        None if bytes.len() < MOST_BYTES => Opening::Unfinished,
        None => Opening::Foreign,
    }
}

/// Returns the answer once the message is whole; none while it is not.
fn whole_hello(message: &[u8], read: &dyn Fn(&[u8]) -> Opening) -> Option<Opening> {
    let (&[kind, a, b, c], body) = message.split_first_chunk::<4>()?;
    if kind != CLIENT_HELLO {
        return Some(Opening::Foreign);
    }
    let length = usize::try_from(u32::from_be_bytes([0, a, b, c])).ok()?;
    if length > MOST_BYTES {
        return Some(Opening::Foreign);
    }
    Some(read(body.get(..length)?))
}

fn server_name(hello: &[u8]) -> Option<String> {
    let (entry, _) = vector(extension(hello, SERVER_NAME)?, 2)?;
    let (&[HOST_NAME], entry) = entry.split_first_chunk::<1>()? else { return None };
    let (name, _) = vector(entry, 2)?;
    let name = std::str::from_utf8(name).ok()?;
    Some(name.trim_end_matches('.').to_ascii_lowercase())
}

/// Returns what an extension of a ClientHello holds.
fn extension(hello: &[u8], wanted: u16) -> Option<&[u8]> {
    // Version (2), random (32), then session id, cipher suites, compression methods.
    let rest = hello.get(34..)?;
    let (_, rest) = vector(rest, 1)?;
    let (_, rest) = vector(rest, 2)?;
    let (_, rest) = vector(rest, 1)?;
    let (mut extensions, _) = vector(rest, 2)?;
    while let Some((kind, rest)) = extensions.split_first_chunk::<2>() {
        let (content, rest) = vector(rest, 2)?;
        if u16::from_be_bytes(*kind) == wanted {
            return Some(content);
        }
        extensions = rest;
    }
    None
}

/// Splits off a vector whose length is written in `width` bytes before it.
fn vector(bytes: &[u8], width: usize) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_at_checked(width)?;
    let length = length.iter().fold(0_usize, |sum, byte| (sum << 8) | usize::from(*byte));
    rest.split_at_checked(length)
}

const HANDSHAKE: u8 = 22;
const CLIENT_HELLO: u8 = 1;
const SERVER_NAME: u16 = 0;
const HOST_NAME: u8 = 0;
const ENCRYPTED_HELLO: u16 = 0xfe0d;
/// Bytes of a flow's beginning that are kept at most.
pub const MOST_BYTES: usize = 16 << 10;

const METHODS: [&[u8]; 6] = [b"GET ", b"HEAD ", b"POST ", b"PUT ", b"OPTIONS ", b"DELETE "];

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_name_in_a_hello_is_found_whole_or_in_parts() {
        let hello = hello_for("News.Test");

        assert_eq!(tls(&hello), Opening::Named("news.test".to_owned()));
        for cut in 1..hello.len() {
            assert_eq!(tls(&hello[..cut]), Opening::Unfinished, "{cut}");
        }
    }

    #[test]
    fn a_hello_over_two_records_is_one_hello() {
        let hello = hello_for("news.test");
        let (first, second) = hello[5..].split_at(40);
        let spread = [record(first), record(second)].concat();

        assert_eq!(tls(&spread), Opening::Named("news.test".to_owned()));
    }

    #[test]
    fn a_hello_without_a_name_is_nameless() {
        assert_eq!(tls(&hello_with(&[])), Opening::Nameless);
        assert_eq!(tls(b"GET / HTTP/1.1\r\n"), Opening::Foreign);
        assert_eq!(tls(b""), Opening::Unfinished);
    }

    #[test]
    fn a_hello_is_encrypted_when_it_carries_another() {
        let front = Opening::Named("front.test".to_owned());

        assert_eq!(encrypted(&encrypted_hello_for("front.test")), front);
        assert_eq!(encrypted(&hello_for("front.test")), Opening::Nameless);
        assert_eq!(tls(&encrypted_hello_for("front.test")), front);
    }

    #[test]
    fn the_host_of_a_request_is_found() {
        let named = |text: &str| http(text.as_bytes());

        let host = Opening::Named("news.test".to_owned());
        assert_eq!(named("GET / HTTP/1.1\r\nAccept: */*\r\nhOsT: News.test:80\r\n\r\n"), host);
        assert_eq!(named("GET / HTTP/1.1\r\nHost: news.test\r\n"), host);
        assert_eq!(named("GET / HTTP/1.1\r\nHost: news.te"), Opening::Unfinished);
        assert_eq!(named("GET / HTTP/1.0\r\n\r\nHost: news.test\r\n"), Opening::Nameless);
        assert_eq!(named("SSH-2.0"), Opening::Foreign);
    }

    proptest! {
        #[test]
        fn no_bytes_make_reading_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _tls = tls(&bytes);
            let _hello = tls(&record(&bytes));
            let _http = http(&bytes);
            let _request = http(&[b"GET / HTTP/1.1\r\n", bytes.as_slice()].concat());
        }

        #[test]
        fn no_damage_to_a_hello_makes_reading_panic(
            at in 0_usize..120, value in any::<u8>(), cut in 0_usize..120,
        ) {
            let mut hello = hello_for("news.test");
            if let Some(byte) = hello.get_mut(at) {
                *byte = value;
            }
            hello.truncate(cut);

            let _tls = tls(&hello);
        }
    }

    /// Builds the record of a ClientHello that names `name`.
    pub(crate) fn hello_for(name: &str) -> Vec<u8> {
        hello_with(&[&[0, 43][..], &sized(2, &[2, 3, 4]), &named(name)].concat())
    }

    /// Builds the record of a ClientHello that names `name` and carries an encrypted one.
    pub(crate) fn encrypted_hello_for(name: &str) -> Vec<u8> {
        let encrypted = [&ENCRYPTED_HELLO.to_be_bytes()[..], &sized(2, &[0; 9])].concat();
        hello_with(&[named(name), encrypted].concat())
    }

    /// Builds a plain HTTP request for `host`.
    pub(crate) fn request_for(host: &str) -> Vec<u8> {
        format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n").into_bytes()
    }

    fn named(name: &str) -> Vec<u8> {
        let entry = [&[HOST_NAME][..], &sized(2, name.as_bytes())].concat();
        [&SERVER_NAME.to_be_bytes()[..], &sized(2, &sized(2, &entry))].concat()
    }

    fn hello_with(extensions: &[u8]) -> Vec<u8> {
        let fixed =
            [&[3, 3][..], &[7; 32], &sized(1, &[]), &sized(2, &[0x13, 1]), &[1, 0]].concat();
        let body = [fixed, sized(2, extensions)].concat();
        record(&[&[CLIENT_HELLO][..], &sized(3, &body)].concat())
    }

    fn record(content: &[u8]) -> Vec<u8> {
        [&[HANDSHAKE, 3, 1][..], &sized(2, content)].concat()
    }

    fn sized(width: usize, content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len()).unwrap().to_be_bytes();
        [&length[4 - width..], content].concat()
    }
}
