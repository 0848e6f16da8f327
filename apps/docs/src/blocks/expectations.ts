import ts from 'typescript'

/** Values that a comment can state as they are written. */
const literal =
  /^(true|false|null|undefined|NaN|-?Infinity|-?[\d.]+(e[+-]?\d+)?n?|'[^']*'|\[.*\]|\{.*\})$/

/** What is printed of tensors and of nodes; … stands for anything. */
const printed = /^tensor\(.*\)$/

/** `throws` and the beginning of the message. */
const thrown = /^throws (\S.*)$/

interface Check {
  readonly kind: 'value' | 'print' | 'throws'
  readonly expected: string
}

/** What a comment behind a statement says that it gives, if it says so; all other comments are prose. */
export function expectationOf(comment: string): Check | undefined {
  const text = comment.trim()
  const message = thrown.exec(text)?.[1]
  if (message !== undefined) return { kind: 'throws', expected: JSON.stringify(message) }
  if (printed.test(text)) return { kind: 'print', expected: JSON.stringify(text) }
  if (!literal.test(text)) return undefined
  if (text.includes('…')) return { kind: 'print', expected: JSON.stringify(text) }
  return { kind: 'value', expected: text }
}

/** The comment that ends the line on which a node ends. */
function commentAfter(text: string, end: number): string | undefined {
  const [line] = text.slice(end).split('\n', 1)
  return /^;?\s*\/\/ ?(.*)$/.exec(line)?.[1]
}

/** `console.log(x)` is about x. */
function subjectOf(node: ts.Expression): ts.Expression {
  const logs =
    ts.isCallExpression(node) &&
    node.expression.getText() === 'console.log' &&
    node.arguments.length === 1
  return logs ? node.arguments[0] : node
}

export interface Checked {
  readonly code: string
  /** How many expectations the code states. */
  readonly count: number
}

/**
 * Code whose comments behind statements are checked: `x.sum()  // tensor(6.)` becomes a call of the function
 * `$check` of the runner. Of `const s = x.sum()  // tensor(6.)` the variable is checked.
 */
export function withChecks(code: string): Checked {
  const source = ts.createSourceFile('block.ts', code, ts.ScriptTarget.ES2023, true)
  const edits: { at: number; end: number; text: string }[] = []
  const visit = (node: ts.Node): void => {
    const check = ts.isExpressionStatement(node) || ts.isVariableStatement(node)
    const comment = check ? commentAfter(code, node.getEnd()) : undefined
    const expected = comment === undefined ? undefined : expectationOf(comment)
    if (expected && ts.isExpressionStatement(node)) {
      const body = subjectOf(node.expression).getText()
      const isAsync = /\bawait\b/.test(body)
      const subject = `${isAsync ? 'async ' : ''}() => (${body})`
      const text = `await $check('${expected.kind}', ${subject}, () => (${expected.expected}));`
      edits.push({ at: node.getStart(), end: node.getEnd(), text })
      return
    }
    if (expected && ts.isVariableStatement(node)) {
      const [{ name }] = node.declarationList.declarations
      const subject = `() => (${name.getText()})`
      const text = `; await $check('${expected.kind}', ${subject}, () => (${expected.expected}));`
      edits.push({ at: node.getEnd(), end: node.getEnd(), text })
      return
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  let result = code
  for (const { at, end, text } of edits.reverse()) {
    result = result.slice(0, at) + text + result.slice(end)
  }
  return { code: result, count: edits.length }
}
