// Generated from crates/server/src/wire by `UPDATE=1 cargo test -p server --test wire_types`. Do not edit.

export const VERSION = 3;

export type Nanos = number;

export type Id = number;

export type ServerMessage = { "type": "hello" } & Hello | { "type": "batch" } & Batch | { "type": "room" } & RoomState | { "type": "segment", 
/**
 * The number of the question.
 */
id: number, 
/**
 * The rows asked for.
 */
rows: Rows, } | { "type": "detail", 
/**
 * The number of the question.
 */
id: number, 
/**
 * Bytes, layers and fields.
 */
detail: Detail, } | { "type": "lessons", 
/**
 * The number of the question.
 */
id: number, 
/**
 * One for each lesson and language, by number and language.
 */
lessons: Array<LessonCard>, 
/**
 * Lessons that belong together.
 */
classes: Array<LessonClass>, 
/**
 * Files that cannot be used, and why.
 */
bad: Array<BadLesson>, } | { "type": "lesson", 
/**
 * The number of the question.
 */
id: number, 
/**
 * The lesson.
 */
lesson: Lesson, } | { "type": "found", 
/**
 * The number of the question.
 */
id: number, 
/**
 * The event; `null` when there is none.
 */
found: Found | null, } | { "type": "series", 
/**
 * The number of the question.
 */
id: number, 
/**
 * The numbers.
 */
series: Series, } | { "type": "checked", 
/**
 * The number of the question.
 */
id: number, 
/**
 * What tshark says of it.
 */
check: FrameCheck, } | { "type": "answer", 
/**
 * The number of the command or question.
 */
id: number, 
/**
 * How it went.
 */
outcome: Outcome, } | { "type": "lagged", 
/**
 * How many batches were left out.
 */
missed: number, };

export type Hello = { 
/**
 * [`VERSION`].
 */
version: number, 
/**
 * Which run this is.
 */
run: Run, 
/**
 * The fixed part of the network; hosts of real clients and servers are added by [`RoomState`].
 */
topology: Topology, 
/**
 * The room as it is now.
 */
room: RoomState, 
/**
 * Networks that another run can begin with: the one that the program was started with, if
 * it is its own, and those that come with Layercast.
 */
scenarios: Array<ScenarioCard>, 
/**
 * Weather that can be ordered by its name.
 */
presets: Array<Preset>, 
/**
 * What weather can be set to.
 */
ranges: WeatherRanges, 
/**
 * True when this page holds the room's key.
 */
holdsKey: boolean, 
/**
 * How far back the tape reaches at most.
 */
history: Nanos, 
/**
 * The number of the batch that this snapshot stands for; the next batch has one more.
 */
batch: number, 
/**
 * Simulated time now.
 */
now: Nanos, 
/**
 * The time of the oldest record still kept.
 */
oldest: Nanos, 
/**
 * The rows of the last seconds (at least two where there are so many); all state rows
 * and all RTSP messages still kept.
 */
rows: Rows, 
/**
 * Counts for the timeline, one for each tenth of a second from `oldest` on.
 */
overview: Array<OverviewCell>, };

export type Run = { 
/**
 * The number of this run in its room. Numbers are never used twice; `room.original` says
 * which is the original.
 */
number: number, 
/**
 * Short name of the original run, from scenario, seed and start.
 */
id: string, 
/**
 * The scenario's name.
 */
scenario: string, 
/**
 * The scenario's title in words.
 */
title: string, 
/**
 * The seed, as decimal digits (it may not fit a JavaScript number).
 */
seed: string, 
/**
 * Wall-clock time of the world's beginning, milliseconds since 1970.
 */
epochMs: number, 
/**
 * The address that real clients use.
 */
rtspUrl: string, 
/**
 * Paths that can be played, without the leading slash.
 */
clips: Array<string>, 
/**
 * What is known of it when it is a capture of another network, in which nothing can be
 * ordered.
 */
capture?: Capture, 
/**
 * The lesson that it was made for, and where its stops are in it.
 */
lesson?: LessonRun, };

export type Capture = { 
/**
 * The file's name.
 */
file: string, 
/**
 * Frames in it.
 */
frames: number, 
/**
 * Those of them that are shown.
 */
shown: number, 
/**
 * From the beginning to the last thing that happens.
 */
duration: Nanos, 
/**
 * Whether frames end with their FCS: mostly captures have none.
 */
fcs: CapturedFcs, 
/**
 * What a viewer should know (left out, cut, missing), a sentence each.
 */
notes: Array<string>, };

export type CapturedFcs = "present" | "absent" | "mixed";

export type OpenCapture = { 
/**
 * The number of its run, to be watched.
 */
run: number, 
/**
 * The file's name.
 */
file: string, 
/**
 * The moment of the last thing that happens.
 */
end: Nanos, };

export type LessonRun = { 
/**
 * The lesson's [`LessonCard::id`].
 */
lesson: string, 
/**
 * The place of each stop.
 */
stops: Array<StopPlace>, 
/**
 * For each stop with a question, its answer.
 */
answers: Array<LessonAnswer | null>, };

export type EventPlace = { 
/**
 * The moment.
 */
t: Nanos, 
/**
 * The message that it is about.
 */
message?: Id, 
/**
 * The frame that it is about.
 */
frame?: Id, 
/**
 * The picture, by its number on the tape.
 */
picture?: Id, 
/**
 * The device where it happens.
 */
node?: number, 
/**
 * The cable where it happens.
 */
link?: number, };

export type StopPlace = { 
/**
 * The layer, 1 to 7.
 */
layer?: number, 
/**
 * Whether the message goes down through the layers there, or up.
 */
direction?: StackDirection, 
/**
 * The moment.
 */
t: Nanos, 
/**
 * The message that it is about.
 */
message?: Id, 
/**
 * The frame that it is about.
 */
frame?: Id, 
/**
 * The picture, by its number on the tape.
 */
picture?: Id, 
/**
 * The device where it happens.
 */
node?: number, 
/**
 * The cable where it happens.
 */
link?: number, };

export type StackDirection = "down" | "up";

export type LessonAnswer = { 
/**
 * Which of the choices is right, from 0.
 */
right: number, 
/**
 * The value that the run gave.
 */
value: string, };

export type LessonCard = { 
/**
 * The file's name without language and ending: `01-one-message`.
 */
id: string, 
/**
 * Its place among the others.
 */
number: number, 
/**
 * Its title.
 */
title: string, 
/**
 * The language of this card: `en`, `de`.
 */
language: string, 
/**
 * All languages that the lesson is there in.
 */
languages: Array<string>, 
/**
 * How long it takes.
 */
minutes: number, 
/**
 * What a student can do after it.
 */
goal: string, 
/**
 * What a student must know before it.
 */
before: string, 
/**
 * How often Next, an answer or Check is pressed from beginning to end; at most 40.
 */
clicks: number, 
/**
 * The network that it is shown on: a built-in scenario's name, or a file's beside it.
 */
scenario: string, 
/**
 * How many stops it has.
 */
stops: number, };

