/** The part of the desk about other authorities and people; fetched when first opened. */

import type { JSX } from "preact";
import type { WorkId } from "../core/work.ts";
import { FederationPage } from "./federation.tsx";
import { PeoplePage } from "./people.tsx";
import { VaultPage } from "./vault.tsx";

const PAGES: Partial<Record<WorkId, () => JSX.Element>> = { federation: FederationPage, people: PeoplePage, vault: VaultPage };

export function WorkPage({ id }: { id: WorkId }): JSX.Element {
  const Page = PAGES[id];
  return Page ? <Page /> : <></>;
}
