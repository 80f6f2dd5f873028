//! The server engine, driven by octets alone.

mod conformance;
mod limits;
mod media;
mod rig;
mod sessions;
