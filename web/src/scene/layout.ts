import type { Layer } from '../trace'
import type { Node, Topology } from '../wire'

/*
 * The valley's measures, in pixels of a stage of 896 x 424. Columns of hosts stand at its sides;
 * switches and routers between them, each as tall as the highest layer that it understands.
 */
export const STAGE = { width: 896, height: 424 } as const
export const HOST = { width: 164, left: 12, right: 720, band: 30 } as const
/** Where the walls of the valley are: the inner edges of the two hosts. */
export const WALL = { left: 176, right: 720 } as const
const CABLE_Y = 404
const BOTTOM = 388
const TOP_Y = 82
const SWITCH_WIDTH = 84
const ROUTER_WIDTH = 108
/** From a host to the first device between. */
const SHORE = 50
const RADIUS = 10

const TOPS: Record<Layer, number> = { 7: 58, 6: 107, 5: 156, 4: 205, 3: 254, 2: 303, 1: 352 }

/** A layer's row of a column. */
export interface Row {
  layer: Layer
  y: number
  height: number
}

/** A layer's row, the same in every column. */
export function row(layer: Layer): Row {
  return { layer, y: TOPS[layer], height: layer === 1 ? 36 : 49 }
}

/** The middle of a layer's row. */
export function rowMiddle(layer: Layer): number {
  const { y, height } = row(layer)
  return y + height / 2
}

/** A device on the stage. */
export interface Column {
  node: Node
  /** The watched client stands left, the server right. */
  side: 'left' | 'middle' | 'right'
  x: number
  width: number
  layers: readonly Layer[]
  /** A device between: where its path comes up and goes down, and the turning point's height. */
  risers: { left: number; right: number; top: number } | null
}

/** A cable on the stage. */
export interface CableLine {
  link: number
  /** The places of its ends in the chain. */
  from: number
  to: number
  points: readonly (readonly [number, number])[]
}

/** A cable of a switch that does not lie on the way between client and server: its beginning, beside the switch. */
export interface Stub {
  link: number
  /** The switch, and what is at the other end. */
  node: number
  other: Node
  x: number
  y: number
  /** The room to the next device. */
  room: number
}

/** Where on a device, for `Layout.place`. */
export type Entry = 'left' | 'top' | 'right'

/** The valley of one client and the server: columns, cables and the path through all of them. */
export interface Layout {
  /** From the client (left) to the server (right). */
  columns: readonly Column[]
  cables: readonly CableLine[]
  readonly stubs: readonly Stub[]
  /** How many more cables a switch has than are drawn, by switch. */
  readonly unseen: ReadonlyMap<number, number>
  /** The whole path's length. */
  length: number
  /** A node's place in the chain, or -1. */
  indexOf(node: number): number
  /** How far along the path (from the client's top) a layer of a column is. */
  place(index: number, layer: Layer, entry?: Entry): number
  /** The middle of a cable. */
  middle(cable: number): number
  /** The part of the path that a cable's flow is drawn on: from the top of the device at its one end to that at the other. */
  section(cable: number): readonly [number, number]
  /** The point at a distance along the path. */
  point(s: number): readonly [number, number]
  /** The angle of the path there, degrees. */
  angle(s: number): number
  /** The path between two distances, as SVG. */
  path(from: number, to: number): string
}

const HOST_LAYERS: readonly Layer[] = [7, 6, 5, 4, 3, 2, 1]

/** The chain of nodes from `client` to `server` over the fewest links. */
export function chain(topology: Topology, client: number, server: number): number[] {
  const before = new Map<number, number>([[client, client]])
  const queue = [client]
  for (let node = queue.shift(); node !== undefined && node !== server; node = queue.shift()) {
    for (const link of topology.links) {
      const next = link.a === node ? link.b : link.b === node ? link.a : undefined
      if (next === undefined || before.has(next)) continue
      before.set(next, node)
      queue.push(next)
    }
  }
  if (!before.has(server)) return []
  const out = [server]
  while (out[0] !== client) out.unshift(before.get(out[0] ?? client) ?? client)
  return out
}

/** Lays the valley out between a client and the server, or the host that stands for a real one (`peer`); `null` while there is no client or no way. */
export function layout(topology: Topology, client: number | null, peer: number | null = null): Layout | null {
  const server = topology.nodes.find((n) => (peer === null ? n.kind === 'server' : n.id === peer))
  if (client === null || !server) return null
  const ids = chain(topology, client, server.id)
  const nodes = ids.flatMap((id) => topology.nodes.find((n) => n.id === id) ?? [])
  if (nodes.length < 2) return null
  const columns = place(nodes)
  const cables = cable(topology, columns)
  return new Valley(columns, cables, topology)
}

