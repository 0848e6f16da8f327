import { RuntimeError, TypeError_ } from '../errors.ts'
import { MT19937_STATE_SIZE, type Mt19937 } from './mt19937.ts'

/*
 * Byte offsets in the struct that torch.get_rng_state() returns on a 64-bit little-endian machine.
 * The words of the engine take 8 bytes each, for the sake of checkpoints older than mt19937_engine.
 */
const SEED = 0
const LEFT = 8
const SEEDED = 12
const NEXT = 16
const WORDS = 24
const NORMAL_X = WORDS + 8 * MT19937_STATE_SIZE
const NORMAL_Y = NORMAL_X + 8
const NORMAL_RHO = NORMAL_Y + 8
const NORMAL_VALID = NORMAL_RHO + 8
const LEGACY_SIZE = NORMAL_VALID + 8
const FLOAT_NORMAL = LEGACY_SIZE
const FLOAT_NORMAL_VALID = FLOAT_NORMAL + 4

/** Bytes in a state: 5056. */
export const GENERATOR_STATE_SIZE = FLOAT_NORMAL_VALID + 4

/** What a generator keeps besides the engine: second halves of Box-Muller pairs not yet handed out. */
export interface NormalCache {
  nextFloatNormalSample: number | undefined
  nextDoubleNormalSample: number | undefined
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** The state as the bytes of `torch.get_rng_state()`. */
export function encodeState(engine: Mt19937, cache: NormalCache): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(GENERATOR_STATE_SIZE)
  const view = viewOf(bytes)
  view.setBigUint64(SEED, engine.seed, true)
  view.setInt32(LEFT, engine.left, true)
  view.setInt32(SEEDED, 1, true)
  view.setUint32(NEXT, engine.next, true)
  for (let i = 0; i < MT19937_STATE_SIZE; i++) {
    view.setInt32(WORDS + 8 * i, engine.state[i], true)
  }
  if (cache.nextDoubleNormalSample !== undefined) {
    view.setFloat64(NORMAL_Y, cache.nextDoubleNormalSample, true)
    view.setInt32(NORMAL_VALID, 1, true)
  }
  if (cache.nextFloatNormalSample !== undefined) {
    view.setFloat32(FLOAT_NORMAL, cache.nextFloatNormalSample, true)
    view.setUint8(FLOAT_NORMAL_VALID, 1)
  }
  return bytes
}

/**
 * Puts the bytes of a state into `engine` and `cache`; nothing changes if the bytes are no state.
 * Also takes the 5048 bytes that PyTorch wrote before 1.3, which cache a uniform pair.
 * @throws RuntimeError or TypeError in the words of `torch.set_rng_state`.
 */
export function decodeState(bytes: Uint8Array, engine: Mt19937, cache: NormalCache): void {
  if (!(bytes instanceof Uint8Array)) throw new TypeError_('RNG state must be a torch.ByteTensor')
  if (bytes.length !== GENERATOR_STATE_SIZE && bytes.length !== LEGACY_SIZE) {
    throw new RuntimeError(
      `Expected either a CPUGeneratorImplStateLegacy of size ${LEGACY_SIZE} or a CPUGeneratorImplState of size ${GENERATOR_STATE_SIZE} but found the input RNG state size to be ${bytes.length}`,
    )
  }
  const view = viewOf(bytes)
  const left = view.getInt32(LEFT, true)
  const next = view.getUint32(NEXT, true)
  const seeded = view.getInt32(SEEDED, true) !== 0
  if (!seeded || left <= 0 || left > MT19937_STATE_SIZE || next > MT19937_STATE_SIZE) {
    throw new RuntimeError('Invalid mt19937 state')
  }
  engine.seed = view.getBigUint64(SEED, true)
  engine.left = left
  engine.next = next
  for (let i = 0; i < MT19937_STATE_SIZE; i++) {
    engine.state[i] = view.getInt32(WORDS + 8 * i, true)
  }
  cache.nextFloatNormalSample = undefined
  cache.nextDoubleNormalSample = undefined
  const cached = view.getInt32(NORMAL_VALID, true) !== 0
  if (bytes.length === LEGACY_SIZE) {
    if (!cached) return
    const theta = 2 * Math.PI * view.getFloat64(NORMAL_X, true)
    cache.nextDoubleNormalSample = view.getFloat64(NORMAL_RHO, true) * Math.sin(theta)
    return
  }
  if (cached) cache.nextDoubleNormalSample = view.getFloat64(NORMAL_Y, true)
  if (view.getUint8(FLOAT_NORMAL_VALID) !== 0) {
    cache.nextFloatNormalSample = view.getFloat32(FLOAT_NORMAL, true)
  }
}
