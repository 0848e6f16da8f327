import { convert } from '../evaluate/expressions.ts'
import { getAttribute } from '../runtime/attributes.ts'
import { toIndex } from '../runtime/convert.ts'
import { getItem } from '../runtime/items.ts'
import { values } from '../runtime/iterate.ts'
import { format } from '../runtime/repr.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { sliceRange } from '../runtime/slices.ts'
import { typeName } from '../runtime/types.ts'
import { Dict } from '../values/dict.ts'
import { raise } from '../values/errors.ts'
import { type Kwargs, Slice, Tuple, type Value } from '../values/value.ts'
import type { MethodTable } from './methods.ts'
import { defineMethods } from './methods.ts'

const isString = (value: Value): value is string => typeof value === 'string'

function text(rt: Runtime, value: Value): string {
  if (typeof value === 'string') return value
  throw raise('TypeError', `must be str, not ${typeName(rt, value)}`)
}

/** Characters to strip: white space if none are given. */
const stripper = (rt: Runtime, characters: Value): ((c: string) => boolean) => {
  if (characters === null) return (c) => /\s/.test(c)
  const set = new Set(text(rt, characters))
  return (c) => set.has(c)
}

function strip(
  rt: Runtime,
  self: string,
  characters: Value,
  left: boolean,
  right: boolean,
): string {
  const strips = stripper(rt, characters)
  const all = [...self]
  let start = 0
  let end = all.length
  while (left && start < end && strips(all[start])) start++
  while (right && end > start && strips(all[end - 1])) end--
  return all.slice(start, end).join('')
}

function splitOn(self: string, separator: string, limit: number): string[] {
  if (separator === '') throw raise('ValueError', 'empty separator')
  const parts = self.split(separator)
  if (limit < 0 || parts.length <= limit + 1) return parts
  return [...parts.slice(0, limit), parts.slice(limit).join(separator)]
}

function splitSpace(self: string, limit: number): string[] {
  const parts: string[] = []
  let rest = limit < 0 ? self.trim() : self.trimStart()
  while (rest) {
    const gap = limit >= 0 && parts.length >= limit ? null : /\s+/.exec(rest)
    if (!gap) return [...parts, rest]
    parts.push(rest.slice(0, gap.index))
    rest = rest.slice(gap.index + gap[0].length)
  }
  return parts
}

const reversed = (value: string): string => [...value].reverse().join('')

/** The part of a string that optional start and end leave, and where it begins. */
function part(
  rt: Runtime,
  self: string,
  start: Value,
  end: Value,
): { body: string; offset: number } {
  if (start === null && end === null) return { body: self, offset: 0 }
  const range = sliceRange(rt, new Slice(start, end, null), self.length)
  return { body: self.slice(range.start, Math.max(range.stop, range.start)), offset: range.start }
}

function find(
  rt: Runtime,
  self: string,
  [sub, start = null, end = null]: Value[],
  last: boolean,
): bigint {
  const { body, offset } = part(rt, self, start, end)
  const index = last ? body.lastIndexOf(text(rt, sub)) : body.indexOf(text(rt, sub))
  return BigInt(index < 0 ? -1 : index + offset)
}

function present(index: bigint): bigint {
  if (index < 0n) throw raise('ValueError', 'substring not found')
  return index
}

/** Does `test` hold for one of the affixes: a string or a tuple of them? */
const anyAffix = (rt: Runtime, given: Value, test: (affix: string) => boolean): boolean =>
  (given instanceof Tuple ? given.items : [given]).some((affix) => test(text(rt, affix)))

function pad(rt: Runtime, self: string, [width, fill = ' ']: Value[], where: string): string {
  const missing = Math.max(Number(toIndex(rt, width)) - [...self].length, 0)
  // Of an odd number, `center` puts the one more on the left where the width is odd too.
  const half = Math.floor(missing / 2) + ((missing % 2) & (Number(toIndex(rt, width)) % 2))
  const left = where === 'right' ? missing : where === 'center' ? half : 0
  return text(rt, fill).repeat(left) + self + text(rt, fill).repeat(missing - left)
}