export type LessonClass = { 
/**
 * The file's name without `.class.toml`.
 */
id: string, 
/**
 * Its title in each language.
 */
title: { [key in string]: string }, 
/**
 * The lessons, in their order.
 */
lessons: Array<string>, };

export type BadLesson = { 
/**
 * The file's name.
 */
file: string, 
/**
 * The line in the file, from 1; `null` when it is about the whole file.
 */
line: number | null, 
/**
 * What is wrong, in a sentence.
 */
reason: string, };

export type Lesson = { 
/**
 * As in the menu.
 */
card: LessonCard, 
/**
 * What comes before the first stop.
 */
introduction: Array<TextBlock>, 
/**
 * What only the presenter sees of that.
 */
notes: Array<TextBlock>, 
/**
 * The stops, in their order.
 */
stops: Array<LessonStop>, };

export type TextBlock = { "kind": "paragraph", 
/**
 * They.
 */
runs: Array<TextRun>, } | { "kind": "heading", 
/**
 * Its words.
 */
runs: Array<TextRun>, } | { "kind": "list", 
/**
 * The number of its first item; `null` for a list of points.
 */
first: number | null, 
/**
 * Its items.
 */
items: Array<Array<TextRun>>, } | { "kind": "code", 
/**
 * They.
 */
text: string, };

export type TextRun = { 
/**
 * The words.
 */
text: string, 
/**
 * How they look.
 */
style: TextStyle, 
/**
 * Where they lead: an `https:` or `http:` address.
 */
link?: string, };

export type TextStyle = "plain" | "strong" | "emphasis" | "code";

export type LessonStop = { 
/**
 * Its title.
 */
title: string, 
/**
 * What is said of it under the stage, at most 160 characters.
 */
caption: Array<TextRun>, 
/**
 * What else there is to say, on the handout and where there is room.
 */
more: Array<TextBlock>, 
/**
 * What only the presenter sees.
 */
notes: Array<TextBlock>, 
/**
 * The event that it waits for.
 */
until: string, 
/**
 * The shelf's tab that is opened; as it was when absent.
 */
tab?: LessonTab, 
/**
 * What the stage shows; as it was when absent.
 */
view?: LessonView, 
/**
 * The layer lens: 1 to 7, 0 for all layers; as it was when absent.
 */
lens?: number, 
/**
 * A field to be opened and lit, by its name in Wireshark.
 */
field?: string, 
/**
 * A question that is asked here.
 */
question?: LessonQuestion, };

export type LessonTab = "remote" | "receiver" | "details" | "packets" | "none";

export type LessonView = "valley" | "ladder" | "charts";

export type LessonQuestion = { 
/**
 * The question.
 */
ask: Array<TextRun>, 
/**
 * What may be chosen, in this order.
 */
choices: Array<LessonChoice>, 
/**
 * What is said when the answer is known.
 */
explain: Array<TextBlock>, };

export type LessonChoice = { 
/**
 * What it says.
 */
text: Array<TextRun>, 
/**
 * What is said to who chose it.
 */
why: Array<TextRun>, };

export type Found = { 
/**
 * What happened: the event's word in a search, such as `drop`.
 */
event: string, 
/**
 * The moment.
 */
t: Nanos, 
/**
 * The message that it is about.
 */
message?: Id, 
/**
 * The frame that it is about.
 */
frame?: Id, 
/**
 * The picture, by its number on the tape.
 */
picture?: Id, 
/**
 * The device where it happens.
 */
node?: number, 
/**
 * The cable where it happens.
 */
link?: number, };

export type FrameCheck = { 
/**
 * The frame.
 */
frame: Id, 
/**
 * As it arrived over this cable; absent: as it was sent.
 */
on?: OnCable, 
/**
 * What came of it.
 */
answer: CheckAnswer, };

export type CheckAnswer = { "kind": "missing", 
/**
 * What was sought: `tshark`, or what `--tshark` names.
 */
program: string, } | { "kind": "compared", 
/**
 * The program and its version: `TShark 4.0.17`.
 */
checker: string, 
/**
 * How many earlier frames it was given first, because they say how to read this one.
 */
given: number, 
/**
 * The frame's layers, in their order.
 */
layers: Array<LayerCheck>, };

export type LayerCheck = { 
/**
 * Wireshark's name of the protocol, as in the frame's `detail`.
 */
name: string, 
/**
 * How many fields both name, whether they agree or not.
 */
compared: number, 
/**
 * Names of fields that only we read here, each once.
 */
unread: Array<string>, 
/**
 * Where the two differ; at most twenty.
 */
differences: Array<FieldDifference>, };

export type FieldDifference = { 
/**
 * Its name: `ip.ttl`.
 */
name: string, 
/**
 * In what they differ.
 */
what: Unlike, 
/**
 * What we say: a value, `byte 22, 1 long`, or how often it is there.
 */
ours: string, 
/**
 * What they say.
 */
theirs: string, };

export type Unlike = "count" | "place" | "value";

export type ScenarioCard = { 
/**
 * Its name, as `begin` takes it.
 */
name: string, 
/**
 * Its title in words.
 */
title: string, };

export type NextRun = { 
/**
 * The number that it has, and keeps.
 */
run: number, 
/**
 * The lesson that it is made for.
 */
lesson?: string, 
/**
 * The scenario's name.
 */
scenario: string, 
/**
 * The scenario's title in words.
 */
title: string, 
/**
 * The seed, as decimal digits.
 */
seed: string, 
/**
 * How far it is. It is gone from here when it has taken the original's place; one that
 * `failed` stays until the next one begins, or `cancelBegin`.
 */
progress: ForkProgress, };

export type Topology = { 
/**
 * Hosts, switches and routers.
 */
nodes: Array<Node>, 
/**
 * The cables.
 */
links: Array<Link>, };

export type Node = { 
/**
 * Its number; also its place in lists.
 */
id: number, 
/**
 * Its name on the stage: `Client`, `SW1`, `R1`, `SW2`, `Server`.
 */
name: string, 
/**
 * What it understands.
 */
kind: NodeKind, 
/**
 * Its interfaces, one for each link, in the order of its ports.
 */
interfaces: Array<Interface>, 
/**
 * How long one layer of its stack takes to handle a frame.
 */
layerDelay: Nanos, };

export type NodeKind = "client" | "gateway" | "source" | "server" | "switch" | "router" | "others";

export type Interface = { 
/**
 * The link that is plugged in.
 */
link: number, 
/**
 * Its hardware address, `02:00:00:00:00:c1`; absent on a switch.
 */
mac: string | null, 
/**
 * The address by which it is called: of IPv4, or of IPv6 where there is no other; absent on
 * a switch.
 */
ip: string | null, 
/**
 * The length of that address's network prefix: 0 to 32, of IPv6 to 128.
 */
prefix: number | null, 
/**
 * All its addresses with the lengths of their prefixes, `2001:db8:1::2/64`; of IPv6 the
 * link-local one is the last.
 */
addresses: Array<string>, 
/**
 * The VLANs of a switch's port; `null` in a switch without VLANs and elsewhere.
 */
vlan: PortVlan | null, };

