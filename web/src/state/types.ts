import type { Detail, DetailField, DetailLayer, Id, Nanos, RequestMethod } from '../wire'

/** How far one step goes. */
/** `stop`: to the next stop of a lesson, while one is taught. */
export type StepSize = 'layer' | 'hop' | 'message' | 'picture' | 'stop'
export const STEP_SIZES: readonly StepSize[] = ['stop', 'layer', 'hop', 'message', 'picture']

/** How fast time runs: simulated seconds per second, or events one by one. */
export type Speed = 1 | 0.1 | 0.01 | 0.001 | 'beats'
export const SPEEDS: readonly Speed[] = [1, 0.1, 0.01, 0.001, 'beats']

/** What the middle of the page shows: the network, its messages as a sequence diagram, or its numbers over time. */
export type StageView = 'valley' | 'ladder' | 'charts'
export const STAGE_VIEWS: readonly StageView[] = ['valley', 'ladder', 'charts']

/** The tabs of the shelf; `none`: it rests. */
export type ShelfTab = 'remote' | 'receiver' | 'details' | 'packets' | 'opened' | 'none'

/** Which events steps leave out. */
export interface Filters {
  /** TCP segments that only acknowledge. */
  acks: boolean
  arp: boolean
  rtcp: boolean
}

/** A cable or a device whose panel is open. */
export type Opened = { kind: 'link'; id: number } | { kind: 'node'; id: number }

/** What is selected in a frame; a layer and a field only within the one before. */
export interface Selection {
  frame: Id
  /** The layer's place in `detail.layers`. */
  layer: number | null
  /** Places of field, child, grandchild, ... in `layer.fields`. */
  field: readonly number[] | null
}

/** What the pointer or the focus is on; linked views outline the same thing. */
export interface Hover {
  /** Bits of one source of the selected frame. */
  source: number
  start: number
  length: number
}

/** What is said beside the method of a request. */
export interface RequestWords {
  /** PLAY's beginning, seconds. */
  from?: number
  /** ANNOUNCE's name. */
  path?: string
  /** Lines of GET_PARAMETER and SET_PARAMETER. */
  parameters?: string
}

/** A request that was ordered: its method where it is sure, who sends it (`null`: the server), and after which moment. */
export interface Sent {
  method: string | null
  from: number | null
  at: Nanos
}

/** The detail of a frame, as far as it is here. */
export type DetailState =
  | { kind: 'none' }
  | { kind: 'waiting'; frame: Id }
  | { kind: 'here'; frame: Id; detail: Detail }
  | { kind: 'refused'; frame: Id; reason: string }

/** A problem that the page tells in words, with at most one way out. */
export interface Trouble {
  kind: 'connectionLost' | 'outdated' | 'historyLimit' | 'movedOn' | 'refused' | 'clientCame' | 'clientLeft' | 'otherRun' | 'startedAgain' | 'noFork' | 'noProblem'
  /** For `connectionLost`: when the next try comes (`Date.now`). */
  retryAt?: number
  /** For `refused`: the reason in words; `clientCame` and `clientLeft`: who; `otherRun`: the run of the link; `startedAgain`: the run that was here. */
  text?: string
  /** For `otherRun` and `startedAgain`: the run that plays here. */
  plays?: string
  /** For `historyLimit` and `movedOn`: the oldest moment kept; `clientLeft`: when. */
  at?: Nanos
  /** For `clientCame`: its host. */
  client?: number
  /** For `clientCame`: this page's time stands still, the network's does not. */
  stood?: boolean
}

export type { Detail, DetailField, DetailLayer, RequestMethod }