const all = (self: string, pattern: RegExp): boolean => self !== '' && pattern.test(self)

const titled = (self: string): string =>
  self.replace(/\p{L}+/gu, (word) => word[0].toUpperCase() + word.slice(1).toLowerCase())

const PREDICATES: { [name: string]: (self: string) => boolean } = {
  isdigit: (self) => all(self, /^\p{Nd}+$/u),
  isdecimal: (self) => all(self, /^\p{Nd}+$/u),
  isnumeric: (self) => all(self, /^\p{N}+$/u),
  isalpha: (self) => all(self, /^\p{L}+$/u),
  isalnum: (self) => all(self, /^[\p{L}\p{N}]+$/u),
  isspace: (self) => all(self, /^\s+$/u),
  isidentifier: (self) => all(self, /^[\p{L}_][\p{L}\p{Nd}_]*$/u),
  isupper: (self) => self !== self.toLowerCase() && self === self.toUpperCase(),
  islower: (self) => self !== self.toUpperCase() && self === self.toLowerCase(),
}

const CHANGES: { [name: string]: (self: string) => string } = {
  upper: (self) => self.toUpperCase(),
  lower: (self) => self.toLowerCase(),
  casefold: (self) => self.toLowerCase(),
  title: titled,
  capitalize: (self) => self.slice(0, 1).toUpperCase() + self.slice(1).toLowerCase(),
  swapcase: (self) =>
    [...self].map((c) => (c === c.toUpperCase() ? c.toLowerCase() : c.toUpperCase())).join(''),
}

