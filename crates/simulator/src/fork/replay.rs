//! A world that gets the inputs of another run.

use super::CannotFork;
use crate::app::GatewayEvent;
use crate::ids::GatewayId;
use crate::world::{Input, InputLog, World};
use bytes::Bytes;
use protocol::time::SimTime;
use std::collections::{BTreeMap, VecDeque};

/// A world and where it stands in the other run's inputs.
///
/// As long as it is the same as the other run, each input meets the same state and does the
/// same. Then a connection may take fewer octets of a real peer than it took there: the rest
/// waits until it takes more, and so does the end of that peer's half.
#[derive(Debug)]
pub(super) struct Replay {
    pub(super) world: World,
    next_input: u64,
    /// What real peers said and could not be taken yet.
    waiting: BTreeMap<GatewayId, Waiting>,
    /// The world may differ from the other run.
    differs: bool,
}

#[derive(Debug, Default)]
struct Waiting {
    /// Bounded by the record of inputs, of which these are parts.
    octets: VecDeque<Bytes>,
    closing: bool,
}

impl Replay {
    pub(super) fn new(world: World, next_input: u64) -> Self {
        Replay { world, next_input, waiting: BTreeMap::new(), differs: false }
    }

    /// From now on the world may differ from the other run.
    pub(super) fn react_no_more(&mut self) {
        self.differs = true;
    }

    /// Goes on to just before the inputs of the moment `at`.
    pub(super) fn before(&mut self, inputs: &InputLog, at: SimTime) -> Result<(), CannotFork> {
        self.inputs_while(inputs, |moment| moment < at)?;
        self.go_to(at);
        Ok(())
    }

    /// Goes on up to `until`, with all inputs up to then.
    pub(super) fn until(&mut self, inputs: &InputLog, until: SimTime) -> Result<(), CannotFork> {
        self.inputs_while(inputs, |moment| moment <= until)?;
        self.go_to(until);
        Ok(())
    }

    fn inputs_while(
        &mut self,
        inputs: &InputLog,
        wanted: impl Fn(SimTime) -> bool,
    ) -> Result<(), CannotFork> {
        if inputs.entries().start() > self.next_input {
            return Err(CannotFork::InputsLost);
        }
        while let Some(recorded) = inputs.entries().get(self.next_input).filter(|r| wanted(r.at)) {
            self.next_input += 1;
            self.go_to(recorded.at);
            self.let_in(&recorded.input);
        }
        Ok(())
    }

    /// Simulates up to `at`. What there is for real peers is heard by nobody.
    fn go_to(&mut self, at: SimTime) {
        while !self.waiting.is_empty() && self.world.next_event_at().is_some_and(|next| next <= at) {
            self.world.step();
            while let Some((id, event)) = self.world.poll_unheard() {
                if event == GatewayEvent::Writable {
                    self.write_on(id);
                }
            }
        }
        self.world.run_until(at);
        while self.world.poll_unheard().is_some() {}
        if self.differs {
            // Here other datagrams come than those that were seen to be taken there.
            self.world.gateways_drained();
        }
    }

    fn let_in(&mut self, input: &Input) {
        match input {
            Input::Write { id, bytes } => {
                self.waiting.entry(*id).or_default().octets.push_back(bytes.clone());
                self.write_on(*id);
            }
            Input::Close { id } if self.waiting.contains_key(id) => {
                self.waiting.entry(*id).or_default().closing = true;
            }
            Input::Abort { id } | Input::Leave { id } => {
                self.waiting.remove(id);
                self.apply(input);
            }
            _ => self.apply(input),
        }
    }

    fn apply(&mut self, input: &Input) {
        // What was refused there is refused here, and what is possible only there has no effect.
        let _ = self.world.apply(input);
    }

    /// Offers what a real peer has said.
    fn write_on(&mut self, id: GatewayId) {
        let Some(waiting) = self.waiting.get_mut(&id) else { return };
        while let Some(bytes) = waiting.octets.front_mut() {
            let taken = self.world.gateway_write(id, bytes);
            if taken < bytes.len() {
                let _ = bytes.split_to(taken);
                return;
            }
            waiting.octets.pop_front();
        }
        if self.waiting.remove(&id).is_some_and(|waiting| waiting.closing) {
            self.world.gateway_close(id);
        }
    }
}
