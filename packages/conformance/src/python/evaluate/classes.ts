/** The `class` statement. */
import { getAttribute } from '../runtime/attributes.ts'
import { call } from '../runtime/call.ts'
import { ownSpecial, typeName } from '../runtime/types.ts'
import type { ClassDefinition } from '../syntax/ast.ts'
import { MethodWrapper, PyClass, Super } from '../values/classes.ts'
import { raise } from '../values/errors.ts'
import { PyFunction } from '../values/functions.ts'
import type { Kwargs, Value } from '../values/value.ts'
import { evaluateArguments } from './arguments.ts'
import { Scope } from './scope.ts'
import { executeBlock } from './statements.ts'

export function defineClass(node: ClassDefinition, scope: Scope): PyClass {
  const { rt } = scope
  const { args, kwargs } = evaluateArguments(node.args, scope, node.name)
  const metaclass = kwargs.get('metaclass')
  if (metaclass !== undefined && metaclass !== rt.type('type'))
    throw raise('NotImplementedError', 'metaclasses are not supported')
  const path = scope.path ? `${scope.path}.${node.name}` : node.name
  const body = new Scope(rt, 'class', scope, node.names, path)
  if (node.doc !== undefined) body.variables.set('__doc__', node.doc)
  executeBlock(node.body, body).next()
  const type = makeClass(rt, node.name, args, body.variables)
  body.definedClass = type
  announce(rt, type, kwargs)
  return type
}

/** A class of bases and members: also `type(name, bases, members)`. */
export function makeClass(
  rt: Scope['rt'],
  name: string,
  bases: readonly Value[],
  members: Map<string, Value>,
): PyClass {
  const classes = bases.map((base) => {
    if (base instanceof PyClass) return base
    throw raise('TypeError', `cannot inherit from a value of type '${typeName(rt, base)}'`)
  })
  // What compares by value can no longer be a key, unless it says how.
  if (members.has('__eq__') && !members.has('__hash__')) members.set('__hash__', null)
  // A class method by its name alone.
  const hook = members.get('__init_subclass__')
  if (hook instanceof PyFunction)
    members.set('__init_subclass__', new MethodWrapper('classmethod', hook))
  return new PyClass(rt, name, classes.length > 0 ? classes : [rt.type('object')], members)
}

/** Tells members their names, and the ancestors that they have a descendant. */
function announce(rt: Scope['rt'], type: PyClass, kwargs: Kwargs): void {
  for (const [name, member] of type.members) ownSpecial(member, '__set_name__')?.(type, name)
  const rest = new Map(kwargs)
  rest.delete('metaclass')
  call(rt, getAttribute(rt, new Super(type, type), '__init_subclass__'), [], rest)
}
