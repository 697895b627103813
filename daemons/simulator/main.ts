import { bootAlone } from '@/daemons/runtime/boot'
import { controlToken } from '@/lib/platform/control-token'
import { startSimulator } from './server'

bootAlone('simulator', async ({ env, log, clock }) => {
  const simulator = await startSimulator({
    port: env.SIMULATOR_PORT,
    host: env.HOST,
    dataDir: env.DATA_DIR,
    clock,
    controlToken: controlToken(env.SECRET_KEY),
    market: {
      source: env.MARKET_SOURCE,
      replayFile: env.MARKET_REPLAY_FILE,
      replaySpeed: env.MARKET_REPLAY_SPEED,
      seed: env.MARKET_SEED,
      liveRestUrl: env.BINANCE_MARKET_REST_URL,
      liveWsUrl: env.BINANCE_MARKET_WS_URL,
    },
    onFault: (error) => log.error({ err: error }, 'a request failed by a fault of the simulator'),
  })
  log.info({ port: simulator.port, market: simulator.exchange.market.description }, 'paper exchange open')
  return () => simulator.close()
})