export type PortVlan = { "kind": "access", 
/**
 * The VLAN.
 */
id: number, } | { "kind": "trunk", 
/**
 * The VLANs that may pass.
 */
ids: Array<number>, };

export type Link = { 
/**
 * Its number.
 */
id: number, 
/**
 * Its name: `client`, `sw1-r1`, ...
 */
name: string, 
/**
 * One end.
 */
a: number, 
/**
 * The other end.
 */
b: number, 
/**
 * How it behaves from `a` to `b`, as of when this was sent. For another moment take the
 * last `weather` row before it or, without one, what the first row after it says of before.
 */
forward: Weather, 
/**
 * The same from `b` to `a`.
 */
backward: Weather, };

export type Weather = { 
/**
 * Bits per second.
 */
rate: number, 
/**
 * Propagation delay.
 */
delay: Nanos, 
/**
 * What is added to the delay by chance: its mean; exponentially distributed. It never
 * changes the order of frames.
 */
jitter: Nanos, 
/**
 * How many octets may wait in the sending port's queue; a frame that does not fit is dropped.
 */
queue: number, 
/**
 * How frames are lost on the cable.
 */
loss: Loss, 
/**
 * How frames come behind those that were sent after them.
 */
reorder: Reorder, 
/**
 * Probability that a frame is sent twice.
 */
duplicate: number, 
/**
 * Probability for each bit that it arrives turned over.
 */
bitErrors: number, 
/**
 * The longest IP packet, octets.
 */
mtu: number, 
/**
 * True when nothing is carried at all.
 */
down: boolean, };

export type Loss = { "kind": "random", 
/**
 * The probability.
 */
p: number, } | { "kind": "bursty", 
/**
 * Probability that a frame finds the good state turned bad.
 */
p: number, 
/**
 * Probability that a frame finds the bad state turned good.
 */
r: number, 
/**
 * Probability of loss in the good state.
 */
lossGood: number, 
/**
 * Probability of loss in the bad state.
 */
lossBad: number, };

export type Reorder = { 
/**
 * Probability that a frame is held back; the others do not wait for it.
 */
p: number, 
/**
 * By how much later it comes.
 */
by: Nanos, };

export type WeatherRanges = { 
/**
 * Bits per second, least and most.
 */
rate: [number, number], 
/**
 * The longest delay.
 */
delay: Nanos, 
/**
 * The greatest jitter.
 */
jitter: Nanos, 
/**
 * Octets of a queue, least and most.
 */
queue: [number, number], 
/**
 * The most by which a reordered or delayed frame comes later.
 */
later: Nanos, 
/**
 * The greatest probability of a bit error.
 */
bitErrors: number, 
/**
 * Octets of the longest IP packet, least and most.
 */
mtu: [number, number], };

export type Preset = { 
/**
 * Its name in scenarios and on the command line: `dsl`.
 */
name: string, 
/**
 * Its name for people.
 */
title: string, 
/**
 * For `forward`: from the link's end `a`, where the subscriber is.
 */
up: Weather, 
/**
 * For `backward`: to the link's end `a`.
 */
down: Weather, 
/**
 * Where its figures come from.
 */
source: string, };

export type LinkDirection = "forward" | "backward";

export type LinkDirections = "forward" | "backward" | "both";

export type FaultOn = { "kind": "next" } | { "kind": "nextMarker" } | { "kind": "frame", 
/**
 * The frame.
 */
frame: Id, };

export type FaultWhat = { "kind": "drop" } | { "kind": "corrupt", 
/**
 * Which bit.
 */
bit: number, } | { "kind": "delay", 
/**
 * By how much.
 */
by: Nanos, } | { "kind": "duplicate" };

export type Batch = { 
/**
 * The number of the run.
 */
run: number, 
/**
 * One more than the last batch's of this run.
 */
number: number, 
/**
 * Simulated time at the end of the batch.
 */
now: Nanos, 
/**
 * The time of the oldest record still kept.
 */
oldest: Nanos, 
/**
 * The rows, in the order of the tape.
 */
rows: Rows, };

export type OverviewCell = { 
/**
 * RTSP messages sent.
 */
rtsp: number, 
/**
 * RTP packets sent.
 */
rtp: number, 
/**
 * RTCP packets sent.
 */
rtcp: number, 
/**
 * Frames lost or dropped.
 */
drops: number, };

export type RoomState = { 
/**
 * Simulated time when this was said.
 */
now: Nanos, 
/**
 * How the world's time runs.
 */
pace: Pace, 
/**
 * How many real clients are connected; while there are any, or a real server is, the world
 * runs at 1x.
 */
realClients: number, 
/**
 * By how much the world lags behind its pace because the machine is too slow.
 */
slip: Nanos, 
/**
 * How many pages are open on this room.
 */
viewers: number, 
/**
 * Every client, built in or real, also those that left.
 */
clients: Array<Client>, 
/**
 * The real servers that hosts stand for, or stood for last.
 */
sources: Array<Source>, 
/**
 * The number of the original run: 0 for the first of a room.
 */
original: number, 
/**
 * The run that is to take its place, if one is on its way.
 */
next?: NextRun, 
/**
 * The forks of the run, in the order in which they were made.
 */
forks: Array<ForkState>, 
/**
 * The capture that is open, if one is. To a page that watches it, clock, pace and clients
 * above are the capture's.
 */
capture?: OpenCapture, 
/**
 * Hosts and links that were added for real clients and servers.
 */
added: Topology, };

export type Pace = { "kind": "frozen" } | { "kind": "rate", 
/**
 * Simulated seconds per second.
 */
rate: number, } | { "kind": "beats", 
/**
 * Beats per second, 0.2 to 10.
 */
per_second: number, };

export type Client = { 
/**
 * Its host.
 */
node: number, 
/**
 * `Client` for the built-in player; the User-Agent or address of a real one.
 */
name: string, 
/**
 * True for a program outside that came through the gateway.
 */
real: boolean, 
/**
 * The RTSP state now: `Init`, `Ready`, `Playing`.
 */
state: string, 
/**
 * `udp` or `tcp`, once SETUP has settled it.
 */
transport: string | null, 
/**
 * The URL that it plays.
 */
url: string | null, 
/**
 * When it came.
 */
joined: Nanos, 
/**
 * When it left, if it has.
 */
left: Nanos | null, 
/**
 * The requests of the built-in player, and whether its state allows them now.
 */
requests: Array<RequestState>, };

export type RequestState = { 
/**
 * Which.
 */
method: RequestMethod, 
/**
 * Why it is not allowed now; absent when it is.
 */
refused: string | null, };

