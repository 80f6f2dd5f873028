//! What will happen, ordered by time and then by the order of asking.

use crate::ids::{FrameId, LinkId, NodeId};
use bytes::Bytes;
use protocol::time::SimTime;
use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// Something that a device must do at a certain time.
#[derive(Clone, Debug)]
pub(super) enum Task {
    /// A frame has come off a cable and through the device's lower layers.
    Handle {
        node: NodeId,
        link: LinkId,
        frame: FrameId,
        bytes: Bytes,
        /// No bit of it was turned over on the cable, so that its FCS fits.
        intact: bool,
        /// When its last bit had arrived.
        arrive: SimTime,
    },
    /// A timer of the device may be due.
    Timer { node: NodeId },
}

/// A task's time and turn, and its place in the table of tasks: what the heap moves about is
/// small.
#[derive(Clone, Copy, Debug)]
struct Entry {
    at: SimTime,
    sequence: u64,
    place: u32,
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Entry {}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Entry {
    /// Reversed, since [`BinaryHeap`] gives the greatest first.
    fn cmp(&self, other: &Self) -> Ordering {
        (other.at, other.sequence).cmp(&(self.at, self.sequence))
    }
}

/// The queue of tasks. Its length is bounded by what is under way: frames on cables, which
/// the links' queues bound, and one timer for each device.
#[derive(Clone, Debug, Default)]
pub(super) struct Queue {
    heap: BinaryHeap<Entry>,
    tasks: Vec<Option<Task>>,
    /// Places in the table that are free.
    free: Vec<u32>,
    next: u64,
}

impl Queue {
    pub(super) fn push(&mut self, at: SimTime, task: Task) {
        let place = match self.free.pop() {
            Some(place) => {
                self.tasks[place as usize] = Some(task);
                place
            }
            None => {
                self.tasks.push(Some(task));
                (self.tasks.len() - 1) as u32
            }
        };
        self.heap.push(Entry { at, sequence: self.next, place });
        self.next += 1;
    }

    pub(super) fn next_at(&self) -> Option<SimTime> {
        self.heap.peek().map(|e| e.at)
    }

    pub(super) fn pop(&mut self) -> Option<(SimTime, Task)> {
        let Entry { at, place, .. } = self.heap.pop()?;
        self.free.push(place);
        self.tasks[place as usize].take().map(|task| (at, task))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_come_by_time_and_then_in_the_order_of_asking() {
        let mut queue = Queue::default();
        for (at, node) in [(5, 0), (3, 1), (5, 2), (3, 3)] {
            queue.push(SimTime::from_nanos(at), Task::Timer { node: NodeId(node) });
        }
        let mut order = Vec::new();
        while let Some((at, Task::Timer { node })) = queue.pop() {
            order.push((at.as_nanos(), node.0));
        }
        assert_eq!(order, [(3, 1), (3, 3), (5, 0), (5, 2)]);
    }
}
