//! Multicast: one group for all who play the same clip or published stream (RFC 2326 sections
//! 10.4 and 12.39). Its packets are sent once, whoever listens.
//!
//! The first PLAY starts a clip; the next ones join what runs, and the last one who stops ends
//! it. A group has a number of its own, from the same row as the sessions', so that the agenda
//! of senders holds both.

use super::connection::StreamKey;
use super::dispatch::Asked;
use super::play::{check_order, delivers, read_pace, read_range, widest, with_pace};
use super::session::{Feed, Path, Source, Stream};
use super::{ConnId, Server, ServerEvent, ServerOutput};
use crate::media::Clip;
use crate::message::{Outgoing, What};
use crate::rtp::{PlayInfo, PlayRange, Scale, Sender, SenderEvent, Speed};
use crate::rtsp::Status;
use crate::rtsp::headers::{Range, RtpInfo, write_rtp_info};
use crate::rtsp::message::Response;
use crate::time::SimTime;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

/// Tracks of one presentation that can be sent to its group; a SETUP of a further one over
/// multicast is answered 461.
pub const MAX_GROUP_TRACKS: usize = 8;

/// The most groups that [`Limits::multicast_groups`](super::Limits::multicast_groups) can allow:
/// as many as have an address and ports.
pub const MAX_MULTICAST_GROUPS: usize = 250;

/// How a server uses multicast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MulticastConfig {
    /// Time to live of what is sent to groups, 1 to 255: how many routers it may meet, and one
    /// more.
    pub ttl: u8,
    /// The first group's first RTP port, even; each group has [`MAX_GROUP_TRACKS`] pairs. Below
    /// 61,000, so that all groups find room.
    pub first_port: u16,
}

impl Default for MulticastConfig {
    /// TTL 16, as in the RFC's example (section 14.2), and ports from 5004, RTP's own.
    fn default() -> Self {
        MulticastConfig { ttl: 16, first_port: 5004 }
    }
}

/// One group.
#[derive(Clone, Debug)]
pub(super) struct Group {
    /// The clip or published stream.
    name: String,
    /// Its place among all groups, which gives its address and ports.
    place: usize,
    tracks: BTreeMap<usize, GroupTrack>,
}

/// A track that is sent to a group.
#[derive(Clone, Debug)]
struct GroupTrack {
    plan: GroupPlan,
    /// The maker of its packets; `None` for a published stream.
    sender: Option<Box<Sender>>,
    /// How fast it plays, or played last.
    pace: (Scale, Speed),
    /// The sessions' tracks that were set up with it.
    members: BTreeSet<StreamKey>,
}

/// Where a track of a group is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct GroupPlan {
    pub address: Ipv4Addr,
    /// RTCP goes to the next one.
    pub rtp: u16,
    pub ttl: u8,
}

impl GroupPlan {
    /// RFC 2365 section 6.1: the local scope, which no router lets out of its site.
    fn new(config: &MulticastConfig, place: usize, track: usize) -> GroupPlan {
        let [_, _, high, low] = (place as u32 + 1).to_be_bytes();
        let pair = (place * MAX_GROUP_TRACKS + track) as u16;
        let rtp = config.first_port.saturating_add(pair * 2);
        GroupPlan { address: Ipv4Addr::new(239, 255, high, low), rtp, ttl: config.ttl }
    }

    pub fn rtcp(&self) -> u16 {
        self.rtp.saturating_add(1)
    }
}

impl Server {
    /// From now on no multicast is offered on a connection; `because` is told in the answer 461.
    pub fn refuse_multicast(&mut self, conn: ConnId, because: &'static str) {
        if let Some(connection) = self.connections.get_mut(&conn) {
            connection.no_multicast = Some(because);
        }
    }

