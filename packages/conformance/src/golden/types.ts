/**
 * The format of the recorded PyTorch results (`ops/*.json`, `programs/*.json`, `rng.json`). Field names
 * are those of the files.
 */
import type { DType } from '@sconce/backend'

/** Raw little-endian elements: base64 in a JSON file, bytes in the packed form. */
export type GoldenBytes = string | Uint8Array

/** Elements as recorded: row-major and contiguous, bool one byte, int64 eight. */
export interface GoldenArray {
  dtype: DType
  shape: number[]
  data: GoldenBytes
}

/** A tensor as recorded; of an input also how it lay in memory. */
export interface GoldenTensor extends Omit<GoldenArray, 'data'> {
  t: 'tensor'
  /** The contiguous copy. The packed form leaves it out where `storage` has it too. */
  data?: GoldenBytes
  requires_grad?: boolean
  noncontiguous?: boolean
  stride?: number[]
  /** Of inputs that are strided views: where the view starts and what lies around it. */
  offset?: number
  storage?: GoldenBytes
}

export type GoldenFloat = number | 'nan' | 'inf' | '-inf'

/** An argument or a result; the tag says what it was in Python (int and float differ in promotion). */
export type GoldenValue =
  | GoldenTensor
  /** Beyond 2^53 a decimal string. */
  | { t: 'int'; v: number | string }
  | { t: 'float'; v: GoldenFloat }
  | { t: 'bool'; v: boolean }
  | { t: 'str'; v: string }
  | { t: 'none' }
  | { t: 'ellipsis' }
  | { t: 'list'; v: GoldenValue[] }
  | { t: 'tuple'; v: GoldenValue[]; names?: string[] }
  | { t: 'dict'; v: GoldenValues }
  | { t: 'size'; v: number[] }
  | { t: 'slice'; start: GoldenValue; stop: GoldenValue; step: GoldenValue }
  | { t: 'dtype' | 'memory_format' | 'layout'; v: string }

export type GoldenValues = { [name: string]: GoldenValue }

/** By how much PyTorch's own float32 result differs from the same program in float64. */
export interface F64Dev {
  abs: number
  rel: number
  /** Integers or finiteness changed too: the sample hangs on rounding. */
  unstable?: boolean
}

/** An error that PyTorch raised. */
export interface RaisedError {
  type: string
  message: string
}

/** Gradient of a case: paths such as `args.1.0` name the inputs. */
export interface GradRecord {
  inputs: string[]
  /** Indices into the depth-first flattened tensor outputs; `grad_outputs` has one entry for each. */
  outputs: number[]
  grad_outputs: GoldenValue[]
  /** One per input; `none` where there is no gradient. */
  grad_inputs: GoldenValue[]
  grad_fn?: string
  f64dev?: F64Dev
}

/** With g = grad(…, create_graph) and `v` for g[j], j in `grad_indices`: grad(g, [inputs…, grad_outputs…], v). */
export interface DoubleGradRecord {
  grad_indices: number[]
  v: GoldenValue[]
  grad_inputs: GoldenValue[]
  grad_grad_outputs: GoldenValue[]
}

/** One call of an op, with its results. */
export interface OpCase {
  id: string
  args: GoldenValue[]
  kwargs: GoldenValues
  out: GoldenValue
  dtypes: DType[]
  /** Hand-made extreme values. */
  special?: boolean
  /** Per output tensor: the path of the argument whose storage it shares, or null. */
  alias?: (string | null)[]
  out_offset?: number[]
  /** Arguments changed by the call. */
  mutated?: GoldenValues
  /** What the in-place variant does with the same arguments. */
  inplace?: 'same' | { error: RaisedError } | { result: GoldenValue }
  f64dev?: F64Dev
  grad?: GradRecord & { double?: DoubleGradRecord }
}

/** One call of an op that PyTorch refuses. */
export interface ErrorCase {
  id: string
  args: GoldenValue[]
  kwargs: GoldenValues
  error_type: string
  /** A Python regular expression; empty means any text. */
  error_regex: string
  raised: boolean
  actual_type: string
  actual_message: string
}

