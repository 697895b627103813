'use client'

import { Failure } from '@/components/shell/failure'

/** A page of the cockpit that could not be made. */
export default function CockpitError({ retry }: { retry: () => void }) {
  return <Failure retry={retry} />
}