export type Source = { 
/**
 * The host.
 */
node: number, 
/**
 * The name by which the server was entered, such as `camera.local`.
 */
name: string, 
/**
 * Its URL, without user and password.
 */
url: string, 
/**
 * The client that plays from it.
 */
client: number, 
/**
 * `open`, `connected`, `failed`, `closed` or `left`, as in the state rows.
 */
state: string, 
/**
 * `failed`: why, in a sentence.
 */
reason: string | null, 
/**
 * When a host began to stand for it.
 */
opened: Nanos, 
/**
 * When it ceased to.
 */
left: Nanos | null, };

export type ForkState = { 
/**
 * Its number, never used twice in a room; the original is 0.
 */
run: number, 
/**
 * The run of which it is another future.
 */
parent: number, 
/**
 * Up to this moment both are the same.
 */
at: Nanos, 
/**
 * What is different from then on; absent when nothing is.
 */
change: ForkChange | null, 
/**
 * How far it is.
 */
progress: ForkProgress, 
/**
 * Real clients and servers (nodes) that take part: what they said is replayed, and they do
 * not react to what is different here.
 */
replayed: Array<number>, 
/**
 * Where its tape first differs from its parent's; absent while it does not.
 */
firstDifference: Difference | null, 
/**
 * Every client as it is in this run; those of the original stand in the room's state.
 */
clients: Array<Client>, };

export type ForkProgress = { "kind": "simulating", 
/**
 * Where it began: a moment kept from before the fork.
 */
from: Nanos, 
/**
 * How far it has come.
 */
reached: Nanos, 
/**
 * Where its parent was when this was said.
 */
until: Nanos, } | { "kind": "ready" } | { "kind": "failed", 
/**
 * Why, in a sentence for the person at the page.
 */
reason: string, };

export type MediaTransport = "udp" | "tcp";

export type ForkChange = { "kind": "fault", 
/**
 * The frame.
 */
frame: Id, 
/**
 * The cable.
 */
link: number, 
/**
 * What happens to it there.
 */
what: FaultWhat, } | { "kind": "weather", 
/**
 * The link.
 */
link: number, 
/**
 * Which way.
 */
direction: LinkDirections, 
/**
 * All of the weather.
 */
weather: Weather, } | { "kind": "request", 
/**
 * The player's host.
 */
client: number, 
/**
 * Which request.
 */
method: RequestMethod, 
/**
 * PLAY: where to begin, seconds; absent: where it stopped.
 */
from?: number, 
/**
 * ANNOUNCE: the name to publish under; absent: the name of what is published.
 */
path?: string, 
/**
 * GET_PARAMETER: names; SET_PARAMETER: `name: value`; one a line.
 */
parameters?: string, } | { "kind": "transport", 
/**
 * The player's host.
 */
client: number, 
/**
 * How its media travel.
 */
transport: MediaTransport, };

export type Difference = { 
/**
 * When.
 */
at: Nanos, 
/**
 * What the parent's tape has there; absent when it has nothing.
 */
parent: Trace | null, 
/**
 * What the fork's tape has there; absent when it has nothing.
 */
fork: Trace | null, };

export type Trace = { "kind": "hop", 
/**
 * The frame.
 */
frame: Id, 
/**
 * The cable.
 */
link: number, } | { "kind": "frame", 
/**
 * The frame.
 */
frame: Id, } | { "kind": "receipt", 
/**
 * The frame.
 */
frame: Id, 
/**
 * The device.
 */
node: number, } | { "kind": "message", 
/**
 * The message.
 */
message: Id, } | { "kind": "delivery", 
/**
 * The message.
 */
message: Id, 
/**
 * The receiver.
 */
node: number, } | { "kind": "state", 
/**
 * Where.
 */
node: number, } | { "kind": "tcp", 
/**
 * The host.
 */
node: number, 
/**
 * The connection.
 */
connection: number, } | { "kind": "picture", 
/**
 * The picture.
 */
picture: Id, 
/**
 * The player's host.
 */
client: number, };

export type Rows = { 
/**
 * Application messages handed to a transport.
 */
messages: Array<MessageRow>, 
/**
 * Ethernet frames, new or rewritten by a router.
 */
frames: Array<FrameRow>, 
/**
 * Frames on a cable.
 */
hops: Array<HopRow>, 
/**
 * What a device did with a frame that reached it.
 */
receipts: Array<ReceiptRow>, 
/**
 * Messages that reached the other application.
 */
deliveries: Array<DeliveryRow>, 
/**
 * Changes of state.
 */
states: Array<StateRow>, 
/**
 * The variables of TCP connections.
 */
tcp: Array<TcpRow>, 
/**
 * Pictures shown by a player.
 */
pictures: Array<PictureRow>, };

export type MessageRow = { 
/**
 * Its number.
 */
id: Id, 
/**
 * When the application handed it to the transport.
 */
at: Nanos, 
/**
 * The sending host.
 */
from: number, 
/**
 * The receiving host, where known.
 */
to: number | null, 
/**
 * The client whose conversation it belongs to (a node).
 */
client: number | null, 
/**
 * How it travels.
 */
transport: TransportRow, 
/**
 * What it is.
 */
what: WhatRow, 
/**
 * Octets, with the `$` framing when interleaved.
 */
length: number, 
/**
 * The message that it answers.
 */
cause: Id | null, };

export type TransportRow = { "kind": "udp", 
/**
 * Source port.
 */
src: number, 
/**
 * Destination port.
 */
dst: number, } | { "kind": "tcp", 
/**
 * The connection.
 */
connection: number, 
/**
 * Its first octet's place in the stream from this sender.
 */
start: Id, 
/**
 * The place behind its last octet.
 */
end: Id, 
/**
 * Source port.
 */
src: number, 
/**
 * Destination port.
 */
dst: number, };

export type WhatRow = { "kind": "request", 
/**
 * The method.
 */
method: string, 
/**
 * CSeq, when readable.
 */
cseq: number | null, } | { "kind": "response", 
/**
 * The status code.
 */
status: number, 
/**
 * The reason phrase.
 */
reason: string, 
/**
 * The method that it answers.
 */
method: string | null, 
/**
 * CSeq, when readable.
 */
cseq: number | null, } | { "kind": "rtp", 
/**
 * Sequence number.
 */
sequence: number, 
/**
 * RTP timestamp.
 */
timestamp: number, 
/**
 * Synchronisation source.
 */
ssrc: number, 
/**
 * Last packet of a picture.
 */
marker: boolean, 
/**
 * Payload type.
 */
payloadType: number, 
/**
 * The picture's number in its clip.
 */
picture: number | null, 
/**
 * The packet's number in the picture, from 0.
 */
index: number | null, 
/**
 * How many packets the picture has.
 */
of: number | null, } | { "kind": "rtcp", 
/**
 * `SR`, `RR`, `SDES`, `BYE`, ... in order.
 */
types: Array<string>, } | { "kind": "unknown" };

