//! Dates, numbers and shares as each language writes them. Never left to a browser.

use icu::calendar::{Date, Gregorian};
use icu::datetime::FixedCalendarDateTimeFormatter;
use icu::datetime::fieldsets::YMD;
use icu::decimal::DecimalFormatter;
use icu::decimal::input::Decimal;
use icu::locale::{Locale, locale};

use evidence::Interval;
use record::{Day, Hour, Timestamp};

use crate::{Language, Value};

/// How long a date is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// `23 November 2026`.
    Long,
    /// `23 Nov 2026`.
    Short,
}

/// Writes a calendar day: `2026 ж. 23 қараша`, `23 ноября 2026 г.`, `23 November 2026`.
pub fn date(day: Day, pattern: Pattern, language: Language) -> String {
    let fields = match pattern {
        Pattern::Long => YMD::long(),
        Pattern::Short => YMD::medium(),
    };
    let (year, month, of_month) = day.civil();
    let parts = (i32::try_from(year), u8::try_from(month), u8::try_from(of_month));
    let (Ok(year), Ok(month), Ok(of_month)) = parts else { return day.to_string() };
    let Ok(civil) = Date::try_new_gregorian(year, month, of_month) else { return day.to_string() };
    match FixedCalendarDateTimeFormatter::<Gregorian, _>::try_new(
        locale_of(language).into(),
        fields,
    ) {
        Ok(formatter) => formatter.format(&civil).to_string(),
        Err(_) => day.to_string(),
    }
}

/// Writes a number with `digits` places after the decimal mark: `1 234 567,891`.
pub fn decimal(number: f64, digits: usize, language: Language) -> String {
    let plain = format!("{number:.digits$}");
    let Ok(parsed) = plain.parse::<Decimal>() else { return plain };
    match DecimalFormatter::try_new(locale_of(language).into(), Default::default()) {
        Ok(formatter) => formatter.format_to_string(&parsed),
        Err(_) => plain,
    }
}

/// Writes a whole number: `1 234`.
pub(crate) fn whole(number: impl Into<u64>, language: Language) -> String {
    let plain = number.into().to_string();
    let Ok(parsed) = plain.parse::<Decimal>() else { return plain };
    match DecimalFormatter::try_new(locale_of(language).into(), Default::default()) {
        Ok(formatter) => formatter.format_to_string(&parsed),
        Err(_) => plain,
    }
}

/// Writes a share between 0 and 1 as whole percent: `93%`, in Russian `93 %`.
pub fn percent(share: f64, language: Language) -> String {
    format!("{}{}", decimal(share * 100.0, 0, language), percent_sign(language))
}

/// Writes a share with its 95 % interval: `93% (86–97%)`.
pub fn share(interval: &Interval, language: Language) -> String {
    let low = decimal(interval.low * 100.0, 0, language);
    format!("{} ({low}–{})", percent(interval.share, language), percent(interval.high, language))
}

/// Writes an e-value: whole from 100 on, with one decimal from 1 on, with three below.
pub(crate) fn e_value(e: f64, language: Language) -> String {
    let digits = if e >= 99.95 {
        0
    } else if e >= 0.95 {
        1
    } else {
        3
    };
    decimal(e, digits, language)
}

/// Writes milliseconds as seconds with two decimals.
pub(crate) fn seconds(ms: u32, language: Language) -> String {
    decimal(f64::from(ms) / 1000.0, 2, language)
}

/// Writes an hour in Kazakhstan's time with UTC beside it.
pub(crate) fn hour(hour: Hour, language: Language) -> String {
    let local = (hour.0 + Day::KAZAKH_OFFSET_HOURS) % 24;
    let utc = hour.0 % 24;
    language.say(
        "hour",
        &[
            ("date", date(hour.local_day(), Pattern::Short, language).into()),
            ("from", clock(local, 0).into()),
            ("to", clock(local + 1, 0).into()),
            ("utcfrom", clock(utc, 0).into()),
            ("utcto", clock(utc + 1, 0).into()),
        ],
    )
}

