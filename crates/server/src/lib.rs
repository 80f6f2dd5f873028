//! The server side of Layercast: page, WebSocket, rooms and the gateway to real clients.

pub mod wire;