export type FrameRow = { 
/**
 * Its number.
 */
id: Id, 
/**
 * When its transport layer (or ARP) made it; a router's: when it was rewritten.
 */
at: Nanos, 
/**
 * The device that made it.
 */
node: number, 
/**
 * The frame that a router made it from.
 */
parent: Id | null, 
/**
 * Octets, with the FCS. Of a captured frame: as many as it had when it was captured, which is
 * mostly without the FCS.
 */
length: number, 
/**
 * Octets of it that there are, when a capture cut it.
 */
kept?: number, 
/**
 * Octets of its network header and of its transport header, where a host sent it and it
 * carries UDP or TCP; the second is 0 in all fragments but the first.
 */
headers?: [number, number], 
/**
 * What it carries.
 */
carried: CarriedRow, 
/**
 * Why it was sent.
 */
cause: CauseRow, };

export type CarriedRow = { "kind": "arp", 
/**
 * True for a request.
 */
request: boolean, 
/**
 * The address asked for or told.
 */
target: string, } | { "kind": "discovery", 
/**
 * ICMPv6 type: 133 router solicitation, 134 router advertisement, 135 neighbour
 * solicitation, 136 neighbour advertisement.
 */
icmpType: number, 
/**
 * The address asked for or told; `null` in those of routers.
 */
target: string | null, } | { "kind": "icmpv6", 
/**
 * Type (RFC 4443): 1 unreachable, 2 packet too big, 3 time exceeded, 128 and 129 echo.
 */
icmpType: number, 
/**
 * Code.
 */
code: number, } | { "kind": "icmp", 
/**
 * Type (RFC 792).
 */
icmpType: number, 
/**
 * Code.
 */
code: number, } | { "kind": "igmp", 
/**
 * Type (RFC 2236 section 2.1): 17 query, 18 and 22 report, 23 leave.
 */
igmpType: number, 
/**
 * The multicast group; absent when all are asked about.
 */
group: string | null, } | { "kind": "udp", 
/**
 * The message in it.
 */
message: Id | null, 
/**
 * Source port.
 */
src: number, 
/**
 * Destination port.
 */
dst: number, } | { "kind": "tcp", 
/**
 * The connection; 4294967295 for a reset that answers a segment of none.
 */
connection: number, 
/**
 * `SYN`, `SYN ACK`, `ACK`, `PSH ACK`, `FIN ACK`, `RST`, ...
 */
flags: string, 
/**
 * Its first data octet's place in the stream from this sender.
 */
start: Id, 
/**
 * The place behind its last data octet; equal to `start` without data.
 */
end: Id, 
/**
 * The messages that have octets in it.
 */
messages: Array<Id>, 
/**
 * Source port.
 */
src: number, 
/**
 * Destination port.
 */
dst: number, } | { "kind": "other" };

export type CauseRow = { "kind": "resolve" } | { "kind": "arpReply" } | { "kind": "neighbourAnswer" } | { "kind": "application" } | { "kind": "connect" } | { "kind": "acceptSyn" } | { "kind": "handshakeAck" } | { "kind": "data", 
/**
 * What let them go: `written` (the application, since both windows were open),
 * `congestionWindow` (an acknowledgement opened it), `window` (the peer opened it),
 * `limitedTransmit` (RFC 3042), `recovery` (RFC 6675 NextSeg rule 2).
 */
because: string, } | { "kind": "ack", 
/**
 * `delayed`, `everySecondSegment`, `outOfOrder`, `duplicate`, `windowUpdate`, `fin`, ...
 */
because: string, } | { "kind": "timeout", 
/**
 * The timeout that ran out.
 */
rto: Nanos, 
/**
 * 1 for the first repetition.
 */
attempt: number, 
/**
 * The frame that is repeated, where still on the tape.
 */
repeats: Id | null, } | { "kind": "fastRetransmit", 
/**
 * The frame that is repeated, where still on the tape.
 */
repeats: Id | null, } | { "kind": "afterTimeout", 
/**
 * The frame that is repeated, where still on the tape.
 */
repeats: Id | null, } | { "kind": "partialAck", 
/**
 * The frame that is repeated, where still on the tape.
 */
repeats: Id | null, } | { "kind": "lostBySack", 
/**
 * The frame that is repeated, where still on the tape.
 */
repeats: Id | null, } | { "kind": "sackHole", 
/**
 * The rule of NextSeg: 1, it is lost; 3, it may be.
 */
rule: number, 
/**
 * The frame that is repeated, where still on the tape.
 */
repeats: Id | null, } | { "kind": "rescue", 
/**
 * The frame that is repeated, where still on the tape.
 */
repeats: Id | null, } | { "kind": "pathMtu", 
/**
 * The frame that is repeated, where still on the tape.
 */
repeats: Id | null, } | { "kind": "zeroWindowProbe" } | { "kind": "close" } | { "kind": "abort" } | { "kind": "refusedPort" } | { "kind": "echo" } | { "kind": "icmpError" } | { "kind": "groupJoined" } | { "kind": "groupQueried" } | { "kind": "groupLeft" } | { "kind": "membershipQuery" } | { "kind": "lastMemberQuery" } | { "kind": "routed" } | { "kind": "tagged", 
/**
 * The VLAN.
 */
vlan: number, } | { "kind": "untagged", 
/**
 * The VLAN.
 */
vlan: number, } | { "kind": "captured", 
/**
 * What it shows beside the frames before it: `frame` (nothing more), `repeats` (all its
 * octets of the stream were seen before), `early` (octets before its own were not),
 * `duplicateAck`, `keepAlive`.
 */
seen: string, 
/**
 * `repeats`: the frame that first carried its octets, where that is known.
 */
repeats: Id | null, };

export type HopRow = { 
/**
 * The frame.
 */
frame: Id, 
/**
 * The cable.
 */
link: number, 
/**
 * The device that sends.
 */
from: number, 
/**
 * When it entered the sending port's queue.
 */
queued: Nanos, 
/**
 * When its first bit was sent.
 */
start: Nanos, 
/**
 * When its last bit was sent.
 */
end: Nanos, 
/**
 * When its last bit arrived, or would have.
 */
arrive: Nanos, 
/**
 * Why it did not arrive; `null` when it did, whole or damaged.
 */
fate: FateRow | null, 
/**
 * What else happened to it; absent for nearly all.
 */
mishap?: MishapRow, };

export type MishapRow = { 
/**
 * The bits that arrived turned over, counted as `bits` of fields are.
 */
flipped: Array<number>, 
/**
 * By how much it was held back, while others overtook it.
 */
late: Nanos | null, 
/**
 * It is the second one of a frame that was sent twice.
 */
copy: boolean, 
/**
 * A person ordered this.
 */
ordered: FaultWhat | null, };

