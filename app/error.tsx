'use client'

import { Failure } from '@/components/shell/failure'

/** Where not even the frame of the cockpit could be made, for example while the database is away. */
export default function AppError({ retry }: { retry: () => void }) {
  return <Failure retry={retry} />
}
