//! The dissector against hand-made conversations: its own rules, recorded answers, and tshark.

mod agreement;
mod frames;
mod golden;
mod invariants;
mod oracle;
mod properties;
mod rewind;
mod video;
