//! Status codes.

use std::fmt;

/// A response's status code, 100 to 999 (RFC 2326 section 7.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Status(pub u16);

impl Status {
    /// 200
    pub const OK: Status = Status(200);
    /// 301 (section 11.2)
    pub const MOVED_PERMANENTLY: Status = Status(301);
    /// 302
    pub const MOVED_TEMPORARILY: Status = Status(302);
    /// 303
    pub const SEE_OTHER: Status = Status(303);
    /// 304
    pub const NOT_MODIFIED: Status = Status(304);
    /// 305
    pub const USE_PROXY: Status = Status(305);
    /// 400
    pub const BAD_REQUEST: Status = Status(400);
    /// 401
    pub const UNAUTHORIZED: Status = Status(401);
    /// 403
    pub const FORBIDDEN: Status = Status(403);
    /// 404
    pub const NOT_FOUND: Status = Status(404);
    /// 405, with an Allow header (section 12.4)
    pub const METHOD_NOT_ALLOWED: Status = Status(405);
    /// 406
    pub const NOT_ACCEPTABLE: Status = Status(406);
    /// 408
    pub const REQUEST_TIMEOUT: Status = Status(408);
    /// 413
    pub const ENTITY_TOO_LARGE: Status = Status(413);
    /// 414
    pub const URI_TOO_LARGE: Status = Status(414);
    /// 415
    pub const UNSUPPORTED_MEDIA_TYPE: Status = Status(415);
    /// 416 (section 12.7)
    pub const INVALID_PARAMETER: Status = Status(416);
    /// 451 (section 11.3.1)
    pub const PARAMETER_NOT_UNDERSTOOD: Status = Status(451);
    /// 452 (section 11.3.2)
    pub const CONFERENCE_NOT_FOUND: Status = Status(452);
    /// 454 (section 11.3.4)
    pub const SESSION_NOT_FOUND: Status = Status(454);
    /// 455 (section 11.3.5)
    pub const METHOD_NOT_VALID: Status = Status(455);
    /// 456 (section 11.3.6)
    pub const HEADER_NOT_VALID: Status = Status(456);
    /// 457 (section 11.3.7)
    pub const INVALID_RANGE: Status = Status(457);
    /// 458 (section 11.3.8)
    pub const PARAMETER_READ_ONLY: Status = Status(458);
    /// 459 (section 11.3.9)
    pub const AGGREGATE_NOT_ALLOWED: Status = Status(459);
    /// 460 (section 11.3.10)
    pub const ONLY_AGGREGATE_ALLOWED: Status = Status(460);
    /// 461 (section 11.3.11)
    pub const UNSUPPORTED_TRANSPORT: Status = Status(461);
    /// 500
    pub const INTERNAL_ERROR: Status = Status(500);
    /// 501
    pub const NOT_IMPLEMENTED: Status = Status(501);
    /// 503
    pub const SERVICE_UNAVAILABLE: Status = Status(503);
    /// 505
    pub const VERSION_NOT_SUPPORTED: Status = Status(505);
    /// 551 (section 11.3.14)
    pub const OPTION_NOT_SUPPORTED: Status = Status(551);

    /// Whether the request was carried out (2xx).
    pub fn is_success(self) -> bool {
        self.0 / 100 == 2
    }

    /// Whether the client is sent elsewhere (3xx).
    pub fn is_redirection(self) -> bool {
        self.0 / 100 == 3
    }

    /// The reason phrase that RFC 2326 section 7.1.1 gives; "Unknown" for other codes.
    pub fn reason(self) -> &'static str {
        match self.0 {
            100 => "Continue",
            200 => "OK",
            201 => "Created",
            250 => "Low on Storage Space",
            300 => "Multiple Choices",
            301 => "Moved Permanently",
            302 => "Moved Temporarily",
            303 => "See Other",
            304 => "Not Modified",
            305 => "Use Proxy",
            400 => "Bad Request",
            401 => "Unauthorized",
            402 => "Payment Required",
            403 => "Forbidden",
            404 => "Not Found",
            405 => "Method Not Allowed",
            406 => "Not Acceptable",
            407 => "Proxy Authentication Required",
            408 => "Request Time-out",
            410 => "Gone",
            411 => "Length Required",
            412 => "Precondition Failed",
            413 => "Request Entity Too Large",
            414 => "Request-URI Too Large",
            415 => "Unsupported Media Type",
            416 => "Invalid Parameter",
            451 => "Parameter Not Understood",
            452 => "Conference Not Found",
            453 => "Not Enough Bandwidth",
            454 => "Session Not Found",
            455 => "Method Not Valid in This State",
            456 => "Header Field Not Valid for Resource",
            457 => "Invalid Range",
            458 => "Parameter Is Read-Only",
            459 => "Aggregate operation not allowed",
            460 => "Only aggregate operation allowed",
            461 => "Unsupported transport",
            462 => "Destination unreachable",
            500 => "Internal Server Error",
            501 => "Not Implemented",
            502 => "Bad Gateway",
            503 => "Service Unavailable",
            504 => "Gateway Time-out",
            505 => "RTSP Version not supported",
            551 => "Option not supported",
            _ => "Unknown",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0, self.reason())
    }
}
