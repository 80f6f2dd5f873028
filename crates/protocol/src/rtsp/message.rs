//! Requests and responses as values.