    /// Where a track would be sent if a SETUP on this connection chose multicast, or why not.
    pub(super) fn group_plan(
        &self,
        conn: ConnId,
        name: &str,
        track: usize,
        source: &Source,
    ) -> Result<GroupPlan, String> {
        let config = self.config.multicast.ok_or("multicast is not switched on here")?;
        if let Some(because) = self.connections.get(&conn).and_then(|connection| connection.no_multicast) {
            return Err(because.to_owned());
        }
        if matches!(source, Source::Publisher) {
            return Err("a stream is published over unicast".to_owned());
        }
        if track >= MAX_GROUP_TRACKS {
            return Err(format!("a group carries {MAX_GROUP_TRACKS} tracks"));
        }
        let limit = self.config.limits.multicast_groups.min(MAX_MULTICAST_GROUPS);
        let place = match self.group_named(name) {
            Some(number) => self.groups.get(&number).map_or(0, |group| group.place),
            None if self.groups.len() >= limit => {
                return Err(format!("all {limit} multicast groups are in use"));
            }
            None => self.free_place(),
        };
        Ok(GroupPlan::new(&config, place, track))
    }

    fn group_named(&self, name: &str) -> Option<u64> {
        self.groups.iter().find(|(_, group)| group.name == name).map(|(number, _)| *number)
    }

    /// The lowest place that no group has.
    fn free_place(&self) -> usize {
        let taken: BTreeSet<usize> = self.groups.values().map(|group| group.place).collect();
        (0..).find(|place| !taken.contains(place)).unwrap_or(0)
    }

    /// Makes a session's track a member of its group, which is opened if need be. Answers the
    /// group's number and, where it is known, the source.
    pub(super) fn join_group(&mut self, key: StreamKey, plan: GroupPlan) -> (u64, Option<u32>) {
        let session = self.sessions.get(&key.0);
        let name = session.map(|session| session.name.clone()).unwrap_or_default();
        let clip = session.and_then(|session| match &session.source {
            Source::Clip(clip) => Some(Arc::clone(clip)),
            Source::Relay(_) | Source::Publisher => None,
        });
        let place = self.free_place();
        let number = self.group_named(&name).unwrap_or_else(|| {
            let number = self.next_number;
            self.next_number += 1;
            self.groups.insert(number, Group { name, place, tracks: BTreeMap::new() });
            number
        });
        let is_new = self.groups.get(&number).is_some_and(|group| !group.tracks.contains_key(&key.1));
        if is_new {
            let cname = format!("{:016x}@layercast", self.dice.u64());
            let max_packet = self.config.max_packet;
            let sender = clip.map(|clip| Box::new(self.sender_of(&clip, key.1, cname, max_packet, false)));
            let pace = (Scale::NORMAL, Speed::NORMAL);
            let track = GroupTrack { plan, sender, pace, members: BTreeSet::new() };
            if let Some(group) = self.groups.get_mut(&number) {
                group.tracks.insert(key.1, track);
            }
            self.outputs.push_back(ServerOutput::JoinGroup {
                group: plan.address,
                rtcp_port: plan.rtcp(),
                ttl: plan.ttl,
            });
        }
        let track = self.groups.get_mut(&number).and_then(|group| group.tracks.get_mut(&key.1));
        let ssrc = track.and_then(|track| {
            track.members.insert(key);
            track.sender.as_ref().map(|sender| sender.ssrc())
        });
        (number, ssrc)
    }

    /// A session's track is no member any more. With the last one the group is closed, and a
    /// clip's source says BYE.
    pub(super) fn leave_group(&mut self, now: SimTime, number: u64, key: StreamKey) {
        let is_played = self.is_played_by_others(number, key);
        let Some(group) = self.groups.get_mut(&number) else { return };
        let Some(track) = group.tracks.get_mut(&key.1) else { return };
        track.members.remove(&key);
        if !track.members.is_empty() {
            if !is_played && let Some(sender) = &mut track.sender {
                sender.pause(now);
                self.senders.set((number, key.1), sender.poll_timeout());
            }
            return;
        }
        let bye = track.sender.as_mut().and_then(|sender| sender.bye(now));
        let plan = track.plan;
        if let Some(bye) = bye {
            self.send_to_group(number, key.1, bye);
        }
        self.senders.set((number, key.1), None);
        self.outputs.push_back(ServerOutput::LeaveGroup { group: plan.address, rtcp_port: plan.rtcp() });
        if let Some(group) = self.groups.get_mut(&number) {
            group.tracks.remove(&key.1);
            if group.tracks.is_empty() {
                self.groups.remove(&number);
            }
        }
    }

