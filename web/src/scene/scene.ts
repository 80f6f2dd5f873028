import { lostOnCable } from '../trace/fate'
import { lostBefore } from './absent'
import { isInterleaved, type Journey, type Layer, type Step, type Trace } from '../trace'
import type { Detail, FrameRow, Nanos } from '../wire'
import { bench, type Bench, type Fill } from './bench'
import { checksOf } from './checks'
import { along, film, type Film } from './film'
import type { Entry, Layout } from './layout'
import { HOST, row, WALL } from './layout'
import { type Loss, lossesAt, lossesOf } from './losses'
import { AT_REST, benchBetween, ease, type Phases, phasesOf } from './motion'

/** How a layer's row of a device looks. */
export interface RowView {
  layer: Layer
  y: number
  height: number
  state: 'idle' | 'active' | 'dim'
  /** The step is here: outlined. */
  active: boolean
  /** The peer layer that will read what is written: a dashed outline. */
  echo: boolean
  /** While a step is made: how much of its colour it has, how much of the outline around it is seen, and how far the echo has spread. */
  light: number
  outline: number
  pulse: number
}

/** A row as the chosen model draws it. */
export interface ModelRow extends RowView {
  /** The number in its band: TCP/IP counts the application layer as the fifth. */
  number: number
  /** Layers 6 and 5 of OSI are state and format, without a band. */
  banded: boolean
}

/** The rows of a device in OSI's seven layers, or with 7, 6 and 5 as TCP/IP's one. */
export function modelRows(view: DeviceView, five: boolean): ModelRow[] {
  const osi = view.rows.map((r): ModelRow => ({ ...r, number: r.layer, banded: r.layer !== 6 && r.layer !== 5 }))
  const upper = osi.filter((r) => r.layer >= 5)
  const [first, last] = [upper[0], upper.at(-1)]
  if (!five || !first || !last) return osi
  const active = upper.some((r) => r.active)
  const echo = !active && upper.some((r) => r.echo)
  const application: ModelRow = {
    layer: 7, number: 5, banded: true, y: first.y, height: last.y + last.height - first.y, active, echo,
    state: active || echo ? 'active' : first.state, light: Math.max(...upper.map((r) => r.light)), outline: Math.max(...upper.map((r) => r.outline)),
    pulse: Math.max(...upper.map((r) => r.pulse)),
  }
  return [application, ...osi.filter((r) => r.layer < 5)]
}

/** A device as drawn. */
export interface DeviceView {
  index: number
  rows: RowView[]
  /** A port number to show at layer 4 instead of the protocols, with its protocol. */
  port: { protocol: 'TCP' | 'UDP'; port: number } | null
}

/** The small packet that moves. */
export interface Token {
  x: number
  y: number
  stripes: Stripe[]
  width: number
  lost: boolean
  /** How far it has been thrown off its way, 0 to 1. */
  thrown: number
  opacity: number
}
export interface Stripe { fill: Fill; width: number }

/** Everything on the stage at one moment. */
export interface Scene {
  devices: DeviceView[]
  film: Film | null
  token: Token | null
  /** Reduced motion: the packet where it was, while it fades. */
  ghost: Token | null
  /** The crosses that losses have left. */
  losses: readonly Loss[]
  /** The whole way of what is followed, dotted, and the part that it has gone. */
  ahead: string
  travelled: string
  /** +1 from the client to the server. */
  direction: 1 | -1
  bench: Bench | null
  /** Where it was lost. */
  cross: readonly [number, number] | null
  /** From the token up to the block that is worked on. */
  pointer: { from: readonly [number, number]; x: number } | null
  /** Cables beside the way that the frame has crossed up to here, or its copy: out of the switch, or into it. */
  beside: readonly { link: number; out: boolean }[]
  /** 0 to 1: how far the fields being read are filled. */
  reading: number
  step: Step | null
}

/** A step that is being made, 0 to 1 over hold, fill and move. */
export interface Moving { from: Step; to: Step; progress: number }

/** What a scene is a function of. */
export interface View {
  /** The client whose losses are marked. */
  client?: number | null
  /** A step is a cross-fade. */
  faded?: boolean
  trace: Trace
  layout: Layout
  t: Nanos
  /** Simulated seconds per second; 0 when time stands still. */
  speed: number
  journey: Journey | null
  step: Step | null
  moving: Moving | null
  detailOf: (frame: number) => Detail | null
}

const HEADER_STRIPE = 9
const PAYLOAD_STRIPE = 22