/** So many of a switch's other cables are drawn; how many more there are is said. */
export const STUBS = 3
const STUB_STEP = 26

/** The other cables of the switches. */
function stubsOf(topology: Topology, columns: readonly Column[], cables: readonly CableLine[]): { stubs: Stub[]; unseen: Map<number, number> } {
  const stubs: Stub[] = []
  const unseen = new Map<number, number>()
  columns.forEach((column, i) => {
    if (column.node.kind !== 'switch') return
    const { id } = column.node
    const others = topology.links.flatMap((link) => {
      if ((link.a !== id && link.b !== id) || cables.some((cable) => cable.link === link.id)) return []
      return topology.nodes.filter((node) => node.id === (link.a === id ? link.b : link.a)).map((other) => ({ link: link.id, other }))
    })
    const x = column.x + column.width
    const next = columns[i + 1]
    const room = next ? next.x - x : 0
    others.slice(0, STUBS).forEach((one, n) => stubs.push({ ...one, node: id, x, y: row(1).y + 18 - n * STUB_STEP, room }))
    if (others.length > STUBS) unseen.set(id, others.length - STUBS)
  })
  return { stubs, unseen }
}

function place(nodes: readonly Node[]): Column[] {
  const middle = nodes.slice(1, -1)
  const width = (n: Node): number => (n.kind === 'switch' ? SWITCH_WIDTH : ROUTER_WIDTH)
  const total = middle.reduce((sum, n) => sum + width(n), 0)
  const span = WALL.right - WALL.left
  const inner = middle.length > 1 ? (span - 2 * SHORE - total) / (middle.length - 1) : 0
  const columns: Column[] = []
  let x = middle.length > 1 ? WALL.left + SHORE : WALL.left + (span - total) / 2
  nodes.forEach((node, i) => {
    if (i === 0) columns.push({ node, side: 'left', x: HOST.left, width: HOST.width, layers: HOST_LAYERS, risers: null })
    else if (i === nodes.length - 1) columns.push({ node, side: 'right', x: HOST.right, width: HOST.width, layers: HOST_LAYERS, risers: null })
    else {
      const layers: readonly Layer[] = node.kind === 'switch' ? [2, 1] : [3, 2, 1]
      const w = width(node)
      const risers = { left: x + 44, right: x + w - 14, top: rowMiddle(layers[0] ?? 2) }
      columns.push({ node, side: 'middle', x, width: w, layers, risers })
      x += w + inner
    }
  })
  return columns
}

const leftOf = (c: Column): number => (c.side === 'right' ? WALL.right : (c.risers?.left ?? WALL.left))
const rightOf = (c: Column): number => (c.side === 'left' ? WALL.left : (c.risers?.right ?? WALL.right))

/** The VLANs that pass a device's port: `null` where there are none. */
function vlans(node: Node, link: number): readonly number[] | null {
  const vlan = node.interfaces.find((one) => one.link === link)?.vlan ?? null
  return vlan === null ? null : vlan.kind === 'access' ? [vlan.id] : vlan.ids
}

function cable(topology: Topology, columns: readonly Column[]): CableLine[] {
  /** The VLAN that the frames are in, as the last access port has said. */
  let inside: number | null = null
  return columns.slice(1).map((right, i) => {
    const left = columns[i] as Column
    const between = topology.links.filter((l) =>
      (l.a === left.node.id && l.b === right.node.id) || (l.b === left.node.id && l.a === right.node.id))
    // Of several cables between the two it is the one that leads into the frames' VLAN.
    const ports = (l: number): (readonly number[])[] => [left, right].map(({ node }) => vlans(node, l) ?? []).filter((ids) => ids.length > 0)
    const link = between.find((l) => inside !== null && ports(l.id).some((ids) => ids.includes(inside as number))) ?? between[0]
    const access = link && ports(link.id).find((ids) => ids.length === 1)
    inside = access?.[0] ?? (left.node.kind === 'router' ? null : inside)
    const [a, b] = [rightOf(left), leftOf(right)]
    return { link: link?.id ?? -1, from: i, to: i + 1, points: [[a, BOTTOM], [a, CABLE_Y], [b, CABLE_Y], [b, BOTTOM]] }
  })
}

class Valley implements Layout {
  readonly columns: readonly Column[]
  readonly cables: readonly CableLine[]
  readonly stubs: readonly Stub[]
  readonly unseen: ReadonlyMap<number, number>
  readonly length: number
  #points: [number, number][] = []
  /** The distance at which each corner lies. */
  #at: number[] = []

