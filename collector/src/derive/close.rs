//! Decides which days are graded for good.

use record::{Day, Hour};

use crate::store::{Closing, Late, Store, StoreError};

/// Closes the days that are due and marks their cells.
pub(super) fn close_days(store: &Store, now: Hour) -> Result<(), StoreError> {
    let (days, batches) = store
        .read_at_leisure("find days to close", |tx| Ok((tx.measured_days()?, tx.batch_count()?)))?;
    let Some(through) = batches.checked_sub(1) else { return Ok(()) };
    let due = days.iter().filter_map(|day| due(day, now, through));
    let due: Vec<Closing> = due.collect();
    if due.is_empty() {
        return Ok(());
    }
    store.write("close days", |tx| {
        for closing in &due {
            tx.close(*closing)?;
            tx.mark_day(closing.day)?;
        }
        Ok(())
    })
}

/// Returns a day's closing when it is due: once the day is over and late uploads had their six
/// hours; and again, as a second look, a day or more after the last when more has come since.
fn due(late: &Late, now: Hour, through: u64) -> Option<Closing> {
    let Late { day, closing, newest } = *late;
    let (revision, from) = match closing {
        None => (0, Hour(Day(day.0 + 1).first_hour().0 + GRACE_HOURS)),
        Some(last) if newest > last.through => (last.revision + 1, Hour(last.hour.0 + LOOK_HOURS)),
        Some(_) => return None,
    };
    (now >= from).then_some(Closing { day, revision, through, hour: now })
}

/// How long after its end a day's uploads are waited for.
const GRACE_HOURS: u32 = 6;

/// The least pause between two looks at one day.
const LOOK_HOURS: u32 = 24;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_closed_once_six_hours_after_its_end() {
        let day = Day(20_000);
        let end = Day(20_001).first_hour().0;
        let late = |closing| Late { day, closing, newest: 4 };

        assert_eq!(due(&late(None), Hour(end + 5), 9), None);
        let closing = due(&late(None), Hour(end + 6), 9).unwrap();
        assert_eq!((closing.revision, closing.through), (0, 9));
        assert_eq!(due(&late(Some(closing)), Hour(end + 1000), 9), None);
    }

    #[test]
    fn late_records_bring_a_second_look_a_day_later() {
        let day = Day(20_000);
        let first = Closing { day, revision: 0, through: 9, hour: Hour(500_000) };
        let late = Late { day, closing: Some(first), newest: 10 };

        assert_eq!(due(&late, Hour(500_023), 12), None);
        let second = due(&late, Hour(500_024), 12).unwrap();
        assert_eq!((second.revision, second.through), (1, 12));
    }
}