/** Which way a step's frame or message goes. */
export function direction(layout: Layout, step: Step): 1 | -1 {
  if (step.hop) {
    const cable = layout.cables.find((c) => c.link === step.hop?.link)
    if (cable) return layout.indexOf(step.hop.from) === cable.from ? 1 : -1
  }
  if (step.message) return layout.indexOf(step.message.from) === 0 ? 1 : -1
  const here = layout.indexOf(step.node)
  const maker = step.frame ? layout.indexOf(step.frame.node) : here
  // What another host at a switch has sent comes to the client from the right.
  if (maker !== here) return here > 0 && here > maker ? 1 : -1
  return here === 0 ? 1 : -1
}

/** Layers 6 and 5 are told of in one step, unless 5 puts octets of its own in front. */
export function sharesRow(step: Step): boolean {
  return step.kind === 'format' && !(step.message && isInterleaved(step.message))
}

/** Where a step takes place, as a distance along the path; `null` when it is not on the stage. */
export function placeOf(layout: Layout, step: Step): number | null {
  const index = layout.indexOf(step.node)
  if (index < 0) return null
  const way = direction(layout, step)
  const [entry, exit]: [Entry, Entry] = way === 1 ? ['left', 'right'] : ['right', 'left']
  const onCable = (): number => {
    const cable = layout.cables.findIndex((c) => c.link === step.hop?.link)
    return cable < 0 ? layout.place(index, 1, exit) : layout.middle(cable)
  }
  switch (step.kind) {
    case 'compose':
    case 'deliver':
    case 'shown': return layout.place(index, 7)
    case 'format': return sharesRow(step) ? (layout.place(index, 6) + layout.place(index, 5)) / 2 : layout.place(index, 6)
    case 'bits': return onCable()
    case 'queue': return layout.place(index, 1, exit)
    case 'frame': return layout.place(index, 2, exit)
    case 'routerIn': return layout.place(index, step.layer, step.layer === 2 ? entry : 'top')
    case 'routerOut': return layout.place(index, 2, exit)
    case 'drop': {
      if (step.receipt) return layout.place(index, step.layer, entry)
      return lostOnCable(step.hop?.fate) ? onCable() : layout.place(index, 1, exit)
    }
    default: return layout.place(index, step.layer, step.layer === 1 ? exit : 'top')
  }
}

/** Moments and places of a journey, for motion while time runs. */
function journeyTrack(layout: Layout, steps: readonly Step[]): { at: Nanos; s: number }[] {
  const out: { at: Nanos; s: number }[] = []
  for (const step of steps) {
    if (step.aside) continue
    const s = placeOf(layout, step)
    if (s === null) continue
    if (step.kind === 'bits' && step.hop) {
      const cable = layout.cables.find((c) => c.link === step.hop?.link)
      const from = layout.indexOf(step.node)
      if (!cable) continue
      const to = cable.from === from ? cable.to : cable.from
      const [exit, entry]: [Entry, Entry] = to > from ? ['right', 'left'] : ['left', 'right']
      out.push({ at: step.hop.start, s: layout.place(from, 1, exit) })
      if (!step.hop.fate) out.push({ at: step.hop.arrive, s: layout.place(to, 1, entry) })
    } else out.push({ at: step.at, s })
  }
  return out
}

/** The layer of the other end that will read what this step writes. */
function echoOf(layout: Layout, step: Step): { index: number; layer: Layer } | null {
  const way = direction(layout, step)
  const last = layout.columns.length - 1
  if (step.kind === 'compose') return { index: way === 1 ? last : 0, layer: 7 }
  if (step.kind === 'interleave') return { index: way === 1 ? last : 0, layer: 5 }
  if (step.kind === 'segment') return { index: way === 1 ? last : 0, layer: 4 }
  if (step.kind !== 'packet' && step.kind !== 'frame' && step.kind !== 'routerOut') return null
  const layer = step.kind === 'packet' ? 3 : 2
  // The next device that reads this header: switches are not spoken to.
  for (let i = layout.indexOf(step.node) + way; i >= 0 && i <= last; i += way) {
    if (layout.columns[i]?.node.kind !== 'switch') return { index: i, layer }
  }
  return null
}