export type FateRow = { "kind": "queueFull", 
/**
 * The queue's limit, octets.
 */
limit: number, } | { "kind": "linkDown" } | { "kind": "tooBig", 
/**
 * The longest packet, octets.
 */
mtu: number, } | { "kind": "lost" } | { "kind": "lostInBurst" } | { "kind": "ordered" };

export type ReceiptRow = { 
/**
 * The frame.
 */
frame: Id, 
/**
 * The device.
 */
node: number, 
/**
 * When its last bit had arrived.
 */
arrive: Nanos, 
/**
 * When the device had done with it (arrival plus its layers' time).
 */
at: Nanos, 
/**
 * What it did.
 */
outcome: OutcomeRow, };

export type OutcomeRow = { "kind": "switched", 
/**
 * The link that it left by.
 */
link: number, 
/**
 * True when the switch learnt the sender's port from this frame.
 */
learned: boolean, } | { "kind": "flooded", 
/**
 * True when the switch learnt the sender's port from this frame.
 */
learned: boolean, } | { "kind": "routed", 
/**
 * The new frame.
 */
frame: Id, 
/**
 * TTL as it came.
 */
ttl: number, } | { "kind": "awaitingArp" } | { "kind": "accepted", 
/**
 * The highest layer that used it.
 */
layer: number, } | { "kind": "notForMe" } | { "kind": "dropped", 
/**
 * `badFcs`, `badIpChecksum`, `badTransportChecksum`, `ttl`, `noRoute`, `portClosed`, `duplicate`, `noMembers`, ...
 */
reason: string, };

export type DeliveryRow = { 
/**
 * The message.
 */
message: Id, 
/**
 * The receiving host.
 */
node: number, 
/**
 * When its last octet was handed to the application.
 */
at: Nanos, 
/**
 * The frame that completed it.
 */
frame: Id | null, };

export type StateRow = { 
/**
 * When.
 */
at: Nanos, 
/**
 * Where.
 */
node: number, 
/**
 * What.
 */
change: StateKind, };

export type StateKind = { "kind": "rtsp", 
/**
 * The client (a node).
 */
client: number, 
/**
 * The new state.
 */
state: string, } | { "kind": "session", 
/**
 * The client (a node).
 */
client: number, 
/**
 * The new state.
 */
state: string, } | { "kind": "tcp", 
/**
 * The connection.
 */
connection: number, 
/**
 * The new state.
 */
state: string, } | { "kind": "neighbour", 
/**
 * The link of the interface.
 */
link: number, 
/**
 * The neighbour's address.
 */
ip: string, 
/**
 * Its hardware address; `null` as long as it is not known.
 */
mac: string | null, 
/**
 * RFC 4861 section 7.3.2: `incomplete`, `reachable`, `stale`, `delay`, `probe`; `gone`
 * when the line is there no more.
 */
state: string, } | { "kind": "mac", 
/**
 * The hardware address.
 */
mac: string, 
/**
 * The link where it was seen; `null` when it is forgotten.
 */
link: number | null, 
/**
 * The VLAN; `null` in a switch without VLANs.
 */
vlan: number | null, } | { "kind": "nat", 
/**
 * The IP protocol: 6 TCP, 17 UDP, 1 ICMP, where ports are echo identifiers.
 */
protocol: number, 
/**
 * The host inside with its port, `10.0.1.2:25000`.
 */
inside: string, 
/**
 * As whom those outside see it, `10.0.2.1:40000`.
 */
outside: string, 
/**
 * True when the line is there from now on, false when it is there no more.
 */
open: boolean, } | { "kind": "group", 
/**
 * The group.
 */
group: string, 
/**
 * At a router the network's link; `null` at a host.
 */
link: number | null, 
/**
 * True when it joined, or has members.
 */
member: boolean, } | { "kind": "media", 
/**
 * The client (a node).
 */
client: number, 
/**
 * `playing`, `recording`, `paused`, `ended`, `torn down`.
 */
state: string, } | { "kind": "parameter", 
/**
 * The client (a node).
 */
client: number, 
/**
 * Its name, such as `volume`.
 */
name: string, 
/**
 * Its value.
 */
value: string, } | { "kind": "client", 
/**
 * Its host.
 */
client: number, 
/**
 * True when it came.
 */
joined: boolean, 
/**
 * Its User-Agent or address.
 */
name: string, } | { "kind": "source", 
/**
 * The server's URL, without user and password.
 */
url: string, 
/**
 * `open`: a host stands for it; `connected`: a real connection stands; `failed`: none
 * could be made; `closed`: the last one is over; `left`: the player plays something else.
 */
state: string, 
/**
 * `failed`: why, in a sentence.
 */
reason: string | null, } | { "kind": "weather", 
/**
 * The link.
 */
link: number, 
/**
 * Which way.
 */
direction: LinkDirection, 
/**
 * How it behaved before.
 */
before: Weather, 
/**
 * How it behaves now.
 */
weather: Weather, } | { "kind": "fault", 
/**
 * The link.
 */
link: number, 
/**
 * Which way.
 */
direction: LinkDirection, 
/**
 * To which frame.
 */
on: FaultOn, 
/**
 * What happens.
 */
what: FaultWhat, } | { "kind": "stall", 
/**
 * The connection.
 */
connection: number, 
/**
 * The first missing octet's place in the stream to this host.
 */
start: Id, 
/**
 * The place behind the last missing one.
 */
end: Id, 
/**
 * The frame in which they were sent first, where still known.
 */
sent: Id | null, 
/**
 * The frame that was lost: the same or a router's copy of it. `null` when it is only late.
 */
lost: Id | null, 
/**
 * The link on which it was lost.
 */
link: number | null, } | { "kind": "stallOver", 
/**
 * The connection.
 */
connection: number, 
/**
 * The frame that brought them.
 */
frame: Id, 
/**
 * When the stall began.
 */
since: Nanos, 
/**
 * How many octets were handed up at once.
 */
octets: number, } | { "kind": "note", 
/**
 * The text.
 */
text: string, };

