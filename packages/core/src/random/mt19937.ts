/**
 * The Mersenne Twister mt19937, seeded and stepped as PyTorch's CPU generator does.
 * Source: M. Matsumoto, T. Nishimura, "Mersenne Twister" (1998), with the 2002 initialisation.
 */
const N = 624
const M = 397

/** Words in the state of the engine. */
export const MT19937_STATE_SIZE = N

const twist = (u: number, v: number): number =>
  (((u & 0x80000000) | (v & 0x7fffffff)) >>> 1) ^ (-(v & 1) & 0x9908b0df)

export class Mt19937 {
  /** The seed as it was given; only its low 32 bits enter the state. */
  seed = 0n
  /** Draws until the state is renewed, plus one. */
  left = 1
  /** Index of the next word to draw. */
  next = 0
  /** Signed words: V8 keeps them unboxed where the upper half of uint32 would become doubles. */
  readonly state = new Int32Array(N)

  constructor(seed: bigint) {
    this.init(seed)
  }

  /** Seeds the engine anew; `seed` is an unsigned 64-bit integer. */
  init(seed: bigint): void {
    const { state } = this
    this.seed = seed
    this.left = 1
    this.next = 0
    state[0] = Number(seed & 0xffffffffn)
    for (let j = 1; j < N; j++) {
      const previous = state[j - 1]
      state[j] = Math.imul(1812433253, previous ^ (previous >>> 30)) + j
    }
  }

  /** The next 32 bits, as an unsigned number. */
  draw(): number {
    if (--this.left === 0) this.renew()
    let y = this.state[this.next++]
    y ^= y >>> 11
    y ^= (y << 7) & 0x9d2c5680
    y ^= (y << 15) & 0xefc60000
    return (y ^ (y >>> 18)) >>> 0
  }

  private renew(): void {
    const { state } = this
    this.left = N
    this.next = 0
    for (let j = 0; j < N - M; j++) state[j] = state[j + M] ^ twist(state[j], state[j + 1])
    for (let j = N - M; j < N - 1; j++) state[j] = state[j + M - N] ^ twist(state[j], state[j + 1])
    state[N - 1] = state[M - 1] ^ twist(state[N - 1], state[0])
  }
}
