import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { median, monotonicMs } from '@/bench/distribution'
import { compared, type Figure } from '@/bench/figures'
import { type Role, startRole } from '@/bench/role'
import type { Workshop } from '@/bench/workshop'

// Trades a second through the real heartbeat daemon: a socket from another process, 50 symbols, eight timeframes, storing
// and signalling as always. The baseline reads the same messages from the same sender, parses and counts them.

const SYMBOLS = Array.from({ length: 50 }, (_, index) => `H${String(index + 1).padStart(2, '0')}`)
const PRINTS = 'aristobot_heartbeat_prints'
const CPU = 'process_cpu_seconds_total'
const counted = z.object({ count: z.number(), at: z.number(), cpuMs: z.number() })

interface Rate {
  perSecond: number
  cpuUs: number
}

async function throughHeartbeat(workshop: Workshop, sender: Role, count: number): Promise<Rate> {
  const target = (await workshop.metric('heartbeat', PRINTS)) + count
  const cpuBefore = await workshop.metric('heartbeat', CPU)
  const startedAt = monotonicMs()
  sender.send({ to: 'heartbeat', count })
  for (;;) {
    await sleep(25)
    if ((await workshop.metric('heartbeat', PRINTS)) >= target) break
    if (monotonicMs() - startedAt > 60_000) throw new Error('the heartbeat did not take the trades')
  }
  const seconds = (monotonicMs() - startedAt) / 1000
  const cpu = (await workshop.metric('heartbeat', CPU)) - cpuBefore
  return { perSecond: count / seconds, cpuUs: (cpu * 1e6) / count }
}

async function throughCounter(counter: Role, sender: Role, count: number): Promise<Rate> {
  const done = new Promise<z.infer<typeof counted>>((resolve) => {
    counter.onMessage((message) => {
      const parsed = counted.safeParse(message)
      if (parsed.success) resolve(parsed.data)
    })
  })
  counter.send({ until: count })
  await sleep(50)
  const startedAt = monotonicMs()
  sender.send({ to: 'counter', count })
  const { at, cpuMs } = await done
  return { perSecond: (count / (at - startedAt)) * 1000, cpuUs: (cpuMs * 1000) / count }
}

export async function heartbeatRate(workshop: Workshop): Promise<Figure[]> {
  const sender = await startRole('market-sender', { MARKET_PORT: String(workshop.marketPort) })
  const connected = new Promise<void>((resolve) => {
    sender.onMessage((message) => {
      if (z.object({ connected: z.literal('heartbeat') }).safeParse(message).success) resolve()
    })
  })
  await workshop.stop('heartbeat')
  await workshop.start('heartbeat', { HEARTBEAT_SYMBOLS: SYMBOLS.map((base) => `${base}/USDT`).join(',') })
  await connected
  const streams = SYMBOLS.map((base) => `${base.toLowerCase()}usdt@aggTrade`).join('/')
  const STREAM_URL = `ws://127.0.0.1:${workshop.marketPort}/counter?streams=${streams}`
  const counter = await startRole('parse-counter', { STREAM_URL })
  const count = workshop.isQuick ? 100_000 : 300_000
  const bot: Rate[] = []
  const bare: Rate[] = []
  try {
    await throughHeartbeat(workshop, sender, 50_000)
    await throughCounter(counter, sender, 50_000)
    for (let i = 0; i < (workshop.isQuick ? 2 : 4); i++) {
      bare.push(await throughCounter(counter, sender, count))
      bot.push(await throughHeartbeat(workshop, sender, count))
    }
  } finally {
    await workshop.stop('heartbeat')
    await counter.stop()
    await sender.stop()
  }
  const versus = (name: string, of: (rate: Rate) => number, unit: string): Figure =>
    compared(`heartbeat, 50 symbols: ${name}`, median(bot.map(of)), unit, median(bare.map(of)))
  return [
    versus('trades over a socket', (rate) => rate.perSecond, 'trades/s'),
    versus('own CPU per trade', (rate) => rate.cpuUs, 'us'),
  ]
}
