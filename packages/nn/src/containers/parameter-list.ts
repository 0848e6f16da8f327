import { KeyError, type Tensor } from '@sconce/core'
import { Module } from '../module/module.ts'
import { isParameter, Parameter } from '../parameter.ts'
import { entries, wrapIndex } from './sequential.ts'

/** `Parameter containing: [torch.float32 of size 2x3]` */
const described = (t: Tensor): string =>
  `${isParameter(t) ? 'Parameter' : 'Tensor'} containing: [torch.${t.dtype} of size ${t.shape.join('x')}]`

/** Tensors that are no parameters become such. */
const asParameter = (t: Tensor): Parameter => (isParameter(t) ? t : new Parameter(t))

/** Parameters by name in the place of properties. */
abstract class ParameterContainer extends Module {
  readonly [entries] = new Map<string, Parameter>()

  protected override *members(): Generator<[name: string, value: unknown]> {
    yield* super.members()
    yield* this[entries]
  }

  protected override setMember(name: string, value: unknown): void {
    // Also a tensor that is no parameter, as long as the module is called with it.
    if (this[entries].has(name)) this[entries].set(name, value as Parameter)
    else super.setMember(name, value)
  }

  get length(): number {
    return this[entries].size
  }

  override extraRepr(): string {
    return Array.from(this[entries], ([name, p]) => `  (${name}): ${described(p)}`).join('\n')
  }
}

/** A list of parameters, which are registered; `torch.nn.ParameterList`. */
export class ParameterList extends ParameterContainer {
  constructor(parameters: Iterable<Tensor> = []) {
    super()
    this.extend(parameters)
  }

  [Symbol.iterator](): Iterator<Parameter> {
    return this[entries].values()
  }

  /** The parameter at a position, which may count from the end. @throws IndexError beyond the ends. */
  at(index: number): Parameter {
    return [...this[entries].values()][wrapIndex(index, this.length)]
  }

  /** Replaces the parameter at a position. @throws IndexError beyond the ends. */
  set(index: number, parameter: Tensor): void {
    this[entries].set(String(wrapIndex(index, this.length)), asParameter(parameter))
  }

  /** Adds a parameter at the end. */
  append(parameter: Tensor): this {
    this[entries].set(String(this.length), asParameter(parameter))
    return this
  }

  /** Adds parameters at the end. */
  extend(parameters: Iterable<Tensor>): this {
    for (const parameter of parameters) this.append(parameter)
    return this
  }

  /** The parameters from one position to before another. */
  slice(start?: number, stop?: number): ParameterList {
    return new ParameterList([...this[entries].values()].slice(start, stop))
  }
}

type Named = Readonly<Record<string, Tensor>> | ReadonlyMap<string, Tensor>

/** Parameters by name, which are registered; `torch.nn.ParameterDict`. Iterates over the names. */
export class ParameterDict extends ParameterContainer {
  constructor(parameters: Named = {}) {
    super()
    this.update(parameters)
  }

  [Symbol.iterator](): Iterator<string> {
    return this[entries].keys()
  }

  /** The parameter of that name. @throws KeyError where there is none. */
  get(name: string): Parameter {
    const parameter = this[entries].get(name)
    if (!parameter) throw new KeyError(`'${name}'`)
    return parameter
  }

  has(name: string): boolean {
    return this[entries].has(name)
  }

  /** Adds a parameter, or replaces the one of that name. */
  set(name: string, parameter: Tensor): void {
    this[entries].set(name, asParameter(parameter))
  }

  /** Takes a parameter out. @throws KeyError where there is none. */
  delete(name: string): void {
    this.get(name)
    this[entries].delete(name)
  }

  /** Takes a parameter out and returns it. @throws KeyError where there is none. */
  pop(name: string): Parameter {
    const parameter = this.get(name)
    this[entries].delete(name)
    return parameter
  }

  /** Takes the parameter out that came last. @throws KeyError where there is none. */
  popitem(): [name: string, parameter: Parameter] {
    const name = [...this[entries].keys()].pop()
    if (name === undefined) throw new KeyError("'dictionary is empty'")
    return [name, this.pop(name)]
  }

  /** The parameter of that name, which becomes the given one where there is none. */
  setdefault(name: string, parameter: Tensor): Parameter {
    if (!this.has(name)) this.set(name, parameter)
    return this.get(name)
  }

  /** Takes all parameters out. */
  clear(): void {
    this[entries].clear()
  }

  /** Another dict of the same parameters. */
  copy(): ParameterDict {
    return new ParameterDict(this[entries])
  }

  /** A dict that has the same parameter under each of the names. */
  fromkeys(names: Iterable<string>, parameter: Tensor): ParameterDict {
    const shared = asParameter(parameter)
    return new ParameterDict(new Map(Array.from(names, (name) => [name, shared])))
  }

  /** Adds and replaces parameters. */
  update(parameters: Named): void {
    const pairs = parameters instanceof Map ? parameters : Object.entries(parameters)
    for (const [name, parameter] of pairs) this.set(name, parameter)
  }

  keys(): Iterable<string> {
    return this[entries].keys()
  }
  values(): Iterable<Parameter> {
    return this[entries].values()
  }
  /** `ParameterDict.items`. */
  items(): Iterable<[string, Parameter]> {
    return this[entries].entries()
  }
}
