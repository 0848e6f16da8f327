import { defineConfig, type Options } from 'tsup'

/** How every package is built: ES modules with type declarations, dependencies left outside. */
export const library = (options: Options = {}) =>
  defineConfig({
    entry: { index: 'src/index.ts' },
    format: ['esm'],
    target: 'es2022',
    platform: 'neutral',
    external: [/^node:/],
    // Declarations are made against the built neighbours, as a user's compiler will read them.
    dts: { compilerOptions: { customConditions: [] } },
    sourcemap: true,
    clean: true,
    treeshake: true,
    ...options,
  })
