// Base addresses are plain configuration; a clear-text address is accepted for this machine and for the paper exchange
// only, because every other path would carry real keys and orders unprotected.

export interface BaseAddress {
  /** Scheme, host and port. */
  origin: string
  /** Path before the exchange's own paths, without a slash at its end; empty for the exchange itself. */
  pathPrefix: string
}

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost'])

/**
 * Reads an `http(s)` or `ws(s)` base address.
 * `paperHost` is the `host:port` of the paper exchange, where it runs on a host of its own.
 * @throws Error for another scheme, an address with a user, a query or a fragment, or clear text to another machine.
 */
export function readBaseAddress(text: string, kind: 'http' | 'ws', paperHost?: string): BaseAddress {
  const url = URL.parse(text)
  if (url === null) throw new Error(`not an address: ${JSON.stringify(text)}`)
  const isSecure = url.protocol === `${kind}s:`
  if (!isSecure && url.protocol !== `${kind}:`) throw new Error(`${url.origin} must start with ${kind}s://`)
  if (url.username || url.password || url.search || url.hash) throw new Error(`${url.host} must be a bare base address`)
  if (!isSecure && !LOOPBACK.has(url.hostname) && url.host !== paperHost)
    throw new Error(`${url.host} is another machine: use ${kind}s://`)
  return { origin: `${url.protocol}//${url.host}`, pathPrefix: url.pathname.replace(/\/+$/, '') }
}