export type TcpRow = { 
/**
 * From when on.
 */
at: Nanos, 
/**
 * The host.
 */
node: number, 
/**
 * The connection.
 */
connection: number, 
/**
 * Congestion control: `newreno` or `cubic`.
 */
congestion: string, 
/**
 * Which part of it moves `cwnd`: `slowStart`, `avoidance`, `recovery`.
 */
phase: string, 
/**
 * Congestion window.
 */
cwnd: number, 
/**
 * Slow start threshold; none before the first loss.
 */
ssthresh: number | null, 
/**
 * Smoothed round-trip time (RFC 6298), once measured.
 */
srtt: Nanos | null, 
/**
 * Its variation, once measured.
 */
rttvar: Nanos | null, 
/**
 * Retransmission timeout, backoff included.
 */
rto: Nanos, 
/**
 * The window that the peer offers, scaled.
 */
sndWnd: number, 
/**
 * The window that this end last offered, scaled.
 */
rcvWnd: number, 
/**
 * Sent and not acknowledged.
 */
inFlight: number, 
/**
 * Thought to be in the network: with SACK the pipe of RFC 6675.
 */
pipe: number, 
/**
 * Sent, not acknowledged, and told by SACK.
 */
sacked: number, 
/**
 * Given by the application and not yet sent.
 */
unsent: number, 
/**
 * Come out of order, waiting for the gap before them.
 */
outOfOrder: number, 
/**
 * Duplicate acknowledgements in a row.
 */
duplicateAcks: number, 
/**
 * The place in this end's stream whose acknowledgement ends the recovery from losses;
 * none outside of it.
 */
recoveryPoint: Id | null, 
/**
 * The largest segment to send.
 */
mss: number, 
/**
 * Segments sent again so far.
 */
retransmissions: number, 
/**
 * Selective acknowledgements are agreed on.
 */
sack: boolean, 
/**
 * Timestamps are agreed on.
 */
timestamps: boolean, 
/**
 * The peer's windows are shifted by so many bits.
 */
sndScale: number, 
/**
 * This end's windows are shifted by so many bits.
 */
rcvScale: number, };

export type Series = { 
/**
 * The client (a node).
 */
client: number, 
/**
 * When the first cell begins.
 */
from: Nanos, 
/**
 * How long a cell is.
 */
cell: Nanos, 
/**
 * How many there are.
 */
cells: number, 
/**
 * Octets of the frames that hosts sent in both directions, by what is in them.
 */
what: SeriesWhat, 
/**
 * The same octets, by the layer that put them there.
 */
layers: SeriesLayers, 
/**
 * Frames that were lost on a cable or dropped.
 */
lost: Array<number>, 
/**
 * TCP segments that were sent again.
 */
again: Array<number>, 
/**
 * What the player's receiver counted, as of the last picture shown in a cell.
 */
receiver: SeriesReceiver, 
/**
 * The variables of its connections' ends, as of the end of each cell.
 */
tcp: Array<SeriesTcp>, };

export type SeriesWhat = { 
/**
 * RTP packets.
 */
rtp: Array<number>, 
/**
 * RTCP packets.
 */
rtcp: Array<number>, 
/**
 * RTSP messages.
 */
rtsp: Array<number>, 
/**
 * Segments that carry no message: SYN, acknowledgements, FIN.
 */
tcp: Array<number>, 
/**
 * All other frames of the client's host: ARP, ICMP, ...
 */
other: Array<number>, };

export type SeriesLayers = { 
/**
 * What the application gave: RTSP, RTP with its header, RTCP.
 */
application: Array<number>, 
/**
 * Headers of TCP and UDP.
 */
transport: Array<number>, 
/**
 * Headers of IP, and all of ICMP and IGMP.
 */
network: Array<number>, 
/**
 * Ethernet's header, tags, padding and FCS, and all of ARP.
 */
link: Array<number>, };

export type SeriesReceiver = { 
/**
 * Interarrival jitter.
 */
jitter: Array<Nanos | null>, 
/**
 * Packets expected since the beginning.
 */
expected: Array<number | null>, 
/**
 * Packets lost since the beginning; less than none when duplicates came.
 */
lost: Array<number | null>, 
/**
 * Packets that came after their picture was due, since the beginning.
 */
late: Array<number | null>, 
/**
 * Pictures that wait to be shown.
 */
buffered: Array<number | null>, 
/**
 * How long a picture waits at least.
 */
playoutDelay: Array<Nanos | null>, };

export type SeriesTcp = { 
/**
 * The host.
 */
node: number, 
/**
 * The connection.
 */
connection: number, 
/**
 * Congestion window.
 */
cwnd: Array<number | null>, 
/**
 * Slow start threshold; `null` also before the first loss.
 */
ssthresh: Array<number | null>, 
/**
 * Sent and not acknowledged.
 */
inFlight: Array<number | null>, 
/**
 * Smoothed round-trip time.
 */
srtt: Array<Nanos | null>, 
/**
 * Retransmission timeout.
 */
rto: Array<Nanos | null>, };

export type PictureRow = { 
/**
 * Its number on the tape; ask for its JPEG with this.
 */
id: Id, 
/**
 * When it was shown.
 */
at: Nanos, 
/**
 * The player's host.
 */
client: number, 
/**
 * The picture's number in its clip, where its packets say so.
 */
number: number | null, 
/**
 * Its RTP timestamp.
 */
timestamp: number, 
/**
 * Its packets in the order of their sequence numbers.
 */
slots: Array<SlotRow>, 
/**
 * All packets came in time.
 */
complete: boolean, 
/**
 * There was enough to show something.
 */
decodable: boolean, 
/**
 * Arrival of the first packet.
 */
first: Nanos, 
/**
 * Arrival of the last packet that came in time.
 */
last: Nanos, 
/**
 * The receiver's counts at this moment.
 */
stats: PictureStats, };

export type SlotRow = { 
/**
 * The sequence number.
 */
sequence: number, 
/**
 * The message that filled it; absent when none came in time.
 */
message: Id | null, };

export type PictureStats = { 
/**
 * Packets received.
 */
received: number, 
/**
 * Packets expected.
 */
expected: number, 
/**
 * Packets lost, by RFC 3550 A.3; negative when duplicates came.
 */
lost: number, 
/**
 * Packets that came after their picture was due.
 */
late: number, 
/**
 * Interarrival jitter, nanoseconds.
 */
jitter: number, 
/**
 * Pictures waiting in the playout buffer.
 */
buffered: number, 
/**
 * The playout delay in force, nanoseconds.
 */
playoutDelay: number, };

export type Detail = { 
/**
 * The frame.
 */
frame: Id, 
/**
 * When it was made.
 */
at: Nanos, 
/**
 * Source 0 is the frame with its FCS; further ones are buffers reassembled from
 * several frames. Each as lower-case hexadecimal digits.
 */
sources: Array<string>, 
/**
 * The layers, outermost first.
 */
layers: Array<DetailLayer>, 
/**
 * The program and version that the tests compare dissections with: `TShark 4.0.17`.
 */
checker: string, 
/**
 * What the dissector remarked.
 */
notes: Array<string>, };

export type DetailLayer = { 
/**
 * Wireshark's protocol name: `eth`, `arp`, `ip`, `icmp`, `udp`, `tcp`, `rtsp`, `sdp`, `rtp`, `jpeg`, `rtcp`, `data`.
 */
name: string, 
/**
 * For people: `TCP header`, `RTP/JPEG header`.
 */
title: string, 
/**
 * What it says, in one line: `port 8554 to 49152, PSH ACK, 1,327 bytes of data`.
 */
summary: string, 
/**
 * OSI layer, 1 to 7.
 */
osi: number, 
/**
 * Which source its bits lie in.
 */
source: number, 
/**
 * First bit.
 */
start: number, 
/**
 * Number of bits.
 */
length: number, 
/**
 * Where it is defined: `RFC 9293`.
 */
rfc: string, 
/**
 * Its fields, in the order of their bits.
 */
fields: Array<DetailField>, };

