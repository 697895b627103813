import { type Figure, printer } from '@/bench/figures'
import { ROLES, type RoleName } from '@/bench/role'
import type { Workshop } from '@/bench/workshop'

// npm run bench -- [--json] [--quick] [names]: measures the bot at work, on a database and processes of its own.

const BENCHMARKS: Record<string, (workshop: Workshop) => Promise<Figure[]>> = {
  webhook: async (workshop) => (await import('@/bench/webhook-to-order')).webhookToOrder(workshop),
  receiver: async (workshop) => (await import('@/bench/receiver-rate')).receiverRate(workshop),
  candle: async (workshop) => (await import('@/bench/candle-to-order')).candleToOrder(workshop),
  order: async (workshop) => (await import('@/bench/signed-order')).signedOrder(workshop),
  paper: async (workshop) => (await import('@/bench/paper-exchange')).paperExchange(workshop),
  markets: async (workshop) => (await import('@/bench/market-loading')).marketLoading(workshop),
  exchanges: async (workshop) => (await import('@/bench/three-exchanges')).threeExchanges(workshop),
  strategy: async (workshop) => (await import('@/bench/strategy-evaluation')).strategyEvaluation(workshop),
  ledger: async (workshop) => (await import('@/bench/ledger')).ledgerFold(workshop),
  heartbeat: async (workshop) => (await import('@/bench/heartbeat-rate')).heartbeatRate(workshop),
  daemons: async (workshop) => (await import('@/bench/daemon-footprint')).daemonFootprint(workshop),
  statistics: async (workshop) => (await import('@/bench/statistics')).statistics(workshop),
  bus: async (workshop) => (await import('@/bench/bus-latency')).busLatency(workshop),
}

async function measure(names: string[], isJson: boolean, isQuick: boolean): Promise<void> {
  const { openWorkshop } = await import('@/bench/workshop')
  const workshop = await openWorkshop(isQuick)
  const close = (): Promise<void> => workshop.close()
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void close().then(() => process.exit(1)))
  try {
    const print = printer(isJson)
    for (const name of names) print((await BENCHMARKS[name]?.(workshop)) ?? [])
  } finally {
    await close()
  }
}

async function main(args: string[]): Promise<void> {
  if (args[0] === '--role') {
    await ROLES[args[1] as RoleName]()
    return
  }
  const names = args.filter((arg) => !arg.startsWith('--'))
  const unknown = [...names.filter((name) => !(name in BENCHMARKS)), ...args.filter((arg) => !isKnownSwitch(arg))]
  if (unknown.length > 0) {
    console.error(`unknown: ${unknown.join(', ')}`)
    console.error(`usage: npm run bench -- [--json] [--quick] [${Object.keys(BENCHMARKS).join(' | ')}]`)
    process.exitCode = 1
    return
  }
  await measure(names.length > 0 ? names : Object.keys(BENCHMARKS), args.includes('--json'), args.includes('--quick'))
}

const isKnownSwitch = (arg: string): boolean => !arg.startsWith('--') || arg === '--json' || arg === '--quick'

await main(process.argv.slice(2))
