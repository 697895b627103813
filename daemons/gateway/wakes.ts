import { z } from 'zod'
import { changeAtExchange } from '@/daemons/gateway/change-order.handler'
import type { Gateway } from '@/daemons/gateway/commands'
import { runToldCall } from '@/daemons/gateway/run-call.handler'
import { submitOrder, submitOrderGroup } from '@/daemons/gateway/submit-order.handler'

const asked = z.object({ id: z.uuid(), brokerId: z.uuid(), kind: z.string(), request: z.unknown() })

/** Acts on what the database woke for: `order <id>`, `group <id>`, `change <id>` or `call <JSON>`. The claims make a doubled one harmless. */
export async function takeWake(gateway: Gateway, text: string): Promise<void> {
  const space = text.indexOf(' ')
  const rest = text.slice(space + 1)
  switch (text.slice(0, space)) {
    case 'order':
      return submitOrder(gateway, rest)
    case 'group':
      return submitOrderGroup(gateway, rest)
    case 'change':
      return changeAtExchange(gateway, rest)
    case 'call': {
      const { request = null, ...call } = asked.parse(JSON.parse(rest))
      return runToldCall(gateway, { ...call, request })
    }
    default:
      throw new Error(`unknown wake-up: ${text.slice(0, 40)}`)
  }
}