/// Writes a moment given as RFC 3339 in UTC, in Kazakhstan's time with UTC beside it.
pub(crate) fn moment(rfc3339: &str, language: Language) -> String {
    let Some(moment) = parse(rfc3339) else { return rfc3339.to_owned() };
    let hour = moment.hour();
    let minute = moment.0 / 60 % 60;
    let minute = u32::try_from(minute).unwrap_or(0);
    language.say(
        "moment",
        &[
            ("date", date(hour.local_day(), Pattern::Long, language).into()),
            ("time", clock((hour.0 + Day::KAZAKH_OFFSET_HOURS) % 24, minute).into()),
            ("utc", clock(hour.0 % 24, minute).into()),
        ],
    )
}

/// Returns whether a day had been graded for good when a page was made: six hours after its end.
pub(crate) fn is_closed(day: Day, made: &str) -> bool {
    let graded = Hour(day.first_hour().0 + 24 + GRADED_AFTER_HOURS).start();
    parse(made).is_some_and(|made| made >= graded)
}

/// Gives numbers in Fluent texts the language's own form.
pub(crate) fn fluent_number(value: &Value<'_>, language: Language) -> Option<String> {
    let Value::Number(number) = value else { return None };
    let digits = if number.value.fract() == 0.0 { 0 } else { 1 };
    Some(decimal(number.value, digits, language))
}

/// Hours after the end of a Kazakh day at which it is graded once and for all.
pub(crate) const GRADED_AFTER_HOURS: u32 = 6;

fn clock(hour: u32, minute: u32) -> String {
    format!("{hour:02}:{minute:02}")
}

/// Reads `2026-11-23T18:05:00Z`.
fn parse(rfc3339: &str) -> Option<Timestamp> {
    let (day, time) = rfc3339.strip_suffix('Z')?.split_once('T')?;
    let day = Day::parse(day)?;
    let mut seconds = 0;
    for (part, weight) in time.split(':').zip([3600, 60, 1]) {
        seconds += part.split('.').next()?.parse::<u64>().ok()? * weight;
    }
    Some(Timestamp(u64::from(day.0) * 86_400 + seconds))
}

fn percent_sign(language: Language) -> &'static str {
    match language {
        Language::Kk | Language::En => "%",
        Language::Ru => "\u{a0}%",
    }
}

fn locale_of(language: Language) -> Locale {
    match language {
        Language::Kk => locale!("kk"),
        Language::Ru => locale!("ru"),
        // British English: day before month, as in both other languages.
        Language::En => locale!("en-GB"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_read_as_each_language_writes_them() {
        let day = Day::parse("2026-11-23").unwrap();

        assert_eq!(date(day, Pattern::Long, Language::Kk), "2026\u{202f}ж. 23 қараша");
        assert_eq!(date(day, Pattern::Long, Language::Ru), "23 ноября 2026\u{202f}г.");
        assert_eq!(date(day, Pattern::Long, Language::En), "23 November 2026");
    }

    #[test]
    fn numbers_read_as_each_language_writes_them() {
        assert_eq!(decimal(1_234_567.891, 3, Language::Kk), "1\u{a0}234\u{a0}567,891");
        assert_eq!(decimal(1_234_567.891, 3, Language::Ru), "1\u{a0}234\u{a0}567,891");
        assert_eq!(decimal(1_234_567.891, 3, Language::En), "1,234,567.891");
        assert_eq!(e_value(128_787.6, Language::Kk), "128\u{a0}788");
        assert_eq!(e_value(0.0119, Language::Ru), "0,012");
    }

    #[test]
    fn a_share_never_stands_without_its_interval() {
        let interval = Interval { share: 0.934, low: 0.864, high: 0.969 };

        assert_eq!(share(&interval, Language::Kk), "93% (86–97%)");
        assert_eq!(share(&interval, Language::Ru), "93\u{a0}% (86–97\u{a0}%)");
    }

    #[test]
    fn times_are_those_of_kazakhstan_with_utc_beside() {
        let text = moment("2026-11-23T18:05:00Z", Language::En);

        assert_eq!(text, "23 November 2026, 23:05 in Kazakhstan (UTC+5), 18:05 UTC");
        assert_eq!(moment("soon", Language::En), "soon");
    }

    #[test]
    fn a_day_is_closed_six_hours_after_its_end() {
        let day = Day::parse("2026-11-23").unwrap();

        assert!(!is_closed(day, "2026-11-24T00:59:59Z"));
        assert!(is_closed(day, "2026-11-24T01:00:00Z"));
    }
}
