//! The server engine, driven by octets alone.

mod access;
mod clients;
mod conformance;
mod lab;
mod limits;
mod media;
mod multicast;
mod pace;
mod parameters;
mod publish;
mod redirect;
mod rig;
mod sessions;