  constructor(columns: readonly Column[], cables: readonly CableLine[], topology: Topology) {
    this.columns = columns
    this.cables = cables
    ;({ stubs: this.stubs, unseen: this.unseen } = stubsOf(topology, columns, cables))
    const points: [number, number][] = [[WALL.left, TOP_Y], [WALL.left, CABLE_Y]]
    for (const { risers } of columns) {
      if (!risers) continue
      points.push([risers.left, CABLE_Y], [risers.left, risers.top], [risers.right, risers.top], [risers.right, CABLE_Y])
    }
    points.push([WALL.right, CABLE_Y], [WALL.right, TOP_Y])
    this.#points = points
    let s = 0
    points.forEach(([x, y], i) => {
      const before = points[i - 1]
      if (before) s += Math.abs(x - before[0]) + Math.abs(y - before[1])
      this.#at.push(s)
    })
    this.length = s
  }

  indexOf(node: number): number {
    return this.columns.findIndex((c) => c.node.id === node)
  }

  place(index: number, layer: Layer, entry: Entry = 'top'): number {
    const column = this.columns[index]
    if (!column) return 0
    const y = layer === 7 ? TOP_Y : rowMiddle(layer)
    if (column.side === 'left') return y - TOP_Y
    if (column.side === 'right') return this.length - (y - TOP_Y)
    // Corner 2 + 4 (n - 1) is where the path comes up to the n-th device between.
    const first = 2 + 4 * (index - 1)
    const [up, over, right] = [this.#at[first + 1] ?? 0, this.#at[first + 2] ?? 0, this.#at[first + 3] ?? 0]
    const top = column.risers?.top ?? y
    if (entry === 'top' && Math.abs(y - top) < 1) return (up + over) / 2
    const height = CABLE_Y - Math.max(y, top)
    return entry === 'right' ? right - height : (this.#at[first] ?? 0) + height
  }

  middle(cable: number): number {
    // The cable's level part lies between the corners 1 + 4 cable and 2 + 4 cable.
    const first = 1 + 4 * cable
    return ((this.#at[first] ?? 0) + (this.#at[first + 1] ?? 0)) / 2
  }

  section(cable: number): readonly [number, number] {
    const top = (index: number): number => {
      const column = this.columns[index]
      if (!column || column.side === 'left') return 0
      return column.side === 'right' ? this.length : this.place(index, column.layers[0] ?? 2)
    }
    const line = this.cables[cable]
    return line ? [top(line.from), top(line.to)] : [0, 0]
  }

  #segment(s: number): number {
    let i = 1
    while (i < this.#at.length - 1 && s > (this.#at[i] ?? 0)) i += 1
    return i
  }

  point(s: number): readonly [number, number] {
    const t = Math.max(0, Math.min(this.length, s))
    const i = this.#segment(t)
    const [a, b] = [this.#points[i - 1], this.#points[i]]
    if (!a || !b) return [0, 0]
    const before = this.#at[i - 1] ?? 0
    const part = (t - before) / Math.max(1e-9, (this.#at[i] ?? 0) - before)
    return [a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part]
  }

  angle(s: number): number {
    const i = this.#segment(Math.max(0, Math.min(this.length, s)))
    const [a, b] = [this.#points[i - 1], this.#points[i]]
    return a && b ? (Math.atan2(b[1] - a[1], b[0] - a[0]) * 180) / Math.PI : 0
  }

  path(from: number, to: number): string {
    const [low, high] = from < to ? [from, to] : [to, from]
    if (high - low < 0.5) return ''
    const corners = this.#points.filter((_, i) => {
      const at = this.#at[i] ?? 0
      return at > low + 0.01 && at < high - 0.01
    })
    const all = [this.point(low), ...corners, this.point(high)]
    const [x0, y0] = all[0] ?? [0, 0]
    let d = `M${n(x0)},${n(y0)}`
    for (let i = 1; i < all.length - 1; i += 1) {
      const [before, here, after] = [all[i - 1], all[i], all[i + 1]]
      if (!before || !here || !after) continue
      const [ax, ay] = toward(here, before)
      const [bx, by] = toward(here, after)
      d += ` L${n(ax)},${n(ay)} Q${n(here[0])},${n(here[1])} ${n(bx)},${n(by)}`
    }
    const [x1, y1] = all[all.length - 1] ?? [0, 0]
    return `${d} L${n(x1)},${n(y1)}`
  }
}

const n = (value: number): string => String(Math.round(value * 10) / 10)

/** The point at most `RADIUS` from `here` on the way to `there`. */
function toward(here: readonly [number, number], there: readonly [number, number]): [number, number] {
  const length = Math.hypot(there[0] - here[0], there[1] - here[1])
  const part = length === 0 ? 0 : Math.min(RADIUS, length / 2) / length
  return [here[0] + (there[0] - here[0]) * part, here[1] + (there[1] - here[1]) * part]
}
