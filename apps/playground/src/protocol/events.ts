/** What a program tells while it runs: plain data, on its way from the worker to the page. */
export type RunEvent =
  | StartEvent
  | LogEvent
  | DroppedEvent
  | PointEvent
  | CurvesEvent
  | PictureEvent
  | GraphEvent
  | FailureEvent
  | EndEvent

export type LogLevel = 'log' | 'warn' | 'error'

/** The backend is ready and the program begins. */
export interface StartEvent {
  readonly kind: 'start'
  /** What the backend says of its device. */
  readonly device: string
}

export interface LogEvent {
  readonly kind: 'log'
  readonly level: LogLevel
  readonly text: string
}

/** Lines were printed faster than anybody could read, and are not told. */
export interface DroppedEvent {
  readonly kind: 'dropped'
  readonly lines: number
}

/** One more point of each of some lines of a chart. */
export interface PointEvent {
  readonly kind: 'point'
  readonly title: string
  readonly x: number
  readonly values: Readonly<Record<string, number>>
  readonly log: boolean
}

/** All lines of a chart, in place of those that were there. */
export interface CurvesEvent {
  readonly kind: 'curves'
  readonly title: string
  readonly x: readonly number[]
  readonly lines: Readonly<Record<string, readonly number[]>>
}

export type Colors = 'gray' | 'diverging' | 'viridis'

/** Tiles of numbers, drawn beside each other. */
export interface Picture {
  readonly width: number
  readonly height: number
  /** Tiles in a row. */
  readonly columns: number
  /** Tile by tile, row by row. */
  readonly values: Float32Array<ArrayBuffer>
  /** The numbers at the ends of the scale of colours. */
  readonly min: number
  readonly max: number
  readonly colors: Colors
  /** Shape and range, for people. */
  readonly caption: string
}

export interface PictureEvent {
  readonly kind: 'picture'
  readonly title: string
  readonly picture: Picture
}

export interface GraphNode {
  /** Name of the function: `MulBackward1`. */
  readonly name: string
  /** Beneath the name: a leaf's own name and shape. */
  readonly detail: string
  readonly leaf: boolean
}

/** The graph behind a tensor: its functions, and which hands its gradients to which. */
export interface Graph {
  /** The first is where backward begins. */
  readonly nodes: readonly GraphNode[]
  /** Pairs of positions in `nodes`. */
  readonly edges: readonly (readonly [from: number, to: number])[]
  /** Functions that were left out because there are too many. */
  readonly omitted: number
}

export interface GraphEvent {
  readonly kind: 'graph'
  readonly title: string
  readonly graph: Graph
}

/** The program ended with an error. Lines and columns count from 1. */
export interface FailureEvent {
  readonly kind: 'failure'
  readonly message: string
  readonly line?: number
  readonly column?: number
}

export interface EndEvent {
  readonly kind: 'end'
  readonly milliseconds: number
}

/** What the page asks of the worker, once: to run a program on a backend. */
export interface RunRequest {
  readonly source: string
  readonly backend: string
}
