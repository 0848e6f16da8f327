import '../ops/install.ts'
import * as functions from '../functions.ts'
import { specialAliases, specialHostSchemas, specialSchemas } from '../ops/special.ts'
import { functionsOf } from '../table.ts'

const root: Readonly<Record<string, unknown>> = functions

type Aliases = typeof specialAliases
type Aliased = { readonly [K in keyof Aliases]: (typeof functions)[Aliases[K]] }

// Built key by key from the same table that the type is.
const aliased = Object.fromEntries(
  Object.entries(specialAliases).map(([alias, name]) => [alias, root[name]]),
) as Aliased

/** `torch.special`. */
export const special = {
  ...functionsOf(specialSchemas, 'special'),
  ...functionsOf(specialHostSchemas, 'special'),
  ...aliased,
}
