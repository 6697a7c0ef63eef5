//! Contrast of every pair of colours that meet on a page (WCAG 2.2, 1.4.3 and 1.4.11).

use std::collections::BTreeMap;

use dashboards::SITE_CSS;

#[test]
fn every_text_stands_out_from_its_ground_in_light_and_dark() {
    for (scheme, colours) in schemes() {
        for (text, ground) in [
            ("fg", "bg"),
            ("fg", "soft"),
            ("mut", "bg"),
            ("mut", "soft"),
            ("link", "bg"),
            ("link", "soft"),
            ("ct", "c"),
            ("lt", "l"),
            ("it", "i"),
            ("rt", "r"),
            ("nt", "n"),
            ("nt", "hatch"),
            ("demot", "demo"),
        ] {
            let found = contrast(colours[text], colours[ground]);

            assert!(found >= 4.5, "{scheme}: --{text} on --{ground} has {found:.2}");
        }
    }
}

#[test]
fn focus_and_the_interval_s_bar_are_seen_in_light_and_dark() {
    for (scheme, colours) in schemes() {
        for (mark, ground) in [("link", "bg"), ("mut", "soft"), ("fg", "soft")] {
            let found = contrast(colours[mark], colours[ground]);

            assert!(found >= 3.0, "{scheme}: --{mark} on --{ground} has {found:.2}");
        }
    }
}

type Colours = BTreeMap<&'static str, [f64; 3]>;

/// Reads the variables of the two blocks that define them.
fn schemes() -> [(&'static str, Colours); 2] {
    let (light, dark) =
        SITE_CSS.split_once("@media (prefers-color-scheme:dark)").expect("there are two schemes");
    [("light", read(light)), ("dark", read(dark))]
}

fn read(block: &'static str) -> Colours {
    let block = block.split_once('}').expect("a block ends").0;
    let variable = |text: &'static str| {
        let (name, value) = text.trim().strip_prefix("--")?.split_once(":#")?;
        Some((name, rgb(value)))
    };
    block.split([';', '{']).filter_map(variable).collect()
}

fn rgb(hex: &str) -> [f64; 3] {
    let digits: Vec<u32> =
        hex.chars().map(|digit| digit.to_digit(16).expect("a colour is hexadecimal")).collect();
    let channels: Vec<u32> = match digits.len() {
        3 => digits.iter().map(|digit| digit * 17).collect(),
        _ => digits.chunks(2).map(|pair| pair[0] * 16 + pair[1]).collect(),
    };
    [0, 1, 2].map(|at| f64::from(channels[at]) / 255.0)
}

/// Relative luminance and contrast as WCAG defines them.
fn contrast(a: [f64; 3], b: [f64; 3]) -> f64 {
    let linear = |c: f64| if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) };
    let luminance =
        |[r, g, b]: [f64; 3]| 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
    let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
    a.max(b) / a.min(b)
}