/** The ports at both ends of the stage: as the sender wrote its own, and as the other one's is where it arrives (a router may have translated it). */
function portsOf(layout: Layout, step: Step | null, journey: Journey | null): readonly [DeviceView['port'], DeviceView['port']] {
  if (!step) return [null, null]
  const message = step.aside ? null : step.message
  const carrying = (step.aside ? [step] : (journey?.steps ?? [step])).flatMap(({ aside, frame }) => {
    const carried = aside === step.aside ? frame?.carried : undefined
    return carried?.kind === 'tcp' || carried?.kind === 'udp' ? [carried] : []
  })
  const [first, last] = [message?.transport ?? carrying[0], carrying.at(-1) ?? message?.transport]
  if (!first || !last) return [null, null]
  const protocol = first.kind === 'udp' ? 'UDP' : 'TCP'
  const [sender, receiver] = [{ protocol, port: first.src }, { protocol, port: last.dst }] as const
  return direction(layout, step) === 1 ? [sender, receiver] : [receiver, sender]
}

/** Which rows a step is about. */
function marks(layout: Layout, step: Step | null): (index: number, layer: Layer) => { active: boolean; echo: boolean } {
  const here = step ? layout.indexOf(step.node) : -1
  const echo = step ? echoOf(layout, step) : null
  return (index, layer) => {
    const both = step !== null && sharesRow(step) && (layer === 6 || layer === 5)
    const active = index === here && (both || layer === step?.layer)
    return { active, echo: !active && echo?.index === index && echo.layer === layer }
  }
}

/** The devices; while a step is made, what it leaves pales as what it comes to gets its colour. The peer echoes once the header is written. */
function devices(layout: Layout, step: Step | null, from: Step | null, phases: Phases, journey: Journey | null): DeviceView[] {
  const [left, right] = portsOf(layout, step, journey)
  const to = marks(layout, step)
  const before = from ? marks(layout, from) : null
  return layout.columns.map((column, index) => ({
    index,
    port: column.side === 'left' ? left : column.side === 'right' ? right : null,
    rows: column.layers.map((layer): RowView => {
      const { y, height } = row(layer)
      const { active, echo } = to(index, layer)
      const was = before?.(index, layer)
      const lit = !step || active || echo ? 1 : 0
      const arrived = echo ? phases.fill : phases.move
      const light = was ? Math.max(was.active || was.echo ? 1 - phases.move : 0, lit * arrived) : lit
      return {
        layer, y, height, active, echo, state: !step ? 'idle' : active || echo ? 'active' : 'dim', light,
        outline: active ? phases.move : was?.active ? 1 - phases.move : echo ? phases.fill : 0, pulse: echo && before ? phases.move : 0,
      }
    }),
  }))
}

function stripesOf(b: Bench): Stripe[] {
  return b.blocks.filter((x) => x.filled && x.kind !== 'padding' && x.amount * x.opacity > 0.5)
    .map((x) => ({ fill: x.fill, width: x.broken || ['rtsp', 'sdp', 'picture', 'data', 'rtcp', 'arp', 'icmpv6'].includes(x.kind) ? PAYLOAD_STRIPE : HEADER_STRIPE }))
}

