import type { Value } from '../values/value.ts'
import type { Adapter, Binding } from './binding.ts'

/** An object that is nothing but attributes: `torch.finfo(torch.float32)`. */
export class AttributeRecord {
  constructor(
    readonly typeName: string,
    readonly attributes: ReadonlyMap<string, Value>,
  ) {}
}

export const recordAdapter = ({ interpreter }: Binding): Adapter => ({
  owns: (object) => object instanceof AttributeRecord,
  typeOf: (object) =>
    interpreter.foreignClass(
      AttributeRecord,
      object instanceof AttributeRecord ? object.typeName : 'record',
    ),
  getAttribute: (object, name) =>
    object instanceof AttributeRecord ? object.attributes.get(name) : undefined,
})
