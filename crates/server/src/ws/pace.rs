//! How fast a page may talk: a token bucket. What comes faster waits in its own socket.

use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// Messages that may come at once.
pub const BURST: u32 = 100;

/// Messages per second in the long run.
pub const PER_SECOND: u32 = 50;

/// A token bucket.
#[derive(Debug)]
pub struct Bucket {
    tokens: u32,
    since: Instant,
}

impl Bucket {
    /// A full bucket.
    pub fn new() -> Self {
        Bucket { tokens: BURST, since: Instant::now() }
    }

    /// Whether a message may be read now.
    pub fn may_take(&self) -> bool {
        self.tokens > 0
    }

    /// Counts a message.
    pub fn take(&mut self) {
        self.refill();
        self.tokens = self.tokens.saturating_sub(1);
    }

    /// Comes back when there is a token again.
    pub async fn refilled(&self) {
        sleep_until(self.since + Duration::from_secs(1) / PER_SECOND).await;
    }

    /// Puts in what time has brought.
    pub fn refill(&mut self) {
        let step = Duration::from_secs(1) / PER_SECOND;
        let new = self.since.elapsed().as_nanos() / step.as_nanos();
        let new = u32::try_from(new).unwrap_or(u32::MAX);
        if new > 0 {
            self.tokens = self.tokens.saturating_add(new).min(BURST);
            self.since = if self.tokens == BURST { Instant::now() } else { self.since + step * new };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_burst_passes_and_then_it_is_slow() {
        let mut bucket = Bucket::new();
        let begin = Instant::now();
        for _ in 0..BURST + PER_SECOND {
            if !bucket.may_take() {
                bucket.refilled().await;
                bucket.refill();
            }
            assert!(bucket.may_take());
            bucket.take();
        }
        let took = begin.elapsed();
        assert!((Duration::from_millis(900)..Duration::from_millis(1200)).contains(&took), "{took:?}");
    }
}
