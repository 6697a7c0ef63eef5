//! Counts of checks that passed and failed, read from test runners' closing lines.

/// How many checks passed, failed and were skipped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Checks that passed.
    pub(crate) passed: u64,
    /// Checks that failed.
    pub(crate) failed: u64,
    /// Checks that were not run.
    pub(crate) skipped: u64,
}

impl Counts {
    /// Counts one check.
    pub(crate) fn one(passed: bool) -> Self {
        Self { passed: u64::from(passed), failed: u64::from(!passed), skipped: 0 }
    }

    /// Adds other counts.
    pub(crate) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }

    /// Sums the closing lines in `text`: cargo's `test result: …` and the plain `N passed, N failed`.
    pub(crate) fn read(text: &str) -> Self {
        let mut sum = Self::default();
        for line in text.lines() {
            let plain = line.split(',').all(|part| number_before(part.trim()).is_some());
            if line.trim_start().starts_with("test result: ") || (plain && line.contains("passed"))
            {
                let parts = || line.split(['.', ';', ',', ':']).map(str::trim);
                let find = |word: &str| {
                    parts().find(|part| part.ends_with(word)).and_then(number_before).unwrap_or(0)
                };
                sum.passed += find(" passed");
                sum.failed += find(" failed");
                sum.skipped += find(" ignored") + find(" skipped");
            }
        }
        sum
    }

    /// Prints `N passed, N failed, N skipped`.
    pub(crate) fn line(self) -> String {
        let skipped =
            if self.skipped == 0 { String::new() } else { format!(", {} skipped", self.skipped) };
        format!("{} passed, {} failed{skipped}", self.passed, self.failed)
    }
}

fn number_before(part: &str) -> Option<u64> {
    part.split_once(' ').and_then(|(number, _)| number.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_are_summed() {
        let text = "running 3 tests\ntest a ... ok\n\
            test result: ok. 8 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.10s\n\
            test result: FAILED. 2 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out\n\
            5 passed, 1 failed\nnot 7 passed here\n";

        assert_eq!(Counts::read(text), Counts { passed: 15, failed: 4, skipped: 1 });
        assert_eq!(Counts::read("").line(), "0 passed, 0 failed");
    }
}
