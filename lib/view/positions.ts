import { z } from 'zod'

export const positionsQuery = z.strictObject({
  /** The asset that values are counted in. */
  valuedIn: z
    .string()
    .regex(/^[A-Z0-9]{2,20}$/)
    .default('USDT'),
})
export type PositionsQuery = z.output<typeof positionsQuery>

/** What an account holds of one asset. Amounts are plain decimal strings; price and value are null where no pair tells. */
export interface PositionView {
  asset: string
  symbol: string | null
  valuedIn: string
  quantity: string
  free: string
  locked: string
  price: string | null
  value: string | null
}
