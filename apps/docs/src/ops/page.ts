import type { DerivativeKind } from '@sconce/autograd'
import { type DType, dtypes } from '@sconce/backend'
import { markdownTable } from 'markdown-table'
import { type Facts, Investigator } from './facts.ts'
import { type Op, publicOps } from './names.ts'

const all = Object.keys(dtypes) as DType[]

/** Groups of dtypes by the word for all of them. */
const groups: Readonly<Record<string, readonly DType[]>> = {
  floats: all.filter((dtype) => dtypes[dtype].kind === 'float'),
  ints: all.filter((dtype) => dtypes[dtype].kind === 'int'),
}

/** Dtypes in few words. */
export function inWords(list: readonly DType[]): string {
  const rest = new Set(list)
  if (all.every((dtype) => rest.has(dtype))) return 'all'
  const words: string[] = []
  for (const [word, members] of Object.entries(groups)) {
    if (!members.every((dtype) => rest.has(dtype))) continue
    words.push(word)
    for (const dtype of members) rest.delete(dtype)
  }
  return [...words, ...rest].join(', ')
}

const derivatives: Readonly<Record<DerivativeKind, string>> = {
  expression: 'expression',
  formula: 'formula',
  composite: 'its parts',
  none: '–',
  missing: 'error',
}

const joined = (words: Iterable<string>): string => [...new Set(words)].join(', ')

const runsOn = (facts: readonly Facts[]): string => {
  const words = new Set<string>(facts.flatMap(({ kinds }) => kinds))
  if (facts.some(({ view }) => view)) words.add('view')
  if (facts.some(({ host }) => host)) words.add('host')
  return words.size > 0 ? joined(words) : '–'
}

const code = (text: string): string => `\`${text}\``

function rowOf({ pytorch, forms, aliases, operations }: Op, facts: readonly Facts[]): string[] {
  if (facts.length === 0)
    throw new Error(`no call of ${operations[0].name} was found that it takes`)
  const taken = all.filter((dtype) => facts.some(({ dtypes: some }) => some.includes(dtype)))
  const also = aliases.length > 0 ? `; also ${aliases.map(code).join(', ')}` : ''
  return [
    code(pytorch),
    forms.map(code).join(', ') + also,
    inWords(taken),
    joined(facts.map(({ derivative }) => derivatives[derivative])),
    runsOn(facts),
  ]
}

const titles: Readonly<Record<string, string>> = {
  '': 'Tensors',
  functional: 'functional',
  linalg: 'linalg',
  special: 'special',
  masked: 'masked',
  fft: 'fft',
}

/** Ops that can only be refused: tensors here are real. */
const refused = new Set(['imag'])

const introduction = `# All ops

<!-- This page is generated from the op table: \`npm run docs -- --ops\`. -->

Every op of the op table, with what was found by calling it on the cpu backend. What else tensors have (\`at\` and
\`set\`, \`item\`, \`toArray\`, \`data\`, \`backward\` and the like) is in the reference of \`Tensor\`.

- **Sconce**: how it is called. A method ending in \`_\` works in place. Namespaces are exports of \`sconce\`;
  \`functional\` is \`nn.functional\` too.
- **dtypes** of the main argument that it takes: *floats* are float32, float64, float16 and bfloat16; *ints* are int64,
  int32, int16, int8 and uint8; *all* is these and bool. A backend may hold fewer.
- **derivative**: *expression* – differentiated from the op's own expression, one kernel forward and one back;
  *formula* – a row of the derivative table; *its parts* – what it calls is recorded; *–* – the result never has a
  gradient; *error* – PyTorch has no derivative either, and backward says so.
- **runs on**: the kinds of [kernels](writing-a-backend.md) that the forward pass asks a backend for; *view* – shares
  the elements of its argument; *host* – reads elements, so that it needs a device with a synchronous read. A backend
  without a kind runs the lowering of it.
`

/** The page of all ops. */
export function opsPage(): string {
  const investigator = new Investigator()
  const rows = new Map<string, string[][]>()
  const ops = publicOps().filter(({ name }) => !refused.has(name))
  for (const op of ops.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const facts = op.operations.flatMap((operation) => investigator.factsOf(operation) ?? [])
    rows.set(op.namespace, [...(rows.get(op.namespace) ?? []), rowOf(op, facts)])
  }
  const head = ['PyTorch', 'Sconce', 'dtypes', 'derivative', 'runs on']
  const sections = Object.entries(titles).map(([namespace, title]) => {
    const table = markdownTable([head, ...(rows.get(namespace) ?? [])], {
      alignDelimiters: false,
      padding: true,
      stringLength: () => 0,
    })
    return `## ${title}\n\n${table}\n`
  })
  return [introduction, `${ops.length} ops in all.\n`, ...sections].join('\n')
}
