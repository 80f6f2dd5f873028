//! What can be wrong with a header's value.

/// A header's value that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// The value is empty.
    #[error("the value is empty")]
    Empty,
    /// A time that is not one of RFC 2326 section 3.6.
    #[error("\"{0}\" is no normal play time (RFC 2326 3.6)")]
    Time(String),
    /// A Range without `unit=value`.
    #[error("\"{0}\" is no range (RFC 2326 12.29)")]
    Range(String),
    /// A session identifier with characters that it cannot have.
    #[error("\"{0}\" is no session identifier (RFC 2326 3.4)")]
    Session(String),
    /// A Transport entry that does not begin with protocol and profile.
    #[error("\"{0}\" is no transport (RFC 2326 12.39)")]
    Transport(String),
    /// A parameter of a Transport whose value cannot be.
    #[error("{name}=\"{value}\" cannot be (RFC 2326 12.39)")]
    Parameter {
        /// The parameter's name.
        name: String,
        /// Its value, as written.
        value: String,
    },
    /// A parameter of a Transport that is written twice.
    #[error("{0} is written twice (RFC 2326 12.39)")]
    Repeated(String),
}
