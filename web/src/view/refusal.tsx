/** What the server refused of one form or question, and how it is kept until the next try. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ApiFault } from "../core/api.ts";
import { FaultText } from "./fault.tsx";

export function asFault(error: unknown): ApiFault {
  return error instanceof ApiFault ? error : new ApiFault(0, null);
}

/** The fault to show, how to take one, and how to forget it. */
export function useFault(): [ApiFault | null, (error: unknown) => void, () => void] {
  const [fault, setFault] = useState<ApiFault | null>(null);
  return [fault, (error) => setFault(asFault(error)), () => setFault(null)];
}

export function Fault({ fault }: { fault: ApiFault | null }): JSX.Element | null {
  if (!fault) return null;
  return (
    <div class="notice bad" role="alert">
      <FaultText fault={fault} />
    </div>
  );
}
