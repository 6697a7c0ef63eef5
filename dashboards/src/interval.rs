//! A share with its interval, drawn as a bar. The same numbers always stand beside it as text.

use evidence::Interval;

use crate::html::Html;

/// Draws the interval as a bar and the share as a line on it. Positions are classes of the style
/// sheet (`l0` to `l100`, `w0` to `w100`), since pages may not carry styles of their own.
pub(crate) fn interval(interval: &Interval) -> Html {
    let low = hundredths(interval.low);
    let wide = hundredths(interval.high).saturating_sub(low);
    let mut html =
        Html::markup("<span class=\"interval\" aria-hidden=\"true\"><span class=\"bar l");
    html.push_text(&low.to_string()).push(" w").push_text(&wide.to_string());
    html.push("\"></span><span class=\"point l");
    html.push_text(&hundredths(interval.share).to_string()).push("\"></span></span>");
    html
}

fn hundredths(share: f64) -> u32 {
    (0..=100).rev().find(|at| f64::from(*at) - 0.5 <= share * 100.0).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_stands_where_its_numbers_say() {
        let html = interval(&Interval { share: 0.934, low: 0.864, high: 0.969 });

        assert!(html.as_str().contains("bar l86 w11"), "{html}");
        assert!(html.as_str().contains("point l93"), "{html}");
        assert_eq!((hundredths(-1.0), hundredths(0.004), hundredths(2.0)), (0, 0, 100));
    }

    #[test]
    fn the_style_sheet_has_every_position() {
        for at in 0..=100 {
            assert!(crate::SITE_CSS.contains(&format!(".l{at}{{")), "l{at}");
            assert!(crate::SITE_CSS.contains(&format!(".w{at}{{")), "w{at}");
        }
    }
}