export function defineStringMethods(rt: Runtime): void {
  const limit = (value: Value): number => Number(toIndex(rt, value))
  const table: MethodTable<string> = {
    'strip chars=': (self, [chars = null]) => strip(rt, self, chars, true, true),
    'lstrip chars=': (self, [chars = null]) => strip(rt, self, chars, true, false),
    'rstrip chars=': (self, [chars = null]) => strip(rt, self, chars, false, true),
    'split sep= maxsplit=': (self, [sep = null, most = -1n]) =>
      sep === null ? splitSpace(self, limit(most)) : splitOn(self, text(rt, sep), limit(most)),
    'rsplit sep= maxsplit=': (self, [sep = null, most = -1n]) => {
      const back = reversed(self)
      const parts =
        sep === null
          ? splitSpace(back, limit(most))
          : splitOn(back, reversed(text(rt, sep)), limit(most))
      return parts.map(reversed).reverse()
    },
    'splitlines keepends=': (self) => {
      const lines = self.split(/\r\n|[\n\r\v\f]/)
      return lines.at(-1) === '' ? lines.slice(0, -1) : lines
    },
    'join iterable': (self, [iterable]) =>
      [...values(rt, iterable)]
        .map((item, i) => {
          if (typeof item === 'string') return item
          throw raise(
            'TypeError',
            `sequence item ${i}: expected str instance, ${typeName(rt, item)} found`,
          )
        })
        .join(self),
    'replace old new count=': (self, [old, fresh, count = -1n]) => {
      const [from, to, most] = [text(rt, old), text(rt, fresh), limit(count)]
      if (most < 0) return self.replaceAll(from, () => to)
      return from === '' ? self : splitOn(self, from, most).join(to)
    },
    'startswith prefix start= end=': (self, [prefix, start = null, end = null]) => {
      const { body } = part(rt, self, start, end)
      return anyAffix(rt, prefix, (affix) => body.startsWith(affix))
    },
    'endswith suffix start= end=': (self, [suffix, start = null, end = null]) => {
      const { body } = part(rt, self, start, end)
      return anyAffix(rt, suffix, (affix) => body.endsWith(affix))
    },
    'removeprefix prefix': (self, [prefix]) =>
      self.startsWith(text(rt, prefix)) ? self.slice(text(rt, prefix).length) : self,
    'removesuffix suffix': (self, [suffix]) =>
      suffix !== '' && self.endsWith(text(rt, suffix))
        ? self.slice(0, -text(rt, suffix).length)
        : self,
    'find sub start= end=': (self, args) => find(rt, self, args, false),
    'rfind sub start= end=': (self, args) => find(rt, self, args, true),
    'index sub start= end=': (self, args) => present(find(rt, self, args, false)),
    'rindex sub start= end=': (self, args) => present(find(rt, self, args, true)),
    'count sub start= end=': (self, [sub, start = null, end = null]) => {
      const { body } = part(rt, self, start, end)
      const parts = body.split(text(rt, sub)).length
      return BigInt(sub === '' ? body.length + 1 : parts - 1)
    },
    'partition sep': (self, [sep]) => {
      const at = self.indexOf(text(rt, sep))
      const end = at + text(rt, sep).length
      return new Tuple(at < 0 ? [self, '', ''] : [self.slice(0, at), sep, self.slice(end)])
    },
    'rpartition sep': (self, [sep]) => {
      const at = self.lastIndexOf(text(rt, sep))
      const end = at + text(rt, sep).length
      return new Tuple(at < 0 ? ['', '', self] : [self.slice(0, at), sep, self.slice(end)])
    },
    'ljust width fill=': (self, args) => pad(rt, self, args, 'left'),
    'rjust width fill=': (self, args) => pad(rt, self, args, 'right'),
    'center width fill=': (self, args) => pad(rt, self, args, 'center'),
    'zfill width': (self, [width]) => {
      const sign = /^[-+]/.test(self) ? self[0] : ''
      return sign + self.slice(sign.length).padStart(limit(width) - sign.length, '0')
    },
    'format *args **': (self, args, kwargs) => formatText(rt, self, args, kwargs),
    'format_map mapping': (self, [mapping]) => {
      const entries = mapping instanceof Dict ? [...mapping.entries()] : []
      return formatText(rt, self, [], new Map(entries.map(([k, v]) => [String(k), v])))
    },
  }
  for (const [name, holds] of Object.entries(PREDICATES)) table[name] = (self) => holds(self)
  for (const [name, change] of Object.entries(CHANGES)) table[name] = (self) => change(self)
  defineMethods(rt, rt.type('str'), isString, table)
}

// A field: what it names, a conversion, and a spec that may hold fields itself.
const FIELD = /\{\{|\}\}|\{([^{}!:]*)(?:!([rsa]))?(?::((?:[^{}]|\{[^{}]*\})*))?\}/g

/** `str.format`. */
function formatText(rt: Runtime, source: string, args: readonly Value[], kwargs: Kwargs): string {
  let automatic = 0
  const replace = (template: string): string =>
    template.replace(FIELD, (match: string, path = '', conversion?: string, spec = '') => {
      if (match === '{{' || match === '}}') return match[0]
      const value = lookUp(path)
      return format(rt, convert({ rt }, value, conversion), replace(spec))
    })
  const lookUp = (path: string): Value => {
    const [root, ...steps] = path.split(/(?=[.[])/)
    let value = argument(root === '' ? String(automatic++) : root)
    for (const step of steps) {
      if (step.startsWith('.')) value = getAttribute(rt, value, step.slice(1))
      else {
        const key = step.slice(1, -1)
        value = getItem(rt, value, /^\d+$/.test(key) ? BigInt(key) : key)
      }
    }
    return value
  }
  const argument = (root: string): Value => {
    if (!/^\d+$/.test(root)) {
      const named = kwargs.get(root)
      if (named === undefined) throw raise('KeyError', root)
      return named
    }
    if (Number(root) >= args.length)
      throw raise('IndexError', `Replacement index ${root} out of range for positional args tuple`)
    return args[Number(root)]
  }
  return replace(source)
}
