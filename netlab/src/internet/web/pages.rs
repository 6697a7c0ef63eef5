//! The words on the sites' pages: the same bytes at each visit, others for each site.

use std::fmt::Write as _;

use record::Digest;

use crate::internet::spec::Site;

/// Returns the page of a site.
pub(super) fn page(site: &Site) -> String {
    let mut page = head(&site.title);
    let Digest(order) = Digest::of(site.host.as_str().as_bytes());
    for (number, byte) in order.iter().take(PARAGRAPHS).enumerate() {
        let sentence = |step: usize| {
            let at = usize::from(*byte) + number + step * 5;
            SENTENCES[at % SENTENCES.len()]
        };
        let (one, two, three) = (sentence(0), sentence(1), sentence(2));
        let written = writeln!(page, "<h2>{} {}</h2>\n<p>{one} {two} {three}</p>", site.host, byte);
        written.expect("writing to memory does not fail");
    }
    page + FOOT
}

/// Returns the page of a site that wants proof of being human.
pub(super) fn challenge(site: &Site) -> String {
    let words = "<p>Please solve the CAPTCHA to show that you are human.</p>\n\
                 <form method=\"post\"><input name=\"captcha\"><button>Go on</button></form>\n";
    head(&format!("{}: are you human?", site.title)) + words + FOOT
}

/// Returns the page that a site shows to those whom it does not serve.
pub(super) fn not_here(site: &Site) -> String {
    let words = "<p>This film is not available in your country.</p>\n";
    head(&format!("{}: not available in your country", site.title)) + words + FOOT
}

/// Returns the page of a site, made up to at least `bytes` bytes.
pub(super) fn large(site: &Site, bytes: usize) -> String {
    let mut large = page(site);
    while large.len() < bytes {
        let number = large.len();
        let sentence = SENTENCES[number % SENTENCES.len()];
        writeln!(large, "<p>{number}: {sentence}</p>").expect("writing to memory does not fail");
    }
    large
}

/// Returns the page that the lab's lists know.
pub(super) fn listed() -> String {
    let words = "<p>The owner of this invented site shows what lists know as a block page.</p>\n";
    head(LISTED_PAGE_TITLE) + words + FOOT
}

/// The title by which the lab's lists know a page.
pub const LISTED_PAGE_TITLE: &str = "Lab notice: a page that stands on lists";

/// The page that comes with a redirect.
pub(super) const MOVED: &str = "<!doctype html>\n<html lang=\"en\"><head><title>Moved</title></head>\n\
     <body><p>The page is elsewhere.</p></body></html>\n";

/// The page for a name that the address does not know.
pub(super) const UNKNOWN: &str = "<!doctype html>\n<html lang=\"en\"><head><title>No such site here</title></head>\n\
     <body><p>This server has no site of that name.</p></body></html>\n";

fn head(title: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"kk\">\n<head><meta charset=\"utf-8\">\n\
         <title>{title}</title></head>\n<body>\n<h1>{title}</h1>\n"
    )
}

const FOOT: &str = "<footer>An invented site in a test laboratory.</footer>\n</body>\n</html>\n";
const PARAGRAPHS: usize = 12;
const SENTENCES: [&str; 12] = [
    "The river rose by a hand's breadth overnight and fell again before noon.",
    "A caravan of eleven camels reached the market with salt and felt.",
    "The school's choir sang two songs that nobody had heard for thirty years.",
    "Storks came back to the water tower a week earlier than last spring.",
    "The bakery ran out of flour, and the neighbours lent three sacks.",
    "Snow closed the upper road; the lower one stayed open to sledges.",
    "An astronomer counted forty shooting stars between midnight and one.",
    "The chess club drew with its old rival, four games to four.",
    "A well that was thought dry gave clear water after the quake.",
    "The library asks whoever borrowed the atlas of winds to bring it back.",
    "Apples from the slope above the lake won the prize once more.",
    "Two riders crossed the sands in six days with a single spare horse.",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::internet::spec::WorldSpec;

    #[test]
    fn a_page_is_stable_titled_and_its_own() {
        let spec = WorldSpec::standard();
        let (one, other) = (&spec.sites[0], &spec.sites[1]);

        assert_eq!(page(one), page(one));
        assert_ne!(page(one), page(other));
        assert!(page(one).contains(&format!("<title>{}</title>", one.title)));
        assert!((2_000..8_000).contains(&page(one).len()), "{}", page(one).len());
    }
}
