import type { PaperProtocol } from '../paper-protocol'
import { placePresets } from './presets'
import { PrivateStreams } from './private-streams'
import { BitgetProtocol, type ProtocolOptions } from './protocol'
import { PublicStreams } from './public-streams'
import { answerRest } from './rest'

/** Bitget's spot interface: `/api/v2` and `/api/v3`, and the streams of both. */
export function bitgetPaper(options: ProtocolOptions): PaperProtocol {
  const protocol = new BitgetProtocol(options)
  const market = new PublicStreams(options.exchange, () => protocol.now(), options.onFault)
  const users = new PrivateStreams(protocol)
  options.exchange.on('changes', (changes) => placePresets(options.exchange, changes, protocol.now()))
  return {
    exchangeId: 'bitget',
    answer: (request, path, body) => answerRest(protocol, request, path, body),
    socketAt: (path) => {
      switch (new URL(path, 'http://localhost').pathname) {
        case '/v2/ws/public':
          return (connection) => market.serve(connection, 'v2')
        case '/v3/ws/public':
          return (connection) => market.serve(connection, 'v3')
        case '/v2/ws/private':
          return (connection) => users.serve(connection, 'CLASSIC')
        case '/v3/ws/private':
          return (connection) => users.serve(connection, 'UNIFIED')
        default:
          return null
      }
    },
    resetLimits: (limits) => {
      protocol.limits.reset(limits)
    },
    stop: () => {
      protocol.countdowns.stop()
      market.stop()
    },
  }
}
