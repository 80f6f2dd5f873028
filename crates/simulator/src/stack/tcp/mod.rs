//! The transmission control protocol (RFC 9293).
//!
//! | file | what it holds | where it comes from |
//! |---|---|---|
//! | `table` | all connections and listening ports of a host | RFC 9293 section 3.10 |
//! | `connection` | one connection's variables, OPEN, SEND, RECEIVE, CLOSE, ABORT | sections 3.3.1, 3.10.1 to 3.10.5 |
//! | `arrives` | SEGMENT ARRIVES: sequence, RST, SYN | section 3.10.7, RFC 5961 |
//! | `ack` | its fifth step: acknowledgements and windows | RFC 5681 section 2 |
//! | `text` | its last steps: data, FIN, when to acknowledge | section 3.8.6.3 |
//! | `output` | which segment to send next | sections 3.7, 3.8 |
//! | `timers` | retransmission, persist, delayed ACK, TIME-WAIT | RFC 6298, section 3.8 |
//! | `rtt` | the retransmission timeout | RFC 6298 |
//! | `congestion` | the congestion window | RFC 5681, RFC 6582, RFC 3042, RFC 9438 |
//! | `scoreboard`, `recovery` | what the peer has by SACK, and what to send then | RFC 2018, RFC 6675 |
//! | `options` | window scale, timestamps, SACK | RFC 7323, RFC 2018, RFC 2883 |
//! | `errors` | what ICMP errors do | RFC 1122, RFC 5927, RFC 1191 |
//! | `send_buffer`, `recv_buffer` | the byte streams | |
//! | `seq`, `state`, `info` | sequence numbers, states, a look inside | sections 3.4, 3.3.2 |

mod ack;
mod arrives;
mod congestion;
mod connection;
mod errors;
mod info;
mod options;
mod output;
mod recovery;
mod recv_buffer;
mod rtt;
mod scoreboard;
mod send_buffer;
mod seq;
mod state;
mod table;
mod text;
mod timers;

pub use congestion::DUPLICATE_ACK_THRESHOLD;
pub use info::{CongestionAlgorithm, CongestionPhase, TcpInfo, WindowGrowth};
pub use options::{MAX_SHIFT, TIMESTAMP_LIFETIME, TIMESTAMP_TICK};
pub use recv_buffer::MAX_RUNS;
pub use rtt::{CLOCK_GRANULARITY, RTO_AFTER_LOST_SYN};
pub use scoreboard::MAX_SACKED;
pub use seq::Seq;
pub use state::{State, StateCause};

pub use table::MAX_REMAINS;

pub(super) use connection::Context;
pub(super) use errors::{Fault, Quoted};
pub(super) use output::Plan;
pub(super) use table::Table;

use super::transmit::RetransmitCause;
