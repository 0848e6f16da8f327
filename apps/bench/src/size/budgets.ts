/** Bytes of a training program, compressed with gzip. */
export interface Budget {
  /** The program in `programs`. */
  readonly program: string
  /** What it loads later, by the path of the module. */
  readonly loads?: RegExp
  /** What it should not exceed. */
  readonly goal: number
  /** What it does not exceed: a test fails beyond. It only ever goes down, towards the goal. */
  readonly most: number
}

/** The one table of sizes, by the name of the contestant. */
export const budgets = {
  'sconce cpu': { program: 'sconce-cpu', goal: 60_000, most: 185_000 },
  'sconce wasm': { program: 'sconce-wasm', loads: /backend-wasm/, goal: 110_000, most: 295_000 },
  'sconce webgl': { program: 'sconce-webgl', loads: /backend-webgl/, goal: 110_000, most: 225_000 },
} as const satisfies Readonly<Record<string, Budget>>
