/** Drawing on the map: the pen with its dock, and the page that puts an outline on record. One chunk, fetched when drawing begins. */

export { DrawDock } from "./dock.tsx";
export { DrawPage } from "./drawpage.tsx";
export { PartsPage } from "./drawparts.tsx";
