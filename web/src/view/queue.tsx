/** The part of the desk with the queue, the news, documents and the dossiers of tasks; fetched when first opened. */

import type { JSX } from "preact";
import type { WorkId } from "../core/work.ts";
import { DocumentsPage } from "./documents.tsx";
import { Inbox } from "./inbox.tsx";
import { NewsPage } from "./news.tsx";
import { TaskPages } from "./tasks.tsx";

const PAGES: Partial<Record<WorkId, () => JSX.Element>> = { inbox: Inbox, news: NewsPage, tasks: TaskPages, documents: DocumentsPage };

export function WorkPage({ id }: { id: WorkId }): JSX.Element {
  const Page = PAGES[id];
  return Page ? <Page /> : <></>;
}