    /// Whether the track is played by a member other than `key`.
    pub(super) fn is_played_by_others(&self, number: u64, key: StreamKey) -> bool {
        self.members(number, key.1).into_iter().any(|member| member != key && self.plays(member))
    }

    fn members(&self, number: u64, track: usize) -> Vec<StreamKey> {
        let track = self.groups.get(&number).and_then(|group| group.tracks.get(&track));
        track.map(|track| track.members.iter().copied().collect()).unwrap_or_default()
    }

    fn plays(&self, key: StreamKey) -> bool {
        let stream = self.sessions.get(&key.0).and_then(|session| session.streams.get(&key.1));
        stream.is_some_and(|stream| stream.playing)
    }

    /// The sender that all members share.
    pub(super) fn group_sender(&mut self, number: u64, track: usize) -> Option<&mut Sender> {
        let track = self.groups.get_mut(&number).and_then(|group| group.tracks.get_mut(&track));
        track.and_then(|track| track.sender.as_deref_mut())
    }

    /// The same, to look at.
    pub(super) fn shared_sender(&self, number: u64, track: usize) -> Option<&Sender> {
        let track = self.groups.get(&number).and_then(|group| group.tracks.get(&track));
        track.and_then(|track| track.sender.as_deref())
    }

    /// Whether one of these tracks of a session goes to a group.
    pub(super) fn is_in_group(&self, number: u64, tracks: &[usize]) -> bool {
        let Some(session) = self.sessions.get(&number) else { return false };
        let in_group = |stream: &Stream| matches!(stream.path, Path::Group { .. });
        tracks.iter().filter_map(|track| session.streams.get(track)).any(in_group)
    }

    /// PLAY of a session with tracks in a group: each of them starts or, where others play it,
    /// joins what runs, and the answer says where that is. What it cannot have alone it does
    /// not get: another place, another pace, a queue.
    pub(super) fn play_group(
        &mut self,
        asked: &Asked<'_>,
        number: u64,
        tracks: &[usize],
        clip: &Arc<dyn Clip>,
    ) -> Result<Response, Response> {
        let session = self.sessions.get(&number).ok_or(Response::new(Status::SESSION_NOT_FOUND))?;
        let range = read_range(asked)?;
        let (scale, speed) = read_pace(asked)?;
        let playing = tracks.iter().all(|track| session.streams[track].playing);
        if range.is_none() && scale.is_none() && speed.is_none() && playing {
            return Ok(Response::new(Status::OK));
        }
        let (start, until) = range.unwrap_or((None, None));
        let order = PlayRange {
            from: start.unwrap_or(session.position),
            until,
            scale: scale.unwrap_or(Scale::NORMAL),
            speed: speed.unwrap_or(Speed::NORMAL),
        };
        check_order(&order, clip.duration())?;
        let (mut info, mut delivered, mut pace) = (Vec::new(), None, (order.scale, order.speed));
        for track in tracks {
            let key = (number, *track);
            let stream = self.sessions.get_mut(&number).and_then(|s| s.streams.get_mut(track));
            let Some(stream) = stream else { continue };
            let play = match stream.path {
                Path::Group { number: group } => {
                    let Some((play, real)) = self.play_shared(asked.now, group, key, &order) else {
                        continue;
                    };
                    pace = real;
                    play
                }
                _ => {
                    let Some(sender) = stream.sender() else { continue };
                    let play = sender.play_range(asked.now, asked.now, &order);
                    let due = stream.due();
                    self.senders.set(key, due);
                    play
                }
            };
            let stream = self.sessions.get_mut(&number).and_then(|s| s.streams.get_mut(track));
            let Some(stream) = stream else { continue };
            stream.ssrc = Some(play.ssrc);
            stream.playing = true;
            stream.has_played = true;
            info.push(RtpInfo {
                url: stream.url.clone(),
                seq: Some(play.sequence),
                rtptime: Some(play.rtptime),
            });
            delivered = Some(widest(delivered, (play.from, play.until)));
        }
        if let Some(session) = self.sessions.get_mut(&number) {
            session.position = delivered.map_or(order.from, |(from, _)| from);
            session.is_bounded = false;
            session.until = None;
            session.scale = pace.0;
            session.ended_by_itself = false;
        }
        self.update_state(number);
        let tells = |asked: bool, is_normal: bool| asked || !is_normal;
        let scale = tells(scale.is_some(), pace.0 == Scale::NORMAL).then_some(pace.0);
        let speed = tells(speed.is_some(), pace.1 == Speed::NORMAL).then_some(pace.1);
        Ok(with_pace(delivers(delivered).header("RTP-Info", write_rtp_info(&info)), scale, speed))
    }