/** The picture of one moment: nothing but a function of the tape, the time and what is selected. */
export function scene(view: View): Scene {
  const { layout, trace, t, journey, moving } = view
  const step = view.step
  const phases = moving ? phasesOf(moving.progress, view.faded) : AT_REST
  const empty: Scene = {
    devices: devices(layout, step, moving?.from ?? null, phases, journey), film: null, token: null, ghost: null, losses: [], ahead: '', travelled: '', direction: 1,
    bench: null, cross: null, pointer: null, beside: [], reading: 1, step,
  }
  if (!step || !journey) {
    return { ...empty, film: film(trace, layout, t, view.speed, new Set()), losses: lossesAt(trace, layout, t, view.client ?? null) }
  }
  // What was lost stays where it was lost, also when the picture is shown that lacks it.
  const stays = lostBefore(step, journey)
  const still: View = { ...view, moving: moving && { ...moving, from: lostBefore(moving.from, journey) ?? moving.from } }
  const way = direction(layout, stays ?? step)
  const bar = barOf(still, stays ?? step, phases)
  const here = placeOf(layout, stays ?? step)

  let s = here
  const from = still.moving ? placeOf(layout, still.moving.from) : null
  if (moving) {
    if (from !== null && here !== null && !view.faded) s = from + (here - from) * ease(phases.move)
  } else if (!stays && Math.abs(t - step.at) > 1) {
    s = along(journeyTrack(layout, journey.steps.filter((one) => lostBefore(one, journey) === null)), t) ?? here
  }

  const origin = step.aside ? null : originOf(layout, journey)
  const goal = way === 1 ? layout.length : 0
  const stripes = stripesOf(bar)
  const width = stripes.reduce((sum, x) => sum + x.width, 0)
  const point = s === null ? null : layout.point(s)
  const lost = (stays ?? step).kind === 'drop'
  const block = bar.blocks.find((b) => b.active)
  const host = step.node === layout.columns[0]?.node.id || step.node === layout.columns.at(-1)?.node.id
  const except = new Set(journey.steps.flatMap((x) => (x.frame ? [x.frame.id] : [])))
  const token = (at: readonly [number, number], opacity: number): Token => ({
    x: beside(layout, at, width), y: at[1], stripes, width, lost, opacity, thrown: lost ? (view.faded || stays ? 1 : ease(Math.max(0, phases.move * 2 - 1))) : 0,
  })
  const pointOf = (one: Step): readonly [number, number] | null => {
    const place = placeOf(layout, one)
    return place === null ? null : layout.point(place)
  }
  const thrown = lost && !stays && phases.move > 0.5 && point ? point : null
  return {
    ...empty,
    film: moving || view.speed === 0 ? null : film(trace, layout, t, Math.min(view.speed, 0.01), except),
    losses: lossesOf(journey, pointOf, moving ? moving.from.at : Math.max(t, step.at)).filter((loss) => !(thrown && loss.x === thrown[0] && loss.y === thrown[1])),
    direction: way,
    ahead: origin === null ? '' : layout.path(origin, goal),
    travelled: origin === null || s === null ? '' : layout.path(origin, s),
    token: point && stripes.length > 0 ? token(point, view.faded && moving ? phases.move : 1) : null,
    ghost: view.faded && from !== null && phases.move < 1 && stripes.length > 0 ? token(layout.point(from), 1 - phases.move) : null,
    bench: bar,
    cross: thrown,
    pointer: point && block && host && !moving && bar.checks.length === 0 && step.layer >= 4 && (step.kind === 'segment' || step.kind === 'hostTransport')
      ? { from: point, x: block.x } : null,
    beside: besideOf(layout, trace, step, t),
    reading: phases.fill,
  }
}

/** The bar of a step, or between it and the one before, with the checks that the step makes. */
function barOf(view: View, step: Step, phases: Phases): Bench {
  const { trace, moving, detailOf } = view
  const sending = (one: Step): FrameRow | null => (one.message ? (trace.framesOf(one.message.id)[0] ?? null) : null)
  const checks = checksOf(trace, step, step.frame ? detailOf(step.frame.id) : null, phases.fill)
  const bar = { ...bench(step, detailOf, sending(step)), checks }
  if (!moving) return bar
  return benchBetween(bench(moving.from, detailOf, sending(moving.from)), bar, step, phases, view.faded ?? false)
}

/** The token stands aside, so that it hides no word and no number of the layers. */
function beside(layout: Layout, [x, y]: readonly [number, number], width: number): number {
  const half = width / 2 + 7
  if (x <= WALL.left + 1) return Math.max(x, WALL.left - 20 + half)
  if (x >= WALL.right - 1) return Math.min(x, WALL.right + 20 - half)
  const column = layout.columns.find((c) => c.side === 'middle' && x >= c.x && x <= c.x + c.width)
  if (!column) return x
  // Coming up from the cable it moves aside little by little.
  const aside = Math.max(x, column.x + HOST.band + half) - x
  return x + aside * Math.max(0, Math.min(1, (404 - y) / 30))
}

/** Where a step's frame went or came from beside the way: the copies of one that a switch has flooded, and what another host has sent. */
function besideOf(layout: Layout, trace: Trace, step: Step, t: Nanos): Scene['beside'] {
  if (!step.frame || layout.stubs.length === 0) return []
  const hops = trace.hops(step.frame.id)
  return layout.stubs.flatMap(({ link, node }) => {
    const hop = hops.find((one) => one.link === link && one.queued <= Math.max(t, step.at))
    return hop ? [{ link, out: hop.from === node }] : []
  })
}

/** Where what is followed set out. */
function originOf(layout: Layout, journey: Journey): number | null {
  for (const step of journey.steps) {
    const place = step.aside ? null : placeOf(layout, step)
    // What a host beside the stage has sent is seen from its switch on.
    if (place !== null) return place
  }
  return null
}

/** The horizontal room of a host's labels. */
export const HOST_TEXT = HOST.width - HOST.band
