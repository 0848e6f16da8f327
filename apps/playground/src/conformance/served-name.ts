/**
 * What a file of recorded results is called on the page's server. Many servers say of a name that ends in
 * `.gz` that its content is encoded, and the browser would unzip it before the kit does.
 */
export const servedName = (name: string): string => name.replace(/\.gz$/, '.bin')