    /// PLAY of one member: starts the sender, or tells where it is when others play; and the
    /// pace that it really has.
    fn play_shared(
        &mut self,
        now: SimTime,
        number: u64,
        key: StreamKey,
        order: &PlayRange,
    ) -> Option<(PlayInfo, (Scale, Speed))> {
        let is_played = self.is_played_by_others(number, key);
        let track = self.groups.get_mut(&number).and_then(|group| group.tracks.get_mut(&key.1))?;
        let sender = track.sender.as_deref_mut()?;
        let running = if is_played { sender.now_playing(now) } else { None };
        let info = match running {
            Some(running) => running,
            None => {
                track.pace = (order.scale, order.speed);
                sender.play_range(now, now, order)
            }
        };
        let (due, pace) = (sender.poll_timeout(), track.pace);
        self.senders.set((number, key.1), due);
        Some((info, pace))
    }

    /// PAUSE of a session with tracks in a group, which go on while others play them.
    pub(super) fn pause_group(
        &mut self,
        asked: &Asked<'_>,
        number: u64,
        tracks: &[usize],
        point: Option<Duration>,
    ) -> Result<Response, Response> {
        if point.is_some() {
            let because = "what goes to a group has no points at which to pause";
            return Err(Response::new(Status::HEADER_NOT_VALID).because(because));
        }
        let mut stopped: Option<Duration> = None;
        for track in tracks {
            let key = (number, *track);
            let stream = self.sessions.get_mut(&number).and_then(|s| s.streams.get_mut(track));
            let Some(stream) = stream.filter(|stream| stream.playing) else { continue };
            stream.playing = false;
            let at = match stream.path {
                Path::Group { number: group } => self.pause_shared(asked.now, group, key),
                _ => {
                    let at = stream.sender().map(|sender| sender.pause(asked.now));
                    let due = stream.due();
                    self.senders.set(key, due);
                    at
                }
            };
            stopped = match (stopped, at) {
                (Some(before), Some(at)) => Some(before.min(at)),
                (before, at) => before.or(at),
            };
        }
        let session = self.sessions.get_mut(&number).ok_or(Response::new(Status::SESSION_NOT_FOUND))?;
        session.position = stopped.unwrap_or(session.position);
        let position = session.position;
        self.update_state(number);
        Ok(Response::new(Status::OK).header("Range", Range::npt(position, None).to_string()))
    }

    /// PAUSE of one member: the sender stops when nobody else plays. Answers where it is.
    fn pause_shared(&mut self, now: SimTime, number: u64, key: StreamKey) -> Option<Duration> {
        let is_played = self.is_played_by_others(number, key);
        let sender = self.group_sender(number, key.1)?;
        let at = if is_played { sender.position(now) } else { sender.pause(now) };
        let due = sender.poll_timeout();
        self.senders.set((number, key.1), due);
        Some(at)
    }

