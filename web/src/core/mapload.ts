/** What the map shows, asked of the server layer by layer. */

import { type Api, ApiFault, type Question } from "./api.ts";
import { NEEDED_LAYERS, TIMED_LAYERS, type TimedLayer } from "./layers.ts";
import { NO_SHAPES } from "./picture.ts";
import type { AreaBrief, Shapes } from "./types.ts";

export type Layers = Record<TimedLayer, Shapes>;

/** The list of areas; null from a server that has none. */
export async function loadAreas(api: Api, question: Question): Promise<AreaBrief[] | null> {
  try {
    return (await api.get<{ areas: AreaBrief[] }>("/api/areas", question)).areas;
  } catch (error) {
    if (error instanceof ApiFault && error.status === 404) return null;
    throw error;
  }
}

/** The layers that are asked for; of the others no shape. */
export async function loadLayers(api: Api, question: Question, wanted: readonly TimedLayer[]): Promise<Layers> {
  const found = Object.fromEntries(TIMED_LAYERS.map((layer) => [layer, NO_SHAPES])) as Layers;
  const load = async (layer: TimedLayer): Promise<void> => {
    found[layer] = await loadLayer(api, layer, question);
  };
  await Promise.all(wanted.map(load));
  return found;
}

/** One layer. A layer that only adds detail may be withheld; one that shows hazard may not. */
export async function loadLayer(api: Api, layer: string, question: Question): Promise<Shapes> {
  try {
    return await api.get<Shapes>(`/api/map/${layer}`, question);
  } catch (error) {
    const withheld = error instanceof ApiFault && [401, 403, 404].includes(error.status);
    if (withheld && !NEEDED_LAYERS.has(layer)) return NO_SHAPES;
    throw error;
  }
}