/** `ops/OP.json` */
export interface OpFile {
  format: 'golden-op-1'
  torch: string
  /** The file's name: `name`, or `name.variant`. */
  op: string
  name: string
  variant: string
  /** What was called: `torch.x`, `Tensor.x` (a method of args[0]), `Tensor.T (property)`… */
  call: string
  kind: 'unary' | 'binary' | 'reduction' | 'other'
  aliases: string[]
  method: boolean
  inplace: string | null
  dtypes: DType[]
  backward_dtypes: DType[]
  supports_autograd: boolean
  supports_gradgrad: boolean
  schemas: string[]
  python_signature?: string
  semantics?: string
  sign_ambiguous?: boolean
  notes?: string | string[]
  cases: OpCase[]
  errors: ErrorCase[]
}

/** PyTorch source that ran with the variables of `inputs`; `expect` holds variables afterwards. */
export interface ScriptCase {
  id: string
  kind: 'script'
  program: string
  inputs: GoldenValues
  expect: GoldenValues
  error?: RaisedError
  group?: string
  note?: string
}

/** A module with given parameters, run forward and backward. */
export interface ModuleCase {
  id: string
  kind: 'module'
  program: string
  module: {
    class: string
    args: GoldenValue[]
    kwargs: GoldenValues
    repr: string
    training: boolean
  }
  state_dict: GoldenValues
  params: string[]
  inputs: GoldenValue[]
  kwargs: GoldenValues
  out: GoldenValue
  grad?: Omit<GradRecord, 'grad_fn'> & { grad_params: GoldenValues }
  state_dict_after?: GoldenValues
  f64dev?: F64Dev
  note?: string
}

/** An optimizer on a problem, with the parameters after each step. */
export interface OptimizerCase {
  id: string
  kind: 'optimizer'
  program: string
  optimizer: string
  kwargs: GoldenValues
  groups: ({ idx: number[] } & { [option: string]: GoldenValue | number[] })[] | null
  problem: string
  loss_formula: string
  data: GoldenValues
  params: GoldenTensor[]
  steps: number
  /** The loss before each update. */
  losses: number[]
  /** Parameters after so many steps. */
  trajectory: { [step: string]: GoldenTensor[] }
  final_state: { [parameter: string]: GoldenValues }
  param_group_defaults: GoldenValues
  group?: string
}

/** A scheduler, with the learning rates after each step. */
export interface SchedulerCase {
  id: string
  kind: 'scheduler'
  program: string
  scheduler_expr: string
  optimizer: string
  optimizer_kwargs: { [name: string]: number }
  /** One parameter group each. */
  initial_lrs: number[]
  steps: number
  metrics: number[] | null
  /** `lrs[t][group]`, t = 0 after construction. */
  lrs: number[][]
  momenta?: number[][]
  last_lr: number[]
}

/** What is known of random draws: a distribution, or a property by name. */
export type InitFacts = { [fact: string]: string | number | boolean | InitFacts }

/** An initialiser, of which the distribution is known. */
export interface InitCase {
  id: string
  kind: 'init'
  program: string
  expr: string
  shape?: number[]
  facts: InitFacts
}

/** An op on mixed dtypes. */
export interface PromotionCase {
  id: string
  kind: 'promotion'
  op: string
  args: GoldenValue[]
  kwargs: GoldenValues
  group?: string
  out?: GoldenValue
  error?: RaisedError
}

export type ProgramCase =
  | ScriptCase
  | ModuleCase
  | OptimizerCase
  | SchedulerCase
  | InitCase
  | PromotionCase

/** `programs/THEME.json` */
export interface ProgramFile {
  format: 'golden-program-1'
  torch: string
  theme: string
  cases: ProgramCase[]
}

/** Random numbers drawn after a seed. */
export interface RngCase {
  name: string
  seed: number
  program: string
  outputs: GoldenArray[]
}

/** `rng.json` */
export interface RngFile {
  generator: string
  cases: RngCase[]
}