    /// Lets a group's sender that is due do one thing; `false` when `key` is no group's.
    pub(super) fn poll_group(&mut self, now: SimTime, key: StreamKey) -> bool {
        let Some(sender) = self.group_sender(key.0, key.1) else { return false };
        let packet = sender.poll_transmit(now);
        let due = sender.poll_timeout();
        let mut ended = None;
        while let Some(event) = sender.poll_event() {
            match event {
                SenderEvent::RangeEnded { at } => ended = Some(at),
                SenderEvent::Ended => ended = Some(Duration::ZERO),
                SenderEvent::ReceiverLeft { .. } => {}
            }
        }
        let due = if packet.is_some() { due } else { due.map(|at| at.max(now + super::media::IDLE_SENDER)) };
        self.senders.set(key, due);
        if let Some(packet) = packet {
            self.send_to_group(key.0, key.1, packet);
        }
        if let Some(at) = ended {
            for member in self.members(key.0, key.1) {
                self.track_ended(member, at);
            }
        }
        true
    }

    /// Sends a packet to a group: once, whoever listens.
    pub(super) fn send_to_group(&mut self, number: u64, track: usize, data: Outgoing) {
        let track = self.groups.get(&number).and_then(|group| group.tracks.get(&track));
        let Some(GroupPlan { address, rtp, .. }) = track.map(|track| track.plan) else { return };
        let port = self.config.rtp_port;
        let (from_port, to_port) = match data.what {
            What::Rtcp { .. } => (port.wrapping_add(1), rtp.saturating_add(1)),
            _ => (port, rtp),
        };
        let to = SocketAddr::new(IpAddr::V4(address), to_port);
        self.outputs.push_back(ServerOutput::Datagram { from_port, to, data });
    }

    /// The group's track whose RTCP port this is.
    pub(super) fn group_by_port(&self, port: u16) -> Option<StreamKey> {
        self.groups.iter().find_map(|(number, group)| {
            let mut tracks = group.tracks.iter();
            tracks.find(|(_, track)| track.plan.rtcp() == port).map(|(track, _)| (*number, *track))
        })
    }

    /// RTCP from one who listens to a group: the sender takes it, and every session of that
    /// peer in the group is alive.
    pub(super) fn group_rtcp(&mut self, now: SimTime, key: StreamKey, from: IpAddr, bytes: &[u8]) {
        if let Some(sender) = self.group_sender(key.0, key.1) {
            sender.receive_rtcp(now, bytes);
            let due = sender.poll_timeout();
            self.senders.set(key, due);
        }
        let is_peer = |member: &StreamKey| self.sessions.get(&member.0).is_some_and(|s| s.peer == from);
        let members: Vec<StreamKey> = self.members(key.0, key.1).into_iter().filter(is_peer).collect();
        for member in members {
            self.rtcp(now, member, bytes);
        }
    }

    /// Sends a published packet to those who read it, and to each group once.
    pub(super) fn relay(&mut self, readers: &[StreamKey], packet: &Outgoing) {
        let mut served = BTreeSet::new();
        for reader in readers {
            let stream = self.sessions.get_mut(&reader.0).and_then(|s| s.streams.get_mut(&reader.1));
            let Some(stream) = stream else { continue };
            let Path::Group { number } = stream.path else {
                self.route(*reader, packet.clone());
                continue;
            };
            if let (Feed::Relay(relay), What::Rtp(_)) = (&mut stream.feed, &packet.what) {
                relay.packets = relay.packets.wrapping_add(1);
            }
            if served.insert(number) {
                self.send_to_group(number, reader.1, packet.clone());
            }
        }
    }

    /// A track has played to its end.
    pub(super) fn track_ended(&mut self, key: StreamKey, at: Duration) {
        let Some(session) = self.sessions.get_mut(&key.0) else { return };
        let Some(stream) = session.streams.get_mut(&key.1).filter(|stream| stream.playing) else { return };
        stream.playing = false;
        session.position = at;
        session.ended_by_itself = true;
        let id = session.id.clone();
        self.event(ServerEvent::TrackEnded { session: id, track: key.1 });
        self.update_state(key.0);
    }
}
