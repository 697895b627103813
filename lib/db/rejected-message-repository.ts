import { prisma } from '@/lib/db/client'

/** Keeps a message aside that did not fit its schema. */
export async function keepRejectedMessage(message: {
  queue: string
  name: string
  payload: string
  reason: string
}): Promise<void> {
  // PostgreSQL text holds no NUL.
  await prisma().rejectedMessage.create({
    data: { ...message, payload: message.payload.replaceAll('\u0000', '\uFFFD') },
  })
}
