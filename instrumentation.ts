/** Called by the web framework once, before its first request. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const { markSocketAddresses } = await import('@/lib/platform/socket-address')
  markSocketAddresses()
  if (process.env.NEXT_PHASE === 'phase-production-build') return
  const { keepSpoolEmpty } = await import('@/lib/use-cases/receive-webhook')
  keepSpoolEmpty()
}
