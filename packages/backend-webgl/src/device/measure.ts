import type { Device } from './device.ts'
import type { Build } from './programs.ts'
import { ProgramCache } from './programs.ts'
import { cover } from './region.ts'
import type { Renderer } from './renderer.ts'
import type { Texture, TexturePool } from './textures.ts'
import { ideal, type Traits } from './traits.ts'
import { download } from './transfer.ts'

/** Numbers that compilers must not see, or they would work with them themselves. */
const arguments_ = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  zero: 0,
  minusZero: -0,
  one: 1,
  part: 0.5,
  least: 2 ** -126,
  near: 1 + 2 ** -12,
  square: -(1 + 2 ** -11),
}

/** What is to hold of the arguments: one bit each. */
const checks: Readonly<Record<string, string>> = {
  nanComparisons:
    '!(nan < one) && !(nan > one) && !(one < nan) && !(nan <= nan) && !(nan >= one) && !(nan == nan) && nan != nan && !any(equal(vec4(nan), vec4(nan))) && all(notEqual(vec4(nan), vec4(one)))',
  specials:
    'isNan(nan + one) && isNan(nan * zero) && isNan(inf - inf) && isNan(zero * inf) && isNan(zero / zero) && isNan(sqrt(-one)) && is(one / zero, 0x7f800000u) && is(one / minusZero, 0xff800000u) && is(inf + one, 0x7f800000u) && is(minusZero * one, 0x80000000u) && is(minusZero + minusZero, 0x80000000u) && is(-zero, 0x80000000u) && is(one / -inf, 0x80000000u)',
  signedZeros:
    'is(floor(minusZero), 0x80000000u) && is(ceil(-part), 0x80000000u) && is(trunc(-part), 0x80000000u) && is(roundEven(-part * part), 0x80000000u)',
  subnormals: 'is(least * part, 0x400000u) && is(least * part + zero, 0x400000u)',
  unfused: 'near * near + square == zero',
}

const buildChecks: Build = (source) => {
  Object.keys(arguments_).forEach((name, i) => {
    source.line(`float ${name} = ${source.float(name, (c) => c.extra[i])};`)
  })
  source.line('#define is(x, b) (floatBitsToUint(x) == b)')
  source.line('#define isNan(x) ((floatBitsToUint(x) & 0x7fffffffu) > 0x7f800000u)')
  const bits = Object.values(checks).map((check, i) => `((${check}) ? ${1 << i} : 0)`)
  source.line(`${source.output('int')} = ivec4(${bits.join(' + ')});`)
}

const sampleTexels = 4096

/** Pairs of numbers, the same here and in `samples`. */
const buildSamples: Build = (source) => {
  source.use('constants')
  source.line(`ivec4 n = 4 * ${source.call('texel')} + LANES;`)
  source.line(`ivec4 i = n * 1664525 + ${source.extra(0)};`)
  source.line('ivec4 j = i * 22695477 + 1;')
  source.line('vec4 x = intBitsToFloat((i & 0x3ffffff) + 0x3f800000);')
  source.line('vec4 y = intBitsToFloat((j & 0x3ffffff) + 0x3f800000);')
  for (const value of ['x / y', 'sqrt(x)', 'vec4(i)', 'x']) {
    source.line(`${source.output('float')} = ${value};`)
  }
}

const bits = new Int32Array(1)
const asFloat = new Float32Array(bits.buffer)
const float = (b: number): number => {
  bits[0] = b
  return asFloat[0]
}

function* samples(seed: number): Generator<{ i: number; x: number; y: number }> {
  for (let n = 0; n < sampleTexels * 4; n++) {
    const i = (Math.imul(n, 1664525) + seed) | 0
    const j = (Math.imul(i, 22695477) + 1) | 0
    const x = float((i & 0x3ffffff) + 0x3f800000)
    yield { i, x, y: float((j & 0x3ffffff) + 0x3f800000) }
  }
}

/** Finds out what the device's arithmetic is like, by doing some. */
export function measure(device: Device, renderer: Renderer, pool: TexturePool): Traits {
  const programs = new ProgramCache(device, ideal, 2)
  const held: Texture[] = []
  const acquire = (...args: Parameters<TexturePool['acquire']>) => {
    const texture = pool.acquire(...args)
    held.push(texture)
    return texture
  }
  const call = (extra: readonly number[]) => ({ shape: [], operands: [], scalars: [], extra })
  const read = (texture: Texture, length: number) => download(device, renderer, texture, 0, length)

  const flags = acquire('int', 1)
  const values = Object.values(arguments_)
  renderer.draw(programs.get('checks', buildChecks), call(values), [], [flags], cover(1))
  const passed = read(flags, 1)[0]
  const holds = (name: string) => (passed & (1 << Object.keys(checks).indexOf(name))) !== 0

  const targets = Array.from({ length: 4 }, () => acquire('float', sampleTexels))
  const program = programs.get('samples', buildSamples)
  const draw = (seed: number, adding = false) =>
    renderer.draw(program, call([seed]), [], targets, cover(sampleTexels), adding)
  const length = sampleTexels * 4
  draw(1)
  const [ratios, roots, converted] = targets.map((t) => read(t, length))
  const first = [...samples(1)]
  const all = (test: (sample: { i: number; x: number; y: number }, n: number) => boolean) =>
    first.every(test)
  let exactBlending = device.blending
  if (exactBlending) {
    draw(2, true)
    const sums = read(targets[3], length)
    const second = [...samples(2)]
    exactBlending = all(({ x }, n) => sums[n] === Math.fround(x + second[n].x))
  }
  for (const texture of held) pool.release(texture)
  return {
    nanComparisons: holds('nanComparisons'),
    specials: holds('specials'),
    signedZeros: holds('signedZeros'),
    subnormals: holds('subnormals'),
    unfused: holds('unfused'),
    exactDivision: all(({ x, y }, n) => ratios[n] === Math.fround(x / y)),
    exactSqrt: all(({ x }, n) => roots[n] === Math.fround(Math.sqrt(x))),
    exactFromInt: all(({ i }, n) => converted[n] === Math.fround(i)),
    exactBlending,
  }
}
