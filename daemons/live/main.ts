import { boot } from '@/daemons/runtime/boot'
import { every } from '@/lib/platform/every'
import { PRICE_EVENT, RAW_EVENT } from '@/lib/realtime/channels'
import { createPriceFeed } from './price-feed'
import { createRawFeed } from './raw-feed'
import { startSocketServer } from './socket-server'
import { handleStreamBrut } from './stream-brut.handler'
import { handleWebsockets } from './websockets.handler'

// One price in 40 ms keeps the screen within 50 ms of the exchange; raw text faster than this cannot be read.
const PRICE_INTERVAL_MS = 40
const RAW_INTERVAL_MS = 150
const SESSION_CHECK_MS = 15_000

boot('live', async ({ bus, clock, env, log, stopping }) => {
  const prices = createPriceFeed((tick) => sockets.emitOn('price', PRICE_EVENT, tick), PRICE_INTERVAL_MS, clock)
  const raw = createRawFeed((messages) => sockets.emitOn('raw', RAW_EVENT, messages), RAW_INTERVAL_MS)
  const sockets = await startSocketServer(env.HOST, env.LIVE_PORT, {
    price: (send) => prices.latest().forEach((tick) => send(PRICE_EVENT, tick)),
    raw: (send) => send(RAW_EVENT, raw.latest()),
  })

  bus.subscribe('websockets', handleWebsockets(sockets, log))
  bus.subscribe('stream_brut', handleStreamBrut(raw, prices))
  const checking = every(SESSION_CHECK_MS, stopping, log, 'revoked sessions', () => sockets.dropRevoked())

  return async () => {
    raw.close()
    prices.close()
    await sockets.close()
    await checking
  }
})
