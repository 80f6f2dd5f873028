//! Counting: how many tests passed and failed, read from each runner's own report.

use serde_json::Value;

/// How many tests passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Passed.
    pub passed: u64,
    /// Failed, or could not be run.
    pub failed: u64,
}

impl Tally {
    /// One check that passed or failed as a whole.
    pub fn of(success: bool) -> Self {
        Tally { passed: success.into(), failed: (!success).into() }
    }

    /// What a runner that ended with `success` really says: one that failed without naming
    /// a test, or that ran nothing, counts as one failure.
    pub fn settled(mut self, success: bool) -> Self {
        if self.failed == 0 && (!success || self.passed == 0) {
            self.failed = 1;
        }
        self
    }
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// Reads the summary lines of `cargo test`:
/// `test result: ok. 12 passed; 0 failed; 0 ignored; ...`.
pub fn cargo(text: &str) -> Tally {
    let mut tally = Tally::default();
    for line in text.lines().filter_map(|line| line.trim().strip_prefix("test result: ")) {
        for part in line.split([';', '.']) {
            let mut words = part.split_whitespace();
            let count = words.next().and_then(|word| word.parse::<u64>().ok());
            match (count, words.next()) {
                (Some(count), Some("passed")) => tally.passed += count,
                (Some(count), Some("failed")) => tally.failed += count,
                _ => {}
            }
        }
    }
    tally
}

/// Reads the report of `vitest --reporter=json`.
pub fn vitest(report: &str) -> Tally {
    let report: Value = serde_json::from_str(report).unwrap_or_default();
    let count = |name: &str| report[name].as_u64().unwrap_or(0);
    // A file that cannot be loaded fails as a suite and holds no failed test.
    let suites = count("numFailedTestSuites").min(1);
    let failed = count("numFailedTests");
    Tally { passed: count("numPassedTests"), failed: if failed == 0 { suites } else { failed } }
}

/// Reads the report of `playwright test --reporter=json`. A test that passed only when it
/// was repeated is not a passed test.
pub fn playwright(report: &str) -> Tally {
    let report: Value = serde_json::from_str(report).unwrap_or_default();
    let count = |name: &str| report["stats"][name].as_u64().unwrap_or(0);
    let outside = report["errors"].as_array().map_or(0, |errors| errors.len() as u64);
    Tally { passed: count("expected"), failed: count("unexpected") + count("flaky") + outside }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargos_lines_are_added_up() {
        let text = "running 3 tests\ntest result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s\n\
                    test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.20s\n";
        assert_eq!(cargo(text), Tally { passed: 7, failed: 2 });
    }

    #[test]
    fn web_reports_are_read() {
        let vitest_report =
            r#"{"numTotalTests":5,"numPassedTests":4,"numFailedTests":1,"numFailedTestSuites":1}"#;
        assert_eq!(vitest(vitest_report), Tally { passed: 4, failed: 1 });
        let unloadable = r#"{"numPassedTests":4,"numFailedTests":0,"numFailedTestSuites":1}"#;
        assert_eq!(vitest(unloadable), Tally { passed: 4, failed: 1 });
        let report = r#"{"errors":[],"stats":{"expected":7,"unexpected":1,"flaky":1,"skipped":3}}"#;
        assert_eq!(playwright(report), Tally { passed: 7, failed: 2 });
    }

    #[test]
    fn a_runner_that_ran_nothing_failed() {
        assert_eq!(Tally::default().settled(true), Tally { passed: 0, failed: 1 });
        assert_eq!(vitest("").settled(false), Tally { passed: 0, failed: 1 });
        assert_eq!(Tally { passed: 3, failed: 0 }.settled(false), Tally { passed: 3, failed: 1 });
        assert_eq!(Tally { passed: 3, failed: 0 }.settled(true), Tally { passed: 3, failed: 0 });
    }
}
