import type { WebhookStatus } from '@/lib/db/webhook-repository'

/** A webhook that leads to no order, with the reason shown to the user. */
export class Refusal extends Error {
  readonly status: WebhookStatus
  constructor(status: WebhookStatus, reason: string) {
    super(reason)
    this.status = status
  }
}
