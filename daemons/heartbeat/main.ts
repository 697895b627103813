import { recordHeartbeatStart, recordHeartbeatStop } from '@/lib/db/heartbeat-repository'
import { ExchangeRegistry } from '@/lib/exchanges/registry'
import { boot } from '@/daemons/runtime/boot'
import { databasePorts } from '@/daemons/heartbeat/database-ports'
import { exposeFigures } from '@/daemons/heartbeat/figures'
import { Heartbeat } from '@/daemons/heartbeat/heartbeat'
import { marketSourceOf } from '@/daemons/heartbeat/market-source'

boot('heartbeat', async (context) => {
  const { env, log, clock, bus } = context
  const symbols = [...new Set(env.HEARTBEAT_SYMBOLS)]
  const role = env.HEARTBEAT_ROLE
  const startedAt = clock()
  const statusId = await recordHeartbeatStart({ role, symbols, marketSource: marketSourceOf(env), startedAt })
  const registry = new ExchangeRegistry({ clock, env })
  const market = registry.marketDataClient('binance', {
    restUrl: env.BINANCE_MARKET_REST_URL,
    streamUrl: env.BINANCE_MARKET_WS_URL,
  })
  const ports = databasePorts({ bus, statusId, role, clock })
  const heartbeat = new Heartbeat({
    symbols,
    market,
    ports,
    clock,
    log,
    setError: (reason) => context.setError(reason),
  })
  exposeFigures(() => heartbeat.figures())
  return async () => {
    await heartbeat.stop()
    await registry.close()
    await recordHeartbeatStop(statusId, clock())
  }
})
