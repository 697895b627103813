/** Called by the web framework once, before its first request. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const { markSocketAddresses } = await import('@/lib/platform/socket-address')
  markSocketAddresses()
}
