/** The reader's own position, asked for only when the reader wants it. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { Position } from "./ground.ts";

const PATIENCE_MS = 30_000;

/** What is done about the position. */
export type Locating = "no" | "asked" | "failed";

/** The newest position, how it stands with it, and what asks for it; it is followed from then on. */
export function useLocating(): [Position | null, Locating, () => void] {
  const [position, setPosition] = useState<Position | null>(null);
  const [locating, setLocating] = useState<Locating>("no");
  const watch = useRef<number | null>(null);
  const stop = (): void => {
    if (watch.current !== null) navigator.geolocation.clearWatch(watch.current);
    watch.current = null;
  };
  useEffect(() => stop, []);
  const locate = (): void => {
    stop();
    setPosition(null);
    if (navigator.geolocation === undefined) return setLocating("failed");
    setLocating("asked");
    watch.current = navigator.geolocation.watchPosition(
      ({ coords }) => {
        setPosition({ lon: coords.longitude, lat: coords.latitude, accuracyM: coords.accuracy });
        setLocating("no");
      },
      () => {
        setPosition(null); // an old position is no position
        setLocating("failed");
      },
      { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: 0 },
    );
  };
  return [position, locating, locate];
}
