/**
 * The data that this package ships. This file, or the bundle it ends up in, lies one folder below the
 * package's root, in `src` as in `dist`.
 */
export const shippedDataUrl = new URL(/* @vite-ignore */ '../data/', import.meta.url)
