/**
 * True when a request comes from a page of this very site, or from no page at all (curl, a daemon).
 * `host` is the name the client used: the forwarded one where a proxy of ours handed the request on.
 */
export function isOwnOrigin(origin: string | null | undefined, host: string | null | undefined): boolean {
  if (!origin) return true
  if (!host || !URL.canParse(origin)) return false
  return new URL(origin).host === host
}
