//! The server side of Layercast: page, WebSocket, room and the gateways to real players and
//! servers.
//!
//! | module | what it does |
//! |---|---|
//! | [`cli`], [`fault`] | the command line, and one line for what is wrong with it |
//! | [`serve`], [`run`] | the world with and without a page |
//! | [`dissect`] | capture files as JSON, frame by frame |
//! | [`tail`] | a running server's packet flow as text, over the same WebSocket |
//! | [`start`] | scenario and clips to a world |
//! | [`http`], [`page`], [`ws`] | the page, who may load it, and its WebSocket |
//! | [`room`] | the world's keeper, its pace, pages and players |
//! | [`capture`] | capture files to runs |
//! | [`gateway`] | real players' sockets |
//! | [`outward`] | real servers: which may be opened, and the way to them |
//! | [`lesson`] | lesson files, and their places in runs |
//! | [`rows`], [`detail`] | the tape and its frames, as the page gets them |
//! | [`series`] | a client's conversation over time, counted from the tape |
//! | [`wire`] | what server and page say to each other |
//!
//! This is the only crate that knows sockets, threads and clocks. The world itself knows
//! none: [`room::Keeper`] tells it the time.

pub mod capture;
pub mod cli;
pub mod detail;
pub mod dissect;
pub mod fault;
pub mod gateway;
pub mod http;
pub mod lesson;
pub mod outward;
pub mod page;
pub mod proof;
pub mod room;
pub mod rows;
pub mod run;
pub mod series;
pub mod serve;
pub mod start;
pub mod tail;
pub mod users;
pub mod wire;
pub mod ws;
