import { systemClock } from '@/lib/platform/clock'
import { createGatewayCaller, type GatewayCaller } from '@/lib/use-cases/call-gateway'
import { webBus } from '@/lib/use-cases/web-bus'

let caller: GatewayCaller | undefined

/** The web application's own line to the gateway. */
export function webGateway(): GatewayCaller {
  caller ??= createGatewayCaller(webBus().bus, systemClock)
  return caller
}
