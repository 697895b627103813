import { z } from 'zod'
import type { StatisticsQuestion } from '@/lib/view/statistics'

const schema = z.object({
  broker: z.uuid().nullable(),
  quote: z
    .string()
    .regex(/^[A-Za-z0-9]{1,20}$/)
    .nullable(),
  from: z.iso.date().nullable(),
  to: z.iso.date().nullable(),
})

/** What a page asks for in its address; null when that is nonsense. */
export function questionOf(request: Request): StatisticsQuestion | null {
  const { searchParams } = new URL(request.url)
  const read = schema.safeParse(
    Object.fromEntries(['broker', 'quote', 'from', 'to'].map((key) => [key, searchParams.get(key)])),
  )
  if (!read.success) return null
  const { broker, ...rest } = read.data
  return { brokerId: broker, ...rest }
}
