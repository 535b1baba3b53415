/**
 * A mock of the server for looking at the desk: `node test/mock.mjs [port]`.
 * `POST /mock/down` and `/mock/up` make it fail and work again. Logins: any name, password `demo`.
 */

import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { answer } from "./answers.mjs";
import { BUILDINGS } from "./city.mjs";
import { encodeTile, tilePlace } from "./mvt.mjs";

const STATIC = fileURLToPath(new URL("../../src/rafiqa/api/static/", import.meta.url));
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};
const POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; worker-src 'self'; img-src 'self' data: blob:";

const state = { down: false, actor: null, extra: 0 };

function send(response, status, body, type = "application/json") {
  response.writeHead(status, { "Content-Type": type, "Content-Security-Policy": POLICY });
  response.end(body instanceof Buffer ? body : JSON.stringify(body));
}

function sendFile(response, path) {
  const file = join(STATIC, normalize(path));
  if (!file.startsWith(STATIC) || !existsSync(file) || !statSync(file).isFile()) return send(response, 404, {});
  response.writeHead(200, {
    "Content-Type": TYPES[extname(file)] ?? "application/octet-stream",
    "Content-Security-Policy": POLICY,
  });
  createReadStream(file).pipe(response);
}

function sendTile(response, path) {
  const [z, x, y] = path.match(/(\d+)\/(\d+)\/(\d+)\.mvt$/).slice(1).map(Number);
  const tile = { z, x, y };
  const near = ([lon, lat]) => tilePlace(lon, lat, tile).every((value) => value > -400 && value < 4500);
  const features = BUILDINGS.filter(({ ring }) => ring.some(near));
  if (!features.length) return send(response, 204, Buffer.alloc(0), "application/vnd.mapbox-vector-tile");
  const named = features.map(({ ring, tags }) => ({ ring, tags }));
  send(response, 200, encodeTile("buildings", named, tile), "application/vnd.mapbox-vector-tile");
}

async function readBody(request) {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text ? JSON.parse(text) : {};
}

async function handle(request, response) {
  const url = new URL(request.url, "http://mock");
  const path = decodeURIComponent(url.pathname);
  if (path === "/mock/down" || path === "/mock/up") {
    state.down = path === "/mock/down";
    return send(response, 200, {});
  }
  if (path === "/" || path === "/index.html") return sendFile(response, "index.html");
  if (path.startsWith("/static/")) return sendFile(response, path.slice(8));
  if (state.down) return send(response, 503, { title: "Service unavailable", detail: "The store cannot be reached.", status: 503 });
  if (path.startsWith("/tiles/")) return sendTile(response, path);
  const body = request.method === "POST" ? await readBody(request) : null;
  const [status, result] = answer(request.method, path, url.searchParams, body, state);
  send(response, status, result, status >= 400 ? "application/problem+json" : "application/json");
}

const port = Number(process.argv[2] ?? 8377);
createServer((request, response) => {
  handle(request, response).catch((error) => {
    console.error(error);
    send(response, 500, { title: "mock fault", status: 500 });
  });
}).listen(port, "127.0.0.1", () => console.log(`http://127.0.0.1:${port}/`));
