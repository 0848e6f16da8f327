/** The syntax tree. `kind` tells the nodes apart; every statement knows its line. */
import type { Value } from '../values/value.ts'

export type BinaryOperator =
  | '+'
  | '-'
  | '*'
  | '/'
  | '//'
  | '%'
  | '**'
  | '@'
  | '<<'
  | '>>'
  | '&'
  | '|'
  | '^'
export type UnaryOperator = '-' | '+' | '~'
export type CompareOperator = '==' | '!=' | '<' | '<=' | '>' | '>='
export type Comparison = CompareOperator | 'in' | 'not in' | 'is' | 'is not'

export interface Constant {
  kind: 'Constant'
  value: Value
}
export interface Name {
  kind: 'Name'
  id: string
}
/** An f-string: text and replacement fields in turn. */
export interface JoinedString {
  kind: 'JoinedString'
  parts: (string | ReplacementField)[]
}
export interface ReplacementField {
  expression: Expression
  conversion?: 'r' | 's' | 'a'
  spec?: JoinedString
}
export interface Sequence {
  kind: 'Tuple' | 'List' | 'Set'
  elements: Expression[]
}
export interface DictDisplay {
  kind: 'Dict'
  /** Without a key: `**value`. */
  entries: { key?: Expression; value: Expression }[]
}
export interface Starred {
  kind: 'Starred'
  value: Expression
}
export interface Unary {
  kind: 'Unary'
  op: UnaryOperator
  operand: Expression
}
export interface Not {
  kind: 'Not'
  operand: Expression
}
export interface Binary {
  kind: 'Binary'
  op: BinaryOperator
  left: Expression
  right: Expression
}
export interface Logical {
  kind: 'Logical'
  op: 'and' | 'or'
  left: Expression
  right: Expression
}
export interface Compare {
  kind: 'Compare'
  left: Expression
  rest: { op: Comparison; right: Expression }[]
}
export interface Conditional {
  kind: 'Conditional'
  test: Expression
  then: Expression
  otherwise: Expression
}
export interface Lambda {
  kind: 'Lambda'
  code: Code
}
export interface Argument {
  /** `*value`, `**value`, or plain; a plain one with a name is a keyword argument. */
  spread?: '*' | '**'
  name?: string
  value: Expression
}
export interface Call {
  kind: 'Call'
  callee: Expression
  args: Argument[]
}
export interface Attribute {
  kind: 'Attribute'
  object: Expression
  name: string
}
export interface Subscript {
  kind: 'Subscript'
  object: Expression
  index: Expression
}
export interface SliceExpression {
  kind: 'Slice'
  start?: Expression
  stop?: Expression
  step?: Expression
}
export interface Clause {
  target: Expression
  iterable: Expression
  conditions: Expression[]
}
export interface Comprehension {
  kind: 'Comprehension'
  form: 'list' | 'set' | 'dict' | 'generator'
  element: Expression
  /** Of a dict comprehension: `element` is the key. */
  value?: Expression
  clauses: Clause[]
}
export interface NamedExpression {
  kind: 'Named'
  target: Name
  value: Expression
}
export interface Yield {
  kind: 'Yield'
  value?: Expression
}
export interface YieldFrom {
  kind: 'YieldFrom'
  value: Expression
}

export type Expression =
  | Constant
  | Name
  | JoinedString
  | Sequence
  | DictDisplay
  | Starred
  | Unary
  | Not
  | Binary
  | Logical
  | Compare
  | Conditional
  | Lambda
  | Call
  | Attribute
  | Subscript
  | SliceExpression
  | Comprehension
  | NamedExpression
  | Yield
  | YieldFrom

export interface Parameter {
  name: string
  fallback?: Expression
}
export interface Parameters {
  positional: Parameter[]
  /** How many of `positional` may not be named. */
  positionalOnly: number
  rest?: string
  keywordOnly: Parameter[]
  keywords?: string
}

/** What a `def` or a `lambda` makes a function of. */
export interface Code {
  name: string
  parameters: Parameters
  body: Statement[]
  names: NameRules
  isGenerator: boolean
  doc?: string
}

/** Where the names of a function or class body live. */
export interface NameRules {
  local: ReadonlySet<string>
  global: ReadonlySet<string>
  nonlocal: ReadonlySet<string>
}

interface Line {
  line: number
}
export interface ExpressionStatement extends Line {
  kind: 'Expression'
  value: Expression
}
export interface Assign extends Line {
  kind: 'Assign'
  targets: Expression[]
  value: Expression
}
export interface AugmentedAssign extends Line {
  kind: 'AugmentedAssign'
  target: Expression
  op: BinaryOperator
  value: Expression
}
export interface AnnotatedAssign extends Line {
  kind: 'AnnotatedAssign'
  target: Expression
  value?: Expression
}
export interface Delete extends Line {
  kind: 'Delete'
  targets: Expression[]
}
export interface Jump extends Line {
  kind: 'Pass' | 'Break' | 'Continue'
}
export interface Return extends Line {
  kind: 'Return'
  value?: Expression
}
export interface Raise extends Line {
  kind: 'Raise'
  exception?: Expression
  cause?: Expression
}
export interface Assert extends Line {
  kind: 'Assert'
  test: Expression
  message?: Expression
}
export interface ImportName {
  name: string
  alias?: string
}
export interface Import extends Line {
  kind: 'Import'
  names: ImportName[]
}
export interface ImportFrom extends Line {
  kind: 'ImportFrom'
  module: string
  names: ImportName[] | '*'
}
export interface ScopeDeclaration extends Line {
  kind: 'Global' | 'Nonlocal'
  names: string[]
}
export interface If extends Line {
  kind: 'If'
  test: Expression
  body: Statement[]
  otherwise: Statement[]
}
export interface While extends Line {
  kind: 'While'
  test: Expression
  body: Statement[]
  otherwise: Statement[]
}
export interface For extends Line {
  kind: 'For'
  target: Expression
  iterable: Expression
  body: Statement[]
  otherwise: Statement[]
}
export interface WithItem {
  manager: Expression
  target?: Expression
}
export interface With extends Line {
  kind: 'With'
  items: WithItem[]
  body: Statement[]
}
export interface Handler {
  /** Without a type: every exception. */
  type?: Expression
  name?: string
  body: Statement[]
}
export interface Try extends Line {
  kind: 'Try'
  body: Statement[]
  handlers: Handler[]
  otherwise: Statement[]
  finalizer: Statement[]
}
export interface FunctionDefinition extends Line {
  kind: 'Function'
  code: Code
  decorators: Expression[]
}
export interface ClassDefinition extends Line {
  kind: 'Class'
  name: string
  args: Argument[]
  body: Statement[]
  names: NameRules
  decorators: Expression[]
  doc?: string
}

export type Statement =
  | ExpressionStatement
  | Assign
  | AugmentedAssign
  | AnnotatedAssign
  | Delete
  | Jump
  | Return
  | Raise
  | Assert
  | Import
  | ImportFrom
  | ScopeDeclaration
  | If
  | While
  | For
  | With
  | Try
  | FunctionDefinition
  | ClassDefinition

export interface Program {
  body: Statement[]
}
