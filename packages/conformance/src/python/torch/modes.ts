/** `torch.no_grad()` and the like: context managers that are decorators too. */
import * as autograd from '@sconce/autograd'
import { raise } from '../values/errors.ts'
import { NativeFunction, native, wrapFunction } from '../values/functions.ts'
import { Callable, type Value } from '../values/value.ts'
import type { Adapter, Binding } from './binding.ts'
import { PLAIN, toFunction } from './convert.ts'

interface Switched {
  [Symbol.dispose](): void
}

/** A mode that a program can enter and leave. */
class Mode {
  private readonly entered: Switched[] = []
  constructor(
    readonly name: string,
    private readonly start: () => Switched,
  ) {}
  enter(): void {
    this.entered.push(this.start())
  }
  exit(): void {
    this.entered.pop()?.[Symbol.dispose]()
  }
  run(body: () => Value): Value {
    this.enter()
    try {
      return body()
    } finally {
      this.exit()
    }
  }
}

const flag = (value: Value | undefined, fallback = true): boolean =>
  value === undefined ? fallback : value === true

/** What does nothing. */
const idle: Switched = { [Symbol.dispose]: () => undefined }

/** Switches at once, as `torch.set_grad_enabled(False)` by itself does; `with` switches back. */
function atOnce(name: string, start: () => Switched): Mode {
  const switched = start()
  return new Mode(name, () => switched)
}

function anomaly(on: boolean): Switched {
  const before = autograd.isAnomalyEnabled()
  autograd.setDetectAnomaly(on)
  return { [Symbol.dispose]: () => autograd.setDetectAnomaly(before) }
}

const callable = (value: Value): Callable => {
  if (value instanceof Callable) return value
  throw raise('TypeError', 'expected a function')
}

/** `name signature` of each mode to what makes it. */
const MODES: { [nameAndSignature: string]: (binding: Binding, args: Value[]) => Value } = {
  no_grad: () => new Mode('no_grad', () => autograd.noGrad()),
  enable_grad: () => new Mode('enable_grad', () => autograd.enableGrad()),
  'inference_mode mode=': (_, [on]) =>
    new Mode('inference_mode', () => (flag(on) ? autograd.inferenceMode() : idle)),
  'set_grad_enabled mode': (_, [on]) =>
    atOnce('set_grad_enabled', () => autograd.setGradEnabled(flag(on))),
  'detect_anomaly check_nan=': () => new Mode('detect_anomaly', () => anomaly(true)),
  'set_detect_anomaly mode check_nan=': (_, [on]) =>
    atOnce('set_detect_anomaly', () => anomaly(flag(on))),
  'saved_tensors_hooks pack_hook unpack_hook': (binding, [pack, unpack]) =>
    new Mode('saved_tensors_hooks', () =>
      autograd.savedTensorsHooks(
        toFunction(binding, callable(pack)),
        toFunction(binding, callable(unpack), PLAIN) as Parameters<
          typeof autograd.savedTensorsHooks<unknown>
        >[1],
      ),
    ),
}

/** The function that makes a mode. Given a function instead of arguments it decorates it. */
export function findMode(binding: Binding, name: string): NativeFunction | undefined {
  const entry = Object.entries(MODES).find(([key]) => key.split(' ')[0] === name)
  if (!entry) return undefined
  const [key, make] = entry
  const maker = native(name, key.split(' ').slice(1).join(' '), (args) => make(binding, args))
  return new NativeFunction(name, (args, kwargs) =>
    args.length === 1 && args[0] instanceof Callable && !key.includes('hook')
      ? decorate(make(binding, []), args[0])
      : maker.call(args, kwargs),
  )
}

function decorate(mode: Value, fn: Callable): Value {
  if (!(mode instanceof Mode)) throw raise('TypeError', 'not a mode')
  return wrapFunction(fn, (body) => mode.run(body))
}

export const modeAdapter = ({ interpreter }: Binding): Adapter => ({
  owns: (object) => object instanceof Mode,
  typeOf: (object) => interpreter.foreignClass(Mode, object instanceof Mode ? object.name : 'mode'),
  getAttribute(object, name) {
    if (!(object instanceof Mode)) return undefined
    if (name === '__enter__')
      return new NativeFunction(name, () => {
        object.enter()
        return null
      })
    if (name !== '__exit__') return undefined
    return new NativeFunction(name, () => {
      object.exit()
      return false
    })
  },
  call: (object, [fn]) => decorate(object, callable(fn)),
})