export type DetailField = { 
/**
 * Wireshark's display-filter name, where there is one.
 */
name: string | null, 
/**
 * For people: `Destination port`.
 */
label: string, 
/**
 * At most twelve letters, for the strip: `Destin.`
 */
short: string, 
/**
 * First bit in the layer's source.
 */
start: number, 
/**
 * Number of bits.
 */
length: number, 
/**
 * The value in words or digits: `8554`, `correct`, `2 set`.
 */
value: string, 
/**
 * One sentence for a student.
 */
meaning: string, 
/**
 * The section that defines it.
 */
rfc: string, 
/**
 * A display filter of Wireshark's that finds frames with the same value here, such as
 * `ip.ttl == 64`; absent where Wireshark has no name for it.
 */
filter: string | null, 
/**
 * Whether the tests compare fields of this name with [`Detail::checker`]'s.
 */
checked: boolean, 
/**
 * Parts of it.
 */
children: Array<DetailField>, };

export type PageMessage = { "type": "command", 
/**
 * The page's number for it.
 */
id: number, 
/**
 * The order.
 */
command: Command, } | { "type": "get", 
/**
 * The page's number for it.
 */
id: number, 
/**
 * The number of the run that it is about; absent: the original, or for a page that watches
 * a capture that.
 */
run?: number, 
/**
 * The question.
 */
get: Get, } | { "type": "watch", 
/**
 * The client (a node) whose pictures are sent, of each run that is watched; none when
 * absent.
 */
client: number | null, 
/**
 * The number of the run; absent: the open capture, if there is one, or the original.
 */
run?: number, 
/**
 * The number of another run, to be shown beside it.
 */
beside?: number, } | { "type": "resync" };

export type Command = { "kind": "pace", 
/**
 * The new pace.
 */
pace: Pace, } | { "kind": "advance", 
/**
 * How far.
 */
to: AdvanceTo, } | { "kind": "request", 
/**
 * The player's host.
 */
client: number, 
/**
 * Which request.
 */
method: RequestMethod, 
/**
 * PLAY: where to begin, seconds; absent: where it stopped.
 */
from: number | null, 
/**
 * ANNOUNCE: the name to publish under; absent: the name of what is published.
 */
path?: string, 
/**
 * GET_PARAMETER: names; SET_PARAMETER: `name: value`; one a line.
 */
parameters?: string, } | { "kind": "open", 
/**
 * The player's host.
 */
client: number, 
/**
 * A path of the simulated server (`/live`), or an `rtsp://` URL.
 */
url: string, } | { "kind": "redirect", 
/**
 * Whose sessions; absent: all that play.
 */
client: number | null, 
/**
 * Where to: a path on the server, such as `/demo`, or an RTSP URL.
 */
to: string, } | { "kind": "playoutDelay", 
/**
 * The player's host.
 */
client: number, 
/**
 * How long, nanoseconds, at most 2 s.
 */
delay: Nanos, } | { "kind": "fork", 
/**
 * The moment up to which both are the same.
 */
at: Nanos, 
/**
 * What is different from then on; nothing when absent.
 */
change: ForkChange | null, } | { "kind": "discardFork", 
/**
 * Its number.
 */
run: number, } | { "kind": "weather", 
/**
 * The link.
 */
link: number, 
/**
 * Which way.
 */
direction: LinkDirections, 
/**
 * All of the weather.
 */
weather: Weather, } | { "kind": "fault", 
/**
 * The link.
 */
link: number, 
/**
 * Which way.
 */
direction: LinkDirection, 
/**
 * To which frame.
 */
on: FaultOn, 
/**
 * What happens.
 */
what: FaultWhat, } | { "kind": "closeCapture" } | { "kind": "begin", 
/**
 * The lesson that it is made for, which has a scenario, a seed and orders of its own.
 */
lesson?: string, 
/**
 * Without a lesson: the scenario, by its name in `hello.scenarios`; absent: the
 * original's.
 */
scenario?: string, 
/**
 * The seed, as decimal digits; absent: the lesson's, or without one the original's.
 */
seed?: string, 
/**
 * Whether real clients and servers that are connected then are cut off; without it they
 * keep the original.
 */
cutOff?: boolean, } | { "kind": "cancelBegin" };

export type AdvanceTo = { "kind": "event" } | { "kind": "time", 
/**
 * The moment.
 */
at: Nanos, } | { "kind": "message", 
/**
 * The message.
 */
message: Id, } | { "kind": "frame", 
/**
 * The frame.
 */
frame: Id, } | { "kind": "find", 
/**
 * The event.
 */
until: string, };

export type OnCable = { 
/**
 * The link.
 */
link: number, 
/**
 * When its first bit was sent there: the hop's `start`.
 */
start: Nanos, };

export type RequestMethod = "OPTIONS" | "DESCRIBE" | "SETUP" | "PLAY" | "PAUSE" | "TEARDOWN" | "ANNOUNCE" | "RECORD" | "GET_PARAMETER" | "SET_PARAMETER";

export type Get = { "kind": "segment", 
/**
 * First moment.
 */
from: Nanos, 
/**
 * The moment behind the last.
 */
to: Nanos, } | { "kind": "detail", 
/**
 * The frame.
 */
frame: Id, 
/**
 * As it arrived over this cable, which may have damaged it; absent: as it was sent.
 */
on?: OnCable, } | { "kind": "check", 
/**
 * The frame.
 */
frame: Id, 
/**
 * As it arrived over this cable; absent: as it was sent.
 */
on?: OnCable, } | { "kind": "picture", 
/**
 * The picture.
 */
picture: Id, } | { "kind": "series", 
/**
 * The client (a node).
 */
client: number, 
/**
 * When the first cell begins.
 */
from: Nanos, 
/**
 * How long a cell is, at least a millisecond.
 */
cell: Nanos, 
/**
 * How many.
 */
cells: number, } | { "kind": "find", 
/**
 * The event.
 */
until: string, 
/**
 * The moment, at which itself is not looked; absent: the tape's beginning, or its end.
 */
from?: Nanos, 
/**
 * Whether to look into the past.
 */
backwards?: boolean, } | { "kind": "lessons" } | { "kind": "lesson", 
/**
 * Which: its [`LessonCard::id`](super::LessonCard::id).
 */
lesson: string, 
/**
 * In which language; another one that there is when there is not this one.
 */
language: string, };

export type Outcome = { "kind": "done" } | { "kind": "forked", 
/**
 * Its number.
 */
run: number, } | { "kind": "begun", 
/**
 * Its number.
 */
run: number, } | { "kind": "refused", 
/**
 * The sentence.
 */
reason: string, };
